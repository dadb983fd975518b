#include "image.h"

#include <signal.h>
#include <string.h>

static bool read_vector(struct arena *arena, const struct json *json, struct vector *vector)
{
	const struct json *member;
	int32_t *numbers;

	*vector = (struct vector){ NULL, 0 };
	if (!json)
		return true;
	if (json->type != JSON_ARRAY)
		return false;
	numbers = ARENA_ARRAY(arena, int32_t, json->count + 1);
	for (member = json->first; member; member = member->next)
		if (!json_int(member, &numbers[vector->count++]))
			return false;
	vector->at = numbers;
	return true;
}

static int namespace_index(const struct image *image, const char *id)
{
	int i;

	for (i = 0; i < image->namespace_count; i++)
		if (!strcmp(image->namespaces[i].id, id))
			return i;
	return -1;
}

static const char *read_namespaces(struct arena *arena, const struct json *list, struct image *image)
{
	const struct json *member;
	int level0 = -1;

	image->namespaces = ARENA_ARRAY(arena, struct image_namespace, (list ? list->count : 0) + 1);
	if (!list || !list->count) {
		image->namespace_count = 1;
		image->namespaces[0].id = "0";
		return NULL;
	}
	for (member = list->first; member; member = member->next) {
		const struct json *id = json_get(member, "id");
		struct image_namespace *namespace = &image->namespaces[image->namespace_count];

		if (!id || id->type != JSON_STRING)
			return "a pid namespace has no id";
		if (!json_get(member, "parent"))
			level0 = image->namespace_count;
		namespace->id = id->string;
		json_int(json_get(member, "init"), &namespace->init);
		image->namespace_count++;
	}
	if (level0 < 0)
		return "no pid namespace is the outermost (parent null)";
	struct image_namespace outermost = image->namespaces[level0];
	image->namespaces[level0] = image->namespaces[0];
	image->namespaces[0] = outermost;
	return NULL;
}

static const char *read_process(struct arena *arena, const struct json *json, const struct image *image,
				struct image_process *process)
{
	const struct json *flag = json_get(json, "childSubreaper");
	const struct json *namespace = json_get(json, "pidns");

	if (!json_int(json_get(json, "pid"), &process->pid) || process->pid <= 0)
		return "a process has no pid";
	if (!json_int(json_get(json, "ppid"), &process->ppid) || !json_int(json_get(json, "pgid"), &process->pgid) ||
	    !json_int(json_get(json, "sid"), &process->sid))
		return "ppid, pgid or sid of a process is missing";
	process->zombie = json_is(json_get(json, "state"), "zombie");
	process->subreaper = !flag ? FLAG_UNKNOWN : flag->type == JSON_TRUE;
	json_int(json_get(json, "exitStatus"), &process->exit_status);
	if (namespace)
		process->namespace = namespace->type == JSON_STRING ? namespace_index(image, namespace->string) : -1;
	if (process->namespace < 0)
		return "a process is in a pid namespace that is not declared";
	if (!read_vector(arena, json_get(json, "nspid"), &process->nspid) ||
	    !read_vector(arena, json_get(json, "nspgid"), &process->nspgid) ||
	    !read_vector(arena, json_get(json, "nssid"), &process->nssid) ||
	    !read_vector(arena, json_get(json, "threads"), &process->threads))
		return "nspid, nspgid, nssid or threads of a process is no array of numbers";
	return NULL;
}

const char *const KIND_NAMES[KIND_COUNT] = { "files", "fs", "vm", "sighand", "sysvsem", "io" };

/* Whether the process says something of what only birth gives. */
static bool read_sharing(const struct json *json, struct image_process *process)
{
	bool told = false;
	int kind;

	for (kind = 0; kind < KIND_COUNT; kind++) {
		process->classes[kind] = UNTOLD;
		told |= json_int(json_get(json, KIND_NAMES[kind]), &process->classes[kind]);
		if (process->zombie && kind != KIND_SIGHAND)
			process->classes[kind] = UNTOLD;
	}
	process->exit_signal = SIGCHLD;
	process->terminal = UNTOLD;
	told |= json_int(json_get(json, "exitSignal"), &process->exit_signal);
	told |= json_int(json_get(json, "ttyNr"), &process->terminal);
	return told;
}

static const char *read_processes(struct arena *arena, const struct json *list, struct image *image)
{
	const struct json *member;
	const char *error;

	if (!list || list->type != JSON_ARRAY || !list->count)
		return "the image has no processes";
	image->processes = ARENA_ARRAY(arena, struct image_process, list->count);
	for (member = list->first; member; member = member->next) {
		struct image_process *process = &image->processes[image->count];

		if ((error = read_process(arena, member, image, process)))
			return error;
		image->shared |= read_sharing(member, process);
		if (number_map_get(&image->by_pid, process->pid) >= 0)
			return "two processes of the image have one pid";
		number_map_set(&image->by_pid, process->pid, image->count++);
	}
	return NULL;
}

static const char *find_root(const struct json *json, struct image *image)
{
	int i;

	json_int(json_get(json, "root"), &image->root);
	for (i = 0; i < image->count && !image->root; i++)
		if (number_map_get(&image->by_pid, image->processes[i].ppid) < 0)
			image->root = image->processes[i].pid;
	if (number_map_get(&image->by_pid, image->root) < 0)
		return "the root is not in the image";
	image->root_is_init = image->root == 1;
	if (image->namespaces[0].init == image->root && !image->root_is_init)
		return "the init of level 0 has another number than 1";
	if (image->root != 1 && number_map_get(&image->by_pid, 1) >= 0)
		return "process 1 is in the image but not its root";
	return NULL;
}

bool image_read(struct arena *arena, const struct json *json, struct image *image, const char **error)
{
	*image = (struct image){ .by_pid = { arena } };
	if (!json) {
		image->namespaces = ARENA_ARRAY(arena, struct image_namespace, 1);
		*image->namespaces = (struct image_namespace){ "0", 1 };
		image->namespace_count = image->root = 1;
		image->root_is_init = true;
		return true;
	}
	*error = read_namespaces(arena, json_get(json, "pidNamespaces"), image);
	if (!*error)
		*error = read_processes(arena, json_get(json, "processes"), image);
	if (!*error)
		*error = find_root(json, image);
	return !*error;
}
