/* regraft-replay: executes restore plans with the real system calls and compares what comes out with their images. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "resume.h"
#include "supervisor.h"

static const char HELP[] =
	"Usage: regraft-replay [OPTION]... < LINES\n"
	"Executes restore plans on this kernel, each in a fresh pid namespace, and compares\n"
	"the processes that come out with the tree image. Needs root and Linux 5.5 or newer.\n"
	"\n"
	"Standard input: one JSON object a line\n"
	"  {\"id\": ..., \"image\": {tree image}, \"plan\": {\"steps\": [...], \"helpers\": [...]}}\n"
	"With \"scripts\": {\"processes\": [{\"pid\", \"do\": [{\"step\", \"after\": [steps]}]}]} all processes go on\n"
	"at once, each by its script (--cpu any: on all CPUs); \"seed\" draws who is held back. The\n"
	"verdict says how many calls were under way at once: \"atOnce\".\n"
	"Standard output: a verdict a line\n"
	"  {\"id\",\"verdict\":\"ok\"}\n"
	"  {\"id\",\"verdict\":\"failed\",\"step\",\"errno\",\"message\"}       step -1: before the first step;\n"
	"                                             behind the last: threads of the image\n"
	"  {\"id\",\"verdict\":\"differs\",\"differences\":[{\"pid\",\"field\",\"expected\",\"actual\"}],\n"
	"                              \"missing\":[pids],\"extra\":[pids]}\n"
	"  {\"id\",\"verdict\":\"invalid\",\"message\"}    the line is no image and plan\n"
	"\n"
	"Options\n"
	"      --trace              execute every step, whatever the one before answered; print\n"
	"                           {\"id\",\"verdict\":\"traced\",\"steps\":[\"ok\" or errno],\"final\":[processes]}\n"
	"                           (\"refused\": an exit that nothing could ever end; not executed).\n"
	"                           Without an image the tree starts as a lone init, pid 1\n"
	"      --step-timeout MS    limit of a step (default 2000)\n"
	"      --run-timeout MS     limit of a plan (default 60000)\n"
	"      --settle-time MS     after this time the exit of an init that waits for a number used\n"
	"                           outside its namespace counts as hanging, EDEADLK (default 250)\n"
	"      --cpu N|any          run everything on CPU N, or on any (default: one CPU, the one at hand)\n"
	"  -h, --help               this text\n"
	"\n"
	"Exit code: 0 all ok; 1 some plan is not; 2 usage; 3 cannot replay here; 4 processes are left\n"
	"that cannot be ended.\n";

enum { TRACE = 256, STEP_TIMEOUT, RUN_TIMEOUT, SETTLE_TIME, CPU };

static const struct option LONG_OPTIONS[] = {
	{ "trace", no_argument, NULL, TRACE },
	{ "step-timeout", required_argument, NULL, STEP_TIMEOUT },
	{ "run-timeout", required_argument, NULL, RUN_TIMEOUT },
	{ "settle-time", required_argument, NULL, SETTLE_TIME },
	{ "cpu", required_argument, NULL, CPU },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int usage(const char *what)
{
	fprintf(stderr, "regraft-replay: %s; see --help\n", what);
	exit(EXIT_USAGE);
}

static int whole_number(const char *text, int lowest)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text || *end || number < lowest || number > 86400000)
		return usage("an option needs a number");
	return (int)number;
}

int main(int argc, char **argv)
{
	struct options options = { .perform = replay_line, .cpu = -1, .limits = { 2000, 60000, 250 } };
	int option;

	resume_if_actor(argc, argv);
	while ((option = getopt_long(argc, argv, "h", LONG_OPTIONS, NULL)) != -1) {
		switch (option) {
		case TRACE:
			options.trace = true;
			break;
		case STEP_TIMEOUT:
			options.limits.step_ms = whole_number(optarg, 1);
			break;
		case RUN_TIMEOUT:
			options.limits.run_ms = whole_number(optarg, 1);
			break;
		case SETTLE_TIME:
			options.limits.settle_ms = whole_number(optarg, 0);
			break;
		case CPU:
			options.cpu = strcmp(optarg, "any") ? whole_number(optarg, 0) : -2;
			break;
		case 'h':
			fputs(HELP, stdout);
			return EXIT_ALL_OK;
		default:
			return usage("unknown option");
		}
	}
	if (optind < argc)
		return usage("plans come on standard input");
	return supervise(&options);
}
