// SPDX-License-Identifier: Apache-2.0
// Reads our own symbol table (see own_symbols.h).
#include "profile/own_symbols.h"

#include <stdlib.h>

#include "runtime/symbol_file.h"

struct own_symbols {
	size_t count;
	Elf64_Sym *functions; /* by address */
	char *names;
	uint64_t names_size;
};

static void *
read_section(const struct symbol_file *file, const Elf64_Shdr *section)
{
	void *bytes = section->sh_size ? malloc(section->sh_size) : NULL;

	if (bytes && !symbol_file_read(file, bytes, section->sh_size, section->sh_offset)) {
		free(bytes);
		bytes = NULL;
	}
	return bytes;
}

static int
compare(const void *a, const void *b)
{
	const Elf64_Sym *x = a, *y = b;

	return x->st_value < y->st_value ? -1 : x->st_value > y->st_value;
}

static void
keep_functions(struct own_symbols *symbols, size_t count)
{
	for (size_t k = 0; k < count; k++)
		if (symbol_is_function(&symbols->functions[k]) &&
			symbols->functions[k].st_name < symbols->names_size)
			symbols->functions[symbols->count++] = symbols->functions[k];
	qsort(symbols->functions, symbols->count, sizeof(*symbols->functions), compare);
}

struct own_symbols *
own_symbols_read(void)
{
	struct own_symbols *symbols = calloc(1, sizeof(*symbols));
	Elf64_Shdr table = { 0 }, names = { 0 };
	struct symbol_file file;

	if (!symbols || !symbol_file_open("/proc/self/exe", &file))
		return NULL;
	if (symbol_file_find_section(&file, SHT_SYMTAB, &table) &&
		symbol_file_section(&file, table.sh_link, &names)) {
		symbols->functions = read_section(&file, &table);
		symbols->names = read_section(&file, &names);
		symbols->names_size = names.sh_size;
	}
	symbol_file_close(&file);
	if (!symbols->functions || !symbols->names)
		return NULL;
	symbols->names[symbols->names_size - 1] = '\0';
	keep_functions(symbols, table.sh_size / sizeof(Elf64_Sym));
	return symbols;
}

const char *
own_symbols_find(const struct own_symbols *symbols, uint64_t pc)
{
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->functions[middle].st_value <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return "?";
	const Elf64_Sym *function = &symbols->functions[low - 1];
	/* functions written in assembler may lack a size */
	return pc - function->st_value < (function->st_size ? function->st_size : 4096)
		       ? symbols->names + function->st_name
		       : "?";
}
