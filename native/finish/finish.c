#include "finish.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "inject.h"
#include "procfs.h"
#include "trace.h"

#define BIT(signal) (1ULL << ((signal)-1))
#define SIGNAL_SET_SIZE 8
/* A handler that is neither SIG_DFL nor SIG_IGN. It is never called: nobody takes a signal while it stands. */
#define SOME_HANDLER 16

/* The kernel's struct sigaction on both machines. */
struct action {
	uint64_t handler, flags, restorer, mask;
};

static struct process *living(const struct tree *tree, int inner, const char *step)
{
	struct process *process = tree_inner(tree, inner);

	if (process && !process->zombie)
		return process;
	fault("the finishing script has %s by process %d, which %s", step, inner, process ? "is dead" : "is not there");
	return NULL;
}

bool finish_mark(struct tree *tree, const struct script *script)
{
	struct process *process;
	int i;

	for (i = 0; i < script->carrier_count; i++) {
		if (!(process = living(tree, script->carriers[i].pid, "a part")))
			return false;
		process->carrier = true;
	}
	for (i = 0; i < script->subreaper_count; i++) {
		if (!(process = living(tree, script->subreapers[i].pid, "a child-subreaper")))
			return false;
		process->subreaper = true;
	}
	for (i = 0; i < script->stop_count; i++) {
		if (!(process = living(tree, script->stops[i].pid, "a stop")))
			return false;
		process->stopped_by = script->stops[i].signal;
	}
	return true;
}

/* The child's zombie stays only where its parent's action for SIGCHLD lets it. */
static bool keep_zombies(struct process *parent)
{
	const uint64_t arguments[6] = { SIGCHLD, 0, 0, SIGNAL_SET_SIZE };
	struct action action;
	int64_t answer;

	if (parent->action_changed)
		return true;
	if (!inject_reading(parent, &parent->threads[0], SYS_rt_sigaction, arguments, 2, &action, sizeof(action),
			    &answer))
		return false;
	if (answer < 0)
		return fault("process %d: rt_sigaction: %s", parent->inner, strerror((int)-answer));
	if (action.handler != (uint64_t)SIG_IGN && !(action.flags & SA_NOCLDWAIT))
		return true;
	memcpy(parent->action, &action, sizeof(action));
	action.handler = SOME_HANDLER;
	action.flags &= ~(uint64_t)SA_NOCLDWAIT;
	if (!inject_writing(parent, &parent->threads[0], SYS_rt_sigaction, arguments, 1, &action, sizeof(action),
			    &answer))
		return false;
	parent->action_changed = true;
	return answer == 0 || fault("process %d: rt_sigaction: %s", parent->inner, strerror((int)-answer));
}

/* Zombies below a dying process fall to one of its ancestors; an ancestor that ignores them would destroy them. */
static bool keep_falling_zombies(struct tree *tree, const struct process *dying)
{
	const struct process *at = dying;
	bool zombies = false;
	int i;

	for (i = 0; i < tree->count && !zombies; i++)
		zombies = tree->at[i].zombie && !tree->at[i].gone && tree->at[i].parent == dying->pid;
	while (zombies && (at = tree_pid(tree, at->parent)))
		if (!keep_zombies((struct process *)(uintptr_t)at))
			return false;
	return true;
}

/* By the signal's default action, from within, so that the status is the program's own death by it. */
static bool die_by_signal(struct process *process, int signal, int *status)
{
	const uint64_t undumpable[6] = { PR_SET_DUMPABLE, 0 };
	const uint64_t action_of[6] = { (uint64_t)signal, 0, 0, SIGNAL_SET_SIZE };
	const struct action by_default = { 0, 0, 0, 0 };
	struct thread *leader = &process->threads[0];
	int64_t answer;

	if (signal == SIGKILL)
		return !kill(process->pid, SIGKILL) && trace_death(process, status);
	if (!inject_checked(process, "prctl(PR_SET_DUMPABLE)", SYS_prctl, undumpable, &answer) ||
	    !inject_writing(process, leader, SYS_rt_sigaction, action_of, 1, &by_default, sizeof(by_default), &answer))
		return false;
	if (answer < 0 || kill(process->pid, signal))
		return fault("process %d cannot die by signal %d", process->inner, signal);
	return trace_take(process, signal, status);
}

