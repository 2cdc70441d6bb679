// SPDX-License-Identifier: Apache-2.0
// Where things go in the guest's address space, random as on arm64 Linux or fixed, and the stack's first contents.
// Internal to the loader.
#ifndef LOADER_LAYOUT_H
#define LOADER_LAYOUT_H

#include "loader/elf_file.h"

/* What is chosen before anything is mapped. Page aligned, but for stack_adjust. */
struct layout {
	uint64_t stack_high;
	uint64_t stack_low;
	uint64_t mmap_base;    /* below it, the downward search for free room */
	uint64_t program_base; /* where a position-independent program goes, before alignment */
	uint64_t brk_offset;   /* distance of the break from the program's end */
	uint64_t
		stack_adjust; /* below a page: how far the stack's contents begin below the strings */
	uint8_t random_bytes[16]; /* for AT_RANDOM */
	bool randomised;
};

/* Chooses. stack_size: bytes, 0: RLIMIT_STACK. */
void layout_choose(struct layout *layout, bool no_aslr, uint64_t stack_size);

/* Maps the stack; false: *error is filled in. */
bool stack_map(const struct layout *layout, const struct load_request *request,
	struct loaded_program *program, struct loader_error *error);

/*
 * Writes arguments, environment and auxiliary vector (create_elf_tables in fs/binfmt_elf.c); sets the stack pointer and
 * what goes with it in *program. `argv` and `argc` are those after scripts were resolved. False: too long.
 */
bool stack_write(const struct layout *layout, const struct load_request *request, int argc,
	char **argv, struct loaded_program *program, struct loader_error *error);

/*
 * Maps an ELF file's segments. fixed: at the file's own addresses; otherwise near `hint` (0: anywhere below the mmap
 * base). Gives the load bias in *bias. False: *error is filled in.
 */
bool segments_map(const struct elf_file *elf, const char *path, uint64_t hint, uint64_t *bias,
	struct loader_error *error);

#endif
