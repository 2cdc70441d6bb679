// SPDX-License-Identifier: Apache-2.0
// What the parts of the cache share.
#ifndef CACHE_CACHE_INTERNAL_H
#define CACHE_CACHE_INTERNAL_H

#include "cache/cache.h"
#include "cache/places.h"
#include "cache/regions.h"

/** Translator, guest model and host: part of every identity. */
extern char cache_key[CACHE_KEY_SIZE];

/** What the cache directory may hold, in bytes: $DRAGOMAN_CACHE_SIZE, else the default. */
#define CACHE_DEFAULT_LIMIT (UINT64_C(1) << 30)
extern uint64_t cache_limit;

/** Set *limit from the environment, if it says something; false when that is not a size. */
bool cache_find_limit(uint64_t *limit);
/**
 * Set cache_key; false when this executable has no build-id, or cannot run on this processor. `eager`: regions are made of every loop
 * (--regions eager), which no other process is to get.
 */
bool cache_make_key(bool eager);
bool cache_enabled(void);
/** Open the source's cache file, if that was not tried yet. */
void cache_source_open(struct cache_source *source);

#define CACHE_PAGE_SIZE 4096u

/** Checksum of the page of guest memory at `address`, and whether it can be read. Under the units' lock. */
uint32_t cache_guest_page_checksum(uint64_t address, bool *readable);

#endif
