#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "leftovers.h"

static const struct leavings *left;

static void remove_leavings(bool stays)
{
	int i;

	for (i = 0; i < left->always_count; i++)
		remove_path(left->always[i]);
	for (i = 0; !stays && i < left->on_failure_count; i++)
		remove_path(left->on_failure[i]);
	if (!stays && left->pidfile)
		remove_pidfile(left->pidfile);
}

/* The worker, told to stop or left alone by the guard. The caller waits for a word, and would wait for ever. */
static void give_up(int signal)
{
	static const char WORD[] = "failed the finisher was told to stop\n";

	(void)signal;
	end_descendants();
	remove_leavings(false);
	if (write(CALLER, WORD, sizeof(WORD) - 1) < 0)
		_exit(1);
	_exit(1);
}

static int work_watched(bool (*work)(void), pid_t guard, int commit)
{
	const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = give_up };
	unsigned i;

	signal(SIGPIPE, SIG_IGN);
	sigfillset(&action.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != guard)
		give_up(0);
	if (!work()) {
		end_descendants();
		dprintf(CALLER, "failed %s\n", fault_text());
		return 1;
	}
	/* From here on the tree stays. */
	if (write(commit, "", 1) != 1)
		return 1;
	dprintf(CALLER, "released\n");
	return 0;
}

enum word { STAYS, WORKER_ENDED, CALLER_GONE };

/* Waits for the worker's word, for its end, or for the caller's. */
static enum word wait_for_word(int commit)
{
	struct pollfd lines[] = { { commit, POLLIN, 0 }, { CALLER, 0, 0 } };
	char word;

	for (;;) {
		if (poll(lines, 2, -1) < 0)
			continue;
		if (lines[0].revents)
			return read(commit, &word, 1) == 1 ? STAYS : WORKER_ENDED;
		if (lines[1].revents & (POLLHUP | POLLERR | POLLNVAL))
			return CALLER_GONE;
	}
}

/* The caller may want to read what is about to be removed, CRIU's log. */
static void wait_for_caller(void)
{
	struct pollfd line = { CALLER, 0, 0 };

	while (poll(&line, 1, 60000) < 0 && errno == EINTR)
		;
}

static void end_all(pid_t worker, enum word word)
{
	int status = 0;

	if (word == CALLER_GONE)
		kill(worker, SIGKILL);
	waitpid(worker, &status, 0);
	end_descendants();
	if (WIFSIGNALED(status))
		dprintf(CALLER, "failed the finisher was ended by signal %d\n", WTERMSIG(status));
	wait_for_caller();
}

int watch(const struct leavings *leavings, bool (*work)(void))
{
	const pid_t guard = getpid();
	int commit[2];
	pid_t worker;
	enum word word;

	left = leavings;
	if (fcntl(CALLER, F_SETFD, FD_CLOEXEC) || pipe2(commit, O_CLOEXEC) ||
	    prctl(PR_SET_CHILD_SUBREAPER, 1) || (worker = fork()) < 0) {
		fprintf(stderr, "regraft-finish: cannot start: %s\n", strerror(errno));
		remove_leavings(false);
		return 1;
	}
	if (worker == 0) {
		close(commit[0]);
		return work_watched(work, guard, commit[1]);
	}
	close(commit[1]);
	/* A signal to the caller's group, such as a terminal's, is the worker's business. */
	setsid();
	signal(SIGPIPE, SIG_IGN);
	word = wait_for_word(commit[0]);
	if (word == STAYS)
		waitpid(worker, NULL, 0);
	else
		end_all(worker, word);
	remove_leavings(word == STAYS);
	return word == STAYS ? 0 : 1;
}
