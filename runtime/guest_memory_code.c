// SPDX-License-Identifier: Apache-2.0
// Pages that hold translated code (see guest_memory.h). Two sets of pages:
//
//	code_pages            the page, or an alias of it, holds translated code
//	guest_memory_watched  subset: the guest may write the page, and the host is told that it may not
//
// A third set has pages that are never watched, because the kernel writes to them by itself.
//
// A write to a watched page faults; guest_memory_code_write_fault then takes the page and its aliases out of both sets,
// gives the permission back, and has the translations thrown away. An alias is a page of another MAP_SHARED mapping of
// the same object and offset: it is put in the sets together with the page that holds the code.
#include "runtime/guest_memory_internal.h"

#include <errno.h>
#include <sys/mman.h>

static struct page_set code_pages;
struct page_set guest_memory_watched;
static struct page_set kept_pages;
static guest_memory_invalidate_function invalidate;

void
guest_memory_on_invalidate(guest_memory_invalidate_function function)
{
	invalidate = function;
}

static void
note_dropped(struct dropped_code *dropped, uint64_t start, uint64_t end)
{
	unsigned last = dropped->count - 1;

	if (dropped->count > 0 && dropped->range[last].end == start) {
		dropped->range[last].end = end;
	} else if (dropped->count < sizeof(dropped->range) / sizeof(dropped->range[0])) {
		dropped->range[dropped->count].start = start;
		dropped->range[dropped->count].end = end;
		dropped->count++;
	} else {
		/* No room: report more than was dropped, rather than less. */
		if (start < dropped->range[last].start)
			dropped->range[last].start = start;
		if (end > dropped->range[last].end)
			dropped->range[last].end = end;
	}
}

void
dropped_code_report(const struct dropped_code *dropped)
{
	for (unsigned i = 0; i < dropped->count && invalidate != NULL; i++)
		invalidate(dropped->range[i].start, dropped->range[i].end);
}

void
code_pages_drop(uint64_t start, uint64_t end, struct dropped_code *dropped)
{
	if (page_set_remove(&code_pages, start, end)) {
		page_set_remove(&guest_memory_watched, start, end);
		note_dropped(dropped, start, end);
	}
}

/* mprotect of part of a mapping whose guest protection is known. */
static long
host_protect(uint64_t start, uint64_t end, int protection)
{
	return host_syscall(SYS_mprotect, start, end - start, protection);
}

/* Gives back the write permission of the watched pages of [start, end). */
static void
unwatch(uint64_t start, uint64_t end)
{
	uint64_t at = page_set_next(&guest_memory_watched, start, end);

	while (at < end) {
		uint64_t stop = page_set_next_absent(&guest_memory_watched, at, end);
		const struct guest_mapping *mapping = intervals_find(at);

		if (mapping != NULL) {
			if (mapping->end < stop)
				stop = mapping->end;
			host_protect(at, stop, guest_host_protection(mapping->protection));
		}
		page_set_remove(&guest_memory_watched, at, stop);
		at = page_set_next(&guest_memory_watched, stop, end);
	}
}

void
code_pages_release(uint64_t start, uint64_t end, struct dropped_code *dropped)
{
	unwatch(start, end);
	code_pages_drop(start, end, dropped);
}

/* Takes write permission from [start, end), of which all pages are in code_pages and none is in kept_pages. */
static int64_t
watch_unkept(uint64_t start, uint64_t end, unsigned protection)
{
	int host = guest_host_protection(protection) & ~PROT_WRITE;
	long result = host_protect(start, end, host);

	if (host_syscall_failed(result))
		return result;
	for (uint64_t at = start; at < end; at += GUEST_PAGE_SIZE)
		if (!page_set_add(&guest_memory_watched, at))
			return -ENOMEM;
	return 0;
}

static int64_t
watch(uint64_t start, uint64_t end, unsigned protection)
{
	int64_t result = 0;

	while (start < end && result == 0) {
		uint64_t kept = page_set_next(&kept_pages, start, end);
		uint64_t next = page_set_next_absent(&kept_pages, kept, end);

		if (start < kept)
			result = watch_unkept(start, kept, protection);
		if (result == 0 && kept < next)
			result = host_protect(kept, next, guest_host_protection(protection));
		start = next;
	}
	return result;
}

