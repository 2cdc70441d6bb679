// SPDX-License-Identifier: Apache-2.0
// Where code begins in ELF files: symbols, relocations, pointers, and unwind tables with and without their sorted table; and that
// nothing in a file leads the search out of what is mapped.
#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache/code_starts.h"

#define FILE_SIZE 0x3000u
#define TEXT      0x401000u /* address of the first segment's code */
#define DATA      0x402000u
#define BASE      0x400000u

/*
 * A file of three pages, as its segments are mapped too: headers and tables (readable), code (executable), data (writable). What is
 * mapped ends at a page that cannot be read.
 */
struct image {
	uint8_t *bytes;
	struct elf_file elf;
	struct elf_segment segments[3];
	struct code_file file;
};

static struct image
make_image(void)
{
	struct image image = { 0 };
	uint8_t *memory = mmap(NULL, FILE_SIZE + 0x1000, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = memfd_create("image", MFD_CLOEXEC);

	cr_assert(memory != MAP_FAILED && fd >= 0);
	cr_assert_eq(ftruncate(fd, FILE_SIZE), 0);
	cr_assert_eq(mmap(memory, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0),
		memory);
	cr_assert_eq(mprotect(memory + FILE_SIZE, 0x1000, PROT_NONE), 0);
	image.bytes = memory;
	for (unsigned k = 0; k < 3; k++)
		image.segments[k] = (struct elf_segment){ .address = BASE + k * 0x1000,
			.memory_size = 0x1000,
			.file_offset = k * 0x1000,
			.file_size = 0x1000,
			.protection =
				PROT_READ | (k == 1 ? PROT_EXEC : 0) | (k == 2 ? PROT_WRITE : 0) };
	image.elf = (struct elf_file){ .fd = fd, .entry = TEXT + 0x10, .segment_count = 3 };
	image.file.bias = (uintptr_t)memory - BASE;
	image.file.size = FILE_SIZE;
	return image;
}

/* The parts that point into the image, once it is where it stays. */
static void
settle(struct image *image)
{
	image->elf.segments = image->segments;
	image->file.elf = &image->elf;
}

static void
free_image(struct image *image)
{
	munmap(image->bytes, FILE_SIZE + 0x1000);
	close(image->elf.fd);
}

static void
put(struct image *image, uint64_t at, const void *data, size_t size)
{
	cr_assert(at + size <= FILE_SIZE);
	memcpy(image->bytes + at, data, size);
}

static void
put_word(struct image *image, uint64_t at, uint64_t value, size_t size)
{
	put(image, at, &value, size);
}

static void
put_header(struct image *image, unsigned segments, unsigned sections)
{
	const Elf64_Ehdr header = { .e_phoff = 0x40,
		.e_phnum = (uint16_t)segments,
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_shoff = sections ? 0x200 : 0,
		.e_shnum = (uint16_t)sections,
		.e_shentsize = sizeof(Elf64_Shdr) };

	put(image, 0, &header, sizeof(header));
}

/* ---- what is found -------------------------------------------------------------------------------------------------------- */

struct found {
	unsigned functions[0x400], pointers[0x400]; /* by instruction of the text */
	unsigned elsewhere, all;
};

static void
note(void *context, uint64_t address, enum code_start_kind kind)
{
	struct found *found = context;

	found->all++;
	if (address < TEXT || address >= TEXT + 0x1000 || address % 4)
		found->elsewhere++;
	else
		(kind == CODE_START_FUNCTION ? found->functions
					     : found->pointers)[(address - TEXT) / 4]++;
}

static struct found
find(struct image *image)
{
	struct found found = { 0 };

	settle(image);
	code_starts_find(&image->file, note, &found);
	return found;
}

static bool
is_function(const struct found *found, uint64_t offset)
{
	return found->functions[offset / 4] != 0;
}

Test(code_starts, entry_alone)
{
	struct image image = make_image();
	struct found found = find(&image);

	cr_assert(is_function(&found, 0x10));
	cr_assert_eq(found.all, 1);
	free_image(&image);
}

Test(code_starts, symbols)
{
	const Elf64_Sym symbols[] = {
		{ .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = 1,
			.st_value = TEXT + 0x20 },
		{ .st_info = ELF64_ST_INFO(STB_LOCAL, STT_GNU_IFUNC),
			.st_shndx = 1,
			.st_value = TEXT + 0x30 },
		{ .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = SHN_UNDEF,
			.st_value = TEXT + 0x40 },
		{ .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
			.st_shndx = 1,
			.st_value = TEXT + 0x50 },
	};
	Elf64_Shdr section = {
		.sh_type = SHT_SYMTAB, .sh_offset = 0x800, .sh_size = sizeof(symbols)
	};
	struct image image = make_image();
	struct found found;

	put_header(&image, 0, 1);
	put(&image, 0x200, &section, sizeof(section));
	put(&image, 0x800, symbols, sizeof(symbols));
	found = find(&image);
	cr_assert(is_function(&found, 0x20));
	cr_assert(is_function(&found, 0x30));
	cr_assert_not(is_function(&found, 0x40));
	cr_assert_not(is_function(&found, 0x50));
	/* a table that goes on behind the file's end is read as far as it is whole */
	section.sh_size = UINT64_MAX;
	put(&image, 0x200, &section, sizeof(section));
	find(&image);
	free_image(&image);
}

Test(code_starts, relocations_and_pointers)
{
	const Elf64_Rela relocations[] = {
		{ .r_info = ELF64_R_INFO(0, 1027), .r_addend = TEXT + 0x60 },
		{ .r_info = ELF64_R_INFO(0, 1032), .r_addend = TEXT + 0x70 },
		{ .r_info = ELF64_R_INFO(3, 257), .r_addend = TEXT + 0x80 },
	};
	const Elf64_Dyn dynamic[] = {
		{ .d_tag = DT_INIT, .d_un.d_val = TEXT + 0x90 },
		{ .d_tag = DT_INIT_ARRAY, .d_un.d_val = DATA + 0x100 },
		{ .d_tag = DT_INIT_ARRAYSZ, .d_un.d_val = 16 },
		{ .d_tag = DT_RELA, .d_un.d_val = BASE + 0x800 },
		{ .d_tag = DT_RELASZ, .d_un.d_val = sizeof(relocations) },
		{ .d_tag = DT_NULL },
	};
	const Elf64_Phdr segment = {
		.p_type = PT_DYNAMIC, .p_vaddr = DATA + 0x200, .p_filesz = sizeof(dynamic)
	};
	struct image image = make_image();
	struct found found;

	put_header(&image, 1, 0);
	put(&image, 0x40, &segment, sizeof(segment));
	put(&image, 0x2200, dynamic, sizeof(dynamic));
	put(&image, 0x800, relocations, sizeof(relocations));
	put_word(&image, 0x2100, TEXT + 0xa0, 8);
	put_word(&image, 0x2108, TEXT + 0xa4, 8);
	put_word(&image, 0x2ff8, TEXT + 0xb0,
		8); /* a function pointer at the very end of the data */
	put_word(&image, 0x2ff0, TEXT + 0xb1, 8); /* no instruction is there */
	found = find(&image);
	cr_assert(found.pointers[0x60 / 4] && found.pointers[0x70 / 4]);
	cr_assert_not(found.pointers[0x80 / 4]);
	cr_assert(is_function(&found, 0x90));
	cr_assert(is_function(&found, 0xa0) && is_function(&found, 0xa4));
	cr_assert(found.pointers[0xb0 / 4]);
	free_image(&image);
}

/* ---- unwind tables --------------------------------------------------------------------------------------------------------- */

#define FRAMES 0x600u

/* A CIE whose FDEs have pointers of `encoding`, and FDEs for the functions at 0x100, 0x140, 0x180 of the text. */
static void
put_frames(
	struct image *image, const char *augmentation, uint8_t encoding, bool wide, bool relative)
{
	uint64_t at = FRAMES, cie = at;
	uint8_t body[32] = { [4] = 1 /* version */ };
	size_t size = 5;

	memcpy(body + size, augmentation, strlen(augmentation) + 1);
	size += strlen(augmentation) + 1;
	body[size++] = 4;    /* code alignment */
	body[size++] = 0x78; /* data alignment */
	body[size++] = 30;   /* return address register */
	if (*augmentation == 'z') {
		body[size++] = (uint8_t)strlen(augmentation + 1);
		for (const char *letter = augmentation + 1; *letter; letter++)
			body[size++] = *letter == 'R' ? encoding : 0x1b;
	}
	size = (size + 3) & ~(size_t)3;
	put_word(image, at, size, 4);
	put(image, at + 4, body, size);
	at += 4 + size;
	for (uint64_t k = 0; k < 3; k++) {
		uint64_t start = TEXT + 0x100 + k * 0x40, length = wide ? 20 : 12;

		put_word(image, at, length, 4);
		put_word(image, at + 4, at + 4 - cie, 4);
		put_word(image, at + 8, relative ? start - (BASE + at + 8) : start, wide ? 8 : 4);
		at += 4 + length;
	}
	put_word(image, at, 0, 4);
}

static void
put_frame_header(struct image *image, bool with_table)
{
	const Elf64_Phdr segment = {
		.p_type = PT_GNU_EH_FRAME, .p_vaddr = BASE + 0x500, .p_filesz = 12
	};
	const uint8_t encodings[] = { 1, 0x1b, with_table ? 0x03 : 0xff, with_table ? 0x3b : 0xff };

	put_header(image, 1, 0);
	put(image, 0x40, &segment, sizeof(segment));
	put(image, 0x500, encodings, sizeof(encodings));
	put_word(image, 0x504, FRAMES - 0x504, 4);
	put_word(image, 0x508, 2, 4);
	for (uint64_t k = 0; k < 2 && with_table; k++) {
		put_word(image, 0x50c + 8 * k, TEXT + 0x200 + k * 0x40 - (BASE + 0x500), 4);
		put_word(image, 0x510 + 8 * k, FRAMES - 0x500, 4);
	}
}

Test(code_starts, unwind_table)
{
	struct image image = make_image();
	struct found found;

	put_frame_header(&image, true);
	put_frames(&image, "zR", 0x1b, false, true);
	found = find(&image);
	cr_assert(is_function(&found, 0x200) && is_function(&found, 0x240));
	/* the table has all functions: the frames need not be looked at */
	cr_assert_not(is_function(&found, 0x100));
	/* a table that does not fit: the frames */
	put_word(&image, 0x508, UINT32_MAX, 4);
	found = find(&image);
	cr_assert(is_function(&found, 0x100) && is_function(&found, 0x180));
	free_image(&image);
}

Test(code_starts, unwind_frames)
{
	const struct {
		const char *augmentation;
		uint8_t encoding;
		bool wide, relative;
	} cases[] = {
		{ "zR", 0x1b, false, true },
		{ "zR", 0x1c, true, true },
		{ "zR", 0x00, true, false },
		{ "zR", 0x03, false, false },
		{ "zR", 0x0b, false, false },
		{ "zLR", 0x1b, false, true },
		{ "", 0, true, false },
	};

	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		struct image image = make_image();
		struct found found;

		put_frame_header(&image, false);
		put_frames(&image, cases[k].augmentation, cases[k].encoding, cases[k].wide,
			cases[k].relative);
		found = find(&image);
		for (uint64_t offset = 0x100; offset < 0x1c0; offset += 0x40)
			cr_assert(is_function(&found, offset), "case %zu, %#lx", k, offset);
		free_image(&image);
	}
}

