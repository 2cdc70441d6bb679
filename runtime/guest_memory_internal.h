// SPDX-License-Identifier: Apache-2.0
// What the files of guest_memory share: the lock, the ranges of dropped translations, and steps that several system
// calls are made of. Nothing else includes this.
#ifndef RUNTIME_GUEST_MEMORY_INTERNAL_H
#define RUNTIME_GUEST_MEMORY_INTERNAL_H

#include "runtime/guest_intervals.h"
#include "runtime/guest_memory.h"
#include "runtime/lock.h"

/* Guards the mappings, the page sets and the host's mappings of guest memory. */
extern struct lock guest_memory_lock;

/* Ranges whose translations are to be thrown away once the lock is released. Starts all zero. */
struct dropped_code {
	struct {
		uint64_t start;
		uint64_t end;
	} range[8];
	unsigned count;
};

static inline uint64_t
guest_page_start(uint64_t address)
{
	return address & ~(uint64_t)(GUEST_PAGE_SIZE - 1);
}

/* Rounds up; 0 when that overflows. */
static inline uint64_t
guest_page_round_up(uint64_t size)
{
	return guest_page_start(size + GUEST_PAGE_SIZE - 1);
}

static inline bool
guest_page_aligned(uint64_t address)
{
	return (address & (GUEST_PAGE_SIZE - 1)) == 0;
}

/* Highest end below which the search for free room begins. */
extern uint64_t guest_mmap_base;

/* Free room as guest_memory_find_free, the lock being held. */
int64_t guest_find_free_locked(uint64_t hint, uint64_t length, uint64_t alignment);

/* True when some mapping of [start, end) is sealed; the lock is held. */
bool guest_is_sealed_locked(uint64_t start, uint64_t end);

/* Unmaps on the host and forgets; the lock is held. */
int64_t guest_unmap_locked(uint64_t start, uint64_t end, struct dropped_code *dropped);

/*
 * Maps on the host at mapping->start with MAP_FIXED or MAP_FIXED_NOREPLACE as `flags` say, and remembers it; the lock
 * is held.
 */
int64_t guest_map_locked(
	const struct guest_mapping *mapping, uint64_t flags, int fd, struct dropped_code *dropped);

/* The guest's protection as the host is given it, but for pages that hold code. */
int guest_host_protection(unsigned protection);

/* Serial number for a new shared anonymous object. */
uint64_t guest_new_object(void);

/* -- guest_memory_code.c; the lock is held unless said otherwise -- */

/* Forgets the code of [start, end), noting it in *dropped; leaves the host's protection alone. */
void code_pages_drop(uint64_t start, uint64_t end, struct dropped_code *dropped);

/* As code_pages_drop, and gives writable pages their write permission back. */
void code_pages_release(uint64_t start, uint64_t end, struct dropped_code *dropped);

/* What was to be kept writable in [start, end) is unmapped. */
void code_pages_forget_kept(uint64_t start, uint64_t end);

/* mprotect on the host of [start, end), in one mapping, as the guest asks; writable pages that hold code stay watched. */
int64_t code_pages_apply_protection(uint64_t start, uint64_t end, unsigned protection);

/* Watches the pages of a shared writable mapping whose object holds code through another mapping. */
int64_t code_pages_watch_aliases(const struct guest_mapping *mapping);

/* Reports what was dropped; the lock must not be held. */
void dropped_code_report(const struct dropped_code *dropped);

#endif
