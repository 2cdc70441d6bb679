// SPDX-License-Identifier: Apache-2.0
// An ELF file of the guest, read and checked: after elf_file_read, every number in it may be relied upon. Internal to
// the loader.
#ifndef LOADER_ELF_FILE_H
#define LOADER_ELF_FILE_H

#include "loader/loader.h"

#include <elf.h>
#include <limits.h>

/* A PT_LOAD segment: file_size <= memory_size, inside the file and the guest's address space, offset and address alike
 * within a page. */
struct elf_segment {
	uint64_t address;
	uint64_t memory_size;
	uint64_t file_offset;
	uint64_t file_size;
	int protection; /* PROT_* */
};

struct elf_file {
	int fd;
	uint16_t type; /* ET_EXEC or ET_DYN */
	uint64_t entry;
	uint64_t phdr; /* address of the program headers in memory, 0 when no segment holds them */
	uint16_t phnum;
	struct elf_segment *segments; /* malloc'ed, in the file's order */
	unsigned segment_count;       /* at least 1 */
	uint64_t low;                 /* of all segments: lowest page, */
	uint64_t high;                /* and end of the highest */
	uint64_t alignment;           /* largest of the segments', at least a page */
	bool has_interpreter;
	bool executable_stack;
	char interpreter[PATH_MAX];
};

/*
 * Reads and checks the headers of the open regular file. `path` is for messages. On success elf->segments is to be
 * freed by elf_file_free; false: *error says why, nothing is to be freed.
 */
bool elf_file_read(int fd, const char *path, struct elf_file *elf, struct loader_error *error);

void elf_file_free(struct elf_file *elf);

/*
 * Checks of the ELF header and of one program header alone; each gives NULL, or in a few words what is wrong.
 * No malloc, no libelf.
 */
const char *elf_header_problem(const Elf64_Ehdr *header, uint64_t file_size);
const char *elf_segment_problem(const Elf64_Phdr *segment, uint64_t file_size);

/* Fills in an error: format is that of printf, for "what; why; what to do"; "PATH: " is put before it. */
__attribute__((format(printf, 5, 6))) void loader_fail(struct loader_error *error, int status,
	int errno_value, const char *path, const char *format, ...);

#endif
