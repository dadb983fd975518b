/*
 * Worker: the coordinator's life. Init of the cage; takes lines from the supervisor, replays, answers with verdicts.
 */
#ifndef REGRAFT_WORKER_H
#define REGRAFT_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "run.h"

struct options {
	bool trace;
	int cpu; /* -1: where the worker happens to be; -2: nowhere in particular */
	struct limits limits;
};

/* First answers with an empty frame, or with a frame that says why it cannot work. */
_Noreturn void worker_run(int supervisor, const struct options *options);

#endif
