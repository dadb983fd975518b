/*
 * Resume: an actor that has executed this program again goes on where it was.
 *
 * It is started with one argument that begins with RESUME: the stage's descriptor, address and size, and its slot. It
 * maps the stage where it was, answers the call that brought it here, and waits for the next. It keeps the memory that
 * execve gave it.
 */
#ifndef REGRAFT_RESUME_H
#define REGRAFT_RESUME_H

#define RESUME "regraft-actor:"

/* Does not return where this is such a start. */
void resume_if_actor(int argc, char **argv);

#endif
