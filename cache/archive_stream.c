// SPDX-License-Identifier: Apache-2.0
// Reading and writing archives of cache files with libzstd's streams (see archive_stream.h).
#include "cache/archive_stream.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define LEVEL       6
#define BUFFER_SIZE ((size_t)128 << 10)

static bool
fail(struct archive_stream *stream, const char *problem)
{
	if (!stream->problem)
		stream->problem = problem;
	return false;
}

static void
digest_of_entry(struct archive_entry *entry, const void *bytes)
{
	struct digest digest;

	digest_begin(&digest);
	digest_add(&digest, entry->name, sizeof(entry->name));
	digest_add(&digest, &entry->size, sizeof(entry->size));
	digest_add(&digest, bytes, (size_t)entry->size);
	digest_end(&digest, entry->digest);
}

/* The end mark: what all entries were. */
static struct archive_entry
end_mark(struct archive_stream *stream)
{
	struct archive_entry entry = { .size = stream->entries };

	digest_end(&stream->digest, entry.digest);
	return entry;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------- */

static bool
compress(struct archive_stream *stream, const void *bytes, size_t size, ZSTD_EndDirective end)
{
	ZSTD_inBuffer in = { bytes, size, 0 };
	size_t left;

	if (stream->problem)
		return false;
	do {
		ZSTD_outBuffer out = { stream->buffer, BUFFER_SIZE, 0 };

		left = ZSTD_compressStream2(stream->context, &out, &in, end);
		if (ZSTD_isError(left))
			return fail(stream, "cannot be compressed");
		if (fwrite(stream->buffer, 1, out.pos, stream->file) != out.pos)
			return fail(stream, "cannot be written");
	} while (end == ZSTD_e_end ? left != 0 : in.pos < in.size);
	return true;
}

bool
archive_create(struct archive_stream *stream, FILE *file, const char key[CACHE_KEY_SIZE])
{
	struct archive_header header = { .magic = ARCHIVE_MAGIC, .version = ARCHIVE_VERSION };

	*stream = (struct archive_stream){
		.file = file, .context = ZSTD_createCCtx(), .buffer = malloc(BUFFER_SIZE)
	};
	digest_begin(&stream->digest);
	if (!stream->context || !stream->buffer)
		return fail(stream, "no memory to compress it");
	ZSTD_CCtx_setParameter(stream->context, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(stream->context, ZSTD_c_checksumFlag, 1);
	memcpy(header.key, key, sizeof(header.key));
	return compress(stream, &header, sizeof(header), ZSTD_e_continue);
}

bool
archive_write_entry(struct archive_stream *stream, const char *name, const void *bytes, size_t size)
{
	struct archive_entry entry = { .size = size };

	memcpy(entry.name, name, strnlen(name, sizeof(entry.name) - 1));
	digest_of_entry(&entry, bytes);
	digest_add(&stream->digest, entry.digest, sizeof(entry.digest));
	stream->entries++;
	return compress(stream, &entry, sizeof(entry), ZSTD_e_continue) &&
	       compress(stream, bytes, size, ZSTD_e_continue);
}

bool
archive_finish(struct archive_stream *stream)
{
	struct archive_entry end = end_mark(stream);
	bool good = compress(stream, &end, sizeof(end), ZSTD_e_end);

	if (good && fflush(stream->file) != 0)
		good = fail(stream, "cannot be written");
	ZSTD_freeCCtx(stream->context);
	free(stream->buffer);
	return good;
}

/* ---- reading ---------------------------------------------------------------------------------------------------------------- */

static bool
refill(struct archive_stream *stream)
{
	stream->used = 0;
	stream->filled = fread(stream->buffer, 1, BUFFER_SIZE, stream->file);
	if (stream->filled == 0)
		return fail(stream, ferror(stream->file) ? "cannot be read" : "truncated");
	return true;
}

/* Exactly `size` bytes of what was compressed. */
static bool
decompress(struct archive_stream *stream, void *bytes, size_t size)
{
	ZSTD_outBuffer out = { bytes, size, 0 };

	if (stream->problem)
		return false;
	while (out.pos < out.size) {
		ZSTD_inBuffer in = { stream->buffer, stream->filled, stream->used };
		size_t before = out.pos;
		size_t result = ZSTD_decompressStream(stream->context, &out, &in);

		if (ZSTD_isError(result))
			return fail(stream, stream->entries || stream->digest.filled
						    ? "damaged"
						    : "damaged, or not an archive of "
						      "translations");
		stream->used = in.pos;
		stream->complete = result == 0;
		/* it may have more of what it has read */
		if (out.pos == before && stream->used == stream->filled && !refill(stream))
			return false;
	}
	return true;
}

bool
archive_open(struct archive_stream *stream, FILE *file, struct archive_header *header)
{
	*stream = (struct archive_stream){
		.file = file, .context = ZSTD_createDCtx(), .buffer = malloc(BUFFER_SIZE)
	};
	digest_begin(&stream->digest);
	if (!stream->context || !stream->buffer)
		return fail(stream, "no memory to read it");
	if (!decompress(stream, header, sizeof(*header)))
		return false;
	if (memcmp(header->magic, ARCHIVE_MAGIC, sizeof(header->magic)))
		return fail(stream, "not an archive of translations");
	if (header->version != ARCHIVE_VERSION || header->zero != 0)
		return fail(stream, "an archive of another version of dragoman");
	return true;
}

/* The frame is complete, with its own checksum, which may still be in the file; nothing is behind it. */
static bool
is_at_end(struct archive_stream *stream, const struct archive_entry *entry)
{
	struct archive_entry end = end_mark(stream);
	uint8_t more;

	if (memcmp(&end, entry, sizeof(end)))
		return fail(stream, "damaged: it does not end as it should");
	while (!stream->complete) {
		ZSTD_outBuffer out = { &more, 0, 0 };
		ZSTD_inBuffer in = { stream->buffer, stream->filled, stream->used };
		size_t left;

		if (stream->used == stream->filled && !refill(stream))
			return false;
		in.size = stream->filled;
		in.pos = stream->used;
		left = ZSTD_decompressStream(stream->context, &out, &in);
		if (ZSTD_isError(left) || (left && in.pos == stream->used))
			return fail(stream, "damaged: it does not end as it should");
		stream->used = in.pos;
		stream->complete = left == 0;
	}
	if (stream->used < stream->filled || fread(&more, 1, 1, stream->file) == 1)
		return fail(stream, "damaged: something follows its end");
	return true;
}

bool
archive_read_entry(struct archive_stream *stream, char name[CACHE_NAME_SIZE], void *bytes,
	size_t room, size_t *size)
{
	struct archive_entry entry, wanted;

	if (!decompress(stream, &entry, sizeof(entry)))
		return false;
	memcpy(name, entry.name, CACHE_NAME_SIZE);
	*size = 0;
	if (!*name)
		return is_at_end(stream, &entry);
	if (memchr(name, '\0', CACHE_NAME_SIZE) == NULL)
		return fail(stream, "damaged: a name has no end");
	if (entry.size > room)
		return fail(stream, "damaged: an entry is too large");
	*size = (size_t)entry.size;
	if (!decompress(stream, bytes, *size))
		return false;
	wanted = entry;
	digest_of_entry(&wanted, bytes);
	if (memcmp(wanted.digest, entry.digest, DIGEST_SIZE))
		return fail(stream, "damaged: an entry is not what was written");
	digest_add(&stream->digest, entry.digest, sizeof(entry.digest));
	stream->entries++;
	return true;
}

void
archive_close(struct archive_stream *stream)
{
	ZSTD_freeDCtx(stream->context);
	free(stream->buffer);
}
