#include "parallel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "executor.h"

struct turn {
	int next;       /* place in the script */
	bool under_way;
	struct call call;
};

struct execution {
	struct run *run;
	const struct scripts *scripts;
	struct parallel *parallel;
	struct turn *turns;
	bool *done; /* by step */
	int under_way;
	int left;   /* steps that are not done */
};

static uint64_t drawn(struct parallel *parallel)
{
	parallel->seed ^= parallel->seed << 13;
	parallel->seed ^= parallel->seed >> 7;
	parallel->seed ^= parallel->seed << 17;
	return parallel->seed;
}

static const struct step *step_of(const struct execution *execution, int script)
{
	return &execution->run->plan->steps[execution->scripts->script[script].step[execution->turns[script].next]];
}

/* The kernel names every core file "core", and of two processes that dump at a time one gets none: not the plan's doing. */
static bool is_dumping(const struct execution *execution)
{
	int i;

	for (i = 0; i < execution->scripts->count; i++)
		if (execution->turns[i].under_way && step_of(execution, i)->core_dump)
			return true;
	return false;
}

static bool is_ready(const struct execution *execution, int at)
{
	const struct script *script = &execution->scripts->script[at];
	const struct turn *turn = &execution->turns[at];
	struct vector after;
	int i;

	if (turn->under_way || turn->next == script->count)
		return false;
	if (step_of(execution, at)->core_dump && is_dumping(execution))
		return false;
	after = execution->scripts->after[script->step[turn->next]];
	for (i = 0; i < after.count; i++)
		if (!execution->done[after.at[i]])
			return false;
	return true;
}

static int fail(struct execution *execution, int step, int error)
{
	execution->parallel->failed = step;
	return error;
}

/* Begins what is ready; half of it, drawn, is held back while there is something else to wait for. */
static int begin_ready(struct execution *execution)
{
	const struct scripts *scripts = execution->scripts;
	int first = scripts->count ? (int)(drawn(execution->parallel) % (uint64_t)scripts->count) : 0, i, held = -1, error;

	for (i = 0; i < scripts->count || (held >= 0 && !execution->under_way); i++) {
		int at = i < scripts->count ? (first + i) % scripts->count : held;
		const struct script *script = &scripts->script[at];
		struct turn *turn = &execution->turns[at];

		if (!is_ready(execution, at))
			continue;
		if (i < scripts->count && drawn(execution->parallel) & 64) {
			held = at;
			continue;
		}
		if ((error = step_begin(execution->run, &execution->run->plan->steps[script->step[turn->next]], &turn->call)))
			return fail(execution, script->step[turn->next], error);
		turn->under_way = true;
		execution->under_way++;
	}
	if (execution->under_way > execution->parallel->most_at_once)
		execution->parallel->most_at_once = execution->under_way;
	return execution->under_way ? 0 : fail(execution, -1, EDEADLK);
}

static bool some_over(struct execution *execution)
{
	int i;

	for (i = 0; i < execution->scripts->count; i++)
		if (execution->turns[i].under_way && step_over(execution->run, &execution->turns[i].call))
			return true;
	return false;
}

/* Until one of the calls under way is over, or it has taken too long. */
static void await_some(struct execution *execution)
{
	const struct timespec moment = { 0, 20000 };
	int64_t deadline = now_ms() + execution->run->cage->limits.step_ms;

	while (!some_over(execution) && now_ms() < deadline && !run_abandoned(execution->run))
		nanosleep(&moment, NULL);
}

static int end_over(struct execution *execution)
{
	bool any = some_over(execution);
	int i, error;

	for (i = 0; i < execution->scripts->count; i++) {
		struct turn *turn = &execution->turns[i];
		int step;

		/* Where nothing was over in time, the first one says what is wrong with it. */
		if (!turn->under_way || (any && !step_over(execution->run, &turn->call)))
			continue;
		step = execution->scripts->script[i].step[turn->next];
		if ((error = step_end(execution->run, &turn->call)))
			return fail(execution, step, error);
		execution->done[step] = true;
		execution->left--;
		execution->under_way--;
		turn->under_way = false;
		turn->next++;
	}
	return 0;
}

int execute_in_parallel(struct run *run, const struct scripts *scripts, struct parallel *parallel)
{
	struct execution execution = {
		.run = run,
		.scripts = scripts,
		.parallel = parallel,
		.turns = ARENA_ARRAY(&run->cage->arena, struct turn, scripts->count + 1),
		.done = ARENA_ARRAY(&run->cage->arena, bool, run->plan->count + 1),
		.left = run->plan->count,
	};
	int error = 0;

	parallel->failed = -1;
	while (execution.left && !error) {
		if (now_ms() > run->deadline)
			return fail(&execution, -1, ETIMEDOUT);
		if ((error = begin_ready(&execution)))
			break;
		await_some(&execution);
		error = end_over(&execution);
	}
	return error;
}
