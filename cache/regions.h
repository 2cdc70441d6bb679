// SPDX-License-Identifier: Apache-2.0
// Which cache file belongs to which part of the guest's memory: the executable file mappings that the guest has made.
#ifndef CACHE_REGIONS_H
#define CACHE_REGIONS_H

#include "cache/file.h"
#include "runtime/unit_files.h"

/** An executable mapping of a guest file; guest address = bias + file offset. */
struct cache_region {
	uint64_t start, end, bias;
	struct cache_source *source;
	struct code_home *home; /* of units in the code buffer; NULL: none made yet */
};

/** A guest file and its cache file, opened when first asked for. */
struct cache_source {
	struct cache_identity identity;
	struct cache_file file;
	bool opened;
	bool looked_for;                    /* whether its cache file goes by content is known: */
	char content_name[CACHE_NAME_SIZE]; /* that one's name; empty: by identity */
	struct cache_identity content;
	bool racy; /* changed just before it was mapped: a change after that could have the same times */
	bool stale; /* the cache file has units of other code than the guest's file has */
	bool position_independent;
	uint64_t bias;    /* where its code was first wanted */
	bool place_tried; /* to use the cache file in place */
	bool place_taken; /* something else was there */
	struct unit_file place;
	struct cache_unsaved *unsaved;
};

/** A unit that was translated from a source in this process. Followed by the guest code that it was made from. */
struct cache_unsaved {
	const struct code_unit *unit;
	struct cache_unsaved *next;
	uint32_t guest_size;
};

/** What a guest file with this status is known by, under the present key (empty before cache_init). */
void cache_identity_of(const struct stat *status, struct cache_identity *identity);

/** Copies out the region that holds all of [start, end); false when there is none. */
bool cache_region_of(uint64_t start, uint64_t end, struct cache_region *found);

/**
 * The home for units of the code at `pc` that are made in `space`, where it is made when there is none yet; NULL when the code
 * is no file's or does not fit. Under the units' lock.
 */
struct code_home *cache_region_home(uint64_t pc, struct code_space *space);

/** Remember a mapping; it replaces what it covers. Gives its source; NULL: the table is full, it is not cached. */
struct cache_source *cache_region_add(uint64_t start, uint64_t end, uint64_t offset,
	const struct stat *status, bool position_independent);

/** Forget what is known of [start, end): other things are there now, or the guest may write there. */
void cache_region_remove(uint64_t start, uint64_t end);

/** Around fork: lock before, unlock in parent and child. */
void cache_regions_lock(void);
void cache_regions_unlock(void);

/** All sources, for saving: calls `function` for each. */
void cache_each_source(void (*function)(struct cache_source *source));

#endif
