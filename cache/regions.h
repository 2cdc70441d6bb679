// SPDX-License-Identifier: Apache-2.0
// Which cache file belongs to which part of the guest's memory: the executable file mappings that the guest has made.
#ifndef CACHE_REGIONS_H
#define CACHE_REGIONS_H

#include "cache/file.h"

/** An executable mapping of a guest file; guest address = bias + file offset. */
struct cache_region {
	uint64_t start, end, bias;
	struct cache_source *source;
};

/** A guest file and its cache file, opened when first asked for. */
struct cache_source {
	struct cache_identity identity;
	struct cache_file file;
	bool opened;
	uint32_t new_units; /* scratch of cache_save */
};

/** The region that holds all of [start, end), or NULL. */
struct cache_region *cache_region_of(uint64_t start, uint64_t end);

/** Remember a mapping; replaces what it covers. When the table is full the mapping is not cached. */
void cache_region_add(uint64_t start, uint64_t end, uint64_t offset, const struct stat *status);

/** All sources, for saving: calls `function` for each. */
void cache_each_source(void (*function)(struct cache_source *source));

#endif
