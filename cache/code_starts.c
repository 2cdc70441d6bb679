// SPDX-License-Identifier: Apache-2.0
// Reads symbols, the dynamic section, relocations, function pointers in data, and unwind tables of a mapped guest file (see
// code_starts.h). What is loaded is read where it is mapped, the rest by pread.
#include "cache/code_starts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECTIONS_LIMIT 65536u

struct search {
	const struct code_file *file;
	code_start_function found;
	void *context;
};

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

/* [address, address + size) as mapped, or NULL when the file does not load all of it readably. */
static const uint8_t *
loaded(const struct code_file *file, uint64_t address, uint64_t size)
{
	const struct elf_file *elf = file->elf;

	for (unsigned k = 0; k < elf->segment_count; k++) {
		const struct elf_segment *segment = &elf->segments[k];

		if (address >= segment->address && segment->protection & (PROT_READ | PROT_EXEC) &&
			address - segment->address <= segment->file_size &&
			size <= segment->file_size - (address - segment->address))
			return (const uint8_t *)(uintptr_t)(address + file->bias);
	}
	return NULL;
}

/* How many bytes the file loads from `address` on. */
static uint64_t
loaded_from(const struct code_file *file, uint64_t address)
{
	const struct elf_file *elf = file->elf;

	for (unsigned k = 0; k < elf->segment_count; k++) {
		const struct elf_segment *segment = &elf->segments[k];

		if (address >= segment->address && segment->protection & (PROT_READ | PROT_EXEC) &&
			address - segment->address < segment->file_size)
			return segment->file_size - (address - segment->address);
	}
	return 0;
}

static bool
read_file(const struct code_file *file, void *to, size_t size, uint64_t offset)
{
	return offset <= file->size && size <= file->size - offset &&
	       pread(file->elf->fd, to, size, (off_t)offset) == (ssize_t)size;
}

/* ---- sections -------------------------------------------------------------------------------------------------------------- */

struct sections {
	Elf64_Shdr *all; /* NULL: none that can be used */
	unsigned count;
};

static struct sections
read_sections(const struct code_file *file)
{
	struct sections none = { NULL, 0 }, sections = none;
	Elf64_Ehdr header;
	Elf64_Shdr first;
	uint64_t count;

	if (!read_file(file, &header, sizeof(header), 0) || header.e_shoff == 0 ||
		header.e_shentsize != sizeof(Elf64_Shdr) ||
		!read_file(file, &first, sizeof(first), header.e_shoff))
		return none;
	count = header.e_shnum ? header.e_shnum : first.sh_size;
	if (count > SECTIONS_LIMIT)
		return none;
	sections.all = malloc(count * sizeof(Elf64_Shdr) + 1);
	sections.count = (unsigned)count;
	if (sections.all &&
		read_file(file, sections.all, count * sizeof(Elf64_Shdr), header.e_shoff))
		return sections;
	free(sections.all);
	return none;
}

/* ---- where code is ------------------------------------------------------------------------------------------------------------ */

static int
compare_extents(const void *one, const void *other)
{
	const struct code_extent *a = one, *b = other;

	return a->start < b->start ? -1 : a->start > b->start;
}

static bool
is_executable(const struct code_file *file, uint64_t address, uint64_t size)
{
	const struct elf_file *elf = file->elf;

	for (unsigned k = 0; k < elf->segment_count; k++) {
		const struct elf_segment *segment = &elf->segments[k];

		if (segment->protection & PROT_EXEC && address >= segment->address &&
			address - segment->address <= segment->file_size &&
			size <= segment->file_size - (address - segment->address))
			return true;
	}
	return false;
}

static unsigned
extents_of_sections(const struct code_file *file, const struct sections *sections,
	struct code_extent *extents, unsigned room)
{
	unsigned count = 0;

	for (unsigned k = 0; k < sections->count; k++) {
		const Elf64_Shdr *section = &sections->all[k];
		const uint64_t wanted = SHF_ALLOC | SHF_EXECINSTR;

		if ((section->sh_flags & wanted) != wanted || section->sh_type != SHT_PROGBITS ||
			section->sh_size < 4 ||
			!is_executable(file, section->sh_addr, section->sh_size))
			continue;
		if (count == room)
			return 0;
		extents[count++] = (struct code_extent){ section->sh_addr,
			section->sh_addr + section->sh_size };
	}
	return count;
}

