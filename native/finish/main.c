/* regraft-finish: does the rest of a plan to a tree that CRIU has restored, before any of it runs. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alone.h"
#include "compare.h"
#include "fault.h"
#include "finish.h"
#include "freezer.h"
#include "guard.h"
#include "images.h"
#include "restore.h"
#include "script.h"
#include "terminals.h"
#include "trace.h"
#include "watch.h"

static const char HELP[] =
	"Usage: regraft-finish restore [--remove PATH]... [--remove-on-failure PATH]... [--pidfile FILE]\n"
	"       regraft-finish alone SCRIPT [ARGUMENT]...\n"
	"       regraft-finish script DIR\n"
	"       regraft-finish guard CRIU ROOT MARKER\n"
	"       regraft-finish freeze PID\n"
	"       regraft-finish tree PID [--limit MS] [--marker FILE] < SCRIPT\n"
	"Needs root, and a kernel with PTRACE_O_SUSPEND_SECCOMP where programs have seccomp filters.\n"
	"\n"
	"restore  is driven by `regraft restore` on descriptor 3 (restore.h): runs CRIU, holds the restored tree,\n"
	"         finishes it, lets it go when told so. Whoever is killed on the way, nothing is left.\n"
	"alone    `regraft restore ARGUMENT...` without Node where CRIU restores the tree by itself, else\n"
	"         `node SCRIPT restore ARGUMENT...`; bin/regraft-restore calls it\n"
	"script   prints what `alone` would have done to the tree of DIR; exit code 1: it is Node's\n"
	"guard    leaves a process that ends the tree of CRIU's child whose number inside is ROOT if the file MARKER is\n"
	"         still there when the process CRIU ends\n"
	"freeze   freezes the cgroup that the tree below PID has for itself; exit code 1: it has none\n"
	"tree     finishes the tree below PID, frozen, stopped or running, then lets it run\n"
	"\n"
	"Options\n"
	"      --remove PATH              a file or directory that is removed in the end\n"
	"      --remove-on-failure PATH   the same, unless the tree stays\n"
	"      --pidfile FILE             the same, unless it names another process, which runs\n"
	"      --marker FILE              a file that is removed when the tree is finished, and has to be there then\n"
	"      --limit MS                 time limit (default: 30000)\n"
	"  -h, --help                     this text\n"
	"\n"
	"Exit code: 0; 1 the tree could not be finished, and was ended; 2 usage.\n";

static const struct option LONG_OPTIONS[] = {
	{ "remove", required_argument, NULL, 'r' }, { "remove-on-failure", required_argument, NULL, 'f' },
	{ "pidfile", required_argument, NULL, 'p' }, { "limit", required_argument, NULL, 'l' },
	{ "marker", required_argument, NULL, 'm' }, { "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool read_script(struct script *script)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, stdin)) > 0) {
		line[strcspn(line, "\n")] = 0;
		if (*line && !script_line(script, line))
			return false;
	}
	return true;
}

/* Who holds dies with everybody held: PTRACE_O_EXITKILL ends the tree where it is not finished. */
static int finish_tree(pid_t root, unsigned limit, const char *marker)
{
	struct script script = { 0 };
	struct tree tree = { NULL, 0 };

	signal(SIGPIPE, SIG_IGN);
	deadline_in(limit);
	if (read_script(&script) && trace_hold(&tree, root) && finish_mark(&tree, &script) &&
	    finish_subreapers(&tree) && finish_steps(&tree, &script) && compare(&tree, &script) && finish_restore(&tree, &script) &&
	    (!marker || !unlink(marker) || fault("%s is gone: CRIU has ended", marker))) {
		terminals_tell(&tree, &script);
		if (trace_release(&tree))
			return 0;
	}
	fprintf(stderr, "regraft-finish: %s\n", fault_text());
	trace_end(&tree, root);
	return 1;
}

int main(int argc, char **argv)
{
	struct leavings leavings = { calloc((size_t)argc, sizeof(char *)), calloc((size_t)argc, sizeof(char *)), 0, 0, NULL };
	struct records records = { NULL, 0 };
	unsigned limit = 30000;
	char *marker = NULL;
	int option;

	if (argc > 2 && !strcmp(argv[1], "alone"))
		return alone(argv[2], argc - 3, argv + 3);
	while ((option = getopt_long(argc, argv, "h", LONG_OPTIONS, NULL)) != -1) {
		switch (option) {
		case 'r':
			leavings.always[leavings.always_count++] = optarg;
			break;
		case 'f':
			leavings.on_failure[leavings.on_failure_count++] = optarg;
			break;
		case 'p':
			leavings.pidfile = optarg;
			break;
		case 'l':
			limit = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'm':
			marker = optarg;
			break;
		case 'h':
			fputs(HELP, stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (optind + 1 == argc && !strcmp(argv[optind], "restore"))
		return watch(&leavings, restore);
	if (optind + 2 == argc && !strcmp(argv[optind], "tree") && atoi(argv[optind + 1]) > 0)
		return finish_tree(atoi(argv[optind + 1]), limit, marker);
	if (optind + 2 == argc && !strcmp(argv[optind], "script"))
		return images_inherited(argv[optind + 1], &records) && images_script(argv[optind + 1], &records, stdout) ? 0 : 1;
	if (optind + 2 == argc && !strcmp(argv[optind], "freeze") && atoi(argv[optind + 1]) > 0)
		return freezer_freeze(atoi(argv[optind + 1])) ? 0 : 1;
	if (optind + 4 == argc && !strcmp(argv[optind], "guard") && atoi(argv[optind + 1]) > 0) {
		if (guard_start(atoi(argv[optind + 1]), atoi(argv[optind + 2]), argv[optind + 3]))
			return 0;
		fprintf(stderr, "regraft-finish: %s\n", fault_text());
		return 1;
	}
	fputs(HELP, stderr);
	return 2;
}
