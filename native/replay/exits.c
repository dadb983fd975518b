/*
 * Exits: begun, waited for, and what they do to others.
 *
 * Two things here protect the machine, not the plan.
 * - An init in a group of its own namespace other than its own can never finish its exit, unless its parent outside
 *   moves it home (G33). An exit that would take such an init *and* its parent down is refused, not carried out.
 * - Nothing here waits without a limit.
 */
#include "exits.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "executor.h"
#include "proc-status.h"

/* So long a wait for the end of an exit lasts before other reasons to stop are looked at. */
static const int POLL_MS = 10;

static bool inside(struct run *run, int namespace, int outer)
{
	while (namespace >= 0 && namespace != outer)
		namespace = run->namespaces[namespace].parent;
	return namespace >= 0;
}

/* Is the init in a group that its own namespace shows, and that is not its own? */
static bool away_from_home(struct run *run, const struct record *init)
{
	struct proc_status status;
	char path[16];
	int32_t group;

	snprintf(path, sizeof(path), "%d", run_cage_pid(run, init));
	if (!proc_status_read(run->cage->proc, path, &run->cage->arena, &status))
		return false;
	group = status.pgid.count ? status.pgid.at[status.pgid.count - 1] : 0;
	return group > 1;
}

static bool would_hang_for_ever(struct run *run, const struct record *dying)
{
	int i;

	for (i = 0; i < run->record_count; i++) {
		const struct record *record = &run->records[i];

		if (record != dying && record->life < DEAD && run_is_init(record) &&
		    inside(run, record->namespace, dying->namespace) && away_from_home(run, record)) {
			snprintf(run->message, sizeof(run->message),
				 "not carried out: init %d is in a group of its own namespace and would stay for ever (G33)",
				 record->label);
			return true;
		}
	}
	return false;
}

static bool members_are_gone(struct run *run, const struct record *init)
{
	int i;

	for (i = 0; i < run->record_count; i++) {
		const struct record *record = &run->records[i];

		if (record != init && record->life != UNBORN && record->namespace == init->namespace &&
		    !pidfd_ended(record->pidfd, 0))
			return false;
	}
	return true;
}

/*
 * A pidfd becomes readable under the lock that moves the children: the tree is settled when it is. An answer means
 * that the process survived its own signal.
 */
static int await_exit(struct run *run, struct record *dying)
{
	int64_t start = now_ms();
	int error;

	while (!pidfd_ended(dying->pidfd, POLL_MS)) {
		int64_t passed = now_ms() - start;

		if (run_abandoned(run))
			return ECANCELED;
		if ((error = run_answer(run, dying))) {
			snprintf(run->message, sizeof(run->message), "process %d survives that signal", dying->label);
			return error;
		}
		if (run_is_init(dying) && passed > run->cage->limits.settle_ms && members_are_gone(run, dying)) {
			dying->life = HANGING;
			snprintf(run->message, sizeof(run->message),
				 "the exit does not finish: %s",
				 away_from_home(run, dying) ? "the init is in a group of its own namespace (G33)"
							    : "numbers of its namespace are in use outside (G17, G19)");
			return EDEADLK;
		}
		if (passed > run->cage->limits.step_ms || now_ms() > run->deadline) {
			snprintf(run->message, sizeof(run->message), "the exit takes longer than %d ms",
				 run->cage->limits.step_ms);
			dying->life = HANGING;
			return ETIMEDOUT;
		}
	}
	dying->life = DEAD;
	return 0;
}

/* Marks who has ended. `init`: whoever lives inside its namespace and has not ended hangs in its own exit. */
static void notice_deaths(struct run *run, const struct record *init)
{
	int i;

	for (i = 0; i < run->record_count; i++) {
		struct record *record = &run->records[i];

		if (record->life >= DEAD)
			continue;
		if (pidfd_ended(record->pidfd, 0))
			record->life = DEAD;
		else if (init && inside(run, record->namespace, init->namespace))
			record->life = HANGING;
	}
}

/* An init outside the image reaps what falls to it, as any init does; zombies of the image stay. */
static void reap_fallen(struct run *run)
{
	struct record *init = &run->records[run->init];
	int i;

	for (i = 0; i < run->record_count; i++) {
		struct record *record = &run->records[i];

		if (record->life != DEAD || record->label <= 0 ||
		    number_map_get(&run->image->by_pid, record->label) >= 0 || record_reaped(record))
			continue;
		run_slot(run, init)->arg[0] = record->label;
		run_ask(run, init, ACT_WAIT);
	}
}

/* Only from outside can a namespace's init be killed. */
int exit_begin(struct run *run, const struct step *step, struct record *caller)
{
	struct slot *slot = run_slot(run, caller);

	if (run_is_init(caller) && would_hang_for_ever(run, caller))
		return REFUSED;
	slot->error = 0;
	slot->arg[0] = step->value;
	slot->arg[1] = step->core_dump && run->cage->core_files;
	if (!step->by_signal)
		run_tell(run, caller, ACT_EXIT);
	else if (step->value == SIGKILL)
		sys_pidfd_send_signal(caller->pidfd, SIGKILL);
	else
		run_tell(run, caller, ACT_DIE);
	return 0;
}

bool exit_over(struct run *run, const struct record *caller)
{
	return pidfd_ended(caller->pidfd, 0) || run_answer(run, caller);
}

int exit_end(struct run *run, struct record *caller)
{
	int error = await_exit(run, caller);

	if (run_is_init(caller) && caller->life != ALIVE)
		notice_deaths(run, caller);
	if (!error && !run->image->root_is_init)
		reap_fallen(run);
	return error;
}

/* A step may end an exit that hung; the kernel needs a moment for that. */
void let_hanging_exits_finish(struct run *run)
{
	int i;

	for (i = run->record_count - 1; i >= 0; i--)
		if (run->records[i].life == HANGING && pidfd_ended(run->records[i].pidfd, POLL_MS * 2))
			run->records[i].life = DEAD;
}
