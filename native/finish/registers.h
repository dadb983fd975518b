/* All that depends on the processor: registers-<machine>.c. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#if defined(__x86_64__)
struct registers {
	struct user_regs_struct user;
};
#elif defined(__aarch64__)
struct registers {
	struct user_regs_struct user;
};
#else
#error "no register code for this machine: write registers-<machine>.c"
#endif

/* Bytes that are a system call wherever the processor runs into them; the step in which they can lie. */
extern const unsigned char SYSCALL_CODE[];
extern const size_t SYSCALL_CODE_SIZE;
extern const size_t SYSCALL_CODE_ALIGN;

/* Is it a program of this very machine, not of its 32-bit ancestor? */
bool registers_native(const struct registers *registers, size_t size);
/* Registers that run the code at `at` as this call, outside of every system call and restart. */
void registers_call(struct registers *registers, uint64_t at, long number, const uint64_t arguments[6]);
/* What the call has answered; -errno. */
int64_t registers_answer(const struct registers *registers);
/* Says to the kernel that the thread is in no system call, after its registers have been put back. */
void registers_no_call(int tid, const struct registers *registers);

#endif
