/* A plan carried out by all its processes at once, each by its script. */
#ifndef REGRAFT_PARALLEL_H
#define REGRAFT_PARALLEL_H

#include "run.h"
#include "scripts.h"

struct parallel {
	uint64_t seed;   /* of the choice who is held back */
	int most_at_once; /* calls that were under way at the same time */
	int failed;      /* the step that failed, -1 */
};

/*
 * Every process makes its next call as soon as those that it waits for are over; many calls are under way at once, on all
 * CPUs, and which of those that could begin are held back for a moment is drawn, so that orders differ from run to run.
 * 0 or an errno; EDEADLK where nobody can go on.
 */
int execute_in_parallel(struct run *run, const struct scripts *scripts, struct parallel *parallel);

#endif
