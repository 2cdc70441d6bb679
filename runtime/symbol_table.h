// SPDX-License-Identifier: Apache-2.0
// The function symbols of one ELF file, in order, and names for places in the file. In memory of the translator's own, so that
// it may be used while the guest runs.
#ifndef RUNTIME_SYMBOL_TABLE_H
#define RUNTIME_SYMBOL_TABLE_H

#include <stddef.h>
#include <stdint.h>

/** Longer names of files are cut. */
#define SYMBOL_TABLE_FILE 40
/** Files have two or three executable segments; others than the first ones have no names. */
#define SYMBOL_TABLE_SEGMENTS 8

struct symbol_function {
	uint64_t address;
	uint32_t size; /* 0: not known */
	uint32_t name; /* offset in the names */
};

struct symbol_segment {
	uint64_t offset, size, address;
};

/** All zeros: a table of no file. */
struct symbol_table {
	char file[SYMBOL_TABLE_FILE]; /* last part of its path; "": no file */
	struct symbol_segment segments[SYMBOL_TABLE_SEGMENTS];
	unsigned segment_count;
	struct symbol_function *functions;
	size_t functions_size; /* of their memory, in bytes */
	uint32_t count;
	char *names;
	size_t names_size;
};

/** Fills a table that is all zeros. A file that cannot be read, or is no ELF file, has no functions. */
void symbol_table_read(struct symbol_table *table, const char *path);

/** Frees what it holds, and makes it all zeros. */
void symbol_table_free(struct symbol_table *table);

/** The name of the function that holds `address`, as the file has it; NULL: none does. */
const char *symbol_table_function(const struct symbol_table *table, uint64_t address);

/**
 * Writes "SYMBOL+0xN [FILE]", "[FILE+0xN]" (`offset` itself), or "" for a table of no file. A space or control character in
 * FILE is shown as '?'.
 */
void symbol_table_describe(
	const struct symbol_table *table, uint64_t offset, char *text, size_t size);

#endif
