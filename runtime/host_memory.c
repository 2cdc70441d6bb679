// SPDX-License-Identifier: Apache-2.0
// The translator's own memory (see host_memory.h). Addresses are handed out upwards through the range and wrap around
// at its end; MAP_FIXED_NOREPLACE tells which are taken, so no list of what is free is needed. The small allocator keeps
// one free list for each power of two.
#include "runtime/host_memory.h"

#include "runtime/host_syscall.h"
#include "runtime/lock.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* How far to go on when an address is taken. */
#define TAKEN_STEP (UINT64_C(1) << 30)

static uint64_t next_address = HOST_MEMORY_START;

static uint64_t
round_to_pages(uint64_t size)
{
	return (size + HOST_PAGE_SIZE - 1) & ~(uint64_t)(HOST_PAGE_SIZE - 1);
}

/* Takes `size` bytes of addresses, not yet mapped; the range is so large that reuse is far away. */
static uint64_t
take_addresses(uint64_t size)
{
	uint64_t start = __atomic_load_n(&next_address, __ATOMIC_RELAXED);
	uint64_t taken;

	do {
		taken = start + size <= HOST_MEMORY_END ? start : HOST_MEMORY_START;
	} while (!__atomic_compare_exchange_n(
		&next_address, &start, taken + size, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return taken;
}

static long
map_exactly(uint64_t address, uint64_t size, int protection, int flags, int fd, uint64_t offset)
{
	long result = host_syscall(
		SYS_mmap, address, size, protection, MAP_FIXED_NOREPLACE | flags, fd, offset);

	if (host_syscall_failed(result) || (uint64_t)result == address)
		return result;
	/* A kernel before 4.17 takes the address for a hint. */
	host_syscall(SYS_munmap, result, size);
	return -EEXIST;
}

/* Maps somewhere in the range; gives the address or 0. */
static uint64_t
map_anywhere(uint64_t size, int protection, int flags, int fd, uint64_t offset)
{
	uint64_t tried = 0;

	if (size == 0 || size > HOST_MEMORY_END - HOST_MEMORY_START)
		return 0;
	while (tried < HOST_MEMORY_END - HOST_MEMORY_START) {
		uint64_t address = take_addresses(size);
		long result = map_exactly(address, size, protection, flags, fd, offset);

		if (!host_syscall_failed(result))
			return address;
		if (result != -EEXIST)
			return 0;
		tried += size + TAKEN_STEP;
		take_addresses(TAKEN_STEP);
	}
	return 0;
}

void *
host_memory_map(size_t size)
{
	return (void *)map_anywhere(
		round_to_pages(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void *
host_memory_map_guarded(size_t size, size_t guard)
{
	uint64_t inner = round_to_pages(size);
	uint64_t whole = inner + 2 * guard;
	uint64_t address = map_anywhere(whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (address == 0)
		return NULL;
	if (host_syscall_failed(
		    host_syscall(SYS_mprotect, address + guard, inner, PROT_READ | PROT_WRITE))) {
		host_syscall(SYS_munmap, address, whole);
		return NULL;
	}
	return (void *)(address + guard);
}

void *
host_memory_map_at(uint64_t address, size_t size, int protection)
{
	long result;

	if (address < GUEST_ADDRESS_END)
		return NULL;
	result = map_exactly(address, round_to_pages(size), protection,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return host_syscall_failed(result) ? NULL : (void *)result;
}

void *
host_memory_map_file(int fd, uint64_t offset, size_t size)
{
	return (void *)map_anywhere(round_to_pages(size), PROT_READ, MAP_PRIVATE, fd, offset);
}

void *
host_memory_map_shared(uint64_t address, int fd, uint64_t offset, size_t size)
{
	const int protection = PROT_READ | PROT_WRITE, flags = MAP_SHARED | MAP_NORESERVE;
	long result;

	if (!address)
		return (void *)map_anywhere(round_to_pages(size), protection, flags, fd, offset);
	result = map_exactly(address, round_to_pages(size), protection, flags, fd, offset);
	return host_syscall_failed(result) ? NULL : (void *)result;
}

void *
host_memory_map_file_at(int fd, uint64_t address, size_t size)
{
	long result = map_exactly(
		address, round_to_pages(size), PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);

	return host_syscall_failed(result) ? NULL : (void *)result;
}

void
host_memory_unmap(void *memory, size_t size)
{
	if (memory != NULL)
		host_syscall(SYS_munmap, memory, round_to_pages(size));
}

void
host_memory_unmap_guarded(void *memory, size_t size, size_t guard)
{
	if (memory != NULL)
		host_memory_unmap((char *)memory - guard, round_to_pages(size) + 2 * guard);
}

/*
 * The small allocator. Each piece is preceded by a header of 16 bytes, so that what follows is aligned.
 * `size` is that of the piece with its header: a power of two from SMALLEST to LARGEST, or whole pages.
 */
#define SMALLEST_SHIFT 5
#define LARGEST_SHIFT  14
#define REFILL_SIZE    (UINT64_C(128) << 10)

struct piece {
	uint64_t size;
	struct piece *next_free;
};

static struct lock allocator_lock = LOCK_INITIALIZER;
static struct piece *free_pieces[LARGEST_SHIFT + 1];
/* Memory of which no piece has been cut yet, by class: its pages are not touched before. */
static struct {
	char *at, *end;
} uncut[LARGEST_SHIFT + 1];

static unsigned
size_class(uint64_t size)
{
	unsigned shift = SMALLEST_SHIFT;

	while ((UINT64_C(1) << shift) < size)
		shift++;
	return shift;
}

/* A piece that was never given out, all zero but for its size; the lock is held. */
static struct piece *
cut_piece(unsigned shift)
{
	struct piece *piece;

	if (uncut[shift].at == uncut[shift].end) {
		char *memory = host_memory_map(REFILL_SIZE);

		if (memory == NULL)
			return NULL;
		uncut[shift].at = memory;
		uncut[shift].end = memory + REFILL_SIZE;
	}
	piece = (struct piece *)uncut[shift].at;
	uncut[shift].at += UINT64_C(1) << shift;
	piece->size = UINT64_C(1) << shift;
	return piece;
}

static struct piece *
allocate_small(unsigned shift)
{
	struct piece *piece, *used;

	lock_acquire(&allocator_lock);
	used = piece = free_pieces[shift];
	if (used != NULL)
		free_pieces[shift] = used->next_free;
	else
		piece = cut_piece(shift);
	lock_release(&allocator_lock);
	if (used != NULL)
		memset(used + 1, 0, used->size - sizeof(*used));
	return piece;
}

void *
host_allocate(size_t size)
{
	uint64_t whole = (uint64_t)size + sizeof(struct piece);
	struct piece *piece;

	if (whole < size)
		return NULL;
	if (whole <= UINT64_C(1) << LARGEST_SHIFT) {
		piece = allocate_small(size_class(whole));
	} else {
		piece = host_memory_map(whole);
		if (piece != NULL)
			piece->size = round_to_pages(whole);
	}
	return piece != NULL ? piece + 1 : NULL;
}

void
host_free(void *memory)
{
	struct piece *piece = (struct piece *)memory - 1;

	if (memory == NULL)
		return;
	if (piece->size > UINT64_C(1) << LARGEST_SHIFT) {
		host_memory_unmap(piece, piece->size);
		return;
	}
	lock_acquire(&allocator_lock);
	piece->next_free = free_pieces[size_class(piece->size)];
	free_pieces[size_class(piece->size)] = piece;
	lock_release(&allocator_lock);
}

void *
host_reallocate(void *memory, size_t size)
{
	uint64_t old_size;
	void *new_memory;

	if (memory == NULL)
		return host_allocate(size);
	old_size = ((struct piece *)memory - 1)->size - sizeof(struct piece);
	new_memory = host_allocate(size);
	if (new_memory == NULL)
		return NULL;
	memcpy(new_memory, memory, old_size < size ? old_size : size);
	host_free(memory);
	return new_memory;
}

void
host_memory_fork_lock(void)
{
	lock_acquire(&allocator_lock);
}

void
host_memory_fork_unlock(void)
{
	lock_release(&allocator_lock);
}
