// SPDX-License-Identifier: Apache-2.0
// The table of regions and sources (see regions.h). Regions are only a hint where to look: what is found there is compared with
// the guest's memory before it is used, so a region that the guest has unmapped meanwhile does no harm.
#include "cache/regions.h"

#include <string.h>
#include <time.h>

#include "cache/cache_internal.h"
#include "runtime/lock.h"

#define MAX_REGIONS 512
#define MAX_SOURCES 512

static struct lock lock = LOCK_INITIALIZER;
static struct cache_region regions[MAX_REGIONS];
static uint32_t region_count, last_found;
static struct cache_source sources[MAX_SOURCES];
static uint32_t source_count;
/* All regions lie in [lowest, highest): most calls that map, unmap and protect memory have nothing to do with them. */
static uint64_t lowest = UINT64_MAX, highest;

/*
 * The kernel stamps files with a clock that ticks every 1 to 10 ms. A file that was changed within this time before it was
 * mapped may be changed again without its times telling.
 */
#define CLOCK_TICK_NS INT64_C(20000000)

static int64_t
nanoseconds(const struct timespec *t)
{
	return t->tv_sec * INT64_C(1000000000) + t->tv_nsec;
}

static bool
is_racy(int64_t changed_ns)
{
	struct timespec now = { 0 };

	host_syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
	return nanoseconds(&now) - changed_ns < CLOCK_TICK_NS;
}

void
cache_identity_of(const struct stat *status, struct cache_identity *identity)
{
	*identity = (struct cache_identity){
		.device = status->st_dev,
		.inode = status->st_ino,
		.size = (uint64_t)status->st_size,
		.modified_ns = nanoseconds(&status->st_mtim),
		.changed_ns = nanoseconds(&status->st_ctim),
	};
	memcpy(identity->key, cache_key, sizeof(cache_key));
}

static struct cache_source *
source_of(const struct stat *status, bool position_independent)
{
	struct cache_identity identity;

	cache_identity_of(status, &identity);
	for (uint32_t k = 0; k < source_count; k++)
		if (!memcmp(&sources[k].identity, &identity, offsetof(struct cache_identity, key)))
			return &sources[k];
	if (source_count == MAX_SOURCES)
		return NULL;
	sources[source_count] = (struct cache_source){
		.identity = identity,
		.racy = is_racy(identity.changed_ns),
		.position_independent = position_independent,
	};
	return &sources[source_count++];
}

/* Take [start, end) out of all regions; one that it splits becomes two. */
static void
cut(uint64_t start, uint64_t end)
{
	for (uint32_t k = 0; k < region_count; k++) {
		struct cache_region *region = &regions[k], whole = *region;

		if (whole.start >= end || whole.end <= start)
			continue;
		if (whole.start < start) {
			region->end = start;
			if (whole.end > end && region_count < MAX_REGIONS) {
				whole.start = end;
				regions[region_count++] = whole;
			}
		} else if (whole.end > end) {
			region->start = end;
		} else {
			*region = regions[--region_count];
			k--;
		}
	}
}

struct cache_source *
cache_region_add(uint64_t start, uint64_t end, uint64_t offset, const struct stat *status,
	bool position_independent)
{
	lock_acquire(&lock);
	struct cache_source *source = source_of(status, position_independent);
	cut(start, end);
	if (source && region_count < MAX_REGIONS) {
		regions[region_count++] =
			(struct cache_region){ start, end, start - offset, source, NULL };
		if (start < lowest)
			__atomic_store_n(&lowest, start, __ATOMIC_RELAXED);
		if (end > highest)
			__atomic_store_n(&highest, end, __ATOMIC_RELAXED);
	}
	lock_release(&lock);
	return source;
}

void
cache_region_remove(uint64_t start, uint64_t end)
{
	if (start >= __atomic_load_n(&highest, __ATOMIC_RELAXED) ||
		end <= __atomic_load_n(&lowest, __ATOMIC_RELAXED))
		return;
	lock_acquire(&lock);
	cut(start, end);
	lock_release(&lock);
}

static struct cache_region *
region_with(uint64_t start, uint64_t end)
{
	for (uint32_t k = 0; k < region_count; k++) {
		uint32_t at = (last_found + k) % region_count;

		if (start < regions[at].start || end > regions[at].end)
			continue;
		last_found = at;
		return &regions[at];
	}
	return NULL;
}

bool
cache_region_of(uint64_t start, uint64_t end, struct cache_region *found)
{
	const struct cache_region *region;

	lock_acquire(&lock);
	region = region_with(start, end);
	if (region)
		*found = *region;
	lock_release(&lock);
	return region != NULL;
}

static struct code_home *
make_home(const struct cache_region *region, struct code_space *space)
{
	struct code_home *home = (void *)(((uintptr_t)space->data + 15) & ~(uintptr_t)15);

	if ((uint8_t *)(home + 1) > space->data_end)
		return NULL;
	space->data = (uint8_t *)(home + 1);
	*home = (struct code_home){
		.bias = region->bias,
		.position_independent = region->source->position_independent,
	};
	return home;
}

struct code_home *
cache_region_home(uint64_t pc, struct code_space *space)
{
	struct cache_region *region;
	struct code_home *home = NULL;

	lock_acquire(&lock);
	region = region_with(pc, pc + 4);
	if (region && !region->home)
		region->home = make_home(region, space);
	if (region)
		home = region->home;
	lock_release(&lock);
	return home;
}

void
cache_forget_homes(void)
{
	lock_acquire(&lock);
	for (uint32_t k = 0; k < region_count; k++)
		regions[k].home = NULL;
	lock_release(&lock);
}

void
cache_regions_lock(void)
{
	lock_acquire(&lock);
}

void
cache_regions_unlock(void)
{
	lock_release(&lock);
}

void
cache_each_source(void (*function)(struct cache_source *source))
{
	for (uint32_t k = 0; k < source_count; k++)
		function(&sources[k]);
}
