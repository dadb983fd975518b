#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/resource.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "raw-syscall.h"

enum { EVERY_LEADING_PAGE = 4095, IOPRIO_OF_PROCESS = 1, BEST_EFFORT = 2 << 13 | 4 };

extern char __executable_start[] __attribute__((visibility("hidden")));
extern char etext[] __attribute__((visibility("hidden")));

long actor_spawn(struct clone_args *args, struct stage *stage, uint32_t self)
{
	args->stack = (uintptr_t)(stage->stacks + (size_t)self * ACTOR_STACK);
	args->stack_size = ACTOR_STACK;
	return raw_clone3(args, stage, self);
}

static long make_process(struct stage *stage, const struct slot *slot, int *pidfd)
{
	const int64_t *arg = slot->arg;
	struct clone_args args = {
		.flags = (uint64_t)arg[0] | CLONE_PIDFD,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = (uint64_t)arg[3],
		.set_tid = arg[2] ? (uintptr_t)slot->set_tid : 0,
		.set_tid_size = (uint64_t)arg[2],
	};

	return actor_spawn(&args, stage, (uint32_t)arg[1]);
}

static long make_thread(const struct slot *slot)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM,
		.set_tid = (uintptr_t)slot->set_tid,
		.set_tid_size = (uint64_t)slot->arg[0],
	};

	return raw_sleeping_thread(&args);
}

/* What the kernel takes; libc's structure is another. */
struct kernel_sigaction {
	unsigned long handler, flags, restorer, mask;
};

/* A namespace's init survives every signal of its own except the fault of its own code. */
static long die(int signal, int64_t core_dump)
{
	struct rlimit64 limit = { RLIM64_INFINITY, RLIM64_INFINITY };
	struct kernel_sigaction by_default = { 0 };
	uint64_t others_blocked = ~((uint64_t)1 << (signal - 1));

	if (core_dump)
		raw4(SYS_prlimit64, 0, RLIMIT_CORE, (long)&limit, 0);
	else
		raw4(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0);
	raw4(SYS_rt_sigaction, signal, (long)&by_default, 0, sizeof(others_blocked));
	raw4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&others_blocked, 0, sizeof(others_blocked));
	raw4(SYS_kill, raw4(SYS_getpid, 0, 0, 0, 0), signal, 0, 0);
	if (signal == SIGSEGV) {
		volatile int *volatile nowhere = NULL;
		*nowhere = 0;
	}
	if (signal == SIGILL)
		__builtin_trap();
	return -EINVAL;
}

/* __WALL: children made with CLONE_PARENT may have no exit signal (C9). */
static long reap(long child, int32_t *status)
{
	long reaped = raw4(SYS_wait4, child, (long)status, WNOHANG | __WALL, 0);

	return reaped == 0 ? -EAGAIN : reaped;
}

static long peek(long child, int32_t *status)
{
	siginfo_t info;
	long error;

	info.si_pid = 0;
	error = raw5(SYS_waitid, P_PID, child, (long)&info, WEXITED | WNOWAIT | WNOHANG | __WALL, 0);
	if (error)
		return error;
	if (!info.si_pid)
		return -EAGAIN;
	*status = info.si_code == CLD_EXITED   ? (info.si_status & 0xff) << 8
		  : info.si_code == CLD_DUMPED ? info.si_status | 0x80
					       : info.si_status;
	return 0;
}

/* Text and stage stay. */
static long shed_memory(const struct stage *stage, uintptr_t end)
{
	uintptr_t keep[] = { (uintptr_t)__executable_start, (uintptr_t)etext, (uintptr_t)stage,
			     (uintptr_t)stage + stage->size };

	keep[0] &= ~(uintptr_t)EVERY_LEADING_PAGE;
	keep[1] = (keep[1] + EVERY_LEADING_PAGE) & ~(uintptr_t)EVERY_LEADING_PAGE;
	keep[3] = (keep[3] + EVERY_LEADING_PAGE) & ~(uintptr_t)EVERY_LEADING_PAGE;
	raw4(SYS_munmap, 0, (long)keep[0], 0, 0);
	raw4(SYS_munmap, (long)keep[1], (long)(keep[2] - keep[1]), 0, 0);
	return raw4(SYS_munmap, (long)keep[3], (long)(end - keep[3]), 0, 0);
}

static long enter_and_close(long file)
{
	long error;

	if (file < 0)
		return file;
	error = raw4(SYS_setns, file, CLONE_NEWPID, 0, 0);
	raw4(SYS_close, file, 0, 0, 0);
	return error;
}

