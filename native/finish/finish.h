/* The rest of a plan, done to the restored and held processes. */
#ifndef FINISH_H
#define FINISH_H

#include "script.h"
#include "tree.h"

/* Says of each process what the script has for it; faults where the script speaks of others than are there. */
bool finish_mark(struct tree *tree, const struct script *script);
/* Makes again those child-subreapers that have another above them. */
bool finish_subreapers(struct tree *tree);
/* All steps in their order. */
bool finish_steps(struct tree *tree, const struct script *script);
/* Puts back what was changed, and takes away what parents have seen of stops and deaths that were not the program's. */
bool finish_restore(struct tree *tree, const struct script *script);

#endif
