/*
 * Worker: the coordinator's life. Init of the cage; takes lines from the supervisor, performs them, answers.
 */
#ifndef REGRAFT_WORKER_H
#define REGRAFT_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"
#include "run.h"
#include "text.h"

struct options {
	/* What is done with a line: appends the members of the answer behind its id. */
	void (*perform)(struct cage *cage, const struct json *line, const struct options *options, struct text *out);
	void (*finish)(void); /* after the last line, or when the supervisor is dead; NULL: nothing to do */
	bool trace;
	int cpu; /* -1: where the worker happens to be; -2: nowhere in particular */
	struct limits limits;
};

/* First answers with an empty frame, or with a frame that says why it cannot work. */
_Noreturn void worker_run(int supervisor, const struct options *options);

#endif
