/*
 * System calls without libc, for code that has no memory of its own. They return -errno.
 *
 * raw_clone3: the child begins in actor_run(stage, self) on the stack that the arguments name.
 * raw_sleeping_thread: a thread that sleeps for ever. It never touches a stack, so it needs none.
 */
#ifndef REGRAFT_RAW_SYSCALL_H
#define REGRAFT_RAW_SYSCALL_H

#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined(__x86_64__)

static inline long raw5(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long raw_clone3(struct clone_args *args, void *stage, uint32_t self)
{
	register long r8 __asm__("r8") = self;
	long result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%rdx, %%rdi\n\t"
			 "mov %%r8, %%rsi\n\t"
			 "call actor_run\n"
			 "1:"
			 : "=a"(result)
			 : "0"((long)SYS_clone3), "D"(args), "S"(sizeof(*args)), "d"(stage), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long raw_sleeping_thread(struct clone_args *args)
{
	long result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 2f\n"
			 "1:\tmov %[pause], %%eax\n\t"
			 "syscall\n\t"
			 "jmp 1b\n"
			 "2:"
			 : "=a"(result)
			 : "0"((long)SYS_clone3), "D"(args), "S"(sizeof(*args)), [pause] "i"(SYS_pause)
			 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

static inline long raw5(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
}

static inline long raw_clone3(struct clone_args *args, void *stage, uint32_t self)
{
	register long x8 __asm__("x8") = SYS_clone3;
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = sizeof(*args);
	register long x2 __asm__("x2") = (long)stage;
	register long x3 __asm__("x3") = self;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, #0\n\t"
			 "mov x0, x2\n\t"
			 "mov x1, x3\n\t"
			 "b actor_run\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory");
	return x0;
}

static inline long raw_sleeping_thread(struct clone_args *args)
{
	register long x8 __asm__("x8") = SYS_clone3;
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = sizeof(*args);

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 2f\n"
			 "1:\tmov x0, #0\n\t"
			 "mov x1, #0\n\t"
			 "mov x2, #0\n\t"
			 "mov x3, #0\n\t"
			 "mov x8, %[ppoll]\n\t"
			 "svc #0\n\t"
			 "b 1b\n"
			 "2:"
			 : "+r"(x0), "+r"(x8), "+r"(x1)
			 : [ppoll] "i"(SYS_ppoll)
			 : "x2", "x3", "memory");
	return x0;
}

#else
#error "the actors need raw system calls for this machine"
#endif

static inline long raw4(long number, long a, long b, long c, long d)
{
	return raw5(number, a, b, c, d, 0);
}

#endif
