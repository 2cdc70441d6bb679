// SPDX-License-Identifier: Apache-2.0
// Saving: the units of a guest file that its cache file does not have are put together with those that it has, in a new file
// that replaces the old one by rename. Writers take turns by a lock on the directory's lock file; who does not get it
// at once leaves the work to the next process.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "cache/cache_internal.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/units.h"

/* A file is written again only for a share of new units that is worth it. */
#define FEW_UNITS 4
#define WORTHWHILE_SHARE 64

static uint32_t first_unsaved;

/* ---- the directory ------------------------------------------------------------------------------------------------------- */

/* Make the directory and what leads to it, private to the user; it must be ours alone. */
static bool
make_directory(void)
{
	char path[CACHE_DIRECTORY_SIZE];
	struct stat status;

	for (size_t k = 1; cache_directory[k - 1]; k++) {
		if (cache_directory[k] != '/' && cache_directory[k] != '\0')
			continue;
		memcpy(path, cache_directory, k);
		path[k] = '\0';
		host_syscall(SYS_mkdirat, AT_FDCWD, path, 0700);
	}
	return host_syscall(SYS_newfstatat, AT_FDCWD, cache_directory, &status, 0) == 0 && S_ISDIR(status.st_mode) &&
	       status.st_uid == (uid_t)host_syscall(SYS_geteuid) && !(status.st_mode & (S_IWGRP | S_IWOTH));
}

static long
take_lock(void)
{
	char path[CACHE_DIRECTORY_SIZE + 16];
	long fd;

	snprintf(path, sizeof(path), "%s/lock", cache_directory);
	fd = host_syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && host_syscall(SYS_flock, fd, LOCK_EX | LOCK_NB) < 0) {
		host_syscall(SYS_close, fd);
		return -1;
	}
	return fd;
}

/* ---- building a file --------------------------------------------------------------------------------------------------------- */

struct building {
	struct cache_source *source;
	struct cache_file old;
	uint8_t *data;
	size_t room, used;
	uint32_t index_bits, count;
};

static struct building building;

static struct cache_index_entry *
building_index(void)
{
	return (struct cache_index_entry *)(void *)(building.data + sizeof(struct cache_header));
}

static void
add_to_index(uint64_t guest_offset, uint32_t mode, size_t offset)
{
	struct cache_index_entry *index = building_index();
	uint32_t mask = (1u << building.index_bits) - 1;
	uint32_t at = cache_index_start(guest_offset, mode, building.index_bits);

	while (index[at].record)
		at = (at + 1) & mask;
	index[at] = (struct cache_index_entry){guest_offset, mode, (uint32_t)(offset / 8)};
	building.count++;
}

static void
copy_old_records(void)
{
	const struct cache_header *header = building.old.header;
	const struct cache_index_entry *index;

	if (!header)
		return;
	index = (const struct cache_index_entry *)(header + 1);
	for (uint32_t k = 0; k < 1u << header->index_bits; k++) {
		const struct cache_record *record =
			index[k].record ? cache_file_find(&building.old, index[k].guest_offset, index[k].mode) : NULL;

		if (!record || building.used + cache_record_size(record) > building.room)
			continue;
		memcpy(building.data + building.used, record, cache_record_size(record));
		add_to_index(index[k].guest_offset, index[k].mode, building.used);
		building.used += cache_record_size(record);
	}
}

/* The region of the source being saved in which all of the unit's guest code lies. */
static struct cache_region *
region_of_unit(const struct code_unit *unit)
{
	struct cache_region *region = cache_region_of(unit->guest_pc, unit->guest_pc + 4);

	for (unsigned k = 0; region && k < unit->range_count; k++)
		if (unit->ranges[k].start < region->start || unit->ranges[k].end > region->end)
			region = NULL;
	return region;
}

/* Guest memory may have been unmapped since, though then the unit is invalid: asked all the same. */
static size_t
copy_guest_code(const struct code_unit *unit, uint8_t *to, size_t room)
{
	size_t used = 0;

	for (unsigned k = 0; k < unit->range_count; k++) {
		uint64_t start = unit->ranges[k].start, size = unit->ranges[k].end - start;

		if (size > room - used || !guest_memory_accessible(start, size, 4 /* PROT_EXEC */))
			return 0;
		memcpy(to + used, (const void *)(uintptr_t)start, size);
		used += size;
	}
	return used;
}

