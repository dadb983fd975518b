/* Executor: the steps of a plan as system calls, one after the other or several at once. */
#ifndef REGRAFT_EXECUTOR_H
#define REGRAFT_EXECUTOR_H

#include "run.h"

/* An exit that was not carried out, since its hanging could never be ended (see exits.c). No errno of the kernel. */
enum { REFUSED = 4000 };

/* A step under way. */
struct call {
	const struct step *step;
	struct record *caller;
	struct record *child;        /* clone3: the record that it will have */
	const struct record *target; /* setns */
};

/* Lets the caller make its call, without waiting for it: 0 or an errno. */
int step_begin(struct run *run, const struct step *step, struct call *call);
/* Is it made? */
bool step_over(struct run *run, const struct call *call);
/* Waits for it, and notes what it has done: 0 or an errno. */
int step_end(struct run *run, struct call *call);
/* Executes a step: 0 or an errno. Where the errno does not say all, run->message does. */
int execute_step(struct run *run, const struct step *step);
/*
 * Gives the live processes of the image their threads, with the ids of the image. Not a step of the plan: for after
 * the last one. An errno, with a message.
 */
int make_threads(struct run *run);

#endif
