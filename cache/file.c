// SPDX-License-Identifier: Apache-2.0
// Reading cache files (see file.h). Nothing in a file is believed before it is checked: header and index when the file is
// opened, a record when it is used.
#include "cache/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "cache/log.h"
#include "cache/places.h"
#include "ir/vector_helpers.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"

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

static uint32_t
checksum(const void *data, size_t size, uint32_t sum)
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

uint32_t
cache_record_checksum(const struct cache_record *record)
{
	return checksum(&record->image_size,
		sizeof(*record) - 4 + record->image_size + record->guest_size, 0);
}

static size_t
index_size(const struct cache_header *header)
{
	return sizeof(struct cache_index_entry) << header->index_bits;
}

static const struct cache_index_entry *
index_of(const struct cache_header *header)
{
	return (const struct cache_index_entry *)(header + 1);
}

uint32_t
cache_header_checksum(const struct cache_header *header)
{
	struct cache_header copy = *header;

	copy.checksum = 0;
	return checksum(index_of(header), index_size(header), checksum(&copy, sizeof(copy), 0));
}

bool
cache_file_is_sound(const struct cache_header *header, size_t size)
{
	if (size < sizeof(*header) || memcmp(header->magic, CACHE_MAGIC, sizeof(header->magic)) ||
		header->version != CACHE_VERSION || header->file_size != size ||
		header->index_bits > 24 || header->index_bits < 2)
		return false;
	return size - sizeof(*header) >= index_size(header) &&
	       cache_header_checksum(header) == header->checksum;
}

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

/* The file in `place`, if it is there, sound and the right one. */
static struct cache_file
open_in(const struct cache_place *place, const char *name, const struct cache_identity *identity)
{
	struct cache_file file = { NULL, 0 };
	struct stat status;
	const void *data = NULL;
	long fd = cache_place_open_file(place, name, &status);

	if (fd < 0)
		return file;
	if ((size_t)status.st_size >= sizeof(struct cache_header) &&
		(uint64_t)status.st_size <= CACHE_FILE_LIMIT)
		data = host_memory_map_file((int)fd, 0, (size_t)status.st_size);
	if (data && cache_file_is_sound(data, (size_t)status.st_size) &&
		!memcmp(&((const struct cache_header *)data)->identity, identity,
			sizeof(*identity))) {
		file = (struct cache_file){ data, (size_t)status.st_size };
		note_use(fd, &status);
	} else {
		cache_note("is damaged, or is not for this program: not used", name);
		if (data)
			host_memory_unmap((void *)(uintptr_t)data, (size_t)status.st_size);
	}
	host_syscall(SYS_close, fd);
	return file;
}

struct cache_file
cache_file_open(const char *name, const struct cache_identity *identity)
{
	struct cache_file file = open_in(&cache_own, name, identity);

	return file.header ? file : open_in(&cache_system, name, identity);
}

uint32_t
cache_index_start(uint64_t guest_offset, uint32_t mode, uint32_t index_bits)
{
	return (uint32_t)((guest_offset >> 2 ^ (uint64_t)mode << 40) *
				  UINT64_C(0x9e3779b97f4a7c15) >>
			  (64 - index_bits));
}

static const struct cache_record *
record_at(const struct cache_file *file, uint32_t at)
{
	uint64_t offset = (uint64_t)at * 8;
	const struct cache_record *record = (const void *)((const uint8_t *)file->header + offset);

	if (offset + sizeof(*record) > file->size ||
		sizeof(*record) + (uint64_t)record->image_size + record->guest_size >
			file->size - offset)
		return NULL;
	return cache_record_checksum(record) == record->checksum ? record : NULL;
}

const struct cache_record *
cache_file_find(const struct cache_file *file, uint64_t guest_offset, uint32_t mode)
{
	const struct cache_index_entry *index;
	uint32_t mask, at;

	if (!file->header)
		return NULL;
	index = index_of(file->header);
	mask = (1u << file->header->index_bits) - 1;
	at = cache_index_start(guest_offset, mode, file->header->index_bits);
	for (uint32_t steps = 0; steps <= mask && index[at].record; steps++, at = (at + 1) & mask)
		if (index[at].guest_offset == guest_offset && index[at].mode == mode)
			return record_at(file, index[at].record);
	return NULL;
}
