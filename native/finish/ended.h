/* How a process ended that is not ours to wait for. */
#ifndef ENDED_H
#define ENDED_H

enum ended { ENDED_WELL, ENDED_BADLY, ENDED_UNKNOWN };

/*
 * Waits until the process behind the pidfd is reaped, at most `ms` milliseconds. ENDED_BADLY: by a signal, or with
 * another exit code than 0. Kernels before 6.15 do not say: ENDED_UNKNOWN.
 */
enum ended how_it_ended(int pidfd, int ms);

#endif