static bool do_exit(struct tree *tree, const struct step *step)
{
	const int wanted = step->exit.signal < 0 ? step->exit.code << 8 : step->exit.signal;
	const uint64_t code[6] = { (uint64_t)step->exit.code };
	struct process *process = living(tree, step->pid, "an exit");
	struct process *parent = process ? living(tree, step->exit.parent, "the death of a child") : NULL;
	uint64_t child[6] = { 0, 0, WNOHANG | __WALL };
	int64_t answer;
	int status;

	if (!process || !parent)
		return false;
	if (!process->carrier)
		return fault("the finishing script ends process %d, which is no carrier", process->inner);
	if (process->parent != parent->pid)
		return fault("process %d does not hang from %d", process->inner, parent->inner);
	if ((!step->exit.reap && !keep_zombies(parent)) || !keep_falling_zombies(tree, process))
		return false;
	if (step->exit.signal < 0 ? !inject_last(process, SYS_exit_group, code, &status)
				  : !die_by_signal(process, step->exit.signal, &status))
		return false;
	if (status != wanted)
		return fault("process %d ended with status %d instead of %d", process->inner, status, wanted);
	process->zombie = true;
	process->thread_count = 0;
	tree_reparented(tree, process);
	if (!step->exit.reap)
		return true;
	/* Whoever ignores SIGCHLD has no zombie to be waited for. */
	child[0] = (uint64_t)process->inner;
	if (!inject(parent, &parent->threads[0], SYS_wait4, child, &answer))
		return false;
	if (answer != process->inner && answer != -ECHILD)
		return fault("process %d does not reap %d: answer %lld", parent->inner, process->inner, (long long)answer);
	process->gone = true;
	return true;
}

static bool do_wait4(struct tree *tree, const struct step *step)
{
	const uint64_t arguments[6] = { (uint64_t)step->wait4.child, 0, WNOHANG | __WALL };
	struct process *process = living(tree, step->pid, "a wait4");
	struct process *child = tree_inner(tree, step->wait4.child);
	int64_t answer;

	if (!process || !inject_checked(process, "wait4", SYS_wait4, arguments, &answer))
		return false;
	if (answer != step->wait4.child)
		return fault("process %d has no dead child %d", process->inner, step->wait4.child);
	if (child)
		child->gone = true;
	return true;
}

static bool do_step(struct tree *tree, const struct step *step)
{
	struct process *process;
	int64_t answer;

	if (step->op == OP_EXIT)
		return do_exit(tree, step);
	if (step->op == OP_WAIT4)
		return do_wait4(tree, step);
	process = living(tree, step->pid, "a call");
	if (!process)
		return false;
	if (step->op == OP_PRCTL) {
		const uint64_t arguments[6] = { (uint64_t)step->prctl.option, (uint64_t)step->prctl.value };

		return inject_checked(process, "prctl", SYS_prctl, arguments, &answer);
	}
	const uint64_t arguments[6] = { (uint64_t)step->setpgid.target, (uint64_t)step->setpgid.pgid };

	return inject_checked(process, "setpgid", SYS_setpgid, arguments, &answer);
}

/* PR_SET_CHILD_SUBREAPER by the process itself. */
static bool set_subreaper(struct process *process, int on)
{
	const uint64_t arguments[6] = { PR_SET_CHILD_SUBREAPER, (uint64_t)on };
	int64_t answer;

	return inject_checked(process, "prctl(PR_SET_CHILD_SUBREAPER)", SYS_prctl, arguments, &answer);
}

static bool has_subreaper_above(const struct tree *tree, const struct process *process)
{
	while ((process = tree_pid(tree, process->parent)))
		if (process->subreaper)
			return true;
	return false;
}

/*
 * CRIU makes all of them at once. The kernel keeps a process's flag and its note that there is another above it in one
 * word, and changes the flag without a lock: either may be lost. The note is written anew when a process above calls, if
 * nobody between the two has it: so its parent calls, which need not be a child-subreaper afterwards.
 */
bool finish_subreapers(struct tree *tree)
{
	int i;

	for (i = 0; i < tree->count; i++) {
		struct process *process = &tree->at[i], *parent;

		if (!process->subreaper || !has_subreaper_above(tree, process))
			continue;
		parent = tree_pid(tree, process->parent);
		if (!set_subreaper(parent, 1) || (!parent->subreaper && !set_subreaper(parent, 0)) ||
		    !set_subreaper(process, 1))
			return false;
	}
	return true;
}

