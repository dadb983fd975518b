#include "guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ended.h"
#include "fault.h"
#include "freezer.h"
#include "leftovers.h"
#include "procfs.h"
#include "trace.h"

/* While CRIU makes the root, its children are looked at this often. */
#define LOOK_MS 2
/* So long the runtime may take to reap CRIU. */
#define REAPED_MS 10000

struct search {
	int inner;
	/* Nobody who is older than CRIU. */
	uint64_t since;
	pid_t found;
};

static void match_root(pid_t child, void *context)
{
	struct search *search = context;
	struct status status;

	if (procfs_status(child, &status) && status.inner == search->inner && procfs_start_time(child) >= search->since)
		search->found = child;
}

/* A runtime has CRIU make the root a child of CRIU's own parent. */
static void look_for_root(pid_t criu, struct search *search)
{
	struct status status;

	procfs_children(criu, match_root, search);
	if (!search->found && procfs_status(criu, &status))
		procfs_children(status.parent, match_root, search);
}

static void end_tree(pid_t root, int root_fd)
{
	struct tree tree = { NULL, 0 };

	/* Is it still the one that was found? */
	if (syscall(SYS_pidfd_send_signal, root_fd, 0, NULL, 0))
		return;
	tree_read(&tree, root);
	trace_end(&tree, root);
	freezer_thaw(root);
}

/* CRIU mounts cgroups for itself, and unmounts them unless it is killed. It holds the directory open. */
static void find_yard(pid_t criu, char *yard, size_t size)
{
	static const char NAME[] = "/.criu.cgyard.";
	char path[300];
	struct dirent *entry;
	DIR *files;

	snprintf(path, sizeof(path), "/proc/%d/fd", criu);
	files = opendir(path);
	while (files && !*yard && (entry = readdir(files))) {
		char *end;
		ssize_t length;

		snprintf(path, sizeof(path), "/proc/%d/fd/%.20s", criu, entry->d_name);
		length = readlink(path, yard, size - 1);
		yard[length > 0 ? length : 0] = 0;
		end = strstr(yard, NAME);
		if (end)
			end[strcspn(end + 1, "/") + 1] = 0;
		else
			*yard = 0;
	}
	if (files)
		closedir(files);
}

static void watch_criu(pid_t criu, int criu_fd, int inner, const char *marker)
{
	struct pollfd end = { criu_fd, POLLIN, 0 };
	struct search search = { inner, procfs_start_time(criu), 0 };
	char claimed[4096], yard[4096] = "";
	int root_fd = -1;

	find_yard(criu, yard, sizeof(yard));
	while (poll(&end, 1, root_fd < 0 ? LOOK_MS : -1) <= 0) {
		if (root_fd >= 0)
			continue;
		look_for_root(criu, &search);
		if (search.found)
			root_fd = (int)syscall(SYS_pidfd_open, search.found, 0);
	}
	if (*yard)
		unmount_below(yard);
	/*
	 * Whoever removes the marker decides: the finisher does before it lets the tree go. What follows is CRIU's answer
	 * to the runtime: where it dies before that, nobody would know of the tree.
	 */
	snprintf(claimed, sizeof(claimed), "%s.ended", marker);
	if (rename(marker, claimed) && how_it_ended(criu_fd, REAPED_MS) != ENDED_BADLY)
		return;
	if (root_fd >= 0)
		end_tree(search.found, root_fd);
	unlink(claimed);
}

bool guard_start(pid_t criu, int root, const char *marker)
{
	int criu_fd = (int)syscall(SYS_pidfd_open, criu, 0), null = open("/dev/null", O_RDWR), i;
	pid_t guard;

	/* It has made nobody yet: there is nothing to end. */
	if (criu_fd < 0 && errno == ESRCH)
		return !unlink(marker) || errno == ENOENT || fault("%s cannot be removed: %s", marker, strerror(errno));
	if (criu_fd < 0 || null < 0 || (guard = fork()) < 0)
		return fault("CRIU, process %d, cannot be watched: %s", criu, strerror(errno));
	if (guard > 0)
		return true;
	/* The runtime may wait for the end of what CRIU's script has inherited. */
	setsid();
	for (i = 0; i < 3; i++)
		dup2(null, i);
	for (i = 3; i < 1024; i++)
		if (i != criu_fd)
			close(i);
	watch_criu(criu, criu_fd, root, marker);
	_exit(0);
}
