// SPDX-License-Identifier: Apache-2.0
// Saving: the units of a guest file that its cache file does not have are put together with those that it has, in a new file
// that replaces the old one by rename. Writers take turns by a lock on the directory's lock file; who does not get it
// at once leaves the work to the next process.
#include <string.h>
#include <x86intrin.h>

#include "cache/cache_internal.h"
#include "cache/directory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/lock.h"
#include "runtime/units.h"

/*
 * A file is written again when there are new units for a share of it that is worth it. For a smaller share it is left to
 * chance, so that files that are never far from complete become so, and nobody pays much for it.
 */
#define FEW_UNITS        4
#define WORTHWHILE_SHARE 4

static uint32_t first_unsaved;
/* One thread saves; another that ends the process at the same time does not wait for it. */
static struct lock saving;
static long directory_lock;

/* ---- building a file --------------------------------------------------------------------------------------------------------- */

struct building {
	struct cache_source *source;
	struct cache_file old;
	uint8_t *data;
	size_t room, used;
	uint32_t index_bits, count, added;
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
	index[at] = (struct cache_index_entry){ guest_offset, mode, (uint32_t)(offset / 8) };
	building.count++;
}

/* Look-ups end at an empty place, so some stay empty. */
static bool
index_has_room(void)
{
	return building.count < 3u << building.index_bits >> 2;
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
			index[k].record ? cache_file_find(&building.old, index[k].guest_offset,
						  index[k].mode)
					: NULL;

		if (!record || !index_has_room() ||
			building.used + cache_record_size(record) > building.room)
			continue;
		memcpy(building.data + building.used, record, cache_record_size(record));
		add_to_index(index[k].guest_offset, index[k].mode, building.used);
		building.used += cache_record_size(record);
	}
}

static bool
is_to_be_saved(const struct code_unit *unit, struct cache_region *region)
{
	return !unit->invalid && unit->guest_code && cache_region_of_unit(unit, region);
}

static void
add_new_unit(const struct code_unit *unit)
{
	struct cache_region region;
	struct cache_record *record =
		(struct cache_record *)(void *)(building.data + building.used);
	size_t room = building.room - building.used, size, guest_size;

	if (!is_to_be_saved(unit, &region) || region.source != building.source ||
		cache_file_find(&building.old, unit->guest_pc - region.bias, unit->mode))
		return;
	guest_size = cache_guest_code_size(unit);
	if (room < sizeof(*record) + guest_size)
		return;
	room -= sizeof(*record) + guest_size;
	size = backend_export(unit, region.bias, record + 1, room);
	if (size == 0 || size > room)
		return;
	*record = (struct cache_record){ .image_size = (uint32_t)size,
		.guest_size = (uint32_t)guest_size };
	if (cache_record_size(record) > building.room - building.used)
		return;
	memcpy((uint8_t *)(record + 1) + size, unit->guest_code, guest_size);
	record->checksum = cache_record_checksum(record);
	if (!index_has_room())
		return;
	add_to_index(unit->guest_pc - region.bias, unit->mode, building.used);
	building.used += cache_record_size(record);
	building.added++;
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

/* ---- saving ------------------------------------------------------------------------------------------------------------------- */

static void
count_new_unit(const struct code_unit *unit)
{
	struct cache_region region;

	if (!is_to_be_saved(unit, &region))
		return;
	struct cache_record record = {
		.image_size = (uint32_t)backend_export(unit, region.bias, NULL, 0),
		.guest_size = (uint32_t)cache_guest_code_size(unit),
	};
	region.source->new_units++;
	region.source->new_bytes += cache_record_size(&record);
}

/* Whether writing a file of `old_units` again is worth `new_units`: the more there are, the more likely. */
static bool
is_worthwhile(uint32_t old_units, uint32_t new_units)
{
	if (new_units < FEW_UNITS)
		return false;
	return (uint64_t)new_units * WORTHWHILE_SHARE >=
	       old_units * (__rdtsc() * UINT64_C(0x9e3779b97f4a7c15) >> 48) >> 16;
}

static bool
begin_building(struct cache_source *source)
{
	uint32_t units = source->new_units;

	if (building.old.header)
		units += building.old.header->record_count;
	while (1u << building.index_bits < 2 * units || building.index_bits < 4)
		building.index_bits++;
	building.used = sizeof(struct cache_header) +
			(sizeof(struct cache_index_entry) << building.index_bits);
	building.room = building.used + source->new_bytes + building.old.size;
	if (building.room > CACHE_FILE_LIMIT)
		building.room = CACHE_FILE_LIMIT;
	building.data = building.used < building.room ? host_memory_map(building.room) : NULL;
	return building.data != NULL;
}

static void
save_source(struct cache_source *source)
{
	const struct cache_header *known = source->file.header;
	char name[CACHE_NAME_SIZE];

	if (!is_worthwhile(known ? known->record_count : 0, source->new_units))
		return;
	memcpy(source->identity.key, cache_key, sizeof(cache_key));
	cache_file_name(&source->identity, name);
	/* with what other processes have saved since this one opened the file */
	building = (struct building){ .source = source,
		.old = cache_file_open(cache_directory, name, &source->identity) };
	if (begin_building(source)) {
		copy_old_records();
		units_each(first_unsaved, add_new_unit);
		finish_header();
		if (building.added &&
			cache_directory_publish(directory_lock, name, building.data, building.used))
			cache_statistics.units_saved += building.added;
		host_memory_unmap(building.data, building.room);
	}
	if (building.old.header)
		host_memory_unmap((void *)(uintptr_t)building.old.header, building.old.size);
}

static void
forget_counts(struct cache_source *source)
{
	source->new_units = 0;
	source->new_bytes = 0;
}

void
cache_save(void)
{
	if (!cache_enabled() || units_count() <= first_unsaved || !cache_root_is_same() ||
		!lock_try_acquire(&saving))
		return;
	cache_each_source(forget_counts);
	units_each(first_unsaved, count_new_unit);
	if (cache_directory_make() && (directory_lock = cache_directory_lock()) >= 0) {
		cache_each_source(save_source);
		first_unsaved = units_count();
		host_syscall(SYS_close, directory_lock);
	}
	lock_release(&saving);
}

void
cache_after_fork(void)
{
	first_unsaved = units_count();
	lock_reinit(&saving);
}

void
cache_after_flush(void)
{
	first_unsaved = 0;
}
