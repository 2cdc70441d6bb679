// SPDX-License-Identifier: Apache-2.0
// Where cache files are: the user's own directory and the system's, as open descriptors, so that a guest that changes its
// root keeps them; and whom a file there must belong to before it is read. No malloc, raw system calls: used by guests.
#ifndef CACHE_PLACES_H
#define CACHE_PLACES_H

#include <stdbool.h>
#include <sys/stat.h>

#include "runtime/run_options.h"

#define CACHE_DIRECTORY_SIZE   3072
#define CACHE_SYSTEM_DIRECTORY "/var/cache/dragoman"

/** A directory of cache files. */
struct cache_place {
	char path
		[CACHE_DIRECTORY_SIZE]; /* absolute; empty: there is none, or it came as a descriptor */
	int fd; /* O_PATH, high, close-on-exec; -1: it does not exist (yet) */
	unsigned
		levels; /* how many of the path's last components may be made when they are missing */
	bool system;    /* belongs to root and is read by all; else to the effective user alone */
	bool shared_parent; /* others may make names beside it, as in /tmp */
};

/** The user's own directory; looked into first, and written to. */
extern struct cache_place cache_own;
/** The system's: /var/cache/dragoman. Written only by `dragoman cache ... --system`. */
extern struct cache_place cache_system;
/** Which of the two this process writes to; NULL: to none. */
extern struct cache_place *cache_written;

/**
 * Set cache_own's path from $DRAGOMAN_CACHE, $XDG_CACHE_HOME, $HOME; false when there is none or the cache is switched off.
 */
bool cache_find_own(void);

/**
 * Opens what is there: as cache_find_own says; the descriptors in `options` where a guest has changed its root since they were
 * opened; only the system's in a privileged (AT_SECURE) process, or when that is to be written to. False when the cache is not to be used at all.
 */
bool cache_places_init(const struct run_options *options);

/** Open the place's directory if it is there and not open yet; false when it is not. */
bool cache_place_open(struct cache_place *place);

/**
 * Open the directory that is written to, made if need be, and what leads to it: false when nothing may be written there: it
 * is not the writer's alone, is not a directory, or its path means something else since the root was changed.
 */
bool cache_place_make(void);

/**
 * Open the cache file `name` for reading: of the own place, else of the system's; a file that anybody else could have
 * written is passed over. Gives a descriptor with the file's status, or -1.
 */
long cache_places_open_file(const char *name, struct stat *status);

/** Whether there is such a file in one of the places, whatever it is. */
bool cache_places_have(const char *name);

/** As cache_places_open_file, in one place. */
long cache_place_open_file(const struct cache_place *place, const char *name, struct stat *status);

/** Remember which "/" the places' paths begin at; false when that cannot be found out. cache_places_init does it. */
bool cache_note_root(void);

/** Whether "/" is what it was when the places were opened: paths mean something else after a chroot. */
bool cache_root_is_same(void);

/** For an exec: put into `options` which descriptors must carry over, because their paths no longer lead to them. */
void cache_places_carry_over(struct run_options *options);

#endif
