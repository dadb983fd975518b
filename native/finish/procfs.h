/* What /proc says of a process. Everything that is asked for is stopped, or the caller copes with its end. */
#ifndef PROCFS_H
#define PROCFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct status {
	char state;
	pid_t parent;
	/* Number in its own pid namespace. */
	pid_t inner;
	pid_t inner_group, inner_session;
	bool seccomp;
	/* Bit n - 1: signal n. */
	uint64_t shared_pending, own_pending, ignored;
	/* How often it was given the processor. */
	uint64_t switches;
};

bool procfs_status(pid_t tid, struct status *status);
/* Raw wait status of a zombie; false where it is not to be seen. */
bool procfs_exit_status(pid_t pid, int *exit_status);
/* When it was born, in ticks since the machine started; 0: it is not there. */
uint64_t procfs_start_time(pid_t pid);
/* Device number of its controlling terminal; 0: it has none, or is not there. */
int procfs_terminal(pid_t pid);
/* Calls `each` with every child of every thread; the number of threads, 0: the process has gone. */
int procfs_children(pid_t pid, void (*each)(pid_t child, void *context), void *context);
bool procfs_threads(pid_t pid, void (*each)(pid_t tid, void *context), void *context);
/* Addresses; 0: there is none. */
struct places {
	/* Code that makes a system call, the vdso's if there is one. */
	uint64_t code;
	/* Private memory that can be written. */
	uint64_t writable;
};

struct places procfs_places(pid_t pid);
bool procfs_memory(pid_t pid, uint64_t at, void *bytes, size_t size, bool write);

#endif
