#include "standstill.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "fault.h"
#include "procfs.h"

#define LOOK_MS 1000
/* A look takes at most this part of the time. */
#define LOOK_SHARE 50

struct look {
	struct standstill *standstill;
	pid_t *pids;
	int count;
	uint64_t seen;
	bool busy;
};

static void mix(struct look *look, uint64_t number)
{
	look->seen = (look->seen ^ number) * 0x100000001b3ULL;
}

static void add_process(pid_t pid, void *context)
{
	struct look *look = context;

	if ((look->count & (look->count - 1)) == 0)
		look->pids = realloc(look->pids, (size_t)(look->count ? 2 * look->count : 1) * sizeof(*look->pids));
	if (!look->pids)
		abort();
	look->pids[look->count++] = pid;
}

static void look_at_thread(pid_t tid, void *context)
{
	struct look *look = context;
	struct status status;
	int exit_status;

	if (!procfs_status(tid, &status))
		return;
	/* Who waits for a disk is given what it waits for. */
	look->busy |= status.state == 'R' || status.state == 'D';
	mix(look, (uint64_t)tid);
	mix(look, (uint64_t)status.state);
	mix(look, status.switches);
	if (status.state == 'Z' && procfs_exit_status(tid, &exit_status) && WIFSIGNALED(exit_status)) {
		look->standstill->killed = status.inner;
		look->standstill->signal = WTERMSIG(exit_status);
	}
}

static int milliseconds_since(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int)((now.tv_sec - begin->tv_sec) * 1000 + (now.tv_nsec - begin->tv_nsec) / 1000000);
}

struct standstill standstill_of(pid_t top, int patience_ms)
{
	return (struct standstill){ .tops = { top }, .look_ms = LOOK_MS, .patience_ms = patience_ms };
}

bool standstill_over(struct standstill *standstill)
{
	struct look look = { .standstill = standstill };
	struct timespec begin;
	int i, waited = standstill->look_ms;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	standstill->killed = 0;
	for (i = 0; i < 2; i++)
		if (standstill->tops[i])
			add_process(standstill->tops[i], &look);
	for (i = 0; i < look.count && !look.busy; i++) {
		procfs_threads(look.pids[i], look_at_thread, &look);
		procfs_children(look.pids[i], add_process, &look);
	}
	free(look.pids);
	standstill->still_ms = look.busy || look.seen != standstill->seen ? 0 : standstill->still_ms + waited;
	standstill->seen = look.seen;
	standstill->look_ms = LOOK_SHARE * milliseconds_since(&begin);
	if (standstill->look_ms < LOOK_MS)
		standstill->look_ms = LOOK_MS;
	return standstill->patience_ms && standstill->still_ms >= standstill->patience_ms;
}

bool standstill_fault(const struct standstill *standstill)
{
	const int seconds = standstill->still_ms / 1000;

	if (standstill->killed)
		return fault("CRIU has stood still for %d seconds, and process %d was ended by signal %d", seconds,
			     standstill->killed, standstill->signal);
	return fault("CRIU has stood still for %d seconds", seconds);
}
