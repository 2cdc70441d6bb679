// SPDX-License-Identifier: Apache-2.0
//
// See guest_symbols.h. A table for each mapping that holds translated code, found again by what the mapping shows; the table
// of a mapping that is gone is overwritten when its place in the list is needed.
#include "runtime/guest_symbols.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/symbol_file.h"

/* Names longer than this are cut: C++ has some of thousands of characters. */
#define SHOWN_NAME 100
#define SHOWN_FILE 40
/* A symbol or string table that is larger than this is not read. */
#define TABLE_BYTES_MAX (UINT64_C(64) << 20)
#define TABLES          64

struct function {
	uint64_t address;
	uint32_t size; /* 0: not known */
	uint32_t name; /* offset in the names */
};

struct table {
	struct guest_mapping mapping; /* what it is for */
	char file[SHOWN_FILE];        /* empty: no file */
	uint64_t bias;                /* guest address less the file's own */
	struct function *functions;
	size_t functions_size; /* of their memory, in bytes */
	uint32_t count;
	char *names;
	size_t names_size;
};

static struct table tables[TABLES];
static unsigned next_table;

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

static void
forget(struct table *table)
{
	if (table->functions)
		host_memory_unmap(table->functions, table->functions_size);
	if (table->names)
		host_memory_unmap(table->names, table->names_size);
	memset(table, 0, sizeof(*table));
}

/* Heap order below `root`: qsort would allocate by malloc. */
static void
sift_down(struct function *functions, uint32_t root, uint32_t count)
{
	const struct function sifted = functions[root];

	for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
		if (child + 1 < count && functions[child].address < functions[child + 1].address)
			child++;
		if (functions[child].address <= sifted.address)
			break;
		functions[root] = functions[child];
	}
	functions[root] = sifted;
}

static void
sort(struct function *functions, uint32_t count)
{
	for (uint32_t root = count / 2; root-- > 0;)
		sift_down(functions, root, count);
	for (uint32_t end = count; end-- > 1;) {
		struct function largest = functions[0];

		functions[0] = functions[end];
		functions[end] = largest;
		sift_down(functions, 0, end);
	}
}

static void *
read_section(const struct symbol_file *file, const Elf64_Shdr *section)
{
	void *bytes;

	if (section->sh_size == 0 || section->sh_size > TABLE_BYTES_MAX)
		return NULL;
	bytes = host_memory_map(section->sh_size);
	if (bytes && !symbol_file_read(file, bytes, section->sh_size, section->sh_offset)) {
		host_memory_unmap(bytes, section->sh_size);
		bytes = NULL;
	}
	return bytes;
}

/* Keeps the functions of `count` symbols; names that lie outside their table are left out. */
static void
keep_functions(struct table *table, const Elf64_Sym *symbols, uint64_t count)
{
	table->functions_size = count * sizeof(struct function);
	table->functions = host_memory_map(table->functions_size);
	if (!table->functions)
		return;
	for (uint64_t i = 0; i < count; i++) {
		const Elf64_Sym *s = &symbols[i];

		if (symbol_is_function(s) && s->st_name < table->names_size)
			table->functions[table->count++] = (struct function){ s->st_value,
				(uint32_t)(s->st_size < UINT32_MAX ? s->st_size : UINT32_MAX),
				s->st_name };
	}
	sort(table->functions, table->count);
}

static bool
read_symbols(struct table *table, const struct symbol_file *file, uint32_t type)
{
	Elf64_Shdr section = { 0 }, strings = { 0 };
	Elf64_Sym *symbols;

	if (!symbol_file_find_section(file, type, &section) ||
		!symbol_file_section(file, section.sh_link, &strings))
		return false;
	table->names = read_section(file, &strings);
	if (!table->names)
		return false;
	table->names_size = strings.sh_size;
	table->names[strings.sh_size - 1] = '\0';
	symbols = read_section(file, &section);
	if (symbols) {
		keep_functions(table, symbols, section.sh_size / sizeof(*symbols));
		host_memory_unmap(symbols, section.sh_size);
	}
	return true;
}

static void
name_file(struct table *table, const char *path)
{
	const char *slash = strrchr(path, '/');

	snprintf(
		table->file, sizeof(table->file), "%.*s", SHOWN_FILE - 1, slash ? slash + 1 : path);
	symbol_clean_name(table->file);
	for (char *c = table->file; *c; c++)
		if (*c == ' ')
			*c = '?';
}

static void
fill(struct table *table, const struct guest_mapping *mapping)
{
	struct symbol_file file;
	char path[PATH_MAX];
	uint64_t virtual;

	forget(table);
	table->mapping = *mapping;
	if (!guest_mapping_is_file(mapping) ||
		!guest_memory_path(mapping->start, path, sizeof(path)))
		return;
	name_file(table, path);
	if (!symbol_file_open(path, &file))
		return;
	if (symbol_file_address(&file, mapping->offset, &virtual)) {
		table->bias = mapping->start - virtual;
		if (!read_symbols(table, &file, SHT_SYMTAB))
			read_symbols(table, &file, SHT_DYNSYM);
	}
	symbol_file_close(&file);
}

/* ---- look-up ------------------------------------------------------------------------------------------------------------- */

static bool
shows_same(const struct guest_mapping *a, const struct guest_mapping *b)
{
	return a->start == b->start && a->end == b->end && a->device == b->device &&
	       a->inode == b->inode && a->offset == b->offset;
}

static struct table *
table_of(const struct guest_mapping *mapping)
{
	struct table *table;

	for (unsigned k = 0; k < TABLES; k++)
		if (shows_same(&tables[k].mapping, mapping))
			return &tables[k];
	table = &tables[next_table++ % TABLES];
	fill(table, mapping);
	return table;
}

/* The last function that begins at or below `address` and may reach as far. */
static const struct function *
find_function(const struct table *table, uint64_t address)
{
	uint32_t low = 0, high = table->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (table->functions[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	const struct function *function = &table->functions[low - 1];
	return function->size && address - function->address >= function->size ? NULL : function;
}

void
guest_symbols_describe(uint64_t address, char *text, size_t size)
{
	struct guest_mapping mapping;
	const struct function *function;
	const struct table *table;
	char name[SHOWN_NAME];

	text[0] = '\0';
	if (!guest_memory_query(address, &mapping))
		return;
	table = table_of(&mapping);
	if (!table->file[0])
		return;
	function = find_function(table, address - table->bias);
	if (!function) {
		snprintf(text, size, "[%s+0x%llx]", table->file,
			(unsigned long long)(address - mapping.start + mapping.offset));
		return;
	}
	snprintf(name, sizeof(name), "%.*s", SHOWN_NAME - 1, table->names + function->name);
	symbol_clean_name(name);
	snprintf(text, size, "%s+0x%llx [%s]", name,
		(unsigned long long)(address - table->bias - function->address), table->file);
}
