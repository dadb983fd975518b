/*
 * Two things here protect the machine, not the plan.
 * - An init in a group of its own namespace other than its own can never finish its exit, unless its parent outside
 *   moves it home (G33). An exit that would take such an init *and* its parent down is refused, not carried out.
 * - Nothing here waits without a limit.
 */
#include "executor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "proc-status.h"
#include "resume.h"

/* So long a wait for the end of an exit lasts before other reasons to stop are looked at. */
static const int POLL_MS = 10;

static int execute_clone(struct run *run, const struct step *step, struct record *caller)
{
	uint64_t flags = (step->parent ? CLONE_PARENT : 0) | (step->newpid ? CLONE_NEWPID : 0) | step->share;
	int levels = caller->births_level + 1 + step->newpid;
	struct record *born;

	/* Level 0 of a replay is not the outermost: the kernel would let more numbers pass, and choose missing ones. */
	if (step->set_tid.count != levels) {
		snprintf(run->message, sizeof(run->message), "setTid has %d numbers, the child would have %d",
			 step->set_tid.count, levels);
		return EINVAL;
	}
	return run_clone(run, caller, flags, &step->set_tid, step->exit_signal, step->object, &born);
}

static int execute_setpgid(struct run *run, const struct step *step, struct record *caller)
{
	struct slot *slot = run_slot(run, caller);

	slot->arg[0] = step->object == step->pid ? 0 : run_number_for(run, caller, step->object);
	slot->arg[1] = run_number_for(run, caller, step->value);
	return run_ask(run, caller, ACT_SETPGID);
}

static int execute_unshare(struct run *run, const struct step *step, struct record *caller)
{
	int error;

	run_slot(run, caller)->arg[0] = (int64_t)((step->newpid ? CLONE_NEWPID : 0) | step->share);
	error = run_ask(run, caller, ACT_UNSHARE);
	if (!error && step->newpid)
		caller->births_level++;
	return error;
}

static int execute_setns(struct run *run, const struct step *step, struct record *caller)
{
	const struct record *target = run_find(run, step->object);
	int error;

	if (!target || target->namespace < 0 || record_reaped(target))
		return ESRCH;
	run_slot(run, caller)->arg[0] = run->shared ? run_number_for(run, caller, step->object)
						    : run->namespaces[target->namespace].file;
	error = run_ask(run, caller, run->shared ? ACT_SETNS_OF : ACT_SETNS);
	if (!error)
		caller->births_level = run->namespaces[target->namespace].level;
	return error;
}

/* Descriptors of the program and the stage are in every table, with the numbers that they have here. */
static int execute_exec(struct run *run, struct record *caller)
{
	struct slot *slot = run_slot(run, caller);
	struct stage *stage = run->cage->stage;

	slot->arg[0] = run->cage->program_file;
	snprintf(slot->text, sizeof(slot->text), RESUME "%d:%lx:%zx:%x", run->cage->stage_file, (unsigned long)(uintptr_t)stage,
		 stage->size, caller->slot);
	return run_ask(run, caller, ACT_EXEC);
}

static int execute_ioctl(struct run *run, const struct step *step, struct record *caller)
{
	snprintf(run_slot(run, caller)->text, sizeof(run_slot(run, caller)->text), "%s",
		 step->connect ? "/dev/ptmx" : "/dev/tty");
	return run_ask(run, caller, step->connect ? ACT_TAKE_TTY : ACT_DROP_TTY);
}

static int execute_wait(struct run *run, const struct step *step, struct record *caller)
{
	int error;

	run_slot(run, caller)->arg[0] = run_number_for(run, caller, step->object);
	error = run_ask(run, caller, ACT_WAIT);
	if (error == EAGAIN)
		snprintf(run->message, sizeof(run->message), "process %d is no zombie: the call would block for ever",
			 step->object);
	return error;
}

static bool inside(struct run *run, int namespace, int outer)
{
	while (namespace >= 0 && namespace != outer)
		namespace = run->namespaces[namespace].parent;
	return namespace >= 0;
}

/* Is the init in a group that its own namespace shows, and that is not its own? */
static bool away_from_home(struct run *run, const struct record *init)
{
	struct proc_status status;
	char path[16];
	int32_t group;

	snprintf(path, sizeof(path), "%d", run_cage_pid(run, init));
	if (!proc_status_read(run->cage->proc, path, &run->cage->arena, &status))
		return false;
	group = status.pgid.count ? status.pgid.at[status.pgid.count - 1] : 0;
	return group > 1;
}

static bool would_hang_for_ever(struct run *run, const struct record *dying)
{
	int i;

	for (i = 0; i < run->record_count; i++) {
		const struct record *record = &run->records[i];

		if (record != dying && record->life != DEAD && run_is_init(record) &&
		    inside(run, record->namespace, dying->namespace) && away_from_home(run, record)) {
			snprintf(run->message, sizeof(run->message),
				 "not carried out: init %d is in a group of its own namespace and would stay for ever (G33)",
				 record->label);
			return true;
		}
	}
	return false;
}

static bool members_are_gone(struct run *run, const struct record *init)
{
	int i;

	for (i = 0; i < run->record_count; i++) {
		const struct record *record = &run->records[i];

		if (record != init && record->namespace == init->namespace && !pidfd_ended(record->pidfd, 0))
			return false;
	}
	return true;
}

