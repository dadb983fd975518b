/*
 * Objects: which kernel objects every process of a history holds, by the calls that succeeded (inherit-only resources,
 * I1-I4, I14, I30-I34, I40, I56). It is what a scan is held against, so nothing here asks kcmp.
 */
#ifndef REGRAFT_OBJECTS_H
#define REGRAFT_OBJECTS_H

#include "image.h"
#include "text.h"

struct objects {
	int32_t (*of)[KIND_COUNT]; /* by record; 0: none */
	int32_t made;
};

/* CLONE_ flags of all kinds in a mask of kinds. */
uint64_t objects_flags(int kinds);
/* Somebody without a creator of the history. */
void objects_first(struct objects *objects, int row);
void objects_born(struct objects *objects, int row, int creator, uint64_t flags);
void objects_unshared(struct objects *objects, int row, uint64_t flags);
void objects_executed(struct objects *objects, int row);
void objects_context(struct objects *objects, int row);
/* A zombie has its signal handlers only (K6). */
void objects_write(const struct objects *objects, int row, bool zombie, struct text *out);

#endif
