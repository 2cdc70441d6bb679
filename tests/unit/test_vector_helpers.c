// SPDX-License-Identifier: Apache-2.0
//
// The vector helpers against what real instructions gave for the same operands (see
// known_answer_inputs.h), in every form of A64, with FPSR flags, under all FPCR modes; and against
// the host's own AES, SHA, PCLMULQDQ and CRC32 instructions.
#include <criterion/criterion.h>
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#include "ir/vector_helpers.h"
#include "tests/unit/known_answer_inputs.h"

struct form {
	uint8_t helper, shape, lane, to, amount, rounding;
	const char *text;
};

#define HELPER_ROUND_NEAREST FLOAT_ROUND_NEAREST
#define FLOAT_ROUND_CURRENT  8

static const struct form forms[] = {
#define FORM(helper, shape, lane, to, amount, rounding, text) \
	{ HELPER_##helper, HELPER_##shape, lane, to, amount, FLOAT_ROUND_##rounding, text },
#include "tests/unit/known_answer_forms.def"
#undef FORM
};
#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

static const uint64_t known_digests[] = {
#include "tests/unit/known_answers.def"
};
_Static_assert(sizeof(known_digests) / sizeof(known_digests[0]) == FORM_COUNT,
	"known_answers.def was made from another known_answer_forms.def");

/* The unit mode bits of an FPCR value. */
static uint32_t
mode_of_fpcr(uint32_t fpcr)
{
	return (fpcr >> 22 & IR_MODE_ROUNDING) | (fpcr & 1u << 24 ? IR_MODE_FLUSH : 0) |
	       (fpcr & 1u << 25 ? IR_MODE_DEFAULT_NAN : 0) |
	       (fpcr & 1u << 26 ? IR_MODE_ALTERNATIVE_HALF : 0);
}

static uint64_t
imm_of_form(const struct form *f, uint32_t fpcr)
{
	uint32_t mode = mode_of_fpcr(fpcr);
	unsigned rounding =
		f->rounding == FLOAT_ROUND_CURRENT ? mode & IR_MODE_ROUNDING : f->rounding;

	return helper_imm_convert((enum helper_shape)f->shape, f->lane, f->to, f->amount,
		(enum float_rounding)rounding, mode);
}

static uint64_t
digest_of_form(const struct form *f)
{
	uint64_t state = KNOWN_ANSWER_SEED, digest = KNOWN_ANSWER_DIGEST_START;

	for (unsigned i = 0; i < KNOWN_ANSWER_CASES; i++) {
		uint32_t fpcr = known_answer_fpcr[i % KNOWN_ANSWER_MODES];
		struct known_answer_operands o;
		union vec128 d;
		uint32_t flags;

		known_answer_next(&state, f->lane, &o);
		memset(&d, 0xa5, sizeof(d));
		flags = helper_table[f->helper].function(
			&d, &o.a, &o.b, &o.c, imm_of_form(f, fpcr));
		digest = known_answer_digest(digest, &d, flags);
	}
	return digest;
}

Test(vector_helpers, give_what_the_instructions_give)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < FORM_COUNT; i++) {
		if (digest_of_form(&forms[i]) == known_digests[i])
			continue;
		wrong++;
		cr_log_error(
			"%s: differs from: %s", helper_table[forms[i].helper].name, forms[i].text);
	}
	cr_assert(wrong == 0, "%u of %zu forms differ", wrong, FORM_COUNT);
}

Test(vector_helpers, every_helper_has_a_known_form)
{
	bool seen[HELPER_COUNT] = { false };

	for (size_t i = 0; i < FORM_COUNT; i++)
		seen[forms[i].helper] = true;
	seen[HELPER_sha256rounds2] = true; /* half an instruction: check_sha() */
	for (unsigned h = 0; h < HELPER_COUNT; h++)
		cr_expect(seen[h], "no form for %s", helper_table[h].name);
}

/*
 * The promises of vector_helpers.h: d may be any operand, unread operands may be NULL, flags are as
 * declared.
 */
