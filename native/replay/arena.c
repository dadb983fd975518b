#include "arena.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct chunk {
	struct chunk *previous;
	size_t size;
	size_t used;
};

static const size_t CHUNK_SIZE = 1 << 20;
static const size_t HEADER_SIZE = (sizeof(struct chunk) + 15) & ~(size_t)15;

static struct chunk *chunk_new(size_t size, struct chunk *previous)
{
	struct chunk *chunk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (chunk == MAP_FAILED) {
		fprintf(stderr, "regraft-replay: out of memory\n");
		_exit(3);
	}
	madvise(chunk, size, MADV_DONTFORK);
	*chunk = (struct chunk){ previous, size, HEADER_SIZE };
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->last;
	void *memory;

	size = (size + 15) & ~(size_t)15;
	if (!chunk || chunk->size - chunk->used < size) {
		size_t need = size + HEADER_SIZE;
		chunk = arena->last = chunk_new(need > CHUNK_SIZE ? need : CHUNK_SIZE, chunk);
	}
	memory = (char *)chunk + chunk->used;
	chunk->used += size;
	return memory;
}

/* The first chunk stays, zeroed where it was used: a batch of small plans maps no memory. */
void arena_reset(struct arena *arena)
{
	struct chunk *chunk = arena->last;

	while (chunk && chunk->previous) {
		struct chunk *previous = chunk->previous;
		munmap(chunk, chunk->size);
		chunk = previous;
	}
	if (chunk) {
		memset((char *)chunk + HEADER_SIZE, 0, chunk->used - HEADER_SIZE);
		chunk->used = HEADER_SIZE;
	}
	arena->last = chunk;
}
