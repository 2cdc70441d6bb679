// SPDX-License-Identifier: Apache-2.0
// Reading cache files (see file.h). Nothing in a file is believed before its checksums are right, and nothing that leads out of
// the file even then.
#include "cache/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "cache/checked.h"
#include "cache/log.h"
#include "cache/places.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/unit_files.h"

#define SECONDS_OF_DAY (24 * 60 * 60)

static uint64_t
hash_bytes(const void *data, size_t size, uint64_t hash)
{
	const uint8_t *at = data;

	for (size_t k = 0; k < size; k++)
		hash = (hash ^ at[k]) * UINT64_C(0x100000001b3); /* FNV-1a */
	return hash;
}

void
cache_file_name(const struct cache_identity *identity, char name[CACHE_NAME_SIZE])
{
	uint64_t file = hash_bytes(
		identity, offsetof(struct cache_identity, key), UINT64_C(0xcbf29ce484222325));
	uint64_t key =
		hash_bytes(identity->key, sizeof(identity->key), UINT64_C(0xcbf29ce484222325));

	snprintf(name, CACHE_NAME_SIZE, "%016llx-%016llx.units", (unsigned long long)file,
		(unsigned long long)key);
}

/* CRC-32C of what follows what `sum` is of. */
static uint32_t
crc(uint32_t sum, const void *data, size_t size)
{
	const uint8_t *at = data;

	for (; size >= 8; at += 8, size -= 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		sum = (uint32_t)__builtin_ia32_crc32di(sum, word);
	}
	for (; size; at++, size--)
		sum = __builtin_ia32_crc32qi(sum, *at);
	return sum;
}

/*
 * The instruction takes three cycles, but one can begin in each: four sums go over every fourth word, and a fifth over these
 * and what is left.
 */
uint32_t
cache_checksum(const void *data, size_t size)
{
	const uint8_t *at = data;
	uint64_t sums[4] = { 0, 1, 2, 3 };

	for (; size >= 32; at += 32, size -= 32) {
		uint64_t words[4];

		memcpy(words, at, sizeof(words));
		sums[0] = __builtin_ia32_crc32di(sums[0], words[0]);
		sums[1] = __builtin_ia32_crc32di(sums[1], words[1]);
		sums[2] = __builtin_ia32_crc32di(sums[2], words[2]);
		sums[3] = __builtin_ia32_crc32di(sums[3], words[3]);
	}
	return crc(crc(0, sums, sizeof(sums)), at, size);
}

uint32_t
cache_header_checksum(const struct cache_header *header)
{
	struct cache_header copy = *header;

	copy.checksum = 0;
	memset(&copy.home, 0, sizeof(copy.home));
	return crc(0, &copy, sizeof(copy));
}

/* ---- soundness ----------------------------------------------------------------------------------------------------------- */

static const uint8_t section_item[CACHE_SECTIONS] = {
	[CACHE_UNITS] = sizeof(struct code_unit),
	[CACHE_EXITS] = sizeof(struct code_exit),
	[CACHE_INDEX] = sizeof(uint32_t),
	[CACHE_PAGES] = sizeof(struct cache_page),
	[CACHE_RANGES] = sizeof(struct guest_range),
	[CACHE_RECIPES] = 1,
	[CACHE_RELOCATIONS] = sizeof(uint32_t),
	[CACHE_POLLS] = sizeof(uint32_t),
	[CACHE_HEADS] = sizeof(struct cache_head),
	[CACHE_CODE] = 1,
};

/* In their order, one behind the other, of whole items, aligned. */
static bool
sections_are_sound(const struct cache_header *header, size_t size)
{
	uint64_t end = CACHE_HEADER_SIZE;

	for (unsigned k = 0; k < CACHE_SECTIONS; k++) {
		const struct cache_section_place *place = &header->sections[k];

		if (place->offset < end || place->offset % 16 || place->size % section_item[k])
			return false;
		end = (uint64_t)place->offset + place->size;
	}
	return end <= size && header->sections[CACHE_CODE].offset % HOST_PAGE_SIZE == 0 &&
	       header->sections[CACHE_UNITS].size ==
		       header->unit_count * (uint64_t)sizeof(struct code_unit) &&
	       header->region_count <= header->unit_count &&
	       header->sections[CACHE_INDEX].size == sizeof(uint32_t) << header->index_bits;
}

bool
cache_header_is_sound(const struct cache_header *header, size_t size)
{
	return size >= CACHE_HEADER_SIZE && size <= CACHE_FILE_LIMIT &&
	       !memcmp(header->magic, CACHE_MAGIC, sizeof(header->magic)) &&
	       header->version == CACHE_VERSION && header->file_size == size &&
	       cache_header_checksum(header) == header->checksum && header->index_bits >= 1 &&
	       header->index_bits <= 24 && header->base % HOST_PAGE_SIZE == 0 &&
	       header->guest_start < header->guest_end && sections_are_sound(header, size);
}

bool
cache_file_is_sound(const struct cache_header *header, size_t size)
{
	if (!cache_header_is_sound(header, size))
		return false;
	for (unsigned k = 0; k < CACHE_SECTIONS; k++)
		if (cache_checksum(cache_section(header, k), header->sections[k].size) !=
			header->sections[k].checksum)
			return false;
	return true;
}

/* Whether `count` items at `at`, an address for when the file is in place, lie in a section. */
static bool
lies_in(const struct cache_file *file, enum cache_section section, const void *at, uint64_t count)
{
	const struct cache_section_place *place = &file->header->sections[section];
	uint64_t start = (uintptr_t)at - (file->header->base + place->offset);

	return start <= place->size && start % section_item[section] == 0 &&
	       count * section_item[section] <= place->size - start;
}

