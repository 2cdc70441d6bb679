// SPDX-License-Identifier: Apache-2.0
// `dragoman cache`: what the user sees of the cache directory. The larger subcommands have files of their own (command.h).
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache/cache_internal.h"
#include "cache/command.h"
#include "cache/content.h"
#include "cache/directory.h"

struct totals {
	unsigned long files, units, regions, damaged;
	unsigned long long bytes;
};

/* Count a file's units; with `deep` check each record. False when it is damaged. */
static bool
look_at(int directory, const char *name, bool deep, struct totals *totals)
{
	struct cache_file file = { NULL, 0, 0 };
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
	if (sound) {
		totals->units += file.header->unit_count - file.header->region_count;
		totals->regions += file.header->region_count;
		file.shift = (ptrdiff_t)((uintptr_t)file.header - file.header->base);
	}
	for (uint32_t k = 0; sound && deep && k < file.header->unit_count; k++)
		sound = cache_file_unit(&file, k) != NULL;
	munmap((void *)(uintptr_t)file.header, file.size);
	return sound;
}

static int
fail_with(const char *what)
{
	fprintf(stderr, "dragoman: %s: %s\n", cache_written->path, what);
	return 1;
}

long
cache_command_lock(void)
{
	long lock = -1;

	if (!cache_place_make())
		fail_with(cache_written->system
				  ? "not a directory that is root's alone, or not writable; be root"
				  : "not a directory that is yours alone; see docs/cache.md");
	else if ((lock = cache_directory_lock(true)) < 0)
		fail_with(cache_written->system ? "cannot be written to; be root"
						: "cannot be written to");
	return lock;
}

static bool
look_at_alias(int directory, const char *name, bool deep, struct totals *totals)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool sound = fd < 0 || !deep || cache_alias_is_sound(fd);

	(void)totals;
	if (fd >= 0)
		close(fd);
	return sound;
}

/* Look at every file; with `deep` at each record, and remove those that are damaged. */
static int
walk(bool deep, struct totals *totals)
{
	struct dirent *entry;
	DIR *directory = opendir(cache_written->path);

	if (!directory)
		return fail_with(strerror(errno));
	while ((entry = readdir(directory))) {
		bool is_alias = cache_is_alias_name(entry->d_name);

		if ((!is_alias && !cache_is_file_name(entry->d_name)) ||
			(is_alias ? look_at_alias : look_at)(
				dirfd(directory), entry->d_name, deep, totals))
			continue;
		totals->damaged++;
		if (deep && unlinkat(dirfd(directory), entry->d_name, 0) < 0 && errno != ENOENT) {
			fprintf(stderr, "dragoman: %s/%s: %s\n", cache_written->path, entry->d_name,
				strerror(errno));
			closedir(directory);
			return 1;
		}
	}
	closedir(directory);
	return 0;
}

static void
print_totals(const struct totals *totals)
{
	printf("in %s: %lu files, %lu units, %lu regions, %.1f MiB", cache_written->path,
		totals->files, totals->units, totals->regions, (double)totals->bytes / (1 << 20));
}

/* True, with a line, when there is nothing to look at. */
static bool
is_missing(void)
{
	if (access(cache_written->path, F_OK) == 0 || errno != ENOENT)
		return false;
	printf("in %s: nothing\n", cache_written->path);
	return true;
}

static int
stat_cache(void)
{
	struct totals totals = { 0 };
	int status;

	if (is_missing())
		return 0;
	status = walk(false, &totals);
	if (status)
		return status;
	print_totals(&totals);
	printf(" of %.1f MiB", (double)cache_limit / (1 << 20));
	printf(totals.damaged ? ", %lu damaged\n" : "\n", totals.damaged);
	return 0;
}

/* Writers are kept out, so that none replaces a file between the look at it and its removal. */
static int
verify(void)
{
	struct totals totals = { 0 };
	long lock;
	int status;

	if (is_missing())
		return 0;
	lock = cache_command_lock();
	if (lock < 0)
		return 1;
	status = walk(true, &totals);
	cache_directory_count(lock);
	close((int)lock);
	if (status)
		return status;
	print_totals(&totals);
	printf(", %lu damaged%s\n", totals.damaged, totals.damaged ? " and removed" : "");
	return 0;
}

/* Remove the least recently used files beyond the limit; says how much that was. */
static int
shrink(uint64_t limit, uint64_t *removed)
{
	long lock = cache_command_lock();

	if (lock < 0)
		return 1;
	*removed = cache_directory_prune(lock, limit);
	close((int)lock);
	return 0;
}

