// SPDX-License-Identifier: Apache-2.0
// Where in an ELF file code is, and where it may begin to be executed: for translating a file ahead of time. Only hints:
// what is missing is found by following the code, what is wrong costs a useless translation. Every number of the file is checked.
#ifndef CACHE_CODE_STARTS_H
#define CACHE_CODE_STARTS_H

#include "loader/elf_file.h"

/** A file whose segments are mapped; addresses are the file's own, and lie `bias` lower than in memory. */
struct code_file {
	const struct elf_file *elf;
	uint64_t bias;
	uint64_t size; /* of the file */
};

/** A piece of the file that holds code, [start, end). */
struct code_extent {
	uint64_t start, end;
};

enum code_start_kind {
	CODE_START_FUNCTION, /* a symbol, an unwind table or a header says that a function begins here */
	CODE_START_POINTER, /* data points here */
};

typedef void (*code_start_function)(void *context, uint64_t address, enum code_start_kind kind);

/**
 * Writes where code is to `extents`, in ascending order: sections that hold instructions, or executable segments where the file
 * has no usable section headers. Gives their number, at most `room`.
 */
unsigned code_extents_find(
	const struct code_file *file, struct code_extent *extents, unsigned room);

/** Calls `found` for every place that the file names; some of them several times, some outside of any code. */
void code_starts_find(const struct code_file *file, code_start_function found, void *context);

#endif
