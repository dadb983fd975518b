#include "scripts.h"

static const char *read_after(struct arena *arena, const struct json *list, int32_t step, struct vector *after)
{
	const struct json *member;

	if (!list || list->type != JSON_ARRAY)
		return "a step of a script does not say after which others it comes";
	after->at = ARENA_ARRAY(arena, int32_t, list->count + 1);
	for (member = list->first; member; member = member->next) {
		int32_t *at = (int32_t *)&after->at[after->count++];

		if (!json_int(member, at) || *at < 0 || *at >= step)
			return "a step of a script waits for one that does not come before it";
	}
	return NULL;
}

static const char *read_script(struct arena *arena, const struct json *json, const struct plan *plan, bool *taken,
			       struct script *script, struct vector *after)
{
	const struct json *list = json_get(json, "do"), *member;

	if (!list || list->type != JSON_ARRAY)
		return "a script has no steps";
	script->step = ARENA_ARRAY(arena, int32_t, list->count + 1);
	for (member = list->first; member; member = member->next) {
		int32_t *step = &script->step[script->count];
		const char *error;

		if (!json_int(json_get(member, "step"), step) || *step < 0 || *step >= plan->count || taken[*step])
			return "a script has a step that the plan does not have, or that another one has too";
		if (script->count && *step < script->step[script->count - 1])
			return "the steps of a script are not in the order of the plan";
		taken[*step] = true;
		if ((error = read_after(arena, json_get(member, "after"), *step, &after[*step])))
			return error;
		script->count++;
	}
	return NULL;
}

bool scripts_read(struct arena *arena, const struct json *json, const struct plan *plan, struct scripts *scripts,
		  const char **error)
{
	const struct json *list = json_get(json, "processes"), *member;
	bool *taken = ARENA_ARRAY(arena, bool, plan->count + 1);
	int i;

	*scripts = (struct scripts){ 0 };
	*error = "there are no scripts";
	if (!list || list->type != JSON_ARRAY)
		return false;
	scripts->script = ARENA_ARRAY(arena, struct script, list->count + 1);
	scripts->after = ARENA_ARRAY(arena, struct vector, plan->count + 1);
	for (member = list->first; member; member = member->next)
		if ((*error = read_script(arena, member, plan, taken, &scripts->script[scripts->count++], scripts->after)))
			return false;
	*error = "a step of the plan is in no script";
	for (i = 0; i < plan->count; i++)
		if (!taken[i])
			return false;
	return true;
}
