// SPDX-License-Identifier: Apache-2.0
// An archive of cache files: one zstd frame that holds a header, entries (name, size, digest, bytes) and an end mark.
// What is read is checked here as far as the archive goes; what is in the entries is for the caller to check.
#ifndef CACHE_ARCHIVE_STREAM_H
#define CACHE_ARCHIVE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cache/digest.h"
#include "cache/file.h"

#define ARCHIVE_MAGIC   "dragarch" /* 8 bytes, no terminator in the file */
#define ARCHIVE_VERSION 1

/** At the beginning of what is compressed. */
struct archive_header {
	char magic[8];
	uint32_t version;
	uint32_t zero;
	char key[CACHE_KEY_SIZE];
};

/** Before an entry's bytes. The end mark has no name, and the number of entries as its size. */
struct archive_entry {
	char name[CACHE_NAME_SIZE]; /* zero-padded */
	uint64_t size;
	uint8_t digest
		[DIGEST_SIZE]; /* of name, size and bytes; of the end mark: of all entries' digests */
};

struct archive_stream {
	FILE *file;
	void *context; /* zstd's */
	uint8_t *buffer;
	size_t filled, used; /* of the buffer, when reading */
	bool complete;       /* the frame has been read to its end */
	struct digest digest;
	uint64_t entries;
	const char *problem; /* what went wrong first; NULL: nothing */
};

/** Begins an archive on an open file; the header is written. False: *stream says the problem. */
bool archive_create(struct archive_stream *stream, FILE *file, const char key[CACHE_KEY_SIZE]);
bool archive_write_entry(
	struct archive_stream *stream, const char *name, const void *bytes, size_t size);
/** Writes the end mark. The stream is freed either way; the file stays open. */
bool archive_finish(struct archive_stream *stream);

/** Begins to read; the header is checked and given, its key is for the caller to check. */
bool archive_open(struct archive_stream *stream, FILE *file, struct archive_header *header);
/**
 * Reads the next entry's name and bytes into `bytes`, which has room for `room`. At the end, which is checked too, the name is
 * empty. False: *stream says the problem.
 */
bool archive_read_entry(struct archive_stream *stream, char name[CACHE_NAME_SIZE], void *bytes,
	size_t room, size_t *size);
void archive_close(struct archive_stream *stream);

#endif
