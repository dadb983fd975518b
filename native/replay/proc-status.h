/* What /proc shows of a process, in the numbers of the cage and of every level below. */
#ifndef REGRAFT_PROC_STATUS_H
#define REGRAFT_PROC_STATUS_H

#include "image.h"
#include "number-map.h"

struct proc_status {
	int32_t parent; /* number in the cage, 0: outside */
	char state;     /* R S D Z ... */
	int threads;
	struct vector pid, pgid, sid; /* [0] the cage, [1] level 0, ... */
};

/* Every process of level 0 and below. */
struct census {
	int count;
	struct proc_status *at;
	struct number_map by_cage_pid;
	struct number_map by_pid; /* number in level 0 */
};

/* Reads PATH/status below the /proc directory. False if there is no such process. */
bool proc_status_read(int proc, const char *path, struct arena *arena, struct proc_status *status);
/* Numbers of a process behind a pidfd, from the cage inwards; count 0 if it is reaped. */
struct vector proc_pidfd_numbers(int proc, int pidfd, struct arena *arena);
struct census proc_census(int proc, struct arena *arena);

#endif
