/* Failures end in one sentence for people; the first one is kept, what follows from it is not. */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

/* Keeps the sentence if it is the first; returns false, so that callers can `return fault(...)`. */
bool fault(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The first sentence; empty where nothing has failed. */
const char *fault_text(void);

/* Everything has to be done by then. */
void deadline_in(unsigned milliseconds);
/* No limit any more, and no ticks. */
void deadline_off(void);
/* False, and a fault, when the time is over. */
bool deadline_open(void);

#endif
