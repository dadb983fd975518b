#include "observe.h"

#include "compare-sharing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct vector from_level0(struct vector numbers)
{
	return numbers.count > 1 ? (struct vector){ numbers.at + 1, numbers.count - 1 } : (struct vector){ NULL, 0 };
}

bool observe_counts(struct run *run, const struct proc_status *status)
{
	int32_t pid = status->pid.at[1];

	if (run->image->root_is_init || status->pid.count > 2)
		return true;
	return pid != 1 && pid != run->outside_session && pid != run->outside_group;
}

static int32_t parent_of(struct run *run, const struct census *census, const struct proc_status *status)
{
	int32_t at = number_map_get(&census->by_cage_pid, status->parent);

	return at < 0 || !observe_counts(run, &census->at[at]) ? 0 : census->at[at].pid.at[1];
}

/* State Z with live threads is a process whose first thread has ended, no zombie (A11). */
struct observed observe(struct run *run, const struct census *census, const struct proc_status *status)
{
	struct observed seen = {
		.nspid = from_level0(status->pid),
		.nspgid = from_level0(status->pgid),
		.nssid = from_level0(status->sid),
		.ppid = parent_of(run, census, status),
		.zombie = status->state == 'Z' && status->threads < 2,
		.threads = status->threads,
	};

	seen.pid = seen.nspid.at[0];
	seen.pgid = seen.nspgid.count ? seen.nspgid.at[0] : 0;
	seen.sid = seen.nssid.count ? seen.nssid.at[0] : 0;
	return seen;
}

/* The coordinator is itself the parent of what fell out of level 0. */
static int32_t own_child_status(int32_t pid)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG | __WALL) || !info.si_pid)
		return -1;
	return info.si_code == CLD_EXITED   ? (info.si_status & 0xff) << 8
	       : info.si_code == CLD_DUMPED ? info.si_status | 0x80
					    : info.si_status;
}

static struct record *parent_record(struct run *run, const struct proc_status *status)
{
	struct proc_status parent;
	char path[16];
	int i;

	snprintf(path, sizeof(path), "%d", status->parent);
	if (!proc_status_read(run->cage->proc, path, &run->cage->arena, &parent))
		return NULL;
	if (parent.pid.count == 1)
		return run_find(run, 0);
	if (parent.pid.count == 2 && parent.pid.at[1] == 1)
		return &run->records[run->init];
	i = number_map_get(&run->latest, parent.pid.at[1]);
	return i < 0 ? NULL : &run->records[i];
}

int32_t observe_exit_status(struct run *run, const struct proc_status *status)
{
	struct record *parent;

	if (status->parent == getpid())
		return own_child_status(status->pid.at[0]);
	parent = parent_record(run, status);
	if (!parent)
		return -1;
	/* The child's number on the parent's level: both vectors start in the cage. */
	run_slot(run, parent)->arg[0] =
		status->pid.at[parent->namespace < 0 ? 0 : run->namespaces[parent->namespace].level + 1];
	return run_ask(run, parent, ACT_PEEK) ? -1 : run_slot(run, parent)->result;
}

int observe_subreaper(struct run *run, int32_t pid)
{
	struct record *record = run_find(run, pid);

	if (!record || run_ask(run, record, ACT_ASK_SUBREAPER))
		return -1;
	return run_slot(run, record)->result;
}

static int ascending(const void *a, const void *b)
{
	return *(const int32_t *)a - *(const int32_t *)b;
}

struct vector observe_threads(struct run *run, const struct proc_status *status)
{
	int32_t *tids = ARENA_ARRAY(&run->cage->arena, int32_t, status->threads + 16);
	struct vector found = { tids, 0 };
	struct proc_status thread;
	struct dirent *entry;
	char path[64];
	DIR *stream;
	int directory;

