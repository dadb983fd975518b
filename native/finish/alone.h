/*
 * `regraft restore` without Node, for the trees that CRIU restores by itself: starting Node takes as long as CRIU takes
 * for a small tree. Guard, hold, comparison and what is left behind are the same (restore.h, watch.h); only who gives
 * the orders differs. Everything else, and every option that is not known here, is left to Node with the same arguments.
 */
#ifndef ALONE_H
#define ALONE_H

/* `arguments`: those behind `regraft restore`. Answers with the exit code, or becomes `node SCRIPT restore …`. */
int alone(const char *script, int count, char **arguments);

#endif