static unsigned
extents_of_segments(const struct code_file *file, struct code_extent *extents, unsigned room)
{
	const struct elf_file *elf = file->elf;
	unsigned count = 0;

	for (unsigned k = 0; k < elf->segment_count && count < room; k++) {
		const struct elf_segment *segment = &elf->segments[k];

		if (segment->protection & PROT_EXEC && segment->file_size >= 4)
			extents[count++] = (struct code_extent){ segment->address,
				segment->address + segment->file_size };
	}
	return count;
}

/* Whole instructions, without overlaps. */
static unsigned
tidy_extents(struct code_extent *extents, unsigned count)
{
	unsigned kept = 0;

	qsort(extents, count, sizeof(*extents), compare_extents);
	for (unsigned k = 0; k < count; k++) {
		struct code_extent extent = extents[k];

		extent.start = (extent.start + 3) & ~UINT64_C(3);
		extent.end &= ~UINT64_C(3);
		if (kept && extent.start < extents[kept - 1].end)
			extent.start = extents[kept - 1].end;
		if (extent.start < extent.end)
			extents[kept++] = extent;
	}
	return kept;
}

unsigned
code_extents_find(const struct code_file *file, struct code_extent *extents, unsigned room)
{
	struct sections sections = read_sections(file);
	unsigned count = extents_of_sections(file, &sections, extents, room);

	free(sections.all);
	if (count == 0)
		count = extents_of_segments(file, extents, room);
	return tidy_extents(extents, count);
}

/* ---- symbols --------------------------------------------------------------------------------------------------------------------- */

static void
find_in_symbols(const struct search *search, const Elf64_Shdr *table)
{
	Elf64_Sym symbols[512];
	uint64_t left = table->sh_size / sizeof(*symbols), offset = table->sh_offset;

	while (left) {
		size_t count = left < 512 ? (size_t)left : 512;

		if (!read_file(search->file, symbols, count * sizeof(*symbols), offset))
			return;
		for (size_t k = 0; k < count; k++) {
			unsigned type = ELF64_ST_TYPE(symbols[k].st_info);

			if ((type == STT_FUNC || type == STT_GNU_IFUNC) &&
				symbols[k].st_shndx != SHN_UNDEF)
				search->found(
					search->context, symbols[k].st_value, CODE_START_FUNCTION);
		}
		left -= count;
		offset += count * sizeof(*symbols);
	}
}

/* ---- relocations and pointers -------------------------------------------------------------------------------------------------- */

#define R_RELATIVE  1027 /* R_AARCH64_RELATIVE */
#define R_IRELATIVE 1032 /* R_AARCH64_IRELATIVE */

static void
find_in_relocations(const struct search *search, uint64_t address, uint64_t size)
{
	const uint8_t *at = loaded(search->file, address, size);

	for (; at && size >= sizeof(Elf64_Rela);
		at += sizeof(Elf64_Rela), size -= sizeof(Elf64_Rela)) {
		Elf64_Rela rela;

		memcpy(&rela, at, sizeof(rela));
		if (ELF64_R_TYPE(rela.r_info) == R_RELATIVE ||
			ELF64_R_TYPE(rela.r_info) == R_IRELATIVE)
			search->found(search->context, (uint64_t)rela.r_addend, CODE_START_POINTER);
	}
}

/* Words of data that could be addresses: function pointers, where no relocation says so. */
static void
find_in_data(const struct search *search)
{
	const struct elf_file *elf = search->file->elf;

	for (unsigned k = 0; k < elf->segment_count; k++) {
		const struct elf_segment *segment = &elf->segments[k];
		uint64_t address = (segment->address + 7) & ~UINT64_C(7);

		if (!(segment->protection & PROT_WRITE))
			continue;
		for (; address + 8 <= segment->address + segment->file_size; address += 8) {
			uint64_t word;

			memcpy(&word, (const void *)(uintptr_t)(address + search->file->bias), 8);
			if (word && word % 4 == 0)
				search->found(search->context, word, CODE_START_POINTER);
		}
	}
}

