/*
 * Worker: the coordinator's life. Init of the cage; takes lines from the supervisor, replays, answers with verdicts.
 */
#ifndef REGRAFT_WORKER_H
#define REGRAFT_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "run.h"

struct options {
	bool trace;
	int cpu; /* -1: where the worker happens to be; -2: nowhere in particular */
	struct limits limits;
};

/* A message on the socket between supervisor and worker: its length, then its bytes. */
struct frame {
	uint32_t length;
	uint32_t line; /* number of the line on standard input */
};

/* First answers with an empty frame, or with a frame that says why it cannot work. */
_Noreturn void worker_run(int supervisor, const struct options *options);

/* False at the end of the file or on an error. */
bool read_all(int file, void *buffer, size_t size);
bool write_all(int file, const void *buffer, size_t size);

#endif