Test(vector_helpers, keep_the_calling_contract)
{
	static const uint32_t allowed[] = {
		[HELPER_RETURNS_NOTHING] = 0,
		[HELPER_RETURNS_QC] = FPSR_QC,
		[HELPER_RETURNS_FPSR] =
			FPSR_IOC | FPSR_DZC | FPSR_OFC | FPSR_UFC | FPSR_IXC | FPSR_IDC,
	};
	uint64_t state = 7;

	for (size_t i = 0; i < FORM_COUNT; i++) {
		const struct helper_info *h = &helper_table[forms[i].helper];

		for (unsigned n = 0; n < 20; n++) {
			uint64_t imm = imm_of_form(&forms[i], known_answer_fpcr[n % 10]);
			struct known_answer_operands o, alias;
			union vec128 d, expected;
			uint32_t flags;

			known_answer_next(&state, forms[i].lane, &o);
			flags = h->function(&expected, &o.a, &o.b, &o.c, imm);
			cr_assert((flags & ~allowed[h->result]) == 0, "%s", h->name);
			alias = o;
			h->function(&alias.a, &alias.a, &alias.b, &alias.c, imm);
			cr_assert(memcmp(&alias.a, &expected, 16) == 0, "%s: d is a", h->name);
			alias = o;
			h->function(&alias.b, &alias.a, &alias.b, &alias.c, imm);
			cr_assert(memcmp(&alias.b, &expected, 16) == 0, "%s: d is b", h->name);
			alias = o;
			h->function(&alias.c, &alias.a, &alias.b, &alias.c, imm);
			cr_assert(memcmp(&alias.c, &expected, 16) == 0, "%s: d is c", h->name);
			h->function(&d, &o.a, h->operands > 1 ? &o.b : NULL,
				h->operands > 2 ? &o.c : NULL, imm);
			cr_assert(memcmp(&d, &expected, 16) == 0, "%s: unread operands", h->name);
		}
	}
}

static union vec128
random_vector(uint64_t *state)
{
	union vec128 v;

	v.d[0] = known_answer_random(state);
	v.d[1] = known_answer_random(state);
	return v;
}

static __m128i
to_host(union vec128 v)
{
	return _mm_load_si128((const __m128i *)&v);
}

static union vec128
from_host(__m128i x)
{
	union vec128 v;

	_mm_store_si128((__m128i *)&v, x);
	return v;
}

#define EXPECT_VECTOR(actual, expected, name) \
	cr_assert((actual).d[0] == (expected).d[0] && (actual).d[1] == (expected).d[1], name)

__attribute__((target("aes"))) static void
check_aes(void)
{
	uint64_t state = 11;
	__m128i zero = _mm_setzero_si128();

	for (unsigned i = 0; i < 1000; i++) {
		union vec128 a = random_vector(&state), b = random_vector(&state), d, x;

		x.d[0] = a.d[0] ^ b.d[0];
		x.d[1] = a.d[1] ^ b.d[1];
		helper_aese(&d, &a, &b, NULL, 0);
		EXPECT_VECTOR(d, from_host(_mm_aesenclast_si128(to_host(x), zero)), "aese");
		helper_aesd(&d, &a, &b, NULL, 0);
		EXPECT_VECTOR(d, from_host(_mm_aesdeclast_si128(to_host(x), zero)), "aesd");
		helper_aesimc(&d, &a, NULL, NULL, 0);
		EXPECT_VECTOR(d, from_host(_mm_aesimc_si128(to_host(a))), "aesimc");
		/* The host has no MixColumns alone: a whole round is AESE and AESMC. */
		helper_aese(&d, &a, &b, NULL, 0);
		helper_aesmc(&d, &d, NULL, NULL, 0);
		EXPECT_VECTOR(d, from_host(_mm_aesenc_si128(to_host(x), zero)), "aesmc");
	}
}

Test(vector_helpers, aes_as_the_host_does_it)
{
	if (!__builtin_cpu_supports("aes"))
		cr_skip("the host has no AES instructions");
	check_aes();
}

__attribute__((target("pclmul"))) static void
check_pmull(void)
{
	uint64_t state = 12;

	for (unsigned i = 0; i < 1000; i++) {
		union vec128 a = random_vector(&state), b = random_vector(&state), d;

		helper_pmull(&d, &a, &b, NULL, helper_imm(HELPER_VECTOR64, 3, 0));
		EXPECT_VECTOR(
			d, from_host(_mm_clmulepi64_si128(to_host(a), to_host(b), 0x00)), "pmull");
		helper_pmull(&d, &a, &b, NULL, helper_imm(HELPER_VECTOR128, 3, 0));
		EXPECT_VECTOR(
			d, from_host(_mm_clmulepi64_si128(to_host(a), to_host(b), 0x11)), "pmull2");
	}
}

