/*
 * History: a tree that random calls of its own processes make, on the actors of the replayer.
 *
 * A history that has been made stays until the next line, so that it can be looked at from outside.
 */
#ifndef REGRAFT_HISTORY_H
#define REGRAFT_HISTORY_H

#include "worker.h"

/* What a worker of regraft-history performs. Ends the history before; a line with a seed makes a new one. */
void history_line(struct cage *cage, const struct json *line, const struct options *options, struct text *out);
/* Ends the history that stays, if there is one. */
void history_end(void);

#endif
