// SPDX-License-Identifier: Apache-2.0
// `dragoman cache export` and `import`: cache files of the guest files below given paths go into an archive, under names and
// identities that follow from the guest files' content (content.h), and from there into the cache of another machine or image.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache/archive_stream.h"
#include "cache/build.h"
#include "cache/cache_internal.h"
#include "cache/command.h"
#include "cache/content.h"
#include "cache/directory.h"
#include "cache/guest_files.h"

#define MIB ((double)(1 << 20))

static int
fail(const char *path, const char *what)
{
	fprintf(stderr, "dragoman: %s: %s\n", path, what);
	return 1;
}

/* ---- export --------------------------------------------------------------------------------------------------------------- */

struct export
{
	struct guest_files files;
	struct archive_stream stream;
	unsigned long exported, without;
	uint64_t bytes;
};

/* The guest file's cache file in memory, made writable; NULL: there is none that is sound. */
static struct cache_header *
read_cache_file(const char *name, size_t *size)
{
	struct cache_header *header;
	struct stat status;
	long fd = cache_places_open_file(name, &status);

	if (fd < 0)
		return NULL;
	*size = (size_t)status.st_size;
	header = *size < sizeof(*header)
			 ? MAP_FAILED
			 : mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE, (int)fd, 0);
	close((int)fd);
	if (header == MAP_FAILED)
		return NULL;
	if (cache_file_is_sound(header, *size))
		return header;
	munmap(header, *size);
	return NULL;
}

static bool
has_identity(const struct cache_header *header, const struct cache_identity *identity)
{
	return header && memcmp(&header->identity, identity, sizeof(*identity)) == 0;
}

/* The cache file for the guest file as it is now, by its status, else by its content. */
static struct cache_header *
find_cache_file(int fd, const struct stat *status, const char *content_name,
	struct cache_identity *content, size_t *size)
{
	struct cache_identity identity;
	struct cache_header *header;
	char name[CACHE_NAME_SIZE];
	struct stat now;

	cache_identity_of(status, &identity);
	cache_file_name(&identity, name);
	header = read_cache_file(name, size);
	if (header && !has_identity(header, &identity)) {
		munmap(header, *size);
		header = NULL;
	}
	if (!header)
		header = read_cache_file(content_name, size);
	/* only now is it worth reading all of the guest file; it must not have changed meanwhile */
	if (header && cache_content_identity(fd, identity.size, content) && fstat(fd, &now) == 0 &&
		now.st_ctim.tv_sec == status->st_ctim.tv_sec &&
		now.st_ctim.tv_nsec == status->st_ctim.tv_nsec &&
		(has_identity(header, &identity) || has_identity(header, content)))
		return header;
	if (header)
		munmap(header, *size);
	return NULL;
}

static bool
export_file(struct export *export, const struct guest_file *file)
{
	struct cache_identity content;
	struct cache_header *header = NULL;
	char name[CACHE_NAME_SIZE];
	struct stat status;
	size_t size = 0;
	bool good = true;
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0 && fstat(fd, &status) == 0 &&
		cache_content_name(fd, (uint64_t)status.st_size, name))
		header = find_cache_file(fd, &status, name, &content, &size);
	if (fd >= 0)
		close(fd);
	if (!header) {
		export->without++;
		return true;
	}
	header->identity = content;
	header->checksum = cache_header_checksum(header);
	good = archive_write_entry(&export->stream, name, header, size);
	export->exported++;
	export->bytes += size;
	munmap(header, size);
	return good;
}

static bool
write_archive(struct export *export, FILE *file)
{
	bool good = archive_create(&export->stream, file, cache_key);

	for (size_t k = 0; good && k < export->files.count; k++)
		good = export_file(export, &export->files.all[k]);
	return archive_finish(&export->stream) && good;
}

/* Under another name first, so that FILE is never a part of an archive. */
static int
export_to(struct export *export, const char *path)
{
	size_t length = strlen(path);
	char *temporary = malloc(length + 32);
	FILE *file;
	int status = 1;

	if (!temporary)
		return fail(path, "out of memory");
	snprintf(temporary, length + 32, "%s.new-%d", path, (int)getpid());
	file = fopen(temporary, "wxe");
	if (!file) {
		status = fail(temporary, strerror(errno));
	} else {
		bool good = write_archive(export, file);
		long size = ftell(file);

		if (fclose(file) != 0 || !good) {
			fail(path,
				export->stream.problem ? export->stream.problem : strerror(errno));
		} else if (rename(temporary, path) != 0) {
			fail(path, strerror(errno));
		} else {
			printf("%s: translations of %lu files, %.1f MiB (%.1f MiB in the "
			       "cache); %lu files have none\n",
				path, export->exported, (double)size / MIB,
				(double)export->bytes / MIB, export->without);
			status = 0;
		}
		if (status)
			unlink(temporary);
	}
	free(temporary);
	return status;
}

int
cache_export(int count, char **arguments)
{
	static char root[] = "/";
	static char *everything[] = { root };
	static struct export export;
	char **paths = count > 1 ? arguments + 1 : everything;
	int path_count = count > 1 ? count - 1 : 1, status = 0;

	if (!cache_command_key())
		return 1;
	cache_place_open(&cache_own);
	cache_place_open(&cache_system);
	for (int k = 0; k < path_count; k++)
		if (!guest_files_add(&export.files, paths[k]))
			status = 1;
	if (status == 0)
		status = export_to(&export, arguments[0]);
	guest_files_free(&export.files);
	return status;
}

