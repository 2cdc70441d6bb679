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

/* Two rounds of SHA-256: a holds the working variables h g d c, b f e b a, lowest first; gives the next f e b a. */
DEFINE_HELPER(sha256rounds2)
{
	union vec128 cdgh = *a, abef = *b;

	for (unsigned i = 0; i < 2; i++) {
		uint32_t e = abef.s[1], f = abef.s[0], x = abef.s[3], y = abef.s[2];
		uint32_t sigma1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
		uint32_t sigma0 = rotate_right(x, 2) ^ rotate_right(x, 13) ^ rotate_right(x, 22);
		uint32_t t = cdgh.s[0] + sigma1 + choose(e, f, cdgh.s[1]) + c->s[i];

		abef.s[0] = e;
		abef.s[1] = cdgh.s[2] + t;
		abef.s[2] = x;
		abef.s[3] = t + sigma0 + majority(x, y, cdgh.s[3]);
		cdgh.s[0] = cdgh.s[1];
		cdgh.s[1] = f;
		cdgh.s[2] = cdgh.s[3];
		cdgh.s[3] = y;
	}
	*d = abef;
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
