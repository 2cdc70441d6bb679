// SPDX-License-Identifier: Apache-2.0
// Which cache files have been checked as a whole, so that not every start of a program has to: their checksums are computed once
// after they were written. A note names the file by inode, size and times, which any change of the file changes.
#ifndef CACHE_CHECKED_H
#define CACHE_CHECKED_H

#include <stdbool.h>

#include "cache/places.h"

/** Whether the open file of this status, in `place`, is known to be sound. */
bool cache_is_checked(const struct cache_place *place, const struct stat *status);

/**
 * Note that it is, all of it having been checked after the status was read; `synced`: it is on the disk, also after a crash of
 * the system, and was written by this process. Nothing is noted when the place is not this process's to write to, or when somebody
 * changed the file just now and might do so again without its times telling.
 */
void cache_note_checked(const struct cache_place *place, const struct stat *status, bool synced);

#endif
