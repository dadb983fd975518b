/*
 * regraft-tree: real processes that build a tree call by call, and then live: they count, in memory, in a file and through
 * pipes, so that a checkpoint that loses or doubles anything is found out.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "living.h"
#include "play.h"

static const char HELP[] =
	"Usage: regraft-tree [--here] SCRIPT DIRECTORY\n"
	"Builds a process tree in a pid namespace of its own and lets it live. Writes the number of its root, as seen\n"
	"here, when it is built. The end of standard input ends it. --here: this process is the root, in the namespace that\n"
	"it is in, as the program of a container.\n"
	"\n"
	"SCRIPT: a call a line, numbers are names in the script; # begins a comment\n"
	"  1 fork 2 - 0        1 makes 2; P instead of -: by CLONE_PARENT; F: by CLONE_FILES      2 unshare (its file table)\n"
	"  1 setsid            1 setpgid 2 2      1 subreaper 1      1 threads 3\n"
	"  2 exit 7            2 killself 15      1 wait 2           1 reap (any child that is dead)\n"
	"  2 stop              stopped by SIGSTOP when all is built\n"
	"  2 ignore 17         2 block 10         2 pdeath 15        2 send 10 (to itself)      2 seccomp\n"
	"  2 memory 100        writes to 100 MiB            2 rest 1   waits for a signal instead of counting\n"
	"A call that the kernel refuses changes nothing, and the script goes on.\n"
	"DIRECTORY: N.count for each process N: all numbers from 1 on, 4 bytes each. A process that finds its memory, its\n"
	"pipes or its numbers wrong writes 0 there and stops counting.\n";

static int init(void *play)
{
	int null = open("/dev/null", O_RDWR), i;

	for (i = 0; i < 3; i++)
		dup2(null, i);
	for (i = 3; i < 64; i++)
		close(i);
	signal(SIGPIPE, SIG_IGN);
	play_as(play, 1);
	return 0;
}

/* Waits until the tree is built, or its root dead. */
static bool built(const struct play *play, pid_t root)
{
	while (!play_over(play)) {
		if (waitpid(root, NULL, WNOHANG) == root)
			return false;
		usleep(1000);
	}
	return living_all(play);
}

int main(int argc, char **argv)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct pollfd end = { STDIN_FILENO, POLLIN, 0 };
	const bool here = argc == 4 && !strcmp(argv[1], "--here");
	struct play *play;
	pid_t root;
	char byte;

	argv += here;
	if (argc - here != 3) {
		fputs(HELP, stderr);
		return 2;
	}
	mkdir(argv[2], 0755);
	play = play_read(argv[1], argv[2]);
	if (!play)
		return 2;
	if (here)
		return init(play);
	root = clone(init, stack + sizeof(stack), CLONE_NEWPID | SIGCHLD, play);
	if (root < 0) {
		fprintf(stderr, "regraft-tree: clone: %s\n", strerror(errno));
		return 1;
	}
	if (!built(play, root)) {
		fprintf(stderr, "regraft-tree: the tree was not built: %s\n", play->fault);
		kill(root, SIGKILL);
		return 1;
	}
	printf("%d\n", root);
	fflush(stdout);
	while (poll(&end, 1, -1) < 0 || read(STDIN_FILENO, &byte, 1) > 0)
		;
	kill(root, SIGKILL);
	waitpid(root, NULL, 0);
	return 0;
}
