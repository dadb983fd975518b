#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "framing.h"
#include "text.h"

/* What a worker gets beyond the time limit of a run, for comparing and for ending everything. */
static const int GRACE_MS = 15000;

struct worker {
	pid_t pid;
	int pidfd;
	int socket;
};

static bool await_frame(struct worker *worker, int ms, struct text *text)
{
	struct pollfd wanted = { worker->socket, POLLIN, 0 };
	struct frame frame;
	char *bytes;
	bool complete;

	if (poll(&wanted, 1, ms) <= 0 || !read_all(worker->socket, &frame, sizeof(frame)))
		return false;
	bytes = malloc((size_t)frame.length + 1);
	complete = bytes && read_all(worker->socket, bytes, frame.length);
	text_clear(text);
	if (complete)
		text_bytes(text, bytes, frame.length);
	free(bytes);
	return complete;
}

/* Only the supervisor's end of the socket stays open with it; standard input and output are not the worker's. */
static void become_worker(int sockets[2], const struct options *options)
{
	int nothing = open("/dev/null", O_RDWR);

	dup2(nothing, 0);
	dup2(nothing, 1);
	syscall(SYS_close_range, 3, sockets[1] - 1, 0);
	syscall(SYS_close_range, sockets[1] + 1, ~0U, 0);
	signal(SIGPIPE, SIG_IGN);
	worker_run(sockets[1], options);
}

static const char *start(struct worker *worker, const struct options *options, struct text *text)
{
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_PIDFD, .pidfd = (uintptr_t)&worker->pidfd, .exit_signal = SIGCHLD
	};
	int sockets[2];
	long pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		return strerror(errno);
	pid = sys_clone3(&args);
	if (pid == 0)
		become_worker(sockets, options);
	close(sockets[1]);
	if (pid < 0) {
		close(sockets[0]);
		return pid == -EPERM	? "a pid namespace cannot be made: root (CAP_SYS_ADMIN) is needed"
		       : pid == -ENOSYS ? "this kernel has no clone3 (Linux 5.3), or a seccomp filter hides it"
		       : pid == -ENOSPC ? "pid namespaces are nested too deeply here"
					: strerror((int)-pid);
	}
	*worker = (struct worker){ (pid_t)pid, worker->pidfd, sockets[0] };
	if (!await_frame(worker, GRACE_MS, text))
		return "the worker does not start";
	return text->length ? text->at : NULL;
}

/* True if the worker, and with it all processes of its cage, are gone. */
static bool stop(struct worker *worker, int patience_ms)
{
	close(worker->socket);
	if (!pidfd_ended(worker->pidfd, patience_ms))
		sys_pidfd_send_signal(worker->pidfd, SIGKILL);
	if (!pidfd_ended(worker->pidfd, GRACE_MS)) {
		fprintf(stderr, "%s: process %d and its namespace do not end\n", program_invocation_short_name, worker->pid);
		return false;
	}
	waitpid(worker->pid, NULL, __WALL);
	close(worker->pidfd);
	return true;
}

static int severity_of(const char *verdict)
{
	const char *at = strstr(verdict, "\"verdict\":\"");

	if (strstr(verdict, ",\"left\":true}\n"))
		return EXIT_LEFT;
	at = at ? at + strlen("\"verdict\":\"") : "";
	return strncmp(at, "failed\"", 7) && strncmp(at, "differs\"", 8) && strncmp(at, "invalid\"", 8) ? EXIT_ALL_OK
													 : EXIT_NOT_OK;
}

/* A line to the worker and its verdict back; without a verdict another worker takes the next line. */
static int replay_line(struct worker *worker, const struct options *options, const char *line, size_t length,
		       uint32_t number, struct text *text)
{
	struct frame frame = { (uint32_t)length, number };
	bool silent, gone;

	if (write_all(worker->socket, &frame, sizeof(frame)) && write_all(worker->socket, line, length) &&
	    await_frame(worker, options->limits.run_ms + GRACE_MS, text)) {
		fwrite(text->at, 1, text->length, stdout);
		fflush(stdout);
		return severity_of(text->at);
	}
	silent = !pidfd_ended(worker->pidfd, 0);
	gone = stop(worker, 0);
	printf("{\"id\":%u,\"verdict\":\"failed\",\"step\":-1,\"errno\":\"%s\",\"message\":\"%s\"%s}\n", number,
	       silent ? "ETIMEDOUT" : "ECONNRESET", silent ? "the worker did not answer" : "the worker was killed",
	       gone ? "" : ",\"left\":true");
	fflush(stdout);
	if (start(worker, options, text))
		return EXIT_CANNOT;
	return gone ? EXIT_NOT_OK : EXIT_LEFT;
}

int supervise(const struct options *options)
{
	struct worker worker = { 0 };
	struct text text = { 0 };
	const char *error = start(&worker, options, &text);
	char *line = NULL;
	size_t capacity = 0;
	uint32_t number = 0;
	int worst = EXIT_ALL_OK;
	ssize_t length;

	if (error) {
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, error);
		return EXIT_CANNOT;
	}
	signal(SIGPIPE, SIG_IGN);
	while (worst != EXIT_CANNOT && (length = getline(&line, &capacity, stdin)) > 0) {
		int severity;

		number++;
		if (strspn(line, " \t\r\n") == (size_t)length)
			continue;
		severity = replay_line(&worker, options, line, (size_t)length, number, &text);
		if (severity > worst)
			worst = severity;
		if (ferror(stdout))
			worst = EXIT_CANNOT;
	}
	free(line);
	if (!stop(&worker, 2000))
		worst = EXIT_LEFT;
	return worst;
}
