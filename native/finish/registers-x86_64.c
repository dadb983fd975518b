#if defined(__x86_64__)
#include "registers.h"

const unsigned char SYSCALL_CODE[] = { 0x0f, 0x05 };
const size_t SYSCALL_CODE_SIZE = sizeof(SYSCALL_CODE);
const size_t SYSCALL_CODE_ALIGN = 1;

#define LONG_MODE_SEGMENT 0x33

bool registers_native(const struct registers *registers, size_t size)
{
	return size == sizeof(registers->user) && registers->user.cs == LONG_MODE_SEGMENT;
}

void registers_call(struct registers *registers, uint64_t at, long number, const uint64_t arguments[6])
{
	struct user_regs_struct *user = &registers->user;

	user->rip = at;
	user->rax = (uint64_t)number;
	user->orig_rax = (uint64_t)-1;
	user->rdi = arguments[0];
	user->rsi = arguments[1];
	user->rdx = arguments[2];
	user->r10 = arguments[3];
	user->r8 = arguments[4];
	user->r9 = arguments[5];
	/* No trap flag, no backward strings: both would be the program's. */
	user->eflags &= ~(uint64_t)0x500;
}

int64_t registers_answer(const struct registers *registers)
{
	return (int64_t)registers->user.rax;
}

/* orig_rax is one of the registers: nothing is left to be said. */
void registers_no_call(int tid, const struct registers *registers)
{
	(void)tid;
	(void)registers;
}
#endif