bool finish_steps(struct tree *tree, const struct script *script)
{
	int i;

	for (i = 0; i < script->step_count; i++)
		if (!deadline_open() || !do_step(tree, &script->steps[i]))
			return false;
	return true;
}

static struct thread *thread_of(struct process *process, int inner)
{
	struct status status;
	int i;

	for (i = 0; i < process->thread_count; i++)
		if (procfs_status(process->threads[i].tid, &status) && status.inner == inner)
			return &process->threads[i];
	fault("process %d has no thread %d", process->inner, inner);
	return NULL;
}

static bool set_death_signal(struct tree *tree, const struct mark *mark)
{
	const uint64_t arguments[6] = { PR_SET_PDEATHSIG, (uint64_t)mark->signal };
	struct process *process = living(tree, mark->pid, "a parent-death signal");
	struct thread *thread = process ? thread_of(process, mark->tid) : NULL;
	int64_t answer;

	if (!thread || !inject(process, thread, SYS_prctl, arguments, &answer))
		return false;
	return !answer || fault("process %d: prctl(PR_SET_PDEATHSIG): %s", mark->pid, strerror((int)-answer));
}

/* By the process itself, to whom the kernel allows any siginfo. It stays pending: in the image it was, so it is blocked. */
static bool queue_again(struct tree *tree, const struct queued *signal)
{
	struct process *process = living(tree, signal->pid, "a pending signal");
	struct thread *thread = !process ? NULL : signal->tid ? thread_of(process, signal->tid) : &process->threads[0];
	uint64_t whole[6] = { (uint64_t)signal->pid }, one[6] = { (uint64_t)signal->pid, (uint64_t)signal->tid };
	int64_t answer;
	int number;

	if (!thread)
		return false;
	/* Nothing was thrown away where nobody was stopped and continued. */
	if (!process->continued)
		return true;
	memcpy(&number, signal->info, sizeof(number));
	whole[1] = one[2] = (uint64_t)number;
	if (!(signal->tid ? inject_writing(process, thread, SYS_rt_tgsigqueueinfo, one, 3, signal->info, SIGINFO_SIZE, &answer)
			  : inject_writing(process, thread, SYS_rt_sigqueueinfo, whole, 2, signal->info, SIGINFO_SIZE, &answer)))
		return false;
	return !answer || fault("process %d: signal %d cannot be queued: %s", signal->pid, number, strerror((int)-answer));
}

/* What the end of a child's stop has left for its parent to wait for. */
static bool take_continuation(struct tree *tree, const struct process *child)
{
	const uint64_t arguments[6] = { P_PID, (uint64_t)child->inner, 0, WCONTINUED | WNOHANG | __WALL };
	struct process *parent = tree_pid(tree, child->parent);
	siginfo_t info;
	int64_t answer;

	if (parent)
		return inject(parent, &parent->threads[0], SYS_waitid, arguments, &answer);
	/* The root may be our own child. */
	waitid(P_PID, (id_t)child->pid, &info, WCONTINUED | WNOHANG);
	return true;
}

bool finish_restore(struct tree *tree, const struct script *script)
{
	const uint64_t arguments[6] = { SIGCHLD, 0, 0, SIGNAL_SET_SIZE };
	int64_t answer;
	int i;

	for (i = 0; i < script->death_signal_count; i++)
		if (!set_death_signal(tree, &script->death_signals[i]))
			return false;
	for (i = 0; i < tree->count; i++) {
		struct process *process = &tree->at[i];

		if (process->continued && !process->zombie && !process->gone && !take_continuation(tree, process))
			return false;
	}
	for (i = 0; i < tree->count; i++) {
		struct process *process = &tree->at[i];

		if (process->zombie || process->gone)
			continue;
		if (process->child_signal_possible && !process->child_signal_kept && !trace_shed(process, SIGCHLD))
			return false;
		if (process->action_changed &&
		    !inject_writing(process, &process->threads[0], SYS_rt_sigaction, arguments, 1, process->action,
				    sizeof(process->action), &answer))
			return false;
	}
	for (i = 0; i < script->signal_count; i++)
		if (!queue_again(tree, &script->signals[i]))
			return false;
	return true;
}
