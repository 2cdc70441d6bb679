// SPDX-License-Identifier: Apache-2.0
// Words of the decode table, and how mistakes in it are reported.
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/generate_decoder/table.h"

void
fail(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%u: ", table_path, line_number);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

const char *
skip_space(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

bool
starts_name(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

void
read_name(const char **text, char name[MAX_NAME], const char *what)
{
	unsigned length = 0;

	*text = skip_space(*text);
	if (!starts_name(**text))
		fail("expected %s at `%.20s`", what, *text);
	while (isalnum((unsigned char)**text) || **text == '_') {
		if (length == MAX_NAME - 1)
			fail("name is longer than %d characters", MAX_NAME - 1);
		name[length++] = *(*text)++;
	}
	name[length] = 0;
}

bool
take_word(const char **text, const char *word)
{
	const char *start = skip_space(*text);
	size_t length = strlen(word);

	if (strncmp(start, word, length) != 0 || isalnum((unsigned char)start[length]) ||
		start[length] == '_')
		return false;
	*text = start + length;
	return true;
}

void
expect_end(const char *text)
{
	text = skip_space(text);
	if (*text)
		fail("unexpected `%.20s`", text);
}
