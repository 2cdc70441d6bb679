// SPDX-License-Identifier: Apache-2.0
// Which mapping of the guest belongs to which file (cache/regions.h).
#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cache/cache_internal.h"
#include "cache/regions.h"

static struct stat
guest_file(ino_t inode)
{
	return (struct stat){
		.st_dev = 1, .st_ino = inode, .st_size = 1000, .st_ctim = { .tv_sec = 1 }
	};
}

static bool
is_in(uint64_t address, uint64_t bias)
{
	struct cache_region region;

	return cache_region_of(address, address + 4, &region) && region.bias == bias;
}

static bool
is_nowhere(uint64_t address)
{
	struct cache_region region;

	return !cache_region_of(address, address + 4, &region);
}

Test(cache_regions, bias_and_ends)
{
	struct stat file = guest_file(1);

	cache_region_add(0x10000, 0x20000, 0x3000, &file, true);
	cr_assert(is_in(0x10000, 0x10000 - 0x3000));
	cr_assert(is_in(0x1fffc, 0x10000 - 0x3000));
	cr_assert(is_nowhere(0x1fffe));
	cr_assert(is_nowhere(0x20000));
	cr_assert(is_nowhere(0xfffc));
}

Test(cache_regions, removal_splits)
{
	struct stat file = guest_file(1);

	cache_region_add(0x10000, 0x20000, 0, &file, true);
	cache_region_remove(0x14000, 0x15000);
	cr_assert(is_in(0x13ffc, 0x10000));
	cr_assert(is_nowhere(0x14000));
	cr_assert(is_nowhere(0x14ffc));
	cr_assert(is_in(0x15000, 0x10000));
	cache_region_remove(0x10000, 0x11000);
	cr_assert(is_nowhere(0x10000));
	cr_assert(is_in(0x11000, 0x10000));
	cache_region_remove(0x1f000, 0x30000);
	cr_assert(is_nowhere(0x1f000));
	cr_assert(is_in(0x1e000, 0x10000));
	cache_region_remove(0, UINT64_MAX);
	cr_assert(is_nowhere(0x11000));
	cr_assert(is_nowhere(0x1e000));
}

Test(cache_regions, new_mapping_replaces)
{
	struct stat one = guest_file(1), two = guest_file(2);
	struct cache_region before, after;

	cache_region_add(0x10000, 0x20000, 0, &one, true);
	cache_region_add(0x12000, 0x13000, 0x5000, &two, true);
	cr_assert(is_in(0x11000, 0x10000));
	cr_assert(is_in(0x12000, 0x12000 - 0x5000));
	cr_assert(is_in(0x13000, 0x10000));
	cr_assert(cache_region_of(0x11000, 0x11004, &before));
	cr_assert(cache_region_of(0x12000, 0x12004, &after));
	cr_assert_neq(before.source, after.source);
	cr_assert(cache_region_of(0x13000, 0x13004, &after));
	cr_assert_eq(before.source, after.source);
}

Test(cache_regions, full_table)
{
	struct stat file = guest_file(1);

	for (uint64_t k = 0; k < 2000; k++)
		cache_region_add(k * 0x2000, k * 0x2000 + 0x1000, 0, &file, true);
	cr_assert(is_in(0x2000, 0x2000));
	cr_assert(is_nowhere(1999 * 0x2000));
	cache_region_remove(0x2000, 0x3000);
	cache_region_add(1999 * 0x2000, 1999 * 0x2000 + 0x1000, 0, &file, true);
	cr_assert(is_in(1999 * 0x2000, 1999 * 0x2000));
}

Test(cache_regions, just_changed_is_racy)
{
	struct stat file = guest_file(3), old = guest_file(4);
	struct cache_region region;

	clock_gettime(CLOCK_REALTIME, &file.st_ctim);
	cache_region_add(0x10000, 0x20000, 0, &file, true);
	cr_assert(cache_region_of(0x10000, 0x10004, &region));
	cr_assert(region.source->racy);
	file.st_ctim.tv_sec += 1000;
	cache_region_add(0x10000, 0x20000, 0, &file, true);
	cr_assert(cache_region_of(0x10000, 0x10004, &region));
	cr_assert(region.source->racy, "changed in the future");
	cache_region_add(0x10000, 0x20000, 0, &old, true);
	cr_assert(cache_region_of(0x10000, 0x10004, &region));
	cr_assert_not(region.source->racy);
}
