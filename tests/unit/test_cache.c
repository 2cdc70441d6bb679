// SPDX-License-Identifier: Apache-2.0
// The persistent cache's parts without a guest: which mapping belongs to which file, what a sound file is, look-up in it,
// the size option, and which files go first.
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cache/cache_internal.h"
#include "cache/directory.h"
#include "cache/file.h"
#include "cache/regions.h"

/* ---- regions ---------------------------------------------------------------------------------------------------------- */

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

	cache_region_add(0x10000, 0x20000, 0x3000, &file);
	cr_assert(is_in(0x10000, 0x10000 - 0x3000));
	cr_assert(is_in(0x1fffc, 0x10000 - 0x3000));
	cr_assert(is_nowhere(0x1fffe));
	cr_assert(is_nowhere(0x20000));
	cr_assert(is_nowhere(0xfffc));
}

Test(cache_regions, removal_splits)
{
	struct stat file = guest_file(1);

	cache_region_add(0x10000, 0x20000, 0, &file);
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

	cache_region_add(0x10000, 0x20000, 0, &one);
	cache_region_add(0x12000, 0x13000, 0x5000, &two);
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
		cache_region_add(k * 0x2000, k * 0x2000 + 0x1000, 0, &file);
	cr_assert(is_in(0x2000, 0x2000));
	cr_assert(is_nowhere(1999 * 0x2000));
	cache_region_remove(0x2000, 0x3000);
	cache_region_add(1999 * 0x2000, 1999 * 0x2000 + 0x1000, 0, &file);
	cr_assert(is_in(1999 * 0x2000, 1999 * 0x2000));
}

Test(cache_regions, just_changed_is_racy)
{
	struct stat file = guest_file(3), old = guest_file(4);
	struct cache_region region;

	clock_gettime(CLOCK_REALTIME, &file.st_ctim);
	cache_region_add(0x10000, 0x20000, 0, &file);
	cr_assert(cache_region_of(0x10000, 0x10004, &region));
	cr_assert(region.source->racy);
	file.st_ctim.tv_sec += 1000;
	cache_region_add(0x10000, 0x20000, 0, &file);
	cr_assert(cache_region_of(0x10000, 0x10004, &region));
	cr_assert(region.source->racy, "changed in the future");
	cache_region_add(0x10000, 0x20000, 0, &old);
	cr_assert(cache_region_of(0x10000, 0x10004, &region));
	cr_assert_not(region.source->racy);
}

/* ---- files ---------------------------------------------------------------------------------------------------------------- */

#define INDEX_BITS 4
#define IMAGE_SIZE 24
#define GUEST_SIZE 8

struct small_file {
	struct cache_header header;
	struct cache_index_entry index[1 << INDEX_BITS];
	struct cache_record record;
	uint8_t image[IMAGE_SIZE], guest[GUEST_SIZE];
};

/* A file of one record, for offset 0x1000 and mode 5. */
static struct small_file
make_file(void)
{
	struct small_file file = { .header = { .magic = "dragunit",
					   .version = 1,
					   .file_size = sizeof(file),
					   .index_bits = INDEX_BITS,
					   .record_count = 1 } };
	uint32_t at = cache_index_start(0x1000, 5, INDEX_BITS);

	memset(file.image, 0x11, sizeof(file.image));
	memset(file.guest, 0x22, sizeof(file.guest));
	file.record = (struct cache_record){ .image_size = IMAGE_SIZE, .guest_size = GUEST_SIZE };
	file.record.checksum = cache_record_checksum(&file.record);
	file.index[at] =
		(struct cache_index_entry){ 0x1000, 5, offsetof(struct small_file, record) / 8 };
	file.header.checksum = cache_header_checksum(&file.header);
	return file;
}

Test(cache_file, look_up)
{
	struct small_file file = make_file();
	struct cache_file mapped = { &file.header, sizeof(file) };
	const struct cache_record *record;

	cr_assert(cache_file_is_sound(&file.header, sizeof(file)));
	record = cache_file_find(&mapped, 0x1000, 5);
	cr_assert_eq(record, &file.record);
	cr_assert_eq(cache_record_guest_code(record), file.guest);
	cr_assert_null(cache_file_find(&mapped, 0x1000, 4));
	cr_assert_null(cache_file_find(&mapped, 0x1004, 5));
}

Test(cache_file, every_bit_counts)
{
	for (size_t bit = 0; bit < sizeof(struct small_file) * 8; bit++) {
		struct small_file file = make_file();
		struct cache_file mapped = { &file.header, sizeof(file) };
		uint8_t *byte = (uint8_t *)&file + bit / 8;

		*byte ^= (uint8_t)(1 << bit % 8);
		cr_assert(!cache_file_is_sound(&file.header, sizeof(file)) ||
				  !cache_file_find(&mapped, 0x1000, 5),
			"bit %zu", bit);
	}
}

