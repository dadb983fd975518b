/* Exits: begun, waited for, and what they do to others. */
#ifndef REGRAFT_EXITS_H
#define REGRAFT_EXITS_H

#include "plan.h"
#include "run.h"

/* Lets the caller die: 0, or REFUSED (executor.h). */
int exit_begin(struct run *run, const struct step *step, struct record *caller);
/* Has it ended, or survived its own signal? */
bool exit_over(struct run *run, const struct record *caller);
/* Waits for the end: 0 or an errno, with a message. */
int exit_end(struct run *run, struct record *caller);
void let_hanging_exits_finish(struct run *run);

#endif
