#include "syscalls.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/mount.h>

long sys_clone3(struct clone_args *args)
{
	long result = syscall(SYS_clone3, args, sizeof(*args));

	return result < 0 ? -errno : result;
}

long sys_pidfd_send_signal(int pidfd, int signal)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int sys_pidfd_getfd(int pidfd, int descriptor)
{
	int result = (int)syscall(SYS_pidfd_getfd, pidfd, descriptor, 0);

	return result < 0 ? -errno : result;
}

int detached_mount(const char *type)
{
	int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC), mount = -1;

	if (context < 0)
		return -errno;
	if (!syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	if (mount < 0)
		mount = -errno;
	close(context);
	return mount;
}

void futex_wait(_Atomic uint32_t *word, uint32_t value, int ms)
{
	struct timespec limit = { ms / 1000, ms % 1000 * 1000000L };

	syscall(SYS_futex, word, FUTEX_WAIT, value, ms < 0 ? NULL : &limit, NULL, 0);
}

void futex_wake(_Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool pidfd_ended(int pidfd, int ms)
{
	struct pollfd wanted = { pidfd, POLLIN, 0 };

	return poll(&wanted, 1, ms) > 0;
}

const char *errno_name(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ EACCES, "EACCES" },   { EAGAIN, "EAGAIN" },	    { EBADF, "EBADF" },	      { ECHILD, "ECHILD" },
		{ EDEADLK, "EDEADLK" }, { EEXIST, "EEXIST" },	    { EFAULT, "EFAULT" },     { EINVAL, "EINVAL" },
		{ EIO, "EIO" },		{ EMFILE, "EMFILE" },	    { ENFILE, "ENFILE" },     { ENOENT, "ENOENT" },
		{ ENOMEM, "ENOMEM" },	{ ENOSPC, "ENOSPC" },	    { ENOSYS, "ENOSYS" },     { ENOTSUP, "ENOTSUP" },
		{ EPERM, "EPERM" },	{ ESRCH, "ESRCH" },	    { ETIMEDOUT, "ETIMEDOUT" }, { EUSERS, "EUSERS" },
		{ ENOTTY, "ENOTTY" },
		{ E2BIG, "E2BIG" },	{ ECANCELED, "ECANCELED" }, { ECONNRESET, "ECONNRESET" },
	};
	static char other[16];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].error == error)
			return names[i].name;
	snprintf(other, sizeof(other), "E%d", error);
	return other;
}