	tids[found.count++] = status->pid.at[1];
	if (status->threads < 2)
		return found;
	snprintf(path, sizeof(path), "%d/task", status->pid.at[0]);
	directory = openat(run->cage->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	stream = directory < 0 ? NULL : fdopendir(directory);
	while (stream && (entry = readdir(stream)) && found.count < status->threads + 16) {
		if (entry->d_name[0] == '.' || atoi(entry->d_name) == status->pid.at[0])
			continue;
		snprintf(path, sizeof(path), "%d/task/%.10s", status->pid.at[0], entry->d_name);
		if (proc_status_read(run->cage->proc, path, &run->cage->arena, &thread) && thread.pid.count > 1)
			tids[found.count++] = thread.pid.at[1];
	}
	if (stream)
		closedir(stream);
	qsort(tids, (size_t)found.count, sizeof(*tids), ascending);
	return found;
}

static int by_pid(const void *a, const void *b)
{
	return ((const struct proc_status *)a)->pid.at[1] - ((const struct proc_status *)b)->pid.at[1];
}

/* An init that hangs in its exit shows as alive in /proc; it is neither alive nor a zombie. */
static bool is_exiting(struct run *run, int32_t pid)
{
	const struct record *record = run_find(run, pid);

	return record && record->life == HANGING;
}

/* By kind the first process, by its place, that holds the same object; 0: it holds none, as zombies do, or has gone. */
static void write_shares(struct run *run, const struct proc_status *sorted, int count, int at, bool zombie,
			 struct text *out)
{
	int kind, first;

	text_printf(out, ",\"shares\":[");
	for (kind = 0; kind < KIND_COUNT; kind++) {
		int32_t pid = sorted[at].pid.at[0];
		bool none = zombie ? kind != KIND_SIGHAND : !holds_object(pid, kind);

		for (first = 0; !none && first < at; first++)
			if (observe_counts(run, &sorted[first]) && same_object(sorted[first].pid.at[0], pid, kind) &&
			    (kind == KIND_SIGHAND || sorted[first].state != 'Z'))
				break;
		text_printf(out, "%s%d", kind ? "," : "", none || first == count ? 0 : sorted[first].pid.at[1]);
	}
	text_printf(out, "]");
}

static void write_process(struct run *run, const struct census *census, const struct proc_status *sorted, int count,
			  int at, struct text *out)
{
	const struct proc_status *status = &sorted[at];
	struct observed seen = observe(run, census, status);
	const char *state = seen.zombie ? "zombie" : is_exiting(run, seen.pid) ? "exiting" : "alive";

	text_printf(out, "{\"pid\":%d,\"ppid\":%d,\"pgid\":%d,\"sid\":%d,\"state\":\"%s\"", seen.pid, seen.ppid, seen.pgid,
		    seen.sid, state);
	text_printf(out, ",\"nspid\":");
	text_numbers(out, seen.nspid.at, seen.nspid.count);
	text_printf(out, ",\"nspgid\":");
	text_numbers(out, seen.nspgid.at, seen.nspgid.count);
	text_printf(out, ",\"nssid\":");
	text_numbers(out, seen.nssid.at, seen.nssid.count);
	if (seen.zombie)
		text_printf(out, ",\"exitStatus\":%d", observe_exit_status(run, status));
	else if (*state == 'a')
		text_printf(out, ",\"childSubreaper\":%s",
			    observe_subreaper(run, seen.pid) == 1 ? "true" : "false");
	if (run->shared && *state != 'e')
		write_shares(run, sorted, count, at, seen.zombie, out);
	text_printf(out, "}");
}

void observe_write(struct run *run, struct text *out)
{
	struct census census = proc_census(run->cage->proc, &run->cage->arena);
	struct proc_status *sorted = ARENA_ARRAY(&run->cage->arena, struct proc_status, census.count + 1);
	bool first = true;
	int i;

	if (census.count)
		memcpy(sorted, census.at, sizeof(*sorted) * (size_t)census.count);
	qsort(sorted, (size_t)census.count, sizeof(*sorted), by_pid);
	text_printf(out, "[");
	for (i = 0; i < census.count; i++) {
		if (!observe_counts(run, &sorted[i]))
			continue;
		text_printf(out, first ? "" : ",");
		write_process(run, &census, sorted, census.count, i, out);
		first = false;
	}
	text_printf(out, "]");
}