/*
 * A pidfd becomes readable under the lock that moves the children: the tree is settled when it is. An answer means
 * that the process survived its own signal.
 */
static int await_exit(struct run *run, struct record *dying)
{
	int64_t start = now_ms();
	int error;

	while (!pidfd_ended(dying->pidfd, POLL_MS)) {
		int64_t passed = now_ms() - start;

		if (run_abandoned(run))
			return ECANCELED;
		if ((error = run_answer(run, dying))) {
			snprintf(run->message, sizeof(run->message), "process %d survives that signal", dying->label);
			return error;
		}
		if (run_is_init(dying) && passed > run->cage->limits.settle_ms && members_are_gone(run, dying)) {
			dying->life = HANGING;
			snprintf(run->message, sizeof(run->message),
				 "the exit does not finish: %s",
				 away_from_home(run, dying) ? "the init is in a group of its own namespace (G33)"
							    : "numbers of its namespace are in use outside (G17, G19)");
			return EDEADLK;
		}
		if (passed > run->cage->limits.step_ms || now_ms() > run->deadline) {
			snprintf(run->message, sizeof(run->message), "the exit takes longer than %d ms",
				 run->cage->limits.step_ms);
			dying->life = HANGING;
			return ETIMEDOUT;
		}
	}
	dying->life = DEAD;
	return 0;
}

/* Marks who has ended. `init`: whoever lives inside its namespace and has not ended hangs in its own exit. */
static void notice_deaths(struct run *run, const struct record *init)
{
	int i;

	for (i = 0; i < run->record_count; i++) {
		struct record *record = &run->records[i];

		if (record->life == DEAD)
			continue;
		if (pidfd_ended(record->pidfd, 0))
			record->life = DEAD;
		else if (init && inside(run, record->namespace, init->namespace))
			record->life = HANGING;
	}
}

/* An init outside the image reaps what falls to it, as any init does; zombies of the image stay. */
static void reap_fallen(struct run *run)
{
	struct record *init = &run->records[run->init];
	int i;

	for (i = 0; i < run->record_count; i++) {
		struct record *record = &run->records[i];

		if (record->life != DEAD || record->label <= 0 ||
		    number_map_get(&run->image->by_pid, record->label) >= 0 || record_reaped(record))
			continue;
		run_slot(run, init)->arg[0] = record->label;
		run_ask(run, init, ACT_WAIT);
	}
}

/* Only from outside can a namespace's init be killed. */
static void let_die(struct run *run, const struct step *step, struct record *caller)
{
	struct slot *slot = run_slot(run, caller);

	slot->error = 0;
	slot->arg[0] = step->value;
	slot->arg[1] = step->core_dump && run->cage->core_files;
	if (!step->by_signal)
		run_tell(run, caller, ACT_EXIT);
	else if (step->value == SIGKILL)
		sys_pidfd_send_signal(caller->pidfd, SIGKILL);
	else
		run_tell(run, caller, ACT_DIE);
}

static int execute_exit(struct run *run, const struct step *step, struct record *caller)
{
	bool init = run_is_init(caller);
	int error;

	if (init && would_hang_for_ever(run, caller))
		return REFUSED;
	let_die(run, step, caller);
	error = await_exit(run, caller);
	if (init && caller->life != ALIVE)
		notice_deaths(run, caller);
	if (!error && !run->image->root_is_init)
		reap_fallen(run);
	return error;
}

/* A step may end an exit that hung; the kernel needs a moment for that. */
static void let_hanging_exits_finish(struct run *run)
{
	int i;

	for (i = run->record_count - 1; i >= 0; i--)
		if (run->records[i].life == HANGING && pidfd_ended(run->records[i].pidfd, POLL_MS * 2))
			run->records[i].life = DEAD;
}

int execute_step(struct run *run, const struct step *step)
{
	struct record *caller = run_find(run, step->pid);
	int error;

	run->message[0] = 0;
	if (!caller || caller->life != ALIVE) {
		snprintf(run->message, sizeof(run->message), "there is no process %d that could call", step->pid);
		return ESRCH;
	}
	if (step->pid == 0 && (step->op == OP_SETSID || step->op == OP_PRCTL || step->op == OP_EXIT ||
			       (step->op == OP_SETPGID && step->object == 0))) {
		snprintf(run->message, sizeof(run->message), "the restorer outside only makes, moves and reaps processes");
		return EPERM;
	}
	switch (step->op) {
	case OP_CLONE3:
		error = execute_clone(run, step, caller);
		break;
	case OP_SETSID:
		error = run_ask(run, caller, ACT_SETSID);
		break;
	case OP_SETPGID:
		error = execute_setpgid(run, step, caller);
		break;
	case OP_PRCTL:
		run_slot(run, caller)->arg[0] = step->value;
		error = run_ask(run, caller, ACT_SUBREAPER);
		break;
	case OP_UNSHARE:
		error = execute_unshare(run, step, caller);
		break;
	case OP_SETNS:
		error = execute_setns(run, step, caller);
		break;
	case OP_EXIT:
		error = execute_exit(run, step, caller);
		break;
	case OP_EXEC:
		error = execute_exec(run, caller);
		break;
	case OP_IOCTL:
		error = execute_ioctl(run, step, caller);
		break;
	case OP_IOPRIO:
		error = run_ask(run, caller, ACT_IOPRIO);
		break;
	default:
		error = execute_wait(run, step, caller);
	}
	let_hanging_exits_finish(run);
	return error;
}
