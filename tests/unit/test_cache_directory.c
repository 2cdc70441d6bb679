// SPDX-License-Identifier: Apache-2.0
// The cache's directory: the option for its size, and which files go first.
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
