// SPDX-License-Identifier: Apache-2.0
// Maps the segments of a checked ELF file into the guest's address space (see layout.h), as elf_load in fs/binfmt_elf.c:
// the part that is in the file from the file, then what is left of its last page cleared, then zero pages.
#include "loader/layout.h"

#include "runtime/guest_memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static uint64_t
page_start(uint64_t address)
{
	return address & ~(uint64_t)(GUEST_PAGE_SIZE - 1);
}

static uint64_t
page_end(uint64_t address)
{
	return page_start(address + GUEST_PAGE_SIZE - 1);
}

/* Clears from the end of the file's part to the end of its page, if the guest may write there (padzero). */
static void
clear_page_tail(const struct elf_segment *segment, uint64_t start)
{
	uint64_t end = page_end(start);

	if (segment->memory_size > segment->file_size && segment->protection & PROT_WRITE)
		memset((void *)start, 0, end - start);
}

static int64_t
map_segment(const struct elf_file *elf, const struct elf_segment *segment, uint64_t bias)
{
	uint64_t address = segment->address + bias;
	uint64_t file_end = address + segment->file_size;
	uint64_t memory_end = page_end(address + segment->memory_size);
	uint64_t zero_start = page_start(address);
	int64_t result;

	if (segment->file_size != 0) {
		result = guest_memory_map(page_start(address), file_end - page_start(address),
			(uint64_t)segment->protection, MAP_PRIVATE | MAP_FIXED, elf->fd,
			page_start(segment->file_offset));
		if (result < 0)
			return result;
		clear_page_tail(segment, file_end);
		zero_start = page_end(file_end);
	}
	if (zero_start >= memory_end)
		return 0;
	result = guest_memory_map(zero_start, memory_end - zero_start,
		(uint64_t)segment->protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	return result < 0 ? result : 0;
}

/* Reserves room for all segments, so that what is between them stays the program's own. */
static int64_t
reserve(const struct elf_file *elf, uint64_t hint)
{
	uint64_t length = page_end(elf->high) - elf->low;
	uint64_t flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	int64_t place;

	if (elf->type == ET_EXEC)
		return guest_memory_map(
			elf->low, length, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0);
	hint = (hint + elf->alignment - 1) & ~(elf->alignment - 1);
	place = guest_memory_find_free(hint, length, elf->alignment);
	if (place < 0)
		return place;
	return guest_memory_map(
		(uint64_t)place, length, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0);
}

static void
fail(const struct elf_file *elf, const char *path, int64_t result, struct loader_error *error)
{
	int number = (int)-result;

	if (number == EEXIST)
		loader_fail(error, 126, number, path,
			"cannot be loaded; its addresses 0x%llx-0x%llx are taken; "
			"a position-independent build of it would run",
			(unsigned long long)elf->low, (unsigned long long)elf->high);
	else if (number == EPERM)
		loader_fail(error, 126, number, path,
			"cannot be loaded; it wants address 0x%llx, below vm.mmap_min_addr; "
			"link it higher",
			(unsigned long long)elf->low);
	else
		loader_fail(error, 126, number, path,
			"cannot be loaded; mapping its segments at 0x%llx-0x%llx failed (%s); "
			"check the memory limits (ulimit -v)",
			(unsigned long long)elf->low, (unsigned long long)elf->high,
			strerror(number));
}

/* Unmaps what was reserved between the segments: the kernel leaves such holes. */
static void
free_holes(const struct elf_file *elf, uint64_t bias)
{
	uint64_t at = elf->low;
	uint64_t end = page_end(elf->high);

	while (at < end) {
		uint64_t next = end;
		uint64_t covered = at;

		for (unsigned i = 0; i < elf->segment_count; i++) {
			uint64_t start = page_start(elf->segments[i].address);
			uint64_t stop =
				page_end(elf->segments[i].address + elf->segments[i].memory_size);

			if (start <= at && stop > covered)
				covered = stop;
			if (start > at && start < next)
				next = start;
		}
		if (covered == at) {
			guest_memory_unmap(at + bias, next - at);
			covered = next;
		}
		at = covered;
	}
}

bool
segments_map(const struct elf_file *elf, const char *path, uint64_t hint, uint64_t *bias,
	struct loader_error *error)
{
	int64_t result = reserve(elf, hint);

	if (result < 0) {
		fail(elf, path, result, error);
		return false;
	}
	*bias = (uint64_t)result - elf->low;
	for (unsigned i = 0; i < elf->segment_count; i++) {
		result = map_segment(elf, &elf->segments[i], *bias);
		if (result < 0) {
			fail(elf, path, result, error);
			return false;
		}
	}
	free_holes(elf, *bias);
	return true;
}
