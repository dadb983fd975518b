/* What a process does when its tree is built: it counts, and finds out whether anything was lost or doubled. */
#ifndef LIVING_H
#define LIVING_H

#include "play.h"

/* A pipe from a parent to a child that is about to be born. */
struct link {
	int read, write;
};

bool living_link(struct link *link);
/* In the child: keeps its end, and nothing that its parent has. */
void living_born(const struct link *link);
/* In a child that has its parent's file table: nobody's ends are its own. */
void living_shares(void);
/* In the parent. */
void living_bore(const struct link *link, bool born);
void living_threads(int count);
void living(struct play *play, int name) __attribute__((noreturn));
/* Does everybody who is alive count, or stand still? */
bool living_all(const struct play *play);

#endif
