// SPDX-License-Identifier: Apache-2.0
// Reads and checks the headers of a guest's ELF file (see elf_file.h). libelf sees only a copy that holds the ELF header
// and the program headers, so that nothing else in the file can lead it astray and a shrinking file cannot fault.
#include "loader/elf_file.h"

#include "runtime/guest_memory.h"

#include <errno.h>
#include <libelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel reads at most this much of program headers (load_elf_phdrs in fs/binfmt_elf.c). */
#define PROGRAM_HEADERS_LIMIT 65536u
/* Larger alignments are not honoured by any linker's output; they would only waste address space. */
#define ALIGNMENT_LIMIT (UINT64_C(1) << 30)

void
loader_fail(struct loader_error *error, int status, int errno_value, const char *path,
	const char *format, ...)
{
	va_list arguments;
	int length;

	error->status = status;
	error->error = errno_value;
	length = snprintf(error->message, sizeof(error->message), "%.512s: ", path);
	va_start(arguments, format);
	vsnprintf(error->message + length, sizeof(error->message) - (size_t)length, format,
		arguments);
	va_end(arguments);
	/* One line, whatever bytes the path has. */
	for (char *at = error->message; *at != '\0'; at++)
		if ((unsigned char)*at < ' ')
			*at = '?';
}

const char *
elf_header_problem(const Elf64_Ehdr *header, uint64_t file_size)
{
	uint64_t size = (uint64_t)header->e_phnum * sizeof(Elf64_Phdr);

	if (header->e_type == ET_REL)
		return "it is an object file that has not been linked";
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return "it is neither an executable nor a shared object";
	if (header->e_phentsize != sizeof(Elf64_Phdr))
		return "its program headers have a wrong size";
	if (header->e_phnum == 0)
		return "it has no program headers";
	if (size > PROGRAM_HEADERS_LIMIT)
		return "it has too many program headers";
	if (header->e_phoff > file_size || size > file_size - header->e_phoff)
		return "the file is truncated: it ends before its program headers";
	return NULL;
}

const char *
elf_segment_problem(const Elf64_Phdr *segment, uint64_t file_size)
{
	uint64_t in_page = GUEST_PAGE_SIZE - 1;

	if (segment->p_filesz > segment->p_memsz)
		return "a segment is larger in the file than in memory";
	if (segment->p_memsz > GUEST_ADDRESS_END ||
		segment->p_vaddr > GUEST_ADDRESS_END - segment->p_memsz)
		return "a segment is too large for the address space, or lies outside of it";
	if (segment->p_filesz == 0)
		return NULL;
	if (segment->p_offset > file_size || segment->p_filesz > file_size - segment->p_offset)
		return "the file is truncated: it ends inside a segment";
	if ((segment->p_offset & in_page) != (segment->p_vaddr & in_page))
		return "a segment is not aligned: its address and its place in the file differ "
		       "within a page";
	return NULL;
}

