// SPDX-License-Identifier: Apache-2.0
// The cache directory as writers see it: its lock, putting files into it, and keeping it within its size. No malloc: used by
// guests that end as well as by the command.
#ifndef CACHE_DIRECTORY_H
#define CACHE_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Make the directory and what leads to it, private to the user. False when it is not ours alone or not a directory. */
bool cache_directory_make(void);

/** Take the writers' lock; gives a descriptor that holds it until closed, or -1 (somebody else has it, cannot be written). */
long cache_directory_lock(void);

/** Begin a new file of at most `size` bytes; gives its descriptor, or -1 when it cannot or must not be. Under the lock. */
long cache_directory_begin(uint64_t size);

/** Write a part of it; false when that failed. */
bool cache_directory_write(long fd, const void *data, size_t size, uint64_t offset);

/**
 * End it: with `publish` it takes its place as `name`, as a whole, else it is removed. False when it is not in place; an older
 * one is still there then. Closes fd. Under the lock.
 */
bool cache_directory_end(long lock, long fd, const char *name, bool publish);

/**
 * Remove the least recently used files until no more than `limit` bytes are left, and what broken-off writers left. Gives
 * the bytes removed. Under the lock.
 */
uint64_t cache_directory_prune(long lock, uint64_t limit);

#endif
