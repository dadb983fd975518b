/* Threads of the image: no steps of the plan, made when the tree stands. */
#include <stdio.h>
#include <string.h>

#include "executor.h"

/* A number for a thread on a level that the image says nothing about: above all numbers in sight. */
static int32_t highest_number(const struct run *run)
{
	int32_t highest = 0;
	int i, level;

	for (i = 0; i < run->record_count; i++)
		for (level = 1; level < run->records[i].numbers.count; level++)
			if (run->records[i].numbers.at[level] > highest)
				highest = run->records[i].numbers.at[level];
	return highest;
}

static int make_thread(struct run *run, struct record *record, int32_t tid, int32_t *inner)
{
	int32_t *set_tid = run_slot(run, record)->set_tid;
	int levels = record->numbers.count ? record->numbers.count - 1 : 1, i, error;

	for (i = 0; i < levels - 1; i++)
		set_tid[i] = ++*inner;
	set_tid[levels - 1] = tid;
	run_slot(run, record)->arg[0] = levels;
	error = run_ask(run, record, ACT_THREAD);
	if (error)
		snprintf(run->message, sizeof(run->message), "thread %d of process %d: %s", tid, record->label,
			 strerror(error));
	return error;
}

int make_threads(struct run *run)
{
	const struct image *image = run->image;
	int32_t inner = 0;
	int i, t, error;

	for (i = 0; i < image->count; i++) {
		const struct image_process *process = &image->processes[i];
		struct record *record = run_find(run, process->pid);

		if (process->zombie || process->threads.count < 2 || !record)
			continue;
		if (!inner)
			inner = highest_number(run);
		for (t = 0; t < process->threads.count; t++)
			if (process->threads.at[t] != process->pid &&
			    (error = make_thread(run, record, process->threads.at[t], &inner)))
				return error;
	}
	return 0;
}
