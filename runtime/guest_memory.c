// SPDX-License-Identifier: Apache-2.0
// The guest's address space (see guest_memory.h): mmap, munmap, mprotect, madvise, look-up and the search for free room.
// Moving (mremap), brk and System V shared memory are in guest_memory_move.c, pages that hold translated code in
// guest_memory_code.c, the ordered set of mappings in guest_intervals.c.
#include "runtime/guest_memory_internal.h"

#include <errno.h>
#include <linux/mman.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

/* Default of vm.mmap_min_addr on arm64 and x86-64 (security/Kconfig). */
#define LOWEST_ADDRESS UINT64_C(0x10000)
/* Flags that x86 alone has: MAP_32BIT and MAP_ABOVE4G. */
#define X86_MAP_FLAGS UINT64_C(0xc0)
/* Anonymous mappings of whole huge pages are aligned to them, as the kernel does (thp_get_unmapped_area). */
#define HUGE_PAGE_SIZE     (UINT64_C(2) << 20)
#define MAP_HUGE_SIZE_MASK UINT64_C(0x3f)
#define PROTECTION_BITS    (PROT_READ | PROT_WRITE | PROT_EXEC)

struct lock guest_memory_lock = LOCK_INITIALIZER;
uint64_t guest_mmap_base = GUEST_ADDRESS_END;
/* Nearly no program seals anything. */
static bool any_sealed;