const struct code_unit *
cache_file_unit(const struct cache_file *file, uint32_t number)
{
	const struct code_unit *unit =
		(const struct code_unit *)cache_section(file->header, CACHE_UNITS) + number;

	if (number >= file->header->unit_count || unit->tier >= UNIT_TIERS ||
		!lies_in(file, CACHE_EXITS, unit->exits, unit->exit_count) ||
		!lies_in(file, CACHE_RANGES, unit->ranges, unit->range_count) ||
		!lies_in(file, CACHE_RECIPES, unit->recipes, unit->recipe_size) ||
		!lies_in(file, CACHE_RELOCATIONS, unit->relocations, unit->relocation_count) ||
		!lies_in(file, CACHE_POLLS, unit->polls, unit->poll_count) ||
		!lies_in(file, CACHE_CODE, unit->code, unit->code_size) ||
		!backend_unit_is_sound(unit, file->shift))
		return NULL;
	return unit;
}

/* ---- look-up --------------------------------------------------------------------------------------------------------------- */

struct unit_index
cache_file_index(const struct cache_header *header)
{
	return (struct unit_index){
		.index = cache_section(header, CACHE_INDEX),
		.index_bits = header->index_bits,
		.unit_count = header->unit_count,
		.units = cache_section(header, CACHE_UNITS),
	};
}

int64_t
cache_file_find(
	const struct cache_file *file, uint64_t guest_offset, uint32_t mode, unsigned max_tier)
{
	if (!file->header)
		return -1;
	const struct unit_index index = cache_file_index(file->header);
	return unit_file_look_up(&index, guest_offset, mode, max_tier);
}

const struct cache_head *
cache_file_head(const struct cache_file *file, uint64_t guest_offset)
{
	const struct cache_head *heads = cache_section(file->header, CACHE_HEADS);
	uint32_t low = 0, high = file->header->sections[CACHE_HEADS].size / sizeof(*heads);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (heads[middle].guest_offset == guest_offset)
			return &heads[middle];
		if (heads[middle].guest_offset < guest_offset)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct cache_page *
cache_file_page(const struct cache_file *file, uint64_t number)
{
	const struct cache_page *pages = cache_section(file->header, CACHE_PAGES);
	uint32_t low = 0, high = file->header->sections[CACHE_PAGES].size / sizeof(*pages);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (pages[middle].number == number)
			return &pages[middle];
		if (pages[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- opening --------------------------------------------------------------------------------------------------------------- */

/* Once a day the time of access is set, by which the directory is pruned; file systems may be mounted without it. */
static void
note_use(long fd, const struct stat *status)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_OMIT } };
	struct timespec now = { 0 };

	host_syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
	if (now.tv_sec - status->st_atim.tv_sec > SECONDS_OF_DAY ||
		now.tv_sec < status->st_atim.tv_sec)
		host_syscall(SYS_utimensat, fd, NULL, times, 0);
}

/* Whether files may be made for these addresses: the header could name any. */
static bool
is_place(uint64_t base, uint64_t size)
{
	return (base >= CACHE_LOW_START && base + size <= CACHE_LOW_END) ||
	       (base >= CACHE_HIGH_START && base + size <= CACHE_HIGH_END);
}

static struct cache_file
map(long fd, const struct cache_header *header, size_t size, bool in_place, bool checked)
{
	struct cache_file file = { NULL, size, 0 };

	if (in_place && is_place(header->base, size))
		file.header = host_memory_map_file_at((int)fd, header->base, size);
	if (!file.header)
		file.header = (void *)(uintptr_t)host_memory_map_file((int)fd, 0, size);
	if (file.header && !checked && !cache_file_is_sound(file.header, size))
		cache_file_close(&file);
	if (file.header)
		file.shift = (ptrdiff_t)((uintptr_t)file.header - file.header->base);
	return file;
}

/* Smaller files are checked sooner than it is found out whether that was done already. */
#define LARGE (64 << 10)

/* The file in `place`, if it is there, sound and the right one. */
static struct cache_file
open_in(const struct cache_place *place, const char *name, const struct cache_identity *identity,
	bool in_place)
{
	struct cache_file file = { NULL, 0, 0 };
	struct cache_header header;
	struct stat status;
	long fd = cache_place_open_file(place, name, &status);
	bool checked;

	if (fd < 0)
		return file;
	checked = status.st_size >= LARGE && cache_is_checked(place, &status);
	if (host_syscall(SYS_pread64, fd, &header, sizeof(header), 0) == sizeof(header) &&
		cache_header_is_sound(&header, (size_t)status.st_size) &&
		header.slot == (uintptr_t)backend_unlinked_slot() &&
		!memcmp(&header.identity, identity, sizeof(*identity)))
		file = map(fd, &header, (size_t)status.st_size, in_place, checked);
	if (file.header && !checked && status.st_size >= LARGE)
		cache_note_checked(place, &status, false);
	if (file.header)
		note_use(fd, &status);
	else
		cache_note("is damaged, or is not for this program: not used", name);
	host_syscall(SYS_close, fd);
	return file;
}

struct cache_file
cache_file_open(const char *name, const struct cache_identity *identity, bool in_place)
{
	struct cache_file file = open_in(&cache_own, name, identity, in_place);

	return file.header ? file : open_in(&cache_system, name, identity, in_place);
}

void
cache_file_close(struct cache_file *file)
{
	if (file->header)
		host_memory_unmap(file->header, file->size);
	file->header = NULL;
}
