/*
 * Tells a restore that stands still from one that takes its time. CRIU waits for ever when a task that it is making is
 * killed at certain moments: then everybody below it sleeps, is traced or dead, and nobody is given the processor again.
 */
#ifndef STANDSTILL_H
#define STANDSTILL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct standstill {
	/* Who is looked at, with everybody below; 0: nobody. */
	pid_t tops[2];
	/* Looks that are taken in this time, and how long it may stand still; 0: for ever. */
	int look_ms, patience_ms;
	/* So long it has, by the looks: time in which the one who looks is frozen too does not count. */
	int still_ms;
	/* Everybody's state, and how often each was given the processor. */
	uint64_t seen;
	/* Number inside of somebody who was ended by a signal; 0: nobody was seen to be. */
	pid_t killed;
	int signal;
};

/* Begins with 1,000 ms from look to look. */
struct standstill standstill_of(pid_t top, int patience_ms);
/* Takes a look, to be called every `look_ms`, which grows with what a look costs. True: it has stood still too long. */
bool standstill_over(struct standstill *standstill);
/* That, in a sentence that is a fault (fault.h). */
bool standstill_fault(const struct standstill *standstill);

#endif