int64_t
code_pages_apply_protection(uint64_t start, uint64_t end, unsigned protection)
{
	uint64_t at = start;

	if (!(protection & PROT_WRITE)) {
		long result = host_protect(start, end, guest_host_protection(protection));

		if (!host_syscall_failed(result))
			page_set_remove(&guest_memory_watched, start, end);
		return result;
	}
	while (at < end) {
		uint64_t code = page_set_next(&code_pages, at, end);
		uint64_t code_end = page_set_next_absent(&code_pages, code, end);
		int64_t result = 0;

		if (at < code)
			result = host_protect(at, code, guest_host_protection(protection));
		if (result == 0 && code < code_end)
			result = watch(code, code_end, protection);
		if (result < 0)
			return result;
		at = code_end;
	}
	return 0;
}

/* True when a write through `mapping` changes what `other` shows of the same object. */
static bool
same_object(const struct guest_mapping *mapping, const struct guest_mapping *other)
{
	return mapping->shared && other->shared && mapping->device == other->device &&
	       mapping->inode == other->inode && mapping->kind == other->kind;
}

/* Calls `visit` with each page of another mapping that shows the page `offset` of the object of `mapping`. */
static void
visit_aliases(const struct guest_mapping *mapping, uint64_t offset,
	void (*visit)(uint64_t page, const struct guest_mapping *alias, void *context),
	void *context)
{
	const struct guest_mapping *other = intervals_next(0);

	for (; other != NULL; other = intervals_next(other->end)) {
		if (!same_object(mapping, other) || offset < other->offset ||
			offset - other->offset >= other->end - other->start)
			continue;
		visit(other->start + (offset - other->offset), other, context);
	}
}

static void
watch_alias(uint64_t page, const struct guest_mapping *alias, void *context)
{
	int64_t *result = context;

	if (!page_set_add(&code_pages, page))
		*result = -ENOMEM;
	else if (alias->protection & PROT_WRITE && !page_set_test(&guest_memory_watched, page))
		*result = watch(page, page + GUEST_PAGE_SIZE, alias->protection);
}

/* Puts [start, end), part of `mapping`, into the sets; aliases too. */
static int64_t
protect_in_mapping(const struct guest_mapping *mapping, uint64_t start, uint64_t end)
{
	int64_t result = 0;
	uint64_t at = page_set_next_absent(&code_pages, start, end);

	for (; at < end && result == 0; at = page_set_next_absent(&code_pages, at, end)) {
		if (mapping->shared) {
			visit_aliases(mapping, mapping->offset + (at - mapping->start), watch_alias,
				&result);
		} else {
			watch_alias(at, mapping, &result);
		}
	}
	return result;
}

int
guest_memory_protect_code(uint64_t start, uint64_t end)
{
	int64_t result = 0;

	start = guest_page_start(start);
	end = guest_page_round_up(end);
	if (start >= end || end > GUEST_ADDRESS_END)
		return -EFAULT;
	if (page_set_next_absent(&code_pages, start, end) == end)
		return 0;
	lock_acquire(&guest_memory_lock);
	while (start < end && result == 0) {
		const struct guest_mapping *mapping = intervals_find(start);
		uint64_t stop = mapping != NULL && mapping->end < end ? mapping->end : end;

		if (mapping == NULL)
			result = -EFAULT;
		else if (!(mapping->protection & PROT_EXEC))
			result = -EACCES;
		else
			result = protect_in_mapping(mapping, start, stop);
		start = stop;
	}
	lock_release(&guest_memory_lock);
	return (int)result;
}

bool
guest_memory_holds_code(uint64_t address)
{
	return address < GUEST_ADDRESS_END && page_set_test(&code_pages, address);
}

/* Watches those pages of `mapping` whose counterpart in `other`, a mapping of the same object, holds code. */
static int64_t
watch_counterparts(const struct guest_mapping *mapping, const struct guest_mapping *other)
{
	uint64_t mapping_stop = mapping->offset + (mapping->end - mapping->start);
	uint64_t other_stop = other->offset + (other->end - other->start);
	uint64_t from = mapping->offset > other->offset ? mapping->offset : other->offset;
	uint64_t to = mapping_stop < other_stop ? mapping_stop : other_stop;
	uint64_t end = other->start + (to - other->offset);
	uint64_t page = other->start + (from - other->offset);
	int64_t result = 0;

	if (from >= to)
		return 0;
	while (result == 0 && (page = page_set_next(&code_pages, page, end)) < end) {
		watch_alias(
			mapping->start + (page - other->start + other->offset - mapping->offset),
			mapping, &result);
		page += GUEST_PAGE_SIZE;
	}
	return result;
}

