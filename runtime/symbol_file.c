// SPDX-License-Identifier: Apache-2.0
//
// See symbol_file.h. Sections are read one header at a time: files with thousands of them are rare, and so are readers.
#include "runtime/symbol_file.h"

#include <fcntl.h>
#include <string.h>

#include "runtime/host_syscall.h"

bool
symbol_file_read(const struct symbol_file *file, void *to, size_t size, uint64_t offset)
{
	return host_syscall(SYS_pread64, file->fd, to, size, offset) == (long)size;
}

void
symbol_file_close(struct symbol_file *file)
{
	host_syscall(SYS_close, file->fd);
}

bool
symbol_file_open(const char *path, struct symbol_file *file)
{
	file->fd =
		(int)host_syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	if (file->fd < 0)
		return false;
	if (symbol_file_read(file, &file->header, sizeof(file->header), 0) &&
		!memcmp(file->header.e_ident, ELFMAG, SELFMAG) &&
		file->header.e_ident[EI_CLASS] == ELFCLASS64 &&
		file->header.e_ident[EI_DATA] == ELFDATA2LSB)
		return true;
	symbol_file_close(file);
	return false;
}

bool
symbol_file_address(const struct symbol_file *file, uint64_t offset, uint64_t *address)
{
	for (unsigned i = 0; i < file->header.e_phnum; i++) {
		Elf64_Phdr segment = { 0 };

		if (!symbol_file_read(file, &segment, sizeof(segment),
			    file->header.e_phoff + i * sizeof(segment)))
			return false;
		/* The page that the segment starts in is mapped as a whole. */
		uint64_t start = segment.p_offset & ~UINT64_C(0xfff);

		if (segment.p_type == PT_LOAD && offset >= start &&
			offset - start < segment.p_filesz + (segment.p_offset - start)) {
			*address = offset - segment.p_offset + segment.p_vaddr;
			return true;
		}
	}
	return false;
}

bool
symbol_file_section(const struct symbol_file *file, unsigned index, Elf64_Shdr *section)
{
	return index < file->header.e_shnum && file->header.e_shentsize == sizeof(*section) &&
	       symbol_file_read(file, section, sizeof(*section),
		       file->header.e_shoff + index * sizeof(*section));
}

bool
symbol_file_find_section(const struct symbol_file *file, uint32_t type, Elf64_Shdr *section)
{
	for (unsigned i = 0; symbol_file_section(file, i, section); i++)
		if (section->sh_type == type)
			return true;
	return false;
}

bool
symbol_is_function(const Elf64_Sym *symbol)
{
	unsigned type = ELF64_ST_TYPE(symbol->st_info);

	return symbol->st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_GNU_IFUNC);
}

void
symbol_clean_name(char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == 127)
			*name = '?';
}
