#include "objects.h"

#include <sched.h>

#ifndef CLONE_IO
#define CLONE_IO 0x80000000
#endif

static const uint64_t FLAG[KIND_COUNT] = { CLONE_FILES, CLONE_FS, CLONE_VM, CLONE_SIGHAND, CLONE_SYSVSEM, CLONE_IO };

static bool is_made_when_needed(int kind)
{
	return kind == KIND_SYSVSEM || kind == KIND_IO;
}

static void renew(struct objects *objects, int row, int kind)
{
	objects->of[row][kind] = is_made_when_needed(kind) ? 0 : ++objects->made;
}

uint64_t objects_flags(int kinds)
{
	uint64_t flags = 0;
	int kind;

	for (kind = 0; kind < KIND_COUNT; kind++)
		if (kinds >> kind & 1)
			flags |= FLAG[kind];
	return flags;
}

void objects_first(struct objects *objects, int row)
{
	int kind;

	for (kind = 0; kind < KIND_COUNT; kind++)
		renew(objects, row, kind);
}

void objects_born(struct objects *objects, int row, int creator, uint64_t flags)
{
	int kind;

	for (kind = 0; kind < KIND_COUNT; kind++) {
		if (!(flags & FLAG[kind])) {
			renew(objects, row, kind);
			/* Who has an I/O priority bears children with a context of their own that has it too. */
			if (kind == KIND_IO && objects->of[creator][kind])
				objects_context(objects, row);
			continue;
		}
		/* CLONE_SYSVSEM makes a list where there is none; CLONE_IO makes nothing. */
		if (kind == KIND_SYSVSEM && !objects->of[creator][kind])
			objects->of[creator][kind] = ++objects->made;
		objects->of[row][kind] = objects->of[creator][kind];
	}
}

void objects_unshared(struct objects *objects, int row, uint64_t flags)
{
	int kind;

	for (kind = 0; kind < KIND_COUNT; kind++)
		if (flags & FLAG[kind])
			renew(objects, row, kind);
}

void objects_executed(struct objects *objects, int row)
{
	objects_unshared(objects, row, CLONE_VM | CLONE_SIGHAND | CLONE_FILES);
}

void objects_context(struct objects *objects, int row)
{
	if (!objects->of[row][KIND_IO])
		objects->of[row][KIND_IO] = ++objects->made;
}

void objects_write(const struct objects *objects, int row, bool zombie, struct text *out)
{
	int kind;

	text_printf(out, "[");
	for (kind = 0; kind < KIND_COUNT; kind++)
		text_printf(out, "%s%d", kind ? "," : "",
			    zombie && kind != KIND_SIGHAND ? 0 : objects->of[row][kind]);
	text_printf(out, "]");
}
