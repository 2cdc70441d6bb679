// SPDX-License-Identifier: Apache-2.0
// `dragoman cache stat|verify|clear`: what the user sees of the cache directory.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache/cache_internal.h"

static int
usage(FILE *to, int status)
{
	fputs("usage: dragoman cache stat     what the cache holds\n"
	      "       dragoman cache verify   check every file and record; removes files that are "
	      "damaged\n"
	      "       dragoman cache clear    remove all cached translations\n"
	      "The cache is $DRAGOMAN_CACHE (\"off\": none), else $XDG_CACHE_HOME/dragoman, else "
	      "~/.cache/dragoman.\n",
		to);
	return status;
}

struct totals {
	unsigned long files, units, damaged;
	unsigned long long bytes;
};

static bool
is_cache_file(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && strcmp(dot, ".units") == 0;
}

/* Count a file's units; with `deep` check each record. False when it is damaged. */
static bool
look_at(int directory, const char *name, bool deep, struct totals *totals)
{
	struct cache_file file = { NULL, 0 };
	struct stat status;
	bool sound = false;
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return true;
	if (fstat(fd, &status) == 0 && status.st_size > 0) {
		file.size = (size_t)status.st_size;
		file.header = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, fd, 0);
		totals->bytes += file.size;
	}
	close(fd);
	totals->files++;
	if (!file.header || file.header == MAP_FAILED)
		return false;
	sound = cache_file_is_sound(file.header, file.size);
	if (sound)
		totals->units += file.header->record_count;
	const struct cache_index_entry *index = (const void *)(file.header + 1);
	for (uint32_t k = 0; sound && deep && k < 1u << file.header->index_bits; k++)
		if (index[k].record &&
			!cache_file_find(&file, index[k].guest_offset, index[k].mode))
			sound = false;
	munmap((void *)(uintptr_t)file.header, file.size);
	return sound;
}

static int
walk(bool deep, bool remove_all)
{
	struct totals totals = { 0 };
	struct dirent *entry;
	DIR *directory = opendir(cache_directory);

	if (!directory && errno != ENOENT) {
		fprintf(stderr, "dragoman: %s: %s\n", cache_directory, strerror(errno));
		return 1;
	}
	while (directory && (entry = readdir(directory))) {
		if (!is_cache_file(entry->d_name))
			continue;
		bool sound = look_at(dirfd(directory), entry->d_name, deep, &totals);
		totals.damaged += !sound;
		if ((remove_all || (deep && !sound)) &&
			unlinkat(dirfd(directory), entry->d_name, 0) < 0) {
			fprintf(stderr, "dragoman: %s/%s: %s\n", cache_directory, entry->d_name,
				strerror(errno));
			closedir(directory);
			return 1;
		}
	}
	if (directory)
		closedir(directory);
	printf("%s %s: %lu files, %lu units, %.1f MiB%s", remove_all ? "removed from" : "in",
		cache_directory, totals.files, totals.units, (double)totals.bytes / (1 << 20),
		totals.damaged || deep ? "" : "\n");
	if (totals.damaged || deep)
		printf(", %lu damaged%s\n", totals.damaged,
			deep && totals.damaged ? " and removed" : "");
	return 0;
}

int
cache_main(int argc, char **argv)
{
	if (argc != 2)
		return usage(stderr, 2);
	if (strcmp(argv[1], "--help") == 0)
		return usage(stdout, 0);
	bool stat = strcmp(argv[1], "stat") == 0, verify = strcmp(argv[1], "verify") == 0;
	bool clear = strcmp(argv[1], "clear") == 0;
	if (!stat && !verify && !clear)
		return usage(stderr, 2);
	if (!cache_find_directory()) {
		fprintf(stderr, "dragoman: there is no cache: DRAGOMAN_CACHE is off, or no "
				"absolute directory is known "
				"(set DRAGOMAN_CACHE or HOME)\n");
		return 1;
	}
	return walk(verify, clear);
}
