// SPDX-License-Identifier: Apache-2.0
// guest-args: one two=2 , "quoted"
//
// What a program finds at its start: arguments, environment, the auxiliary vector and its agreement with the program headers.

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;
extern const char __ehdr_start[];

static const ElfW(auxv_t) * auxiliary_vector(void)
{
	char **p = environ;

	while (*p != NULL) {
		p++;
	}
	return (const ElfW(auxv_t) *)(p + 1);
}

static void
check_auxiliary_vector(const char *argv0)
{
	static const unsigned long wanted[] = { AT_PHDR, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE,
		AT_FLAGS, AT_ENTRY, AT_UID, AT_EUID, AT_GID, AT_EGID, AT_PLATFORM, AT_HWCAP,
		AT_CLKTCK, AT_SECURE, AT_RANDOM, AT_HWCAP2, AT_EXECFN };
	const ElfW(auxv_t) *vector = auxiliary_vector();

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		int times = 0;

		for (const ElfW(auxv_t) *a = vector; a->a_type != AT_NULL; a++) {
			times += a->a_type == wanted[i];
		}
		printf("auxv %lu: %d\n", wanted[i], times);
	}
	printf("page %lu clock %lu secure %lu phent %d\n", getauxval(AT_PAGESZ),
		getauxval(AT_CLKTCK), getauxval(AT_SECURE),
		getauxval(AT_PHENT) == sizeof(ElfW(Phdr)));
	const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)__ehdr_start;
	printf("phdr %d phnum %d entry %d\n",
		getauxval(AT_PHDR) == (uintptr_t)header + header->e_phoff,
		getauxval(AT_PHNUM) == header->e_phnum,
		getauxval(AT_ENTRY) == header->e_entry || header->e_type == ET_DYN);
	printf("uid %d gid %d\n", getauxval(AT_UID) == getuid(), getauxval(AT_EGID) == getegid());
	printf("execfn %d\n", strcmp((const char *)getauxval(AT_EXECFN), argv0) == 0);
	const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
	int zeros = 0;
	for (int i = 0; i < 16; i++) {
		zeros += random[i] == 0;
	}
	printf("random %d\n", zeros < 16);
}

#ifdef __aarch64__
#define MACHINE "aarch64"
#else
#define MACHINE "x86_64"
#endif

int
main(int argc, char **argv)
{
	struct utsname name;
	char exe[4096];

	printf("argc %d, argv[argc] is NULL: %d\n", argc, argv[argc] == NULL);
	for (int i = 1; i < argc; i++) {
		printf("argv[%d] %s\n", i, argv[i]);
	}
	printf("LC_ALL %s, TZ %s\n", getenv("LC_ALL"), getenv("TZ"));
	printf("sp aligned: %d\n", ((uintptr_t)__builtin_frame_address(0) & 15) == 0);
	check_auxiliary_vector(argv[0]);
	printf("platform %d\n", strcmp((const char *)getauxval(AT_PLATFORM), MACHINE) == 0);
	uname(&name);
	printf("uname %s %d\n", name.sysname, strcmp(name.machine, MACHINE) == 0);
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	exe[n > 0 ? n : 0] = 0;
	printf("/proc/self/exe %d\n", strcmp(exe, argv[0]) == 0);
	FILE *f = fopen("/proc/self/cmdline", "r");
	size_t length = fread(exe, 1, sizeof(exe), f);
	fclose(f);
	printf("/proc/self/cmdline %d %zu\n", strcmp(exe, argv[0]) == 0, length - strlen(argv[0]));
	return argc;
}
