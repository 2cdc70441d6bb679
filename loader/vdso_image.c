// SPDX-License-Identifier: Apache-2.0
// The vDSO that guests see, laid out by the compiler: an ELF shared object as a C structure, whose parts refer to each
// other by offsetof. Its functions make the system call; what they save over the program's own call is nothing, but
// C libraries and signal frames expect them to be there. Names and version are those of arch/arm64/kernel/vdso.
#include "loader/vdso_image.h"

#include <elf.h>

/* movz x8, #number; svc #0 */
#define A64_MOVZ_X8(number) (0xd2800008u | (uint32_t)(number) << 5)
#define A64_SVC             0xd4000001u
#define A64_RET             0xd65f03c0u
#define A64_NOP             0xd503201fu

/* System call numbers of arm64. */
enum {
	NR_CLOCK_GETTIME = 113,
	NR_CLOCK_GETRES = 114,
	NR_RT_SIGRETURN = 139,
	NR_GETTIMEOFDAY = 169
};

#define SONAME  "linux-vdso.so.1"
#define VERSION "LINUX_2.6.39"
/* System V hashes of the two (ELF gABI, "Hash Table"). */
#define SONAME_HASH  0x0deebfa1
#define VERSION_HASH 0x075fcb89

enum { SYMBOL_COUNT = 5, FUNCTION_WORDS = 3, DYNAMIC_COUNT = 10 };

struct vdso_strings {
	char empty[1];
	char soname[sizeof(SONAME)];
	char version[sizeof(VERSION)];
	char sigreturn[sizeof("__kernel_rt_sigreturn")];
	char gettimeofday[sizeof("__kernel_gettimeofday")];
	char clock_gettime[sizeof("__kernel_clock_gettime")];
	char clock_getres[sizeof("__kernel_clock_getres")];
};

struct vdso_code {
	/*
	 * Unwinders look at the instruction before a return address, so a nop comes before the function that signal
	 * handlers return to; libgcc and gdb know its two instructions.
	 */
	uint32_t before_sigreturn[3];
	uint32_t sigreturn[2];
	uint32_t gettimeofday[FUNCTION_WORDS];
	uint32_t clock_gettime[FUNCTION_WORDS];
	uint32_t clock_getres[FUNCTION_WORDS];
};

struct vdso {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
	struct {
		uint32_t bucket_count;
		uint32_t chain_count;
		uint32_t bucket[1];
		uint32_t chain[SYMBOL_COUNT];
	} hash;
	Elf64_Sym symbols[SYMBOL_COUNT];
	Elf64_Dyn dynamic[DYNAMIC_COUNT];
	struct {
		Elf64_Verdef own;
		Elf64_Verdaux own_name;
		Elf64_Verdef version;
		Elf64_Verdaux version_name;
	} versions;
	Elf64_Half symbol_versions[SYMBOL_COUNT + 1];
	struct vdso_strings strings;
	_Alignas(16) struct vdso_code code;
};

#define OFFSET(member) offsetof(struct vdso, member)
#define STRING(member) (offsetof(struct vdso_strings, member))
#define FUNCTION(name_)                                                                   \
	{                                                                                 \
		.st_name = STRING(name_), .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), \
		.st_shndx = 1, .st_value = OFFSET(code.name_),                            \
		.st_size = sizeof(((struct vdso *)0)->code.name_)                         \
	}
#define DYNAMIC(tag, value)                           \
	{                                             \
		.d_tag = (tag), .d_un.d_val = (value) \
	}

static const struct vdso image = {
	.header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = EM_AARCH64,
		.e_version = EV_CURRENT,
		.e_phoff = OFFSET(segments),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 2,
	},
	.segments = {
		{
			.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = sizeof(struct vdso),
			.p_memsz = sizeof(struct vdso), .p_align = 4096,
		},
		{
			.p_type = PT_DYNAMIC, .p_flags = PF_R, .p_offset = OFFSET(dynamic),
			.p_vaddr = OFFSET(dynamic), .p_paddr = OFFSET(dynamic),
			.p_filesz = sizeof(image.dynamic), .p_memsz = sizeof(image.dynamic), .p_align = 8,
		},
	},
	/* One bucket: all symbols in one chain. */
	.hash = { 1, SYMBOL_COUNT, { 1 }, { 0, 2, 3, 4, 0 } },
	.symbols = {
		{ 0 },
		FUNCTION(sigreturn),
		FUNCTION(gettimeofday),
		FUNCTION(clock_gettime),
		FUNCTION(clock_getres),
	},
	.dynamic = {
		DYNAMIC(DT_SONAME, STRING(soname)),
		DYNAMIC(DT_HASH, OFFSET(hash)),
		DYNAMIC(DT_STRTAB, OFFSET(strings)),
		DYNAMIC(DT_SYMTAB, OFFSET(symbols)),
		DYNAMIC(DT_STRSZ, sizeof(struct vdso_strings)),
		DYNAMIC(DT_SYMENT, sizeof(Elf64_Sym)),
		DYNAMIC(DT_VERSYM, OFFSET(symbol_versions)),
		DYNAMIC(DT_VERDEF, OFFSET(versions)),
		DYNAMIC(DT_VERDEFNUM, 2),
		DYNAMIC(DT_NULL, 0),
	},
	.versions = {
		.own = {
			.vd_version = VER_DEF_CURRENT, .vd_flags = VER_FLG_BASE, .vd_ndx = 1, .vd_cnt = 1,
			.vd_hash = SONAME_HASH, .vd_aux = sizeof(Elf64_Verdef),
			.vd_next = sizeof(Elf64_Verdef) + sizeof(Elf64_Verdaux),
		},
		.own_name = { .vda_name = STRING(soname) },
		.version = {
			.vd_version = VER_DEF_CURRENT, .vd_ndx = 2, .vd_cnt = 1, .vd_hash = VERSION_HASH,
			.vd_aux = sizeof(Elf64_Verdef),
		},
		.version_name = { .vda_name = STRING(version) },
	},
	.symbol_versions = { 0, 2, 2, 2, 2 },
	.strings = {
		.soname = SONAME,
		.version = VERSION,
		.sigreturn = "__kernel_rt_sigreturn",
		.gettimeofday = "__kernel_gettimeofday",
		.clock_gettime = "__kernel_clock_gettime",
		.clock_getres = "__kernel_clock_getres",
	},
	.code = {
		.before_sigreturn = { A64_NOP, A64_NOP, A64_NOP },
		.sigreturn = { A64_MOVZ_X8(NR_RT_SIGRETURN), A64_SVC },
		.gettimeofday = { A64_MOVZ_X8(NR_GETTIMEOFDAY), A64_SVC, A64_RET },
		.clock_gettime = { A64_MOVZ_X8(NR_CLOCK_GETTIME), A64_SVC, A64_RET },
		.clock_getres = { A64_MOVZ_X8(NR_CLOCK_GETRES), A64_SVC, A64_RET },
	},
};

_Static_assert(sizeof(image) <= 4096, "the vDSO is one page");

const void *const vdso_image = &image;
const size_t vdso_image_size = sizeof(image);
const uint64_t vdso_sigreturn_offset = OFFSET(code.sigreturn);
