#include "procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "registers.h"

/* Executable memory that is searched at a time. */
#define BLOCK 65536

/* The last number of a line that has one a namespace, the innermost at its end. */
static int innermost(const char *line)
{
	int number = 0;

	for (; *line && *line != '\n'; line++)
		if (*line == '\t')
			number = atoi(line + 1);
	return number;
}

bool procfs_status(pid_t tid, struct status *status)
{
	char path[64], text[8192], *line;
	ssize_t size;
	int file;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	size = read(file, text, sizeof(text) - 1);
	close(file);
	if (size <= 0)
		return false;
	text[size] = 0;
	memset(status, 0, sizeof(*status));
	for (line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (!strncmp(line, "State:\t", 7))
			status->state = line[7];
		else if (!strncmp(line, "PPid:\t", 6))
			status->parent = atoi(line + 6);
		else if (!strncmp(line, "Seccomp:\t", 9))
			status->seccomp = line[9] != '0';
		else if (!strncmp(line, "SigPnd:\t", 8))
			status->own_pending = strtoull(line + 8, NULL, 16);
		else if (!strncmp(line, "ShdPnd:\t", 8))
			status->shared_pending = strtoull(line + 8, NULL, 16);
		else if (!strncmp(line, "SigIgn:\t", 8))
			status->ignored = strtoull(line + 8, NULL, 16);
		else if (!strncmp(line, "NSpid:\t", 7))
			status->inner = innermost(line);
		else if (!strncmp(line, "NSpgid:\t", 8))
			status->inner_group = innermost(line);
		else if (!strncmp(line, "NSsid:\t", 7))
			status->inner_session = innermost(line);
	}
	return status->state && status->inner;
}

bool procfs_exit_status(pid_t pid, int *exit_status)
{
	char path[64], text[1024], *last;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	last = fgets(text, sizeof(text), file) ? strrchr(text, ' ') : NULL;
	fclose(file);
	return last && sscanf(last, "%d", exit_status) == 1;
}

static bool numbers_in(const char *path, void (*each)(pid_t, void *), void *context)
{
	FILE *file = fopen(path, "re");
	int number;

	if (!file)
		return false;
	while (fscanf(file, "%d", &number) == 1)
		each(number, context);
	fclose(file);
	return true;
}

bool procfs_threads(pid_t pid, void (*each)(pid_t, void *), void *context)
{
	char path[64];
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	directory = opendir(path);
	if (!directory)
		return false;
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			each(atoi(entry->d_name), context);
	closedir(directory);
	return true;
}

struct children_of {
	pid_t pid;
	void (*each)(pid_t, void *);
	void *context;
};

static void children_of_thread(pid_t tid, void *context)
{
	const struct children_of *of = context;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", of->pid, tid);
	numbers_in(path, of->each, of->context);
}

bool procfs_children(pid_t pid, void (*each)(pid_t, void *), void *context)
{
	struct children_of of = { pid, each, context };

	return procfs_threads(pid, children_of_thread, &of);
}

bool procfs_memory(pid_t pid, uint64_t at, void *bytes, size_t size, bool write)
{
	char path[64];
	ssize_t done;
	int file;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	file = open(path, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (file < 0)
		return false;
	done = write ? pwrite(file, bytes, size, (off_t)at) : pread(file, bytes, size, (off_t)at);
	close(file);
	return done == (ssize_t)size;
}

static uint64_t code_between(pid_t pid, uint64_t from, uint64_t to)
{
	static unsigned char block[BLOCK];
	uint64_t at;

	for (at = from; at < to; at += BLOCK - SYSCALL_CODE_SIZE) {
		size_t size = to - at < BLOCK ? to - at : BLOCK, i;

		if (!procfs_memory(pid, at, block, size, false))
			return 0;
		for (i = 0; i + SYSCALL_CODE_SIZE <= size; i += SYSCALL_CODE_ALIGN)
			if (!memcmp(block + i, SYSCALL_CODE, SYSCALL_CODE_SIZE))
				return at + i;
	}
	return 0;
}

/* Calls `wanted` with each line of maps until it answers with an address. */
static uint64_t in_maps(pid_t pid, uint64_t (*wanted)(pid_t, const char *rights, uint64_t, uint64_t, const char *name))
{
	unsigned long long from, to;
	char path[64], line[4352], rights[8];
	uint64_t found = 0;
	FILE *maps;
	int name;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && !found && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %n", &from, &to, rights, &name) >= 3)
			found = wanted(pid, rights, from, to, line + name);
	if (maps)
		fclose(maps);
	return found;
}

static uint64_t code_of_vdso(pid_t pid, const char *rights, uint64_t from, uint64_t to, const char *name)
{
	(void)rights;
	return strncmp(name, "[vdso]", 6) ? 0 : code_between(pid, from, to);
}

/* The vsyscall page is executable and cannot be read: reading fails, and the search goes on. */
static uint64_t code_anywhere(pid_t pid, const char *rights, uint64_t from, uint64_t to, const char *name)
{
	(void)name;
	return rights[2] == 'x' ? code_between(pid, from, to) : 0;
}

uint64_t procfs_syscall_code(pid_t pid)
{
	uint64_t found = in_maps(pid, code_of_vdso);

	return found ? found : in_maps(pid, code_anywhere);
}

static uint64_t writable(pid_t pid, const char *rights, uint64_t from, uint64_t to, const char *name)
{
	(void)to;
	(void)name;
	(void)pid;
	return !strncmp(rights, "rw-p", 4) ? from : 0;
}

uint64_t procfs_writable(pid_t pid)
{
	return in_maps(pid, writable);
}
