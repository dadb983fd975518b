#include "plan.h"

#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char *const OPS[] = { "clone3", "setsid", "setpgid", "prctl", "unshare", "setns", "exit", "wait4",
				   "exec", "ioctl", "ioprio" };

static const struct {
	const char *name;
	uint64_t flag;
} SHARING[] = { { "CLONE_FILES", CLONE_FILES }, { "CLONE_FS", CLONE_FS },	    { "CLONE_IO", CLONE_IO },
		{ "CLONE_SYSVSEM", CLONE_SYSVSEM }, { "CLONE_VM", CLONE_VM }, { "CLONE_SIGHAND", CLONE_SIGHAND } };

/* The bit of a flag that shares a resource, 0 for another. */
static uint64_t sharing_flag(const struct json *flag)
{
	size_t i;

	for (i = 0; i < sizeof(SHARING) / sizeof(*SHARING); i++)
		if (json_is(flag, SHARING[i].name))
			return SHARING[i].flag;
	return 0;
}

static const char *read_clone(struct arena *arena, const struct json *json, struct step *step)
{
	const struct json *list = json_get(json, "setTid"), *flags = json_get(json, "flags"), *member;
	int32_t *numbers;

	if (!json_int(json_get(json, "child"), &step->object) || step->object <= 0)
		return "clone3 without a child";
	if (!list || list->type != JSON_ARRAY || !list->count || list->count > MAX_LEVELS + 1)
		return "setTid of a clone3 is no array of 1 to 33 numbers";
	numbers = ARENA_ARRAY(arena, int32_t, list->count);
	for (member = list->first; member; member = member->next)
		if (!json_int(member, &numbers[step->set_tid.count++]))
			return "setTid of a clone3 is no array of numbers";
	step->set_tid.at = numbers;
	for (member = flags ? flags->first : NULL; member; member = member->next) {
		if (json_is(member, "CLONE_PARENT"))
			step->parent = true;
		else if (json_is(member, "CLONE_NEWPID"))
			step->newpid = true;
		else if (sharing_flag(member))
			step->share |= sharing_flag(member);
		else
			return "a clone3 has a flag that cannot be replayed";
	}
	step->exit_signal = step->parent ? 0 : SIGCHLD;
	if (json_int(json_get(json, "exitSignal"), &step->exit_signal) &&
	    (step->exit_signal < 0 || step->exit_signal > 64 || (step->parent && step->exit_signal)))
		return "a clone3 has an exit signal that cannot be given";
	return NULL;
}

/* Without flags it is a new pid namespace for the children, as plans had it when there was nothing else. */
static const char *read_unshare(const struct json *json, struct step *step)
{
	const struct json *flags = json_get(json, "flags"), *member;

	step->newpid = !flags || !flags->first;
	for (member = flags ? flags->first : NULL; member; member = member->next) {
		if (json_is(member, "CLONE_NEWPID"))
			step->newpid = true;
		else if (sharing_flag(member))
			step->share |= sharing_flag(member);
		else
			return "an unshare has a flag that cannot be replayed";
	}
	return NULL;
}

static const char *read_ioctl(const struct json *json, struct step *step)
{
	step->connect = json_is(json_get(json, "request"), "TIOCSCTTY");
	return step->connect || json_is(json_get(json, "request"), "TIOCNOTTY") ? NULL
										: "ioctl with another request than TIOCSCTTY or TIOCNOTTY";
}

static const char *read_exit(const struct json *json, struct step *step)
{
	const struct json *core = json_get(json, "coreDump");
	bool by_code = json_int(json_get(json, "code"), &step->value);

	step->core_dump = core && core->type == JSON_TRUE;
	step->by_signal = json_int(json_get(json, "signal"), &step->value);
	if (by_code == step->by_signal)
		return "exit needs either a code or a signal";
	if (step->value < step->by_signal || step->value > (by_code ? 255 : 64))
		return "exit with a code or signal that does not exist";
	return NULL;
}

static const char *read_fields(struct arena *arena, const struct json *json, struct step *step)
{
	switch (step->op) {
	case OP_CLONE3:
		return read_clone(arena, json, step);
	case OP_SETPGID:
		return json_int(json_get(json, "target"), &step->object) && json_int(json_get(json, "pgid"), &step->value)
			       ? NULL
			       : "setpgid without target or pgid";
	case OP_PRCTL:
		if (!json_is(json_get(json, "option"), "PR_SET_CHILD_SUBREAPER"))
			return "prctl with another option than PR_SET_CHILD_SUBREAPER";
		return json_int(json_get(json, "value"), &step->value) ? NULL : "prctl without a value";
	case OP_SETNS:
		return json_int(json_get(json, "target"), &step->object) ? NULL : "setns without a target";
	case OP_UNSHARE:
		return read_unshare(json, step);
	case OP_IOCTL:
		return read_ioctl(json, step);
	case OP_EXIT:
		return read_exit(json, step);
	case OP_WAIT4:
		return json_int(json_get(json, "child"), &step->object) ? NULL : "wait4 without a child";
	default:
		return NULL;
	}
}

static const char *read_step(struct arena *arena, const struct json *json, struct step *step)
{
	const struct json *op = json_get(json, "op");
	size_t i;

	for (i = 0; i < sizeof(OPS) / sizeof(*OPS); i++)
		if (json_is(op, OPS[i]))
			break;
	if (i == sizeof(OPS) / sizeof(*OPS))
		return "a step has an unknown op";
	step->op = (enum op)i;
	if (!json_int(json_get(json, "pid"), &step->pid) || step->pid < 0)
		return "a step has no pid";
	return read_fields(arena, json, step);
}

bool plan_read(struct arena *arena, const struct json *json, struct plan *plan, const char **error)
{
	const struct json *list = json_get(json, "steps"), *member;

	*plan = (struct plan){ 0 };
	*error = "the plan has no steps";
	if (!list || list->type != JSON_ARRAY)
		return false;
	plan->steps = ARENA_ARRAY(arena, struct step, list->count + 1);
	for (member = list->first; member; member = member->next) {
		struct step *step = &plan->steps[plan->count++];

		if ((*error = read_step(arena, member, step)))
			return false;
		plan->outside |= step->pid == 0;
		plan->births += step->op == OP_CLONE3;
		plan->nested |= step->op == OP_SETNS || step->newpid || step->set_tid.count > 1;
		plan->shared |= step->share || step->op >= OP_EXEC || (step->op == OP_CLONE3 && !step->parent && step->exit_signal != SIGCHLD);
	}
	return true;
}

void step_describe(const struct step *step, char *out, size_t size)
{
	const char *name = OPS[step->op];

	switch (step->op) {
	case OP_CLONE3:
		snprintf(out, size, "clone3(%d -> %d%s%s)", step->pid, step->object, step->parent ? ", CLONE_PARENT" : "",
			 step->newpid ? ", CLONE_NEWPID" : "");
		break;
	case OP_SETPGID:
		snprintf(out, size, "setpgid(%d: %d, %d)", step->pid, step->object, step->value);
		break;
	case OP_PRCTL:
		snprintf(out, size, "prctl(%d, subreaper %d)", step->pid, step->value);
		break;
	case OP_EXIT:
		snprintf(out, size, "exit(%d, %s %d)", step->pid, step->by_signal ? "signal" : "code", step->value);
		break;
	case OP_SETNS:
	case OP_WAIT4:
		snprintf(out, size, "%s(%d, %d)", name, step->pid, step->object);
		break;
	default:
		snprintf(out, size, "%s(%d)", name, step->pid);
	}
}
