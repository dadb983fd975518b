/* Which tasks hold the same kernel objects, by kcmp. */
#ifndef REGRAFT_CLASSES_H
#define REGRAFT_CLASSES_H

/*
 * Standard input: lines of `TID KINDS`, KINDS a bit a kind to be compared: files 1, fs 2, vm 4, sighand 8, sysvsem 16,
 * io 32. Standard output, a line each: the tid and a number for each of the six kinds in that order. Equal numbers of
 * one kind are one object; 0 is none, as undo lists and I/O contexts are before somebody needs one; - was not asked
 * for, or may not be seen. Cost: n log n comparisons a kind. 0, or 1 where memory or output fails.
 */
int print_classes(void);

#endif
