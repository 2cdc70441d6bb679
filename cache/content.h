// SPDX-License-Identifier: Apache-2.0
// Cache files that go by what is in a guest file instead of by its device, inode and times: so that they serve on other machines,
// in other containers, and after a copy. Such a file's name follows from a small part of the content, its identity from all.
#ifndef CACHE_CONTENT_H
#define CACHE_CONTENT_H

#include "cache/file.h"

/** In struct cache_identity.device: inode and times are the content's digest. */
#define CACHE_CONTENT_DEVICE UINT64_MAX

/** The name of cache files of guest files like the open one, under the present key; false when it cannot be read. */
bool cache_content_name(int fd, uint64_t size, char name[CACHE_NAME_SIZE]);

/** The identity by content of an open file; reads all of it. False when it cannot be read or changes meanwhile. */
bool cache_content_identity(int fd, uint64_t size, struct cache_identity *identity);

/**
 * The cache file for an open guest file of that identity (by its status) that goes by its content: its name and identity; false when
 * there is none. That the content is right is remembered under the identity when `remember`, as it takes reading all of the file to know.
 */
bool cache_content_find(int fd, const struct cache_identity *status, bool remember,
	char name[CACHE_NAME_SIZE], struct cache_identity *content);

/** Whether `name` is that of a note which cache file by content is for a guest file's identity; and whether the open note is sound. */
bool cache_is_alias_name(const char *name);
bool cache_alias_is_sound(int fd);

/** Whether `name` could be a name by content, under the present key. */
bool cache_is_content_name(const char *name);

#endif
