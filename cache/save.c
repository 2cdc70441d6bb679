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
#include "runtime/units.h"

/*
 * A file is written again when there are new units for a share of it that is worth it. For a smaller share it is left to
 * chance, so that files that are never far from complete become so, and nobody pays much for it.
 */
#define FEW_UNITS        4
#define WORTHWHILE_SHARE 4

static long directory_lock;
/* cache_save_all: every unit is worth it. */
static bool save_all;

/* ---- building a file --------------------------------------------------------------------------------------------------------- */

/* Records go to the file through a buffer of this size: fresh memory for all of them would cost more than they do. */
#define BUFFER_SIZE (UINT64_C(256) << 10)
/* No record is larger: the image's code and tables are counted in 16 bits. */
#define RECORD_LIMIT (UINT64_C(128) << 10)

struct building {
	struct cache_source *source;
	struct cache_file old;
	struct cache_header *header; /* and the index behind it */
	size_t head_size;
	uint8_t *buffer;
	size_t buffered;
	uint64_t written; /* offset in the file where the buffer begins */
	uint32_t index_bits, count, added;
	long fd;
	bool failed;
};

static struct building building;

static void
add_to_index(uint64_t guest_offset, uint32_t mode, uint64_t offset)
{
	struct cache_index_entry *index = (struct cache_index_entry *)(void *)(building.header + 1);
	uint32_t mask = (1u << building.index_bits) - 1;
	uint32_t at = cache_index_start(guest_offset, mode, building.index_bits);

	while (index[at].record)
		at = (at + 1) & mask;
	index[at] = (struct cache_index_entry){ guest_offset, mode, (uint32_t)(offset / 8) };
	building.count++;
}

static void
flush_buffer(void)
{
	building.failed |= !cache_directory_write(
		building.fd, building.buffer, building.buffered, building.written);
	building.written += building.buffered;
	building.buffered = 0;
}

/* Where the next record goes, with RECORD_LIMIT bytes of room; NULL: the file is full. */
static struct cache_record *
next_record(void)
{
	/* Look-ups end at an empty place of the index, so some stay empty. */
	bool index_is_full = building.count >= 3u << building.index_bits >> 2;

	if (building.failed || index_is_full ||
		building.written + building.buffered + RECORD_LIMIT > CACHE_FILE_LIMIT)
		return NULL;
	if (building.buffered + RECORD_LIMIT > BUFFER_SIZE)
		flush_buffer();
	return (struct cache_record *)(void *)(building.buffer + building.buffered);
}

static void
accept_record(const struct cache_record *record, uint64_t guest_offset, uint32_t mode)
{
	add_to_index(guest_offset, mode, building.written + building.buffered);
	building.buffered += cache_record_size(record);
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
		const struct cache_record *old =
			index[k].record ? cache_file_find(&building.old, index[k].guest_offset,
						  index[k].mode)
					: NULL;
		struct cache_record *record = old ? next_record() : NULL;

		if (!record || cache_record_size(old) > RECORD_LIMIT)
			continue;
		memset((uint8_t *)record + cache_record_size(old) - 8, 0, 8);
		memcpy(record, old, sizeof(*old) + old->image_size + old->guest_size);
		accept_record(record, index[k].guest_offset, index[k].mode);
	}
}

static void
add_new_unit(const struct cache_unsaved *unsaved)
{
	const struct code_unit *unit = unsaved->unit;
	uint64_t guest_offset = unit->guest_pc - unsaved->bias;
	const size_t others = sizeof(struct cache_record) + unsaved->guest_size + 7;
	struct cache_record *record;
	size_t size;

	if (unit->invalid || others > RECORD_LIMIT ||
		cache_file_find(&building.old, guest_offset, unit->mode))
		return;
	record = next_record();
	size = record ? backend_export(unit, unsaved->bias, record + 1, RECORD_LIMIT - others) : 0;
	if (size == 0 || size > RECORD_LIMIT - others)
		return;
	*record = (struct cache_record){ .image_size = (uint32_t)size,
		.guest_size = unsaved->guest_size };
	memcpy((uint8_t *)(record + 1) + size, unsaved + 1, unsaved->guest_size);
	memset((uint8_t *)(record + 1) + size + unsaved->guest_size, 0, 7);
	record->checksum = cache_record_checksum(record);
	accept_record(record, guest_offset, unit->mode);
	building.added++;
}

static void
finish_header(void)
{
	struct cache_header *header = building.header;

	memcpy(header->magic, CACHE_MAGIC, sizeof(header->magic));
	header->version = CACHE_VERSION;
	header->file_size = building.written;
	header->identity = building.source->identity;
	header->index_bits = building.index_bits;
	header->record_count = building.count;
	header->checksum = cache_header_checksum(header);
}

