/*
 * Controlling terminals that CRIU does not bring back: a process has one from its birth, or takes it as the leader of its
 * session, and CRIU makes everybody before leaders take theirs.
 */
#ifndef TERMINALS_H
#define TERMINALS_H

#include "script.h"
#include "tree.h"

/*
 * A sentence on standard error that names the living members of sessions whose leader has a terminal, and who have none.
 * Whether they had one in the image nobody knows: CRIU does not dump it.
 */
void terminals_tell(const struct tree *tree, const struct script *script);

#endif
