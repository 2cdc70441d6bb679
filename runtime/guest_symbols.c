// SPDX-License-Identifier: Apache-2.0
//
// See guest_symbols.h. A table for each mapping that holds translated code, found again by what the mapping shows; the table
// of a mapping that is gone is overwritten when its place in the list is needed.
#include "runtime/guest_symbols.h"

#include <limits.h>
#include <stdbool.h>

#include "runtime/guest_memory.h"
#include "runtime/symbol_table.h"

#define TABLES 64

struct mapped_table {
	struct guest_mapping mapping; /* what it is for */
	struct symbol_table table;
};

static struct mapped_table tables[TABLES];
static unsigned next_table;

static void
fill(struct mapped_table *mapped, const struct guest_mapping *mapping)
{
	char path[PATH_MAX];

	symbol_table_free(&mapped->table);
	mapped->mapping = *mapping;
	if (guest_mapping_is_file(mapping) && guest_memory_path(mapping->start, path, sizeof(path)))
		symbol_table_read(&mapped->table, path);
}

static const struct symbol_table *
table_of(const struct guest_mapping *mapping)
{
	struct mapped_table *mapped;

	for (unsigned k = 0; k < TABLES; k++)
		if (guest_mapping_shows_same(&tables[k].mapping, mapping))
			return &tables[k].table;
	mapped = &tables[next_table++ % TABLES];
	fill(mapped, mapping);
	return &mapped->table;
}

void
guest_symbols_describe(uint64_t address, char *text, size_t size)
{
	struct guest_mapping mapping;

	text[0] = '\0';
	if (guest_memory_query(address, &mapping))
		symbol_table_describe(
			table_of(&mapping), address - mapping.start + mapping.offset, text, size);
}
