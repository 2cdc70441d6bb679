// SPDX-License-Identifier: Apache-2.0
// The guest's address space (see guest_memory.h): mremap, brk, System V shared memory, and the names of mapped files.
#include "runtime/guest_memory_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>

/* -- mremap -- */

struct remap_call {
	uint64_t start; /* old place */
	uint64_t old_length;
	uint64_t new_length;
	uint64_t flags;
	uint64_t target;              /* new place; 0 until it is chosen */
	struct guest_mapping mapping; /* the old mapping, cut to begin at `start` */
};

static bool
ranges_overlap(uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
	return a < b + b_length && b < a + a_length;
}

/* Checks as the kernel's mremap and mremap_to do, before any look at the mapping. */
static int64_t
check_remap_arguments(const struct remap_call *call)
{
	uint64_t flags = call->flags;

	if (flags & ~(uint64_t)(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP))
		return -EINVAL;
	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if (flags & MREMAP_DONTUNMAP && call->old_length != call->new_length)
		return -EINVAL;
	if (!guest_page_aligned(call->start) || call->new_length == 0 ||
		call->new_length > GUEST_ADDRESS_END || call->old_length > GUEST_ADDRESS_END)
		return -EINVAL;
	if (!(flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)))
		return 0;
	if (!guest_page_aligned(call->target) ||
		call->target > GUEST_ADDRESS_END - call->new_length ||
		ranges_overlap(call->start, call->old_length, call->target, call->new_length))
		return -EINVAL;
	return 0;
}

/* Looks the old mapping up and checks as vma_to_resize of the kernel does. */
static int64_t
find_old_mapping(struct remap_call *call)
{
	const struct guest_mapping *found = intervals_find(call->start);

	if (found == NULL || call->old_length > found->end - call->start)
		return -EFAULT;
	if (call->old_length == 0 && !found->shared)
		return -EINVAL;
	call->mapping = *found;
	call->mapping.offset += call->start - found->start;
	call->mapping.start = call->start;
	return 0;
}

/* The mapping as it is after the call, at the place where it then is. */
static struct guest_mapping
moved_mapping(const struct remap_call *call, uint64_t place)
{
	struct guest_mapping mapping = call->mapping;

	if (!mapping.shared && mapping.device == GUEST_DEVICE_ANONYMOUS)
		mapping.offset = 0;
	mapping.start = place;
	mapping.end = place + call->new_length;
	return mapping;
}

/* Grows in place; -ENOMEM when something is in the way. */
static int64_t
grow_in_place(const struct remap_call *call)
{
	const struct guest_mapping *next = intervals_next(call->mapping.end);
	uint64_t end = call->start + call->new_length;
	struct guest_mapping grown = moved_mapping(call, call->start);
	long result;

	if (call->start + call->old_length != call->mapping.end || end < call->start ||
		end > GUEST_ADDRESS_END || (next != NULL && next->start < end))
		return -ENOMEM;
	result = host_syscall(SYS_mremap, call->start, call->old_length, call->new_length, 0);
	if (host_syscall_failed(result))
		return result;
	intervals_put(&grown);
	return result;
}

/* Moves to call->target, which the guest named or we chose. */
static int64_t
move(const struct remap_call *call, struct dropped_code *dropped)
{
	uint64_t host_flags = MREMAP_MAYMOVE | MREMAP_FIXED | (call->flags & MREMAP_DONTUNMAP);
	struct guest_mapping moved = moved_mapping(call, call->target);
	long result = host_syscall(SYS_mremap, call->start, call->old_length, call->new_length,
		host_flags, call->target);

	if (host_syscall_failed(result))
		return result;
	if (call->old_length != 0 && !(call->flags & MREMAP_DONTUNMAP))
		intervals_remove(call->start, call->start + call->old_length);
	code_pages_drop(moved.start, moved.end, dropped);
	if (!intervals_reserve(3))
		return -ENOMEM;
	intervals_put(&moved);
	code_pages_watch_aliases(&moved);
	return result;
}