/* ---- saving ------------------------------------------------------------------------------------------------------------------- */

/* Whether writing a file of `old_units` again is worth `new_units`: the more there are, the more likely. */
static bool
is_worthwhile(uint32_t old_units, uint32_t new_units)
{
	uint64_t chance = __rdtsc() * UINT64_C(0x9e3779b97f4a7c15) >> 48; /* of 65536 */

	if (save_all)
		return new_units > 0;
	return new_units >= FEW_UNITS &&
	       (uint64_t)new_units * WORTHWHILE_SHARE >= old_units * chance >> 16;
}

static uint32_t
count_unsaved(const struct cache_source *source, uint64_t *bytes)
{
	uint32_t count = 0;

	for (const struct cache_unsaved *unsaved = source->unsaved; unsaved;
		unsaved = unsaved->next) {
		const struct cache_record record = {
			.image_size =
				(uint32_t)backend_export(unsaved->unit, unsaved->bias, NULL, 0),
			.guest_size = unsaved->guest_size,
		};

		count += !unsaved->unit->invalid;
		*bytes += cache_record_size(&record);
	}
	return count;
}

static void
build_and_publish(const char *name)
{
	copy_old_records();
	for (const struct cache_unsaved *unsaved = building.source->unsaved; unsaved;
		unsaved = unsaved->next)
		add_new_unit(unsaved);
	flush_buffer();
	finish_header();
	building.failed |=
		!cache_directory_write(building.fd, building.header, building.head_size, 0);
	if (cache_directory_end(
		    directory_lock, building.fd, name, !building.failed && building.added > 0))
		cache_statistics.units_saved += building.added;
}

static void
build(const char *name, uint32_t new_units, uint64_t new_bytes)
{
	uint32_t units = new_units + (building.old.header ? building.old.header->record_count : 0);

	while (1u << building.index_bits < 2 * units || building.index_bits < 4)
		building.index_bits++;
	building.head_size = building.written =
		sizeof(struct cache_header) +
		(sizeof(struct cache_index_entry) << building.index_bits);
	building.header = host_memory_map(building.head_size);
	building.buffer = host_memory_map(BUFFER_SIZE);
	building.fd = -1;
	if (building.header && building.buffer)
		building.fd =
			cache_directory_begin(building.head_size + building.old.size + new_bytes);
	if (building.fd >= 0)
		build_and_publish(name);
	if (building.header)
		host_memory_unmap(building.header, building.head_size);
	if (building.buffer)
		host_memory_unmap(building.buffer, BUFFER_SIZE);
}

static void
save_source(struct cache_source *source)
{
	const struct cache_header *known = source->file.header;
	char name[CACHE_NAME_SIZE];
	uint64_t new_bytes = 0;
	uint32_t new_units = count_unsaved(source, &new_bytes);

	if (is_worthwhile(known ? known->record_count : 0, new_units)) {
		cache_file_name(&source->identity, name);
		/* with what other processes have saved since this one opened the file */
		building = (struct building){ .source = source,
			.old = cache_file_open(name, &source->identity) };
		if (!building.old.header && *source->content_name)
			building.old = cache_file_open(source->content_name, &source->content);
		build(name, new_units, new_bytes);
		if (building.old.header)
			host_memory_unmap(
				(void *)(uintptr_t)building.old.header, building.old.size);
	}
	source->unsaved = NULL;
}

static bool any_unsaved;

static void
look_for_unsaved(struct cache_source *source)
{
	any_unsaved |= source->unsaved != NULL;
}

static void
save_with_lock(void)
{
	any_unsaved = false;
	cache_each_source(look_for_unsaved);
	if (!any_unsaved || !cache_place_make())
		return;
	directory_lock = cache_directory_lock(save_all);
	if (directory_lock < 0)
		return;
	cache_each_source(save_source);
	host_syscall(SYS_close, directory_lock);
}

void
cache_save(void)
{
	if (cache_enabled())
		units_with_lock(save_with_lock);
}

static uint64_t waiting;

static void
count_waiting(struct cache_source *source)
{
	for (const struct cache_unsaved *unsaved = source->unsaved; unsaved;
		unsaved = unsaved->next)
		waiting += !unsaved->unit->invalid;
}

uint64_t
cache_save_all(void)
{
	uint64_t saved = cache_statistics.units_saved;

	waiting = 0;
	cache_each_source(count_waiting);
	save_all = true;
	cache_save();
	save_all = false;
	saved = cache_statistics.units_saved - saved;
	return waiting > saved ? waiting - saved : 0;
}

static void
forget_unsaved(struct cache_source *source)
{
	source->unsaved = NULL;
}

void
cache_after_fork(void)
{
	cache_each_source(forget_unsaved);
}

void
cache_after_flush(void)
{
	cache_each_source(forget_unsaved);
}
