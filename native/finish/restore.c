#include "restore.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compare.h"
#include "fault.h"
#include "finish.h"
#include "procfs.h"
#include "script.h"
#include "standstill.h"
#include "terminals.h"
#include "trace.h"
#include "watch.h"

struct order {
	int root, limit, patience;
	char **command;
	/* 0: not started yet. */
	pid_t criu;
	struct script script;
};

static bool read_line(FILE *from, char **line)
{
	static char *text;
	static size_t size;
	ssize_t length = getline(&text, &size, from);

	if (length <= 0)
		return fault("the caller has gone");
	if (text[length - 1] == '\n')
		text[length - 1] = 0;
	*line = text;
	return true;
}

static char *decoded(const char *text)
{
	char *plain = malloc(strlen(text) + 1), *to = plain;
	int byte;

	for (; plain && *text; text++) {
		if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1)
			*to++ = (char)byte, text += 2;
		else
			*to++ = *text;
	}
	if (plain)
		*to = 0;
	return plain;
}

static bool read_command(FILE *from, struct order *order, int count)
{
	char *line;
	int i;

	if (count < 1 || count > 10000 || !(order->command = calloc((size_t)count + 1, sizeof(char *))))
		return fault("CRIU's command has %d arguments", count);
	for (i = 0; i < count; i++)
		if (!read_line(from, &line) || !(order->command[i] = decoded(line)))
			return fault("CRIU's command breaks off");
	return true;
}

static bool start_criu(struct order *order)
{
	const pid_t worker = getpid();
	char **command = order->command;

	if (!command || order->criu)
		return fault("there is no command for CRIU");
	order->criu = fork();
	if (order->criu < 0)
		return fault("CRIU cannot be started: %s", strerror(errno));
	if (order->criu > 0)
		return true;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* An action script that is configured on this machine leaves the tree to us. */
	setenv("REGRAFT_RESTORE", "1", 1);
	if (getppid() == worker)
		execvp(command[0], command);
	dprintf(STDERR_FILENO, "%s: %s\n", command[0], strerror(errno));
	_exit(127);
}

static bool read_order(FILE *from, struct order *order)
{
	char *line;
	int count;

	for (;;) {
		if (!read_line(from, &line))
			return false;
		if (!strcmp(line, "hold"))
			return order->criu > 0 || fault("CRIU was not started");
		if (sscanf(line, "root %d", &order->root) == 1 || sscanf(line, "limit %d", &order->limit) == 1 ||
		    sscanf(line, "patience %d", &order->patience) == 1)
			continue;
		if (!strcmp(line, "begin")			       ? !start_criu(order)
		    : sscanf(line, "criu %d", &count) == 1 ? !read_command(from, order, count)
							   : !script_line(&order->script, line))
			return false;
	}
}

/* False: it stands still, and everybody is to be ended. */
static bool watch_criu(pid_t criu, int patience)
{
	struct standstill standstill = standstill_of(criu, patience);
	struct pollfd end = { (int)syscall(SYS_pidfd_open, criu, 0), POLLIN, 0 };
	bool over = false;

	if (end.fd < 0)
		return fault("CRIU cannot be watched: %s", strerror(errno));
	while (!over && poll(&end, 1, patience ? standstill.look_ms : -1) == 0)
		over = standstill_over(&standstill);
	close(end.fd);
	return !over || standstill_fault(&standstill);
}

static bool wait_for_criu(pid_t criu, int patience)
{
	int status;

	if (!watch_criu(criu, patience))
		return false;
	while (waitpid(criu, &status, 0) < 0)
		if (errno != EINTR)
			return fault("CRIU cannot be waited for: %s", strerror(errno));
	if (WIFSIGNALED(status))
		return fault("CRIU was ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status) == 0 || fault("CRIU does not restore it, exit code %d", WEXITSTATUS(status));
}

struct search {
	int inner;
	pid_t found;
};

static void match_root(pid_t child, void *context)
{
	struct search *search = context;
	struct status status;

	if (procfs_status(child, &status) && status.inner == search->inner)
		search->found = child;
}

/* CRIU has gone, so that the root is our own child. */
static pid_t find_root(int inner)
{
	struct search search = { inner, 0 };

	procfs_children(getpid(), match_root, &search);
	if (search.found == 0)
		fault("CRIU says that it has restored the tree, and process %d is not there", inner);
	return search.found;
}

bool restore(void)
{
	struct order order = { .limit = 30000, .patience = 10000 };
	struct tree tree = { NULL, 0 };
	FILE *from = fdopen(CALLER, "r");
	char *line;
	pid_t root;

	if (!from || !read_order(from, &order) || !wait_for_criu(order.criu, order.patience) || !(root = find_root(order.root)))
		return false;
	deadline_in((unsigned)order.limit);
	if (!trace_hold(&tree, root) || !finish_mark(&tree, &order.script) ||
	    !finish_subreapers(&tree) || !finish_steps(&tree, &order.script) || !compare(&tree, &order.script) ||
	    !finish_restore(&tree, &order.script))
		return false;
	terminals_tell(&tree, &order.script);
	deadline_off();
	dprintf(CALLER, "held %d\n", root);
	/* The caller compares at its leisure: its end would end us. */
	if (!read_line(from, &line) || strcmp(line, "release"))
		return fault("the caller does not want the tree");
	deadline_in((unsigned)order.limit);
	return trace_release(&tree);
}
