/* Executor: the steps of a plan as system calls, each finished before the next begins. */
#ifndef REGRAFT_EXECUTOR_H
#define REGRAFT_EXECUTOR_H

#include "run.h"

/* An exit that was not carried out, since its hanging could never be ended (see executor.c). No errno of the kernel. */
enum { REFUSED = 4000 };

/* Executes a step: 0 or an errno. Where the errno does not say all, run->message does. */
int execute_step(struct run *run, const struct step *step);
/*
 * Gives the live processes of the image their threads, with the ids of the image. Not a step of the plan: for after
 * the last one. An errno, with a message.
 */
int make_threads(struct run *run);

#endif
