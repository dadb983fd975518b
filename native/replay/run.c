#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc-status.h"

/* How often a wait looks whether the supervisor or the actor has died. */
static const int SLICE_MS = 20;

bool run_abandoned(struct run *run)
{
	struct pollfd wanted = { run->cage->supervisor, POLLIN | POLLRDHUP, 0 };

	return run->abandoned |= poll(&wanted, 1, 0) > 0;
}

struct record *run_find(struct run *run, int32_t label)
{
	int32_t at = label == 0 ? run->restorer : number_map_get(&run->latest, label);

	return at < 0 ? NULL : &run->records[at];
}

bool run_is_init(const struct record *record)
{
	return record->numbers.count && record->namespace >= 0 && record->numbers.at[record->numbers.count - 1] == 1;
}

bool record_reaped(const struct record *record)
{
	return sys_pidfd_send_signal(record->pidfd, 0) == -ESRCH;
}

struct slot *run_slot(struct run *run, const struct record *record)
{
	return &run->cage->stage->slot[record->slot];
}

int run_await(struct run *run, struct record *record)
{
	struct slot *slot = run_slot(run, record);
	uint32_t asked = slot->asked;
	int64_t deadline = now_ms() + run->cage->limits.step_ms;

	if (deadline > run->deadline)
		deadline = run->deadline;
	for (;;) {
		uint32_t answered = atomic_load_explicit(&slot->answered, memory_order_acquire);

		if (answered == asked)
			return slot->error;
		futex_wait(&slot->answered, answered, SLICE_MS);
		if (atomic_load_explicit(&slot->answered, memory_order_acquire) == asked)
			continue;
		if (!run->abandoned && run_abandoned(run))
			return ECANCELED;
		if (pidfd_ended(record->pidfd, 0)) {
			record->life = DEAD;
			return ESRCH;
		}
		if (now_ms() > deadline)
			return ETIMEDOUT;
	}
}

void run_tell(struct run *run, const struct record *record, enum act act)
{
	struct slot *slot = run_slot(run, record);

	slot->act = act;
	slot->error = slot->result = 0;
	atomic_fetch_add_explicit(&slot->asked, 1, memory_order_release);
	futex_wake(&slot->asked);
}

bool run_answered(struct run *run, const struct record *record)
{
	struct slot *slot = run_slot(run, record);

	return atomic_load_explicit(&slot->answered, memory_order_acquire) == slot->asked;
}

int run_answer(struct run *run, const struct record *record)
{
	return run_answered(run, record) ? run_slot(run, record)->error : 0;
}

int run_ask(struct run *run, struct record *record, enum act act)
{
	if (record->life != ALIVE)
		return ESRCH;
	run_tell(run, record, act);
	return run_await(run, record);
}

int32_t run_cage_pid(struct run *run, const struct record *record)
{
	struct vector numbers = record->numbers;

	if (!numbers.count)
		numbers = proc_pidfd_numbers(run->cage->proc, record->pidfd, &run->cage->arena);
	return numbers.count ? numbers.at[0] : 0;
}

static uint64_t inode_of(int file)
{
	struct stat status;

	return fstat(file, &status) ? 0 : status.st_ino;
}

static int namespace_find(struct run *run, uint64_t inode)
{
	int i;

	for (i = run->namespace_count - 1; i >= 0 && run->namespaces[i].inode != inode; i--)
		;
	return i;
}

/* Enters a namespace file into the table, and its ancestors up to level 0 before it. */
static int namespace_add(struct run *run, int file, uint64_t inode)
{
	int count = run->namespace_count, above = -1, parent = -1;

	if (count == (int)(sizeof(run->namespaces) / sizeof(*run->namespaces))) {
		close(file);
		return -1;
	}
	if (count > 0) {
		if ((above = ioctl(file, NS_GET_PARENT)) < 0) {
			close(file);
			return -1;
		}
		parent = namespace_find(run, inode_of(above));
		if (parent < 0)
			parent = namespace_add(run, above, inode_of(above));
		else
			close(above);
	}
	count = run->namespace_count++;
	run->namespaces[count] = (struct namespace){ file, inode, parent, parent < 0 ? 0 : run->namespaces[parent].level + 1 };
	return count;
}

