// SPDX-License-Identifier: Apache-2.0
//
// See symbolize.h. A linear search through the symbol table: reports are rare.

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "runtime/guest_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/symbol_file.h"
#include "runtime/symbolize.h"

#define SYMBOLS_AT_ONCE  64
#define SYMBOL_NAME_SIZE 128

/* Finds the function symbol nearest below `virtual` in a table, within its size where it has one. */
static bool
search_table(
	const struct symbol_file *file, const Elf64_Shdr *table, uint64_t virtual, Elf64_Sym *best)
{
	Elf64_Sym symbols[SYMBOLS_AT_ONCE] = { 0 };
	uint64_t count = table->sh_size / sizeof(Elf64_Sym);
	bool found = false;

	for (uint64_t first = 0; first < count; first += SYMBOLS_AT_ONCE) {
		uint64_t n = count - first < SYMBOLS_AT_ONCE ? count - first : SYMBOLS_AT_ONCE;

		if (!symbol_file_read(file, symbols, n * sizeof(symbols[0]),
			    table->sh_offset + first * sizeof(symbols[0])))
			break;
		for (uint64_t i = 0; i < n; i++) {
			const Elf64_Sym *s = &symbols[i];

			if (!symbol_is_function(s) || s->st_value > virtual ||
				virtual - s->st_value >= (s->st_size ? s->st_size : 4096))
				continue;
			if (!found || s->st_value > best->st_value)
				*best = *s;
			found = true;
		}
	}
	return found;
}

static bool
read_name(const struct symbol_file *file, const Elf64_Shdr *table, const Elf64_Sym *symbol,
	char *name)
{
	Elf64_Shdr strings = { 0 };
	long got;

	if (!symbol_file_section(file, table->sh_link, &strings) ||
		symbol->st_name >= strings.sh_size)
		return false;
	got = host_syscall(SYS_pread64, file->fd, name, SYMBOL_NAME_SIZE - 1,
		strings.sh_offset + symbol->st_name);
	if (got <= 0)
		return false;
	name[got] = 0;
	symbol_clean_name(name);
	return name[0] != 0;
}

static bool
find_symbol(const struct symbol_file *file, uint64_t virtual, char *name, uint64_t *distance)
{
	static const uint32_t types[] = { SHT_SYMTAB, SHT_DYNSYM };

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		Elf64_Shdr table = { 0 };
		Elf64_Sym symbol = { 0 };

		if (symbol_file_find_section(file, types[i], &table) &&
			search_table(file, &table, virtual, &symbol) &&
			read_name(file, &table, &symbol, name)) {
			*distance = virtual - symbol.st_value;
			return true;
		}
	}
	return false;
}

void
symbolize(uint64_t address, char *text, size_t size)
{
	struct guest_mapping mapping;
	struct symbol_file file = { 0 };
	char path[PATH_MAX], name[SYMBOL_NAME_SIZE];
	uint64_t offset, virtual, distance;
	bool found = false;

	text[0] = 0;
	if (!guest_memory_query(address, &mapping) ||
		!guest_memory_path(address, path, sizeof(path)))
		return;
	offset = address - mapping.start + mapping.offset;
	if (symbol_file_open(path, &file)) {
		found = symbol_file_address(&file, offset, &virtual) &&
			find_symbol(&file, virtual, name, &distance);
		symbol_file_close(&file);
	}
	if (found)
		snprintf(text, size, "%s+0x%lx in %s", name, distance, path);
	else
		snprintf(text, size, "%s+0x%lx", path, offset);
}
