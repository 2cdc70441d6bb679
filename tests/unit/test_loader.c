// SPDX-License-Identifier: Apache-2.0
// The loader: what is mapped and put on the stack for good files, the message and status for each kind of bad file, and
// thousands of damaged headers.
#include "loader/elf_file.h"
#include "loader/loader.h"
#include "runtime/guest_memory.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE UINT64_C(4096)

/* A small program: a header page, a code segment, and a data segment with bss. */
struct image {
	Elf64_Ehdr header;
	Elf64_Phdr segments[4];
	char interpreter[32];
	char fill[8192 - sizeof(Elf64_Ehdr) - 4 * sizeof(Elf64_Phdr) - 32];
};

enum { CODE, DATA, STACK, INTERPRETER };

static char folder[64];
static struct loaded_program program;
static struct native_program native;
static struct loader_error error;

static struct image
make_image(uint16_t type, uint64_t base)
{
	struct image image = {
		.header = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = type, .e_machine = EM_AARCH64, .e_version = EV_CURRENT,
			.e_entry = base + 0x400, .e_phoff = sizeof(Elf64_Ehdr),
			.e_ehsize = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 3,
		},
		.segments = {
			[CODE] = { PT_LOAD, PF_R | PF_X, 0, base, base, 4096, 4096, 65536 },
			[DATA] = { PT_LOAD, PF_R | PF_W, 4096, base + 0x11000, base + 0x11000, 100, 3 * PAGE,
				65536 },
			[STACK] = { .p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W },
			[INTERPRETER] = { .p_type = PT_INTERP,
				.p_offset = offsetof(struct image, interpreter), .p_filesz = 1 },
		},
	};

	memset(image.fill, 0x5a, sizeof(image.fill));
	return image;
}

static void
set_interpreter(struct image *image, const char *name)
{
	size_t length = strnlen(name, sizeof(image->interpreter) - 1);

	memcpy(image->interpreter, name, length);
	image->interpreter[length] = 0;
	image->segments[INTERPRETER].p_filesz = strlen(image->interpreter) + 1;
	image->header.e_phnum = 4;
}

/* Writes a file into the test's folder; gives its path, good until the next call. */
static const char *
write_file(const char *name, const void *contents, size_t size, mode_t mode)
{
	static char paths[8][128];
	static unsigned next;
	char *path = paths[next++ % 8];
	int fd;

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
	cr_assert_eq(write(fd, contents, size), (ssize_t)size);
	fchmod(fd, mode);
	close(fd);
	return path;
}

static enum load_result
load(const char *path, int sysroot_fd)
{
	static char *argv[] = { "name", "first", "", NULL };
	static char *envp[] = { "A=1", "B=two", NULL };
	struct load_request request = {
		.path = path,
		.fd = -1,
		.argc = 3,
		.argv = argv,
		.envp = envp,
		.sysroot_fd = sysroot_fd,
		.no_aslr = true,
	};

	return loader_load(&request, &program, &native, &error);
}

/* Loading must fail with this status and errno, with all the texts (NULL-terminated) in its one-line message. */
static void
expect_failure(const char *path, int status, int number, ...)
{
	va_list texts;
	const char *text;

	cr_assert_eq(load(path, -1), LOAD_FAILED, "%s", path);
	cr_expect_eq(error.status, status, "%d: %s", error.status, error.message);
	cr_expect_eq(error.error, number, "%d: %s", error.error, error.message);
	cr_expect_eq(strncmp(error.message, path, strlen(path)), 0, "%s", error.message);
	cr_expect_null(strchr(error.message, '\n'));
	va_start(texts, number);
	while ((text = va_arg(texts, const char *)) != NULL)
		cr_expect_not_null(strstr(error.message, text), "%s: no %s", error.message, text);
	va_end(texts);
}

static void
expect_bad_image(const struct image *image, const char *text)
{
	expect_failure(write_file("bad", image, sizeof(*image), 0755), 126, ENOEXEC, text, NULL);
}

