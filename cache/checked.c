// SPDX-License-Identifier: Apache-2.0
// The table of checked cache files (see checked.h): the file `checked` of a cache directory, an array of notes by hash of the inode. A
// note that is torn, or of another file, is as if it was not there.
//
// What a process has checked it may have seen in memory only, so that after a crash of the system the disk has something else:
// such notes hold until the system is started anew.
#include "cache/checked.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "cache/cache_internal.h"
#include "cache/digest.h"
#include "cache/directory.h"
#include "runtime/host_syscall.h"

#define NAME      "checked"
#define SLOT_BITS 10
/* Changes within this time of each other may leave the same times (regions.c). */
#define CLOCK_TICK_NS INT64_C(20000000)
/* What the clock may have been adjusted by meanwhile without costing a check; systems do not start that fast. */
#define BOOT_TOLERANCE INT64_C(2)

struct note {
	uint64_t sum; /* of what follows */
	uint64_t device, inode, size;
	int64_t modified_ns, changed_ns;
	int64_t boot; /* seconds since the epoch when the system was started; 0: holds for ever */
	uint64_t version;
};
_Static_assert(sizeof(struct note) == 64, "notes do not cross blocks");

#define VERSION 1

static int64_t
nanoseconds(const struct timespec *t)
{
	return t->tv_sec * INT64_C(1000000000) + t->tv_nsec;
}

static int64_t
now(clockid_t clock)
{
	struct timespec time = { 0 };

	host_syscall(SYS_clock_gettime, clock, &time);
	return nanoseconds(&time);
}

static int64_t
boot_second(void)
{
	return (now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME)) / 1000000000;
}

static struct note
note_of(const struct stat *status, int64_t boot)
{
	struct note note = {
		.device = status->st_dev,
		.inode = status->st_ino,
		.size = (uint64_t)status->st_size,
		.modified_ns = nanoseconds(&status->st_mtim),
		.changed_ns = nanoseconds(&status->st_ctim),
		.boot = boot,
		.version = VERSION,
	};
	uint8_t result[DIGEST_SIZE];
	struct digest digest;

	digest_begin(&digest);
	digest_add(&digest, &note.device, sizeof(note) - offsetof(struct note, device));
	digest_end(&digest, result);
	memcpy(&note.sum, result, sizeof(note.sum));
	return note;
}

static uint64_t
offset_of(const struct stat *status)
{
	return (status->st_ino * UINT64_C(0x9e3779b97f4a7c15) >> (64 - SLOT_BITS)) *
	       sizeof(struct note);
}

bool
cache_is_checked(const struct cache_place *place, const struct stat *status)
{
	struct note note = { 0 }, wanted;
	struct stat table;
	int64_t since;
	long fd = cache_place_open_file(place, NAME, &table);

	if (fd < 0)
		return false;
	host_syscall(SYS_pread64, fd, &note, sizeof(note), offset_of(status));
	host_syscall(SYS_close, fd);
	wanted = note_of(status, note.boot);
	if (memcmp(&note, &wanted, sizeof(note)))
		return false;
	since = note.boot - boot_second();
	return note.boot == 0 || (since >= -BOOT_TOLERANCE && since <= BOOT_TOLERANCE);
}

void
cache_note_checked(const struct cache_place *place, const struct stat *status, bool synced)
{
	struct note note;
	long fd;

	if (place != cache_written || !cache_place_make())
		return;
	/* what is on the disk was written by this process, which keeps its lock */
	if (!synced && now(CLOCK_REALTIME) - nanoseconds(&status->st_ctim) < CLOCK_TICK_NS)
		return;
	fd = cache_directory_open_table(NAME, sizeof(struct note) << SLOT_BITS);
	if (fd < 0)
		return;
	note = note_of(status, synced ? 0 : boot_second());
	host_syscall(SYS_pwrite64, fd, &note, sizeof(note), offset_of(status));
	host_syscall(SYS_close, fd);
}
