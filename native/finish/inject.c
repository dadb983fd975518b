#include "inject.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "fault.h"
#include "procfs.h"
#include "registers.h"
#include "trace.h"

#define SYSCALL_STOP (SIGTRAP | 0x80)
#define SCRATCH 128

static bool get_registers(const struct process *process, pid_t tid, struct registers *registers)
{
	struct iovec bytes = { registers, sizeof(*registers) };

	if (ptrace(PTRACE_GETREGSET, tid, (void *)(uintptr_t)NT_PRSTATUS, &bytes))
		return fault("the registers of process %d cannot be read: %s", process->inner, strerror(errno));
	if (!registers_native(registers, bytes.iov_len))
		return fault("process %d is a 32-bit program, in whose name no call can be made", process->inner);
	return true;
}

static bool set_registers(const struct process *process, pid_t tid, struct registers *registers)
{
	struct iovec bytes = { registers, sizeof(*registers) };

	if (ptrace(PTRACE_SETREGSET, tid, (void *)(uintptr_t)NT_PRSTATUS, &bytes))
		return fault("the registers of process %d cannot be set: %s", process->inner, strerror(errno));
	return true;
}

static void look_for_places(struct process *process)
{
	if (!process->placed)
		process->places = procfs_places(process->pid);
	process->placed = true;
}

/* Ready to make the call: the next resumption with PTRACE_SYSCALL stops at its beginning. */
static bool prepare(struct process *process, struct thread *thread, long number, const uint64_t arguments[6],
		    struct registers *before)
{
	struct registers call;

	look_for_places(process);
	if (!process->places.code)
		return fault("process %d has no executable memory with a system call in it", process->inner);
	if (!trace_block(thread) || !get_registers(process, thread->tid, before))
		return false;
	call = *before;
	registers_call(&call, process->places.code, number, arguments);
	return set_registers(process, thread->tid, &call);
}

static bool to_syscall_stop(const struct process *process, struct thread *thread)
{
	int status;

	if (!trace_resume(thread, PTRACE_SYSCALL, 0, &status))
		return false;
	if (WIFSTOPPED(status) && WSTOPSIG(status) == SYSCALL_STOP)
		return true;
	return fault("process %d does not make the call: status %x", process->inner, status);
}

bool inject(struct process *process, struct thread *thread, long number, const uint64_t arguments[6],
	    int64_t *answer)
{
	struct registers before, after;

	if (!prepare(process, thread, number, arguments, &before) || !to_syscall_stop(process, thread) ||
	    !to_syscall_stop(process, thread) || !get_registers(process, thread->tid, &after))
		return false;
	*answer = registers_answer(&after);
	if (!set_registers(process, thread->tid, &before))
		return false;
	registers_no_call(thread->tid, &before);
	return true;
}

bool inject_checked(struct process *process, const char *what, long number, const uint64_t arguments[6],
		    int64_t *answer)
{
	if (!inject(process, &process->threads[0], number, arguments, answer))
		return false;
	return *answer >= 0 || fault("process %d: %s: %s", process->inner, what, strerror((int)-*answer));
}

bool inject_last(struct process *process, long number, const uint64_t arguments[6], int *status)
{
	struct registers before;

	return prepare(process, &process->threads[0], number, arguments, &before) &&
	       to_syscall_stop(process, &process->threads[0]) &&
	       trace_resume(&process->threads[0], PTRACE_CONT, 0, status);
}

/* The program's own bytes are kept and put back. */
static bool with_scratch(struct process *process, struct thread *thread, long number, const uint64_t arguments[6],
			 int place, const void *in, void *out, size_t size, int64_t *answer)
{
	unsigned char kept[SCRATCH];
	uint64_t with[6];
	bool made;

	look_for_places(process);
	if (!process->places.writable || size > SCRATCH || !procfs_memory(process->pid, process->places.writable, kept, size, false))
		return fault("process %d has no writable memory", process->inner);
	memcpy(with, arguments, sizeof(with));
	with[place] = process->places.writable;
	if (in && !procfs_memory(process->pid, process->places.writable, (void *)(uintptr_t)in, size, true))
		return fault("the memory of process %d cannot be written", process->inner);
	made = inject(process, thread, number, with, answer);
	if (made && out && !procfs_memory(process->pid, process->places.writable, out, size, false))
		return fault("the memory of process %d cannot be read", process->inner);
	if (!procfs_memory(process->pid, process->places.writable, kept, size, true))
		return fault("the memory of process %d cannot be put back", process->inner);
	return made;
}

bool inject_reading(struct process *process, struct thread *thread, long number, const uint64_t arguments[6],
		    int place, void *bytes, size_t size, int64_t *answer)
{
	return with_scratch(process, thread, number, arguments, place, NULL, bytes, size, answer);
}

bool inject_writing(struct process *process, struct thread *thread, long number, const uint64_t arguments[6],
		    int place, const void *bytes, size_t size, int64_t *answer)
{
	return with_scratch(process, thread, number, arguments, place, bytes, NULL, size, answer);
}