static void
add_new_unit(const struct code_unit *unit)
{
	struct cache_region *region;
	struct cache_record *record = (struct cache_record *)(void *)(building.data + building.used);
	size_t room, size;

	if (unit->invalid || !unit->relocations)
		return;
	region = region_of_unit(unit);
	if (!region || region->source != building.source ||
	    cache_file_find(&building.old, unit->guest_pc - region->bias, unit->mode))
		return;
	if (building.room - building.used < sizeof(*record))
		return;
	room = building.room - building.used - sizeof(*record);
	size = backend_export(unit, region->bias, record + 1, room);
	if (size == 0 || size > room)
		return;
	record->image_size = (uint32_t)size;
	record->guest_size = (uint32_t)copy_guest_code(unit, (uint8_t *)(record + 1) + size, room - size);
	record->padding = 0;
	if (record->guest_size == 0 || cache_record_size(record) > building.room - building.used)
		return;
	record->checksum = cache_record_checksum(record);
	add_to_index(unit->guest_pc - region->bias, unit->mode, building.used);
	building.used += cache_record_size(record);
	cache_statistics.units_saved++;
}

static void
finish_header(void)
{
	struct cache_header *header = (struct cache_header *)(void *)building.data;

	memcpy(header->magic, "dragunit", 8);
	header->version = 1;
	header->file_size = building.used;
	header->identity = building.source->identity;
	header->index_bits = building.index_bits;
	header->record_count = building.count;
	header->checksum = cache_header_checksum(header);
}

/* ---- writing --------------------------------------------------------------------------------------------------------------------- */

static bool
write_all(long fd, const uint8_t *data, size_t size)
{
	while (size) {
		long n = host_syscall(SYS_write, fd, data, size);

		if (n == -4 /* EINTR */)
			continue;
		if (n <= 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

static void
publish(void)
{
	char name[CACHE_NAME_SIZE], temporary[CACHE_DIRECTORY_SIZE + 64], path[CACHE_DIRECTORY_SIZE + 80];
	bool written;
	long fd;

	cache_file_name(&building.source->identity, name);
	snprintf(path, sizeof(path), "%s/%s", cache_directory, name);
	snprintf(temporary, sizeof(temporary), "%s/new.%ld", cache_directory, host_syscall(SYS_getpid));
	fd = host_syscall(SYS_openat, AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	written = write_all(fd, building.data, building.used);
	host_syscall(SYS_close, fd);
	if (!written || host_syscall(SYS_renameat2, AT_FDCWD, temporary, AT_FDCWD, path, 0) < 0)
		host_syscall(SYS_unlinkat, AT_FDCWD, temporary, 0);
}

static void
count_new_unit(const struct code_unit *unit)
{
	struct cache_region *region = unit->invalid || !unit->relocations ? NULL : region_of_unit(unit);

	if (region)
		region->source->new_units++;
}

static void
save_source(struct cache_source *source)
{
	uint32_t new_units = source->new_units, old_units;
	char name[CACHE_NAME_SIZE];

	source->new_units = 0;
	if (new_units < FEW_UNITS || new_units * WORTHWHILE_SHARE <
	    (source->file.header ? source->file.header->record_count : 0))
		return;
	cache_source_open(source);
	/* what other processes have saved since this one opened the file */
	cache_file_name(&source->identity, name);
	building = (struct building){.source = source,
	                             .old = cache_file_open(cache_directory, name, &source->identity)};
	old_units = building.old.header ? building.old.header->record_count : 0;
	while (1u << building.index_bits < 2 * (old_units + new_units) || building.index_bits < 4)
		building.index_bits++;
	building.room = CACHE_FILE_LIMIT;
	building.data = host_memory_map(building.room);
	if (building.data) {
		building.used = sizeof(struct cache_header) + (sizeof(struct cache_index_entry) << building.index_bits);
		copy_old_records();
		units_each(first_unsaved, add_new_unit);
		finish_header();
		if (building.count > old_units)
			publish();
		host_memory_unmap(building.data, building.room);
	}
	if (building.old.header)
		host_memory_unmap((void *)(uintptr_t)building.old.header, building.old.size);
}

void
cache_save(void)
{
	long lock;

	if (!cache_enabled() || units_count() <= first_unsaved)
		return;
	units_each(first_unsaved, count_new_unit);
	if (!make_directory())
		return;
	lock = take_lock();
	if (lock < 0)
		return;
	cache_each_source(save_source);
	first_unsaved = units_count();
	host_syscall(SYS_close, lock);
}

void
cache_after_fork(void)
{
	first_unsaved = units_count();
}
