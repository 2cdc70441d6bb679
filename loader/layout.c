// SPDX-License-Identifier: Apache-2.0
// Where things go in the guest's address space (see layout.h). The amounts of randomness are those of arm64 Linux
// (arch/arm64/include/asm/elf.h, mm/util.c), with 28 bits of pages for mmap as distributions set it.
#include "loader/layout.h"

#include "runtime/guest_memory.h"

#include <fcntl.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

/* Where a position-independent program goes without randomness. */
#define PROGRAM_BASE     UINT64_C(0x555555554000)
#define MMAP_RANDOM_BITS 28
/* STACK_RND_MASK: 1 GiB of pages; arch_randomize_brk: 1 GiB. */
#define STACK_RANDOM_BITS 18
#define BRK_RANDOM_BITS   18
/* The kernel keeps at least this much below the stack free of mappings (mmap_base). */
#define LEAST_STACK_GAP  (UINT64_C(128) << 20)
#define LEAST_STACK_SIZE (UINT64_C(128) << 10)
/* The whole stack is reserved at once, so an unlimited one needs an end. */
#define LARGEST_STACK_SIZE (UINT64_C(1) << 30)
#define GUARD_GAP          (UINT64_C(256) * GUEST_PAGE_SIZE)

/* What /proc/sys/kernel/randomize_va_space says; 2, the default, when it cannot be read. */
static int
randomize_va_space(void)
{
	char level = '2';
	int fd = open("/proc/sys/kernel/randomize_va_space", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, &level, 1) != 1)
			level = '2';
		close(fd);
	}
	return level - '0';
}

static uint64_t
stack_size_of(uint64_t asked)
{
	struct rlimit limit;
	uint64_t size = asked;

	if (size == 0)
		size = getrlimit(RLIMIT_STACK, &limit) == 0 ? limit.rlim_cur : UINT64_C(8) << 20;
	if (size < LEAST_STACK_SIZE)
		size = LEAST_STACK_SIZE;
	if (size > LARGEST_STACK_SIZE)
		size = LARGEST_STACK_SIZE;
	return size & ~(uint64_t)(GUEST_PAGE_SIZE - 1);
}

static uint64_t
random_pages(uint64_t random, unsigned bits)
{
	return (random & ((UINT64_C(1) << bits) - 1)) * GUEST_PAGE_SIZE;
}

void
layout_choose(struct layout *layout, bool no_aslr, uint64_t stack_size)
{
	struct {
		uint64_t mmap, program, stack, brk, adjust;
		uint8_t bytes[sizeof(layout->random_bytes)];
	} random;
	int level =
		no_aslr || personality(0xffffffff) & ADDR_NO_RANDOMIZE ? 0 : randomize_va_space();
	uint64_t size = stack_size_of(stack_size);
	uint64_t gap = size + GUARD_GAP;

	memset(&random, 0, sizeof(random));
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random))
		level = 0;
	memcpy(layout->random_bytes, random.bytes, sizeof(random.bytes));
	if (level == 0)
		memset(&random, 0, sizeof(random));
	if (gap < LEAST_STACK_GAP)
		gap = LEAST_STACK_GAP;
	layout->randomised = level > 0;
	layout->stack_high =
		GUEST_ADDRESS_END - GUEST_PAGE_SIZE - random_pages(random.stack, STACK_RANDOM_BITS);
	layout->stack_low = layout->stack_high - size;
	layout->mmap_base = layout->stack_high - gap - random_pages(random.mmap, MMAP_RANDOM_BITS);
	layout->program_base = PROGRAM_BASE + random_pages(random.program, MMAP_RANDOM_BITS);
	layout->brk_offset = level > 1 ? random_pages(random.brk, BRK_RANDOM_BITS) : 0;
	layout->stack_adjust = random.adjust % GUEST_PAGE_SIZE;
}
