#include "play.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "living.h"

struct play *play_read(const char *file, const char *directory)
{
	struct play *play = mmap(NULL, sizeof(*play), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	FILE *script = fopen(file, "r");
	char line[256], flags[8];

	if (play == MAP_FAILED || !script) {
		fprintf(stderr, "regraft-tree: %s: %s\n", file, strerror(errno));
		return NULL;
	}
	snprintf(play->directory, sizeof(play->directory), "%s", directory);
	play->actors[1].alive = true;
	while (fgets(line, sizeof(line), script)) {
		struct call *call = &play->call[play->calls];
		const bool fork = sscanf(line, "%d fork %d %7s", &call->actor, &call->first, flags) == 3;

		line[strcspn(line, "#")] = 0;
		if (fork) {
			strcpy(call->op, "fork");
			call->beside = strchr(flags, 'P');
			call->files = strchr(flags, 'F');
		} else if (sscanf(line, "%d %11s %d %d", &call->actor, call->op, &call->first, &call->second) < 2)
			continue;
		if (call->actor < 1 || call->actor >= ACTORS || call->first >= ACTORS || play->calls == CALLS - 1) {
			fprintf(stderr, "regraft-tree: too much: %s", line);
			return NULL;
		}
		play->calls++;
	}
	fclose(script);
	return play;
}

bool play_over(const struct play *play)
{
	return play->at == play->calls;
}

static void futex(_Atomic int *word, int operation, int value)
{
	const struct timespec patience = { 0, 20000000 };

	syscall(SYS_futex, word, operation, value, operation == FUTEX_WAIT ? &patience : NULL, NULL, 0);
}

static void next(struct play *play)
{
	play->at++;
	futex(&play->at, FUTEX_WAKE, ACTORS);
}

/* A pidfd is readable when the death is complete: children have fallen to whom they fall. */
static void see_off(struct play *play)
{
	struct pollfd death = { (int)syscall(SYS_pidfd_open, play->dying, 0), POLLIN, 0 };

	if (death.fd >= 0) {
		poll(&death, 1, 5000);
		close(death.fd);
	}
	play->dying = 0;
	next(play);
}

static void refuse_some_calls(void)
{
	/* setsid, setpgid, prctl, wait4, waitid, rt_sigaction and exit_group kill: all that a finisher could make. */
	static const int killing[] = { SYS_setsid, SYS_setpgid, SYS_prctl, SYS_wait4, SYS_waitid, SYS_rt_sigaction };
	struct sock_filter filter[32];
	struct sock_fprog program = { .len = 0, .filter = filter };
	unsigned i, count = sizeof(killing) / sizeof(killing[0]);

	filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
	for (i = 0; i < count; i++)
		filter[program.len++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)killing[i], (unsigned char)(count - i), 0);
	filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Answers with the name of a new process in that process; 0 in the caller. */
static int bear(struct play *play, const struct call *call)
{
	struct clone_args args = { .exit_signal = call->beside ? 0 : SIGCHLD, .flags = call->beside ? CLONE_PARENT : 0 };
	struct link link;
	pid_t born;

	if (call->files)
		args.flags |= CLONE_FILES;
	else if (!living_link(&link))
		return 0;
	born = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (born == 0) {
		if (call->files)
			living_shares();
		else
			living_born(&link);
		return call->first;
	}
	if (!call->files)
		living_bore(&link, born > 0);
	if (born > 0) {
		play->actors[call->first].pid = born;
		play->actors[call->first].alive = true;
	}
	return 0;
}

static void block(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void die(struct play *play, int name, const struct call *call)
{
	/* In this order: whoever is found dead is being seen off, or has been. */
	play->dying = getpid();
	play->actors[name].alive = false;
	futex(&play->at, FUTEX_WAKE, ACTORS);
	if (!strcmp(call->op, "exit"))
		_exit(call->first);
	signal(call->first, SIG_DFL);
	kill(getpid(), call->first);
	_exit(255);
}

static void make(struct play *play, int *name, const struct call *call)
{
	const pid_t other = call->first > 0 ? play->actors[call->first].pid : 0;

	if (!strcmp(call->op, "fork")) {
		const int born = bear(play, call);

		if (born) {
			*name = born;
			return; /* its parent turns the page */
		}
	} else if (!strcmp(call->op, "setsid"))
		setsid();
	else if (!strcmp(call->op, "unshare"))
		syscall(SYS_unshare, CLONE_FILES);
	else if (!strcmp(call->op, "setpgid"))
		setpgid(other, play->actors[call->second].pid);
	else if (!strcmp(call->op, "subreaper"))
		prctl(PR_SET_CHILD_SUBREAPER, call->first);
	else if (!strcmp(call->op, "threads"))
		living_threads(call->first);
	else if ((!strcmp(call->op, "exit") || !strcmp(call->op, "killself")) && *name != 1)
		die(play, *name, call);
	else if (!strcmp(call->op, "wait"))
		waitpid(other, NULL, __WALL);
	else if (!strcmp(call->op, "reap"))
		waitpid(-1, NULL, WNOHANG | __WALL);
	else if (!strcmp(call->op, "stop"))
		play->actors[*name].stops = *name != 1;
	else if (!strcmp(call->op, "rest"))
		play->actors[*name].rests = true;
	else if (!strcmp(call->op, "memory"))
		play->actors[*name].memory = call->first;
	else if (!strcmp(call->op, "ignore"))
		signal(call->first, SIG_IGN);
	else if (!strcmp(call->op, "block"))
		block(call->first);
	else if (!strcmp(call->op, "send"))
		kill(getpid(), call->first);
	else if (!strcmp(call->op, "pdeath"))
		prctl(PR_SET_PDEATHSIG, call->first);
	else if (!strcmp(call->op, "seccomp"))
		refuse_some_calls();
	next(play);
}

void play_as(struct play *play, int name)
{
	play->actors[name].pid = getpid();
	for (;;) {
		const int at = play->at;
		const struct call *call = &play->call[at];

		if (at == play->calls)
			living(play, name);
		else if (play->dying) {
			if (name == 1)
				see_off(play);
			else
				futex(&play->at, FUTEX_WAIT, at);
		} else if (call->actor == name)
			make(play, &name, call);
		else if (name == 1 && !play->actors[call->actor].alive && !play->dying)
			next(play);
		else
			futex(&play->at, FUTEX_WAIT, at);
	}
}