Test(vector_helpers, pmull_as_the_host_does_it)
{
	if (!__builtin_cpu_supports("pclmul"))
		cr_skip("the host has no PCLMULQDQ");
	check_pmull();
}

__attribute__((target("sse4.2"))) static void
check_crc32c(void)
{
	uint64_t state = 13;

	for (unsigned i = 0; i < 1000; i++) {
		uint32_t acc = (uint32_t)known_answer_random(&state);
		uint64_t value = known_answer_random(&state);

		cr_assert(crc32c_update(acc, value, 1) == _mm_crc32_u8(acc, (uint8_t)value));
		cr_assert(crc32c_update(acc, value, 2) == _mm_crc32_u16(acc, (uint16_t)value));
		cr_assert(crc32c_update(acc, value, 4) == _mm_crc32_u32(acc, (uint32_t)value));
		cr_assert(crc32c_update(acc, value, 8) == (uint32_t)_mm_crc32_u64(acc, value));
	}
}

Test(vector_helpers, crc32c_as_the_host_does_it)
{
	if (!__builtin_cpu_supports("sse4.2"))
		cr_skip("the host has no CRC32 instruction");
	check_crc32c();
}

/* The check value of CRC-32 (ISO 3309), over "123456789", with the usual inversions. */
Test(vector_helpers, crc32_check_value)
{
	const uint8_t text[] = "123456789";
	uint32_t acc = ~0u;
	uint64_t eight;

	memcpy(&eight, text, 8);
	acc = crc32_update(acc, eight, 8);
	acc = crc32_update(acc, text[8], 1);
	cr_assert(~acc == 0xcbf43926);
}

static bool
host_has_sha(void)
{
	unsigned a, b, c, d;

	__asm__("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(7), "c"(0));
	return b >> 29 & 1;
}

/* The host orders words from a downwards, and splits SHA-256's variables as abef, cdgh. */
static __m128i
reversed(union vec128 v)
{
	return _mm_shuffle_epi32(to_host(v), 0x1b);
}

__attribute__((target("sha,sse4.1"))) static void
check_sha(void)
{
	uint64_t state = 14;

	for (unsigned i = 0; i < 1000; i++) {
		union vec128 x = random_vector(&state), y = random_vector(&state);
		union vec128 w = random_vector(&state), d;

		helper_sha256rounds2(&d, &x, &y, &w, 0);
		EXPECT_VECTOR(d,
			from_host(_mm_sha256rnds2_epu32(to_host(x), to_host(y), to_host(w))),
			"sha256rounds2");
		helper_sha256su0(&d, &x, &y, NULL, 0);
		EXPECT_VECTOR(
			d, from_host(_mm_sha256msg1_epu32(to_host(x), to_host(y))), "sha256su0");
	}
}

/*
 * SHA-1 rounds with e and the schedule: the host adds its own constant, which is taken off
 * beforehand.
 */
__attribute__((target("sha,sse4.1"))) static void
check_sha1(void)
{
	static const uint32_t constant[3] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc };
	static helper_function *const function[3] = { helper_sha1c, helper_sha1p, helper_sha1m };
	uint64_t state = 15;

	for (unsigned i = 0; i < 999; i++) {
		union vec128 x = random_vector(&state), e = random_vector(&state);
		union vec128 w = random_vector(&state), d;
		__m128i added, result;

		added = _mm_sub_epi32(to_host(w), _mm_set1_epi32((int)constant[i % 3]));
		added = _mm_shuffle_epi32(added, 0x1b);
		added = _mm_add_epi32(added, _mm_set_epi32(e.ss[0], 0, 0, 0));
		switch (i % 3) {
		case 0: result = _mm_sha1rnds4_epu32(reversed(x), added, 0); break;
		case 1: result = _mm_sha1rnds4_epu32(reversed(x), added, 1); break;
		default: result = _mm_sha1rnds4_epu32(reversed(x), added, 2); break;
		}
		function[i % 3](&d, &x, &e, &w, 0);
		EXPECT_VECTOR(d, from_host(_mm_shuffle_epi32(result, 0x1b)), "sha1c, p, m");
	}
}

Test(vector_helpers, sha_as_the_host_does_it)
{
	if (!host_has_sha())
		cr_skip("the host has no SHA instructions");
	check_sha();
	check_sha1();
}
