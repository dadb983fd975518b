/*
 * One shape is never made: an init in a group of its own namespace other than its own. It could never finish its exit
 * (G33), and a tear-down that fails half-way would leave it until the next boot.
 */
#include "moves.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>

#include "executor.h"
#include "proc-status.h"

/* SplitMix64. */
static uint32_t below(struct story *story, uint32_t limit)
{
	uint64_t mixed = story->random += 0x9e3779b97f4a7c15ULL;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
	return (uint32_t)(((mixed ^ (mixed >> 31)) >> 32) * limit >> 32);
}

static bool is_outside(const struct record *record)
{
	return record->label <= 0;
}

/* A live one, the younger the likelier in half of the calls, so that trees get deep as well as wide. */
static struct record *any_live(struct story *story, bool outside_too)
{
	struct run *run = story->run;
	int tries;

	for (tries = 0; tries < 200; tries++) {
		int window = below(story, 2) ? run->record_count : 1 + run->record_count / 4;
		struct record *record = &run->records[run->record_count - 1 - (int)below(story, (uint32_t)window)];

		if (record->life == ALIVE && (outside_too || !is_outside(record)))
			return record;
	}
	return &run->records[run->init];
}

static int do_step(struct story *story, struct step step)
{
	return execute_step(story->run, &step);
}

/* Signal handlers are shared in one address space only (I5). */
static uint64_t shared_at_birth(struct story *story)
{
	int kinds = 0, kind;

	for (kind = 0; kind < KIND_COUNT; kind++)
		if (story->mix.kinds >> kind & 1 && below(story, 5) < 2)
			kinds |= 1 << kind;
	if (kinds >> KIND_SIGHAND & 1)
		kinds |= 1 << KIND_VM;
	return objects_flags(kinds);
}

static int exit_signal(struct story *story)
{
	static const int SIGNALS[] = { SIGUSR1, SIGTERM, 40 /* of real time */, 0 };

	return story->mix.exit_signals && !below(story, 4) ? SIGNALS[below(story, 4)] : SIGCHLD;
}

static struct record *bear(struct story *story, struct record *creator, uint64_t flags)
{
	struct run *run = story->run;
	int32_t chosen = 2 + (int32_t)below(story, 90);
	/* A single number is the innermost one; the kernel chooses the others. */
	struct vector set_tid = { &chosen, below(story, 8) || flags & CLONE_NEWPID ? 0 : 1 };
	struct record *born;

	if (run->record_count >= story->mix.births)
		return NULL;
	flags |= shared_at_birth(story);
	if (run_clone(run, creator, flags, &set_tid, flags & CLONE_PARENT ? 0 : exit_signal(story), -1, &born))
		return NULL;
	objects_born(&story->objects, (int)born->slot, (int)creator->slot, flags);
	if (born->numbers.count < 2)
		return NULL; /* its namespace's init died meanwhile */
	born->label = born->numbers.at[1];
	number_map_set(&run->latest, born->label, (int32_t)born->slot);
	story->creator[born->slot] = (int)creator->slot;
	return born;
}

static void clone_once(struct story *story)
{
	struct record *creator = any_live(story, true);
	uint64_t flags = below(story, 5) ? 0 : CLONE_PARENT;

	if (is_outside(creator))
		flags = 0;
	if (creator->births_level < story->mix.levels && !below(story, 6))
		flags |= CLONE_NEWPID;
	bear(story, creator, flags);
}

static void clone_chain(struct story *story)
{
	struct record *creator = any_live(story, false);
	uint32_t length = 2 + below(story, 7);

	while (length-- && creator)
		creator = bear(story, creator, 0);
}

/* A double fork, as daemons do it. */
static void daemonize(struct story *story)
{
	struct record *first = bear(story, any_live(story, false), 0), *second;

	if (!first)
		return;
	do_step(story, (struct step){ .op = OP_SETSID, .pid = first->label });
	if (!(second = bear(story, first, 0)))
		return;
	do_step(story, (struct step){ .op = OP_EXIT, .pid = first->label });
}

static bool parent_number(struct story *story, const struct record *record, int32_t *parent)
{
	struct run *run = story->run;
	struct proc_status child, father;
	char path[16];

	snprintf(path, sizeof(path), "%d", run_cage_pid(run, record));
	if (!proc_status_read(run->cage->proc, path, &run->cage->arena, &child))
		return false;
	snprintf(path, sizeof(path), "%d", child.parent);
	if (!proc_status_read(run->cage->proc, path, &run->cage->arena, &father))
		return false;
	*parent = father.pid.count > 1 ? father.pid.at[1] : 0;
	return father.pid.count > 1 || run->restorer >= 0;
}

static void reap(struct story *story, const struct record *zombie)
{
	int32_t parent;

	if (parent_number(story, zombie, &parent))
		do_step(story, (struct step){ .op = OP_WAIT4, .pid = parent, .object = zombie->label });
}

static void reap_some(struct story *story, bool all)
{
	struct run *run = story->run;
	int i;

	for (i = 0; i < run->record_count; i++) {
		const struct record *record = &run->records[i];

		if (record->life == DEAD && !is_outside(record) && !record_reaped(record) && (all || !below(story, 3)))
			reap(story, record);
	}
}

