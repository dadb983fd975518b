/* The held tree against the tree of the image. */
#ifndef COMPARE_H
#define COMPARE_H

#include "script.h"
#include "tree.h"

/* Reads every process anew; a fault names the first differences. */
bool compare(struct tree *tree, const struct script *script);

#endif
