// SPDX-License-Identifier: Apache-2.0
// guest-flags: -static-pie -fPIE
//
// A position-independent static program: relocates itself, wherever it was put; its addresses differ from run to run.

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static int value = 41;
static int *const pointers[] = { &value, &value + 1 };
static const char *const words[] = { "position", "independent", "static" };
extern const char __ehdr_start[];

int
main(void)
{
	const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)__ehdr_start;
	char *heap = sbrk(0);

	++*pointers[0];
	printf("%s %s %s %d %d\n", words[0], words[1], words[2], value,
		(int)(pointers[1] - pointers[0]));
	printf("ELF type is DYN: %d\n", header->e_type == ET_DYN);
	printf("entry %d\n", getauxval(AT_ENTRY) == (uintptr_t)header + header->e_entry);
	printf("heap after the program, stack above both: %d %d\n", heap > (char *)&value,
		(char *)&heap > heap);
	return 0;
}
