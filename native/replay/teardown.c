/*
 * The end of a run: everything of it is killed and reaped.
 *
 * Before the kill every init of a namespace goes into its own group. One that is killed in another group of its own
 * namespace never finishes its exit, and nobody could ever end it (G33): only its parent's setpgid does, and the parent
 * would be dead.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc-status.h"
#include "run.h"

static const int END_MS = 5000;

static struct record *record_with_cage_pid(struct run *run, int32_t pid)
{
	int i;

	for (i = run->record_count - 1; i >= 0; i--)
		if (run->records[i].life == ALIVE && run_cage_pid(run, &run->records[i]) == pid)
			return &run->records[i];
	return NULL;
}

/* The init hangs in its exit: its parent outside has to make the call. */
static void move_home_by_parent(struct run *run, struct record *init)
{
	struct proc_status status;
	struct record *parent;
	char path[16];

	snprintf(path, sizeof(path), "%d", run_cage_pid(run, init));
	if (!proc_status_read(run->cage->proc, path, &run->cage->arena, &status))
		return;
	if (status.parent == getpid()) {
		setpgid(status.pid.at[0], status.pid.at[0]);
		return;
	}
	if ((parent = record_with_cage_pid(run, status.parent))) {
		int32_t number = run_number_for(run, parent, init->label);
		struct slot *slot = run_slot(run, parent);

		slot->arg[0] = slot->arg[1] = number;
		run_ask(run, parent, ACT_SETPGID);
	}
}

static void send_inits_home(struct run *run)
{
	int i;

	for (i = run->record_count - 1; i >= 0; i--) {
		struct record *record = &run->records[i];

		if (!run_is_init(record) || pidfd_ended(record->pidfd, 0))
			continue;
		run_slot(run, record)->arg[0] = run_slot(run, record)->arg[1] = 0;
		if (record->life != ALIVE || run_ask(run, record, ACT_SETPGID))
			move_home_by_parent(run, record);
	}
}

static bool reap_children(void)
{
	pid_t reaped;

	while ((reaped = wait4(-1, NULL, WNOHANG | __WALL, NULL)) > 0)
		;
	return reaped < 0;
}

/* Zombies of level 0 whose parent is outside hold up the end of its init (G17): the restorer dies first. */
static bool kill_all(struct run *run)
{
	int64_t deadline = now_ms() + END_MS;

	if (run->restorer >= 0) {
		sys_pidfd_send_signal(run->records[run->restorer].pidfd, SIGKILL);
		pidfd_ended(run->records[run->restorer].pidfd, END_MS);
	}
	if (run->init < 0)
		return reap_children();
	sys_pidfd_send_signal(run->records[run->init].pidfd, SIGKILL);
	while (!reap_children() && now_ms() < deadline)
		pidfd_ended(run->records[run->init].pidfd, 5);
	return reap_children();
}

int run_end(struct run *run)
{
	bool ended;

	run->deadline = now_ms() + END_MS;
	send_inits_home(run);
	ended = kill_all(run);
	if (syscall(SYS_close_range, run->cage->first_file, ~0U, 0)) {
		int file;
		for (file = run->cage->first_file; file < sysconf(_SC_OPEN_MAX); file++)
			close(file);
	}
	return ended ? 0 : EBUSY;
}
