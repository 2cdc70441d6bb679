// SPDX-License-Identifier: Apache-2.0
// The guest's initial stack (see layout.h), byte for byte as fs/exec.c and create_elf_tables in fs/binfmt_elf.c of an
// arm64 kernel lay it out. From high to low addresses:
//
//	8 zero bytes, name of the executable, environment strings, argument strings, (random gap,)
//	"aarch64", 16 random bytes, auxiliary vector, environment pointers, argument pointers, argc <- sp
#include "loader/layout.h"

#include "loader/vdso_image.h"
#include "runtime/guest_memory.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

/* Not in all C libraries' headers. */
#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif
#ifndef AT_RSEQ_FEATURE_SIZE
#define AT_RSEQ_FEATURE_SIZE 27
#define AT_RSEQ_ALIGN        28
#endif
/*
 * The signal frame without SVE: struct rt_sigframe (4688 bytes), a frame record and alignment (minsigstksz_setup in
 * arch/arm64/kernel/signal.c).
 */
#define GUEST_MINSIGSTKSZ 4720
#define GUEST_CLOCK_TICKS 100
#define GUEST_PLATFORM    "aarch64"
/* The kernel lets arguments and environment fill a quarter of the stack (setup_arg_pages' ARG limit). */
#define STACK_SHARE_OF_STRINGS 4

/* HWCAP_* of arch/arm64/include/uapi/asm/hwcap.h that the translator implements. */
enum {
	GUEST_HWCAP_FP = 1 << 0,
	GUEST_HWCAP_ASIMD = 1 << 1,
	GUEST_HWCAP_AES = 1 << 3,
	GUEST_HWCAP_PMULL = 1 << 4,
	GUEST_HWCAP_SHA1 = 1 << 5,
	GUEST_HWCAP_SHA2 = 1 << 6,
	GUEST_HWCAP_CRC32 = 1 << 7,
	GUEST_HWCAP_ATOMICS = 1 << 8,
	GUEST_HWCAP_CPUID = 1 << 11,
};

uint64_t
loader_hwcap(void)
{
	return GUEST_HWCAP_FP | GUEST_HWCAP_ASIMD | GUEST_HWCAP_AES | GUEST_HWCAP_PMULL |
	       GUEST_HWCAP_SHA1 | GUEST_HWCAP_SHA2 | GUEST_HWCAP_CRC32 | GUEST_HWCAP_ATOMICS |
	       GUEST_HWCAP_CPUID;
}

uint64_t
loader_hwcap2(void)
{
	return 0;
}

bool
stack_map(const struct layout *layout, const struct load_request *request,
	struct loaded_program *program, struct loader_error *error)
{
	uint64_t size = layout->stack_high - layout->stack_low;
	uint64_t protection = PROT_READ | PROT_WRITE | (program->executable_stack ? PROT_EXEC : 0);
	uint64_t flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
	int64_t result;

	result = guest_memory_map_kind(layout->stack_low, size, protection,
		flags | MAP_FIXED_NOREPLACE, -1, 0, GUEST_MAPPING_STACK);
	if (result == -EEXIST)
		result = guest_memory_map_kind(
			0, size, protection, flags, -1, 0, GUEST_MAPPING_STACK);
	if (result < 0) {
		loader_fail(error, 126, (int)-result, request->path,
			"cannot be loaded; mapping a stack of %llu bytes failed (%s); "
			"use a smaller one (-s, ulimit -s)",
			(unsigned long long)size, strerror((int)-result));
		return false;
	}
	program->stack_low = (uint64_t)result;
	program->stack_high = (uint64_t)result + size;
	return true;
}

/* Strings are pushed downwards from the top. */
static uint64_t
push_string(uint64_t *top, const char *string)
{
	size_t size = strlen(string) + 1;

	*top -= size;
	memcpy((void *)*top, string, size);
	return *top;
}

static uint64_t
push_bytes(uint64_t *top, const void *bytes, size_t size)
{
	*top -= size;
	memcpy((void *)*top, bytes, size);
	return *top;
}

/* The last string first, so that they are in order in memory. */
static void
push_strings(uint64_t *top, char **strings, int count)
{
	for (int i = count - 1; i >= 0; i--)
		push_string(top, strings[i]);
}

static int
count_strings(char **strings)
{
	int count = 0;

	while (strings[count] != NULL)
		count++;
	return count;
}

static uint64_t
size_of_strings(char **strings, int count)
{
	uint64_t size = 0;

	for (int i = 0; i < count; i++)
		size += strlen(strings[i]) + 1 + sizeof(uint64_t);
	return size;
}

/* The auxiliary vector while it is made. */
struct auxv {
	Elf64_auxv_t entry[32];
	unsigned count;
};

