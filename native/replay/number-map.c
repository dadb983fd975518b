#include "number-map.h"

static uint32_t place(const struct number_map *map, int32_t key)
{
	uint32_t mask = map->capacity - 1;
	uint32_t at = ((uint32_t)key * 2654435769u) & mask;

	while (map->keys[at] && map->keys[at] != key)
		at = (at + 1) & mask;
	return at;
}

static void grow(struct number_map *map)
{
	struct number_map larger = { map->arena, map->capacity ? map->capacity * 2 : 64 };
	uint32_t i;

	larger.keys = ARENA_ARRAY(map->arena, int32_t, larger.capacity);
	larger.values = ARENA_ARRAY(map->arena, int32_t, larger.capacity);
	for (i = 0; i < map->capacity; i++)
		if (map->keys[i])
			number_map_set(&larger, map->keys[i], map->values[i]);
	*map = larger;
}

void number_map_set(struct number_map *map, int32_t key, int32_t value)
{
	uint32_t at;

	if (map->used * 2 >= map->capacity)
		grow(map);
	at = place(map, key);
	if (!map->keys[at]) {
		map->keys[at] = key;
		map->used++;
	}
	map->values[at] = value;
}

int32_t number_map_get(const struct number_map *map, int32_t key)
{
	uint32_t at;

	if (!map->capacity || key <= 0)
		return -1;
	at = place(map, key);
	return map->keys[at] ? map->values[at] : -1;
}