Test(code_starts, sections_with_code)
{
	const Elf64_Shdr sections[] = {
		{ .sh_type = SHT_PROGBITS,
			.sh_flags = SHF_ALLOC | SHF_EXECINSTR,
			.sh_addr = TEXT + 0x800,
			.sh_size = 0x102 },
		{ .sh_type = SHT_PROGBITS,
			.sh_flags = SHF_ALLOC | SHF_EXECINSTR,
			.sh_addr = TEXT + 0x11,
			.sh_size = 0x100 },
		{ .sh_type = SHT_PROGBITS,
			.sh_flags = SHF_ALLOC,
			.sh_addr = TEXT + 0x400,
			.sh_size = 0x100 },
		{ .sh_type = SHT_PROGBITS,
			.sh_flags = SHF_ALLOC | SHF_EXECINSTR,
			.sh_addr = TEXT + 0xf00,
			.sh_size = 0x200 },
		{ .sh_type = SHT_PROGBITS,
			.sh_flags = SHF_ALLOC | SHF_EXECINSTR,
			.sh_addr = TEXT + 0x880,
			.sh_size = 0x100 },
	};
	struct code_extent extents[8];
	struct image image = make_image();

	settle(&image);
	cr_assert_eq(code_extents_find(&image.file, extents, 8), 1);
	cr_assert(extents[0].start == TEXT && extents[0].end == TEXT + 0x1000);
	put_header(&image, 0, 5);
	put(&image, 0x200, sections, sizeof(sections));
	cr_assert_eq(code_extents_find(&image.file, extents, 8), 3);
	cr_assert(extents[0].start == TEXT + 0x14 && extents[0].end == TEXT + 0x110);
	cr_assert(extents[1].start == TEXT + 0x800 && extents[1].end == TEXT + 0x900);
	cr_assert(extents[2].start == TEXT + 0x900 && extents[2].end == TEXT + 0x980);
	/* more sections than there is room for: segments */
	cr_assert_eq(code_extents_find(&image.file, extents, 2), 1);
	free_image(&image);
}

/* Whatever is in the file, only what is mapped is read. */
Test(code_starts, nonsense)
{
	uint64_t random = 1;

	for (unsigned round = 0; round < 3000; round++) {
		struct image image = make_image();

		put_frame_header(&image, round % 2);
		put_frames(&image, "zR", 0x1b, false, true);
		for (unsigned change = 0; change < 1 + round % 40; change++) {
			random = random * UINT64_C(6364136223846793005) +
				 UINT64_C(1442695040888963407);
			/* the tables, and what leads to them */
			image.bytes[(random >> 33) % 0x800] = (uint8_t)(random >> 25);
		}
		if (round % 3 == 0)
			put_word(&image, 0x40 + offsetof(Elf64_Phdr, p_vaddr),
				DATA + 0xff0 + round % 16, 8);
		find(&image);
		free_image(&image);
	}
}