/* ---- the dynamic section --------------------------------------------------------------------------------------------------------- */

static void
find_in_array(const struct search *search, uint64_t address, uint64_t size)
{
	const uint8_t *at = loaded(search->file, address, size);

	for (; at && size >= 8; at += 8, size -= 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		search->found(search->context, word, CODE_START_FUNCTION);
	}
}

static void
find_in_dynamic(const struct search *search, const Elf64_Phdr *header)
{
	const uint8_t *at = loaded(search->file, header->p_vaddr, header->p_filesz);
	uint64_t values[64] = { 0 };

	for (uint64_t left = header->p_filesz; at && left >= sizeof(Elf64_Dyn);
		at += sizeof(Elf64_Dyn), left -= sizeof(Elf64_Dyn)) {
		Elf64_Dyn entry;

		memcpy(&entry, at, sizeof(entry));
		if (entry.d_tag == DT_NULL)
			break;
		if (entry.d_tag > 0 && entry.d_tag < 64)
			values[entry.d_tag] = entry.d_un.d_val;
	}
	search->found(search->context, values[DT_INIT], CODE_START_FUNCTION);
	search->found(search->context, values[DT_FINI], CODE_START_FUNCTION);
	find_in_array(search, values[DT_INIT_ARRAY], values[DT_INIT_ARRAYSZ]);
	find_in_array(search, values[DT_FINI_ARRAY], values[DT_FINI_ARRAYSZ]);
	find_in_array(search, values[DT_PREINIT_ARRAY], values[DT_PREINIT_ARRAYSZ]);
	find_in_relocations(search, values[DT_RELA], values[DT_RELASZ]);
}

/* ---- unwind tables (LSB Core, "Exception Frames"; DWARF 5, 6.4.1) ---------------------------------------------------------------- */

enum {
	ENCODED_ABSOLUTE = 0x00,
	ENCODED_UDATA4 = 0x03,
	ENCODED_SDATA4 = 0x0b,
	ENCODED_RELATIVE_SDATA4 = 0x1b, /* to its own place */
	ENCODED_RELATIVE_SDATA8 = 0x1c,
	ENCODED_TABLE_SDATA4 = 0x3b, /* to the table's */
};

/* The pointer encoded at `at` (an address of the file); false when it is cut off or of an encoding that linkers do not use. */
static bool
decode_pointer(const struct code_file *file, uint64_t at, unsigned encoding, uint64_t *value)
{
	bool wide = encoding == ENCODED_ABSOLUTE || encoding == ENCODED_RELATIVE_SDATA8;
	const uint8_t *bytes = loaded(file, at, wide ? 8 : 4);
	uint64_t word = 0;

	if (!bytes)
		return false;
	memcpy(&word, bytes, wide ? 8 : 4);
	switch (encoding) {
	case ENCODED_ABSOLUTE:
	case ENCODED_UDATA4: *value = word; return true;
	case ENCODED_SDATA4: *value = (uint64_t)(int32_t)word; return true;
	case ENCODED_RELATIVE_SDATA4: *value = at + (uint64_t)(int32_t)word; return true;
	case ENCODED_RELATIVE_SDATA8: *value = at + word; return true;
	default: return false;
	}
}

static uint64_t
skip_leb128(const struct code_file *file, uint64_t at)
{
	const uint8_t *byte;

	while ((byte = loaded(file, at, 1)) && *byte & 0x80)
		at++;
	return at + 1;
}

/* The encoding of pointers in FDEs of the CIE at `at`; -1 when it cannot be made out. */
static int
fde_encoding(const struct code_file *file, uint64_t at)
{
	const uint8_t *cie = loaded(file, at, 10);
	uint64_t letters, data;
	const uint8_t *letter, *byte;

	if (!cie || (cie[8] != 1 && cie[8] != 3))
		return -1;
	letters = at + 9;
	data = letters;
	while ((letter = loaded(file, data, 1)) && *letter)
		data++;
	data = skip_leb128(file, skip_leb128(file, data + 1));   /* alignment factors */
	data = cie[8] == 1 ? data + 1 : skip_leb128(file, data); /* return address register */
	if (!(letter = loaded(file, letters, 1)) || *letter != 'z')
		return letter && !*letter ? ENCODED_ABSOLUTE : -1;
	data = skip_leb128(file, data);
	while ((letter = loaded(file, ++letters, 1)) && *letter) {
		if (!(byte = loaded(file, data, 1)))
			return -1;
		if (*letter == 'R')
			return *byte;
		if (*letter == 'P')
			data += *byte % 16 == 0 || *byte % 16 == 4 || *byte % 16 == 12 ? 9 : 5;
		else if (*letter == 'L')
			data++;
	}
	return ENCODED_ABSOLUTE;
}

