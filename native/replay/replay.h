/* Replay: a line with a plan -> its verdict. What a worker of regraft-replay performs. */
#ifndef REGRAFT_REPLAY_H
#define REGRAFT_REPLAY_H

#include "worker.h"

/* Appends the members of the verdict behind its id. Nothing of the run is left, or `"left":true` says so. */
void replay_line(struct cage *cage, const struct json *line, const struct options *options, struct text *out);

#endif
