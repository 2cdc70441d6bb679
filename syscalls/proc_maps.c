// SPDX-License-Identifier: Apache-2.0
//
// /proc/self/maps and smaps: the guest's mappings alone, with the guest's protections (the host's differ: code is not
// executable there, and pages with translated code are not writable). Names, devices and inodes are the host's.

#include "syscalls/proc_text.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>

#define NAME_COLUMN 73 /* where the kernel's show_map_vma puts names on 64-bit machines */

/* Reads a number in `base`, and the character after it, which has to be `end`. */
static bool
read_number(const char **at, const char *limit, unsigned base, char end, uint64_t *value)
{
	bool any = false;

	*value = 0;
	for (; *at < limit; ++*at, any = true) {
		char c = **at;
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned)(c - 'a') + 10;
		else
			break;
		if (digit >= base)
			return false;
		*value = *value * base + digit;
	}
	if (!any)
		return false;
	if (*at == limit)
		return end == '\0';
	if (**at != (end ? end : ' '))
		return false;
	++*at;
	return true;
}

bool
maps_line_parse(const char *line, size_t length, struct maps_line *result)
{
	const char *at = line, *limit = line + length;
	uint64_t major, minor;

	if (!read_number(&at, limit, 16, '-', &result->start) ||
		!read_number(&at, limit, 16, ' ', &result->end))
		return false;
	if (limit - at < 5 || at[4] != ' ')
		return false;
	memcpy(result->permissions, at, 4);
	result->permissions[4] = '\0';
	at += 5;
	if (!read_number(&at, limit, 16, ' ', &result->offset) ||
		!read_number(&at, limit, 16, ':', &major) ||
		!read_number(&at, limit, 16, ' ', &minor) ||
		!read_number(&at, limit, 10, '\0', &result->inode))
		return false;
	result->major = (unsigned)major;
	result->minor = (unsigned)minor;
	while (at < limit && *at == ' ')
		at++;
	result->name = at;
	result->name_length = (size_t)(limit - at);
	return true;
}

static void
format_permissions(char text[5], uint8_t protection, bool shared)
{
	text[0] = protection & PROT_READ ? 'r' : '-';
	text[1] = protection & PROT_WRITE ? 'w' : '-';
	text[2] = protection & PROT_EXEC ? 'x' : '-';
	text[3] = shared ? 's' : 'p';
	text[4] = '\0';
}

/* The name that the kernel gives to special mappings, or NULL. */
static const char *
special_name(enum guest_mapping_kind kind)
{
	switch (kind) {
	case GUEST_MAPPING_HEAP: return "[heap]";
	case GUEST_MAPPING_STACK: return "[stack]";
	case GUEST_MAPPING_VDSO: return "[vdso]";
	default: return NULL;
	}
}

void
maps_line_format(
	struct text *text, const struct guest_mapping *mapping, const struct maps_line *host)
{
	const char *name = special_name((enum guest_mapping_kind)mapping->kind);
	size_t name_length = name ? strlen(name) : 0, start = text->length;
	uint64_t inode = host ? host->inode : mapping->inode;
	unsigned major = host ? host->major : 0, minor = host ? host->minor : 0;
	char permissions[5];

	if (!host && guest_mapping_is_file(mapping)) {
		major = major(mapping->device);
		minor = minor(mapping->device);
	}
	if (!name && host) {
		name = host->name;
		name_length = host->name_length;
	}
	format_permissions(permissions, mapping->protection, mapping->shared);
	text_format(text, "%08llx-%08llx %s %08llx %02x:%02x %llu ",
		(unsigned long long)mapping->start, (unsigned long long)mapping->end, permissions,
		(unsigned long long)mapping->offset, major, minor, (unsigned long long)inode);
	if (name_length > 0) {
		while (!text->failed && text->length - start < NAME_COLUMN)
			text_add(text, " ", 1);
		text_add(text, name, name_length);
	}
	text_add(text, "\n", 1);
}

/* The next line of a text, without its newline; false at the end. */
static bool
next_line(const struct text *text, size_t *position, const char **line, size_t *length)
{
	const char *newline;

	if (*position >= text->length)
		return false;
	*line = text->bytes + *position;
	newline = memchr(*line, '\n', text->length - *position);
	*length = newline ? (size_t)(newline - *line) : text->length - *position;
	*position += *length + 1;
	return true;
}

void
proc_files_write_maps(struct text *text)
{
	struct text host = { 0 };
	struct maps_line parsed = { 0 };
	struct guest_mapping mapping;
	size_t position = 0, length;
	const char *line;
	uint64_t address = 0;

	text_add_file(&host, "/proc/self/maps");
	/* Both lists are in the order of addresses: one walk over both finds the host's line of each mapping. */
	while (guest_memory_next(address, &mapping)) {
		while (parsed.end <= mapping.start && next_line(&host, &position, &line, &length)) {
			if (!maps_line_parse(line, length, &parsed))
				parsed = (struct maps_line){ 0 };
		}
		maps_line_format(text, &mapping,
			parsed.start <= mapping.start && mapping.start < parsed.end ? &parsed
										    : NULL);
		address = mapping.end;
	}
	text_free(&host);
}

/* The header of a part of smaps as the guest sees it. */
static void
add_smaps_header(struct text *text, const struct maps_line *host)
{
	struct guest_mapping mapping;

	if (!guest_memory_query(host->start, &mapping))
		return;
	mapping.offset += host->start - mapping.start;
	mapping.start = host->start;
	mapping.end = host->end;
	maps_line_format(text, &mapping, host);
}

void
proc_files_write_smaps(struct text *text)
{
	struct text host = { 0 };
	struct maps_line parsed;
	size_t position = 0, length;
	const char *line;
	bool shown = false;

	text_add_file(&host, "/proc/self/smaps");
	while (next_line(&host, &position, &line, &length)) {
		if (maps_line_parse(line, length, &parsed)) {
			shown = parsed.start < GUEST_ADDRESS_END;
			if (shown)
				add_smaps_header(text, &parsed);
		} else if (shown) {
			text_add(text, line, length);
			text_add(text, "\n", 1);
		}
	}
	text_free(&host);
}