Test(cache_file, sizes_out_of_bounds)
{
	struct small_file file = make_file();
	struct cache_file mapped = { &file.header, sizeof(file) };
	const uint32_t sizes[] = { UINT32_MAX, UINT32_MAX - 7, IMAGE_SIZE + 1, 0x80000000 };

	for (size_t size = 0; size < sizeof(file); size++)
		cr_assert_not(cache_file_is_sound(&file.header, size), "truncated to %zu", size);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		file.record.image_size = sizes[k];
		cr_assert_null(cache_file_find(&mapped, 0x1000, 5), "size %#x", sizes[k]);
	}
	file = make_file();
	for (uint32_t place = 1; place < 1u << 30; place += 12345677) {
		file.index[cache_index_start(0x1000, 5, INDEX_BITS)].record = place;
		cr_assert_null(cache_file_find(&mapped, 0x1000, 5), "record at %u", place);
	}
	/* an index without an empty place does not make look-ups go on for ever */
	for (size_t k = 0; k < 1 << INDEX_BITS; k++)
		file.index[k] = (struct cache_index_entry){ 4, 4, 1 };
	cr_assert_null(cache_file_find(&mapped, 0x1000, 5));
}

/* ---- the directory ---------------------------------------------------------------------------------------------------------- */

Test(cache_directory, size_option)
{
	const struct {
		const char *text;
		bool good;
		uint64_t bytes;
	} cases[] = {
		{ "0", true, 0 },
		{ "4096", true, 4096 },
		{ "3K", true, 3072 },
		{ "2M", true, 2 << 20 },
		{ "5G", true, UINT64_C(5) << 30 },
		{ "1T", true, UINT64_C(1) << 40 },
		{ "", true, 7 },
		{ "-1", false, 7 },
		{ " 1", false, 7 },
		{ "1KB", false, 7 },
		{ "K", false, 7 },
		{ "1.5G", false, 7 },
		{ "99999999999999999999", false, 7 },
		{ "18446744073709551615K", false, 7 },
	};

	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		uint64_t limit = 7;

		setenv("DRAGOMAN_CACHE_SIZE", cases[k].text, 1);
		cr_assert_eq(cache_find_limit(&limit), cases[k].good, "%s", cases[k].text);
		cr_assert_eq(limit, cases[k].bytes, "%s: %llu", cases[k].text,
			(unsigned long long)limit);
	}
}

static void
make_old_file(const char *name, unsigned days, size_t size)
{
	char path[CACHE_DIRECTORY_SIZE + 64];
	struct timespec times[2] = { 0 };
	int fd;

	snprintf(path, sizeof(path), "%s/%s", cache_own.path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	cr_assert(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
	times[0].tv_sec = times[1].tv_sec = time(NULL) - (time_t)days * 86400;
	cr_assert_eq(futimens(fd, times), 0);
	close(fd);
}

static bool
is_there(const char *name)
{
	char path[CACHE_DIRECTORY_SIZE + 64];

	snprintf(path, sizeof(path), "%s/%s", cache_own.path, name);
	return access(path, F_OK) == 0;
}

Test(cache_directory, oldest_go_first)
{
	char name[64], other[] = "/tmp/dragoman-cache-test-XXXXXX";
	long lock;

	cr_assert_not_null(mkdtemp(other));
	strcpy(cache_own.path, other);
	cache_written = &cache_own;
	cr_assert(cache_note_root());
	for (unsigned day = 0; day < 100; day++) {
		snprintf(name, sizeof(name), "%u.units", day * 37 % 100);
		make_old_file(name, day * 37 % 100, 1000);
	}
	make_old_file("new.units", 0, 1000);
	make_old_file("notes", 1000, 1000000);
	cr_assert(cache_place_make());
	lock = cache_directory_lock(false);
	cr_assert(lock >= 0);
	cr_assert(cache_directory_lock(false) < 0, "the lock is held");
	cr_assert_eq(cache_directory_prune(lock, 200000), 0);
	cr_assert_eq(cache_directory_prune(lock, 80000), 30000);
	for (unsigned day = 0; day < 100; day++) {
		snprintf(name, sizeof(name), "%u.units", day);
		cr_assert_eq(is_there(name), day < 70, "%u days old", day);
	}
	cr_assert_not(is_there("new.units"), "what a killed writer left");
	cr_assert(is_there("notes"), "a file that is not the cache's");
	cr_assert_eq(cache_directory_prune(lock, 0), 70000);
	close((int)lock);
	snprintf(name, sizeof(name), "rm -r %s", other);
	cr_assert_eq(system(name), 0);
}