int64_t
code_pages_watch_aliases(const struct guest_mapping *mapping)
{
	const struct guest_mapping *other = intervals_next(0);
	int64_t result = 0;

	if (!mapping->shared || !(mapping->protection & PROT_WRITE) ||
		__atomic_load_n(&code_pages.count, __ATOMIC_RELAXED) == 0)
		return 0;
	for (; other != NULL && result == 0; other = intervals_next(other->end))
		if (same_object(mapping, other) && other->start != mapping->start)
			result = watch_counterparts(mapping, other);
	return result;
}

static void
release_alias(uint64_t page, const struct guest_mapping *alias, void *context)
{
	(void)alias;
	code_pages_release(page, page + GUEST_PAGE_SIZE, context);
}

/* Makes one watched page and its aliases writable; the lock is held. */
static void
release_page(uint64_t page, const struct guest_mapping *mapping, struct dropped_code *dropped)
{
	if (mapping->shared)
		visit_aliases(
			mapping, mapping->offset + (page - mapping->start), release_alias, dropped);
	else
		release_alias(page, mapping, dropped);
}

bool
guest_memory_code_write_fault(uint64_t address)
{
	uint64_t page = guest_page_start(address);
	struct dropped_code dropped = { 0 };
	const struct guest_mapping *mapping;
	bool ours = false;

	if (address >= GUEST_ADDRESS_END)
		return false;
	lock_acquire(&guest_memory_lock);
	mapping = intervals_find(page);
	if (mapping != NULL && mapping->protection & PROT_WRITE) {
		if (page_set_test(&guest_memory_watched, page)) {
			release_page(page, mapping, &dropped);
			ours = true;
		} else {
			/* Another task was faster, or the host does not agree with us: make it agree. */
			ours = host_protect(page, page + GUEST_PAGE_SIZE,
				       guest_host_protection(mapping->protection)) == 0;
		}
	}
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
	return ours;
}

void
code_pages_forget_kept(uint64_t start, uint64_t end)
{
	if (__atomic_load_n(&kept_pages.count, __ATOMIC_RELAXED) != 0)
		page_set_remove(&kept_pages, start, end);
}

bool
guest_memory_is_kept_writable(uint64_t address)
{
	return __atomic_load_n(&kept_pages.count, __ATOMIC_RELAXED) != 0 &&
	       address < GUEST_ADDRESS_END && page_set_test(&kept_pages, address);
}

void
guest_memory_keep_writable(uint64_t address, uint64_t length)
{
	lock_acquire(&guest_memory_lock);
	for (uint64_t page = guest_page_start(address); page < address + length;
		page += GUEST_PAGE_SIZE)
		page_set_add(&kept_pages, page);
	lock_release(&guest_memory_lock);
	guest_memory_prepare_write(address, length);
}

void
guest_memory_prepare_write(uint64_t address, uint64_t length)
{
	uint64_t start = guest_page_start(address);
	uint64_t end = address + length;
	struct dropped_code dropped = { 0 };
	uint64_t page;

	if (!guest_memory_watches_writes() || length == 0)
		return;
	if (end < address || end > GUEST_ADDRESS_END)
		end = GUEST_ADDRESS_END;
	if (page_set_next(&guest_memory_watched, start, end) >= end)
		return;
	lock_acquire(&guest_memory_lock);
	while ((page = page_set_next(&guest_memory_watched, start, end)) < end) {
		const struct guest_mapping *mapping = intervals_find(page);

		if (mapping != NULL)
			release_page(page, mapping, &dropped);
		else
			code_pages_drop(page, page + GUEST_PAGE_SIZE, &dropped);
		start = page + GUEST_PAGE_SIZE;
	}
	lock_release(&guest_memory_lock);
	dropped_code_report(&dropped);
}
