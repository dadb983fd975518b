/*
 * Actor: what every process of a plan runs. It waits for one call to make, makes it, answers with the errno.
 *
 * The stage is shared memory: a slot an actor, in which the coordinator asks and the actor answers (two futex words).
 * Actors are plain forks; all of them share one descriptor table with the coordinator, so a pidfd or a namespace file
 * that one opens is open for all. No call of an actor blocks: who lives, listens.
 */
#ifndef REGRAFT_ACTOR_H
#define REGRAFT_ACTOR_H

#include <stdatomic.h>
#include <stdint.h>

enum act {
	ACT_CLONE,     /* arg: flags, slot of the child, length of stage.set_tid -> number; pidfd */
	ACT_SETSID,
	ACT_SETPGID,   /* arg: target, group */
	ACT_SUBREAPER, /* arg: flag */
	ACT_ASK_SUBREAPER, /* -> flag */
	ACT_UNSHARE,
	ACT_SETNS,     /* arg: descriptor of a namespace file */
	ACT_EXIT,      /* arg: code. No answer: the process ends */
	ACT_DIE,       /* arg: signal, with core dump? No answer but an error */
	ACT_WAIT,      /* arg: child -> raw status; EAGAIN while the child lives */
	ACT_PEEK,      /* the same without reaping */
	ACT_THREAD,    /* arg: length of stage.set_tid. A thread that sleeps */
};

struct slot {
	_Atomic uint32_t asked;    /* grows with each call asked for */
	_Atomic uint32_t answered; /* equal to `asked` when the answer is there */
	enum act act;
	int32_t error;
	int32_t result;
	int32_t pidfd;
	int64_t arg[3];
};

struct stage {
	uint32_t capacity;
	uint32_t used;
	int32_t set_tid[32]; /* of the clone being made, innermost level first as the kernel wants it */
	struct slot slot[];
};

/* The life of an actor; `self` is its slot. */
_Noreturn void actor_run(struct stage *stage, uint32_t self);

#endif
