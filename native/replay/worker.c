#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#endif

#include "framing.h"

#ifndef AT_RSEQ_FEATURE_SIZE
#define AT_RSEQ_FEATURE_SIZE 27
#endif

static bool answer(int supervisor, const struct text *text)
{
	struct frame frame = { (uint32_t)text->length, 0 };

	return write_all(supervisor, &frame, sizeof(frame)) && write_all(supervisor, text->at, text->length);
}

static void handle(struct cage *cage, const char *request, uint32_t number, const struct options *options,
		   struct text *out)
{
	const char *error;
	size_t offset;
	const struct json *line = json_parse(&cage->arena, request, &error, &offset);
	const struct json *id = json_get(line, "id");

	text_clear(out);
	text_printf(out, "{\"id\":");
	if (id)
		text_scalar(out, id);
	else
		text_printf(out, "%u", number);
	text_printf(out, ",");
	if (line) {
		options->perform(cage, line, options, out);
	} else {
		text_printf(out, "\"verdict\":\"invalid\",\"message\":");
		text_string(out, error);
		text_printf(out, ",\"offset\":%zu", offset);
	}
	text_printf(out, "}\n");
}

static void raise_limits(void)
{
	struct rlimit files;

	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		struct rlimit more = { 1 << 20, 1 << 20 };
		files.rlim_cur = files.rlim_max;
		if (files.rlim_max < more.rlim_max && setrlimit(RLIMIT_NOFILE, &more))
			setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* On one CPU a question and its answer need no interrupt to another one. */
static void pin(int cpu)
{
	cpu_set_t set;

	if (cpu < -1)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)(cpu < 0 ? sched_getcpu() : cpu), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Does this kernel have clone3 with set_tid? Tried on a process that is gone at once. */
static const char *try_set_tid(void)
{
	int32_t one = 1;
	struct clone_args args = {
		.flags = CLONE_NEWPID, .exit_signal = SIGCHLD, .set_tid = (uintptr_t)&one, .set_tid_size = 1
	};
	long pid = sys_clone3(&args);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		return waitpid((pid_t)pid, NULL, 0) == pid ? NULL : "a child cannot be waited for";
	return pid == -ENOSYS  ? "this kernel has no clone3 (Linux 5.3), or a seccomp filter hides it"
	       : pid == -E2BIG ? "this kernel's clone3 has no set_tid (Linux 5.5)"
	       : pid == -EPERM ? "clone3 with set_tid is not permitted: CAP_SYS_ADMIN is needed"
			       : "clone3 with set_tid does not work here";
}

/* A core file goes into the run's own file system, unless the host wants them in a place or a program of its own. */
static bool keeps_core_files(int proc)
{
	int file = openat(proc, "sys/kernel/core_pattern", O_RDONLY | O_CLOEXEC);
	char first = '/';

	if (file >= 0) {
		if (read(file, &first, 1) != 1)
			first = '/';
		close(file);
	}
	return first != '/' && first != '|';
}

/*
 * libc gives the kernel an area of each thread to write to (rseq), and forks inherit that. Actors have no such memory;
 * false if it cannot be taken back, so that they have to keep theirs.
 */
static bool give_up_rseq(void)
{
#ifdef RSEQ_SIG
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;
	size_t sizes[] = { 32, (getauxval(AT_RSEQ_FEATURE_SIZE) + 31) & ~31UL, getauxval(AT_RSEQ_FEATURE_SIZE) };
	size_t i;

	if (!__rseq_size)
		return true;
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (!syscall(SYS_rseq, area, sizes[i], RSEQ_FLAG_UNREGISTER, RSEQ_SIG))
			return true;
	return false;
#else
	return true;
#endif
}

static const char *prepare(struct cage *cage)
{
	const char *error;
	int files;

	setsid();
	raise_limits();
	cage->sheds_memory = give_up_rseq();
	if ((error = try_set_tid()))
		return error;
	cage->proc = detached_mount("proc");
	if (cage->proc < 0)
		return "no /proc of the new namespace: fsopen is not permitted, or older than Linux 5.2";
	cage->program_file = open("/proc/self/exe", O_RDONLY);
	cage->stage_file = memfd_create("stage", 0);
	if (cage->program_file < 0 || cage->stage_file < 0)
		return "no descriptor for the program, or for the memory that its actors share";
	files = detached_mount("tmpfs");
	cage->core_files = files >= 0 && !fchdir(files) && keeps_core_files(cage->proc);
	cage->first_file = (files > cage->proc ? files : cage->proc) + 1;
	if (cage->first_file <= cage->stage_file)
		cage->first_file = cage->stage_file + 1;
	if (cage->first_file <= cage->supervisor)
		cage->first_file = cage->supervisor + 1;
	return NULL;
}

_Noreturn void worker_run(int supervisor, const struct options *options)
{
	struct cage cage = { .supervisor = supervisor, .limits = options->limits };
	struct text out = { 0 };
	const char *error;
	struct frame frame;

	pin(options->cpu);
	error = prepare(&cage);
	text_printf(&out, "%s", error ? error : "");
	while (answer(supervisor, &out) && !error && read_all(supervisor, &frame, sizeof(frame))) {
		char *request = arena_alloc(&cage.arena, (size_t)frame.length + 1);

		if (!read_all(supervisor, request, frame.length))
			break;
		handle(&cage, request, frame.line, options, &out);
		arena_reset(&cage.arena);
	}
	if (options->finish)
		options->finish();
	_exit(0);
}
