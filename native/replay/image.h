/* The tree image (contract, section 1) as the comparison needs it. */
#ifndef REGRAFT_IMAGE_H
#define REGRAFT_IMAGE_H

#include "json.h"
#include "number-map.h"

/* Numbers a level, level 0 first. count 0: the image does not say. */
struct vector {
	const int32_t *at;
	int count;
};

enum { FLAG_UNKNOWN = -1, UNTOLD = -1 };

/* Kinds of kernel objects that processes share. */
enum kind { KIND_FILES, KIND_FS, KIND_VM, KIND_SIGHAND, KIND_SYSVSEM, KIND_IO, KIND_COUNT };
extern const char *const KIND_NAMES[KIND_COUNT];

struct image_process {
	int32_t pid, ppid, pgid, sid;
	bool zombie;
	int subreaper; /* 0, 1 or FLAG_UNKNOWN */
	int32_t exit_status;
	int namespace; /* index into image.namespaces */
	struct vector nspid, nspgid, nssid;
	int32_t classes[KIND_COUNT]; /* UNTOLD: the image does not say */
	int32_t exit_signal, terminal;
	struct vector threads; /* level 0, the pid itself among them */
};

struct image_namespace {
	const char *id;
	int32_t init; /* level-0 pid, 0: not in the image */
};

struct image {
	int32_t root;
	bool root_is_init;
	bool shared; /* it says something of shared objects, exit signals or terminals */
	int count;
	struct image_process *processes;
	int namespace_count;
	struct image_namespace *namespaces; /* [0] is level 0 */
	struct number_map by_pid;           /* pid -> index */
};

/* False with a message where the JSON is no image that this program can replay. A NULL `json` is a lone init, pid 1. */
bool image_read(struct arena *arena, const struct json *json, struct image *image, const char **error);

#endif
