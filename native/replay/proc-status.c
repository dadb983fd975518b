#include "proc-status.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"

static bool read_file(int proc, const char *path, char *buffer, size_t size)
{
	int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got;

	if (file < 0)
		return false;
	while (length < size - 1 && (got = read(file, buffer + length, size - 1 - length)) > 0)
		length += (size_t)got;
	close(file);
	buffer[length] = 0;
	return length > 0;
}

/* The text after "\nNAME:\t". */
static const char *field(const char *status, const char *name)
{
	char wanted[32];
	const char *at;

	snprintf(wanted, sizeof(wanted), "\n%s:\t", name);
	at = strstr(status, wanted);
	return at ? at + strlen(wanted) : NULL;
}

static struct vector numbers(const char *text, struct arena *arena)
{
	int32_t found[MAX_LEVELS + 2];
	struct vector vector = { NULL, 0 };
	int32_t *copy;
	char *end;

	for (; text && *text != '\n' && vector.count < MAX_LEVELS + 2; text = end) {
		long number = strtol(text, &end, 10);
		if (end == text)
			break;
		found[vector.count++] = (int32_t)number;
		end += *end == '\t';
	}
	copy = ARENA_ARRAY(arena, int32_t, vector.count + 1);
	memcpy(copy, found, sizeof(*found) * (size_t)vector.count);
	vector.at = copy;
	return vector;
}

static int32_t number(const char *text)
{
	return text ? (int32_t)strtol(text, NULL, 10) : 0;
}

bool proc_status_read(int proc, const char *path, struct arena *arena, struct proc_status *status)
{
	char name[64], buffer[8192];
	const char *state;

	snprintf(name, sizeof(name), "%s/status", path);
	if (!read_file(proc, name, buffer, sizeof(buffer)))
		return false;
	state = field(buffer, "State");
	status->state = state ? *state : '?';
	status->parent = number(field(buffer, "PPid"));
	status->threads = number(field(buffer, "Threads"));
	status->pid = numbers(field(buffer, "NSpid"), arena);
	status->pgid = numbers(field(buffer, "NSpgid"), arena);
	status->sid = numbers(field(buffer, "NSsid"), arena);
	return status->pid.count > 0;
}

struct vector proc_pidfd_numbers(int proc, int pidfd, struct arena *arena)
{
	char name[64], buffer[1024];
	struct vector vector = { NULL, 0 };

	snprintf(name, sizeof(name), "self/fdinfo/%d", pidfd);
	if (read_file(proc, name, buffer, sizeof(buffer)))
		vector = numbers(field(buffer, "NSpid"), arena);
	if (vector.count && vector.at[0] <= 0)
		vector.count = 0;
	return vector;
}

struct census proc_census(int proc, struct arena *arena)
{
	struct census census = { .by_cage_pid = { arena }, .by_pid = { arena } };
	int directory = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), capacity = 0;
	DIR *stream = directory < 0 ? NULL : fdopendir(directory);
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		struct proc_status status;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (!proc_status_read(proc, entry->d_name, arena, &status) || status.pid.count < 2)
			continue;
		/* Reaped, by nobody's wait, and about to leave /proc. */
		if (status.state == 'X')
			continue;
		if (census.count == capacity) {
			struct proc_status *larger = ARENA_ARRAY(arena, struct proc_status, capacity = capacity * 2 + 32);
			if (census.count)
				memcpy(larger, census.at, sizeof(*larger) * (size_t)census.count);
			census.at = larger;
		}
		number_map_set(&census.by_cage_pid, status.pid.at[0], census.count);
		number_map_set(&census.by_pid, status.pid.at[1], census.count);
		census.at[census.count++] = status;
	}
	if (stream)
		closedir(stream);
	return census;
}
