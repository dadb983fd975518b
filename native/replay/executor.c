#include "executor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "exits.h"
#include "resume.h"

static int begin_clone(struct run *run, struct call *call)
{
	const struct step *step = call->step;
	uint64_t flags = (step->parent ? CLONE_PARENT : 0) | (step->newpid ? CLONE_NEWPID : 0) | step->share;
	int levels = call->caller->births_level + 1 + step->newpid;

	/* Level 0 of a replay is not the outermost: the kernel would let more numbers pass, and choose missing ones. */
	if (step->set_tid.count != levels) {
		snprintf(run->message, sizeof(run->message), "setTid has %d numbers, the child would have %d",
			 step->set_tid.count, levels);
		return EINVAL;
	}
	call->child = run_clone_prepare(run, call->caller, flags, &step->set_tid, step->exit_signal);
	return call->child ? 0 : EINVAL;
}

static int begin_setpgid(struct run *run, const struct call *call)
{
	const struct step *step = call->step;
	struct slot *slot = run_slot(run, call->caller);

	slot->arg[0] = step->object == step->pid ? 0 : run_number_for(run, call->caller, step->object);
	slot->arg[1] = run_number_for(run, call->caller, step->value);
	return 0;
}

static int begin_unshare(struct run *run, const struct call *call)
{
	run_slot(run, call->caller)->arg[0] = (int64_t)((call->step->newpid ? CLONE_NEWPID : 0) | call->step->share);
	return 0;
}

static int begin_setns(struct run *run, struct call *call)
{
	struct slot *slot;

	call->target = run_find(run, call->step->object);
	if (!call->target || call->target->namespace < 0 || record_reaped(call->target))
		return ESRCH;
	slot = run_slot(run, call->caller);
	if (!run->shared) {
		slot->arg[0] = run->namespaces[call->target->namespace].file;
		return 0;
	}
	slot->arg[0] = run_number_for(run, call->caller, call->step->object);
	slot->arg[1] = run->cage->proc;
	snprintf(slot->text, sizeof(slot->text), "%d/ns/pid", run_cage_pid(run, call->target));
	return 0;
}

/* Descriptors of the program and the stage are in every table, with the numbers that they have here. */
static int begin_exec(struct run *run, const struct call *call)
{
	struct slot *slot = run_slot(run, call->caller);
	struct stage *stage = run->cage->stage;

	slot->arg[0] = run->cage->program_file;
	snprintf(slot->text, sizeof(slot->text), RESUME "%d:%lx:%zx:%x", run->cage->stage_file, (unsigned long)(uintptr_t)stage,
		 stage->size, call->caller->slot);
	return 0;
}

static int begin_ioctl(struct run *run, const struct call *call)
{
	struct slot *slot = run_slot(run, call->caller);

	snprintf(slot->text, sizeof(slot->text), "%s", call->step->connect ? "/dev/ptmx" : "/dev/tty");
	return 0;
}

static int begin_wait(struct run *run, const struct call *call)
{
	run_slot(run, call->caller)->arg[0] = run_number_for(run, call->caller, call->step->object);
	return 0;
}

/* Fills the caller's slot. */
static int prepare(struct run *run, struct call *call)
{
	switch (call->step->op) {
	case OP_CLONE3:
		return begin_clone(run, call);
	case OP_SETPGID:
		return begin_setpgid(run, call);
	case OP_PRCTL:
		run_slot(run, call->caller)->arg[0] = call->step->value;
		return 0;
	case OP_UNSHARE:
		return begin_unshare(run, call);
	case OP_SETNS:
		return begin_setns(run, call);
	case OP_EXEC:
		return begin_exec(run, call);
	case OP_IOCTL:
		return begin_ioctl(run, call);
	case OP_WAIT4:
		return begin_wait(run, call);
	default:
		return 0;
	}
}

static enum act act_of(const struct step *step)
{
	static const enum act ACTS[] = {
		[OP_CLONE3] = ACT_CLONE,     [OP_SETSID] = ACT_SETSID, [OP_SETPGID] = ACT_SETPGID,
		[OP_PRCTL] = ACT_SUBREAPER,  [OP_EXIT] = ACT_EXIT,     [OP_WAIT4] = ACT_WAIT,
		[OP_UNSHARE] = ACT_UNSHARE,  [OP_EXEC] = ACT_EXEC,     [OP_IOPRIO] = ACT_IOPRIO,
	};

