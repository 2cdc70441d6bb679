// SPDX-License-Identifier: Apache-2.0
// Says what a file is from its first bytes, and whether execve of it would get past its headers (see loader.h).
// Needs neither malloc nor libelf, so a running guest's execve can ask too.
#include "loader/elf_file.h"
#include "loader/loader.h"
#include "runtime/host_syscall.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
	uint16_t number;
	const char *name;
} machines[] = {
	{ EM_AARCH64, "AArch64" },
	{ EM_X86_64, "x86-64" },
	{ EM_386, "i386" },
	{ EM_ARM, "32-bit Arm" },
	{ EM_PPC64, "64-bit PowerPC" },
	{ EM_PPC, "32-bit PowerPC" },
	{ EM_RISCV, "RISC-V" },
	{ EM_S390, "s390" },
	{ EM_MIPS, "MIPS" },
	{ EM_SPARC, "SPARC" },
	{ EM_SPARCV9, "64-bit SPARC" },
	{ EM_68K, "m68k" },
	{ EM_ALPHA, "Alpha" },
	{ EM_IA_64, "Itanium" },
	{ EM_SH, "SuperH" },
	{ EM_PARISC, "PA-RISC" },
	{ EM_LOONGARCH, "LoongArch" },
	{ EM_BPF, "BPF" },
};

const char *
loader_machine_name(unsigned machine)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i].number == machine)
			return machines[i].name;
	return "unknown";
}

static enum file_class
classify_elf(const uint8_t *header, size_t size)
{
	unsigned machine;

	if (size < EI_NIDENT + 4)
		return FILE_FOREIGN_ELF;
	machine = header[EI_DATA] == ELFDATA2MSB ? (unsigned)header[18] << 8 | header[19]
						 : (unsigned)header[19] << 8 | header[18];
	if (header[EI_DATA] != ELFDATA2LSB)
		return FILE_FOREIGN_ELF;
	if (machine == EM_AARCH64 && header[EI_CLASS] == ELFCLASS64)
		return FILE_GUEST_ELF;
	return machine == EM_X86_64 || machine == EM_386 ? FILE_HOST_ELF : FILE_FOREIGN_ELF;
}

enum file_class
loader_classify(const uint8_t *header, size_t size)
{
	if (size == 0)
		return FILE_EMPTY;
	if (size >= SELFMAG && memcmp(header, ELFMAG, SELFMAG) == 0)
		return classify_elf(header, size);
	return size >= 2 && header[0] == '#' && header[1] == '!' ? FILE_SCRIPT : FILE_UNKNOWN;
}

static bool
read_at(int fd, void *buffer, size_t size, uint64_t offset)
{
	return host_syscall(SYS_pread64, fd, buffer, size, offset) == (long)size;
}

/* The checks of a guest's ELF file that need no memory. */
static int
check_elf(int fd)
{
	Elf64_Ehdr header = { 0 };
	Elf64_Phdr segment = { 0 };
	struct stat status = { 0 };
	bool loads = false;

	if (host_syscall_failed(host_syscall(SYS_fstat, fd, &status)) ||
		!read_at(fd, &header, sizeof(header), 0) ||
		elf_header_problem(&header, (uint64_t)status.st_size) != NULL)
		return ENOEXEC;
	for (unsigned i = 0; i < header.e_phnum; i++) {
		if (!read_at(fd, &segment, sizeof(segment), header.e_phoff + i * sizeof(segment)))
			return ENOEXEC;
		if (segment.p_type != PT_LOAD)
			continue;
		if (elf_segment_problem(&segment, (uint64_t)status.st_size) != NULL)
			return ENOEXEC;
		loads = true;
	}
	return loads ? 0 : ENOEXEC;
}

enum file_class
loader_check(int fd, int *error)
{
	uint8_t header[FILE_HEADER_SIZE] = { 0 };
	long size = host_syscall(SYS_pread64, fd, header, sizeof(header), 0);
	enum file_class class;

	if (size < 0) {
		*error = (int)-size;
		return FILE_UNKNOWN;
	}
	class = loader_classify(header, (size_t)size);
	switch (class) {
	case FILE_GUEST_ELF: *error = check_elf(fd); break;
	case FILE_HOST_ELF:
	case FILE_SCRIPT: *error = 0; break;
	default: *error = ENOEXEC;
	}
	return class;
}
