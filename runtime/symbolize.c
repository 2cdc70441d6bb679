// SPDX-License-Identifier: Apache-2.0
//
// See symbolize.h. A linear search through the symbol table: reports are rare.

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "runtime/guest_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/symbolize.h"

#define SYMBOLS_AT_ONCE  64
#define SYMBOL_NAME_SIZE 128

/* An ELF file that is being looked at. */
struct elf_file {
	int fd;
	Elf64_Ehdr header;
};

static bool
read_at(int fd, void *to, size_t size, uint64_t offset)
{
	return host_syscall(SYS_pread64, fd, to, size, offset) == (long)size;
}

static bool
open_elf(const char *path, struct elf_file *file)
{
	file->fd =
		(int)host_syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	if (file->fd < 0)
		return false;
	if (read_at(file->fd, &file->header, sizeof(file->header), 0) &&
		!memcmp(file->header.e_ident, ELFMAG, SELFMAG) &&
		file->header.e_ident[EI_CLASS] == ELFCLASS64 &&
		file->header.e_ident[EI_DATA] == ELFDATA2LSB)
		return true;
	host_syscall(SYS_close, file->fd);
	return false;
}

/* The address that the file's own symbols use for a file offset. */
static bool
offset_to_virtual(const struct elf_file *file, uint64_t offset, uint64_t *virtual)
{
	for (unsigned i = 0; i < file->header.e_phnum; i++) {
		Elf64_Phdr segment = { 0 };

		if (!read_at(file->fd, &segment, sizeof(segment),
			    file->header.e_phoff + i * sizeof(segment)))
			return false;
		/* The page that the segment starts in is mapped as a whole. */
		uint64_t start = segment.p_offset & ~UINT64_C(0xfff);

		if (segment.p_type == PT_LOAD && offset >= start &&
			offset - start < segment.p_filesz + (segment.p_offset - start)) {
			*virtual = offset - segment.p_offset + segment.p_vaddr;
			return true;
		}
	}
	return false;
}

static bool
find_section(const struct elf_file *file, uint32_t type, Elf64_Shdr *section)
{
	for (unsigned i = 0; i < file->header.e_shnum; i++) {
		if (!read_at(file->fd, section, sizeof(*section),
			    file->header.e_shoff + i * sizeof(*section)))
			return false;
		if (section->sh_type == type)
			return true;
	}
	return false;
}

/* Finds the function symbol nearest below `virtual` in a table, within its size where it has one. */
static bool
search_table(
	const struct elf_file *file, const Elf64_Shdr *table, uint64_t virtual, Elf64_Sym *best)
{
	Elf64_Sym symbols[SYMBOLS_AT_ONCE] = { 0 };
	uint64_t count = table->sh_size / sizeof(Elf64_Sym);
	bool found = false;

	for (uint64_t first = 0; first < count; first += SYMBOLS_AT_ONCE) {
		uint64_t n = count - first < SYMBOLS_AT_ONCE ? count - first : SYMBOLS_AT_ONCE;

		if (!read_at(file->fd, symbols, n * sizeof(symbols[0]),
			    table->sh_offset + first * sizeof(symbols[0])))
			break;
		for (uint64_t i = 0; i < n; i++) {
			const Elf64_Sym *s = &symbols[i];
			unsigned type = ELF64_ST_TYPE(s->st_info);

			if (s->st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_GNU_IFUNC))
				continue;
			if (s->st_value > virtual ||
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
read_name(const struct elf_file *file, const Elf64_Shdr *table, const Elf64_Sym *symbol, char *name)
{
	Elf64_Shdr strings = { 0 };
	long got;

	if (table->sh_link >= file->header.e_shnum ||
		!read_at(file->fd, &strings, sizeof(strings),
			file->header.e_shoff + table->sh_link * sizeof(strings)) ||
		symbol->st_name >= strings.sh_size)
		return false;
	got = host_syscall(SYS_pread64, file->fd, name, SYMBOL_NAME_SIZE - 1,
		strings.sh_offset + symbol->st_name);
	if (got <= 0)
		return false;
	name[got] = 0;
	for (char *c = name; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	}
	return name[0] != 0;
}

static bool
find_symbol(const struct elf_file *file, uint64_t virtual, char *name, uint64_t *distance)
{
	static const uint32_t types[] = { SHT_SYMTAB, SHT_DYNSYM };

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		Elf64_Shdr table = { 0 };
		Elf64_Sym symbol = { 0 };

		if (find_section(file, types[i], &table) &&
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
	struct elf_file file = { 0 };
	char path[PATH_MAX], name[SYMBOL_NAME_SIZE];
	uint64_t offset, virtual, distance;
	bool found = false;

	text[0] = 0;
	if (!guest_memory_query(address, &mapping) ||
		!guest_memory_path(address, path, sizeof(path)))
		return;
	offset = address - mapping.start + mapping.offset;
	if (open_elf(path, &file)) {
		found = offset_to_virtual(&file, offset, &virtual) &&
			find_symbol(&file, virtual, name, &distance);
		host_syscall(SYS_close, file.fd);
	}
	if (found)
		snprintf(text, size, "%s+0x%lx in %s", name, distance, path);
	else
		snprintf(text, size, "%s+0x%lx", path, offset);
}
