/* The start of a run: the stage, level 0, the root, and whom the image needs outside. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "run.h"

/* The name of the program stands at the top of the stack, and above it nothing that is private. */
static uintptr_t end_of_memory(void)
{
	const char *name = (const char *)getauxval(AT_EXECFN);

	return ((uintptr_t)name + strlen(name) + 4096) & ~(uintptr_t)4095;
}

/* Makes a direct child of the coordinator: the init of level 0, or the restorer. */
static int make_child(struct run *run, uint64_t flags, int32_t label, struct record **born)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD | (run->shared ? 0 : CLONE_FILES | CLONE_FS),
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	long pid;

	*born = run_add(run);
	pid = actor_spawn(&args, run->cage->stage, (*born)->slot);
	if (pid < 0)
		return (int)-pid;
	run_born(run, *born, label, pidfd);
	run_learn_numbers(run, *born);
	if (!run->cage->sheds_memory)
		return 0;
	run_slot(run, *born)->arg[0] = (int64_t)end_of_memory();
	return run_ask(run, *born, ACT_SHED);
}

#define STAGE_ADDRESS ((void *)0x2000000000UL)

static struct stage *stage_of(struct cage *cage, uint32_t slots)
{
	struct stage *stage = cage->stage;

	if (!stage || stage->capacity < slots) {
		uint32_t capacity = slots < 512 ? 512 : slots * 2;
		size_t slots_end = (sizeof(*stage) + sizeof(struct slot) * capacity + 63) & ~(size_t)63;
		size_t size = slots_end + (size_t)ACTOR_STACK * capacity;

		if (stage)
			munmap(stage, stage->size);
		/* Cut off and filled with zeros anew; where nothing of a program that is started ever lies. */
		if (ftruncate(cage->stage_file, 0) || ftruncate(cage->stage_file, (off_t)size))
			return cage->stage = NULL;
		stage = mmap(STAGE_ADDRESS, size, PROT_READ | PROT_WRITE, MAP_SHARED, cage->stage_file, 0);
		cage->stage = stage == MAP_FAILED ? NULL : stage;
		if (!cage->stage)
			return NULL;
		stage->size = size;
		stage->capacity = capacity;
		stage->stacks = (char *)stage + slots_end;
	}
	memset(stage->slot, 0, sizeof(struct slot) * stage->used);
	stage->used = slots;
	return stage;
}

static int enter_level0(struct run *run, struct record *restorer)
{
	restorer->births_level = 0;
	if (run->shared) {
		run_slot(run, restorer)->arg[0] = run_cage_pid(run, &run->records[run->init]);
		return run_ask(run, restorer, ACT_SETNS_OF);
	}
	run_slot(run, restorer)->arg[0] = run->namespaces[0].file;
	return run_ask(run, restorer, ACT_SETNS);
}

/* A process outside the image that leads a session, or a group, with a number in level 0. */
static int make_leader(struct run *run, struct record *creator, uint64_t flags, int32_t number, enum act act,
		       struct record **leader)
{
	const struct vector set_tid = { &number, 1 };
	int error = run_clone(run, creator, flags, &set_tid, flags & CLONE_PARENT ? 0 : SIGCHLD, -1, leader);

	if (error)
		return error;
	run_slot(run, *leader)->arg[0] = run_slot(run, *leader)->arg[1] = 0;
	return run_ask(run, *leader, act);
}

/* An init outside the image leads session 1, or only group 1, where the image has these numbers. */
static int make_init_lead(struct run *run, struct record *init)
{
	const struct image *image = run->image;
	bool session = false, group = false;
	int i;

	for (i = 0; i < image->count; i++) {
		session |= image->processes[i].sid == 1;
		group |= image->processes[i].pgid == 1;
	}
	run_slot(run, init)->arg[0] = run_slot(run, init)->arg[1] = 0;
	return session ? run_ask(run, init, ACT_SETSID) : group ? run_ask(run, init, ACT_SETPGID) : 0;
}

static bool led_outside(const struct image *image, int32_t number)
{
	return number > 1 && number_map_get(&image->by_pid, number) < 0;
}

/*
 * The root of an image that was cut out of a larger system may be in a session, and in a group of that session, whose
 * leaders are outside: the init outside, or children of it, which live as long as the run does.
 */
static int make_root(struct run *run, struct record *init)
{
	const struct image *image = run->image;
	const struct image_process *root = &image->processes[number_map_get(&image->by_pid, image->root)];
	const struct vector set_tid = { &root->pid, 1 };
	struct record *creator = init, *born;
	int error;

	if ((error = make_init_lead(run, init)))
		return error;
	if (led_outside(image, root->sid)) {
		run->outside_session = run->outside_group = root->sid;
		if ((error = make_leader(run, init, 0, root->sid, ACT_SETSID, &creator)))
			return error;
	}
	if ((creator != init || root->sid == 1) && root->pgid != root->sid && led_outside(image, root->pgid)) {
		run->outside_group = root->pgid;
		if ((error = make_leader(run, creator, creator == init ? 0 : CLONE_PARENT, root->pgid, ACT_SETPGID,
					 &creator)))
			return error;
	}
	return run_clone(run, creator, creator == init ? 0 : CLONE_PARENT, &set_tid, creator == init ? SIGCHLD : 0,
			 root->pid, &born);
}

static int begin(struct run *run)
{
	struct record *init, *restorer;
	int error = make_child(run, CLONE_NEWPID, run->image->root_is_init ? 1 : -1, &init);

	if (error)
		return error;
	run->init = (int)init->slot;
	if (!run->image->root_is_init && (error = make_root(run, init)))
		return error;
	if (!run->plan->outside)
		return 0;
	if ((error = make_child(run, 0, 0, &restorer)))
		return error;
	run->restorer = (int)restorer->slot;
	restorer->namespace = -1;
	return enter_level0(run, restorer);
}

int run_begin(struct run *run)
{
	uint32_t slots = (uint32_t)run->plan->births + 5;
	int error;

	run->init = run->restorer = -1;
	run->shared = run->plan->shared || run->image->shared;
	run->latest.arena = &run->cage->arena;
	run->deadline = now_ms() + run->cage->limits.run_ms;
	run->nested = run->plan->nested || run->plan->outside || run->image->namespace_count > 1;
	run->records = ARENA_ARRAY(&run->cage->arena, struct record, slots);
	error = stage_of(run->cage, slots) ? begin(run) : ENOMEM;
	if (error)
		snprintf(run->message, sizeof(run->message), "level 0 and its root could not be made: %s",
			 strerror(error));
	return error;
}
