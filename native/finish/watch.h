/*
 * A restore that leaves either the whole tree or nothing, whoever is killed on the way.
 *
 * Two processes watch each other. The worker starts CRIU, holds and finishes the tree; the guard, in a session of its
 * own, waits for the worker and for the caller's end of the line. Both are child-subreapers, so that whatever CRIU has
 * made hangs from one of them until the tree is let go. If the caller, CRIU or the worker dies, the guard ends the
 * rest; if the guard dies, the worker does.
 */
#ifndef WATCH_H
#define WATCH_H

struct leavings {
	/* Removed in the end, come what may. */
	char **always;
	/* Removed unless the tree stays. */
	char **on_failure;
	int always_count, on_failure_count;
	/* The same, but for one that names another process, which runs. NULL: there is none. */
	const char *pidfile;
};

/* The line to the caller: commands come in, reports go out. */
#define CALLER 3

/* Answers with the exit code. `work` is run by the worker, which answers with true when the tree is to stay. */
int watch(const struct leavings *leavings, _Bool (*work)(void));

#endif
