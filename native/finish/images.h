/*
 * Of a CRIU image set what a tree that CRIU restores by itself needs: the records of pstree.img, and what the cores tell
 * of stops, pending signals and flags. The same questions as src/restore/inherited-images.ts and inherited-finishing.ts
 * ask, in the same order, so that `regraft restore` begins the same way with Node or without.
 */
#ifndef IMAGES_H
#define IMAGES_H

#include <stdbool.h>
#include <stdio.h>

struct record {
	unsigned pid, ppid, pgid, sid;
	unsigned *threads;
	int thread_count;
};

struct records {
	struct record *at;
	int count;
};

/* True where the records alone say that CRIU restores exactly this tree; false says nothing. */
bool images_inherited(const char *directory, struct records *records);
/* Writes the lines of script.h for the tree; false, and a fault: a core cannot be read. */
bool images_script(const char *directory, const struct records *records, FILE *to);

#endif
