// SPDX-License-Identifier: Apache-2.0
//
// SHA-1 and SHA-256 helpers, as the A64 instructions divide the work (FIPS 180-4; Arm ARM SHA1C and
// following). Operands a, b, c are Vd, Vn, Vm.
#include <stdbool.h>

#include "ir/vector_helpers_internal.h"

static uint32_t
rotate_left(uint32_t x, unsigned by)
{
	return x << by | x >> (32 - by);
}

static uint32_t
rotate_right(uint32_t x, unsigned by)
{
	return x >> by | x << (32 - by);
}

static uint32_t
choose(uint32_t x, uint32_t y, uint32_t z)
{
	return (x & y) | (~x & z);
}

static uint32_t
parity(uint32_t x, uint32_t y, uint32_t z)
{
	return x ^ y ^ z;
}

static uint32_t
majority(uint32_t x, uint32_t y, uint32_t z)
{
	return (x & y) | (x & z) | (y & z);
}

/*
 * Four rounds of SHA-1: x holds the working variables a to d, y holds e, w the schedule plus
 * constants.
 */
static void
sha1_rounds(union vec128 *d, const union vec128 *x, uint32_t y, const union vec128 *w,
	uint32_t (*function)(uint32_t, uint32_t, uint32_t))
{
	union vec128 v = *x;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t next =
			y + rotate_left(v.s[0], 5) + function(v.s[1], v.s[2], v.s[3]) + w->s[i];

		y = v.s[3];
		v.s[3] = v.s[2];
		v.s[2] = rotate_left(v.s[1], 30);
		v.s[1] = v.s[0];
		v.s[0] = next;
	}
	*d = v;
}

DEFINE_HELPER(sha1c)
{
	sha1_rounds(d, a, b->s[0], c, choose);
	return 0;
}

DEFINE_HELPER(sha1p)
{
	sha1_rounds(d, a, b->s[0], c, parity);
	return 0;
}

DEFINE_HELPER(sha1m)
{
	sha1_rounds(d, a, b->s[0], c, majority);
	return 0;
}

DEFINE_HELPER(sha1h)
{
	d->d[0] = rotate_left(a->s[0], 30);
	d->d[1] = 0;
	return 0;
}

DEFINE_HELPER(sha1su0)
{
	union vec128 result;

	result.d[0] = a->d[1] ^ a->d[0] ^ c->d[0];
	result.d[1] = b->d[0] ^ a->d[1] ^ c->d[1];
	*d = result;
	return 0;
}

DEFINE_HELPER(sha1su1)
{
	union vec128 result;

	for (unsigned i = 0; i < 4; i++)
		result.s[i] = rotate_left(a->s[i] ^ (i < 3 ? b->s[i + 1] : 0), 1);
	/* The word just computed is already needed for the last one. */
	result.s[3] ^= rotate_left(result.s[0], 1);
	*d = result;
	return 0;
}

/*
 * Four rounds of SHA-256: x holds the working variables a to d, y e to h; gives x, or y if
 * `want_y`.
 */
static void
sha256_rounds(union vec128 *d, const union vec128 *x, const union vec128 *y, const union vec128 *w,
	bool want_y)
{
	union vec128 p = *x, q = *y;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t sigma1 = rotate_right(q.s[0], 6) ^ rotate_right(q.s[0], 11) ^
				  rotate_right(q.s[0], 25);
		uint32_t sigma0 = rotate_right(p.s[0], 2) ^ rotate_right(p.s[0], 13) ^
				  rotate_right(p.s[0], 22);
		uint32_t t = q.s[3] + sigma1 + choose(q.s[0], q.s[1], q.s[2]) + w->s[i];
		uint32_t u = t + sigma0 + majority(p.s[0], p.s[1], p.s[2]);

		q.s[3] = q.s[2];
		q.s[2] = q.s[1];
		q.s[1] = q.s[0];
		q.s[0] = p.s[3] + t;
		p.s[3] = p.s[2];
		p.s[2] = p.s[1];
		p.s[1] = p.s[0];
		p.s[0] = u;
	}
	*d = want_y ? q : p;
}

DEFINE_HELPER(sha256h)
{
	sha256_rounds(d, a, b, c, false);
	return 0;
}

DEFINE_HELPER(sha256h2)
{
	sha256_rounds(d, b, a, c, true);
	return 0;
}

DEFINE_HELPER(sha256su0)
{
	union vec128 result;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t x = i < 3 ? a->s[i + 1] : b->s[0];

		result.s[i] = a->s[i] + (rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3);
	}
	*d = result;
	return 0;
}

DEFINE_HELPER(sha256su1)
{
	union vec128 result;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t x = i < 2 ? c->s[i + 2] : result.s[i - 2];

		result.s[i] = a->s[i] + (i < 3 ? b->s[i + 1] : c->s[0]) +
			      (rotate_right(x, 17) ^ rotate_right(x, 19) ^ x >> 10);
	}
	*d = result;
	return 0;
}
