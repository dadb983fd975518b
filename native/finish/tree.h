/*
 * The processes of a restored tree, each with its two numbers: `pid` as seen from here, `inner` as seen inside, which
 * is the one that images and scripts use.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "procfs.h"

struct thread {
	pid_t tid;
	/* Seized by us, and ours until it is let go; it has come to its stop. */
	bool held, arrived;
	/* Its signal mask was taken, and is to be put back. */
	bool masked;
	uint64_t mask;
	/* Taken away while parents die; 0: none. */
	int parent_death_signal;
};

struct process {
	pid_t pid, inner;
	/* As seen from here. */
	pid_t parent;
	bool zombie, gone;
	/* Stands for a helper of the plan, and runs no program. */
	bool carrier;
	/* CRIU made it a child-subreaper. */
	bool subreaper;
	/* A filter judges its system calls. */
	bool seccomp;
	/* Signal that stopped it in the image, to be sent again; 0: it runs. */
	int stopped_by;
	/* It came stopped by a signal; that stop was ended. */
	bool stopped, continued;
	/* SIGCHLD was pending in the image; it may be pending now. */
	bool child_signal_kept, child_signal_possible;
	/* For calls in its name, once they were looked for. */
	struct places places;
	bool placed;
	/* Its action for SIGCHLD was changed, and is to be put back. */
	bool action_changed;
	unsigned char action[32];
	struct thread *threads; /* the leader first */
	int thread_count;
};

struct tree {
	struct process *at; /* parents before children, the root first */
	int count;
};

/* Reads the tree below the process `root`, one tree for each run of a program. */
bool tree_read(struct tree *tree, pid_t root);
/* Adds all processes and threads below `root` that are not there yet, by their numbers alone; `inner` is 0 for them. */
void tree_find(struct tree *tree, pid_t root);
/* Reads the facts of a process; false: it has gone. `status` gets the rest. */
bool tree_facts(struct tree *tree, struct process *process, struct status *status);
/* By the number inside, of those that are not gone; NULL: there is none. */
struct process *tree_inner(const struct tree *tree, pid_t inner);
struct process *tree_pid(const struct tree *tree, pid_t pid);
/* Reads the parents of the children of `dead` anew. */
void tree_reparented(struct tree *tree, const struct process *dead);

#endif
