#include "compare.h"

#include <stdlib.h>
#include <string.h>

#include "compare-sharing.h"
#include "observe.h"

struct comparison {
	struct run *run;
	struct census census;
	struct text *out;
	int count;
};

static void begin_difference(struct comparison *with, int32_t pid, const char *field)
{
	text_printf(with->out, with->count++ ? "," : "\"differences\":[");
	text_printf(with->out, "{\"pid\":%d,\"field\":\"%s\",\"expected\":", pid, field);
}

static void compare_number(struct comparison *with, int32_t pid, const char *field, int32_t expected, int32_t actual)
{
	if (expected == actual)
		return;
	begin_difference(with, pid, field);
	text_printf(with->out, "%d,\"actual\":%d}", expected, actual);
}

static void compare_word(struct comparison *with, int32_t pid, const char *field, const char *expected,
			 const char *actual)
{
	if (!strcmp(expected, actual))
		return;
	begin_difference(with, pid, field);
	text_string(with->out, expected);
	text_printf(with->out, ",\"actual\":");
	text_string(with->out, actual);
	text_printf(with->out, "}");
}

static void compare_vector(struct comparison *with, int32_t pid, const char *field, struct vector expected,
			   struct vector actual)
{
	if (!expected.count || (expected.count == actual.count &&
				!memcmp(expected.at, actual.at, sizeof(*actual.at) * (size_t)actual.count)))
		return;
	begin_difference(with, pid, field);
	text_numbers(with->out, expected.at, expected.count);
	text_printf(with->out, ",\"actual\":");
	text_numbers(with->out, actual.at, actual.count);
	text_printf(with->out, "}");
}

static void compare_flag(struct comparison *with, int32_t pid, int expected, int actual)
{
	static const char *const words[] = { "null", "false", "true" };

	if (expected == FLAG_UNKNOWN || expected == actual)
		return;
	begin_difference(with, pid, "childSubreaper");
	text_printf(with->out, "%s,\"actual\":%s}", words[expected + 1], words[actual + 1]);
}

/* The namespace of the image whose init lives where this process lives. */
static const char *namespace_id(struct comparison *with, const struct proc_status *status)
{
	const struct image *image = with->run->image;
	int own = run_namespace_of(with->run, status->pid.at[0]), i;

	if (own == 0)
		return image->namespaces[0].id;
	for (i = 1; i < image->namespace_count; i++) {
		int init = number_map_get(&with->census.by_pid, image->namespaces[i].init);

		if (init >= 0 && run_namespace_of(with->run, with->census.at[init].pid.at[0]) == own)
			return image->namespaces[i].id;
	}
	return "another";
}

static int ascending(const void *a, const void *b)
{
	return *(const int32_t *)a - *(const int32_t *)b;
}

static void compare_threads(struct comparison *with, const struct image_process *process,
			    const struct proc_status *status)
{
	int32_t *wanted;

	if (!process->threads.count || (process->threads.count == 1 && status->threads == 1))
		return;
	wanted = ARENA_ARRAY(&with->run->cage->arena, int32_t, process->threads.count);
	memcpy(wanted, process->threads.at, sizeof(*wanted) * (size_t)process->threads.count);
	qsort(wanted, (size_t)process->threads.count, sizeof(*wanted), ascending);
	compare_vector(with, process->pid, "threads", (struct vector){ wanted, process->threads.count },
		       observe_threads(with->run, status));
}

static void compare_process(struct comparison *with, const struct image_process *process,
			    const struct proc_status *status)
{
	struct observed seen = observe(with->run, &with->census, status);
	int32_t pid = process->pid;

	compare_number(with, pid, "ppid", process->ppid, seen.ppid);
	compare_number(with, pid, "pgid", process->pgid, seen.pgid);
	compare_number(with, pid, "sid", process->sid, seen.sid);
	compare_vector(with, pid, "nspid", process->nspid, seen.nspid);
	compare_vector(with, pid, "nspgid", process->nspgid, seen.nspgid);
	compare_vector(with, pid, "nssid", process->nssid, seen.nssid);
	compare_word(with, pid, "state", process->zombie ? "zombie" : "alive", seen.zombie ? "zombie" : "alive");
	if (with->run->nested)
		compare_word(with, pid, "pidns", with->run->image->namespaces[process->namespace].id,
			     namespace_id(with, status));
	if (process->zombie && seen.zombie)
		compare_number(with, pid, "exitStatus", process->exit_status, observe_exit_status(with->run, status));
	if (!process->zombie && !seen.zombie) {
		compare_flag(with, pid, process->subreaper, observe_subreaper(with->run, pid));
		compare_threads(with, process, status);
	}
}

static void compare_shared_number(void *with, int32_t pid, const char *field, int32_t expected, int32_t actual)
{
	compare_number(with, pid, field, expected, actual);
}

int compare_with_image(struct run *run, struct text *out)
{
	const struct image *image = run->image;
	struct comparison with = { run, proc_census(run->cage->proc, &run->cage->arena), out, 0 };
	int i, missing = 0, extra = 0;
	struct text absent = { 0 }, surplus = { 0 };

	for (i = 0; i < image->count; i++) {
		int at = number_map_get(&with.census.by_pid, image->processes[i].pid);

		if (at < 0)
			text_printf(&absent, missing++ ? ",%d" : "%d", image->processes[i].pid);
		else
			compare_process(&with, &image->processes[i], &with.census.at[at]);
	}
	if (run->shared)
		compare_sharing(run, &with.census, compare_shared_number, &with);
	for (i = 0; i < with.census.count; i++)
		if (number_map_get(&image->by_pid, with.census.at[i].pid.at[1]) < 0 &&
		    observe_counts(run, &with.census.at[i]))
			text_printf(&surplus, extra++ ? ",%d" : "%d", with.census.at[i].pid.at[1]);
	if (with.count + missing + extra)
		text_printf(out, "%s,\"missing\":[%s],\"extra\":[%s]", with.count ? "]" : "\"differences\":[]",
			    missing ? absent.at : "", extra ? surplus.at : "");
	free(absent.at);
	free(surplus.at);
	return with.count + missing + extra;
}
