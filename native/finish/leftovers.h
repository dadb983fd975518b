/*
 * Ending and removing what was started. Only calls that are allowed in a signal handler: it is used when a partner of
 * the watch has been killed, at whatever moment.
 */
#ifndef LEFTOVERS_H
#define LEFTOVERS_H

/* Kills every descendant of this process, which has to be a child-subreaper, and reaps them. */
void end_descendants(void);
/* Removes a file, or a directory with all that is in it; what is mounted there, by a CRIU that was killed, is unmounted. */
void remove_path(const char *path);
/* Removes a file that is empty, or has the number of a process that is not there. */
void remove_pidfile(const char *path);
/* Unmounts whatever is mounted on paths that begin like this, and removes the directories that it was mounted on. */
void unmount_below(const char *prefix);

#endif
