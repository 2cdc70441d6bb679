// SPDX-License-Identifier: Apache-2.0
// What the parts of the cache share.
#ifndef CACHE_CACHE_INTERNAL_H
#define CACHE_CACHE_INTERNAL_H

#include "cache/cache.h"
#include "cache/regions.h"

#define CACHE_DIRECTORY_SIZE 3072

/** Absolute path of the cache directory; empty: the cache is not used. */
extern char cache_directory[CACHE_DIRECTORY_SIZE];
/** Translator, guest model and host: part of every identity. */
extern char cache_key[CACHE_KEY_SIZE];

/** Set cache_directory from the environment; false when there is none or the cache is switched off. */
bool cache_find_directory(void);
bool cache_enabled(void);
/** Open the source's cache file, if that was not tried yet. */
void cache_source_open(struct cache_source *source);

#endif
