// SPDX-License-Identifier: Apache-2.0
// Names and identities by content, and looking for them (see content.h). Reading all of a guest file takes about 2 ms a MiB;
// so that this is done once, an alias file in the user's own directory, named by the guest file's status, says what came out.
#include "cache/content.h"

#include <stdio.h>
#include <string.h>

#include "cache/cache_internal.h"
#include "cache/digest.h"
#include "cache/directory.h"
#include "cache/log.h"
#include "cache/places.h"
#include "runtime/host_syscall.h"

/* What the name follows from: the headers and the build-id are in the first of these bytes, the section headers in the last. */
#define END_SIZE 1024

static uint64_t
first_word(const uint8_t digest[DIGEST_SIZE])
{
	uint64_t word;

	memcpy(&word, digest, sizeof(word));
	return word;
}

static uint64_t
key_hash(void)
{
	uint8_t result[DIGEST_SIZE];
	struct digest digest;

	digest_begin(&digest);
	digest_add(&digest, cache_key, sizeof(cache_key));
	digest_end(&digest, result);
	return first_word(result);
}

bool
cache_content_name(int fd, uint64_t size, char name[CACHE_NAME_SIZE])
{
	uint8_t ends[2 * END_SIZE] = { 0 }, result[DIGEST_SIZE];
	struct digest digest;

	if (host_syscall(SYS_pread64, fd, ends, END_SIZE, 0) < 0 ||
		host_syscall(SYS_pread64, fd, ends + END_SIZE, END_SIZE,
			size > END_SIZE ? size - END_SIZE : 0) < 0)
		return false;
	digest_begin(&digest);
	digest_add(&digest, &size, sizeof(size));
	digest_add(&digest, ends, sizeof(ends));
	digest_end(&digest, result);
	snprintf(name, CACHE_NAME_SIZE, "content-%016llx-%016llx.units",
		(unsigned long long)first_word(result), (unsigned long long)key_hash());
	return true;
}

bool
cache_content_identity(int fd, uint64_t size, struct cache_identity *identity)
{
	uint8_t result[DIGEST_SIZE];
	uint64_t read;

	if (!digest_of_file(fd, result, &read) || read != size)
		return false;
	*identity = (struct cache_identity){ .device = CACHE_CONTENT_DEVICE, .size = size };
	memcpy(&identity->inode, result, 8);
	memcpy(&identity->modified_ns, result + 8, 8);
	memcpy(&identity->changed_ns, result + 16, 8);
	memcpy(identity->key, cache_key, sizeof(cache_key));
	return true;
}

static bool
are_hexadecimal(const char *text, size_t count)
{
	for (; count; text++, count--)
		if (!((*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'f')))
			return false;
	return true;
}

bool
cache_is_content_name(const char *name)
{
	char rest[CACHE_NAME_SIZE];

	snprintf(rest, sizeof(rest), "-%016llx.units", (unsigned long long)key_hash());
	return strnlen(name, CACHE_NAME_SIZE) == 8 + 16 + strlen(rest) &&
	       strncmp(name, "content-", 8) == 0 && are_hexadecimal(name + 8, 16) &&
	       strcmp(name + 8 + 16, rest) == 0;
}

/* ---- aliases -------------------------------------------------------------------------------------------------------------- */

#define ALIAS_SUFFIX ".alias"

struct alias {
	char magic[8];
	char name[CACHE_NAME_SIZE]; /* of the cache file by content */
	struct cache_identity status, content;
	uint8_t digest[DIGEST_SIZE]; /* of all before it */
};

static const char alias_magic[8] = "dragname";

static void
digest_of_alias(const struct alias *alias, uint8_t result[DIGEST_SIZE])
{
	struct digest digest;

	digest_begin(&digest);
	digest_add(&digest, alias, offsetof(struct alias, digest));
	digest_end(&digest, result);
}

