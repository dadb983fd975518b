/* The steps of a plan (contract, section 2). All numbers are those of level 0. */
#ifndef REGRAFT_PLAN_H
#define REGRAFT_PLAN_H

#include "image.h"

enum { MAX_LEVELS = 32 };

enum op { OP_CLONE3, OP_SETSID, OP_SETPGID, OP_PRCTL, OP_UNSHARE, OP_SETNS, OP_EXIT, OP_WAIT4, OP_EXEC, OP_IOCTL, OP_IOPRIO };

struct step {
	enum op op;
	int32_t pid;           /* the caller; 0: the restorer outside the image */
	int32_t object;        /* child or target */
	int32_t value;         /* pgid, flag, exit code or signal */
	struct vector set_tid; /* clone3, level 0 first */
	bool parent;           /* CLONE_PARENT */
	bool newpid;           /* CLONE_NEWPID */
	uint64_t share;        /* clone3: what is shared; unshare: what is left */
	int32_t exit_signal;   /* clone3; SIGCHLD where the plan does not say */
	bool connect;          /* ioctl: TIOCSCTTY */
	bool by_signal;
	bool core_dump;
};

struct plan {
	int count;
	struct step *steps;
	bool outside; /* a step is called by pid 0 */
	bool nested;  /* a step makes or enters a namespace */
	bool shared;  /* a step shares a resource, leaves one, or takes a terminal */
	int births;   /* clone3 steps */
};

bool plan_read(struct arena *arena, const struct json *json, struct plan *plan, const char **error);
/* "clone3(10 -> 12, CLONE_PARENT)" */
void step_describe(const struct step *step, char *out, size_t size);

#endif