/* Reads exactly `size` bytes. */
static bool
read_exactly(int fd, void *buffer, size_t size, uint64_t offset)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = pread(fd, (char *)buffer + have, size - have, (off_t)(offset + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

/* Copies the ELF header and the program headers behind it, and makes the header say so. NULL: cannot be read. */
static char *
copy_headers(int fd, const Elf64_Ehdr *header, size_t *size)
{
	size_t program_headers = (size_t)header->e_phnum * sizeof(Elf64_Phdr);
	Elf64_Ehdr own = *header;
	char *copy;

	own.e_phoff = sizeof(own);
	own.e_shoff = 0;
	own.e_shnum = 0;
	own.e_shstrndx = 0;
	*size = sizeof(own) + program_headers;
	copy = malloc(*size);
	if (copy == NULL)
		return NULL;
	memcpy(copy, &own, sizeof(own));
	if (!read_exactly(fd, copy + sizeof(own), program_headers, header->e_phoff)) {
		free(copy);
		return NULL;
	}
	return copy;
}

static int
segment_protection(uint32_t flags)
{
	return (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) |
	       (flags & PF_X ? PROT_EXEC : 0);
}

static bool
segments_overlap(const struct elf_segment *a, const struct elf_segment *b)
{
	return a->address < b->address + b->memory_size && b->address < a->address + a->memory_size;
}

/* Takes one PT_LOAD header in; NULL or what is wrong. */
static const char *
add_segment(struct elf_file *elf, const Elf64_Phdr *header, uint64_t file_size)
{
	const char *problem = elf_segment_problem(header, file_size);
	struct elf_segment *segment = &elf->segments[elf->segment_count];
	uint64_t page = header->p_vaddr & ~(uint64_t)(GUEST_PAGE_SIZE - 1);

	if (problem != NULL || header->p_memsz == 0)
		return problem;
	*segment = (struct elf_segment){
		.address = header->p_vaddr,
		.memory_size = header->p_memsz,
		.file_offset = header->p_offset,
		.file_size = header->p_filesz,
		.protection = segment_protection(header->p_flags),
	};
	for (unsigned i = 0; i < elf->segment_count; i++)
		if (segments_overlap(segment, &elf->segments[i]))
			return "two of its segments overlap";
	/* The kernel ignores alignments that are not a power of two (maximum_alignment). */
	if ((header->p_align & (header->p_align - 1)) == 0 && header->p_align > elf->alignment) {
		if (header->p_align > ALIGNMENT_LIMIT)
			return "a segment asks for an alignment of more than 1 GiB";
		elf->alignment = header->p_align;
	}
	if (elf->segment_count == 0 || page < elf->low)
		elf->low = page;
	if (segment->address + segment->memory_size > elf->high)
		elf->high = segment->address + segment->memory_size;
	elf->segment_count++;
	return NULL;
}

static const char *
read_interpreter(struct elf_file *elf, const Elf64_Phdr *header, uint64_t file_size)
{
	uint64_t size = header->p_filesz;

	if (elf->has_interpreter)
		return NULL; /* the kernel takes the first */
	if (size < 2 || size > PATH_MAX)
		return "the name of its interpreter is empty or too long";
	if (header->p_offset > file_size || size > file_size - header->p_offset ||
		!read_exactly(elf->fd, elf->interpreter, size, header->p_offset))
		return "the file is truncated: it ends before the name of its interpreter";
	if (elf->interpreter[size - 1] != '\0')
		return "the name of its interpreter has no end";
	if (elf->interpreter[0] == '\0')
		return "the name of its interpreter is empty or too long";
	elf->has_interpreter = true;
	return NULL;
}

/* Takes one program header in. */
static const char *
add_program_header(struct elf_file *elf, const Elf64_Phdr *header, uint64_t file_size)
{
	switch (header->p_type) {
	case PT_LOAD: return add_segment(elf, header, file_size);
	case PT_INTERP: return read_interpreter(elf, header, file_size);
	case PT_GNU_STACK: elf->executable_stack = header->p_flags & PF_X; return NULL;
	default: return NULL;
	}
}

/* Where the program headers are in memory: in the segment that holds their place in the file (load_elf_binary). */
static uint64_t
find_phdr(const struct elf_file *elf, uint64_t offset)
{
	for (unsigned i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *segment = &elf->segments[i];

		if (segment->file_offset <= offset &&
			offset - segment->file_offset < segment->file_size)
			return segment->address + (offset - segment->file_offset);
	}
	return 0;
}

/* Goes through the headers with libelf; NULL or what is wrong. */
static const char *
read_program_headers(struct elf_file *elf, char *headers, size_t size, uint64_t file_size)
{
	const char *problem = NULL;
	const Elf64_Phdr *table;
	size_t count = 0;
	Elf *handle;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return "libelf is too old";
	handle = elf_memory(headers, size);
	if (handle == NULL)
		return elf_errmsg(-1);
	table = elf64_getphdr(handle);
	if (table == NULL || elf_getphdrnum(handle, &count) != 0)
		problem = elf_errmsg(-1);
	for (size_t i = 0; i < count && problem == NULL; i++)
		problem = add_program_header(elf, &table[i], file_size);
	elf_end(handle);
	return problem;
}

static const char *
read_elf(struct elf_file *elf, const Elf64_Ehdr *header, uint64_t file_size)
{
	const char *problem = elf_header_problem(header, file_size);
	size_t size;
	char *headers;

	if (problem != NULL)
		return problem;
	elf->segments = calloc(header->e_phnum, sizeof(*elf->segments));
	headers = copy_headers(elf->fd, header, &size);
	if (elf->segments == NULL || headers == NULL)
		problem = "its program headers cannot be read";
	else
		problem = read_program_headers(elf, headers, size, file_size);
	free(headers);
	if (problem == NULL && elf->segment_count == 0)
		problem = "it has nothing to load";
	if (problem == NULL)
		elf->phdr = find_phdr(elf, header->e_phoff);
	return problem;
}

bool
elf_file_read(int fd, const char *path, struct elf_file *elf, struct loader_error *error)
{
	const char *problem;
	Elf64_Ehdr header;
	struct stat status;

	memset(elf, 0, sizeof(*elf));
	elf->fd = fd;
	elf->alignment = GUEST_PAGE_SIZE;
	if (fstat(fd, &status) != 0 || !read_exactly(fd, &header, sizeof(header), 0)) {
		problem = "the file is truncated: it ends inside its ELF header";
	} else {
		elf->type = header.e_type;
		elf->entry = header.e_entry;
		elf->phnum = header.e_phnum;
		problem = read_elf(elf, &header, (uint64_t)status.st_size);
	}
	if (problem == NULL)
		return true;
	loader_fail(error, 126, ENOEXEC, path,
		"cannot be executed; %s; the file is damaged or not a program", problem);
	elf_file_free(elf);
	return false;
}

void
elf_file_free(struct elf_file *elf)
{
	free(elf->segments);
	elf->segments = NULL;
	elf->segment_count = 0;
}
