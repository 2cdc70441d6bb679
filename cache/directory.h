// SPDX-License-Identifier: Apache-2.0
// The cache directory that is written to (cache_written): its lock, putting files into it, and keeping it within its size. No malloc: used by
// guests that end as well as by the command.
#ifndef CACHE_DIRECTORY_H
#define CACHE_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Take the writers' lock, after cache_place_make; gives a descriptor that holds it until closed, or -1: the directory cannot be
 * written to, or somebody else has the lock and `wait` is false. */
long cache_directory_lock(bool wait);

/**
 * Addresses for a file of `size` bytes, other than those of the files that were made before it, as long as there are enough.
 * Under the lock.
 */
uint64_t cache_directory_take_place(long lock, uint64_t size);

/** Begin a new file of at most `size` bytes; gives its descriptor, or -1 when it cannot or must not be. Under the lock. */
long cache_directory_begin(uint64_t size);

/** Write a part of it; false when that failed. */
bool cache_directory_write(long fd, const void *data, size_t size, uint64_t offset);

/**
 * End it: with `publish` it takes its place as `name`, as a whole, else it is removed. False when it is not in place; an older
 * one is still there then. Closes fd. Under the lock.
 */
bool cache_directory_end(long lock, long fd, const char *name, bool publish);

/** Open the table `name` of at most `size` bytes for writing, made if need be; -1 when it cannot or must not be. */
long cache_directory_open_table(const char *name, uint64_t size);

/**
 * Remove the least recently used files until no more than `limit` bytes are left, and what broken-off writers left. Gives
 * the bytes removed. Under the lock.
 */
uint64_t cache_directory_prune(long lock, uint64_t limit);

/** The bytes of all cache files, counted anew. Under the lock. */
uint64_t cache_directory_count(long lock);

/** Whether a name in the directory is that of a cache file. */
bool cache_is_file_name(const char *name);

#endif
