// SPDX-License-Identifier: Apache-2.0
// Translated units of this process: the code buffer that holds them, look-up by guest pc and mode and by host pc,
// links between them, and their invalidation. One lock guards all of it; code itself is entered without it.
#ifndef RUNTIME_UNITS_H
#define RUNTIME_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
#include "runtime/run_options.h"

struct guest_thread;
struct recording;

/** Units that came from one place. */
struct unit_counts {
	uint64_t units;
	uint64_t guest_insns; /* in them */
	uint64_t code_bytes;  /* host code */
	uint64_t cycles;      /* of the host's time stamp counter, that it took to get them */
};

/** Counters since the start of the process, for -d stats. */
struct units_statistics {
	struct unit_counts translated[UNIT_TIERS]; /* by the tier that made them */
	struct unit_counts cached;                 /* taken from the persistent cache */
	uint64_t invalidated;                      /* units thrown away */
	uint64_t evicted;                          /* units that made room for others */
	uint64_t evictions;                        /* how often that was */
	uint64_t links;                            /* direct exits linked */
	uint64_t lookups;                          /* indirect branches that missed the table */
	uint64_t data_bytes;                       /* unit records, exits, recipes */
	uint64_t recordings;                       /* of loops that seemed hot */
	uint64_t recording_steps;                  /* basic blocks seen by them */
	uint64_t recording_time;                   /* nanoseconds, with the making of regions */
};
extern struct units_statistics units_statistics;

/** Maps the code buffer and starts the backend. False with the reason in `why`. Once, before any thread runs. */
bool units_init(const struct run_options *options, char *why, size_t size);

/**
 * The valid unit for the thread's pc and mode, translated now if need be; never NULL. Notes in thread.generation until
 * when it exists (see world_enter_code). Not from translated code.
 */
struct code_unit *units_get(struct guest_thread *t);

/** Whether a valid unit for (pc, mode) exists. For the translator: the lock is held. */
bool units_is_translated(uint64_t pc, uint32_t mode);

/** units_get for an exit that the thread has left by (thread.pc is its pc), and link it. */
struct code_unit *units_get_and_link(struct guest_thread *t, struct code_exit *exit);

/** The unit for (pc, mode), made if need be, for a process that runs no guest; NULL: the code buffer is full. */
const struct code_unit *units_prepare(uint64_t pc, uint32_t mode);

/** Start over with an empty code buffer, in a process that runs no guest. */
void units_forget(void);

/** Enter (pc, unit) in a thread's indirect table, unless the unit, which units_get gave, has become invalid. */
void units_remember(struct guest_thread *t, uint64_t pc, const struct code_unit *unit);

/**
 * Make a region of what `recording`, the `attempt`-th of its head, saw and enter it in place of the unit at its head. False if nothing
 * can be made of it.
 */
bool units_make_region(struct guest_thread *t, const struct recording *recording, unsigned attempt);

/**
 * What earlier runs have found out about the loop that begins at `pc`; left alone if that is nothing. True if they have looked for
 * loops in its file.
 */
bool units_known_head(uint64_t pc, uint32_t *looks, uint32_t *attempts);

/** Throw away translations of guest code in [start, end): it has changed or is gone. */
void units_invalidate(uint64_t start, uint64_t end);

/** Throw away the translations of the instruction at `pc`, which is to be lifted otherwise now. */
void units_retranslate(uint64_t pc);

/** A CHECK_CODE unit, which the thread has just left, found its guest code changed. */
void units_invalidate_stale(struct guest_thread *t, struct code_unit *unit);

/** The unit, valid or not, whose code holds host `pc`; NULL when it is none. For signal handlers; takes no lock. */
struct code_unit *units_find_by_host_pc(const uint8_t *pc);

/** Whether `pc` lies in the code buffer at all (units and trampolines). */
bool units_owns_host_pc(const uint8_t *pc);

/** Bytes of the code buffer in use, trampolines included. */
uint64_t units_code_used(void);

/** Calls `function` with the lock held: no unit is made or thrown away meanwhile. */
void units_with_lock(void (*function)(void));

/** Around fork, so that the child finds the tables consistent. */
void units_lock_for_fork(void);
void units_unlock_after_fork(void);

/** In the child, before the lock is released. `shares_descriptors`: CLONE_FILES. */
void units_after_fork(bool shares_descriptors);

#endif