/* ---- import ------------------------------------------------------------------------------------------------------------------ */

struct import {
	const char *path;
	uint8_t *bytes; /* one entry */
	unsigned long entries;
	uint64_t total;
};

/* All parts, and every unit. */
static bool
is_sound(const struct cache_header *header, size_t size)
{
	struct cache_file file = { (struct cache_header *)(uintptr_t)header, size, 0 };

	if (size < sizeof(*header) || !cache_file_is_sound(header, size))
		return false;
	file.shift = (ptrdiff_t)((uintptr_t)header - header->base);
	for (uint32_t k = 0; k < header->unit_count; k++)
		if (!cache_file_unit(&file, k))
			return false;
	return true;
}

/* What is wrong with an entry; NULL: nothing. */
static const char *
entry_problem(const struct import *import, const char *name, size_t size)
{
	const struct cache_header *header = (const void *)import->bytes;

	if (!cache_is_content_name(name))
		return "damaged or made to do harm: it holds a name that is none of the cache's";
	if (!is_sound(header, size))
		return "damaged: it holds a cache file that is not sound";
	if (header->identity.device != CACHE_CONTENT_DEVICE ||
		memcmp(header->identity.key, cache_key, sizeof(cache_key)))
		return "damaged: it holds a cache file for something else";
	return NULL;
}

static bool
write_file(long lock, const char *name, const void *bytes, size_t size)
{
	long fd = cache_directory_begin(size);

	return fd >= 0 &&
	       cache_directory_end(lock, fd, name, cache_directory_write(fd, bytes, size, 0));
}

/* Puts an entry in place, made for other addresses: those that it was made for are another file's in this cache. */
static bool
publish(const struct import *import, long lock, const char *name, size_t size)
{
	struct cache_header *header = (void *)import->bytes;
	struct cache_file file = { header, size, (ptrdiff_t)(import->bytes - header->base) };
	struct cache_item *items = calloc(header->unit_count + (size_t)1, sizeof(*items));
	struct cache_contents contents;
	uint8_t *image = NULL;
	uint64_t built = 0;

	if (items && cache_contents_of(&file, &contents, items)) {
		contents.room = 2 * size;
		contents.base = cache_directory_take_place(lock, contents.room);
		image = calloc(cache_build_size(&contents), 1);
	}
	if (image)
		built = cache_build(&contents, image);
	bool good = built && built <= CACHE_FILE_LIMIT && write_file(lock, name, image, built);
	free(image);
	free(items);
	return good;
}

/* Goes through the archive; with a lock its entries are put into the cache. */
static bool
read_archive(struct import *import, FILE *file, long lock)
{
	struct archive_stream stream;
	struct archive_header header;
	char name[CACHE_NAME_SIZE];
	const char *problem = NULL;
	bool good;
	size_t size;

	import->entries = 0;
	import->total = 0;
	good = archive_open(&stream, file, &header);
	if (good && memcmp(header.key, cache_key, sizeof(cache_key)))
		problem = "made by another build of dragoman, or for another kind of processor";
	while (good && !problem &&
		(good = archive_read_entry(
			 &stream, name, import->bytes, CACHE_FILE_LIMIT, &size)) &&
		*name) {
		problem = entry_problem(import, name, size);
		import->entries++;
		import->total += size;
		if (!problem && lock >= 0 && !publish(import, lock, name, size))
			problem = "cannot be put into the cache: is its directory full?";
	}
	if (!good)
		problem = stream.problem;
	archive_close(&stream);
	if (problem)
		fail(import->path, problem);
	return !problem;
}

/* The whole archive is checked before anything of it gets into the cache. */
static int
import_from(struct import *import, FILE *file)
{
	long lock;
	bool good;

	if (!read_archive(import, file, -1))
		return 1;
	if (import->total > cache_limit) {
		fprintf(stderr,
			"dragoman: %s: its %.1f MiB exceed the cache's limit of %.1f MiB; set "
			"DRAGOMAN_CACHE_SIZE higher\n",
			import->path, (double)import->total / MIB, (double)cache_limit / MIB);
		return 1;
	}
	lock = cache_command_lock();
	if (lock < 0)
		return 1;
	rewind(file);
	good = read_archive(import, file, lock);
	close((int)lock);
	if (good)
		printf("in %s: translations of %lu files, %.1f MiB, from %s\n", cache_written->path,
			import->entries, (double)import->total / MIB, import->path);
	return !good;
}

int
cache_import(int count, char **arguments)
{
	struct import import = { .path = arguments[0] };
	FILE *file;
	int status;

	if (count != 1)
		return fail(arguments[1], "one archive at a time");
	if (!cache_command_key())
		return 1;
	file = fopen(import.path, "re");
	if (!file)
		return fail(import.path, strerror(errno));
	import.bytes = mmap(NULL, CACHE_FILE_LIMIT, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	status = import.bytes == MAP_FAILED ? fail(import.path, "no memory to read it")
					    : import_from(&import, file);
	fclose(file);
	return status;
}
