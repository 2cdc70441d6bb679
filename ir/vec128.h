// SPDX-License-Identifier: Apache-2.0
//
// The 128-bit vector value as C code sees it: the interpreter, the helpers that compiled code
// calls, and the guest state block. Lane 0 is the least significant one, as the architecture
// numbers lanes; the host is little-endian, so the lanes of every width overlay each other as the
// architecture says.
#ifndef DRAGOMAN_IR_VEC128_H
#define DRAGOMAN_IR_VEC128_H

#include <stdint.h>

union vec128 {
	uint8_t b[16];
	uint16_t h[8];
	uint32_t s[4];
	uint64_t d[2];
	int8_t sb[16];
	int16_t sh[8];
	int32_t ss[4];
	int64_t sd[2];
} __attribute__((aligned(16)));

_Static_assert(sizeof(union vec128) == 16, "a vector value is 16 bytes");

/* Lane `i` of `1 << lane_log2` bytes, zero-extended. */
static inline uint64_t
vec128_lane(const union vec128 *v, unsigned lane_log2, unsigned i)
{
	switch (lane_log2) {
	case 0: return v->b[i];
	case 1: return v->h[i];
	case 2: return v->s[i];
	default: return v->d[i];
	}
}

/* Lane `i` of `1 << lane_log2` bytes, sign-extended. */
static inline int64_t
vec128_signed_lane(const union vec128 *v, unsigned lane_log2, unsigned i)
{
	switch (lane_log2) {
	case 0: return v->sb[i];
	case 1: return v->sh[i];
	case 2: return v->ss[i];
	default: return v->sd[i];
	}
}

/* Sets lane `i` of `1 << lane_log2` bytes to the low bits of `value`. */
static inline void
vec128_set_lane(union vec128 *v, unsigned lane_log2, unsigned i, uint64_t value)
{
	switch (lane_log2) {
	case 0: v->b[i] = (uint8_t)value; break;
	case 1: v->h[i] = (uint16_t)value; break;
	case 2: v->s[i] = (uint32_t)value; break;
	default: v->d[i] = value; break;
	}
}

#endif
