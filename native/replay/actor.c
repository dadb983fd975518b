#include "actor.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "syscalls.h"

static const uint64_t THREAD_FLAGS =
	CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;

/* The exit signal of a CLONE_PARENT child is its creator's and must be given as 0 (C8, C9). */
static long make_process(struct stage *stage, uint64_t flags, int64_t levels, int *pidfd)
{
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD | CLONE_FILES | CLONE_FS,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
		.set_tid = levels ? (uintptr_t)stage->set_tid : 0,
		.set_tid_size = (uint64_t)levels,
	};

	return sys_clone3(&args);
}

static long make_thread(struct stage *stage, int64_t levels)
{
	struct clone_args args = {
		.flags = THREAD_FLAGS,
		.set_tid = (uintptr_t)stage->set_tid,
		.set_tid_size = (uint64_t)levels,
	};

	return sys_sleeping_thread(&args);
}

/* A namespace's init survives every signal of its own except the fault of its own code. */
static long die(int signal_number, int64_t core_dump)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	sigset_t all;

	if (core_dump)
		setrlimit(RLIMIT_CORE, &limit);
	else
		prctl(PR_SET_DUMPABLE, 0);
	signal(signal_number, SIG_DFL);
	sigfillset(&all);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	kill(getpid(), signal_number);
	if (signal_number == SIGSEGV) {
		volatile int *volatile nowhere = NULL;
		*nowhere = 0;
	}
	if (signal_number == SIGILL)
		__builtin_trap();
	return -EINVAL;
}

/* __WALL: children made with CLONE_PARENT may have no exit signal (C9). */
static long reap(int child, int32_t *status)
{
	pid_t reaped = wait4(child, status, WNOHANG | __WALL, NULL);

	return reaped > 0 ? 0 : reaped == 0 ? -EAGAIN : -errno;
}

static long peek(int child, int32_t *status)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT | WNOHANG | __WALL))
		return -errno;
	if (!info.si_pid)
		return -EAGAIN;
	*status = info.si_code == CLD_EXITED   ? (info.si_status & 0xff) << 8
		  : info.si_code == CLD_DUMPED ? info.si_status | 0x80
					       : info.si_status;
	return 0;
}

static long call(long result)
{
	return result < 0 ? -errno : 0;
}

static long perform(struct stage *stage, struct slot *slot)
{
	const int64_t *arg = slot->arg;
	int flag = 0;
	long error;

	switch (slot->act) {
	case ACT_SETSID:
		return call(setsid());
	case ACT_SETPGID:
		return call(setpgid((pid_t)arg[0], (pid_t)arg[1]));
	case ACT_SUBREAPER:
		return call(prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)arg[0], 0, 0, 0));
	case ACT_ASK_SUBREAPER:
		error = call(prctl(PR_GET_CHILD_SUBREAPER, &flag, 0, 0, 0));
		slot->result = flag;
		return error;
	case ACT_UNSHARE:
		return call(unshare(CLONE_NEWPID));
	case ACT_SETNS:
		return call(setns((int)arg[0], CLONE_NEWPID));
	case ACT_EXIT:
		_exit((int)arg[0]);
	case ACT_DIE:
		return die((int)arg[0], arg[1]);
	case ACT_WAIT:
		return reap((int)arg[0], &slot->result);
	case ACT_PEEK:
		return peek((int)arg[0], &slot->result);
	case ACT_THREAD:
		return make_thread(stage, arg[0]);
	default:
		return -ENOSYS;
	}
}

_Noreturn void actor_run(struct stage *stage, uint32_t self)
{
	uint32_t seen = 0;

	for (;;) {
		struct slot *slot = &stage->slot[self];
		long result;

		while (atomic_load_explicit(&slot->asked, memory_order_acquire) == seen)
			futex_wait(&slot->asked, seen, -1);
		seen = atomic_load_explicit(&slot->asked, memory_order_acquire);
		if (slot->act == ACT_CLONE) {
			uint32_t child = (uint32_t)slot->arg[1];
			int pidfd = -1;

			result = make_process(stage, (uint64_t)slot->arg[0], slot->arg[2], &pidfd);
			if (result == 0) {
				self = child;
				seen = 0;
				continue;
			}
			slot->pidfd = pidfd;
			slot->result = (int32_t)result;
		} else {
			result = perform(stage, slot);
		}
		slot->error = result < 0 ? (int32_t)-result : 0;
		atomic_store_explicit(&slot->answered, seen, memory_order_release);
		futex_wake(&slot->answered);
	}
}