static int64_t
remap_locked(struct remap_call *call, struct dropped_code *dropped)
{
	bool must_move = call->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP);
	int64_t result = find_old_mapping(call);
	int64_t place;

	if (result < 0)
		return result;
	if (call->mapping.sealed ||
		(call->flags & MREMAP_FIXED &&
			guest_is_sealed_locked(call->target, call->target + call->new_length)))
		return -EPERM;
	if (!intervals_reserve(6))
		return -ENOMEM;
	if (!must_move && call->old_length >= call->new_length) {
		if (call->old_length > call->new_length)
			result = guest_unmap_locked(call->start + call->new_length,
				call->start + call->old_length, dropped);
		return result < 0 ? result : (int64_t)call->start;
	}
	/* The host sees one mapping again when its write-protected pages are writable. */
	code_pages_release(call->start, call->start + call->old_length, dropped);
	if (!must_move && call->old_length != 0) {
		result = grow_in_place(call);
		if (result != -ENOMEM)
			return result;
	}
	if (!(call->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	if (!(call->flags & MREMAP_FIXED)) {
		place = guest_find_free_locked(call->flags & MREMAP_DONTUNMAP ? call->target : 0,
			call->new_length, GUEST_PAGE_SIZE);
		if (place < 0)
			return place;
		call->target = (uint64_t)place;
	}
	return move(call, dropped);
}

int64_t
guest_memory_remap(uint64_t old_address, uint64_t old_length, uint64_t new_length, uint64_t flags,
	uint64_t new_address)
{
	struct remap_call call = {
		.start = old_address,
		.old_length = guest_page_round_up(old_length),
		.new_length = guest_page_round_up(new_length),
		.flags = flags,
		.target = new_address,
	};
	struct dropped_code dropped = { 0 };
	int64_t result = check_remap_arguments(&call);

	if (result < 0)
		return result;
	lock_acquire(&guest_memory_lock);
	result = remap_locked(&call, &dropped);
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	return result;
}

/* -- brk -- */

static uint64_t brk_start;
static uint64_t brk_current;

void
guest_memory_set_brk(uint64_t start)
{
	brk_start = start;
	brk_current = start;
}

uint64_t
guest_memory_brk_start(void)
{
	return brk_start;
}

static int64_t
grow_heap(uint64_t old_end, uint64_t new_end, struct dropped_code *dropped)
{
	const struct guest_mapping *next = intervals_next(old_end);
	struct guest_mapping heap = {
		.start = old_end,
		.end = new_end,
		.device = GUEST_DEVICE_ANONYMOUS,
		.protection = PROT_READ | PROT_WRITE,
		.kind = GUEST_MAPPING_HEAP,
	};

	/* The kernel keeps a page free above the break. */
	if (new_end > GUEST_ADDRESS_END - GUEST_PAGE_SIZE ||
		(next != NULL && next->start < new_end + GUEST_PAGE_SIZE))
		return -ENOMEM;
	return guest_map_locked(
		&heap, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, dropped);
}

int64_t
guest_memory_brk(uint64_t new_break)
{
	struct dropped_code dropped = { 0 };
	uint64_t old_end;
	uint64_t new_end;
	int64_t result = 0;

	lock_acquire(&guest_memory_lock);
	old_end = guest_page_round_up(brk_current);
	new_end = guest_page_round_up(new_break);
	if (new_break >= brk_start && new_end >= brk_start) {
		if (new_end < old_end)
			result = guest_unmap_locked(new_end, old_end, &dropped);
		else if (new_end > old_end)
			result = grow_heap(old_end, new_end, &dropped);
		if (result >= 0)
			brk_current = new_break;
	}
	result = (int64_t)brk_current;
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	return result;
}

/* -- System V shared memory -- */

static int64_t
attach(struct guest_mapping *mapping, uint64_t length, bool chosen_by_guest, int flags,
	struct dropped_code *dropped)
{
	long result;

	if (!chosen_by_guest) {
		int64_t place = guest_find_free_locked(0, length, GUEST_PAGE_SIZE);

		if (place < 0)
			return place;
		mapping->start = (uint64_t)place;
	}
	mapping->end = mapping->start + length;
	if (!intervals_reserve(3))
		return -ENOMEM;
	result = host_syscall(SYS_shmat, mapping->inode, mapping->start, flags & ~SHM_EXEC);
	if (host_syscall_failed(result))
		return result;
	code_pages_drop(mapping->start, mapping->end, dropped);
	intervals_put(mapping);
	code_pages_watch_aliases(mapping);
	return result;
}

int64_t
guest_memory_shmat(int id, uint64_t address, int flags)
{
	struct guest_mapping mapping = {
		.device = GUEST_DEVICE_ANONYMOUS,
		.inode = (uint64_t)id,
		.shared = true,
		.kind = GUEST_MAPPING_SHM,
		.protection = PROT_READ,
	};
	struct dropped_code dropped = { 0 };
	struct shmid_ds segment = { 0 };
	uint64_t length;
	int64_t result;

	result = host_syscall(SYS_shmctl, id, IPC_STAT, &segment);
	if (result < 0)
		return result;
	length = guest_page_round_up(segment.shm_segsz);
	if (flags & SHM_RND)
		address = guest_page_start(address);
	if (!guest_page_aligned(address) || (address == 0 && flags & SHM_REMAP) ||
		length > GUEST_ADDRESS_END || address > GUEST_ADDRESS_END - length)
		return -EINVAL;
	if (!(flags & SHM_RDONLY))
		mapping.protection |= PROT_WRITE;
	if (flags & SHM_EXEC)
		mapping.protection |= PROT_EXEC;
	mapping.start = address;
	lock_acquire(&guest_memory_lock);
	result = attach(&mapping, length, address != 0, flags, &dropped);
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	return result;
}

/* Forgets what is left of the attachment that began at `address`. */
static void
forget_attachment(uint64_t address, uint64_t id, struct dropped_code *dropped)
{
	const struct guest_mapping *mapping = intervals_next(address);

	while (mapping != NULL) {
		uint64_t start = mapping->start;
		uint64_t end = mapping->end;

		if (mapping->kind == GUEST_MAPPING_SHM && mapping->inode == id &&
			mapping->offset == start - address) {
			code_pages_drop(start, end, dropped);
			intervals_remove(start, end);
		} else if (start != address && mapping->kind != GUEST_MAPPING_SHM) {
			return;
		}
		mapping = intervals_next(end);
	}
}

int64_t
guest_memory_shmdt(uint64_t address)
{
	struct dropped_code dropped = { 0 };
	const struct guest_mapping *mapping;
	int64_t result = -EINVAL;

	if (!guest_page_aligned(address) || address >= GUEST_ADDRESS_END)
		return -EINVAL;
	lock_acquire(&guest_memory_lock);
	mapping = intervals_find(address);
	if (mapping != NULL && mapping->kind == GUEST_MAPPING_SHM && mapping->start == address &&
		mapping->offset == 0 && intervals_reserve(2)) {
		uint64_t id = mapping->inode;

		result = host_syscall(SYS_shmdt, address);
		if (result == 0)
			forget_attachment(address, id, &dropped);
	}
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	return result;
}

/* -- names of mapped files -- */

/* Reads one hexadecimal number and the character after it. */
static const char *
parse_hex(const char *at, uint64_t *value)
{
	*value = 0;
	for (;; at++) {
		unsigned digit = (unsigned char)*at;

		if (digit >= '0' && digit <= '9')
			digit -= '0';
		else if (digit >= 'a' && digit <= 'f')
			digit -= 'a' - 10;
		else
			return *at != '\0' ? at + 1 : at;
		*value = *value << 4 | digit;
	}
}

/* The name in a line of /proc/PID/maps, "" when there is none. */
static const char *
name_in_line(const char *at)
{
	/* Between the range and the name: permissions, offset, device, inode. */
	for (int fields = 0; fields < 4; fields++) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	return at;
}

/* Looks for `address` in one line; true when the search is over. */
static bool
match_line(const char *line, uint64_t address, char *buffer, size_t size, size_t *length)
{
	uint64_t start;
	uint64_t end;
	const char *rest = parse_hex(parse_hex(line, &start), &end);
	const char *name;

	if (address >= end)
		return false;
	if (address < start)
		return true;
	name = name_in_line(rest);
	*length = strnlen(name, size - 1);
	memcpy(buffer, name, *length);
	buffer[*length] = '\0';
	return true;
}

size_t
guest_memory_path(uint64_t address, char *buffer, size_t size)
{
	char block[8192] = { 0 };
	size_t have = 0;
	size_t length = 0;
	bool over = false;
	long fd = host_syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);

	if (size == 0)
		return 0;
	buffer[0] = '\0';
	if (host_syscall_failed(fd))
		return 0;
	while (!over) {
		char *line = block;
		char *newline;
		long got = host_syscall(SYS_read, fd, block + have, sizeof(block) - 1 - have);

		if (got <= 0)
			break;
		have += (size_t)got;
		block[have] = '\0';
		while (!over && (newline = strchr(line, '\n')) != NULL) {
			*newline = '\0';
			over = match_line(line, address, buffer, size, &length);
			line = newline + 1;
		}
		have -= (size_t)(line - block);
		memmove(block, line, have);
		over = over || have == sizeof(block) - 1;
	}
	host_syscall(SYS_close, fd);
	return length;
}