static void
setup(void)
{
	strcpy(folder, "/tmp/test_loader_XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
}

static void
remove_folder(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	cr_assert_eq(system(command), 0);
}

TestSuite(loader, .init = setup, .fini = remove_folder, .timeout = 120);

/* The value of an entry of the auxiliary vector, or UINT64_MAX. */
static uint64_t
auxv_value(uint64_t type)
{
	for (const Elf64_auxv_t *entry = (const void *)program.auxv; entry->a_type != AT_NULL;
		entry++)
		if (entry->a_type == type)
			return entry->a_un.a_val;
	return UINT64_MAX;
}

Test(loader, maps_an_executable_at_its_addresses)
{
	struct image image = make_image(ET_EXEC, 0x400000);
	struct guest_mapping mapping;

	cr_assert_eq(load(write_file("program", &image, sizeof(image), 0755), -1), LOAD_DONE);
	cr_assert_eq(program.entry, 0x400400);
	cr_assert_eq(program.load_bias, 0);
	cr_assert_eq(memcmp((void *)0x400000, &image, 4096), 0);
	cr_assert(guest_memory_query(0x400000, &mapping));
	cr_assert_eq(mapping.protection, PROT_READ | PROT_EXEC);
	/* Data from the file, then zeros to the end of bss. */
	cr_assert_eq(*(uint8_t *)(0x411000 + 99), 0x5a);
	for (uint64_t at = 0x411000 + 100; at < 0x411000 + 3 * PAGE; at++)
		cr_assert_eq(*(uint8_t *)at, 0);
	cr_assert(guest_memory_accessible(0x411000, 3 * PAGE, PROT_READ | PROT_WRITE));
	/* What lies between the segments is free. */
	cr_assert_not(guest_memory_query(0x402000, &mapping));
	cr_assert_eq(program.brk, 0x411000 + 3 * PAGE);
	cr_assert_eq(program.phdr, 0x400000 + sizeof(Elf64_Ehdr));
	cr_assert_eq(program.start_code, 0x400000);
	cr_assert_eq(program.end_code, 0x401000);
	cr_assert_eq(program.start_data, 0x411000);
	cr_assert_eq(program.end_data, 0x411064);
}

Test(loader, a_position_independent_program_is_aligned_as_it_asks)
{
	struct image image = make_image(ET_DYN, 0);

	cr_assert_eq(load(write_file("program", &image, sizeof(image), 0755), -1), LOAD_DONE);
	cr_assert_eq(program.load_bias % 65536, 0);
	cr_assert_gt(program.load_bias, UINT64_C(0x550000000000));
	cr_assert_eq(program.entry, program.load_bias + 0x400);
	cr_assert_eq(auxv_value(AT_ENTRY), program.entry);
	cr_assert_eq(auxv_value(AT_BASE), 0);
}

Test(loader, lays_the_stack_out_as_the_kernel_does)
{
	struct image image = make_image(ET_EXEC, 0x400000);
	const char *path = write_file("program", &image, sizeof(image), 0755);
	uint64_t *stack;
	char **argv;
	char **envp;

	cr_assert_eq(load(path, -1), LOAD_DONE);
	stack = (uint64_t *)program.stack_pointer;
	argv = (char **)(stack + 1);
	envp = argv + 4;
	cr_assert_eq(program.stack_pointer % 16, 0);
	cr_assert_eq(*stack, 3);
	cr_assert_str_eq(argv[0], "name");
	cr_assert_str_eq(argv[1], "first");
	cr_assert_str_eq(argv[2], "");
	cr_assert_null(argv[3]);
	cr_assert_str_eq(envp[0], "A=1");
	cr_assert_str_eq(envp[1], "B=two");
	cr_assert_null(envp[2]);
	cr_assert_eq(program.auxv, (uint64_t)(envp + 3));
	cr_assert_eq((uint64_t)argv[0], program.arg_start);
	cr_assert_eq((uint64_t)envp[0], program.arg_end);
	cr_assert_eq(program.env_end - program.env_start, 10);
	/* On top: the file's name, then 8 bytes of zeros. */
	cr_assert_eq(auxv_value(AT_EXECFN), program.env_end);
	cr_assert_str_eq((char *)program.env_end, path);
	cr_assert_eq(program.env_end + strlen(path) + 1 + 8, program.stack_high);
	cr_assert(guest_memory_accessible(
		program.stack_low, program.stack_high - program.stack_low, PROT_READ | PROT_WRITE));
}

Test(loader, auxiliary_vector_is_that_of_arm64)
{
	struct image image = make_image(ET_EXEC, 0x400000);
	/* The last two as of Linux 6.3, where the host has them. */
	static const uint64_t order[] = { AT_SYSINFO_EHDR, 51, AT_HWCAP, AT_PAGESZ, AT_CLKTCK,
		AT_PHDR, AT_PHENT, AT_PHNUM, AT_BASE, AT_FLAGS, AT_ENTRY, AT_UID, AT_EUID, AT_GID,
		AT_EGID, AT_SECURE, AT_RANDOM, AT_HWCAP2, AT_EXECFN, AT_PLATFORM, 27, 28 };
	size_t count = sizeof(order) / sizeof(order[0]) - (getauxval(27) ? 0 : 2);
	const Elf64_auxv_t *auxv;

	cr_assert_eq(load(write_file("program", &image, sizeof(image), 0755), -1), LOAD_DONE);
	auxv = (const void *)program.auxv;
	cr_assert_eq(program.auxv_size, (count + 1) * sizeof(*auxv));
	for (size_t i = 0; i < count; i++)
		cr_assert_eq(auxv[i].a_type, order[i]);
	cr_assert_eq(auxv[count].a_type, AT_NULL);
	cr_assert_eq(auxv_value(AT_HWCAP), 0x9fb);
	cr_assert_eq(auxv_value(AT_HWCAP2), 0);
	cr_assert_eq(auxv_value(AT_PAGESZ), 4096);
	cr_assert_eq(auxv_value(AT_PHNUM), 3);
	cr_assert_eq(auxv_value(AT_PHENT), 56);
	cr_assert_eq(auxv_value(51), 4720);
	cr_assert_eq(auxv_value(AT_UID), getuid());
	cr_assert_str_eq((char *)auxv_value(AT_PLATFORM), "aarch64");
	cr_assert_eq(auxv_value(AT_SYSINFO_EHDR), program.vdso);
	/* 16 bytes that are not all zero. */
	cr_assert(((uint64_t *)auxv_value(AT_RANDOM))[0] | ((uint64_t *)auxv_value(AT_RANDOM))[1]);
}

/* Looks a name up in the vDSO as C libraries do: through its dynamic section and symbol hash. */
static uint64_t
find_in_vdso(const char *name)
{
	const char *base = (const char *)program.vdso;
	const Elf64_Ehdr *header = (const void *)base;
	const Elf64_Phdr *segments = (const void *)(base + header->e_phoff);
	const Elf64_Dyn *dynamic = NULL;
	const Elf64_Sym *symbols = NULL;
	const char *strings = NULL;
	const uint32_t *hash = NULL;

	for (int i = 0; i < header->e_phnum; i++)
		if (segments[i].p_type == PT_DYNAMIC)
			dynamic = (const void *)(base + segments[i].p_vaddr);
	for (; dynamic->d_tag != DT_NULL; dynamic++) {
		const char *at = base + dynamic->d_un.d_ptr;

		if (dynamic->d_tag == DT_HASH)
			hash = (const void *)at;
		else if (dynamic->d_tag == DT_SYMTAB)
			symbols = (const void *)at;
		else if (dynamic->d_tag == DT_STRTAB)
			strings = at;
	}
	for (uint32_t i = hash[2]; i != 0; i = hash[2 + hash[0] + i])
		if (strcmp(strings + symbols[i].st_name, name) == 0)
			return program.vdso + symbols[i].st_value;
	return 0;
}

Test(loader, vdso_has_the_functions_of_the_kernel)
{
	struct image image = make_image(ET_EXEC, 0x400000);
	struct guest_mapping mapping;
	const uint32_t *sigreturn;

	cr_assert_eq(load(write_file("program", &image, sizeof(image), 0755), -1), LOAD_DONE);
	cr_assert(guest_memory_query(program.vdso, &mapping));
	cr_assert_eq(mapping.kind, GUEST_MAPPING_VDSO);
	cr_assert_eq(mapping.protection, PROT_READ | PROT_EXEC);
	cr_assert_eq(find_in_vdso("__kernel_rt_sigreturn"), program.sigreturn);
	cr_assert_neq(find_in_vdso("__kernel_clock_gettime"), 0);
	cr_assert_neq(find_in_vdso("__kernel_gettimeofday"), 0);
	cr_assert_neq(find_in_vdso("__kernel_clock_getres"), 0);
	sigreturn = (const uint32_t *)program.sigreturn;
	/* movz x8, #139; svc #0, with a nop before: what unwinders look for. */
	cr_assert_eq(sigreturn[-1], 0xd503201f);
	cr_assert_eq(sigreturn[0], 0xd2801168);
	cr_assert_eq(sigreturn[1], 0xd4000001);
}

Test(loader, interpreter_is_found_in_the_system_tree_first)
{
	struct image image = make_image(ET_EXEC, 0x400000);
	struct image interpreter = make_image(ET_DYN, 0);
	const char *path;
	int sysroot;

	set_interpreter(&image, "/lib/link.so");
	path = write_file("program", &image, sizeof(image), 0755);
	expect_failure(path, 127, ENOENT, "/lib/link.so", "-L", NULL);
	/* An absolute link in the tree stays in the tree. */
	write_file("real.so", &interpreter, sizeof(interpreter), 0755);
	mkdir(strcat(strcpy((char[128]){ 0 }, folder), "/lib"), 0755);
	cr_assert_eq(
		symlink("/real.so", strcat(strcpy((char[128]){ 0 }, folder), "/lib/link.so")), 0);
	sysroot = open(folder, O_PATH | O_DIRECTORY);
	cr_assert_eq(guest_memory_unmap(0x400000, 0x20000), 0);
	cr_assert_eq(load(path, sysroot), LOAD_DONE, "%s", error.message);
	cr_assert_eq(program.program_entry, 0x400400);
	cr_assert_eq(program.entry, program.interpreter_base + 0x400);
	cr_assert_eq(auxv_value(AT_BASE), program.interpreter_base);
	cr_assert_eq(auxv_value(AT_ENTRY), 0x400400);
}

Test(loader, says_what_is_wrong_with_files)
{
	struct image image = make_image(ET_EXEC, 0x400000);
	char missing[128];

	snprintf(missing, sizeof(missing), "%s/missing", folder);
	expect_failure(missing, 127, ENOENT, "not found", NULL);
	expect_failure(folder, 126, EACCES, "directory", NULL);
	expect_failure("/dev/null", 126, EACCES, "not a regular file", NULL);
	expect_failure(write_file("empty", "", 0, 0755), 126, ENOEXEC, "empty", NULL);
	expect_failure(write_file("text", "hello\n", 6, 0755), 126, ENOEXEC, "ELF", "#!", NULL);
	expect_failure(write_file("plain", &image, sizeof(image), 0644), 126, EACCES,
		"no execute permission", "chmod", NULL);
	for (size_t size = 4; size < sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr); size += 3)
		expect_failure(
			write_file("short", &image, size, 0755), 126, ENOEXEC, "truncated", NULL);
	expect_failure(
		write_file("short", &image, 4096 + 50, 0755), 126, ENOEXEC, "truncated", NULL);
}

