/* Comparison: what the kernel shows after the last step, against the image. */
#ifndef REGRAFT_COMPARE_H
#define REGRAFT_COMPARE_H

#include "run.h"
#include "text.h"

/*
 * Appends `"differences":[...],"missing":[...],"extra":[...]` where there are any. The number of things that differ;
 * 0 and nothing written if the tree is the image.
 */
int compare_with_image(struct run *run, struct text *out);

#endif
