// SPDX-License-Identifier: Apache-2.0
// Cache files: their names, format and checks. A file holds units (struct code_unit and what belongs to it) as they lie in memory
// when the file is mapped at the address it is made for, so that nothing needs to be done to execute them. It is never changed,
// only replaced as a whole by rename.
#ifndef CACHE_FILE_H
#define CACHE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "backend/backend.h"
#include "runtime/unit_files.h"

#define CACHE_MAGIC     "dragunit" /* 8 bytes, no terminator in the file */
#define CACHE_VERSION   3
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

/** The parts of a file, in their order. The header's page and the first two are written to by the processes that use them. */
enum cache_section {
	CACHE_UNITS,       /* struct code_unit, in the order of their code */
	CACHE_EXITS,       /* struct code_exit */
	CACHE_INDEX,       /* see struct unit_file */
	CACHE_PAGES,       /* struct cache_page */
	CACHE_RANGES,      /* struct guest_range */
	CACHE_RECIPES,     /* bytes */
	CACHE_RELOCATIONS, /* the backend's */
	CACHE_POLLS,       /* of regions: offsets in their code */
	CACHE_HEADS,       /* struct cache_head, by offset */
	CACHE_CODE,        /* begins at a page */
	CACHE_SECTIONS,
};

/** A page of guest code that some unit was made from. */
struct cache_page {
	uint32_t number;   /* offset in the guest file / 4096 */
	uint32_t checksum; /* of what it held */
};

/** What earlier runs have found out about a loop (runtime/trace_recorder.h). */
struct cache_head {
	uint64_t guest_offset;
	uint32_t looks, attempts;
};
/* Of more loops nothing is kept. */
#define CACHE_HEADS_LIMIT 4096

struct cache_section_place {
	uint32_t offset, size; /* bytes */
	uint32_t checksum;
};

/** At the start of the file, which has a page for it. */
struct cache_header {
	char magic[8];
	uint32_t version;
	uint32_t checksum; /* of the header with this field and `home` zero */
	uint64_t file_size;
	struct cache_identity identity;
	uint64_t base; /* the address that it is made for */
	uint64_t room; /* how far the file may grow before it needs another address */
	uint64_t slot; /* what slots of unlinked exits hold */
	uint64_t bias; /* of a guest file that is not position-independent */
	uint64_t guest_start,
		guest_end;   /* offsets from the bias: all that the units were made from */
	uint32_t unit_count; /* regions included */
	uint32_t region_count;
	uint32_t index_bits;
	uint32_t position_independent;
	struct cache_section_place sections[CACHE_SECTIONS];
	struct code_home
		home; /* of the units; filled in by the process that uses them in place, zero in the file */
};

#define CACHE_HEADER_SIZE 4096u

/** A cache file mapped, for reading or in place. */
struct cache_file {
	struct cache_header *header; /* NULL: none, or not usable */
	size_t size;
	ptrdiff_t shift; /* where it is mapped, from where it should be */
};

/** The file's name in the cache directory for an identity. */
void cache_file_name(const struct cache_identity *identity, char name[CACHE_NAME_SIZE]);

/**
 * Map the cache file `name` of the caller's own directory or the system's if it is sound and made for `identity`: at its own
 * address if `in_place` and that is free, else anywhere. It is readable only.
 */
struct cache_file cache_file_open(
	const char *name, const struct cache_identity *identity, bool in_place);
void cache_file_close(struct cache_file *file);

/** Whether a file of `size` bytes has a sound header and sound sections. */
bool cache_file_is_sound(const struct cache_header *header, size_t size);
/** Whether the header is sound; looks at no more than the header. */
bool cache_header_is_sound(const struct cache_header *header, size_t size);

/** The file's index, for unit_file_look_up. */
struct unit_index cache_file_index(const struct cache_header *header);

/** The unit of that number, readable now, with its parts within the file and within itself; else NULL. */
const struct code_unit *cache_file_unit(const struct cache_file *file, uint32_t number);

/** The number of the unit for (offset, mode) of the highest tier up to `max_tier`, or -1. */
int64_t cache_file_find(
	const struct cache_file *file, uint64_t guest_offset, uint32_t mode, unsigned max_tier);

/** What the file has of the loop that begins there, or NULL. */
const struct cache_head *cache_file_head(const struct cache_file *file, uint64_t guest_offset);

/** The checksum that the file has for a page of guest code, or NULL. */
const struct cache_page *cache_file_page(const struct cache_file *file, uint64_t number);

static inline void *
cache_section(const struct cache_header *header, enum cache_section section)
{
	return (uint8_t *)(uintptr_t)header + header->sections[section].offset;
}

/** Checksum of a section or a page of guest code. */
uint32_t cache_checksum(const void *data, size_t size);
uint32_t cache_header_checksum(const struct cache_header *header);

#endif
