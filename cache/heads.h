// SPDX-License-Identifier: Apache-2.0
// What is known of the loops of a guest file, for the cache file that is being written: what the old file had, and what this
// process has found out.
#ifndef CACHE_HEADS_H
#define CACHE_HEADS_H

#include "cache/build.h"
#include "cache/regions.h"

/** Loops of the source that this process has recorded, and whose cache file does not say so yet. */
uint32_t cache_heads_changed(const struct cache_source *source);

/**
 * Fills in `heads`, of CACHE_HEADS_LIMIT, in the order of their offsets: those of `old`, which has no header if there is none, and those
 * of the source where it is mapped at `bias`. A loop whose region is not among the items is left out, so that the next run makes
 * it anew. Gives their number. Under the units' lock.
 */
uint32_t cache_heads_gather(struct cache_head *heads, const struct cache_file *old,
	const struct cache_source *source, const struct cache_contents *contents);

#endif