static void
alias_name(const struct cache_identity *status, char name[CACHE_NAME_SIZE])
{
	cache_file_name(status, name);
	memcpy(strrchr(name, '.'), ALIAS_SUFFIX, sizeof(ALIAS_SUFFIX));
}

bool
cache_is_alias_name(const char *name)
{
	size_t length = strnlen(name, CACHE_NAME_SIZE), end = sizeof(ALIAS_SUFFIX) - 1;

	return length < CACHE_NAME_SIZE && length > end &&
	       strcmp(name + length - end, ALIAS_SUFFIX) == 0;
}

static bool
read_alias(int fd, struct alias *alias)
{
	uint8_t digest[DIGEST_SIZE];

	if (host_syscall(SYS_pread64, fd, alias, sizeof(*alias), 0) != sizeof(*alias) ||
		memcmp(alias->magic, alias_magic, sizeof(alias_magic)))
		return false;
	digest_of_alias(alias, digest);
	return memcmp(digest, alias->digest, sizeof(digest)) == 0 &&
	       cache_is_content_name(alias->name);
}

bool
cache_alias_is_sound(int fd)
{
	struct alias alias;

	return read_alias(fd, &alias);
}

static bool
find_alias(const struct cache_identity *status, char name[CACHE_NAME_SIZE],
	struct cache_identity *content)
{
	char own_name[CACHE_NAME_SIZE];
	struct alias alias;
	struct stat file;
	bool good;
	long fd;

	alias_name(status, own_name);
	fd = cache_place_open_file(&cache_own, own_name, &file);
	if (fd < 0)
		return false;
	good = read_alias((int)fd, &alias) && !memcmp(&alias.status, status, sizeof(*status));
	host_syscall(SYS_close, fd);
	if (!good) {
		cache_note("is damaged: not used", own_name);
		return false;
	}
	memcpy(name, alias.name, CACHE_NAME_SIZE);
	*content = alias.content;
	return true;
}

static void
write_alias(
	const struct cache_identity *status, const char *name, const struct cache_identity *content)
{
	struct alias alias = { .status = *status, .content = *content };
	char own_name[CACHE_NAME_SIZE];
	long lock, fd;

	if (!cache_place_make() || (lock = cache_directory_lock(false)) < 0)
		return;
	memcpy(alias.magic, alias_magic, sizeof(alias_magic));
	memcpy(alias.name, name, strlen(name));
	digest_of_alias(&alias, alias.digest);
	alias_name(status, own_name);
	fd = cache_directory_begin(sizeof(alias));
	if (fd >= 0)
		cache_directory_end(
			lock, fd, own_name, cache_directory_write(fd, &alias, sizeof(alias), 0));
	host_syscall(SYS_close, lock);
}

/* ---- looking for one ---------------------------------------------------------------------------------------------------- */

/* What the cache file says it is for. */
static bool
identity_of_file(const char *name, struct cache_identity *identity)
{
	struct cache_header header;
	struct stat status;
	long n, fd = cache_places_open_file(name, &status);

	if (fd < 0)
		return false;
	n = host_syscall(SYS_pread64, fd, &header, sizeof(header), 0);
	host_syscall(SYS_close, fd);
	*identity = header.identity;
	return n == sizeof(header) && identity->device == CACHE_CONTENT_DEVICE;
}

bool
cache_content_find(int fd, const struct cache_identity *status, bool remember,
	char name[CACHE_NAME_SIZE], struct cache_identity *content)
{
	struct cache_identity wanted;

	if (find_alias(status, name, content))
		return true;
	if (!cache_content_name(fd, status->size, name) || !identity_of_file(name, &wanted) ||
		!cache_content_identity(fd, status->size, content))
		return false;
	if (memcmp(&wanted, content, sizeof(wanted))) {
		cache_note("is for another content: not used", name);
		return false;
	}
	if (remember)
		write_alias(status, name, content);
	return true;
}
