// SPDX-License-Identifier: Apache-2.0
//
// Known answers for the vector helpers: what the generator (known_answers_guest.c, an arm64 program
// that executes the real instructions) and the unit test have in common. Both walk the forms of
// known_answer_forms.def with the same pseudo-random inputs, and make one digest of all results a
// form and FPCR value.
#ifndef DRAGOMAN_TESTS_UNIT_KNOWN_ANSWER_INPUTS_H
#define DRAGOMAN_TESTS_UNIT_KNOWN_ANSWER_INPUTS_H

#include <stddef.h>
#include <stdint.h>

#include "ir/vec128.h"

#ifndef KNOWN_ANSWER_CASES
#define KNOWN_ANSWER_CASES 2000
#endif
#ifndef KNOWN_ANSWER_SEED
#define KNOWN_ANSWER_SEED 1
#endif

/* FPCR values: each rounding mode, FZ, DN, AHP, and mixtures. */
static const uint32_t known_answer_fpcr[] = {
	0,
	1u << 22,
	2u << 22,
	3u << 22,
	1u << 24,
	1u << 25,
	1u << 26,
	1u << 24 | 1u << 22,
	1u << 24 | 1u << 25 | 2u << 22,
	1u << 26 | 1u << 25 | 1u << 24 | 3u << 22,
};
#define KNOWN_ANSWER_MODES (sizeof(known_answer_fpcr) / sizeof(known_answer_fpcr[0]))

struct known_answer_operands {
	union vec128 a, b, c;
};

/* xorshift64*: small, and the same everywhere. */
static inline uint64_t
known_answer_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* Corner values of integers and of floating point of `1 << lane` bytes. */
static inline uint64_t
known_answer_corner(uint64_t *state, unsigned lane)
{
	static const uint8_t fraction_bits[] = { 3, 10, 23, 52 };
	uint64_t r = known_answer_random(state);
	unsigned bits = 8u << lane, fraction = fraction_bits[lane];
	uint64_t sign = UINT64_C(1) << (bits - 1);
	uint64_t infinity = (sign - 1) >> fraction << fraction;
	uint64_t one = infinity >> 1 >> fraction << fraction, ulp = UINT64_C(1) << fraction;
	uint64_t quiet = ulp >> 1, positive;

	switch (r >> 8 & 31) {
	case 0: positive = 0; break;
	case 1: positive = 1; break;
	case 2: positive = ulp - 1; break;
	case 3: positive = ulp; break;
	case 4: positive = ulp + 1; break;
	case 5: positive = infinity - 1; break;
	case 6: positive = infinity; break;
	case 7: positive = infinity + 1; break;
	case 8: positive = infinity | quiet; break;
	case 9: positive = infinity | quiet | (r >> 20 & (quiet - 1)); break;
	case 10: positive = infinity | 1 | (r >> 20 & (quiet - 1)); break;
	case 11: positive = one; break;
	case 12: positive = one + 1; break;
	case 13: positive = one - 1; break;
	case 14: positive = one - ulp; break;
	case 15: positive = one | quiet; break;
	case 16: positive = sign - 1; break;
	/* Around the ends of integer types, and small multiples of a half. */
	case 17: positive = one + ulp * (31 + (r >> 16 & 1)); break;
	case 18: positive = one + ulp * (63 + (r >> 16 & 1)); break;
	case 19: positive = one + ulp * (30 + (r >> 16 & 3)) - 1; break;
	case 20: positive = one + ulp * (62 + (r >> 16 & 3)) - 1; break;
	case 21: positive = one + ulp * (r >> 16 & 3) + (r >> 20 & 7) * (ulp >> 3); break;
	/* Around the smallest normal and the largest number. */
	case 22: positive = (r >> 16) & (ulp - 1); break;
	case 23: positive = ulp * (r >> 16 & 7) + (r >> 20 & (ulp - 1)); break;
	case 24: positive = infinity - ulp * (r >> 16 & 7) + (r >> 20 & (ulp - 1)); break;
	/* A few bits set; one more than all bits of a byte. */
	case 25: positive = UINT64_C(1) << (r >> 16) % bits; break;
	case 26: positive = (UINT64_C(1) << (r >> 16) % bits) - 1; break;
	case 27: positive = r >> 16 & 0xff; break;
	/* Numbers around one, for cancellation. */
	default: positive = one + ulp * (r >> 16 & 3) + (r >> 20 & (ulp - 1)); break;
	}
	return positive ^ (r & 1 ? sign : 0);
}

static inline void
known_answer_vector(uint64_t *state, unsigned lane, union vec128 *v)
{
	for (unsigned i = 0; i < 16u >> lane; i++) {
		uint64_t value = known_answer_random(state);

		if (known_answer_random(state) >> 62)
			value = known_answer_corner(state, lane);
		vec128_set_lane(v, lane, i, value);
	}
}

/* Operands of the next case, for an instruction whose source lanes are of `1 << lane` bytes. */
static inline void
known_answer_next(uint64_t *state, unsigned lane, struct known_answer_operands *o)
{
	unsigned choice = (unsigned)(known_answer_random(state) >> 60);

	/* Narrowing instructions have sources of twice the lane size. */
	if (choice % 4 == 0)
		lane = (lane + 1) & 3;
	known_answer_vector(state, lane, &o->a);
	known_answer_vector(state, lane, &o->b);
	known_answer_vector(state, lane, &o->c);
	/* Equal and opposite operands, whose sum or difference is zero. */
	if (choice == 1)
		o->b = o->a;
	if (choice == 2)
		o->c.d[0] = o->a.d[0] ^ UINT64_C(0x8000000080000000);
}

/* FNV-1a over a result and its flags. */
static inline uint64_t
known_answer_digest(uint64_t digest, const union vec128 *d, uint32_t flags)
{
	for (unsigned i = 0; i < 20; i++) {
		uint8_t byte = i < 16 ? d->b[i] : (uint8_t)(flags >> 8 * (i - 16));

		digest = (digest ^ byte) * UINT64_C(0x100000001b3);
	}
	return digest;
}
#define KNOWN_ANSWER_DIGEST_START UINT64_C(0xcbf29ce484222325)

#endif
