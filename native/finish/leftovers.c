#include "leftovers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A directory nests no deeper than image sets do. */
#define DEEPEST 8

struct entry {
	uint64_t inode;
	int64_t offset;
	unsigned short size;
	unsigned char type;
	char name[];
};

/* Kills what /proc lists as children of this process; the number of them. */
static int kill_children(void)
{
	char text[4096];
	int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC), killed = 0, number = 0;
	ssize_t size, i;

	while (file >= 0 && (size = read(file, text, sizeof(text))) > 0)
		for (i = 0; i < size; i++)
			if (text[i] >= '0' && text[i] <= '9')
				number = 10 * number + text[i] - '0';
			else if (number) {
				kill(number, SIGKILL);
				killed++;
				number = 0;
			}
	if (file >= 0)
		close(file);
	return killed;
}

/* Children of the killed become ours, so that a few rounds reach everybody. */
void end_descendants(void)
{
	const struct timespec pause = { 0, 1000000 };
	int rounds;

	for (rounds = 0; rounds < 10000; rounds++) {
		kill_children();
		while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG | __WALL) < 0 && errno == ECHILD)
			return;
		nanosleep(&pause, NULL);
	}
}

static void remove_at(int directory, const char *name, int depth)
{
	_Alignas(struct entry) char block[4096];
	long size, at;
	int opened;

	if (!unlinkat(directory, name, 0) || (errno != EISDIR && errno != EPERM) || depth == DEEPEST)
		return;
	opened = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (opened < 0)
		return;
	while ((size = syscall(SYS_getdents64, opened, block, sizeof(block))) > 0)
		for (at = 0; at < size; at += ((struct entry *)(block + at))->size) {
			const char *inside = ((struct entry *)(block + at))->name;

			if (strcmp(inside, ".") && strcmp(inside, ".."))
				remove_at(opened, inside, depth + 1);
		}
	close(opened);
	unlinkat(directory, name, AT_REMOVEDIR);
}

void remove_path(const char *path)
{
	remove_at(AT_FDCWD, path, 0);
}
