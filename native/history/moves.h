/* Moves: one random call of one random process. Which calls succeed is the kernel's business. */
#ifndef REGRAFT_MOVES_H
#define REGRAFT_MOVES_H

#include "objects.h"
#include "run.h"

struct mix {
	int32_t calls, births, levels;
	bool injections, groups, subreapers, zombies, threads;
	int kinds; /* of kernel objects that births may share, a bit a kind */
	bool exec, terminals, exit_signals;
};

struct story {
	struct run *run;
	struct mix mix;
	uint64_t random;
	struct objects objects;
	int *creator; /* of a record: the record whose process made the clone, -1 for the first ones */
};

void move(struct story *story);

#endif
