#include "history.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "moves.h"
#include "observe.h"
#include "proc-status.h"

/* The arena of the worker lasts a line; that of a history until its end. */
static struct cage own_cage;
static struct run run; /* large */
static struct image image;
static struct plan plan;
static struct story story;
static bool stays;

static int32_t number_of(const struct json *line, const char *key, int32_t otherwise)
{
	json_int(json_get(line, key), &otherwise);
	return otherwise;
}

static bool flag_of(const struct json *line, const char *key, bool otherwise)
{
	const struct json *value = json_get(line, key);

	return value ? value->type == JSON_TRUE : otherwise;
}

static int kinds_of(const struct json *line)
{
	const struct json *value = json_get(line, "kinds"), *name;
	int kinds = 0, kind;

	for (name = value ? value->first : NULL; name; name = name->next)
		for (kind = 0; kind < KIND_COUNT; kind++)
			if (json_is(name, KIND_NAMES[kind]))
				kinds |= 1 << kind;
	return kinds;
}

static struct mix mix_of(const struct json *line)
{
	struct mix mix = {
		.calls = number_of(line, "calls", 80),
		.births = number_of(line, "births", 60),
		.levels = number_of(line, "levels", 0),
		.injections = flag_of(line, "injections", false),
		.groups = flag_of(line, "groups", true),
		.subreapers = flag_of(line, "subreapers", true),
		.zombies = flag_of(line, "zombies", true),
		.threads = flag_of(line, "threads", false),
		.kinds = kinds_of(line),
		.exec = flag_of(line, "exec", false),
		.terminals = flag_of(line, "terminals", false),
		.exit_signals = flag_of(line, "exitSignals", false),
	};

	if (mix.births < 2 || mix.births > 2000)
		mix.births = 60;
	return mix;
}

/* Level-0 number of the closest ancestor by birth that is not reaped; 0 outside. */
static int32_t caba_of(const struct record *record)
{
	int at = story.creator[record->slot];

	while (at >= 0 && record_reaped(&run.records[at]))
		at = story.creator[at];
	return at < 0 || run.records[at].label < 0 ? 0 : run.records[at].label;
}

static int32_t creator_of(const struct record *record)
{
	int at = story.creator[record->slot];

	return at < 0 || run.records[at].label < 0 ? 0 : run.records[at].label;
}

static void write_births(struct text *out)
{
	bool first = true;
	int i;

	text_printf(out, ",\"births\":[");
	for (i = 0; i < run.record_count; i++) {
		const struct record *record = &run.records[i];

		if (record->label <= 0 || record_reaped(record))
			continue;
		text_printf(out, "%s{\"pid\":%d,\"creator\":%d,\"caba\":%d,\"objects\":", first ? "" : ",", record->label,
			    creator_of(record), caba_of(record));
		objects_write(&story.objects, i, record->life == DEAD, out);
		text_printf(out, "}");
		first = false;
	}
	text_printf(out, "]");
}

/* The number of the history's init where this program was started: its /proc is still mounted here. */
static int32_t number_outside(void)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct vector numbers = { NULL, 0 };

	if (proc >= 0) {
		numbers = proc_pidfd_numbers(proc, run.records[run.init].pidfd, &own_cage.arena);
		close(proc);
	}
	return numbers.count ? numbers.at[0] : 0;
}

static void make(const struct json *line, struct text *out)
{
	int32_t call;
	int i;

	story = (struct story){ .run = &run, .mix = mix_of(line), .random = (uint64_t)number_of(line, "seed", 0) };
	memset(&run, 0, sizeof(run));
	image_read(&own_cage.arena, NULL, &image, &(const char *){ NULL });
	/* Nested: numbers are the kernel's choice, so they have to be asked for. */
	plan = (struct plan){ .births = story.mix.births, .nested = true, .outside = story.mix.injections };
	plan.shared = story.mix.kinds || story.mix.terminals || story.mix.exit_signals;
	run.cage = &own_cage;
	run.image = &image;
	run.plan = &plan;
	stays = true;
	if (run_begin(&run)) {
		text_printf(out, "\"verdict\":\"failed\",\"message\":");
		text_string(out, run.message);
		return;
	}
	story.creator = ARENA_ARRAY(&own_cage.arena, int, story.mix.births + 8);
	story.objects.of = (int32_t(*)[KIND_COUNT])ARENA_ARRAY(&own_cage.arena, int32_t, KIND_COUNT * (story.mix.births + 8));
	for (i = 0; i < story.mix.births + 8; i++)
		story.creator[i] = -1;
	for (i = 0; i < run.record_count; i++)
		objects_first(&story.objects, i);
	for (call = 0; call < story.mix.calls && !run.abandoned && now_ms() < run.deadline; call++)
		move(&story);
	text_printf(out, "\"verdict\":\"stays\",\"namespace\":%d,\"processes\":", number_outside());
	observe_write(&run, out);
	write_births(out);
}

static bool end(void)
{
	bool ended = !stays || !run_end(&run);

	stays = false;
	arena_reset(&own_cage.arena);
	return ended;
}

void history_end(void)
{
	end();
}

void history_line(struct cage *cage, const struct json *line, const struct options *options, struct text *out)
{
	bool ended = end();

	(void)options;
	if (!own_cage.stage)
		own_cage = *cage, own_cage.arena = (struct arena){ NULL };
	if (json_get(line, "seed"))
		make(line, out);
	else
		text_printf(out, "\"verdict\":\"ended\"");
	if (!ended)
		text_printf(out, ",\"left\":true");
}
