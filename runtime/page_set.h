// SPDX-License-Identifier: Apache-2.0
// A set of guest pages: a three-level table of bits over the 47-bit address space, whose tables come from host_memory.h
// as needed. Tests take no lock; changes are made under the lock of guest_memory.c.
#ifndef RUNTIME_PAGE_SET_H
#define RUNTIME_PAGE_SET_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PAGE_SET_PAGE_SHIFT = 12,
	PAGE_SET_LEAF_SHIFT = 15, /* pages in a leaf: 4 KiB of bits, 128 MiB of memory */
	PAGE_SET_MIDDLE_SHIFT = 10,
	PAGE_SET_ROOT_SHIFT = 10,
};

struct page_set_leaf {
	uint64_t bits[(1 << PAGE_SET_LEAF_SHIFT) / 64];
};

struct page_set_middle {
	struct page_set_leaf *leaf[1 << PAGE_SET_MIDDLE_SHIFT];
};

struct page_set {
	struct page_set_middle *middle[1 << PAGE_SET_ROOT_SHIFT];
	uint64_t count; /* pages in the set */
};

/* True when the page of `address` (below 2^47) is in the set. */
bool page_set_test(const struct page_set *set, uint64_t address);

/* Adds the page of `address`; false when out of memory. */
bool page_set_add(struct page_set *set, uint64_t address);

/* Removes the pages of [start, end); true when one was in the set. */
bool page_set_remove(struct page_set *set, uint64_t start, uint64_t end);

/* Address of the first page of [start, end) that is in the set; `end` when there is none. */
uint64_t page_set_next(const struct page_set *set, uint64_t start, uint64_t end);

/* Address of the first page of [start, end) that is not in the set; `end` when all are. */
uint64_t page_set_next_absent(const struct page_set *set, uint64_t start, uint64_t end);

#endif
