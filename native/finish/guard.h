/*
 * Under a runtime CRIU is not ours to call, and goes on when its action script dies. So somebody looks after the tree from
 * before its first process to the end of CRIU: if nobody has finished it by then, it ends. So it does where CRIU fails or
 * is killed after that, since the runtime takes the restore as failed and forgets the tree.
 */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Leaves a process that waits for the end of CRIU. `root` is the number of the tree's root inside; `marker` is a file that
 * whoever has finished the tree removes before letting it go.
 */
bool guard_start(pid_t criu, int root, const char *marker);

#endif
