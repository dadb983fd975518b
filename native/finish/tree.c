#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "procfs.h"

/* A chain of hash buckets would be more than is needed: numbers are below 2^22, and pages nobody asks for cost nothing. */
#define NUMBERS (1 << 22)

static int place_of_pid[NUMBERS], place_of_inner[NUMBERS];
static bool known_thread[NUMBERS];

static void add_process(pid_t pid, void *context)
{
	struct tree *tree = context;
	struct process *process;

	if (pid <= 0 || pid >= NUMBERS || place_of_pid[pid])
		return;
	if ((tree->count & (tree->count - 1)) == 0)
		tree->at = realloc(tree->at, (size_t)(tree->count ? 2 * tree->count : 1) * sizeof(*tree->at));
	if (!tree->at)
		abort();
	process = &tree->at[tree->count++];
	memset(process, 0, sizeof(*process));
	process->pid = pid;
	place_of_pid[pid] = tree->count;
}

static void add_thread(pid_t tid, void *context)
{
	struct process *process = context;
	struct thread *threads;
	int at = process->thread_count;

	if (tid <= 0 || tid >= NUMBERS || known_thread[tid])
		return;
	known_thread[tid] = true;
	threads = realloc(process->threads, (size_t)++process->thread_count * sizeof(*process->threads));
	if (!threads)
		abort();
	process->threads = threads;
	memset(&threads[at], 0, sizeof(*threads));
	threads[at].tid = tid;
	if (tid == process->pid && at > 0) {
		threads[at] = threads[0];
		memset(&threads[0], 0, sizeof(*threads));
		threads[0].tid = tid;
	}
}

void tree_find(struct tree *tree, pid_t root)
{
	int i;

	add_process(root, tree);
	for (i = 0; i < tree->count; i++) {
		if (tree->at[i].zombie)
			continue;
		procfs_threads(tree->at[i].pid, add_thread, &tree->at[i]);
		procfs_children(tree->at[i].pid, add_process, tree);
	}
}

bool tree_facts(struct tree *tree, struct process *process, struct status *status)
{
	if (!procfs_status(process->pid, status))
		return false;
	process->inner = status->inner;
	process->parent = status->parent;
	process->zombie = status->state == 'Z';
	process->seccomp = status->seccomp;
	if (process->zombie)
		process->thread_count = 0;
	if (status->inner < NUMBERS)
		place_of_inner[status->inner] = (int)(process - tree->at) + 1;
	return true;
}

bool tree_read(struct tree *tree, pid_t root)
{
	struct status status;
	int i;

	tree_find(tree, root);
	for (i = 0; i < tree->count; i++)
		tree->at[i].gone = !tree_facts(tree, &tree->at[i], &status);
	return !tree->at[0].gone || fault("process %d, the root of the restored tree, is not there", root);
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
