/*
 * Before CRIU lets the processes of a tree go, they can be moved into a cgroup below their own, and that frozen: then
 * nothing of them runs until they are held. CRIU itself may be in their cgroup, and goes on. Unlike a stop by a signal
 * it leaves nothing behind: after the thaw everybody is where they were, and the cgroup is removed.
 */
#ifndef FREEZER_H
#define FREEZER_H

#include <stdbool.h>
#include <sys/types.h>

/* Freezes the tree below root; false, and no fault, where its cgroups do not allow it. */
bool freezer_freeze(pid_t root);
/* Thaws it where it is frozen. */
void freezer_thaw(pid_t root);

#endif
