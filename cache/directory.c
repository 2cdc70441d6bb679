// SPDX-License-Identifier: Apache-2.0
// Writers of the cache directory (see directory.h). The lock file also counts the directory's bytes, so that a writer knows
// without looking at every file when it is time to remove some. The count may be wrong after a crash; it is made anew by every
// look through the directory.
#include "cache/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "cache/cache_internal.h"
#include "cache/checked.h"
#include "cache/content.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"

/* What writers write to before it has its name. One name does, because of the lock. */
#define TEMPORARY "new.units"
/* After this many files the bytes are counted anew. */
#define FILES_BETWEEN_COUNTS 1024
/* Files begin at multiples of this. */
#define PLACE_ALIGNMENT (UINT64_C(64) << 10)
/* How much is removed at once: a part of the limit, so that this is not done for every file. */
#define SPARE_PART 8

/* In the lock file. */
struct count {
	char magic[8];
	uint64_t bytes;
	uint64_t files_until_recount;
	uint64_t next_place; /* of the addresses where files are executed in place */
};
static const char count_magic[8] = "dragsiz2";

/* ---- the directory and its lock --------------------------------------------------------------------------------------- */

static long
open_in_directory(const char *name, int flags, unsigned mode)
{
	long fd = host_syscall(
		SYS_openat, cache_written->fd, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);

	/* what all are to read they read whatever root's umask is */
	if (fd >= 0 && flags & O_CREAT)
		host_syscall(SYS_fchmod, fd, mode);
	return fd;
}

long
cache_directory_lock(bool wait)
{
	/* who can open it can hold the lock: nobody but the owner */
	long fd = open_in_directory("lock", O_RDWR | O_CREAT | O_NONBLOCK, 0600);

	if (fd >= 0 && host_syscall(SYS_flock, fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0) {
		host_syscall(SYS_close, fd);
		return -1;
	}
	return fd;
}

/* ---- the count of bytes --------------------------------------------------------------------------------------------------- */

static bool
read_count(long lock, struct count *count)
{
	return host_syscall(SYS_pread64, lock, count, sizeof(*count), 0) == sizeof(*count) &&
	       !memcmp(count->magic, count_magic, sizeof(count_magic)) &&
	       count->files_until_recount > 0 && count->files_until_recount <= FILES_BETWEEN_COUNTS;
}

static void
write_count(long lock, uint64_t bytes, uint64_t files_until_recount)
{
	struct count count = { 0 };

	read_count(lock, &count);
	memcpy(count.magic, count_magic, sizeof(count_magic));
	count.bytes = bytes;
	count.files_until_recount = files_until_recount;
	host_syscall(SYS_pwrite64, lock, &count, sizeof(count), 0);
}

uint64_t
cache_directory_take_place(long lock, uint64_t size)
{
	struct count count = { 0 };
	uint64_t place, rounded = (size + PLACE_ALIGNMENT - 1) & ~(PLACE_ALIGNMENT - 1);
	bool known = read_count(lock, &count);

	place = count.next_place & ~(PLACE_ALIGNMENT - 1);
	/* files of the user's and of the system's directory are used together */
	if (place < CACHE_LOW_START || place > CACHE_HIGH_END)
		place = cache_written->system ? CACHE_HIGH_START : CACHE_LOW_START;
	if (place < CACHE_HIGH_START && place + rounded > CACHE_LOW_END)
		place = CACHE_HIGH_START;
	if (place + rounded > CACHE_HIGH_END)
		place = CACHE_LOW_START;
	count.next_place = place + rounded;
	/* a directory that has not been counted is so soon */
	if (!known)
		memcpy(count.magic, count_magic, sizeof(count_magic));
	host_syscall(SYS_pwrite64, lock, &count, sizeof(count), 0);
	return place;
}

static void
count_file(long lock, uint64_t added, uint64_t removed)
{
	struct count count;

	if (read_count(lock, &count) && count.bytes + added >= removed &&
		count.bytes + added - removed <= cache_limit)
		write_count(lock, count.bytes + added - removed, count.files_until_recount - 1);
	else
		cache_directory_prune(lock, cache_limit);
}

/* ---- putting files in place ------------------------------------------------------------------------------------------------- */

/* A write beyond RLIMIT_FSIZE would send SIGXFSZ, which kills the guest. */
static bool
may_write(uint64_t size)
{
	struct rlimit limit;

	return host_syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit) == 0 &&
	       size <= limit.rlim_cur;
}

long
cache_directory_begin(uint64_t size)
{
	if (size > cache_limit || !may_write(size))
		return -1;
	host_syscall(SYS_unlinkat, cache_written->fd, TEMPORARY, 0);
	return open_in_directory(
		TEMPORARY, O_WRONLY | O_CREAT | O_EXCL, cache_written->system ? 0644 : 0600);
}

long
cache_directory_open_table(const char *name, uint64_t size)
{
	if (!may_write(size))
		return -1;
	return open_in_directory(
		name, O_WRONLY | O_CREAT | O_NONBLOCK, cache_written->system ? 0644 : 0600);
}

