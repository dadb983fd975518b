#include "leftovers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
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

/* Never into another file system: a CRIU that was killed may have left cgroups mounted there. */
static void remove_at(int directory, const char *name, dev_t device, int depth)
{
	_Alignas(struct entry) char block[4096];
	struct stat facts;
	long size, at;
	int opened;

	if (!unlinkat(directory, name, 0) || (errno != EISDIR && errno != EPERM) || depth == DEEPEST)
		return;
	opened = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (opened < 0)
		return;
	if (!fstat(opened, &facts) && (depth == 0 || facts.st_dev == device))
		while ((size = syscall(SYS_getdents64, opened, block, sizeof(block))) > 0)
			for (at = 0; at < size; at += ((struct entry *)(block + at))->size) {
				const char *inside = ((struct entry *)(block + at))->name;

				if (strcmp(inside, ".") && strcmp(inside, ".."))
					remove_at(opened, inside, facts.st_dev, depth + 1);
			}
	close(opened);
	unlinkat(directory, name, AT_REMOVEDIR);
}

/* The fifth word of a line of mountinfo, its \ooo put right; false: there is none. */
static bool mount_point(const char *line, char *path, size_t size)
{
	size_t length = 0;
	int word;

	for (word = 0; word < 4; word++, line++)
		if (!(line = strchr(line, ' ')))
			return false;
	for (; *line && *line != ' ' && length + 1 < size; line++)
		if (*line == '\\' && line[1] && line[2] && line[3]) {
			path[length++] = (char)((line[1] - '0') << 6 | (line[2] - '0') << 3 | (line[3] - '0'));
			line += 3;
		} else
			path[length++] = *line;
	path[length] = 0;
	return true;
}

/* The last one that begins so, which hides no other; false: there is none. */
static bool last_mount(const char *prefix, char *found, size_t size)
{
	char text[8192], path[4096];
	int file = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	size_t held = 0;
	ssize_t got;
	bool any = false;

	while (file >= 0 && (got = read(file, text + held, sizeof(text) - 1 - held)) > 0) {
		char *line = text, *end;

		text[held += (size_t)got] = 0;
		for (; (end = strchr(line, '\n')); line = end + 1) {
			*end = 0;
			if (mount_point(line, path, sizeof(path)) && !strncmp(path, prefix, strlen(prefix)) &&
			    strlen(path) < size) {
				strcpy(found, path);
				any = true;
			}
		}
		held = strlen(line);
		memmove(text, line, held);
		if (held == sizeof(text) - 1)
			held = 0;
	}
	if (file >= 0)
		close(file);
	return any;
}

void unmount_below(const char *prefix)
{
	char path[4096];
	int rounds;

	for (rounds = 0; rounds < 1000 && last_mount(prefix, path, sizeof(path)); rounds++) {
		if (umount2(path, MNT_DETACH))
			return;
		rmdir(path);
	}
}

void remove_path(const char *path)
{
	char below[4096];
	const size_t length = strlen(path);

	if (length + 2 <= sizeof(below)) {
		memcpy(below, path, length);
		memcpy(below + length, "/", 2);
		unmount_below(below);
	}
	remove_at(AT_FDCWD, path, 0, 0);
}

void remove_pidfile(const char *path)
{
	char text[16];
	int file = open(path, O_RDONLY | O_CLOEXEC), number = 0;
	ssize_t size, i;

	if (file < 0)
		return;
	size = read(file, text, sizeof(text));
	close(file);
	if (size < 0 || size == sizeof(text))
		return;
	for (i = 0; i < size && i < 9 && text[i] >= '0' && text[i] <= '9'; i++)
		number = 10 * number + text[i] - '0';
	if (i < size && (text[i] != '\n' || i + 1 < size || !number))
		return;
	if (!number || (kill(number, 0) && errno == ESRCH))
		unlink(path);
}