int
guest_memory_init(void)
{
	uint64_t size = GUEST_ADDRESS_END - LOWEST_ADDRESS;
	long result = host_syscall(SYS_mmap, LOWEST_ADDRESS, size, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (!host_syscall_failed(result))
		host_syscall(SYS_munmap, result, size);
	/* Anything else (RLIMIT_AS, for one) says nothing about what lies there. */
	return result == -EEXIST ? -EEXIST : 0;
}

void
guest_memory_set_mmap_base(uint64_t base)
{
	guest_mmap_base = guest_page_start(base);
}

uint64_t
guest_memory_lowest(void)
{
	return LOWEST_ADDRESS;
}

int
guest_host_protection(unsigned protection)
{
	int host = protection & (PROT_READ | PROT_WRITE);

	return protection & PROT_EXEC ? host | PROT_READ : host;
}

uint64_t
guest_new_object(void)
{
	static uint64_t serial;

	return __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
}

/* -- free room -- */

static bool
is_free(uint64_t start, uint64_t length)
{
	const struct guest_mapping *next = intervals_next(start);

	if (next == NULL)
		return true;
	if (next->grows_down && next->start > GUEST_STACK_GUARD_GAP)
		return next->start - GUEST_STACK_GUARD_GAP >= start + length;
	return next->start >= start + length;
}

/* True when the kernel would take the hint: in range, aligned up to a page, and free. */
static bool
hint_is_usable(uint64_t hint, uint64_t length, uint64_t alignment)
{
	return hint != 0 && length <= GUEST_ADDRESS_END && hint <= GUEST_ADDRESS_END - length &&
	       (hint & (alignment - 1)) == 0 && is_free(hint, length);
}

int64_t
guest_find_free_locked(uint64_t hint, uint64_t length, uint64_t alignment)
{
	uint64_t found;

	if (length == 0 || length > GUEST_ADDRESS_END)
		return -ENOMEM;
	if (hint != 0 && hint < LOWEST_ADDRESS)
		hint = LOWEST_ADDRESS;
	/* The kernel's round_hint_to_min. */
	hint = guest_page_start(hint);
	if (hint_is_usable(hint, length, alignment))
		return (int64_t)hint;
	found = intervals_find_gap(LOWEST_ADDRESS, guest_mmap_base, length, alignment);
	if (found == 0)
		found = intervals_find_gap(guest_mmap_base, GUEST_ADDRESS_END, length, alignment);
	return found != 0 ? (int64_t)found : -ENOMEM;
}

int64_t
guest_memory_find_free(uint64_t hint, uint64_t length, uint64_t alignment)
{
	int64_t found;

	lock_acquire(&guest_memory_lock);
	found = guest_find_free_locked(hint, length, alignment);
	lock_release(&guest_memory_lock);
	return found;
}

/* -- mmap -- */

/* One call of guest_memory_map on its way. */
struct map_call {
	struct guest_mapping mapping; /* start is 0 until it is chosen */
	uint64_t hint;
	uint64_t length;
	uint64_t alignment;
	bool must_align; /* else alignment is only a wish */
	uint64_t flags;
	int fd;
};

int64_t
guest_map_locked(
	const struct guest_mapping *mapping, uint64_t flags, int fd, struct dropped_code *dropped)
{
	uint64_t length = mapping->end - mapping->start;
	long result;

	if (guest_is_sealed_locked(mapping->start, mapping->end))
		return -EPERM;
	if (!intervals_reserve(3))
		return -ENOMEM;
	result = host_syscall(SYS_mmap, mapping->start, length,
		guest_host_protection(mapping->protection), flags, fd,
		flags & MAP_ANONYMOUS ? 0 : mapping->offset);
	if (host_syscall_failed(result))
		return result;
	if ((uint64_t)result != mapping->start) {
		/* A kernel before 4.17 does not know MAP_FIXED_NOREPLACE. */
		host_syscall(SYS_munmap, result, length);
		return -EEXIST;
	}
	code_pages_drop(mapping->start, mapping->end, dropped);
	intervals_put(mapping);
	code_pages_watch_aliases(mapping);
	return (int64_t)mapping->start;
}

static int64_t
choose_place(const struct map_call *call)
{
	int64_t place = -ENOMEM;

	if (call->must_align)
		return guest_find_free_locked(call->hint, call->length, call->alignment);
	if (call->hint != 0)
		place = guest_find_free_locked(call->hint, call->length, GUEST_PAGE_SIZE);
	if (call->hint != 0 && place == (int64_t)guest_page_start(call->hint))
		return place;
	place = guest_find_free_locked(0, call->length, call->alignment);
	return place >= 0 ? place : guest_find_free_locked(0, call->length, GUEST_PAGE_SIZE);
}

/* Chooses a place and maps there; goes on below when something that is not the guest's lies in the way. */
static int64_t
map_at_free_place(struct map_call *call, struct dropped_code *dropped)
{
	uint64_t saved_base = guest_mmap_base;
	int64_t result = -EEXIST;

	while (result == -EEXIST) {
		int64_t place = choose_place(call);

		if (place < 0) {
			result = place;
			break;
		}
		call->mapping.start = (uint64_t)place;
		call->mapping.end = call->mapping.start + call->length;
		/* MAP_SHARED_VALIDATE refuses flags that the file does not know; a free hint is taken as well. */
		result = guest_map_locked(&call->mapping,
			(call->flags & MAP_TYPE) == MAP_SHARED_VALIDATE
				? call->flags
				: call->flags | MAP_FIXED_NOREPLACE,
			call->fd, dropped);
		call->hint = 0;
		if (result == -EEXIST && (uint64_t)place < guest_mmap_base)
			guest_mmap_base = guest_page_start((uint64_t)place + call->length / 2);
		else if (result == -EEXIST)
			break;
	}
	guest_mmap_base = saved_base;
	return result == -EEXIST ? -ENOMEM : result;
}

static int64_t
map_fixed(struct map_call *call, struct dropped_code *dropped)
{
	call->mapping.start = call->hint;
	call->mapping.end = call->hint + call->length;
	if (call->flags & MAP_FIXED_NOREPLACE && !is_free(call->hint, call->length)) {
		const struct guest_mapping *next = intervals_next(call->hint);

		if (next->start < call->mapping.end)
			return -EEXIST;
	}
	return guest_map_locked(&call->mapping, call->flags, call->fd, dropped);
}

/* Checks as do_mmap of the kernel does, once it knows that there is a file. */
static int64_t
check_map_arguments(struct map_call *call, uint64_t offset)
{
	uint64_t length = guest_page_round_up(call->length);

	if (call->length == 0)
		return -EINVAL;
	if (length == 0 || length > GUEST_ADDRESS_END)
		return -ENOMEM;
	if ((offset >> 12) + (length >> 12) < (offset >> 12))
		return -EOVERFLOW;
	call->length = length;
	if ((call->flags & MAP_TYPE) == MAP_SHARED_VALIDATE && call->flags & X86_MAP_FLAGS)
		return -EOPNOTSUPP;
	call->flags &= ~X86_MAP_FLAGS;
	if (!(call->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
		return 0;
	if (call->hint > GUEST_ADDRESS_END - length)
		return -ENOMEM;
	return guest_page_aligned(call->hint) ? 0 : -EINVAL;
}

static uint64_t
anonymous_alignment(uint64_t flags, uint64_t length)
{
	if (flags & MAP_HUGETLB) {
		uint64_t shift = flags >> MAP_HUGE_SHIFT & MAP_HUGE_SIZE_MASK;

		return shift > 12 && shift < 40 ? UINT64_C(1) << shift : HUGE_PAGE_SIZE;
	}
	return length % HUGE_PAGE_SIZE == 0 ? HUGE_PAGE_SIZE : GUEST_PAGE_SIZE;
}

/* Fills in what the mapping shows: the file's identity, or a new object. */
static int64_t
identify_object(struct map_call *call, uint64_t offset)
{
	struct guest_mapping *mapping = &call->mapping;
	struct statfs file_system = { 0 };
	struct stat status = { 0 };
	long result;

	mapping->shared = (call->flags & MAP_TYPE) != MAP_PRIVATE;
	mapping->device = GUEST_DEVICE_ANONYMOUS;
	if (call->flags & MAP_ANONYMOUS) {
		mapping->inode = mapping->shared ? guest_new_object() : 0;
		mapping->grows_down = call->flags & MAP_GROWSDOWN;
		call->alignment =
			anonymous_alignment(call->flags, guest_page_round_up(call->length));
		call->must_align = call->flags & MAP_HUGETLB;
		return 0;
	}
	result = host_syscall(SYS_fstat, call->fd, &status);
	if (host_syscall_failed(result))
		return result;
	/* The host never maps for execution, and would not say that this file must not be. */
	if (mapping->protection & PROT_EXEC &&
		host_syscall(SYS_fstatfs, call->fd, &file_system) == 0 &&
		file_system.f_flags & ST_NOEXEC)
		return -EPERM;
	mapping->device = status.st_dev;
	mapping->inode = status.st_ino;
	mapping->offset = offset;
	return 0;
}

/* A file of huge pages (hugetlbfs) wants its own alignment, which its block size tells. */
static bool
use_block_size_as_alignment(struct map_call *call)
{
	struct stat status = { 0 };

	if (call->flags & MAP_ANONYMOUS ||
		host_syscall_failed(host_syscall(SYS_fstat, call->fd, &status)))
		return false;
	if (status.st_blksize <= (long)call->alignment ||
		status.st_blksize & (status.st_blksize - 1))
		return false;
	call->alignment = (uint64_t)status.st_blksize;
	call->must_align = true;
	return true;
}

static guest_memory_code_mapped_function code_mapped;

void
guest_memory_on_code_mapped(guest_memory_code_mapped_function function)
{
	code_mapped = function;
}

static void
tell_code_mapped(int fd, uint64_t start, uint64_t length, uint64_t offset)
{
	if (code_mapped)
		code_mapped(fd, start, start + length, offset);
}

static bool
is_file_code(uint64_t protection, uint64_t flags)
{
	return (protection & (PROT_EXEC | PROT_WRITE)) == PROT_EXEC &&
	       (flags & MAP_TYPE) == MAP_PRIVATE && !(flags & MAP_ANONYMOUS);
}

/*
 * io_uring's rings go where the kernel chooses, and nowhere else (io_uring_get_unmapped_area); MAP_32BIT makes it
 * choose among addresses that a guest can have.
 */
static int64_t
map_where_host_chooses(struct map_call *call)
{
	struct guest_mapping *mapping = &call->mapping;
	long place;

	if (call->flags & MAP_ANONYMOUS)
		return -EINVAL;
	if (!intervals_reserve(3))
		return -ENOMEM;
	place = host_syscall(SYS_mmap, 0, call->length, guest_host_protection(mapping->protection),
		call->flags | MAP_32BIT, call->fd, mapping->offset);
	if (host_syscall_failed(place))
		return place;
	mapping->start = (uint64_t)place;
	mapping->end = mapping->start + call->length;
	intervals_put(mapping);
	return place;
}

int64_t
guest_memory_map_kind(uint64_t address, uint64_t length, uint64_t protection, uint64_t flags,
	int fd, uint64_t offset, enum guest_mapping_kind kind)
{
	struct map_call call = {
		.hint = address,
		.length = length,
		.alignment = GUEST_PAGE_SIZE,
		.flags = flags,
		.fd = fd,
		.mapping = { .protection = protection & PROTECTION_BITS, .kind = kind },
	};
	struct dropped_code dropped = { 0 };
	int64_t result = guest_page_aligned(offset) ? identify_object(&call, offset) : -EINVAL;

	if (result == 0)
		result = check_map_arguments(&call, offset);
	if (result < 0)
		return result;
	lock_acquire(&guest_memory_lock);
	if (call.flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
		result = map_fixed(&call, &dropped);
	} else {
		result = map_at_free_place(&call, &dropped);
		if (result == -EINVAL && use_block_size_as_alignment(&call))
			result = map_at_free_place(&call, &dropped);
		if (result == -EINVAL)
			result = map_where_host_chooses(&call);
	}
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	if (result >= 0)
		tell_code_mapped(is_file_code(protection, flags) ? fd : -1, (uint64_t)result,
			guest_page_round_up(length), offset);
	return result;
}

int64_t
guest_memory_map(uint64_t address, uint64_t length, uint64_t protection, uint64_t flags, int fd,
	uint64_t offset)
{
	return guest_memory_map_kind(
		address, length, protection, flags, fd, offset, GUEST_MAPPING_PLAIN);
}

/* -- munmap -- */

int64_t
guest_unmap_locked(uint64_t start, uint64_t end, struct dropped_code *dropped)
{
	long result;

	if (guest_is_sealed_locked(start, end))
		return -EPERM;
	if (!intervals_reserve(2))
		return -ENOMEM;
	result = host_syscall(SYS_munmap, start, end - start);
	if (host_syscall_failed(result))
		return result;
	code_pages_drop(start, end, dropped);
	code_pages_forget_kept(start, end);
	intervals_remove(start, end);
	return 0;
}

int64_t
guest_memory_unmap(uint64_t address, uint64_t length)
{
	uint64_t end = address + guest_page_round_up(length);
	struct dropped_code dropped = { 0 };
	int64_t result;

	if (!guest_page_aligned(address) || address > GUEST_ADDRESS_END || end <= address ||
		length > GUEST_ADDRESS_END - address)
		return -EINVAL;
	lock_acquire(&guest_memory_lock);
	result = guest_unmap_locked(address, end, &dropped);
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	tell_code_mapped(-1, address, end - address, 0);
	return result;
}

/* -- mprotect -- */

/* Changes [start, end), which lies in one mapping. */
static int64_t
protect_in_mapping(const struct guest_mapping *found, uint64_t start, uint64_t end,
	unsigned protection, struct dropped_code *dropped)
{
	struct guest_mapping mapping = *found;
	int64_t result;

	if (!intervals_reserve(3))
		return -ENOMEM;
	if (!(protection & PROT_EXEC) && mapping.protection & PROT_EXEC)
		code_pages_drop(start, end, dropped);
	result = code_pages_apply_protection(start, end, protection);
	if (result < 0)
		return result;
	intervals_set_protection(start, end, (uint8_t)protection);
	if (mapping.shared && protection & ~mapping.protection & PROT_WRITE)
		return code_pages_watch_aliases(intervals_find(start));
	return 0;
}

static int64_t
protect_locked(uint64_t start, uint64_t end, uint64_t protection, struct dropped_code *dropped)
{
	const struct guest_mapping *mapping = intervals_find(start);
	int64_t result = 0;

	if (mapping == NULL)
		return -ENOMEM;
	if (protection & PROT_GROWSDOWN) {
		if (!mapping->grows_down)
			return -EINVAL;
		start = mapping->start;
	}
	/* As the kernel: mapping by mapping, and ENOMEM at the first hole. */
	while (start < end && result == 0) {
		uint64_t stop;

		mapping = intervals_find(start);
		if (mapping == NULL)
			return -ENOMEM;
		if (mapping->sealed)
			return -EPERM;
		stop = mapping->end < end ? mapping->end : end;
		result = protect_in_mapping(
			mapping, start, stop, protection & PROTECTION_BITS, dropped);
		start = stop;
	}
	return result;
}

int64_t
guest_memory_protect(uint64_t address, uint64_t length, uint64_t protection)
{
	const uint64_t known = PROTECTION_BITS | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP;
	uint64_t end = address + guest_page_round_up(length);
	struct dropped_code dropped = { 0 };
	int64_t result;

	if ((protection & PROT_GROWSDOWN && protection & PROT_GROWSUP) ||
		!guest_page_aligned(address))
		return -EINVAL;
	if (length == 0)
		return 0;
	if (end <= address)
		return -ENOMEM;
	if (protection & ~known || protection & PROT_GROWSUP)
		return -EINVAL;
	if (end > GUEST_ADDRESS_END)
		return -ENOMEM;
	if (protection & PROT_WRITE)
		tell_code_mapped(-1, address, end - address, 0);
	lock_acquire(&guest_memory_lock);
	result = protect_locked(address, end, protection, &dropped);
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	return result;
}

/* -- madvise -- */

/* True for advice after which the pages may hold something else. */
static bool
advice_changes_contents(int advice)
{
	enum { ADVICE_DONTNEED_LOCKED = 24, ADVICE_GUARD_INSTALL = 102 };

	return advice == MADV_DONTNEED || advice == MADV_FREE || advice == MADV_REMOVE ||
	       advice == ADVICE_DONTNEED_LOCKED || advice == ADVICE_GUARD_INSTALL;
}

/* The kernel's can_modify_mm_madv: nothing that the program could not write is thrown away under a seal. */
static bool
advice_breaks_seal(uint64_t start, uint64_t end, int advice)
{
	enum { ADVICE_DONTNEED_LOCKED = 24 };
	const struct guest_mapping *mapping = intervals_next(start);

	if (!any_sealed || !(advice == MADV_DONTNEED || advice == MADV_FREE ||
				   advice == MADV_REMOVE || advice == MADV_DONTFORK ||
				   advice == MADV_WIPEONFORK || advice == ADVICE_DONTNEED_LOCKED))
		return false;
	for (; mapping != NULL && mapping->start < end; mapping = intervals_next(mapping->end))
		if (mapping->sealed && mapping->device == GUEST_DEVICE_ANONYMOUS &&
			!(mapping->protection & PROT_WRITE))
			return true;
	return false;
}

/* Some mapping once had not_in_child or empty_in_child. */
static bool any_fork_advice;

/* Notes what a child is to have of a range that the host has taken the advice for. */
static void
remember_fork_advice(uint64_t start, uint64_t end, int advice)
{
	if (advice != MADV_DONTFORK && advice != MADV_DOFORK && advice != MADV_WIPEONFORK &&
		advice != MADV_KEEPONFORK)
		return;
	any_fork_advice = true;
	while (start < end && intervals_find(start) != NULL && intervals_reserve(3)) {
		struct guest_mapping part = intervals_part(start, end);

		if (advice == MADV_DONTFORK || advice == MADV_DOFORK)
			part.not_in_child = advice == MADV_DONTFORK;
		else
			part.empty_in_child = advice == MADV_WIPEONFORK;
		intervals_put(&part);
		start = part.end;
	}
}

/* In a new child: mappings that were left out are none of its own, code in emptied ones is gone. */
static void
apply_fork_advice(struct dropped_code *dropped)
{
	const struct guest_mapping *mapping = intervals_next(0);

	while (mapping != NULL) {
		uint64_t start = mapping->start, end = mapping->end;

		if (mapping->not_in_child || mapping->empty_in_child)
			code_pages_drop(start, end, dropped);
		if (mapping->not_in_child && intervals_reserve(2))
			intervals_remove(start, end);
		mapping = intervals_next(end);
	}
}

int64_t
guest_memory_advise(uint64_t address, uint64_t length, int advice)
{
	enum { ADVICE_POPULATE_WRITE = 23 };
	uint64_t end = address + guest_page_round_up(length);
	struct dropped_code dropped = { 0 };
	long result;

	if (length != 0 && (end <= address || end > GUEST_ADDRESS_END)) {
		/* What is wrong with the advice is said first: of no bytes, the host says nothing else. */
		result = host_syscall(SYS_madvise, 0, 0, advice);
		if (host_syscall_failed(result))
			return result;
		return end <= address || !guest_page_aligned(address) ? -EINVAL : -ENOMEM;
	}
	if (advice == ADVICE_POPULATE_WRITE)
		guest_memory_prepare_write(address, length);
	lock_acquire(&guest_memory_lock);
	if (length != 0 && advice_breaks_seal(guest_page_start(address), end, advice)) {
		lock_release(&guest_memory_lock);
		return -EPERM;
	}
	if (length != 0 && advice_changes_contents(advice))
		code_pages_release(guest_page_start(address), end, &dropped);
	result = host_syscall(SYS_madvise, address, length, advice);
	if (result == 0 && length != 0)
		remember_fork_advice(address, end, advice);
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	return result;
}

/* -- mseal -- */

bool
guest_is_sealed_locked(uint64_t start, uint64_t end)
{
	const struct guest_mapping *mapping = any_sealed ? intervals_next(start) : NULL;

	for (; mapping != NULL && mapping->start < end; mapping = intervals_next(mapping->end))
		if (mapping->sealed)
			return true;
	return false;
}

/* Seals [start, end) if all of it is mapped. */
static int64_t
seal_locked(uint64_t start, uint64_t end)
{
	struct guest_mapping part;

	for (uint64_t at = start; at < end;) {
		const struct guest_mapping *mapping = intervals_find(at);

		if (mapping == NULL)
			return -ENOMEM;
		at = mapping->end;
	}
	any_sealed = true;
	for (uint64_t at = start; at < end; at = part.end) {
		if (!intervals_reserve(3))
			return -ENOMEM;
		part = intervals_part(at, end);
		part.sealed = true;
		intervals_put(&part);
	}
	return 0;
}

int64_t
guest_memory_seal(uint64_t address, uint64_t length, uint64_t flags)
{
	uint64_t pages = guest_page_round_up(length);
	uint64_t end = address + pages;
	int64_t result;

	if (flags != 0 || !guest_page_aligned(address) || (length != 0 && pages == 0) ||
		end < address)
		return -EINVAL;
	if (pages == 0)
		return 0;
	if (end > GUEST_ADDRESS_END)
		return -ENOMEM;
	lock_acquire(&guest_memory_lock);
	result = seal_locked(address, end);
	lock_release(&guest_memory_lock);
	return result;
}

/* -- look-up -- */

bool
guest_memory_query(uint64_t address, struct guest_mapping *mapping)
{
	const struct guest_mapping *found;

	lock_acquire(&guest_memory_lock);
	found = intervals_find(address);
	if (found != NULL)
		*mapping = *found;
	lock_release(&guest_memory_lock);
	return found != NULL;
}

bool
guest_memory_next(uint64_t address, struct guest_mapping *mapping)
{
	const struct guest_mapping *found;

	lock_acquire(&guest_memory_lock);
	found = intervals_next(address);
	if (found != NULL)
		*mapping = *found;
	lock_release(&guest_memory_lock);
	return found != NULL;
}

bool
guest_memory_accessible(uint64_t address, uint64_t length, uint64_t protection)
{
	uint64_t end = address + length;
	bool accessible = true;

	if (end < address || end > GUEST_ADDRESS_END)
		return false;
	lock_acquire(&guest_memory_lock);
	while (address < end && accessible) {
		const struct guest_mapping *mapping = intervals_find(address);

		accessible = mapping != NULL && (mapping->protection & protection) == protection;
		if (accessible)
			address = mapping->end;
	}
	lock_release(&guest_memory_lock);
	return accessible;
}

int
guest_memory_record(const struct guest_mapping *mapping)
{
	struct dropped_code dropped = { 0 };
	bool reserved;

	lock_acquire(&guest_memory_lock);
	reserved = intervals_reserve(3);
	if (reserved) {
		code_pages_drop(mapping->start, mapping->end, &dropped);
		intervals_put(mapping);
		code_pages_watch_aliases(mapping);
	}
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	return reserved ? 0 : -ENOMEM;
}

void
guest_memory_fork_lock(void)
{
	lock_acquire(&guest_memory_lock);
}

void
guest_memory_fork_unlock(void)
{
	lock_release(&guest_memory_lock);
}

void
guest_memory_after_fork(void)
{
	struct dropped_code dropped = { 0 };

	if (!any_fork_advice)
		return;
	lock_acquire(&guest_memory_lock);
	apply_fork_advice(&dropped);
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
}
