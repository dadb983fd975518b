#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void reserve(struct text *text, size_t more)
{
	if (text->length + more + 1 <= text->capacity)
		return;
	text->capacity = (text->length + more + 1) * 2;
	text->at = realloc(text->at, text->capacity);
	if (!text->at) {
		fprintf(stderr, "regraft-replay: out of memory\n");
		_exit(3);
	}
}

void text_clear(struct text *text)
{
	text->length = 0;
}

void text_bytes(struct text *text, const char *bytes, size_t length)
{
	reserve(text, length);
	memcpy(text->at + text->length, bytes, length);
	text->length += length;
	text->at[text->length] = 0;
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	reserve(text, (size_t)length);
	va_start(arguments, format);
	vsnprintf(text->at + text->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	text->length += (size_t)length;
}

void text_string(struct text *text, const char *string)
{
	text_bytes(text, "\"", 1);
	for (; *string; string++) {
		if (*string == '"' || *string == '\\')
			text_printf(text, "\\%c", *string);
		else if ((unsigned char)*string < 0x20)
			text_printf(text, "\\u%04x", *string);
		else
			text_bytes(text, string, 1);
	}
	text_bytes(text, "\"", 1);
}

void text_numbers(struct text *text, const int32_t *numbers, int count)
{
	int i;

	text_bytes(text, "[", 1);
	for (i = 0; i < count; i++)
		text_printf(text, i ? ",%d" : "%d", numbers[i]);
	text_bytes(text, "]", 1);
}

void text_scalar(struct text *text, const struct json *value)
{
	if (value && value->type == JSON_STRING)
		text_string(text, value->string);
	else if (value && value->type == JSON_NUMBER && isfinite(value->number))
		text_printf(text, "%.17g", value->number);
	else
		text_printf(text, "null");
}