static void
add(struct auxv *auxv, uint64_t type, uint64_t value)
{
	auxv->entry[auxv->count].a_type = type;
	auxv->entry[auxv->count].a_un.a_val = value;
	auxv->count++;
}

/* In the kernel's order: ARCH_DLINFO, then those of create_elf_tables. */
static void
make_auxv(struct auxv *auxv, const struct load_request *request,
	const struct loaded_program *program, uint64_t random, uint64_t name, uint64_t platform)
{
	auxv->count = 0;
	add(auxv, AT_SYSINFO_EHDR, program->vdso);
	add(auxv, AT_MINSIGSTKSZ, GUEST_MINSIGSTKSZ);
	add(auxv, AT_HWCAP, loader_hwcap());
	add(auxv, AT_PAGESZ, GUEST_PAGE_SIZE);
	add(auxv, AT_CLKTCK, GUEST_CLOCK_TICKS);
	add(auxv, AT_PHDR, program->phdr);
	add(auxv, AT_PHENT, sizeof(Elf64_Phdr));
	add(auxv, AT_PHNUM, program->phnum);
	add(auxv, AT_BASE, program->interpreter_base);
	add(auxv, AT_FLAGS, 0);
	add(auxv, AT_ENTRY, program->program_entry);
	add(auxv, AT_UID, getuid());
	add(auxv, AT_EUID, geteuid());
	add(auxv, AT_GID, getgid());
	add(auxv, AT_EGID, getegid());
	add(auxv, AT_SECURE, request->secure);
	add(auxv, AT_RANDOM, random);
	add(auxv, AT_HWCAP2, loader_hwcap2());
	add(auxv, AT_EXECFN, name);
	add(auxv, AT_PLATFORM, platform);
	if (getauxval(AT_RSEQ_FEATURE_SIZE)) {
		add(auxv, AT_RSEQ_FEATURE_SIZE, getauxval(AT_RSEQ_FEATURE_SIZE));
		add(auxv, AT_RSEQ_ALIGN, getauxval(AT_RSEQ_ALIGN));
	}
	add(auxv, AT_NULL, 0);
}

/* Writes pointers to `count` strings that lie one after the other from `string`, and NULL; gives what follows. */
static uint64_t *
write_pointers(uint64_t *to, uint64_t string, int count)
{
	for (int i = 0; i < count; i++) {
		*to++ = string;
		string += strlen((const char *)string) + 1;
	}
	*to++ = 0;
	return to;
}

static bool
strings_fit(const struct load_request *request, int argc, char **argv, int envc,
	const struct loaded_program *program, struct loader_error *error)
{
	uint64_t size = size_of_strings(argv, argc) + size_of_strings(request->envp, envc) +
			strlen(request->path);

	if (size <= (program->stack_high - program->stack_low) / STACK_SHARE_OF_STRINGS)
		return true;
	loader_fail(error, 126, E2BIG, request->path,
		"cannot be executed; its arguments and environment are too long; "
		"give it a larger stack (-s, ulimit -s)");
	return false;
}

bool
stack_write(const struct layout *layout, const struct load_request *request, int argc, char **argv,
	struct loaded_program *program, struct loader_error *error)
{
	int envc = count_strings(request->envp);
	uint64_t top = program->stack_high - sizeof(uint64_t);
	struct auxv auxv;
	uint64_t name;
	uint64_t platform;
	uint64_t random;
	uint64_t items;
	uint64_t *to;

	if (!strings_fit(request, argc, argv, envc, program, error))
		return false;
	name = push_string(&top, request->path);
	program->env_end = top;
	push_strings(&top, request->envp, envc);
	program->env_start = program->arg_end = top;
	push_strings(&top, argv, argc);
	program->arg_start = top;
	/* arch_align_stack */
	top = (top - layout->stack_adjust) & ~UINT64_C(15);
	platform = push_bytes(&top, GUEST_PLATFORM, sizeof(GUEST_PLATFORM));
	random = push_bytes(&top, layout->random_bytes, sizeof(layout->random_bytes));
	make_auxv(&auxv, request, program, random, name, platform);
	program->auxv_size = auxv.count * sizeof(auxv.entry[0]);
	items = 1 + (uint64_t)argc + 1 + (uint64_t)envc + 1;
	top = (top - items * sizeof(uint64_t) - program->auxv_size) & ~UINT64_C(15);
	program->stack_pointer = program->start_stack = top;
	to = (uint64_t *)top;
	*to++ = (uint64_t)argc;
	to = write_pointers(to, program->arg_start, argc);
	to = write_pointers(to, program->env_start, envc);
	program->auxv = (uint64_t)to;
	memcpy(to, auxv.entry, program->auxv_size);
	return true;
}
