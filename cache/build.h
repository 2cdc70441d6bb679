// SPDX-License-Identifier: Apache-2.0
// Making a cache file: units of an older one and new ones, put one behind the other for a new address and linked to each other.
#ifndef CACHE_BUILD_H
#define CACHE_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache/file.h"

/** A unit that goes into the file; all pointers in it are valid once `shift` is added. */
struct cache_item {
	const struct code_unit *from;
	ptrdiff_t shift;
	uint8_t *code; /* where it will be executed; the builder's */
};

/** What a file is made of. */
struct cache_contents {
	const struct cache_identity *identity;
	uint64_t base, room; /* where it will be mapped, and how much of that is the file's */
	uint64_t bias;
	bool position_independent;
	uint64_t slot; /* what slots of unlinked exits hold */
	struct cache_item *items;
	uint32_t item_count;
	const struct cache_page *pages; /* of all items' code, by number */
	uint32_t page_count;
	const struct cache_head *heads; /* by offset */
	uint32_t head_count;
};

/** No less than what a unit takes in a file. */
uint64_t cache_item_size(const struct code_unit *unit);

/** No less than what the file will take. */
uint64_t cache_build_size(const struct cache_contents *contents);

/** What a file holds, but for where it is mapped; `items` is of as many as it has units. False when one is not sound. */
bool cache_contents_of(
	const struct cache_file *file, struct cache_contents *contents, struct cache_item *items);

/**
 * Build the file in memory of cache_build_size() bytes, zero. Gives its size, or 0 when it cannot be built. Keeps a
 * pointer to nothing. Under the units' lock.
 */
uint64_t cache_build(struct cache_contents *contents, uint8_t *image);

#endif
