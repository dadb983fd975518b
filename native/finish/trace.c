#include "trace.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"
#include "freezer.h"
#include "procfs.h"

#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif
#define OPTIONS (PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD)

#define BIT(signal) (1ULL << ((signal)-1))

static bool wait_for(pid_t tid, int *status)
{
	for (;;) {
		pid_t answer = waitpid(tid, status, __WALL);

		if (answer == tid)
			return true;
		if (answer < 0 && errno != EINTR)
			return fault("thread %d cannot be waited for: %s", tid, strerror(errno));
		if (!deadline_open())
			return false;
	}
}

/* Who is dead, or has gone meanwhile, cannot be held and need not be. */
static bool not_seized(struct tree *tree, struct process *process, int why)
{
	struct status status;

	process->gone = !tree_facts(tree, process, &status);
	if (process->zombie || (process->gone && process != tree->at))
		return true;
	return fault("process %d cannot be traced: %s", process->gone ? process->pid : process->inner, strerror(why));
}

static bool seize(struct tree *tree, struct process *process, struct thread *thread)
{
	struct status status;

	/* Filters sleep while we make calls in the program's name. */
	if (ptrace(PTRACE_SEIZE, thread->tid, NULL, OPTIONS | PTRACE_O_SUSPEND_SECCOMP)) {
		const int why = errno;

		if (ptrace(PTRACE_SEIZE, thread->tid, NULL, OPTIONS))
			return not_seized(tree, process, errno);
		if (!tree_facts(tree, process, &status) || process->seccomp)
			return fault("process %d has a seccomp filter, which cannot be suspended here: %s",
				     process->inner, strerror(why));
	}
	thread->held = true;
	if (ptrace(PTRACE_INTERRUPT, thread->tid, NULL, NULL))
		return fault("process %d cannot be interrupted: %s", process->pid, strerror(errno));
	return true;
}

static bool arrive(struct process *process, struct thread *thread)
{
	int status;

	if (!wait_for(thread->tid, &status))
		return false;
	if (!WIFSTOPPED(status)) {
		thread->held = false;
		return fault("process %d ended before its tree was complete", process->pid);
	}
	thread->arrived = true;
	if (status >> 16 == PTRACE_EVENT_STOP && WSTOPSIG(status) != SIGTRAP)
		process->stopped = true;
	return true;
}

/* Looks through the signals that are pending for the process until one is `signal`. */
static bool queued_signal(const struct process *process, int signal, siginfo_t *info)
{
	struct __ptrace_peeksiginfo_args from = { 0, PTRACE_PEEKSIGINFO_SHARED, 1 };

	for (; ptrace(PTRACE_PEEKSIGINFO, process->pid, &from, info) == 1; from.off++)
		if (info->si_signo == signal)
			return true;
	return false;
}

/* Facts, and what was pending, of everybody; by now nobody goes on any more. */
static bool read_held(struct tree *tree)
{
	struct status status;
	siginfo_t info;
	int i;

	for (i = 0; i < tree->count; i++) {
		struct process *process = &tree->at[i];

		if (process->gone)
			continue;
		if (!tree_facts(tree, process, &status)) {
			if (i == 0 || process->thread_count > 0)
				return fault("process %d has gone", process->pid);
			process->gone = true;
			continue;
		}
		if (process->zombie)
			continue;
		process->child_signal_possible = true;
		/* Interrupted before it came to its stop. */
		process->stopped |= !!(status.shared_pending & BIT(SIGSTOP));
		/* Is it one that does not come from the stops of children? */
		if (status.shared_pending & BIT(SIGCHLD) && queued_signal(process, SIGCHLD, &info))
			process->child_signal_kept = info.si_code != CLD_STOPPED && info.si_code != CLD_CONTINUED;
	}
	return true;
}

bool trace_resume(struct thread *thread, int request, int signal, int *status)
{
	do {
		if (ptrace(request, thread->tid, NULL, (void *)(uintptr_t)signal))
			return fault("thread %d cannot go on: %s", thread->tid, strerror(errno));
		if (!wait_for(thread->tid, status))
			return false;
		signal = 0;
	} while (WIFSTOPPED(*status) && *status >> 16 == PTRACE_EVENT_STOP);
	if (!WIFSTOPPED(*status))
		thread->held = false;
	return true;
}

static bool set_mask(struct thread *thread, uint64_t mask)
{
	if (ptrace(PTRACE_SETSIGMASK, thread->tid, (void *)sizeof(mask), &mask))
		return fault("the signal mask of thread %d cannot be set: %s", thread->tid, strerror(errno));
	return true;
}

bool trace_block(struct thread *thread)
{
	if (thread->masked)
		return true;
	if (ptrace(PTRACE_GETSIGMASK, thread->tid, (void *)sizeof(thread->mask), &thread->mask))
		return fault("the signal mask of thread %d cannot be read: %s", thread->tid, strerror(errno));
	thread->masked = true;
	return set_mask(thread, ~0ULL);
}

/*
 * With all other signals blocked the thread takes this one on its way to the program, and stops before it would be
 * delivered. The next resumption has no signal with it, so that it is gone.
 */
