// SPDX-License-Identifier: Apache-2.0
// Finding and opening the cache's directories (see places.h).
#include "cache/places.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "cache/log.h"
#include "loader/descriptors.h"
#include "runtime/host_syscall.h"

struct cache_place cache_own = { .fd = -1, .levels = 2 };
struct cache_place cache_system = {
	.path = CACHE_SYSTEM_DIRECTORY,
	.fd = -1,
	.levels = 1,
	.system = true,
};
struct cache_place *cache_written;

/* Where HOME names no directory, as for package builders: nobody else may own it or write to it, and /tmp is sticky. */
#define HOMELESS_FORMAT "/tmp/dragoman-cache-%u"

/* ---- the own directory's path ------------------------------------------------------------------------------------------- */

static const char *
setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static bool
is_directory(const char *path)
{
	struct stat status;

	return host_syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) == 0 &&
	       S_ISDIR(status.st_mode);
}

static bool
set_own_path(unsigned levels, const char *directory, const char *below)
{
	int length = snprintf(cache_own.path, sizeof(cache_own.path), "%s%s", directory, below);

	cache_own.levels = levels;
	if (length < CACHE_DIRECTORY_SIZE && *cache_own.path == '/')
		return true;
	*cache_own.path = '\0';
	return false;
}

bool
cache_find_own(void)
{
	const char *own = setting("DRAGOMAN_CACHE"), *xdg = setting("XDG_CACHE_HOME"),
		   *home = setting("HOME");
	char homeless[64];

	*cache_own.path = '\0';
	cache_own.shared_parent = false;
	if (own)
		return strcmp(own, "off") != 0 && set_own_path(1, own, "");
	if (xdg && *xdg == '/')
		return set_own_path(2, xdg, "/dragoman");
	if (home && *home == '/' && is_directory(home))
		return set_own_path(2, home, "/.cache/dragoman");
	snprintf(homeless, sizeof(homeless), HOMELESS_FORMAT, (unsigned)host_syscall(SYS_geteuid));
	cache_own.shared_parent = true;
	return set_own_path(1, homeless, "");
}

/* ---- opening ---------------------------------------------------------------------------------------------------------------- */

static dev_t root_device;
static ino_t root_inode;
/* The places came as descriptors: their paths lead elsewhere, or nowhere. */
static bool inherited;

static bool
find_root(dev_t *device, ino_t *inode)
{
	struct stat status;

	if (host_syscall(SYS_newfstatat, AT_FDCWD, "/", &status, 0) < 0)
		return false;
	*device = status.st_dev;
	*inode = status.st_ino;
	return true;
}

bool
cache_note_root(void)
{
	return find_root(&root_device, &root_inode);
}

bool
cache_root_is_same(void)
{
	dev_t device;
	ino_t inode;

	return find_root(&device, &inode) && device == root_device && inode == root_inode;
}

static uid_t
owner_of(const struct cache_place *place)
{
	return place->system ? 0 : (uid_t)host_syscall(SYS_geteuid);
}

/* Nobody but its owner could have written it. */
static bool
belongs_to(const struct cache_place *place, const struct stat *status)
{
	return status->st_uid == owner_of(place) && !(status->st_mode & (S_IWGRP | S_IWOTH));
}

static bool
is_trusted_directory(const struct cache_place *place, int fd)
{
	struct stat status;

	return host_syscall(SYS_fstat, fd, &status) == 0 && S_ISDIR(status.st_mode) &&
	       belongs_to(place, &status);
}

bool
cache_place_open(struct cache_place *place)
{
	long fd;

	if (place->fd >= 0)
		return true;
	if (!*place->path)
		return false;
	fd = host_syscall(SYS_openat, AT_FDCWD, place->path,
		O_PATH | O_DIRECTORY | O_CLOEXEC | (place->shared_parent ? O_NOFOLLOW : 0), 0);
	if (fd < 0)
		return false;
	if ((place->system || place->shared_parent) && !is_trusted_directory(place, (int)fd)) {
		cache_note("does not belong to its user alone: not used", place->path);
		host_syscall(SYS_close, fd);
		return false;
	}
	place->fd = descriptor_move_high((int)fd);
	return true;
}

