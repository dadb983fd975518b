/* System calls that libc has no wrapper for, and names of errors. */
#ifndef REGRAFT_SYSCALLS_H
#define REGRAFT_SYSCALLS_H

#include <linux/sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* All return -errno where they fail, like the kernel. */
long sys_clone3(struct clone_args *args);
/* A descriptor of another process as one's own: its number, or -errno. */
int sys_pidfd_getfd(int pidfd, int descriptor);
long sys_pidfd_send_signal(int pidfd, int signal);
/* The root directory of a fresh file system that is attached nowhere: there is no mount to leave behind. */
int detached_mount(const char *type);

/* Sleeps while *word is `value`, at most `ms` milliseconds. */
void futex_wait(_Atomic uint32_t *word, uint32_t value, int ms);
void futex_wake(_Atomic uint32_t *word);

int64_t now_ms(void);
/* Is the process behind a pidfd a zombie or reaped? Waits up to `ms` milliseconds for it. */
bool pidfd_ended(int pidfd, int ms);
/* "EEXIST" */
const char *errno_name(int error);

#endif
