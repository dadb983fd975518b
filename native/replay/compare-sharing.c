#include "compare-sharing.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int KCMP_KIND[KIND_COUNT] = { KCMP_FILES, KCMP_FS, KCMP_VM, KCMP_SIGHAND, KCMP_SYSVSEM, KCMP_IO };

/* A process that takes part in one kind: its place in the image, its number in the cage, its class there. */
struct holder {
	int at;
	int32_t cage_pid, class;
};

static int sorted_kind;

/* kcmp orders objects: 0 equal, 1 less, 2 greater. */
static int by_object(const void *a, const void *b)
{
	const struct holder *one = a, *other = b;
	long order = syscall(SYS_kcmp, one->cage_pid, other->cage_pid, KCMP_KIND[sorted_kind], 0, 0);

	return order == 1 ? -1 : order == 2 ? 1 : one->at - other->at;
}

bool same_object(int32_t one, int32_t other, int kind)
{
	return syscall(SYS_kcmp, one, other, KCMP_KIND[kind], 0, 0) == 0;
}

/* The first process of the image that is of the same class; itself where the image does not say. */
static int first_of_class(const struct image *image, int at, int kind)
{
	int32_t class = image->processes[at].classes[kind];
	int i;

	for (i = 0; class != UNTOLD && i < at; i++)
		if (image->processes[i].classes[kind] == class)
			return i;
	return at;
}

/* Two processes without an undo list, or an I/O context, compare as equal; so does the coordinator, which has none. */
bool holds_object(int32_t cage_pid, int kind)
{
	return (kind != KIND_SYSVSEM && kind != KIND_IO) || !same_object(cage_pid, getpid(), kind);
}

static void compare_kind(struct run *run, const struct census *census, int kind, report_difference *report,
			 void *context)
{
	const struct image *image = run->image;
	struct holder *holders = ARENA_ARRAY(&run->cage->arena, struct holder, image->count);
	int *first = ARENA_ARRAY(&run->cage->arena, int, image->count);
	int count = 0, i, from;

	for (i = 0; i < image->count; i++) {
		const struct image_process *process = &image->processes[i];
		int at = number_map_get(&census->by_pid, process->pid);

		first[i] = i;
		if (at >= 0 && (!process->zombie || process->classes[kind] != UNTOLD))
			holders[count++] = (struct holder){ i, census->at[at].pid.at[0], process->classes[kind] };
	}
	sorted_kind = kind;
	qsort(holders, (size_t)count, sizeof(*holders), by_object);
	for (from = 0; from < count; from = i) {
		int lowest = holders[from].at, j;

		for (i = from + 1; i < count && same_object(holders[from].cage_pid, holders[i].cage_pid, kind); i++)
			if (holders[i].at < lowest)
				lowest = holders[i].at;
		if (!holds_object(holders[from].cage_pid, kind))
			continue;
		for (j = from; j < i; j++)
			first[holders[j].at] = lowest;
	}
	for (i = 0; i < count; i++) {
		int at = holders[i].at, expected = first_of_class(image, at, kind);

		if (first[at] != expected)
			report(context, image->processes[at].pid, KIND_NAMES[kind], image->processes[expected].pid,
			       image->processes[first[at]].pid);
	}
}

/* Fields of /proc/PID/stat behind the name, which may have any character: terminal 7, exit signal 38. */
static bool read_stat(struct run *run, int32_t cage_pid, int32_t *terminal, int32_t *exit_signal)
{
	char path[32], line[1024], *at;
	int file, field;
	ssize_t length;

	snprintf(path, sizeof(path), "%d/stat", cage_pid);
	if ((file = openat(run->cage->proc, path, O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	length = read(file, line, sizeof(line) - 1);
	close(file);
	if (length <= 0)
		return false;
	line[length] = 0;
	at = strrchr(line, ')');
	for (field = 2; at && field < 38; field++) {
		at = strchr(at + 1, ' ');
		if (at && field + 1 == 7)
			*terminal = (int32_t)strtol(at + 1, NULL, 10);
	}
	if (!at)
		return false;
	*exit_signal = (int32_t)strtol(at + 1, NULL, 10);
	return true;
}

/* Every run has terminals of its own: one of the image is the one that its first holder has here. */
static int32_t expected_terminal(const struct image *image, const int32_t *actual, int at)
{
	int32_t device = image->processes[at].terminal;
	int i;

	for (i = 0; device > 0 && i < image->count; i++)
		if (image->processes[i].terminal == device && image->processes[i].sid == image->processes[at].sid)
			return actual[i] > 0 ? actual[i] : -1;
	return 0;
}

void compare_sharing(struct run *run, const struct census *census, report_difference *report, void *context)
{
	const struct image *image = run->image;
	int32_t *terminals = ARENA_ARRAY(&run->cage->arena, int32_t, image->count);
	int kind, i;

	for (kind = 0; kind < KIND_COUNT; kind++)
		compare_kind(run, census, kind, report, context);
	for (i = 0; i < image->count; i++) {
		const struct image_process *process = &image->processes[i];
		int at = number_map_get(&census->by_pid, process->pid);
		int32_t exit_signal = 0;

		if (at < 0 || !read_stat(run, census->at[at].pid.at[0], &terminals[i], &exit_signal))
			continue;
		if (exit_signal != process->exit_signal)
			report(context, process->pid, "exitSignal", process->exit_signal, exit_signal);
	}
	for (i = 0; i < image->count; i++) {
		const struct image_process *process = &image->processes[i];
		int32_t expected = expected_terminal(image, terminals, i);

		if (process->terminal != UNTOLD && !process->zombie && terminals[i] != expected)
			report(context, process->pid, "ttyNr", expected, terminals[i]);
	}
}
