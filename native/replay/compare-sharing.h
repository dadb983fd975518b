/* Shared kernel objects of the processes that came out, by kcmp; exit signals and terminals, by /proc. */
#ifndef REGRAFT_COMPARE_SHARING_H
#define REGRAFT_COMPARE_SHARING_H

#include "proc-status.h"
#include "run.h"

/* Told of each difference: a process, a field, and two numbers. */
typedef void report_difference(void *context, int32_t pid, const char *field, int32_t expected, int32_t actual);

/* By kcmp of two processes, by their numbers in the cage. */
bool same_object(int32_t one, int32_t other, int kind);
/* Nobody has an undo list or an I/O context before it is needed. */
bool holds_object(int32_t cage_pid, int kind);

/*
 * Two processes hold one object exactly if they are of one class in the image; who has no class is alone. An object is
 * named by the first process of the image that holds it.
 */
void compare_sharing(struct run *run, const struct census *census, report_difference *report, void *context);

#endif
