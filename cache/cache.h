// SPDX-License-Identifier: Apache-2.0
// The persistent translation cache: units of guest files, kept between runs. One cache file a guest file, see
// docs/cache.md for the format, what makes it stale, and whom it trusts.
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
#include "runtime/run_options.h"

/** Counters for -d stats. */
struct cache_statistics {
	uint64_t units_in_place; /* in cache files that are executed where they are mapped */
	uint64_t units_copied;   /* taken from other cache files instead of being translated */
	uint64_t units_stale;    /* found, but the guest's code was another */
	uint64_t units_saved;    /* written by this process */
	uint64_t regions_in_place, regions_saved; /* of these, regions */
	uint64_t files_opened, files_in_place;
};
extern struct cache_statistics cache_statistics;

/**
 * Finds the directories (cache/places.h) and decides whether the cache is used: not when DRAGOMAN_CACHE is "off", or when logs
 * want to see every translation. Once, before any guest code runs.
 */
void cache_init(const struct run_options *options);

/** No unit is taken from the cache, and none saved. Before any guest code runs. */
void cache_switch_off(void);

/**
 * To be told of every private file mapping that the guest may execute and not write: [start, end) shows `fd` from
 * `offset` on; and with fd -1 of what goes away or becomes writable.
 */
void cache_note_mapping(int fd, uint64_t start, uint64_t end, uint64_t offset);

/**
 * The unit for (pc, mode) from the cache, if there is one and the guest's code in memory is what it was made from; else NULL.
 * Either the whole cache file is in use from then on, and the unit in it is given (home->in_place), or a copy is made in
 * `space`. `fetchable` as in struct lift_request. Under the units' lock.
 */
struct code_unit *cache_find(
	uint64_t pc, uint32_t mode, struct code_space *space, size_t (*fetchable)(uint64_t));

/** The home for units translated at `pc`, made in `space`; NULL: they are not to be kept. Under the units' lock. */
struct code_home *cache_home(uint64_t pc, struct code_space *space);

/**
 * After a unit was translated: if its code is a guest file's, a copy of the guest code is put in `space`, which makes the
 * unit one to be saved. Under the units' lock.
 */
void cache_keep_unit(const struct code_unit *unit, struct code_space *space);

/**
 * What earlier runs have found out about the loop that begins at `pc`; left alone if that is nothing. True if they have looked for
 * loops in its file. Under the units' lock.
 */
bool cache_find_head(uint64_t pc, uint32_t *looks, uint32_t *attempts);

/** Units whose metadata lies from `from` to `to` are gone, also those to be saved. Under the units' lock. */
void cache_forget_units(const uint8_t *from, const uint8_t *to);

/** Units that are translated from now on get homes of their own, where they are: older ones will go before them. */
void cache_forget_homes(void);

/** Around fork, in the units' lock: lock before, unlock in parent and child. */
void cache_fork_lock(void);
void cache_fork_unlock(void);

/** Writes what this process has translated and the cache does not have yet. Before the process ends or execs. */
void cache_save(void);

/**
 * As cache_save, for a process that translates ahead of time: nothing is left to chance or to others, and it waits for its turn.
 * Gives the number of units that could not be written, or that others have written meanwhile.
 */
uint64_t cache_save_all(void);

/** In a forked child: what the parent translated is the parent's to save. */
void cache_after_fork(void);

/** `dragoman cache stat|verify|prune|clear`: argv[0] is "cache". Gives the exit status. */
int cache_main(int argc, char **argv);

#endif