static bool inside(const struct run *run, int namespace, int outer)
{
	while (namespace >= 0 && namespace != outer)
		namespace = run->namespaces[namespace].parent;
	return namespace >= 0;
}

static bool could_never_exit(struct story *story, const struct record *target, int32_t group)
{
	const struct record *owner = run_find(story->run, group);

	return run_is_init(target) && group != target->label &&
	       (!owner || inside(story->run, owner->namespace, target->namespace));
}

static void change_group(struct story *story)
{
	struct record *caller = any_live(story, true), *target = caller;
	int32_t group, parent;

	if (is_outside(caller) || below(story, 2)) {
		target = any_live(story, false);
		if (!parent_number(story, target, &parent) || parent != caller->label)
			caller = target;
	}
	group = below(story, 2) ? target->label : any_live(story, false)->label;
	if (!could_never_exit(story, target, group))
		do_step(story, (struct step){ .op = OP_SETPGID, .pid = caller->label, .object = target->label, .value = group });
}

/* The processes of a namespace die with its init; that of level 0 has to stay. */
static void die(struct story *story)
{
	static const int SIGNALS[] = { SIGKILL, SIGKILL, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE };
	struct record *dying = any_live(story, false);
	struct step step = { .op = OP_EXIT, .pid = dying->label, .by_signal = below(story, 3) == 0 };

	if ((int)dying->slot == story->run->init || (run_is_init(dying) && below(story, 8)))
		return;
	step.value = step.by_signal ? SIGNALS[run_is_init(dying) ? 0 : below(story, 6)] : (int32_t)below(story, 4);
	do_step(story, step);
	if (!story->mix.zombies)
		reap_some(story, true);
}

static void enter_or_leave(struct story *story)
{
	struct record *caller = any_live(story, true);
	uint32_t dice = below(story, 10);

	if (dice < 2 && !is_outside(caller) && caller->births_level < story->mix.levels) {
		do_step(story, (struct step){ .op = OP_UNSHARE, .pid = caller->label });
		return;
	}
	do_step(story, (struct step){
			       .op = OP_SETNS,
			       .pid = caller->label,
			       .object = dice < 5 && !is_outside(caller) ? caller->label : any_live(story, false)->label,
		       });
}

static void change_flag(struct story *story)
{
	do_step(story, (struct step){
			       .op = OP_PRCTL, .pid = any_live(story, false)->label, .value = below(story, 3) > 0 });
}

static void make_sleeping_thread(struct story *story)
{
	struct record *caller = any_live(story, false);

	run_slot(story->run, caller)->arg[0] = 0;
	run_ask(story->run, caller, ACT_THREAD);
}

static void leave(struct story *story)
{
	struct record *caller = any_live(story, false);
	int leaves = story->mix.kinds & (1 << KIND_FILES | 1 << KIND_FS | 1 << KIND_SYSVSEM);
	uint64_t flags = objects_flags(leaves & (int)(1 + below(story, 63)));

	if (!flags)
		return;
	if (!do_step(story, (struct step){ .op = OP_UNSHARE, .pid = caller->label, .share = flags }))
		objects_unshared(&story->objects, (int)caller->slot, flags);
}

static void execute_or_get_context(struct story *story)
{
	struct record *caller = any_live(story, false);

	if (below(story, 2)) {
		if (story->mix.exec && !do_step(story, (struct step){ .op = OP_EXEC, .pid = caller->label }))
			objects_executed(&story->objects, (int)caller->slot);
		return;
	}
	if (story->mix.kinds >> KIND_IO & 1 && !do_step(story, (struct step){ .op = OP_IOPRIO, .pid = caller->label }))
		objects_context(&story->objects, (int)caller->slot);
}

/* Only a leader without a terminal gets one, only who has one loses it. */
static void take_or_drop_terminal(struct story *story)
{
	if (story->mix.terminals)
		do_step(story, (struct step){
				       .op = OP_IOCTL, .pid = any_live(story, false)->label, .connect = below(story, 3) > 0 });
}

static void change_sharing(struct story *story)
{
	uint32_t dice = below(story, 10);

	if (dice < 6)
		leave(story);
	else if (dice < 8)
		execute_or_get_context(story);
	else
		take_or_drop_terminal(story);
}

void move(struct story *story)
{
	uint32_t dice = below(story, 100);

	if (story->run->shared && !below(story, 7)) {
		change_sharing(story);
		return;
	}

	if (dice < 34)
		clone_once(story);
	else if (dice < 38)
		clone_chain(story);
	else if (dice < 42)
		daemonize(story);
	else if (dice < 52)
		do_step(story, (struct step){ .op = OP_SETSID, .pid = any_live(story, false)->label });
	else if (dice < 64 && story->mix.groups)
		change_group(story);
	else if (dice < 70 && story->mix.subreapers)
		change_flag(story);
	else if (dice < 72 && story->mix.threads)
		make_sleeping_thread(story);
	else if (dice < 80 && (story->mix.levels || story->mix.injections))
		enter_or_leave(story);
	else if (dice < 86)
		reap_some(story, false);
	else
		die(story);
}
