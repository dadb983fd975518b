/* Messages between supervisor and worker. */
#ifndef REGRAFT_FRAMING_H
#define REGRAFT_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A message on the socket between supervisor and worker: its length, then its bytes. */
struct frame {
	uint32_t length;
	uint32_t line; /* number of the line on standard input */
};

/* False at the end of the file or on an error. */
bool read_all(int file, void *buffer, size_t size);
bool write_all(int file, const void *buffer, size_t size);

#endif
