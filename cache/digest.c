// SPDX-License-Identifier: Apache-2.0
// BLAKE2b as in RFC 7693, section 3 (see digest.h). No libc: guests that run compute it.
#include "cache/digest.h"

#include <string.h>

#include "runtime/host_syscall.h"

static const uint64_t initial[8] = {
	0x6a09e667f3bcc908,
	0xbb67ae8584caa73b,
	0x3c6ef372fe94f82b,
	0xa54ff53a5f1d36f1,
	0x510e527fade682d1,
	0x9b05688c2b3e6c1f,
	0x1f83d9abfb41bd6b,
	0x5be0cd19137e2179,
};

static const uint8_t schedule[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

static inline uint64_t
rotate(uint64_t word, unsigned by)
{
	return word >> by | word << (64 - by);
}

/* The function G of section 3.1. */
static inline __attribute__((always_inline)) void
mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, uint64_t x, uint64_t y)
{
	*a += *b + x;
	*d = rotate(*d ^ *a, 32);
	*c += *d;
	*b = rotate(*b ^ *c, 24);
	*a += *b + y;
	*d = rotate(*d ^ *a, 16);
	*c += *d;
	*b = rotate(*b ^ *c, 63);
}

static inline __attribute__((always_inline)) void
mix_all(uint64_t v[16], const uint64_t m[16], const uint8_t s[16])
{
	mix(&v[0], &v[4], &v[8], &v[12], m[s[0]], m[s[1]]);
	mix(&v[1], &v[5], &v[9], &v[13], m[s[2]], m[s[3]]);
	mix(&v[2], &v[6], &v[10], &v[14], m[s[4]], m[s[5]]);
	mix(&v[3], &v[7], &v[11], &v[15], m[s[6]], m[s[7]]);
	mix(&v[0], &v[5], &v[10], &v[15], m[s[8]], m[s[9]]);
	mix(&v[1], &v[6], &v[11], &v[12], m[s[10]], m[s[11]]);
	mix(&v[2], &v[7], &v[8], &v[13], m[s[12]], m[s[13]]);
	mix(&v[3], &v[4], &v[9], &v[14], m[s[14]], m[s[15]]);
}

/* The function F of section 3.2, on one block. */
static void
compress(struct digest *digest, const uint8_t *block, uint64_t length, bool last)
{
	uint64_t v[16], m[16];

	memcpy(m, block, sizeof(m));
	memcpy(v, digest->state, sizeof(digest->state));
	memcpy(v + 8, initial, sizeof(initial));
	v[12] ^= length;
	if (last)
		v[14] = ~v[14];
#pragma GCC unroll 12
	for (unsigned round = 0; round < 12; round++)
		mix_all(v, m, schedule[round % 10]);
	for (unsigned k = 0; k < 8; k++)
		digest->state[k] ^= v[k] ^ v[k + 8];
}

void
digest_begin(struct digest *digest)
{
	*digest = (struct digest){ 0 };
	memcpy(digest->state, initial, sizeof(initial));
	digest->state[0] ^= 0x01010000 ^ DIGEST_SIZE; /* no key */
}

void
digest_add(struct digest *digest, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size) {
		/* whole blocks that are not the last need not be copied */
		if (digest->filled == 0 && size > sizeof(digest->block)) {
			digest->length += sizeof(digest->block);
			compress(digest, at, digest->length, false);
			at += sizeof(digest->block);
			size -= sizeof(digest->block);
			continue;
		}
		size_t part = sizeof(digest->block) - digest->filled;

		/* the last block is compressed by digest_end, even when it is full */
		if (part == 0) {
			digest->length += sizeof(digest->block);
			compress(digest, digest->block, digest->length, false);
			digest->filled = 0;
			continue;
		}
		if (part > size)
			part = size;
		memcpy(digest->block + digest->filled, at, part);
		digest->filled += part;
		at += part;
		size -= part;
	}
}

void
digest_end(struct digest *digest, uint8_t result[DIGEST_SIZE])
{
	memset(digest->block + digest->filled, 0, sizeof(digest->block) - digest->filled);
	compress(digest, digest->block, digest->length + digest->filled, true);
	memcpy(result, digest->state, DIGEST_SIZE);
}

#define PART (16 << 10)

bool
digest_of_file(int fd, uint8_t result[DIGEST_SIZE], uint64_t *size)
{
	uint8_t buffer[PART];
	struct digest digest;
	long n;

	digest_begin(&digest);
	for (*size = 0; (n = host_syscall(SYS_pread64, fd, buffer, PART, *size)) > 0;
		*size += (uint64_t)n)
		digest_add(&digest, buffer, (size_t)n);
	digest_end(&digest, result);
	return n == 0;
}