	return step->op == OP_IOCTL ? (step->connect ? ACT_TAKE_TTY : ACT_DROP_TTY) : ACTS[step->op];
}

static int refused(struct run *run, const struct step *step, const struct record *caller)
{
	if (!caller || caller->life != ALIVE) {
		snprintf(run->message, sizeof(run->message), "there is no process %d that could call", step->pid);
		return ESRCH;
	}
	if (step->pid == 0 && (step->op == OP_SETSID || step->op == OP_PRCTL || step->op == OP_EXIT ||
			       (step->op == OP_SETPGID && step->object == 0))) {
		snprintf(run->message, sizeof(run->message), "the restorer outside only makes, moves and reaps processes");
		return EPERM;
	}
	return 0;
}

int step_begin(struct run *run, const struct step *step, struct call *call)
{
	int error;

	*call = (struct call){ step, run_find(run, step->pid), NULL, NULL };
	run->message[0] = 0;
	if ((error = refused(run, step, call->caller)))
		return error;
	if (step->op == OP_EXIT)
		return exit_begin(run, step, call->caller);
	if ((error = prepare(run, call)))
		return error;
	run_tell(run, call->caller, step->op == OP_SETNS ? (run->shared ? ACT_SETNS_OF : ACT_SETNS) : act_of(step));
	return 0;
}

bool step_over(struct run *run, const struct call *call)
{
	if (call->step->op == OP_EXIT)
		return exit_over(run, call->caller);
	return run_answered(run, call->caller) || pidfd_ended(call->caller->pidfd, 0);
}

static bool had_a_number_of(const struct record *record, const struct vector *wanted)
{
	int i;

	if (record->label == wanted->at[0])
		return true;
	for (i = 0; i < wanted->count && i + 1 < record->numbers.count; i++)
		if (record->numbers.at[i + 1] == wanted->at[i])
			return true;
	return false;
}

/*
 * Who dies unwaited for is gone from the tree a moment before its numbers are free: the kernel lets go of its /proc
 * first. A clone that comes upon such a number is made again, until it stays taken: by a zombie, or as a group's.
 */
static int clone_again(struct run *run, const struct call *call)
{
	const struct timespec moment = { 0, 500000 };
	int error = EEXIST, i, tries = 0;

	for (i = 0; i < run->record_count; i++) {
		const struct record *record = &run->records[i];

		if (record->life != DEAD || !had_a_number_of(record, &call->step->set_tid))
			continue;
		if (record_reaped(record))
			tries = 20;
		else if (tries == 0)
			tries = 2;
	}
	for (; tries > 0 && error == EEXIST; tries--) {
		nanosleep(&moment, NULL);
		error = run_ask(run, call->caller, ACT_CLONE);
	}
	return error;
}

int step_end(struct run *run, struct call *call)
{
	struct record *caller = call->caller;
	int error = call->step->op == OP_EXIT ? exit_end(run, caller) : run_await(run, caller);

	switch (call->step->op) {
	case OP_CLONE3:
		if (error == EEXIST)
			error = clone_again(run, call);
		error = run_clone_finish(run, caller, call->child, call->step->object, error);
		break;
	case OP_UNSHARE:
		caller->births_level += !error && call->step->newpid;
		break;
	case OP_SETNS:
		if (!error)
			caller->births_level = run->namespaces[call->target->namespace].level;
		break;
	case OP_WAIT4:
		if (error == EAGAIN)
			snprintf(run->message, sizeof(run->message),
				 "process %d is no zombie: the call would block for ever", call->step->object);
		break;
	default:
		break;
	}
	let_hanging_exits_finish(run);
	return error;
}

int execute_step(struct run *run, const struct step *step)
{
	struct call call;
	int error = step_begin(run, step, &call);

	if (!error)
		return step_end(run, &call);
	let_hanging_exits_finish(run);
	return error;
}
