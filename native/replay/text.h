/* Text under construction: the verdict lines. */
#ifndef REGRAFT_TEXT_H
#define REGRAFT_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "json.h"

struct text {
	char *at;
	size_t length;
	size_t capacity;
};

void text_clear(struct text *text);
void text_bytes(struct text *text, const char *bytes, size_t length);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string with its quotes. */
void text_string(struct text *text, const char *string);
/* A JSON array of numbers. */
void text_numbers(struct text *text, const int32_t *numbers, int count);
/* A JSON number or string as it came in; null for anything else. */
void text_scalar(struct text *text, const struct json *value);

#endif
