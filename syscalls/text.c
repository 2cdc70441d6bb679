// SPDX-License-Identifier: Apache-2.0
//
// A growing text; see text.h. Doubles its memory, so that adding is cheap.

#include "syscalls/text.h"

#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool
reserve(struct text *text, size_t length)
{
	size_t capacity = text->capacity ? text->capacity : 4096;
	char *bytes;

	if (text->failed)
		return false;
	if (text->length + length <= text->capacity)
		return true;
	while (capacity < text->length + length)
		capacity *= 2;
	bytes = host_reallocate(text->bytes, capacity);
	if (!bytes) {
		text->failed = true;
		return false;
	}
	text->bytes = bytes;
	text->capacity = capacity;
	return true;
}

void
text_add(struct text *text, const void *bytes, size_t length)
{
	if (!reserve(text, length))
		return;
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

void
text_format(struct text *text, const char *format, ...)
{
	char line[1024];
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	if (length < 0)
		return;
	text_add(text, line, (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1);
}

void
text_add_descriptor(struct text *text, int fd)
{
	size_t start = text->length;
	long n = 1;

	while (n > 0 && reserve(text, 65536)) {
		n = host_syscall(
			SYS_pread64, fd, text->bytes + text->length, 65536, text->length - start);
		if (n > 0)
			text->length += (size_t)n;
	}
}

bool
text_add_file(struct text *text, const char *path)
{
	long fd = host_syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);

	if (host_syscall_failed(fd))
		return false;
	text_add_descriptor(text, (int)fd);
	host_syscall(SYS_close, fd);
	return true;
}

void
text_free(struct text *text)
{
	host_free(text->bytes);
	*text = (struct text){ 0 };
}
