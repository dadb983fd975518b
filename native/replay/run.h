/*
 * Run: one plan being replayed, seen from the coordinator, which is the init of the cage.
 *
 *   cage (a pid namespace; its init is the coordinator, in a session of its own)
 *     level 0 of the image (a fresh pid namespace; its init is the root of the image or an init outside the image)
 *       ...
 *     restorer (only where the plan has steps of pid 0): lives in the cage, its children in level 0
 *
 * So the outside session and group of the image (0) are the coordinator's, and the end of the cage is the end of all.
 * Numbers of a record start with the one in the cage; number [1] is that of level 0.
 */
#ifndef REGRAFT_RUN_H
#define REGRAFT_RUN_H

#include <stdbool.h>

#include "actor.h"
#include "image.h"
#include "plan.h"
#include "syscalls.h"

/* No process has this number in any namespace: what a caller gets for a number that it cannot see. */
enum { UNSEEN = 0x7ffffffe };

enum life { ALIVE, HANGING /* a namespace's init whose exit does not finish */, DEAD, UNBORN /* its clone is being made */ };

struct record {
	int32_t label;         /* its number in the plan, level 0; 0: the restorer, -1: outside the image */
	uint32_t slot;
	int pidfd;
	enum life life;
	int namespace;         /* index into run.namespaces, -1: the cage */
	int births_level;      /* level in which its children are born: own, or that of the last unshare or setns */
	struct vector numbers; /* cage, level 0, ...; count 0: not asked for, a process of level 0 */
};

/* A pid namespace that a process of the plan lives in. The open file keeps its inode number from being reused. */
struct namespace {
	int file;
	uint64_t inode;
	int parent; /* index, -1 for level 0 */
	int level;  /* 0: level 0 */
};

struct limits {
	int step_ms;
	int run_ms;
	int settle_ms; /* the exit of an init that takes longer, with no member left to die, hangs */
};

/* What the coordinator keeps from run to run. */
struct cage {
	int proc;       /* root directory of the cage's /proc */
	int supervisor; /* socket; its end is the supervisor's death */
	bool sheds_memory; /* actors can do without private memory */
	bool core_files; /* the current directory is a file system of the cage's own, and core files go there */
	int program_file, stage_file; /* this program, and the stage; in every descriptor table of a run */
	int first_file; /* descriptors from here on belong to the run */
	struct limits limits;
	struct stage *stage;
	struct arena arena;
};

struct run {
	struct cage *cage;
	const struct image *image;
	const struct plan *plan;
	int64_t deadline;
	bool shared;    /* everybody has the tables of the plan, not the coordinator's */
	bool nested;    /* namespaces below level 0: numbers are read back from the kernel */
	bool abandoned; /* the supervisor is dead */
	struct record *records;
	int record_count;
	struct number_map latest; /* label -> record, the newest with that number */
	struct namespace namespaces[1024];
	int namespace_count;
	int init;     /* record of level 0's init */
	int restorer; /* record of the restorer outside, -1 */
	int32_t outside_session, outside_group; /* level-0 numbers of leaders outside the image, 0: none */
	char message[256];
};

/* Makes level 0, the root and, where needed, the restorer. An errno, with a message. */
int run_begin(struct run *run);
/* Ends and reaps all processes. An errno where some do not end. */
int run_end(struct run *run);

/* Is the supervisor dead? Then the run ends without a verdict. */
bool run_abandoned(struct run *run);
/* A record, and the slot of that index, for a process that has been made, or is about to be: UNBORN, without a label. */
struct record *run_add(struct run *run);
/* It is there now. */
void run_born(struct run *run, struct record *record, int32_t label, int pidfd);
/*
 * Reads the numbers of a process and its namespace. Not needed in a plan of one namespace, where everybody has one
 * number in level 0.
 */
void run_learn_numbers(struct run *run, struct record *record);

/* The newest record with a label; NULL if there never was one. */
struct record *run_find(struct run *run, int32_t label);
/* A slot to fill in before run_ask. */
struct slot *run_slot(struct run *run, const struct record *record);
/* Lets an actor make the call in its slot: 0 or its errno; ESRCH if it is dead, ETIMEDOUT, ECANCELED if abandoned. */
int run_ask(struct run *run, struct record *record, enum act act);
/* The same in two: without waiting for the answer; is it there; the error that came meanwhile; until it is there. */
void run_tell(struct run *run, const struct record *record, enum act act);
bool run_answered(struct run *run, const struct record *record);
int run_answer(struct run *run, const struct record *record);
int run_await(struct run *run, struct record *record);
/* Fills the caller's slot for ACT_CLONE; `set_tid` level 0 first. The record of the child, or NULL: too many levels. */
struct record *run_clone_prepare(struct run *run, const struct record *caller, uint64_t flags,
				 const struct vector *set_tid, int exit_signal);
/* What comes after the caller's answer. An errno: there is no child. */
int run_clone_finish(struct run *run, const struct record *caller, struct record *child, int32_t label, int error);
/* clone3 by `caller`, all of it. The new record is in *born. */
int run_clone(struct run *run, struct record *caller, uint64_t flags, const struct vector *set_tid, int exit_signal,
	      int32_t label, struct record **born);
/* A plan's number (level 0) as `caller` sees it: its pid, or the number of a group; UNSEEN if it does not. */
int32_t run_number_for(struct run *run, const struct record *caller, int32_t number);
/* The namespace that a process lives in, by its /proc directory in the cage; -1 if there is none. */
int run_namespace_of(struct run *run, int32_t cage_pid);
/* The number of a process in the cage. */
int32_t run_cage_pid(struct run *run, const struct record *record);
/* Is the process gone for good (reaped)? */
bool record_reaped(const struct record *record);
bool run_is_init(const struct record *record);

#endif
