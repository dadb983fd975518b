#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 64 };

struct reader {
	struct arena *arena;
	const char *at;
	const char *error;
};

static struct json *read_value(struct reader *reader, int depth);

static void *fail(struct reader *reader, const char *error)
{
	if (!reader->error)
		reader->error = error;
	return NULL;
}

static void skip_space(struct reader *reader)
{
	while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r')
		reader->at++;
}

static bool accept(struct reader *reader, char c)
{
	skip_space(reader);
	if (*reader->at != c)
		return false;
	reader->at++;
	return true;
}

static int hex4(struct reader *reader)
{
	int value = 0, i;

	for (i = 0; i < 4; i++) {
		char c = *reader->at;
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
		reader->at++;
	}
	return value;
}

static char *put_utf8(char *out, unsigned int c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

static char *read_escape(struct reader *reader, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = *reader->at++;
	const char *simple = c ? strchr(from, c) : NULL;
	int high, low;

	if (simple) {
		*out++ = to[simple - from];
		return out;
	}
	if (c != 'u' || (high = hex4(reader)) < 0)
		return fail(reader, "bad escape in a string");
	if (high >= 0xd800 && high < 0xdc00 && reader->at[0] == '\\' && reader->at[1] == 'u') {
		reader->at += 2;
		low = hex4(reader);
		if (low < 0xdc00 || low > 0xdfff)
			return fail(reader, "bad surrogate pair in a string");
		high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	}
	return put_utf8(out, (unsigned int)high);
}

/* After the opening quote. An escape is never shorter than what it stands for, so the text's length is enough. */
static const char *read_string(struct reader *reader)
{
	const char *end = reader->at;
	char *string, *out;

	while (*end && *end != '"')
		end += end[0] == '\\' && end[1] ? 2 : 1;
	out = string = arena_alloc(reader->arena, (size_t)(end - reader->at) + 1);
	while (*reader->at != '"') {
		if ((unsigned char)*reader->at < 0x20)
			return fail(reader, "string does not end");
		if (*reader->at != '\\') {
			*out++ = *reader->at++;
			continue;
		}
		reader->at++;
		if (!(out = read_escape(reader, out)))
			return NULL;
	}
	reader->at++;
	*out = 0;
	return string;
}

static struct json *read_members(struct reader *reader, struct json *parent, char close, int depth)
{
	const struct json **tail = &parent->first;

	if (accept(reader, close))
		return parent;
	do {
		const char *key = NULL;
		struct json *member;

		if (parent->type == JSON_OBJECT) {
			if (!accept(reader, '"'))
				return fail(reader, "a member's name is missing");
			if (!(key = read_string(reader)))
				return NULL;
			if (!accept(reader, ':'))
				return fail(reader, "':' is missing");
		}
		if (!(member = read_value(reader, depth + 1)))
			return NULL;
		member->key = key;
		*tail = member;
		tail = &member->next;
		parent->count++;
	} while (accept(reader, ','));
	return accept(reader, close) ? parent : fail(reader, "',' or the closing bracket is missing");
}

static bool read_word(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(reader->at, word, length))
		return false;
	reader->at += length;
	return true;
}

static struct json *read_number(struct reader *reader, struct json *value)
{
	char *end;

	if (*reader->at != '-' && (*reader->at < '0' || *reader->at > '9'))
		return fail(reader, "not a JSON value");
	value->type = JSON_NUMBER;
	value->number = strtod(reader->at, &end);
	if (end == reader->at)
		return fail(reader, "not a number");
	reader->at = end;
	return value;
}

static struct json *read_value(struct reader *reader, int depth)
{
	struct json *value = arena_alloc(reader->arena, sizeof(*value));

	if (depth > MAX_DEPTH)
		return fail(reader, "nested too deeply");
	if (accept(reader, '{')) {
		value->type = JSON_OBJECT;
		return read_members(reader, value, '}', depth);
	}
	if (accept(reader, '[')) {
		value->type = JSON_ARRAY;
		return read_members(reader, value, ']', depth);
	}
	if (accept(reader, '"')) {
		value->type = JSON_STRING;
		value->string = read_string(reader);
		return value->string ? value : NULL;
	}
	if (read_word(reader, "null"))
		return value;
	if (read_word(reader, "true") || read_word(reader, "false")) {
		value->type = reader->at[-2] == 'u' ? JSON_TRUE : JSON_FALSE;
		return value;
	}
	return read_number(reader, value);
}

const struct json *json_parse(struct arena *arena, const char *text, const char **error, size_t *offset)
{
	struct reader reader = { arena, text, NULL };
	const struct json *value = read_value(&reader, 0);

	if (value) {
		skip_space(&reader);
		if (*reader.at)
			value = fail(&reader, "more text after the value");
	}
	*error = reader.error;
	*offset = (size_t)(reader.at - text);
	return value;
}

const struct json *json_get(const struct json *object, const char *key)
{
	const struct json *member;

	if (!object || object->type != JSON_OBJECT)
		return NULL;
	for (member = object->first; member; member = member->next)
		if (!strcmp(member->key, key))
			return member->type == JSON_NULL ? NULL : member;
	return NULL;
}

bool json_int(const struct json *value, int32_t *number)
{
	if (!value || value->type != JSON_NUMBER || value->number != floor(value->number) ||
	    fabs(value->number) > INT32_MAX)
		return false;
	*number = (int32_t)value->number;
	return true;
}

bool json_is(const struct json *value, const char *string)
{
	return value && value->type == JSON_STRING && !strcmp(value->string, string);
}
