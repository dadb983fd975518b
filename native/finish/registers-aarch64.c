#if defined(__aarch64__)
#include <string.h>
#include <sys/uio.h>

#include "registers.h"

#ifndef NT_ARM_SYSTEM_CALL
#define NT_ARM_SYSTEM_CALL 0x404
#endif

/* svc #0, little endian. */
const unsigned char SYSCALL_CODE[] = { 0x01, 0x00, 0x00, 0xd4 };
const size_t SYSCALL_CODE_SIZE = sizeof(SYSCALL_CODE);
const size_t SYSCALL_CODE_ALIGN = 4;

/* Bit 4 of the saved program status: the thread runs 32-bit code. */
#define STATUS_32_BIT 0x10

bool registers_native(const struct registers *registers, size_t size)
{
	return size == sizeof(registers->user) && !(registers->user.pstate & STATUS_32_BIT);
}

void registers_call(struct registers *registers, uint64_t at, long number, const uint64_t arguments[6])
{
	memcpy(registers->user.regs, arguments, 6 * sizeof(arguments[0]));
	registers->user.regs[8] = (uint64_t)number;
	registers->user.pc = at;
}

int64_t registers_answer(const struct registers *registers)
{
	return (int64_t)registers->user.regs[0];
}

/* The kernel keeps the call's number beside the registers, and would restart a call that looks interrupted. */
void registers_no_call(int tid, const struct registers *registers)
{
	int none = -1;
	struct iovec number = { &none, sizeof(none) };

	(void)registers;
	ptrace(PTRACE_SETREGSET, tid, (void *)(uintptr_t)NT_ARM_SYSTEM_CALL, &number);
}
#endif
