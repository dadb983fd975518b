/*
 * Arena: memory of one run, given back all at once.
 *
 * It is mapped with MADV_DONTFORK: the processes of a plan are plain forks, and their page tables must not grow with
 * the size of the plan.
 */
#ifndef REGRAFT_ARENA_H
#define REGRAFT_ARENA_H

#include <stddef.h>

struct arena {
	struct chunk *last;
};

/* Zeroed memory, aligned to 16 bytes; ends the process when there is none. */
void *arena_alloc(struct arena *arena, size_t size);
/* Gives everything back. */
void arena_reset(struct arena *arena);

#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (size_t)(count)))

#endif
