// SPDX-License-Identifier: Apache-2.0
// Cache files: their names, format and checks. A file is a header, an index (open addressing) and records; it is never changed,
// only replaced as a whole by rename.
#ifndef CACHE_FILE_H
#define CACHE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define CACHE_MAGIC     "dragunit" /* 8 bytes, no terminator in the file */
#define CACHE_VERSION   1
#define CACHE_KEY_SIZE  192
#define CACHE_NAME_SIZE 64
/* A cache file does not grow beyond this: what does not fit is translated again. */
#define CACHE_FILE_LIMIT (UINT64_C(96) << 20)

/** What a cache file is for: one state of one guest file, and one translator on one kind of host. */
struct cache_identity {
	uint64_t device, inode, size;
	int64_t modified_ns, changed_ns;
	char key[CACHE_KEY_SIZE]; /* zero-padded */
};

struct cache_header {
	char magic[8];
	uint32_t version;
	uint32_t checksum; /* CRC-32C of the header with this field zero, and of the index */
	uint64_t file_size;
	struct cache_identity identity;
	uint32_t index_bits;
	uint32_t record_count;
};

struct cache_index_entry {
	uint64_t guest_offset;
	uint32_t mode;
	uint32_t record; /* offset in the file / 8; 0: empty */
};

/** Followed by the image and then the guest code that it was made from, range after range. */
struct cache_record {
	uint32_t checksum; /* CRC-32C of everything behind this field */
	uint32_t image_size;
	uint32_t guest_size;
	uint32_t padding;
};

/** A cache file mapped for reading. */
struct cache_file {
	const struct cache_header *header; /* NULL: none, or not usable */
	size_t size;
};

/** The file's name in the cache directory for an identity. */
void cache_file_name(const struct cache_identity *identity, char name[CACHE_NAME_SIZE]);

/** Map the cache file `name` of the caller's own directory or the system's if it is sound and made for `identity`. */
struct cache_file cache_file_open(const char *name, const struct cache_identity *identity);

/** Whether a mapped file has a sound header and index. */
bool cache_file_is_sound(const struct cache_header *header, size_t size);

/** The record for (offset, mode) with its checksum right, or NULL. */
const struct cache_record *cache_file_find(
	const struct cache_file *file, uint64_t guest_offset, uint32_t mode);

static inline const void *
cache_record_image(const struct cache_record *record)
{
	return record + 1;
}

static inline const uint8_t *
cache_record_guest_code(const struct cache_record *record)
{
	return (const uint8_t *)(record + 1) + record->image_size;
}

/** Bytes that a record takes in the file. */
static inline size_t
cache_record_size(const struct cache_record *record)
{
	return (sizeof(*record) + (size_t)record->image_size + record->guest_size + 7) & ~(size_t)7;
}

uint32_t cache_record_checksum(const struct cache_record *record);
uint32_t cache_header_checksum(const struct cache_header *header);
/** Slot of the index where (offset, mode) is or goes. */
uint32_t cache_index_start(uint64_t guest_offset, uint32_t mode, uint32_t index_bits);

#endif
