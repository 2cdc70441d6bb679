// SPDX-License-Identifier: Apache-2.0
//
// See symbol_table.h.
#include "runtime/symbol_table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "runtime/host_memory.h"
#include "runtime/symbol_file.h"

/* Names longer than this are cut: C++ has some of thousands of characters. */
#define SHOWN_NAME 100
/* A symbol or string table that is larger than this is not read. */
#define TABLE_BYTES_MAX (UINT64_C(64) << 20)

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

void
symbol_table_free(struct symbol_table *table)
{
	if (table->functions)
		host_memory_unmap(table->functions, table->functions_size);
	if (table->names)
		host_memory_unmap(table->names, table->names_size);
	memset(table, 0, sizeof(*table));
}

/* Heap order below `root`: qsort would allocate by malloc. */
static void
sift_down(struct symbol_function *functions, uint32_t root, uint32_t count)
{
	const struct symbol_function sifted = functions[root];

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
sort(struct symbol_function *functions, uint32_t count)
{
	for (uint32_t root = count / 2; root-- > 0;)
		sift_down(functions, root, count);
	for (uint32_t end = count; end-- > 1;) {
		struct symbol_function largest = functions[0];

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
keep_functions(struct symbol_table *table, const Elf64_Sym *symbols, uint64_t count)
{
	table->functions_size = count * sizeof(struct symbol_function);
	table->functions = host_memory_map(table->functions_size);
	if (!table->functions)
		return;
	for (uint64_t i = 0; i < count; i++) {
		const Elf64_Sym *s = &symbols[i];

		if (symbol_is_function(s) && s->st_name < table->names_size)
			table->functions[table->count++] = (struct symbol_function){ s->st_value,
				(uint32_t)(s->st_size < UINT32_MAX ? s->st_size : UINT32_MAX),
				s->st_name };
	}
	sort(table->functions, table->count);
}

static bool
read_symbols(struct symbol_table *table, const struct symbol_file *file, uint32_t type)
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
read_segments(struct symbol_table *table, const struct symbol_file *file)
{
	for (unsigned i = 0; i < file->header.e_phnum; i++) {
		Elf64_Phdr segment = { 0 };

		if (table->segment_count == SYMBOL_TABLE_SEGMENTS ||
			!symbol_file_read(file, &segment, sizeof(segment),
				file->header.e_phoff + i * sizeof(segment)))
			return;
		if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X))
			table->segments[table->segment_count++] =
				(struct symbol_segment){ segment.p_offset, segment.p_filesz,
					segment.p_vaddr };
	}
}

static void
name_file(struct symbol_table *table, const char *path)
{
	const char *slash = strrchr(path, '/');

	snprintf(table->file, sizeof(table->file), "%.*s", SYMBOL_TABLE_FILE - 1,
		slash ? slash + 1 : path);
	symbol_clean_name(table->file);
	for (char *c = table->file; *c; c++)
		if (*c == ' ')
			*c = '?';
}

void
symbol_table_read(struct symbol_table *table, const char *path)
{
	struct symbol_file file;

	name_file(table, path);
	if (!symbol_file_open(path, &file))
		return;
	read_segments(table, &file);
	if (!read_symbols(table, &file, SHT_SYMTAB))
		read_symbols(table, &file, SHT_DYNSYM);
	symbol_file_close(&file);
}

/* ---- look-up ------------------------------------------------------------------------------------------------------------- */

static bool
find_address(const struct symbol_table *table, uint64_t offset, uint64_t *address)
{
	for (unsigned k = 0; k < table->segment_count; k++) {
		const struct symbol_segment *segment = &table->segments[k];

		if (offset - segment->offset < segment->size) {
			*address = offset - segment->offset + segment->address;
			return true;
		}
	}
	return false;
}

/* The last function that begins at or below `address` and may reach as far. */
static const struct symbol_function *
find_function(const struct symbol_table *table, uint64_t address)
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
	const struct symbol_function *function = &table->functions[low - 1];
	return function->size && address - function->address >= function->size ? NULL : function;
}

const char *
symbol_table_function(const struct symbol_table *table, uint64_t address)
{
	const struct symbol_function *function = NULL;

	for (unsigned k = 0; k < table->segment_count; k++)
		if (address - table->segments[k].address < table->segments[k].size)
			function = find_function(table, address);
	return function ? table->names + function->name : NULL;
}

void
symbol_table_describe(const struct symbol_table *table, uint64_t offset, char *text, size_t size)
{
	const struct symbol_function *function = NULL;
	char name[SHOWN_NAME];
	uint64_t address;

	text[0] = '\0';
	if (!table->file[0])
		return;
	if (find_address(table, offset, &address))
		function = find_function(table, address);
	if (!function) {
		snprintf(text, size, "[%s+0x%llx]", table->file, (unsigned long long)offset);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", SHOWN_NAME - 1, table->names + function->name);
	symbol_clean_name(name);
	snprintf(text, size, "%s+0x%llx [%s]", name,
		(unsigned long long)(address - function->address), table->file);
}
