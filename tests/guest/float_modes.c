// SPDX-License-Identifier: Apache-2.0
//
// Scalar floating point under every FPCR mode: rounding, flush-to-zero, default NaN, alternative half precision; results, NaN
// payloads and the FPSR flags of each. The expected output was made by qemu-aarch64.

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#ifdef __aarch64__

// clang-format off
static const uint64_t corner[] = {
	0x0000000000000000, 0x8000000000000000, 0x3ff0000000000000, 0xbff8000000000000, 0x0000000000000001,
	0x800fffffffffffff, 0x0010000000000000, 0x7fefffffffffffff, 0x7ff0000000000000, 0xfff0000000000000,
	0x7ff8000000000123, 0x7ff0000000000456, 0xfff4000000000789, 0x3fd5555555555555, 0x41dfffffffe00000,
	0xc1e0000000200000, 0x43e0000000000000, 0x4004000000000000, 0x380fffffe0000000, 0x3f00000000000001,
};
// clang-format on
enum { CORNERS = sizeof(corner) / sizeof(corner[0]) };

static uint64_t digest;
static uint64_t flags_digest;

static void
mix(uint64_t value)
{
	uint64_t flags;

	__asm__ volatile("mrs %0, fpsr\n\tmsr fpsr, xzr" : "=r"(flags));
	digest = (digest ^ value) * 0x9e3779b97f4a7c15;
	digest ^= digest >> 31;
	flags_digest = (flags_digest ^ (flags & 0x9f)) * 0xbf58476d1ce4e5b9;
	flags_digest ^= flags_digest >> 29;
}

#define D2(instruction)                                                       \
	{                                                                     \
		uint64_t r;                                                   \
		__asm__ volatile("fmov d0, %1\n\tfmov d1, %2\n\t" instruction \
				 " d2, d0, d1\n\tfmov %0, d2"                 \
				 : "=r"(r)                                    \
				 : "r"(a), "r"(b)                             \
				 : "v0", "v1", "v2");                         \
		mix(r);                                                       \
	}
#define S2(instruction)                                                               \
	{                                                                             \
		uint64_t r;                                                           \
		__asm__ volatile("fmov s0, %w1\n\tfmov s1, %w2\n\t" instruction       \
				 " s2, s0, s1\n\tfmov %0, d2"                         \
				 : "=r"(r)                                            \
				 : "r"((uint32_t)(a >> 32)), "r"((uint32_t)(b >> 32)) \
				 : "v0", "v1", "v2");                                 \
		mix(r);                                                               \
	}
#define D3(instruction)                                                                      \
	{                                                                                    \
		uint64_t r;                                                                  \
		__asm__ volatile("fmov d0, %1\n\tfmov d1, %2\n\tfmov d3, %3\n\t" instruction \
				 " d2, d0, d1, d3\n\tfmov %0, d2"                            \
				 : "=r"(r)                                                   \
				 : "r"(a), "r"(b), "r"(a ^ 0x0008000000000011)               \
				 : "v0", "v1", "v2", "v3");                                  \
		mix(r);                                                                      \
	}
#define D1(instruction)                                                                 \
	{                                                                               \
		uint64_t r;                                                             \
		__asm__ volatile("fmov d0, %1\n\t" instruction " d2, d0\n\tfmov %0, d2" \
				 : "=r"(r)                                              \
				 : "r"(a)                                               \
				 : "v0", "v2");                                         \
		mix(r);                                                                 \
	}
#define TO_INTEGER(instruction, width, register)                                             \
	{                                                                                    \
		uint64_t r;                                                                  \
		__asm__ volatile("fmov d0, %1\n\t" instruction " %" width "0, " register "0" \
				 : "=r"(r)                                                   \
				 : "r"(a)                                                    \
				 : "v0");                                                    \
		mix(r);                                                                      \
	}
#define FROM_INTEGER(instruction, width, register)                                        \
	{                                                                                 \
		uint64_t r;                                                               \
		__asm__ volatile(instruction " " register "2, %" width "1\n\tfmov %0, d2" \
				 : "=r"(r)                                                \
				 : "r"(a)                                                 \
				 : "v2");                                                 \
		mix(r);                                                                   \
	}
