/*
 * The worker's part of `regraft restore`, by lines on the caller's line:
 *
 *   root PID           number of the tree's root inside
 *   limit MS           for everything that is done after CRIU; 30000 where it is left out
 *   patience MS        so long CRIU may stand still (standstill.h); 10000 where it is left out, 0: for ever
 *   criu N             N lines with CRIU's command follow, each argument with %, line ends as %25, %0A
 *   begin              starts CRIU, which goes on while the rest is read
 *   carrier, stop …    the lines of script.h
 *   hold               waits for CRIU, holds the tree, does the script; answers `held PID` or `failed SENTENCE`
 *   release            lets the tree go; answers `released`
 */
#ifndef RESTORE_H
#define RESTORE_H

#include <stdbool.h>

bool restore(void);

#endif
