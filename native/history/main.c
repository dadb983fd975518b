/* regraft-history: lets real processes make random calls, and keeps what came out so that it can be scanned. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "resume.h"
#include "supervisor.h"

static const char HELP[] =
	"Usage: regraft-history [OPTION]... < LINES\n"
	"Lets real processes of a fresh pid namespace make random calls, and then stay as they are.\n"
	"Needs root and Linux 5.5 or newer. Each history has a bounded number of births; the next line,\n"
	"the end of standard input or the death of this program ends all of its processes.\n"
	"\n"
	"Standard input: one JSON object a line; all but the seed may be left out\n"
	"  {\"id\":...,\"seed\":N,\"calls\":80,\"births\":60,\"levels\":0,\"injections\":false,\"groups\":true,\n"
	"   \"subreapers\":true,\"zombies\":true,\"threads\":false,\"kinds\":[],\"exec\":false,\"terminals\":false,\n"
	"   \"exitSignals\":false}\n"
	"    levels       how deep pid namespaces nest below the outermost of the history\n"
	"    injections   processes are put in from outside the tree as well (ppid 0)\n"
	"    zombies      the dead are reaped now and then only; false: at once\n"
	"    kinds        of kernel objects that births share now and then: files, fs, vm, sighand, sysvsem, io\n"
	"  {}             ends the history before\n"
	"Standard output: an answer a line\n"
	"  {\"id\",\"verdict\":\"stays\",\"namespace\":PID,\"processes\":[...],\"births\":[{\"pid\",\"creator\",\"caba\",\"objects\"}]}\n"
	"    namespace    the init of the history, for `regraft scan --namespace PID`\n"
	"    processes    as seen from inside, flags asked of each process itself\n"
	"    births       in the order of birth; 0: outside. objects: of the six kinds, equal numbers are one, 0 is none\n"
	"    A process in state \"exiting\" is a namespace's init whose exit does not finish.\n"
	"\n"
	"Options\n"
	"      --cpu N|any          run everything on CPU N, or on any (default: one CPU, the one at hand)\n"
	"  -h, --help               this text\n"
	"\n"
	"Exit code: 0; 1 a history could not be made; 2 usage; 3 cannot work here; 4 processes are left\n"
	"that cannot be ended.\n";

static const struct option LONG_OPTIONS[] = {
	{ "cpu", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

int main(int argc, char **argv)
{
	struct options options = {
		.perform = history_line, .finish = history_end, .cpu = -1, .limits = { 2000, 60000, 50 }
	};
	int option;

	resume_if_actor(argc, argv);
	while ((option = getopt_long(argc, argv, "h", LONG_OPTIONS, NULL)) != -1) {
		switch (option) {
		case 'c':
			options.cpu = strcmp(optarg, "any") ? atoi(optarg) : -2;
			break;
		case 'h':
			fputs(HELP, stdout);
			return EXIT_ALL_OK;
		default:
			return EXIT_USAGE;
		}
	}
	return supervise(&options);
}