#define CONVERT(instruction, to, from)                                           \
	{                                                                        \
		uint64_t r;                                                      \
		__asm__ volatile("fmov d0, %1\n\t" instruction " " to "2, " from \
				 "0\n\tfmov %0, d2"                              \
				 : "=r"(r)                                       \
				 : "r"(a)                                        \
				 : "v0", "v2");                                  \
		mix(r);                                                          \
	}
#define COMPARE(instruction)                                                  \
	{                                                                     \
		uint64_t r;                                                   \
		__asm__ volatile("fmov d0, %1\n\tfmov d1, %2\n\t" instruction \
				 " d0, d1\n\tmrs %0, nzcv"                    \
				 : "=r"(r)                                    \
				 : "r"(a), "r"(b)                             \
				 : "v0", "v1", "cc");                         \
		mix(r);                                                       \
	}

static void
two_operands(uint64_t a, uint64_t b)
{
	D2("fadd")
	D2("fsub")
	D2("fmul")
	D2("fdiv")
	D2("fnmul") D2("fmax") D2("fmin") D2("fmaxnm") D2("fminnm") D2("fmulx") D2("fabd")
		D2("frecps") D2("frsqrts") S2("fadd") S2("fsub") S2("fmul") S2("fdiv") S2("fmax")
			S2("fminnm") S2("fmulx") S2("frecps") D3("fmadd") D3("fmsub") D3("fnmadd")
				D3("fnmsub") COMPARE("fcmp") COMPARE("fcmpe")
}

static void
one_operand(uint64_t a)
{
	D1("fsqrt")
	D1("fneg")
	D1("fabs")
	D1("frinti")
	D1("frintx") D1("frinta") D1("frintn") D1("frintz") D1("frintm") D1("frintp") D1(
		"frecpe") D1("frsqrte") D1("frecpx") TO_INTEGER("fcvtzs", "", "d")
		TO_INTEGER("fcvtzs", "w", "d") TO_INTEGER("fcvtzu", "", "d") TO_INTEGER(
			"fcvtzu", "w", "d") TO_INTEGER("fcvtns", "", "d") TO_INTEGER("fcvtau", "w",
			"d") TO_INTEGER("fcvtms", "w", "d") TO_INTEGER("fcvtpu", "",
			"d") TO_INTEGER("fcvtzs", "", "s") TO_INTEGER("fcvtas", "w", "s")
			FROM_INTEGER("scvtf", "", "d") FROM_INTEGER("ucvtf", "", "d") FROM_INTEGER(
				"scvtf", "", "s") FROM_INTEGER("ucvtf", "", "s")
				FROM_INTEGER("ucvtf", "w", "s") FROM_INTEGER("scvtf", "w", "d")
					CONVERT("fcvt", "s", "d") CONVERT("fcvt", "d", "s")
						CONVERT("fcvt", "h", "d") CONVERT("fcvt", "h", "s")
							CONVERT("fcvt", "s", "h")
								CONVERT("fcvt", "d", "h")
}

static void
with_mode(uint64_t fpcr)
{
	digest = 0;
	flags_digest = 0;
	__asm__ volatile("msr fpcr, %0\n\tmsr fpsr, xzr" : : "r"(fpcr));
	for (int i = 0; i < CORNERS; i++) {
		for (int j = 0; j < CORNERS; j++) {
			two_operands(corner[i], corner[j]);
		}
		one_operand(corner[i]);
		one_operand(corner[i] >> 32);
		one_operand(corner[i] >> 48);
	}
	__asm__ volatile("msr fpcr, xzr");
	printf("fpcr %08" PRIx64 ": results %016" PRIx64 " flags %016" PRIx64 "\n", fpcr, digest,
		flags_digest);
}

int
main(void)
{
	for (uint64_t rounding = 0; rounding < 4; rounding++) {
		with_mode(rounding << 22);
		with_mode(rounding << 22 | 1 << 24);
		with_mode(rounding << 22 | 1 << 25);
		with_mode(rounding << 22 | 3 << 24);
	}
	with_mode(1 << 26);
	with_mode(7 << 24);
	return 0;
}
#else
int
main(void)
{
	puts("this program is about arm64's instructions");
	return 1;
}
#endif
