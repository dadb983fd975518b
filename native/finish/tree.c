#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "procfs.h"

/* A chain of hash buckets would be more than is needed: numbers are below 2^22, and few. */
static int *place_of_pid, *place_of_inner;

#define NUMBERS (1 << 22)

static void add_process(pid_t pid, void *context)
{
	struct tree *tree = context;
	struct status status;
	struct process *process;

	if (!procfs_status(pid, &status))
		return;
	if ((tree->count & (tree->count - 1)) == 0)
		tree->at = realloc(tree->at, (size_t)(tree->count ? 2 * tree->count : 1) * sizeof(*tree->at));
	process = &tree->at[tree->count++];
	memset(process, 0, sizeof(*process));
	process->pid = pid;
	process->inner = status.inner;
	process->parent = status.parent;
	process->zombie = status.state == 'Z';
	process->seccomp = status.seccomp;
	if (pid < NUMBERS && status.inner < NUMBERS)
		place_of_pid[pid] = place_of_inner[status.inner] = tree->count;
}

static void add_thread(pid_t tid, void *context)
{
	struct process *process = context;
	struct thread *threads =
		realloc(process->threads, (size_t)(process->thread_count + 1) * sizeof(*process->threads));
	int at = process->thread_count++;

	if (!threads)
		abort();
	process->threads = threads;
	memset(&threads[at], 0, sizeof(*threads));
	threads[at].tid = tid;
	if (tid == process->pid && at > 0) {
		threads[at].tid = threads[0].tid;
		threads[0].tid = tid;
	}
}

bool tree_read(struct tree *tree, pid_t root)
{
	int i;

	if (!place_of_pid) {
		place_of_pid = calloc(NUMBERS, sizeof(int));
		place_of_inner = calloc(NUMBERS, sizeof(int));
		if (!place_of_pid || !place_of_inner)
			return fault("no memory");
	}
	add_process(root, tree);
	if (tree->count == 0)
		return fault("process %d, the root of the restored tree, is not there", root);
	for (i = 0; i < tree->count; i++) {
		if (tree->at[i].zombie)
			continue;
		procfs_threads(tree->at[i].pid, add_thread, &tree->at[i]);
		if (tree->at[i].thread_count == 0)
			return fault("process %d ended while it was looked at", tree->at[i].inner);
		procfs_children(tree->at[i].pid, add_process, tree);
	}
	return true;
}

struct process *tree_inner(const struct tree *tree, pid_t inner)
{
	int place = inner > 0 && inner < NUMBERS ? place_of_inner[inner] : 0;

	return place && !tree->at[place - 1].gone ? &tree->at[place - 1] : NULL;
}

struct process *tree_pid(const struct tree *tree, pid_t pid)
{
	int place = pid > 0 && pid < NUMBERS ? place_of_pid[pid] : 0;

	return place && !tree->at[place - 1].gone ? &tree->at[place - 1] : NULL;
}

void tree_reparented(struct tree *tree, const struct process *dead)
{
	struct status status;
	int i;

	for (i = 0; i < tree->count; i++)
		if (!tree->at[i].gone && tree->at[i].parent == dead->pid && procfs_status(tree->at[i].pid, &status))
			tree->at[i].parent = status.parent;
}