static int
prune(void)
{
	uint64_t removed;

	if (is_missing())
		return 0;
	if (shrink(cache_limit, &removed))
		return 1;
	printf("removed from %s: %.1f MiB, to keep within %.1f MiB\n", cache_written->path,
		(double)removed / (1 << 20), (double)cache_limit / (1 << 20));
	return 0;
}

static int
clear(void)
{
	uint64_t removed;

	if (is_missing())
		return 0;
	if (shrink(0, &removed))
		return 1;
	unlinkat(cache_written->fd, "warm", 0);
	unlinkat(cache_written->fd, "checked", 0);
	printf("removed from %s: %.1f MiB\n", cache_written->path, (double)removed / (1 << 20));
	return 0;
}

bool
cache_command_key(void)
{
	if (cache_make_key(false))
		return true;
	fputs("dragoman: cannot start: this processor is too old, or this executable has no "
	      "build-id\n",
		stderr);
	return false;
}

uint64_t
cache_command_begin(void)
{
	long lock = cache_command_lock();
	uint64_t bytes;

	if (lock < 0)
		return UINT64_MAX;
	bytes = cache_directory_count(lock);
	close((int)lock);
	return bytes;
}

static const struct {
	const char *name;
	int (*run)(void);                         /* takes nothing, */
	int (*run_with)(int count, char **paths); /* or names */
	const char *arguments, *help;
} commands[] = {
	{ "stat", stat_cache, NULL, "", "what the cache holds" },
	{ "verify", verify, NULL, "",
		"check every file and record; removes files that are damaged" },
	{ "prune", prune, NULL, "", "remove the least recently used files beyond the size limit" },
	{ "clear", clear, NULL, "", "remove all cached translations" },
	{ "warm", NULL, cache_warm, "PATH...",
		"translate all arm64 programs and libraries below the paths ahead of time" },
	{ "export", NULL, cache_export, "FILE [PATH...]",
		"write translations of all that is below the paths (else /) to an archive" },
	{ "import", NULL, cache_import, "FILE",
		"put the translations of an archive into the cache" },
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(*commands) };

static int
usage(FILE *to, int status)
{
	for (size_t k = 0; k < COMMAND_COUNT; k++)
		fprintf(to, "%s dragoman cache %-6s %-15s%s\n",
			k ? "      " : "usage:", commands[k].name, commands[k].arguments,
			commands[k].help);
	fputs("--system behind a command's name: of the system's cache, " CACHE_SYSTEM_DIRECTORY
	      ", which all users read and root alone writes.\n"
	      "The cache is $DRAGOMAN_CACHE (\"off\": none), else $XDG_CACHE_HOME/dragoman, else "
	      "~/.cache/dragoman.\n"
	      "It holds up to $DRAGOMAN_CACHE_SIZE bytes (or a number with K, M, G, T), else 1G.\n",
		to);
	return status;
}

/* Decide which cache is meant; false after a message. */
static bool
choose_cache(bool system)
{
	cache_written = system ? &cache_system : &cache_own;
	if (!cache_find_limit(&cache_limit)) {
		fprintf(stderr,
			"dragoman: DRAGOMAN_CACHE_SIZE=%s: not a size; give bytes, or a number "
			"with K, M, G or T\n",
			getenv("DRAGOMAN_CACHE_SIZE"));
		return false;
	}
	if (!system && !cache_find_own()) {
		fputs("dragoman: there is no cache: DRAGOMAN_CACHE is off, or not an absolute "
		      "directory; set it or HOME\n",
			stderr);
		return false;
	}
	return cache_note_root();
}

int
cache_main(int argc, char **argv)
{
	bool system = argc > 2 && strcmp(argv[2], "--system") == 0;
	int count = argc - 2 - system;

	/* dragoman cache [COMMAND] --help */
	if (argc > 1 && strcmp(argv[argc > 2 ? 2 : 1], "--help") == 0)
		return usage(stdout, 0);
	for (size_t k = 0; argc >= 2 && k < COMMAND_COUNT; k++) {
		if (strcmp(argv[1], commands[k].name) || (count > 0) != !commands[k].run)
			continue;
		if (!choose_cache(system))
			return 1;
		return commands[k].run ? commands[k].run()
				       : commands[k].run_with(count, argv + argc - count);
	}
	return usage(stderr, 2);
}
