/* What the kernel shows of the tree of a run, in the words of the image: level-0 numbers, 0 for outside. */
#ifndef REGRAFT_OBSERVE_H
#define REGRAFT_OBSERVE_H

#include "proc-status.h"
#include "run.h"
#include "text.h"

struct observed {
	int32_t pid, ppid, pgid, sid;
	bool zombie;
	struct vector nspid, nspgid, nssid; /* level 0 first */
	int threads;
};

/* One process of a census. */
struct observed observe(struct run *run, const struct census *census, const struct proc_status *status);
/* Is it a process of the tree, and not the init or a leader outside the image? */
bool observe_counts(struct run *run, const struct proc_status *status);
/* The raw wait status of a zombie, as its parent would get it; -1 if the parent does not say. */
int32_t observe_exit_status(struct run *run, const struct proc_status *status);
/* PR_GET_CHILD_SUBREAPER, asked inside; -1 if there is no answer. */
int observe_subreaper(struct run *run, int32_t pid);
/* Thread ids on level 0, in ascending order. */
struct vector observe_threads(struct run *run, const struct proc_status *status);
/* The whole tree as JSON: an array of processes in the form of the image, by pid. */
void observe_write(struct run *run, struct text *out);

#endif
