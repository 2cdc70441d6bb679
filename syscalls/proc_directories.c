// SPDX-License-Identifier: Apache-2.0
//
// Listings of /proc/PID/fd, fdinfo and map_files without what is the translator's: getdents64 leaves these entries out.

#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/dispatch.h"
#include "syscalls/fd_guard.h"
#include "syscalls/handlers.h"
#include "syscalls/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

enum listing { LISTING_OTHER, LISTING_DESCRIPTORS, LISTING_MAPPINGS };

/* linux_dirent64, as both ABIs have it. */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};
#define ENTRY_NAME_OFFSET 19

/* Which of these listings of a guest process the descriptor is open on. */
static enum listing
listing_of(int fd)
{
	struct statfs file_system = { 0 };
	char link[32], path[PATH_MAX];
	const char *name;
	long length;
	int pid;

	if (host_syscall(SYS_fstatfs, fd, &file_system) != 0 ||
		file_system.f_type != PROC_SUPER_MAGIC)
		return LISTING_OTHER;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = host_syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof(path) - 1);
	if (length <= 0)
		return LISTING_OTHER;
	path[length] = '\0';
	if (sscanf(path, "/proc/%d/", &pid) != 1 ||
		(pid != host_syscall(SYS_getpid) && !proc_files_is_guest(pid)))
		return LISTING_OTHER;
	name = strrchr(path, '/') + 1;
	if (strcmp(name, "fd") == 0 || strcmp(name, "fdinfo") == 0)
		return LISTING_DESCRIPTORS;
	return strcmp(name, "map_files") == 0 ? LISTING_MAPPINGS : LISTING_OTHER;
}

static bool
is_shown(enum listing listing, const char *name)
{
	if (name[0] == '.')
		return true;
	if (listing == LISTING_DESCRIPTORS)
		return !fd_guard_hides(atoi(name));
	return strtoull(name, NULL, 16) < GUEST_ADDRESS_END;
}

/* Moves the entries that are shown to the front; gives their length. */
static size_t
keep_shown(enum listing listing, uint8_t *bytes, size_t length)
{
	size_t kept = 0;

	for (size_t at = 0; at + ENTRY_NAME_OFFSET < length;) {
		struct entry *entry = (struct entry *)(bytes + at);
		size_t size = entry->length;

		if (size <= ENTRY_NAME_OFFSET || size > length - at)
			break;
		if (is_shown(listing, entry->name)) {
			memmove(bytes + kept, entry, size);
			kept += size;
		}
		at += size;
	}
	return kept;
}

/* Filters what the host has written to the guest's buffer; 0 when nothing is left. */
static int64_t
filter(enum listing listing, uint64_t address, size_t length)
{
	uint8_t *bytes = host_allocate(length);
	int64_t kept = -ENOMEM;

	if (!bytes)
		return kept;
	if (guest_copy_from(bytes, address, length) != 0) {
		kept = -EFAULT;
	} else {
		kept = (int64_t)keep_shown(listing, bytes, length);
		if (kept > 0 && guest_copy_to(address, bytes, (size_t)kept) != 0)
			kept = -EFAULT;
	}
	host_free(bytes);
	return kept;
}

int64_t
sys_getdents64(struct guest_thread *t, const uint64_t argument[6])
{
	int64_t result, kept = 0;
	enum listing listing;

	do {
		result = system_call_wait(t, SYS_getdents64, RESTART_SYS, argument);
		if (result <= 0)
			return result;
		listing = listing_of((int)argument[0]);
		if (listing == LISTING_OTHER)
			return result;
		kept = filter(listing, argument[1], (size_t)result);
	} while (kept == 0);
	return kept;
}
