// SPDX-License-Identifier: Apache-2.0
// The table of regions and sources (see regions.h). Regions are only a hint where to look: what is found there is compared with
// the guest's memory before it is used, so a region that the guest has unmapped meanwhile does no harm.
#include "cache/regions.h"

#include <string.h>

#include "runtime/lock.h"

#define MAX_REGIONS 512
#define MAX_SOURCES 512

static struct lock lock = LOCK_INITIALIZER;
static struct cache_region regions[MAX_REGIONS];
static uint32_t region_count, last_found;
static struct cache_source sources[MAX_SOURCES];
static uint32_t source_count;

static int64_t
nanoseconds(const struct timespec *t)
{
	return t->tv_sec * INT64_C(1000000000) + t->tv_nsec;
}

static struct cache_source *
source_of(const struct stat *status)
{
	struct cache_identity identity = {
		.device = status->st_dev,
		.inode = status->st_ino,
		.size = (uint64_t)status->st_size,
		.modified_ns = nanoseconds(&status->st_mtim),
		.changed_ns = nanoseconds(&status->st_ctim),
	};

	for (uint32_t k = 0; k < source_count; k++)
		if (!memcmp(&sources[k].identity, &identity, offsetof(struct cache_identity, key)))
			return &sources[k];
	if (source_count == MAX_SOURCES)
		return NULL;
	sources[source_count].identity = identity;
	return &sources[source_count++];
}

/* Room in the table: a free place, or that of a region which the new one covers. */
static struct cache_region *
region_for(uint64_t start, uint64_t end)
{
	for (uint32_t k = 0; k < region_count; k++)
		if (regions[k].start < end && regions[k].end > start)
			return &regions[k];
	return region_count < MAX_REGIONS ? &regions[region_count++] : NULL;
}

void
cache_region_add(uint64_t start, uint64_t end, uint64_t offset, const struct stat *status)
{
	lock_acquire(&lock);
	struct cache_source *source = source_of(status);
	struct cache_region *region = source ? region_for(start, end) : NULL;
	if (region)
		*region = (struct cache_region){start, end, start - offset, source};
	lock_release(&lock);
}

struct cache_region *
cache_region_of(uint64_t start, uint64_t end)
{
	struct cache_region *found = NULL;

	lock_acquire(&lock);
	for (uint32_t k = 0; k < region_count && !found; k++) {
		uint32_t at = (last_found + k) % region_count;

		if (start >= regions[at].start && end <= regions[at].end) {
			found = &regions[at];
			last_found = at;
		}
	}
	lock_release(&lock);
	return found;
}

void
cache_each_source(void (*function)(struct cache_source *source))
{
	for (uint32_t k = 0; k < source_count; k++)
		function(&sources[k]);
}
