#include "message.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMON_MAGIC 0x54564319u
#define LARGEST_ENTRY (4u << 20)
#define LARGEST_FILE (256u << 20)

enum wire { VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 5 };

static bool bad(struct message *message)
{
	message->bad = true;
	message->at = message->end;
	return false;
}

static bool varint(struct message *message, uint64_t *value)
{
	unsigned shift;

	for (*value = 0, shift = 0; message->at < message->end && shift < 70; shift += 7) {
		const unsigned char byte = *message->at++;

		if (shift < 64)
			*value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return bad(message);
}

static bool take(struct message *message, uint64_t size, struct message *part)
{
	if (size > (uint64_t)(message->end - message->at))
		return bad(message);
	*part = (struct message){ message->at, message->at + size, false };
	message->at += size;
	return true;
}

bool message_next(struct message *message, struct field *field)
{
	struct message skipped;
	uint64_t tag;

	if (message->at >= message->end || !varint(message, &tag))
		return false;
	field->number = (unsigned)(tag >> 3);
	field->value = 0;
	field->has_bytes = (tag & 7) == LENGTH;
	switch (tag & 7) {
	case VARINT:
		return varint(message, &field->value);
	case LENGTH:
		return varint(message, &field->value) && take(message, field->value, &field->bytes);
	case EIGHT_BYTES:
		return take(message, 8, &skipped);
	case FOUR_BYTES:
		return take(message, 4, &skipped);
	}
	return bad(message);
}

bool message_packed(struct message *list, uint64_t *number)
{
	return list->at < list->end && varint(list, number);
}

bool file_bytes(const char *directory, const char *name, struct message *bytes)
{
	char path[4352];
	unsigned char *content = NULL;
	struct stat facts;
	ssize_t size = 0;
	int file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	if (!fstat(file, &facts) && S_ISREG(facts.st_mode) && facts.st_size > 0 && facts.st_size <= LARGEST_FILE)
		content = malloc((size_t)facts.st_size);
	if (content)
		size = read(file, content, (size_t)facts.st_size);
	close(file);
	if (!content || size != facts.st_size) {
		free(content);
		return false;
	}
	*bytes = (struct message){ content, content + size, false };
	return true;
}

static bool word(struct message *file, uint32_t *value)
{
	struct message part;

	if (!take(file, sizeof(*value), &part))
		return false;
	*value = part.at[0] | part.at[1] << 8 | part.at[2] << 16 | (uint32_t)part.at[3] << 24;
	return true;
}

bool image_magic(struct message *file, uint32_t magic)
{
	uint32_t found;

	if (!word(file, &found) || (found == COMMON_MAGIC && !word(file, &found)))
		return false;
	return found == magic || bad(file);
}

bool image_entry(struct message *file, struct message *entry)
{
	uint32_t length;

	if (file->at >= file->end || !word(file, &length))
		return false;
	return length > LARGEST_ENTRY ? bad(file) : take(file, length, entry);
}
