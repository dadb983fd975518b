/* JSON reader: a line of text -> a tree of values in an arena. */
#ifndef REGRAFT_JSON_H
#define REGRAFT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_type type;
	uint32_t count;           /* members of an array or object */
	const char *key;          /* name of an object's member */
	const char *string;       /* UTF-8, ends with NUL */
	double number;
	const struct json *first; /* members, in the order of the text */
	const struct json *next;
};

/* The value, or NULL and what is wrong where. `text` ends with NUL. */
const struct json *json_parse(struct arena *arena, const char *text, const char **error, size_t *offset);
/* A member of an object; NULL if there is none, if it is null, or if `object` is NULL or no object. */
const struct json *json_get(const struct json *object, const char *key);
/* Is it a whole number within 32 bits? */
bool json_int(const struct json *value, int32_t *number);
bool json_is(const struct json *value, const char *string);

#endif