bool
cache_directory_write(long fd, const void *data, size_t size, uint64_t offset)
{
	const uint8_t *at = data;

	while (size) {
		long n = host_syscall(SYS_pwrite64, fd, at, size, offset);

		if (n == -4 /* EINTR */)
			continue;
		if (n <= 0)
			return false;
		at += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return true;
}

static uint64_t
size_of_file(const char *name)
{
	struct stat status;

	if (host_syscall(SYS_newfstatat, cache_written->fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return (uint64_t)status.st_size;
}

bool
cache_directory_end(long lock, long fd, const char *name, bool publish)
{
	uint64_t old_size = size_of_file(name), size = size_of_file(TEMPORARY);
	int directory = cache_written->fd;
	struct stat status;

	/* those who read the system's cache cannot note that they have checked a file: it is done here, for good */
	if (publish && cache_written->system)
		publish = host_syscall(SYS_fsync, fd) == 0;
	if (!publish || host_syscall(SYS_renameat2, directory, TEMPORARY, directory, name, 0) < 0) {
		host_syscall(SYS_unlinkat, directory, TEMPORARY, 0);
		host_syscall(SYS_close, fd);
		return false;
	}
	if (cache_written->system && host_syscall(SYS_fstat, fd, &status) == 0)
		cache_note_checked(cache_written, &status, true);
	host_syscall(SYS_close, fd);
	count_file(lock, size, old_size);
	return true;
}

/* ---- removing the least recently used ------------------------------------------------------------------------------------------ */

struct entry {
	int64_t used; /* seconds: when it was last opened, to a day */
	uint64_t size;
	char name[CACHE_NAME_SIZE];
};

struct entries {
	struct entry *all;
	size_t count, room;
	uint64_t bytes;
};

bool
cache_is_file_name(const char *name)
{
	size_t length = strlen(name);

	return length < CACHE_NAME_SIZE && length > 6 && strcmp(name + length - 6, ".units") == 0 &&
	       strcmp(name, TEMPORARY) != 0;
}

static void
add_entry(long directory, const char *name, struct entries *entries)
{
	struct stat status;

	/* the lock is ours, so nobody is writing this */
	if (strcmp(name, TEMPORARY) == 0)
		host_syscall(SYS_unlinkat, directory, name, 0);
	if ((!cache_is_file_name(name) && !cache_is_alias_name(name)) ||
		host_syscall(SYS_newfstatat, directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (entries->count == entries->room) {
		size_t room = entries->room ? 2 * entries->room : 256;
		struct entry *all = host_reallocate(entries->all, room * sizeof(*all));

		if (!all)
			return;
		entries->all = all;
		entries->room = room;
	}
	struct entry *entry = &entries->all[entries->count++];
	*entry = (struct entry){ .used = status.st_atim.tv_sec, .size = (uint64_t)status.st_size };
	memcpy(entry->name, name, strlen(name) + 1);
	entries->bytes += entry->size;
}

static void
read_entries(long directory, struct entries *entries)
{
	union {
		char bytes[8192];
		struct dirent64 align;
	} buffer;
	long n;

	while ((n = host_syscall(SYS_getdents64, directory, &buffer, sizeof(buffer))) > 0)
		for (long at = 0; at < n;) {
			const struct dirent64 *entry = (const void *)(buffer.bytes + at);

			add_entry(directory, entry->d_name, entries);
			at += entry->d_reclen;
		}
}

/* Heap sort by time of use, the oldest first: no memory of its own, no bad case. */
static void
sift_down(struct entry *heap, size_t root, size_t count)
{
	for (size_t child; (child = 2 * root + 1) < count; root = child) {
		struct entry swap;

		if (child + 1 < count && heap[child + 1].used > heap[child].used)
			child++;
		if (heap[root].used >= heap[child].used)
			return;
		swap = heap[root];
		heap[root] = heap[child];
		heap[child] = swap;
	}
}

static void
sort_by_use(struct entry *all, size_t count)
{
	for (size_t k = count / 2; k-- > 0;)
		sift_down(all, k, count);
	for (size_t left = count; left > 1; left--) {
		struct entry last = all[left - 1];

		all[left - 1] = all[0];
		all[0] = last;
		sift_down(all, 0, left - 1);
	}
}

/* Remove files until `limit` is kept to, the oldest first; gives the bytes that there were, and sets those that are left. */
static uint64_t
shrink(long lock, uint64_t limit, uint64_t *left)
{
	struct entries entries = { 0 };
	uint64_t before;
	long fd = open_in_directory(".", O_RDONLY | O_DIRECTORY, 0);

	*left = 0;
	if (fd < 0)
		return 0;
	read_entries(fd, &entries);
	before = entries.bytes;
	if (before > limit) {
		sort_by_use(entries.all, entries.count);
		for (size_t k = 0; k < entries.count && entries.bytes > limit - limit / SPARE_PART;
			k++)
			if (host_syscall(SYS_unlinkat, fd, entries.all[k].name, 0) == 0)
				entries.bytes -= entries.all[k].size;
	}
	*left = entries.bytes;
	write_count(lock, entries.bytes, FILES_BETWEEN_COUNTS);
	host_free(entries.all);
	host_syscall(SYS_close, fd);
	return before;
}

uint64_t
cache_directory_prune(long lock, uint64_t limit)
{
	uint64_t left, before = shrink(lock, limit, &left);

	return before - left;
}

uint64_t
cache_directory_count(long lock)
{
	uint64_t left;

	shrink(lock, UINT64_MAX, &left);
	return left;
}
