/* The scripts of a plan: which steps each process makes, and for which steps of others each of them waits. */
#ifndef REGRAFT_SCRIPTS_H
#define REGRAFT_SCRIPTS_H

#include "plan.h"

struct script {
	int count;
	int32_t *step; /* indexes into the plan, in the order in which the process makes them */
};

struct scripts {
	int count;
	struct script *script;
	struct vector *after; /* by step */
};

/* Every step of the plan is in one script, once; a step waits for earlier ones only. */
bool scripts_read(struct arena *arena, const struct json *json, const struct plan *plan, struct scripts *scripts,
		  const char **error);

#endif
