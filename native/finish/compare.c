#include "compare.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault.h"
#include "inject.h"
#include "procfs.h"

#define BIT(signal) (1ULL << ((signal)-1))
/* A sentence has room for a few. */
#define TOLD 3

static char told[400];
static int differences;

static void differ(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void differ(const char *format, ...)
{
	const size_t used = strlen(told);
	va_list arguments;

	if (++differences > TOLD)
		return;
	va_start(arguments, format);
	snprintf(told + used, sizeof(told) - used, "%s", used ? "; " : "");
	vsnprintf(told + strlen(told), sizeof(told) - strlen(told), format, arguments);
	va_end(arguments);
}

static void compare_threads(const struct process *process, const struct expectation *expected)
{
	struct status status;
	int i, j;

	if (process->thread_count != expected->thread_count) {
		differ("process %d has %d threads instead of %d", expected->pid, process->thread_count,
		       expected->thread_count);
		return;
	}
	for (i = 0; process->thread_count > 1 && i < process->thread_count; i++) {
		if (!procfs_status(process->threads[i].tid, &status))
			continue;
		for (j = 0; j < expected->thread_count && expected->threads[j] != status.inner; j++)
			;
		if (j == expected->thread_count)
			differ("process %d has a thread %d", expected->pid, status.inner);
	}
}

/* Asked of the process itself: /proc does not show it. */
static bool compare_flag(struct process *process, const struct expectation *expected)
{
	const uint64_t arguments[6] = { PR_GET_CHILD_SUBREAPER };
	int64_t answer;
	int flag = 0;

	if (expected->subreaper < 0)
		return true;
	if (!inject_reading(process, &process->threads[0], SYS_prctl, arguments, 1, &flag, sizeof(flag), &answer))
		return false;
	if (answer < 0 || !!flag != expected->subreaper)
		differ("process %d is %s child-subreaper", expected->pid, flag ? "a" : "no");
	return true;
}

/*
 * A root that leads no session is restored with --shell-job: the session that it was in, and its group where that is not
 * its own, become those of whoever calls CRIU, which are ours.
 */
static int session_here(const struct expectation *root, int session)
{
	return root->sid != root->pid && session == root->sid ? getsid(0) : session;
}

static int group_here(const struct expectation *root, int group)
{
	if (root->sid == root->pid)
		return group;
	if (group == root->sid)
		return getsid(0);
	return group == root->pgid && root->pgid != root->pid ? getpgrp() : group;
}

static bool compare_process(struct tree *tree, const struct expectation *root, const struct expectation *expected)
{
	const int group = group_here(root, expected->pgid), session = session_here(root, expected->sid);
	struct process *process = tree_inner(tree, expected->pid), *parent;
	const bool zombie = expected->exit_status >= 0;
	struct status status;
	int inner_parent = 0, exit_status;

	if (!process || !procfs_status(process->pid, &status)) {
		differ("process %d is not there", expected->pid);
		return true;
	}
	process->child_signal_possible = status.shared_pending & BIT(SIGCHLD);
	parent = process == tree->at ? NULL : tree_pid(tree, status.parent);
	if (parent)
		inner_parent = parent->inner;
	if (inner_parent != expected->ppid && process != tree->at)
		differ("process %d hangs from %d instead of %d", expected->pid, inner_parent, expected->ppid);
	if (status.inner_group != group)
		differ("process %d is in group %d instead of %d", expected->pid, status.inner_group, group);
	if (status.inner_session != session)
		differ("process %d is in session %d instead of %d", expected->pid, status.inner_session, session);
	if ((status.state == 'Z') != zombie)
		differ("process %d is %s", expected->pid, zombie ? "alive" : "dead");
	else if (!zombie) {
		compare_threads(process, expected);
		return compare_flag(process, expected);
	} else if (procfs_exit_status(process->pid, &exit_status) && exit_status != expected->exit_status)
		differ("zombie %d has status %d instead of %d", expected->pid, exit_status, expected->exit_status);
	return true;
}

static void count_child(pid_t child, void *context)
{
	(void)child;
	++*(int *)context;
}

/* Nobody of it was overlooked when it was held. */
static void compare_held(const struct process *process, int *there)
{
	const int threads = procfs_children(process->pid, count_child, there);

	if (threads != process->thread_count)
		differ("process %d has %d threads, of which %d are held", process->inner, threads, process->thread_count);
}

/* Everybody expected is there; nobody else is, where the numbers of processes agree. */
bool compare(struct tree *tree, const struct script *script)
{
	int i, there = 1;

	for (i = 0; i < tree->count; i++)
		if (!tree->at[i].gone && !tree->at[i].zombie)
			compare_held(&tree->at[i], &there);
	for (i = 0; i < script->expectation_count; i++)
		if (!deadline_open() || !compare_process(tree, &script->expectations[0], &script->expectations[i]))
			return false;
	if (script->expectation_count && there != script->expectation_count)
		differ("there are %d processes instead of %d", there, script->expectation_count);
	if (differences)
		return fault("the tree differs from the image: %s%s", told, differences > TOLD ? "; and more" : "");
	return true;
}
