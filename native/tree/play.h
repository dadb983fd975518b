/*
 * The script, in memory that all processes share: whoever is named by the next call makes it. The root looks after the
 * calls of those that do not exist, and after deaths, which have to be over before the next call.
 */
#ifndef PLAY_H
#define PLAY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#define ACTORS 4096
#define CALLS 65536

struct call {
	int actor;
	char op[12];
	int first, second;
	bool beside, files;
};

struct actor {
	_Atomic pid_t pid;
	_Atomic bool alive, lives;
	bool stops, rests;
	/* MiB of its own that it writes to. */
	int memory;
};

struct play {
	/* Index of the next call. */
	_Atomic int at;
	/* A process that is about to die, by its number inside. */
	_Atomic pid_t dying;
	int calls;
	char directory[256], fault[128];
	struct actor actors[ACTORS];
	struct call call[CALLS];
};

struct play *play_read(const char *file, const char *directory);
/* Plays the actor `name` to the end, then lives. Does not return. */
void play_as(struct play *play, int name);
bool play_over(const struct play *play);

#endif
