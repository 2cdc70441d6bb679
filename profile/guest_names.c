// SPDX-License-Identifier: Apache-2.0
// A list of the files that were asked for (see guest_names.h).
#include "profile/guest_names.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/symbol_table.h"

struct named_file {
	struct named_file *next;
	struct symbol_table table;
	char path[];
};

static struct named_file *files;

static const struct symbol_table *
table_of(const char *path)
{
	struct named_file *file;

	for (file = files; file; file = file->next)
		if (!strcmp(file->path, path))
			return &file->table;
	file = calloc(1, sizeof(*file) + strlen(path) + 1);
	if (!file)
		return NULL;
	strcpy(file->path, path);
	symbol_table_read(&file->table, path);
	file->next = files;
	files = file;
	return &file->table;
}

void
guest_names_describe(const char *path, uint64_t offset, char *text, size_t size)
{
	const struct symbol_table *table = *path ? table_of(path) : NULL;

	text[0] = '\0';
	if (table)
		symbol_table_describe(table, offset, text, size);
}
