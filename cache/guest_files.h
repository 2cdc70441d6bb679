// SPDX-License-Identifier: Apache-2.0
// The arm64 programs and libraries in trees of files: what `dragoman cache warm` and `export` go through.
#ifndef CACHE_GUEST_FILES_H
#define CACHE_GUEST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/** An arm64 ELF file that can be loaded. */
struct guest_file {
	char *path;
	uint64_t text; /* bytes of its executable segments */
	uint64_t size;
	struct stat status;
};

struct guest_files {
	struct guest_file *all;
	size_t count, room;
	uint64_t text;
	unsigned long unreadable; /* files and folders, each with a line on standard error */
	size_t *seen;             /* open addressing by device and inode: index + 1 */
	size_t seen_size;
};

/**
 * Adds the files at and below `path`, each inode once. Symbolic links are followed only for `path` itself, other file systems
 * not entered; what is no arm64 program or library is passed over. False, after a message, when `path` does not exist or memory
 * is short.
 */
bool guest_files_add(struct guest_files *files, const char *path);

void guest_files_free(struct guest_files *files);

#endif
