/*
 * System calls in a held program's name. The code is one that the program has anyhow (the vdso's): nothing is written
 * into its text. Registers and mask are as before afterwards; filters of seccomp are asleep (trace.c).
 */
#ifndef INJECT_H
#define INJECT_H

#include "tree.h"

/* One call by one thread. `answer` is the result or -errno. False where the call could not be made at all. */
bool inject(struct process *process, struct thread *thread, long number, const uint64_t arguments[6],
	    int64_t *answer);
/* The same by the leader, with a call that has to succeed; `what` names it in the fault. */
bool inject_checked(struct process *process, const char *what, long number, const uint64_t arguments[6],
		    int64_t *answer);
/* A call that does not return: the process ends. `status` is its wait status. */
bool inject_last(struct process *process, long number, const uint64_t arguments[6], int *status);
/* A call that fills memory: `place` is the index of the argument that gets the address, `size` at most 128 bytes. */
bool inject_reading(struct process *process, struct thread *thread, long number, const uint64_t arguments[6],
		    int place, void *bytes, size_t size, int64_t *answer);
/* A call that reads memory. */
bool inject_writing(struct process *process, struct thread *thread, long number, const uint64_t arguments[6],
		    int place, const void *bytes, size_t size, int64_t *answer);

#endif
