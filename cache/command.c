// SPDX-License-Identifier: Apache-2.0
// `dragoman cache stat|verify|prune|clear`: what the user sees of the cache directory.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache/cache_internal.h"
#include "cache/directory.h"

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

static int
prune(void)
{
	uint64_t removed;
	long lock;

	if (access(cache_directory, F_OK) < 0 && errno == ENOENT) {
		printf("in %s: nothing\n", cache_directory);
		return 0;
	}
	if (!cache_directory_make()) {
		fprintf(stderr,
			"dragoman: %s: not a directory that is yours alone; see docs/cache.md\n",
			cache_directory);
		return 1;
	}
	lock = cache_directory_lock();
	if (lock < 0) {
		fprintf(stderr,
			"dragoman: %s: cannot be locked for writing, or is being written to; try "
			"again\n",
			cache_directory);
		return 1;
	}
	removed = cache_directory_prune(lock, cache_limit);
	close((int)lock);
	printf("removed from %s: %.1f MiB, to keep within %.1f MiB\n", cache_directory,
		(double)removed / (1 << 20), (double)cache_limit / (1 << 20));
	return 0;
}

static int
stat_cache(void)
{
	return walk(false, false);
}

static int
verify(void)
{
	return walk(true, false);
}

static int
clear(void)
{
	return walk(false, true);
}

static const struct {
	const char *name;
	int (*run)(void);
	const char *help;
} commands[] = {
	{ "stat", stat_cache, "what the cache holds" },
	{ "verify", verify, "check every file and record; removes files that are damaged" },
	{ "prune", prune, "remove the least recently used files beyond the size limit" },
	{ "clear", clear, "remove all cached translations" },
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(*commands) };

static int
usage(FILE *to, int status)
{
	for (size_t k = 0; k < COMMAND_COUNT; k++)
		fprintf(to, "%s dragoman cache %-8s%s\n", k ? "      " : "usage:", commands[k].name,
			commands[k].help);
	fputs("The cache is $DRAGOMAN_CACHE (\"off\": none), else $XDG_CACHE_HOME/dragoman, else "
	      "~/.cache/dragoman.\n"
	      "It holds up to $DRAGOMAN_CACHE_SIZE bytes (or a number with K, M, G, T), else 1G.\n",
		to);
	return status;
}

int
cache_main(int argc, char **argv)
{
	if (argc != 2)
		return usage(stderr, 2);
	if (strcmp(argv[1], "--help") == 0)
		return usage(stdout, 0);
	for (size_t k = 0; k < COMMAND_COUNT; k++) {
		if (strcmp(argv[1], commands[k].name))
			continue;
		if (!cache_find_directory()) {
			fprintf(stderr, "dragoman: there is no cache: DRAGOMAN_CACHE is off, or no "
					"absolute "
					"directory is known (set DRAGOMAN_CACHE or HOME)\n");
			return 1;
		}
		if (!cache_find_limit(&cache_limit)) {
			fprintf(stderr,
				"dragoman: DRAGOMAN_CACHE_SIZE=%s: not a size; give bytes, or a "
				"number with K, M, "
				"G or T\n",
				getenv("DRAGOMAN_CACHE_SIZE"));
			return 1;
		}
		return commands[k].run();
	}
	return usage(stderr, 2);
}
