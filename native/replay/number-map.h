/* Number map: pid -> index, open addressing. Keys are positive; the map grows in its arena. */
#ifndef REGRAFT_NUMBER_MAP_H
#define REGRAFT_NUMBER_MAP_H

#include <stdint.h>

#include "arena.h"

struct number_map {
	struct arena *arena;
	uint32_t capacity;
	uint32_t used;
	int32_t *keys;
	int32_t *values;
};

/* Sets the value of a key, replacing the one before. */
void number_map_set(struct number_map *map, int32_t key, int32_t value);
/* The value of a key, or -1. */
int32_t number_map_get(const struct number_map *map, int32_t key);

#endif
