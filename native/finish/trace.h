/*
 * Holding a tree: every thread is in a ptrace stop and runs nothing until it is let go.
 *
 * A tree arrives stopped by signals (CRIU's --leave-stopped), frozen by its cgroup, or running. A stop by a signal may
 * not stay: when a carrier's death orphans a group that has stopped members, the kernel sends SIGHUP to the group. A
 * ptrace stop is no such stop. What the change from one to the other leaves behind is taken away again: the SIGCONT
 * that it needs, the SIGCHLDs that parents get of it, and what they could wait for.
 */
#ifndef TRACE_H
#define TRACE_H

#include "tree.h"

/* Reads the tree below root and stops all of it where it is. Whoever holds ends the tree if it dies itself. */
bool trace_hold(struct tree *tree, pid_t root);
/* Takes a signal that is pending for the process, and drops it. */
bool trace_shed(struct process *process, int signal);
/* Blocks every signal of the thread until it is let go. */
bool trace_block(struct thread *thread);
/* Lets `request` (PTRACE_CONT, PTRACE_SYSCALL) go on to the next stop that is not the end of a job-control stop. */
bool trace_resume(struct thread *thread, int request, int signal, int *status);
/* Lets the process take a signal that is pending for it, and that ends it. */
bool trace_take(struct process *process, int signal, int *status);
/* Waits for the death of a process that is ours and answers with its wait status. */
bool trace_death(struct process *process, int *status);
/* Masks back, stops again what was stopped in the image, and lets everybody go. */
bool trace_release(struct tree *tree);
/* Ends the tree, held or not. */
void trace_end(struct tree *tree, pid_t root);

#endif
