// SPDX-License-Identifier: Apache-2.0
// ELF files of the guest, read for their symbols: by raw system calls, without allocation, and with nothing believed that
// was read. For symbolize.c, which looks one address up, and guest_symbols.c, which keeps whole tables.
#ifndef RUNTIME_SYMBOL_FILE_H
#define RUNTIME_SYMBOL_FILE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** An ELF file that is being looked at. */
struct symbol_file {
	int fd;
	Elf64_Ehdr header;
};

/** Opens a 64-bit little-endian ELF file; false when it is none. */
bool symbol_file_open(const char *path, struct symbol_file *file);
void symbol_file_close(struct symbol_file *file);

/** Reads exactly `size` bytes from `offset`; false when there are not as many. */
bool symbol_file_read(const struct symbol_file *file, void *to, size_t size, uint64_t offset);

/** The address that the file's own symbols use for a file offset. */
bool symbol_file_address(const struct symbol_file *file, uint64_t offset, uint64_t *address);

/** The section header with number `index`, or the first of type `type`. */
bool symbol_file_section(const struct symbol_file *file, unsigned index, Elf64_Shdr *section);
bool symbol_file_find_section(const struct symbol_file *file, uint32_t type, Elf64_Shdr *section);

/** Whether a symbol names code of this file. */
bool symbol_is_function(const Elf64_Sym *symbol);

/** Replaces what a terminal or a line-oriented file would not take. */
void symbol_clean_name(char *name);

#endif
