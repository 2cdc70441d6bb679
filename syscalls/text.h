// SPDX-License-Identifier: Apache-2.0
// A text that grows, in the translator's own memory.
#ifndef SYSCALLS_TEXT_H
#define SYSCALLS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	char *bytes; /* not NUL-terminated */
	size_t length;
	size_t capacity;
	bool failed; /* out of memory: what was added since is missing */
};

/* Adds bytes. */
void text_add(struct text *text, const void *bytes, size_t length);

/* Adds what printf would write, at most 1023 bytes. */
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds all that can be read from a file; false when it cannot be opened. */
bool text_add_file(struct text *text, const char *path);

/* Adds all that can be read from a descriptor, from its start; its position stays. */
void text_add_descriptor(struct text *text, int fd);

void text_free(struct text *text);

#endif
