/*
 * Supervisor: the process that the user started. Reads lines, hands them to a worker, prints the verdicts.
 *
 * The worker is the init of the cage and in a session of its own. If the supervisor dies, however, the worker's socket
 * ends: it ends its run in good order and exits, and with it all that is left in the cage. If the worker dies or does
 * not answer, the supervisor says so and starts another one.
 */
#ifndef REGRAFT_SUPERVISOR_H
#define REGRAFT_SUPERVISOR_H

#include "worker.h"

enum { EXIT_ALL_OK = 0, EXIT_NOT_OK = 1, EXIT_USAGE = 2, EXIT_CANNOT = 3, EXIT_LEFT = 4 };

/* Replays every line of standard input; an exit code. */
int supervise(const struct options *options);

#endif
