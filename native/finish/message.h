/* Protobuf messages, field by field; whatever is cut off or none of its types makes the rest empty, and `bad`. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct message {
	const unsigned char *at, *end;
	bool bad;
};

struct field {
	unsigned number;
	/* A scalar's value; the bytes of everything that has a length. */
	uint64_t value;
	struct message bytes;
	bool has_bytes;
};

/* The next field; false: there is none. */
bool message_next(struct message *message, struct field *field);
/* The next number of a packed list. */
bool message_packed(struct message *list, uint64_t *number);

/* Reads a file whole; false: it is not there, or too long for what it is. */
bool file_bytes(const char *directory, const char *name, struct message *bytes);
/* The entries of an image file of that magic number, one after the other; takes the magic words away first. */
bool image_magic(struct message *file, uint32_t magic);
bool image_entry(struct message *file, struct message *entry);

#endif
