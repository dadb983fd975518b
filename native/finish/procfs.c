#include "procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
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
		else if (!strncmp(line, "voluntary_ctxt_switches:\t", 25))
			status->switches += strtoull(line + 25, NULL, 10);
		else if (!strncmp(line, "nonvoluntary_ctxt_switches:\t", 28))
			status->switches += strtoull(line + 28, NULL, 10);
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

/* The line of /proc/PID/stat behind the name, which is in parentheses and may have some too; NULL: it is not there. */
static const char *stat_behind_name(pid_t pid, char *text, size_t size)
{
	char path[64], *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	at = fgets(text, (int)size, file) ? strrchr(text, ')') : NULL;
	fclose(file);
	return at ? at + 1 : NULL;
}

uint64_t procfs_start_time(pid_t pid)
{
	unsigned long long start = 0;
	char text[1024];
	const char *line = stat_behind_name(pid, text, sizeof(text));

	if (line)
		sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &start);
	return start;
}

int procfs_terminal(pid_t pid)
{
	char text[1024];
	const char *line = stat_behind_name(pid, text, sizeof(text));
	int terminal = 0;

	if (line)
		sscanf(line, "%*s %*s %*s %*s %d", &terminal);
	return terminal;
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
	int threads;
	void (*each)(pid_t, void *);
	void *context;
};

static void children_of_thread(pid_t tid, void *context)
{
	struct children_of *of = context;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", of->pid, tid);
	numbers_in(path, of->each, of->context);
	of->threads++;
}

int procfs_children(pid_t pid, void (*each)(pid_t, void *), void *context)
{
	struct children_of of = { pid, 0, each, context };

	procfs_threads(pid, children_of_thread, &of);
	return of.threads;
}

/* Memory that the program itself may read or write; the file also gives what it may not. */
bool procfs_memory(pid_t pid, uint64_t at, void *bytes, size_t size, bool write)
{
	const struct iovec here = { bytes, size }, there = { (void *)(uintptr_t)at, size };
	char path[64];
	ssize_t done;
	int file;

	done = write ? process_vm_writev(pid, &here, 1, &there, 1, 0) : process_vm_readv(pid, &here, 1, &there, 1, 0);
	if (done == (ssize_t)size)
		return true;
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

struct area {
	uint64_t from, to;
	char rights[8];
	const char *name;
};

/* Calls `look` with each line of maps until it answers with true. */
static void in_maps(pid_t pid, bool (*look)(pid_t, const struct area *, struct places *), struct places *places)
{
	unsigned long long from, to;
	char path[64], line[4352];
	struct area area;
	bool over = false;
	FILE *maps;
	int name;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && !over && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %n", &from, &to, area.rights, &name) < 3)
			continue;
		area.from = from;
		area.to = to;
		area.name = line + name;
		over = look(pid, &area, places);
	}
	if (maps)
		fclose(maps);
}

/* The vdso is the same for most: where the code was in the last one it is looked for first. */
static uint64_t code_in_vdso(pid_t pid, const struct area *area)
{
	static uint64_t offset;
	unsigned char code[16];

	if (!offset || area->from + offset + SYSCALL_CODE_SIZE > area->to ||
	    !procfs_memory(pid, area->from + offset, code, SYSCALL_CODE_SIZE, false) ||
	    memcmp(code, SYSCALL_CODE, SYSCALL_CODE_SIZE)) {
		const uint64_t found = code_between(pid, area->from, area->to);

		offset = found ? found - area->from : 0;
		return found;
	}
	return area->from + offset;
}

static bool vdso_and_writable(pid_t pid, const struct area *area, struct places *places)
{
	if (!places->writable && !strncmp(area->rights, "rw-p", 4))
		places->writable = area->from;
	if (!places->code && !strncmp(area->name, "[vdso]", 6))
		places->code = code_in_vdso(pid, area);
	return places->writable && places->code;
}

/* The vsyscall page is executable and cannot be read: reading fails, and the search goes on. */
static bool code_anywhere(pid_t pid, const struct area *area, struct places *places)
{
	if (area->rights[2] == 'x')
		places->code = code_between(pid, area->from, area->to);
	return places->code;
}

struct places procfs_places(pid_t pid)
{
	struct places places = { 0, 0 };

	in_maps(pid, vdso_and_writable, &places);
	if (!places.code)
		in_maps(pid, code_anywhere, &places);
	return places;
}
