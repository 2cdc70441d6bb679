// SPDX-License-Identifier: Apache-2.0
// Cache files whose units are executed where the file is mapped (docs/cache.md). Their units are in no table of the process:
// they are found through the file's own, by guest pc and by host pc. Most of their exits are linked to each other already,
// so the runtime does not see them being reached; therefore they become invalid all at once.
#ifndef RUNTIME_UNIT_FILES_H
#define RUNTIME_UNIT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"

/** A mapped cache file as the runtime needs it. Everything that is pointed to stays mapped until the process ends. */
struct unit_file {
	struct code_home *home;
	struct code_unit *units; /* in the order of their code */
	uint32_t unit_count;
	uint32_t index_bits;
	const uint32_t
		*index; /* open addressing by unit_file_hash: number of a unit + 1, 0: empty */
	uint8_t *
		code; /* private, writable and executable; written to only to take the file out of use */
	size_t code_size;
	unsigned max_tier;               /* units of higher tiers are not to be used */
	uint64_t guest_start, guest_end; /* guest addresses of all that the units were made from */
};

/** Place in an index of 1 << bits entries where the search for a unit begins. */
static inline uint32_t
unit_file_hash(uint64_t guest_offset, uint32_t mode, uint32_t bits)
{
	return (uint32_t)((guest_offset >> 2 ^ (uint64_t)mode << 40) *
				  UINT64_C(0x9e3779b97f4a7c15) >>
			  (64 - bits));
}

/** A file's index, and the units that it is of, as readable now. */
struct unit_index {
	const uint32_t *index;
	uint32_t index_bits;
	uint32_t unit_count;
	const struct code_unit *units;
};

/** Number of the unit for (offset, mode), of the highest tier up to `max_tier` that there is one of, or -1. */
int64_t unit_file_look_up(
	const struct unit_index *index, uint64_t guest_offset, uint32_t mode, unsigned max_tier);

/** Whether another file can be added. */
bool unit_files_have_room(void);

/**
 * Exits that lead to units of tiers above file->max_tier lead to those below, or are unlinked. For a file that is not added yet.
 */
void unit_file_pass_over_tiers(const struct unit_file *file);

/** The file's units are valid from now on. `file` must stay. Under the units' lock. */
void unit_files_add(const struct unit_file *file);

/** The valid unit for (pc, mode), or NULL. Under the units' lock. */
struct code_unit *unit_files_find(uint64_t pc, uint32_t mode);

/** The file in use that has units of guest code at `pc`, or NULL. Under the units' lock. */
const struct unit_file *unit_files_with_guest_code(uint64_t pc);

/** The unit, valid or not, whose code holds host `pc`, or NULL. Takes no lock. */
struct code_unit *unit_files_find_by_host_pc(const uint8_t *pc);

/** Whether `pc` lies in the code of some file. Takes no lock. */
bool unit_files_own_host_pc(const uint8_t *pc);

/**
 * Takes a file with guest code in [start, end) out of use; NULL: there is none (left). The caller unlinks its units. Under
 * the units' lock.
 */
const struct unit_file *unit_files_take_out(uint64_t start, uint64_t end);

/** Calls `function` for all files, also those out of use. */
void unit_files_each(void (*function)(const struct unit_file *file));

#endif
