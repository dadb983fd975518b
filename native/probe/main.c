/*
 * regraft-probe: what a program without ioctl and pidfd_open cannot ask the kernel.
 *
 * Standard input: pids, one a line. Standard output, a line each: the pid, the birth number (the inode of its pidfd,
 * which grows with every birth where the kernel has pidfs; 0 elsewhere), then the inodes of its pid namespace and of
 * that namespace's ancestors, as far out as this program may look. A process that is gone gets no line.
 * With --classes it tells who holds the same kernel objects instead (classes.h).
 */
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "classes.h"

static const long PIDFS = 0x50494446;

static unsigned long long inode_of(int file)
{
	struct stat status;

	return fstat(file, &status) ? 0 : (unsigned long long)status.st_ino;
}

/* Before Linux 6.9 all pidfds have one inode. */
static unsigned long long birth_number(int pidfd)
{
	struct statfs system;

	return fstatfs(pidfd, &system) || (long)system.f_type != PIDFS ? 0 : inode_of(pidfd);
}

static void print_namespaces(int pid)
{
	char path[32];
	int file, above;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	for (file = open(path, O_RDONLY | O_CLOEXEC); file >= 0; file = above) {
		printf(" %llu", inode_of(file));
		above = ioctl(file, NS_GET_PARENT);
		close(file);
	}
}

int main(int argc, char **argv)
{
	int pid;

	if (argc > 1 && !strcmp(argv[1], "--classes"))
		return print_classes();
	while (scanf("%d", &pid) == 1) {
		int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

		if (pidfd < 0)
			continue;
		printf("%d %llu", pid, birth_number(pidfd));
		print_namespaces(pid);
		putchar('\n');
		close(pidfd);
	}
	return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
