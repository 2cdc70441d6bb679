// SPDX-License-Identifier: Apache-2.0
// The ordered set of the guest's mappings: a treap keyed by address, each node augmented with the largest gap below it,
// so that look-up, cutting a range out, putting one in and finding free room are all O(log n).
// Used by guest_memory.c alone, under its lock. Nodes come from host_memory.h.
#ifndef RUNTIME_GUEST_INTERVALS_H
#define RUNTIME_GUEST_INTERVALS_H

#include "runtime/guest_memory.h"

/* Makes sure that the next operations can take `count` nodes; false when out of memory. */
bool intervals_reserve(unsigned count);

/* The mapping that holds `address`, or NULL. Its attributes are to be changed by intervals_set_protection only. */
const struct guest_mapping *intervals_find(uint64_t address);

/* The first mapping whose end is above `address`, or NULL. */
const struct guest_mapping *intervals_next(uint64_t address);

/* Forgets [start, end); mappings across its ends are cut. Takes up to 2 reserved nodes. */
void intervals_remove(uint64_t start, uint64_t end);

/* Replaces whatever is in the mapping's range by it, joining it to equal neighbours. Takes up to 3 reserved nodes. */
void intervals_put(const struct guest_mapping *mapping);

/* A copy of the mapping that holds `start` (there has to be one), cut to [start, end). */
struct guest_mapping intervals_part(uint64_t start, uint64_t end);

/* Sets the protection of [start, end), wholly mapped by one mapping. Takes up to 3 reserved nodes. */
void intervals_set_protection(uint64_t start, uint64_t end, uint8_t protection);

/*
 * The highest multiple of `alignment` at which `length` bytes are free inside [lower, upper), or 0. Keeps the kernel's
 * distance (GUEST_STACK_GUARD_GAP) below mappings that grow down.
 */
uint64_t intervals_find_gap(uint64_t lower, uint64_t upper, uint64_t length, uint64_t alignment);

/* Number of mappings. */
uint64_t intervals_count(void);

/* The kernel's stack_guard_gap, 256 pages. */
#define GUEST_STACK_GUARD_GAP (UINT64_C(256) * GUEST_PAGE_SIZE)

#endif