/* A descriptor for a moment: the caller's table is not the coordinator's. A zombie is entered by its file in /proc only (G16). */
static long enter_namespace_of(const struct slot *slot)
{
	long error = enter_and_close(raw4(SYS_pidfd_open, slot->arg[0], 0, 0, 0));

	if (error != -ESRCH || !slot->arg[1])
		return error;
	return enter_and_close(raw4(SYS_openat, slot->arg[1], (long)slot->text, O_RDONLY | O_CLOEXEC, 0));
}

/* The new program maps the stage and answers this call (resume.c). */
static long execute_again(int program, char *text)
{
	char nothing[1], *arguments[3], *environment[1];

	nothing[0] = 0;
	arguments[0] = arguments[1] = text;
	arguments[2] = environment[0] = 0;
	return raw5(SYS_execveat, program, (long)nothing, (long)arguments, (long)environment, AT_EMPTY_PATH);
}

/* The master's end stays open: when it is closed, the terminal is lost. */
static long take_terminal(const char *multiplexer)
{
	int unlocked = 0;
	long master = raw4(SYS_openat, AT_FDCWD, (long)multiplexer, O_RDWR | O_NOCTTY, 0), terminal;

	if (master < 0)
		return master;
	raw4(SYS_ioctl, master, TIOCSPTLCK, (long)&unlocked, 0);
	terminal = raw4(SYS_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY, 0);
	return terminal < 0 ? terminal : raw4(SYS_ioctl, terminal, TIOCSCTTY, 0, 0);
}

static long drop_terminal(const char *own)
{
	long terminal = raw4(SYS_openat, AT_FDCWD, (long)own, O_RDWR, 0), error;

	if (terminal < 0)
		return terminal;
	error = raw4(SYS_ioctl, terminal, TIOCNOTTY, 0, 0);
	raw4(SYS_close, terminal, 0, 0, 0);
	return error;
}

static long perform(struct stage *stage, struct slot *slot)
{
	const int64_t *arg = slot->arg;
	int flag = 0;
	long error;

	switch (slot->act) {
	case ACT_SETSID:
		return raw4(SYS_setsid, 0, 0, 0, 0);
	case ACT_SETPGID:
		return raw4(SYS_setpgid, arg[0], arg[1], 0, 0);
	case ACT_SUBREAPER:
		return raw5(SYS_prctl, PR_SET_CHILD_SUBREAPER, arg[0], 0, 0, 0);
	case ACT_ASK_SUBREAPER:
		error = raw5(SYS_prctl, PR_GET_CHILD_SUBREAPER, (long)&flag, 0, 0, 0);
		slot->result = flag;
		return error;
	case ACT_UNSHARE:
		return raw4(SYS_unshare, arg[0], 0, 0, 0);
	case ACT_SETNS:
		return raw4(SYS_setns, arg[0], CLONE_NEWPID, 0, 0);
	case ACT_SETNS_OF:
		return enter_namespace_of(slot);
	case ACT_EXEC:
		return execute_again((int)arg[0], slot->text);
	case ACT_IOPRIO:
		return raw4(SYS_ioprio_set, IOPRIO_OF_PROCESS, 0, BEST_EFFORT, 0);
	case ACT_TAKE_TTY:
		return take_terminal(slot->text);
	case ACT_DROP_TTY:
		return drop_terminal(slot->text);
	case ACT_EXIT:
		return raw4(SYS_exit_group, arg[0], 0, 0, 0);
	case ACT_DIE:
		return die((int)arg[0], arg[1]);
	case ACT_WAIT:
		return reap(arg[0], &slot->result);
	case ACT_PEEK:
		return peek(arg[0], &slot->result);
	case ACT_THREAD:
		return make_thread(slot);
	case ACT_SHED:
		return shed_memory(stage, (uintptr_t)arg[0]);
	default:
		return -ENOSYS;
	}
}

_Noreturn void actor_run(struct stage *stage, uint32_t self)
{
	struct slot *slot = &stage->slot[self];
	uint32_t seen = atomic_load_explicit(&slot->answered, memory_order_acquire);
	uint64_t all = ~(uint64_t)0;

	raw4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, 0, sizeof(all));

	for (;;) {
		long result;

		while (atomic_load_explicit(&slot->asked, memory_order_acquire) == seen)
			raw4(SYS_futex, (long)&slot->asked, FUTEX_WAIT, seen, 0);
		seen = atomic_load_explicit(&slot->asked, memory_order_acquire);
		if (slot->act == ACT_CLONE) {
			int pidfd = -1;

			result = make_process(stage, slot, &pidfd);
			slot->pidfd = pidfd;
			slot->result = (int32_t)result;
		} else {
			result = perform(stage, slot);
		}
		slot->error = result < 0 ? (int32_t)-result : 0;
		atomic_store_explicit(&slot->answered, seen, memory_order_release);
		raw4(SYS_futex, (long)&slot->answered, FUTEX_WAKE, 1, 0);
	}
}
