#include "ended.h"

#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* Of linux/pidfd.h of 6.15, which older headers do not have. */
struct pidfd_info {
	uint64_t mask;
	uint64_t cgroup;
	uint32_t pid, tgid, ppid, users[8];
	int32_t exit_code;
};
#define PIDFD_GET_INFO _IOWR(0xff, 11, struct pidfd_info)
#define PIDFD_INFO_EXIT (1u << 3)

enum ended how_it_ended(int pidfd, int ms)
{
	struct pidfd_info info = { .mask = PIDFD_INFO_EXIT };
	struct pollfd reaped = { pidfd, 0, 0 };

	/* POLLHUP, which is always looked for, comes when it is reaped. */
	poll(&reaped, 1, ms);
	if (ioctl(pidfd, PIDFD_GET_INFO, &info) || !(info.mask & PIDFD_INFO_EXIT))
		return ENDED_UNKNOWN;
	return info.exit_code ? ENDED_BADLY : ENDED_WELL;
}
