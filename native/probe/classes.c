#include "classes.h"

#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KIND_COUNT = 6, UNSEEN = -1, IOPRIO_OF_PROCESS = 1, NO_CLASS_OF_SERVICE = 0 };

static const int KCMP_KIND[KIND_COUNT] = { KCMP_FILES, KCMP_FS, KCMP_VM, KCMP_SIGHAND, KCMP_SYSVSEM, KCMP_IO };

struct task {
	int tid, kinds;
	int class[KIND_COUNT];
};

static long order_of(int one, int other, int kind)
{
	return syscall(SYS_kcmp, one, other, KCMP_KIND[kind], 0, 0);
}

/* A merge sort ends after n log n comparisons even where tasks change meanwhile. 2: `one` is the greater. */
static void sort(struct task **tasks, struct task **room, int count, int kind)
{
	int half = count / 2, left = 0, right = half, at;

	if (count < 2)
		return;
	sort(tasks, room, half, kind);
	sort(tasks + half, room, count - half, kind);
	for (at = 0; at < count; at++) {
		bool from_right = left == half ||
				  (right < count && order_of(tasks[left]->tid, tasks[right]->tid, kind) == 2);

		room[at] = tasks[from_right ? right++ : left++];
	}
	memcpy(tasks, room, (size_t)count * sizeof(*tasks));
}

/* A process that has neither undo list nor I/O context: a child would get the latter of a creator with a priority. */
static int bare_process(void)
{
	int pid;

	syscall(SYS_ioprio_set, IOPRIO_OF_PROCESS, 0, NO_CLASS_OF_SERVICE);
	if ((pid = fork()))
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void classify(struct task *tasks, int count, struct task **seen, struct task **room, int kind, int bare)
{
	bool may_be_none = KCMP_KIND[kind] == KCMP_SYSVSEM || KCMP_KIND[kind] == KCMP_IO;
	int present = 0, class = 0, i;

	for (i = 0; i < count; i++) {
		tasks[i].class[kind] = UNSEEN;
		if (tasks[i].kinds >> kind & 1 && order_of(tasks[i].tid, tasks[i].tid, kind) == 0)
			seen[present++] = &tasks[i];
	}
	sort(seen, room, present, kind);
	for (i = 0; i < present; i++) {
		if (i == 0 || order_of(seen[i - 1]->tid, seen[i]->tid, kind) != 0)
			class = may_be_none && order_of(seen[i]->tid, bare, kind) == 0 ? 0 : i + 1;
		seen[i]->class[kind] = class;
	}
}

static struct task *read_tasks(int *count)
{
	struct task *tasks = NULL, task;
	int room = 0;

	*count = 0;
	while (scanf("%d %d", &task.tid, &task.kinds) == 2) {
		if (*count == room) {
			struct task *larger = realloc(tasks, (size_t)(room = room * 2 + 64) * sizeof(*tasks));

			if (!larger) {
				free(tasks);
				return NULL;
			}
			tasks = larger;
		}
		tasks[(*count)++] = task;
	}
	return tasks;
}

int print_classes(void)
{
	int count, bare, kind, i;
	struct task *tasks = read_tasks(&count);
	struct task **seen = calloc((size_t)count * 2 + 1, sizeof(*seen));

	if ((!tasks && count) || !seen || (bare = bare_process()) < 0)
		return 1;
	for (kind = 0; kind < KIND_COUNT; kind++)
		classify(tasks, count, seen, seen + count, kind, bare);
	kill(bare, SIGKILL);
	waitpid(bare, NULL, 0);
	for (i = 0; i < count; i++) {
		printf("%d", tasks[i].tid);
		for (kind = 0; kind < KIND_COUNT; kind++)
			tasks[i].class[kind] == UNSEEN ? printf(" -") : printf(" %d", tasks[i].class[kind]);
		putchar('\n');
	}
	return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