bool trace_shed(struct process *process, int signal)
{
	struct thread *leader = &process->threads[0];
	struct status facts;
	siginfo_t info;
	int status;

	/* A signal can be pending without an entry in the queue. */
	if (!queued_signal(process, signal, &info) &&
	    (!procfs_status(process->pid, &facts) || !(facts.shared_pending & BIT(signal))))
		return true;
	if (!trace_block(leader) || !set_mask(leader, ~BIT(signal)) || !trace_resume(leader, PTRACE_CONT, 0, &status))
		return false;
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != signal)
		return fault("process %d does not take signal %d: status %x", process->inner, signal, status);
	return set_mask(leader, ~0ULL);
}

bool trace_take(struct process *process, int signal, int *status)
{
	struct thread *leader = &process->threads[0];

	if (!trace_block(leader) || !set_mask(leader, ~BIT(signal)) || !trace_resume(leader, PTRACE_CONT, 0, status))
		return false;
	if (!WIFSTOPPED(*status) || WSTOPSIG(*status) != signal)
		return fault("process %d does not take signal %d: status %x", process->inner, signal, *status);
	return trace_resume(leader, PTRACE_CONT, signal, status);
}

static bool end_stops(struct tree *tree)
{
	int i;

	/* A SIGCONT in one process's queue wakes nobody else; each is shed before any program runs. */
	for (i = 0; i < tree->count; i++) {
		if (!tree->at[i].stopped)
			continue;
		if (kill(tree->at[i].pid, SIGCONT))
			return fault("process %d cannot be continued: %s", tree->at[i].inner, strerror(errno));
		tree->at[i].continued = true;
	}
	for (i = 0; i < tree->count; i++)
		if (tree->at[i].continued && !trace_shed(&tree->at[i], SIGCONT))
			return false;
	return true;
}

/* Seizes who is not held yet, and waits for their stops. `running`: somebody of them was not stopped. */
static bool hold_new(struct tree *tree, pid_t root, bool *running)
{
	int i, j;

	for (i = 0; i < tree->count; i++)
		for (j = 0; j < tree->at[i].thread_count; j++)
			if (!tree->at[i].threads[j].held && !seize(tree, &tree->at[i], &tree->at[i].threads[j]))
				return false;
	freezer_thaw(root);
	for (i = 0; i < tree->count; i++)
		for (j = 0; j < tree->at[i].thread_count; j++) {
			struct thread *thread = &tree->at[i].threads[j];

			if (!thread->held || thread->arrived)
				continue;
			if (!arrive(&tree->at[i], thread))
				return false;
			*running |= !tree->at[i].stopped;
		}
	return true;
}

/*
 * Nothing happens to who is frozen until the thaw; then each goes straight to its stop. A tree that runs may have grown
 * meanwhile: it is looked through again until nobody is new. Of a tree in which everybody was stopped nobody is.
 */
bool trace_hold(struct tree *tree, pid_t root)
{
	bool running;

	do {
		running = false;
		tree_find(tree, root);
		if (!hold_new(tree, root, &running))
			return false;
	} while (running);
	return read_held(tree) && end_stops(tree);
}

bool trace_death(struct process *process, int *status)
{
	do {
		if (!wait_for(process->pid, status))
			return false;
	} while (WIFSTOPPED(*status));
	process->threads[0].held = false;
	return true;
}

static bool let_go(struct process *process)
{
	int i;

	for (i = 0; i < process->thread_count; i++) {
		struct thread *thread = &process->threads[i];

		if (thread->masked && !set_mask(thread, thread->mask))
			return false;
	}
	if (process->stopped_by)
		kill(process->pid, process->stopped_by);
	for (i = 0; i < process->thread_count; i++) {
		struct thread *thread = &process->threads[i];

		if (thread->held && ptrace(PTRACE_DETACH, thread->tid, NULL, NULL))
			return fault("process %d cannot be let go: %s", process->inner, strerror(errno));
		thread->held = false;
	}
	return true;
}

static bool wait_for_stop(const struct process *process)
{
	const struct timespec pause = { 0, 200000 };
	struct status status;

	while (procfs_status(process->pid, &status)) {
		if (status.state == 'T')
			return true;
		if (!deadline_open())
			break;
		nanosleep(&pause, NULL);
	}
	return fault("process %d, stopped in the image, does not stop", process->inner);
}

bool trace_release(struct tree *tree)
{
	int i, stopped;

	/* Who is stopped comes first: nobody runs that could wake them, or miss them. */
	for (stopped = 1; stopped >= 0; stopped--) {
		for (i = 0; i < tree->count; i++)
			if (!tree->at[i].gone && !tree->at[i].zombie && !tree->at[i].stopped_by == !stopped &&
			    !let_go(&tree->at[i]))
				return false;
		for (i = 0; stopped && i < tree->count; i++)
			if (!tree->at[i].gone && tree->at[i].stopped_by && !wait_for_stop(&tree->at[i]))
				return false;
	}
	return true;
}

void trace_end(struct tree *tree, pid_t root)
{
	int i;

	kill(root, SIGKILL);
	for (i = 0; i < tree->count; i++)
		if (!tree->at[i].gone)
			kill(tree->at[i].pid, SIGKILL);
}