int run_namespace_of(struct run *run, int32_t cage_pid)
{
	char path[64];
	int file, found;
	uint64_t inode;

	snprintf(path, sizeof(path), "%d/ns/pid", cage_pid);
	if ((file = openat(run->cage->proc, path, O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	inode = inode_of(file);
	found = namespace_find(run, inode);
	if (found < 0)
		return namespace_add(run, file, inode);
	close(file);
	return found;
}

struct record *run_add(struct run *run)
{
	struct record *record = &run->records[run->record_count];

	*record = (struct record){ -1, (uint32_t)run->record_count, -1, UNBORN, 0 };
	run->record_count++;
	return record;
}

void run_born(struct run *run, struct record *record, int32_t label, int pidfd)
{
	record->label = label;
	record->pidfd = pidfd;
	record->life = ALIVE;
	if (label > 0)
		number_map_set(&run->latest, label, (int32_t)record->slot);
}

void run_learn_numbers(struct run *run, struct record *record)
{
	record->numbers = proc_pidfd_numbers(run->cage->proc, record->pidfd, &run->cage->arena);
	if (record->numbers.count)
		record->namespace = run_namespace_of(run, record->numbers.at[0]);
	record->births_level = record->numbers.count - 2;
}

struct record *run_clone_prepare(struct run *run, const struct record *caller, uint64_t flags,
				 const struct vector *set_tid, int exit_signal)
{
	struct slot *slot = run_slot(run, caller);
	struct record *child;
	int i;

	if (set_tid->count > MAX_LEVELS)
		return NULL;
	child = run_add(run);
	for (i = 0; i < set_tid->count; i++)
		slot->set_tid[i] = set_tid->at[set_tid->count - 1 - i];
	slot->arg[0] = (int64_t)(flags | (run->shared ? 0 : CLONE_FILES | CLONE_FS));
	slot->arg[1] = child->slot;
	slot->arg[2] = set_tid->count;
	slot->arg[3] = exit_signal;
	return child;
}

int run_clone_finish(struct run *run, const struct record *caller, struct record *child, int32_t label, int error)
{
	int pidfd;

	if (error) {
		if ((int)child->slot == run->record_count - 1)
			run->record_count--;
		return error;
	}
	pidfd = run_slot(run, caller)->pidfd;
	run_born(run, child, label, run->shared ? sys_pidfd_getfd(caller->pidfd, pidfd) : pidfd);
	if (child->pidfd < 0)
		return -child->pidfd;
	if (run->nested)
		run_learn_numbers(run, child);
	return 0;
}

int run_clone(struct run *run, struct record *caller, uint64_t flags, const struct vector *set_tid, int exit_signal,
	      int32_t label, struct record **born)
{
	*born = run_clone_prepare(run, caller, flags, set_tid, exit_signal);
	return *born ? run_clone_finish(run, caller, *born, label, run_ask(run, caller, ACT_CLONE)) : EINVAL;
}

static int32_t seen_from_level(struct run *run, const struct record *caller, const struct record *record)
{
	int own = caller->namespace, above = record->namespace;

	while (above >= 0 && above != own)
		above = run->namespaces[above].parent;
	return above < 0 ? UNSEEN : record->numbers.at[run->namespaces[own].level + 1];
}

int32_t run_number_for(struct run *run, const struct record *caller, int32_t number)
{
	const struct record *record;

	if (number <= 0 || caller->namespace == 0)
		return number;
	record = run_find(run, number);
	if (!record || !record->numbers.count)
		return UNSEEN;
	return caller->namespace < 0 ? record->numbers.at[0] : seen_from_level(run, caller, record);
}
