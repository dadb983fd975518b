/*
 * Actor: what every process of a plan runs. It waits for one call to make, makes it, answers with the errno.
 *
 * The stage is shared memory: a slot an actor, in which the coordinator asks and the actor answers (two futex words),
 * and a small stack an actor, so that actors may share an address space too. Where a plan shares nothing, all of them
 * share one descriptor table with the coordinator, so a pidfd or a namespace file that one opens is open for all; else
 * everybody has the tables of the plan, and the coordinator fetches what it needs. No call of an actor blocks: who
 * lives, listens. All signals are blocked: a helper that dies may send its parent any exit signal.
 *
 * An actor has no private memory: the first of a run unmaps all but the program's text and the stage. Else each fork
 * would copy page tables, and deep chains of forks cost the kernel a list entry an ancestor and a mapping. So nothing
 * in actor.c may use libc or any variable outside the stage; the Makefile checks that.
 */
#ifndef REGRAFT_ACTOR_H
#define REGRAFT_ACTOR_H

#include <linux/sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum act {
	ACT_CLONE,     /* arg: flags, slot of the child, length of set_tid, exit signal -> number; pidfd */
	ACT_SETSID,
	ACT_SETPGID,   /* arg: target, group */
	ACT_SUBREAPER, /* arg: flag */
	ACT_ASK_SUBREAPER, /* -> flag */
	ACT_UNSHARE,   /* arg: flags */
	ACT_SETNS,     /* arg: descriptor of a namespace file */
	ACT_EXIT,      /* arg: code. No answer: the process ends */
	ACT_DIE,       /* arg: signal, with core dump? No answer but an error */
	ACT_WAIT,      /* arg: child -> raw status; EAGAIN while the child lives */
	ACT_PEEK,      /* the same without reaping */
	ACT_THREAD,    /* arg: length of set_tid. A thread that sleeps */
	ACT_SETNS_OF,  /* arg: a process, whose pid namespace is entered, and a /proc with its file there in text */
	ACT_EXEC,      /* arg: descriptor of this program; text: what it has to know. Goes on as the same actor */
	ACT_IOPRIO,    /* makes an I/O context */
	ACT_TAKE_TTY,  /* text: path of the multiplexer. Takes a new terminal */
	ACT_DROP_TTY,  /* text: path of the own terminal */
	ACT_SHED,      /* arg: end of the highest mapping. Unmaps all private memory */
};

struct slot {
	_Atomic uint32_t asked;    /* grows with each call asked for */
	_Atomic uint32_t answered; /* equal to `asked` when the answer is there */
	enum act act;
	int32_t error;
	int32_t result;
	int32_t pidfd;
	int64_t arg[4];
	int32_t set_tid[32]; /* of the clone to make, innermost level first as the kernel wants it */
	char text[96];
};

enum { ACTOR_STACK = 2048 };

struct stage {
	size_t size;
	uint32_t capacity;
	uint32_t used;
	char *stacks; /* ACTOR_STACK bytes a slot, in the same mapping */
	struct slot slot[];
};

/* clone3 of a process that lives as the actor of slot `self`: its number, or -errno. */
long actor_spawn(struct clone_args *args, struct stage *stage, uint32_t self);

/* The life of an actor, from the first call that it has not answered. */
_Noreturn void actor_run(struct stage *stage, uint32_t self);

#endif
