#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare.h"
#include "executor.h"
#include "observe.h"
#include "parallel.h"

static void write_failure(struct text *out, int step, const char *errno_word, const char *message)
{
	text_printf(out, "\"verdict\":\"failed\",\"step\":%d,\"errno\":\"%s\",\"message\":", step, errno_word);
	text_string(out, message);
}

static void write_failed_step(struct run *run, int at, int error, struct text *out)
{
	char call[128], message[512];

	if (at < 0)
		snprintf(call, sizeof(call), "nobody can go on");
	else if (at < run->plan->count)
		step_describe(&run->plan->steps[at], call, sizeof(call));
	else
		snprintf(call, sizeof(call), "threads");
	snprintf(message, sizeof(message), "%s: %s", call,
		 run->message[0] ? run->message : strerror(error == REFUSED ? EDEADLK : error));
	write_failure(out, at, errno_name(error == REFUSED ? EDEADLK : error), message);
}

static void compare_end(struct run *run, struct text *out)
{
	struct text differences = { 0 };
	int error = make_threads(run);

	if (error)
		return write_failed_step(run, run->plan->count, error, out);
	if (compare_with_image(run, &differences)) {
		text_printf(out, "\"verdict\":\"differs\",");
		text_bytes(out, differences.at, differences.length);
	} else {
		text_printf(out, "\"verdict\":\"ok\"");
	}
	free(differences.at);
}

static void replay_strictly(struct run *run, struct text *out)
{
	int i, error = 0;

	for (i = 0; i < run->plan->count && !error; i++)
		error = execute_step(run, &run->plan->steps[i]);
	if (error)
		return write_failed_step(run, i - 1, error, out);
	compare_end(run, out);
}

static void replay_in_parallel(struct run *run, const struct scripts *scripts, int32_t seed, struct text *out)
{
	struct parallel parallel = { .seed = 0x9e3779b97f4a7c15u ^ (uint64_t)seed };
	int error = execute_in_parallel(run, scripts, &parallel);

	text_printf(out, "\"atOnce\":%d,", parallel.most_at_once);
	if (error)
		return write_failed_step(run, parallel.failed, error, out);
	compare_end(run, out);
}

/* Executes all steps, whatever they answer, and shows what came out. */
static void replay_tracing(struct run *run, struct text *out)
{
	int i;

	text_printf(out, "\"verdict\":\"traced\",\"steps\":[");
	for (i = 0; i < run->plan->count && !run->abandoned && now_ms() < run->deadline; i++) {
		int error = execute_step(run, &run->plan->steps[i]);

		text_printf(out, "%s\"%s\"", i ? "," : "",
			    !error		 ? "ok"
			    : error == REFUSED ? "refused"
						 : errno_name(error));
	}
	text_printf(out, "],\"final\":");
	observe_write(run, out);
}

void replay_line(struct cage *cage, const struct json *line, const struct options *options, struct text *out)
{
	static struct run run; /* large */
	struct image image;
	struct plan plan;
	struct scripts scripts;
	const struct json *of_processes = json_get(line, "scripts");
	const char *error = NULL;
	int32_t seed = 0;
	int failed;

	if (!image_read(&cage->arena, json_get(line, "image"), &image, &error) ||
	    !plan_read(&cage->arena, json_get(line, "plan"), &plan, &error) ||
	    (of_processes && !scripts_read(&cage->arena, of_processes, &plan, &scripts, &error))) {
		text_printf(out, "\"verdict\":\"invalid\",\"message\":");
		return text_string(out, error);
	}
	if (!options->trace && !json_get(line, "image")) {
		text_printf(out, "\"verdict\":\"invalid\",\"message\":\"there is no image to compare with\"");
		return;
	}
	json_int(json_get(line, "seed"), &seed);
	memset(&run, 0, sizeof(run));
	run.cage = cage;
	run.image = &image;
	run.plan = &plan;
	if ((failed = run_begin(&run)))
		write_failure(out, -1, errno_name(failed), run.message);
	else if (options->trace)
		replay_tracing(&run, out);
	else if (of_processes)
		replay_in_parallel(&run, &scripts, seed, out);
	else
		replay_strictly(&run, out);
	if ((failed = run_end(&run))) {
		fprintf(stderr, "regraft-replay: processes of a run do not end\n");
		text_printf(out, ",\"left\":true");
	}
	if (run.abandoned)
		_exit(0);
}