Test(loader, a_fifo_does_not_block)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/fifo", folder);
	cr_assert_eq(mkfifo(path, 0755), 0);
	expect_failure(path, 126, EACCES, "not a regular file", NULL);
}

Test(loader, names_other_machines)
{
	static const struct {
		uint16_t machine;
		uint8_t class, data;
		const char *text;
	} cases[] = {
		{ EM_ARM, ELFCLASS32, ELFDATA2LSB, "32-bit Arm" },
		{ EM_PPC64, ELFCLASS64, ELFDATA2MSB, "64-bit PowerPC" },
		{ EM_RISCV, ELFCLASS64, ELFDATA2LSB, "RISC-V" },
		{ EM_S390, ELFCLASS64, ELFDATA2MSB, "s390" },
		{ EM_AARCH64, ELFCLASS32, ELFDATA2LSB, "32-bit, little-endian" },
		{ EM_AARCH64, ELFCLASS64, ELFDATA2MSB, "big-endian" },
		{ 0x1234, ELFCLASS64, ELFDATA2LSB, "unknown (4660)" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct image image = make_image(ET_EXEC, 0x400000);

		image.header.e_ident[EI_CLASS] = cases[i].class;
		image.header.e_ident[EI_DATA] = cases[i].data;
		image.header.e_machine = cases[i].data == ELFDATA2MSB
						 ? __builtin_bswap16(cases[i].machine)
						 : cases[i].machine;
		expect_bad_image(&image, cases[i].text);
	}
}

Test(loader, refuses_bad_headers)
{
	struct image image = make_image(ET_EXEC, 0x400000);
	struct image bad;

#define BAD(change, text)                     \
	do {                                  \
		bad = image;                  \
		change;                       \
		expect_bad_image(&bad, text); \
	} while (0)
	BAD(bad.header.e_type = ET_REL, "object file");
	BAD(bad.header.e_type = ET_CORE, "neither");
	BAD(bad.header.e_phentsize = 32, "wrong size");
	BAD(bad.header.e_phnum = 0, "no program headers");
	BAD(bad.header.e_phnum = 0xffff, "too many");
	BAD(bad.header.e_phoff = UINT64_MAX - 10, "truncated");
	BAD(bad.header.e_phoff = sizeof(bad) - 8, "truncated");
	BAD(bad.segments[DATA].p_filesz = bad.segments[DATA].p_memsz + 1, "larger in the file");
	BAD(bad.segments[DATA].p_memsz = UINT64_MAX, "too large");
	BAD(bad.segments[DATA].p_vaddr = UINT64_MAX - 0xfff, "too large");
	BAD(bad.segments[DATA].p_vaddr = GUEST_ADDRESS_END, "too large");
	BAD(bad.segments[DATA].p_offset = UINT64_MAX - 0xfff, "truncated");
	BAD(bad.segments[DATA].p_offset = 4097, "not aligned");
	BAD(bad.segments[DATA].p_vaddr = bad.segments[CODE].p_vaddr, "overlap");
	BAD(bad.segments[DATA].p_align = UINT64_C(1) << 40, "alignment");
	BAD((bad.segments[DATA].p_type = PT_NULL, bad.segments[CODE].p_type = PT_NULL),
		"nothing to load");
	BAD((bad.header.e_phnum = 4, bad.segments[INTERPRETER].p_filesz = 1), "interpreter");
	BAD((bad.header.e_phnum = 4, bad.segments[INTERPRETER].p_filesz = UINT64_MAX),
		"interpreter");
	BAD((bad.header.e_phnum = 4, bad.segments[INTERPRETER].p_filesz = 8,
		    bad.segments[INTERPRETER].p_offset = sizeof(bad) - 4),
		"truncated");
	BAD((bad.header.e_phnum = 4, bad.segments[INTERPRETER].p_filesz = 8,
		    memset(bad.interpreter, 'x', 32)),
		"no end");
#undef BAD
}

Test(loader, refuses_what_cannot_be_mapped)
{
	struct image image = make_image(ET_EXEC, 0x400000);

	image.segments[DATA].p_memsz = UINT64_C(0x600000000000);
	cr_assert_eq(load(write_file("huge", &image, sizeof(image), 0755), -1), LOAD_FAILED);
	cr_assert_eq(error.status, 126);
	/* Too much memory; or the test itself is in the way. */
	cr_assert(error.error == ENOMEM || error.error == EEXIST);
	cr_assert_not_null(strstr(error.message, "cannot be loaded"));
}

Test(loader, interpreter_must_be_for_the_guest)
{
	struct image image = make_image(ET_EXEC, 0x400000);

	set_interpreter(&image, "/bin/sh");
	expect_failure(write_file("program", &image, sizeof(image), 0755), 126, ELIBBAD, "/bin/sh",
		"not an AArch64", "-L", NULL);
}

Test(loader, follows_scripts)
{
	struct image image = make_image(ET_EXEC, 0x400000);
	char text[256];
	char script[128];
	char **argv;

	write_file("interp", &image, sizeof(image), 0755);
	snprintf(text, sizeof(text), "#! \t%s/interp  -x  and more \t\nrest\n", folder);
	strcpy(script, write_file("script", text, strlen(text), 0755));
	cr_assert_eq(load(script, -1), LOAD_DONE, "%s", error.message);
	argv = (char **)(program.stack_pointer + 8);
	cr_assert_eq(*(uint64_t *)program.stack_pointer, 5);
	cr_assert_not_null(strstr(argv[0], "/interp"));
	cr_assert_str_eq(argv[1], "-x  and more");
	cr_assert_str_eq(argv[2], script);
	cr_assert_str_eq(argv[3], "first");
	cr_assert_str_eq(argv[4], "");
	cr_assert_str_eq((char *)auxv_value(AT_EXECFN), script);
	cr_assert_str_eq(program.command_name, "script");
	cr_assert_not_null(strstr(program.exe, "/interp"));
}

Test(loader, a_script_of_the_host_runs_natively)
{
	char script[128];

	strcpy(script, write_file("script", "#!/bin/sh\n", 10, 0755));
	cr_assert_eq(load(script, -1), LOAD_NATIVE);
	cr_assert_str_eq(native.path, "/bin/sh");
	cr_assert_str_eq(native.argv[0], "/bin/sh");
	cr_assert_str_eq(native.argv[1], script);
	cr_assert_str_eq(native.argv[2], "first");
}

Test(loader, refuses_bad_scripts)
{
	char text[512];
	char path[128];

	expect_failure(write_file("script", "#!\n", 3, 0755), 126, ENOEXEC, "#!", NULL);
	expect_failure(write_file("script", "#!  \t \n", 7, 0755), 126, ENOEXEC, "#!", NULL);
	expect_failure(write_file("script", "#!/no/such/thing\n", 17, 0755), 127, ENOENT,
		"/no/such/thing", NULL);
	memset(text, 'x', sizeof(text));
	memcpy(text, "#!/", 3);
	expect_failure(write_file("script", text, sizeof(text), 0755), 126, ENOEXEC, "#!", NULL);
	snprintf(path, sizeof(path), "%s/script", folder);
	snprintf(text, sizeof(text), "#!%s\n", path);
	write_file("script", text, strlen(text), 0755);
	cr_assert_eq(load(path, -1), LOAD_FAILED);
	cr_assert_eq(error.error, ELOOP);
	cr_assert_eq(error.status, 126);
}

Test(loader, check_agrees_with_load)
{
	struct image image = make_image(ET_EXEC, 0x400000);
	int number;
	int fd;

	fd = open(write_file("good", &image, sizeof(image), 0755), O_RDONLY);
	cr_assert_eq(loader_check(fd, &number), FILE_GUEST_ELF);
	cr_assert_eq(number, 0);
	close(fd);
	image.segments[DATA].p_filesz = UINT64_MAX;
	fd = open(write_file("bad", &image, sizeof(image), 0755), O_RDONLY);
	cr_assert_eq(loader_check(fd, &number), FILE_GUEST_ELF);
	cr_assert_eq(number, ENOEXEC);
	close(fd);
	fd = open("/bin/sh", O_RDONLY);
	cr_assert_eq(loader_check(fd, &number), FILE_HOST_ELF);
	cr_assert_eq(number, 0);
	close(fd);
	fd = open(write_file("text", "text", 4, 0755), O_RDONLY);
	cr_assert_eq(loader_check(fd, &number), FILE_UNKNOWN);
	cr_assert_eq(number, ENOEXEC);
	close(fd);
}

/* -- damaged headers -- */

static void
unmap_everything(void)
{
	struct guest_mapping mapping;

	while (guest_memory_next(0, &mapping))
		cr_assert_eq(guest_memory_unmap(mapping.start, mapping.end - mapping.start), 0);
}

/* Puts a value that is likely to hurt into a random place of the headers. */
static void
damage(struct image *image)
{
	static const uint64_t values[] = { 0, 1, 2, 3, 7, 63, 64, 4095, 4096, 4097, 0x7fffffff,
		0x80000000, 0xffffffff, 0x400000, UINT64_C(0x6ff000000000),
		UINT64_C(0x7fffffffffff), UINT64_C(0x8000000000000000),
		UINT64_C(0xfffffffffffff000), UINT64_MAX };
	/* The magic, class and machine stay, or little would be reached. */
	size_t headers = offsetof(struct image, interpreter) + sizeof(image->interpreter);
	size_t at = 20 + (size_t)random() % (headers - 20);
	uint64_t value = values[(size_t)random() % (sizeof(values) / sizeof(values[0]))];

	switch (random() % 4) {
	case 0: ((uint8_t *)image)[at] ^= (uint8_t)(1 << random() % 8); break;
	case 1: ((uint8_t *)image)[at] = (uint8_t)random(); break;
	default: at &= ~(size_t)7; memcpy((uint8_t *)image + (at < 24 ? 24 : at), &value, 8);
	}
}

Test(loader, ten_thousand_damaged_headers)
{
	char path[128];
	unsigned loaded = 0;
	unsigned failed = 0;
	struct stat before, after;
	/* LOADER_FUZZ_SECONDS=60 makes more of them. */
	const char *seconds = getenv("LOADER_FUZZ_SECONDS");
	time_t end = time(NULL) + (seconds != NULL ? atoi(seconds) : 0);

	snprintf(path, sizeof(path), "%s/damaged", folder);
	srandom(20);
	for (int i = 0; i < 10000 || time(NULL) < end; i++) {
		struct image image = make_image(i & 1 ? ET_DYN : ET_EXEC, i & 1 ? 0 : 0x400000);
		struct image now;
		char *argv[] = { path, NULL };
		struct load_request request = {
			.path = path,
			.argc = 1,
			.argv = argv,
			.envp = argv + 1,
			.sysroot_fd = -1,
		};
		enum load_result result;
		int number;

		if (i & 2)
			set_interpreter(&image, i & 4 ? path : "/proc/self/exe");
		for (long changes = 1 + random() % 3; changes > 0; changes--)
			damage(&image);
		write_file("damaged", &image, sizeof(image), 0755);
		stat(path, &before);
		request.fd = open(path, O_RDONLY);
		loader_check(request.fd, &number);
		result = loader_load(&request, &program, &native, &error);
		if (result == LOAD_DONE) {
			loaded++;
			close(program.exe_fd);
			free(program.exe);
			free(program.command_name);
		} else {
			failed++;
			cr_assert_eq(result, LOAD_FAILED);
			cr_assert(error.status == 126 || error.status == 127);
			cr_assert_gt(strlen(error.message), strlen(path) + 10);
		}
		unmap_everything();
		cr_assert_eq(pread(request.fd, &now, sizeof(now), 0), (ssize_t)sizeof(now));
		cr_assert_eq(memcmp(&now, &image, sizeof(now)), 0);
		close(request.fd);
		stat(path, &after);
		cr_assert_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	}
	/* Some damage does no harm, most does. */
	cr_assert_gt(loaded, 100);
	cr_assert_gt(failed, 1000);
}