static void
find_in_frames(const struct search *search, uint64_t at)
{
	const struct code_file *file = search->file;
	uint64_t last_cie = 0, left = loaded_from(file, at);
	int encoding = -1;

	while (left >= 8) {
		const uint8_t *bytes = loaded(file, at, 8);
		uint32_t length, id;
		uint64_t start;

		if (!bytes)
			return;
		memcpy(&length, bytes, 4);
		memcpy(&id, bytes + 4, 4);
		/* 0 ends the section; entries of the 64-bit form are as large as no linker makes them */
		if (length < 4 || length == UINT32_MAX || length > left - 4)
			return;
		if (id != 0 && at + 4 - id != last_cie) {
			last_cie = at + 4 - id;
			encoding = fde_encoding(file, last_cie);
		}
		if (id != 0 && encoding >= 0 &&
			decode_pointer(file, at + 8, (unsigned)encoding, &start))
			search->found(search->context, start, CODE_START_FUNCTION);
		at += 4 + (uint64_t)length;
		left -= 4 + (uint64_t)length;
	}
}

/* .eh_frame_hdr: a sorted table of all functions, else it says where the frames are. */
static void
find_in_frame_header(const struct search *search, const Elf64_Phdr *header)
{
	uint64_t at = header->p_vaddr, frames, count;
	const uint8_t *bytes = loaded(search->file, at, 12), *table = NULL;

	if (!bytes || bytes[0] != 1)
		return;
	if (bytes[1] == ENCODED_RELATIVE_SDATA4 && bytes[2] == ENCODED_UDATA4 &&
		bytes[3] == ENCODED_TABLE_SDATA4 &&
		decode_pointer(search->file, at + 8, ENCODED_UDATA4, &count))
		table = loaded(search->file, at + 12, count * 8);
	if (!table) {
		if (decode_pointer(search->file, at + 4, bytes[1], &frames))
			find_in_frames(search, frames);
		return;
	}
	for (; count--; table += 8) {
		int32_t offset;

		memcpy(&offset, table, 4);
		search->found(search->context, at + (uint64_t)(int64_t)offset, CODE_START_FUNCTION);
	}
}

/* ---- all of it -------------------------------------------------------------------------------------------------------------------- */

static void
find_in_sections(const struct search *search)
{
	struct sections sections = read_sections(search->file);

	for (unsigned k = 0; k < sections.count; k++) {
		const Elf64_Shdr *section = &sections.all[k];

		if (section->sh_type == SHT_SYMTAB || section->sh_type == SHT_DYNSYM)
			find_in_symbols(search, section);
		else if (section->sh_type == SHT_RELA && section->sh_flags & SHF_ALLOC)
			find_in_relocations(search, section->sh_addr, section->sh_size);
	}
	free(sections.all);
}

static void
find_in_program_headers(const struct search *search)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	if (!read_file(search->file, &header, sizeof(header), 0))
		return;
	for (unsigned k = 0; k < header.e_phnum; k++) {
		if (!read_file(search->file, &segment, sizeof(segment),
			    header.e_phoff + k * sizeof(segment)))
			return;
		if (segment.p_type == PT_DYNAMIC)
			find_in_dynamic(search, &segment);
		else if (segment.p_type == PT_GNU_EH_FRAME)
			find_in_frame_header(search, &segment);
	}
}

void
code_starts_find(const struct code_file *file, code_start_function found, void *context)
{
	const struct search search = { file, found, context };

	found(context, file->elf->entry, CODE_START_FUNCTION);
	find_in_sections(&search);
	find_in_program_headers(&search);
	find_in_data(&search);
}
