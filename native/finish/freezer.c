#include "freezer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "procfs.h"
#include "tree.h"

/* Our cgroup below that of the root. */
#define OWN "regraft-finish"
#define LONGEST 4096
#define DEEPEST 16

/* What freezes a cgroup of each version. */
static const struct version {
	const char *filesystem, *option, *file, *freeze, *thaw;
} VERSIONS[] = {
	{ "cgroup2", "", "cgroup.freeze", "1", "0" },
	{ "cgroup", "freezer", "freezer.state", "FROZEN", "THAWED" },
};

static bool mount_of(const struct version *version, char *directory, size_t size)
{
	char device[256], type[64], options[1024], path[1024];
	FILE *mounts = fopen("/proc/self/mounts", "re");
	bool found = false;

	while (mounts && !found &&
	       fscanf(mounts, "%255s %1023s %63s %1023s %*d %*d", device, path, type, options) == 4) {
		found = !strcmp(type, version->filesystem) && strstr(options, version->option);
		if (found)
			snprintf(directory, size, "%s", path);
	}
	if (mounts)
		fclose(mounts);
	return found;
}

/* Lines of /proc/PID/cgroup are `0::PATH` for version 2 and `N:CONTROLLERS:PATH` for version 1. */
static bool path_of(pid_t pid, const struct version *version, char *path, size_t size)
{
	char file[64], line[LONGEST];
	bool found = false;
	FILE *lines;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	lines = fopen(file, "re");
	while (lines && !found && fgets(line, sizeof(line), lines)) {
		char *controllers = strchr(line, ':'), *at = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!at)
			continue;
		*at++ = 0;
		at[strcspn(at, "\n")] = 0;
		found = *version->option ? !strcmp(controllers + 1, version->option) : !strncmp(line, "0:", 2);
		if (found)
			snprintf(path, size, "%s", at);
	}
	if (lines)
		fclose(lines);
	return found && !strstr(path, "..");
}

static bool directory_of(pid_t pid, const struct version *version, char *directory)
{
	char mount[1024], path[LONGEST - 1024];
	struct stat facts;

	if (!mount_of(version, mount, sizeof(mount)) || !path_of(pid, version, path, sizeof(path)))
		return false;
	snprintf(directory, LONGEST, "%s%s", mount, strcmp(path, "/") ? path : "");
	return !stat(directory, &facts);
}

/* Is everybody in the cgroup, and in those below it, of the tree? */
static bool only_of(const struct tree *tree, const char *directory, int depth)
{
	char path[LONGEST];
	struct dirent *entry;
	bool only = true;
	FILE *processes;
	DIR *inside;
	int pid;

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	processes = fopen(path, "re");
	while (processes && only && fscanf(processes, "%d", &pid) == 1)
		only = tree_pid(tree, pid) != NULL;
	if (processes)
		fclose(processes);
	inside = processes && only ? opendir(directory) : NULL;
	while (inside && only && (entry = readdir(inside)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
		    snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name) < LONGEST)
			only = depth < DEEPEST && only_of(tree, path, depth + 1);
	if (inside)
		closedir(inside);
	return processes && only;
}

static bool write_in(const char *directory, const char *name, const char *text)
{
	char path[LONGEST + 64];
	bool written;
	int file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	written = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
	if (file >= 0)
		close(file);
	return written;
}

static bool move_to(const char *directory, pid_t pid)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", pid);
	return write_in(directory, "cgroup.procs", number);
}

/* Freezes the cgroup directly below `base` in which a process of the tree lives; nobody else may be there. */
static bool freeze_below(const struct tree *tree, const struct version *version, const char *base, const char *directory)
{
	char top[LONGEST];
	const size_t length = strlen(base) + 1;

	if (strncmp(directory, base, length - 1) || directory[length - 1] != '/')
		return false;
	snprintf(top, sizeof(top), "%.*s", (int)(length + strcspn(directory + length, "/")), directory);
	return only_of(tree, top, 0) && write_in(top, version->file, version->freeze);
}

static bool freeze(const struct tree *tree, const struct version *version, const char *base)
{
	char own[LONGEST + 32], directory[LONGEST];
	int i;

	snprintf(own, sizeof(own), "%s/" OWN, base);
	if (mkdir(own, 0755) && errno != EEXIST)
		return false;
	for (i = 0; i < tree->count; i++)
		if (!tree->at[i].zombie && !tree->at[i].gone && directory_of(tree->at[i].pid, version, directory) &&
		    !strcmp(directory, base) && !move_to(own, tree->at[i].pid))
			return false;
	for (i = 0; i < tree->count; i++)
		if (!tree->at[i].zombie && !tree->at[i].gone &&
		    (!directory_of(tree->at[i].pid, version, directory) ||
		     !freeze_below(tree, version, base, directory)))
			return false;
	return true;
}

/* `base` is the cgroup above ours: everybody is thawed, and goes back to it. */
static void thaw(const struct version *version, const char *base)
{
	char path[LONGEST + 300];
	struct dirent *entry;
	FILE *processes;
	DIR *inside = opendir(base);
	int pid;

	while (inside && (entry = readdir(inside)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", base, entry->d_name);
			write_in(path, version->file, version->thaw);
		}
	if (inside)
		closedir(inside);
	snprintf(path, sizeof(path), "%s/" OWN "/cgroup.procs", base);
	processes = fopen(path, "re");
	while (processes && fscanf(processes, "%d", &pid) == 1)
		move_to(base, pid);
	if (processes)
		fclose(processes);
	*strrchr(path, '/') = 0;
	rmdir(path);
}

bool freezer_freeze(pid_t root)
{
	struct tree tree = { NULL, 0 };
	char base[LONGEST];
	unsigned i;

	if (!tree_read(&tree, root))
		return false;
	for (i = 0; i < sizeof(VERSIONS) / sizeof(VERSIONS[0]); i++) {
		if (!directory_of(root, &VERSIONS[i], base))
			continue;
		if (freeze(&tree, &VERSIONS[i], base))
			return true;
		thaw(&VERSIONS[i], base);
	}
	return false;
}

void freezer_thaw(pid_t root)
{
	char directory[LONGEST], *name;
	unsigned i;

	for (i = 0; i < sizeof(VERSIONS) / sizeof(VERSIONS[0]); i++) {
		if (!directory_of(root, &VERSIONS[i], directory) || !(name = strrchr(directory, '/')) ||
		    strcmp(name, "/" OWN))
			continue;
		*name = 0;
		thaw(&VERSIONS[i], directory);
	}
}