/* A directory that a guest's exec carried over; not used any more when the user has changed. */
static void
adopt(struct cache_place *place, int fd)
{
	if (fd < 0)
		return;
	if (!is_trusted_directory(place, fd)) {
		host_syscall(SYS_close, fd);
		return;
	}
	place->fd = fd;
	inherited = true;
}

bool
cache_places_init(const struct run_options *options)
{
	bool secure = getauxval(AT_SECURE) != 0;

	if (!cache_note_root())
		return false;
	if (cache_written == &cache_system)
		return cache_place_make();
	if (!secure && !cache_find_own() && setting("DRAGOMAN_CACHE"))
		return false; /* switched off, or not a name to be used */
	if (!secure) {
		adopt(&cache_own, options->cache_fd);
		adopt(&cache_system, options->cache_system_fd);
		cache_written = &cache_own;
		/* made now if need be: by the time of saving the guest may have changed its root */
		if (!cache_place_open(&cache_own))
			cache_place_make();
	}
	cache_place_open(&cache_system);
	return cache_written || cache_system.fd >= 0;
}

void
cache_places_carry_over(struct run_options *options)
{
	bool paths_lead_there = !inherited && cache_root_is_same();

	options->cache_fd = paths_lead_there ? -1 : cache_own.fd;
	options->cache_system_fd = paths_lead_there ? -1 : cache_system.fd;
}

/* ---- making ------------------------------------------------------------------------------------------------------------------ */

/* Make the directory and, below what exists, `levels` - 1 above it: a home directory is not made. */
static void
make_path(const struct cache_place *place)
{
	char path[CACHE_DIRECTORY_SIZE];
	size_t ends[4], length = strlen(place->path);
	unsigned count = 0;

	memcpy(path, place->path, length + 1);
	for (size_t k = length; k > 1 && count < place->levels; k--)
		if (path[k - 1] != '/' && (path[k] == '/' || path[k] == '\0'))
			ends[count++] = k;
	while (count-- > 0) {
		char kept = path[ends[count]];

		path[ends[count]] = '\0';
		/* what all are to read they read whatever root's umask is */
		if (host_syscall(SYS_mkdirat, AT_FDCWD, path, 0700) == 0 && place->system)
			host_syscall(SYS_fchmodat, AT_FDCWD, path, 0755);
		path[ends[count]] = kept;
	}
}

bool
cache_place_make(void)
{
	struct cache_place *place = cache_written;

	if (!place)
		return false;
	if (place->fd < 0) {
		if (!*place->path || !cache_root_is_same())
			return false;
		make_path(place);
		if (!cache_place_open(place))
			return false;
	}
	if (is_trusted_directory(place, place->fd))
		return true;
	cache_note("is not the user's alone: not written to", place->path);
	return false;
}

/* ---- files -------------------------------------------------------------------------------------------------------------------- */

long
cache_place_open_file(const struct cache_place *place, const char *name, struct stat *status)
{
	long fd;

	if (place->fd < 0)
		return -1;
	fd = host_syscall(
		SYS_openat, place->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		if (fd != -ENOENT)
			cache_note("cannot be opened: not used", name);
		return -1;
	}
	if (host_syscall(SYS_fstat, fd, status) == 0 && S_ISREG(status->st_mode) &&
		belongs_to(place, status))
		return fd;
	cache_note("is not a file that only its user could have written: not used", name);
	host_syscall(SYS_close, fd);
	return -1;
}

long
cache_places_open_file(const char *name, struct stat *status)
{
	long fd = cache_place_open_file(&cache_own, name, status);

	return fd >= 0 ? fd : cache_place_open_file(&cache_system, name, status);
}

static bool
has_file(const struct cache_place *place, const char *name)
{
	return place->fd >= 0 && host_syscall(SYS_faccessat, place->fd, name, F_OK) == 0;
}

bool
cache_places_have(const char *name)
{
	return has_file(&cache_own, name) || has_file(&cache_system, name);
}
