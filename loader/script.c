// SPDX-License-Identifier: Apache-2.0
// Reads the `#!` line of a script (see script.h).
#include "loader/script.h"

#include <string.h>

static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

static size_t
skip_blanks(const uint8_t *text, size_t at, size_t end)
{
	while (at < end && is_blank(text[at]))
		at++;
	return at;
}

/* End of a word: a blank or NUL, or `end`. */
static size_t
skip_word(const uint8_t *text, size_t at, size_t end)
{
	while (at < end && !is_blank(text[at]) && text[at] != '\0')
		at++;
	return at;
}

/* Copies up to a NUL or the end, and terminates. */
static void
copy_text(char *to, const uint8_t *from, size_t size)
{
	size = strnlen((const char *)from, size);
	memcpy(to, from, size);
	to[size] = '\0';
}

bool
script_parse(const uint8_t *header, size_t size, struct script_line *line)
{
	uint8_t text[FILE_HEADER_SIZE] = { 0 };
	const uint8_t *newline;
	size_t name;
	size_t name_end;
	size_t argument;
	size_t end;

	memcpy(text, header, size < sizeof(text) ? size : sizeof(text));
	newline = memchr(text, '\n', sizeof(text));
	end = newline != NULL ? (size_t)(newline - text) : sizeof(text) - 1;
	name = skip_blanks(text, 2, end);
	name_end = skip_word(text, name, end);
	/* Without a newline, a name that nothing ends may have been cut. */
	if (name == name_end || (newline == NULL && name_end == end))
		return false;
	while (end > name_end && is_blank(text[end - 1]))
		end--;
	copy_text(line->interpreter, text + name, name_end - name);
	argument =
		name_end < end && text[name_end] != '\0' ? skip_blanks(text, name_end, end) : end;
	copy_text(line->argument, text + argument, end - argument);
	line->has_argument = line->argument[0] != '\0';
	return true;
}
