// SPDX-License-Identifier: Apache-2.0
//
// Advanced SIMD by intrinsics, over pseudo-random vectors with corner values: every group of instructions gives a digest.
// The expected output was made by qemu-aarch64.

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#ifdef __aarch64__
#include <arm_neon.h>

static uint64_t state = 0x9e3779b97f4a7c15;
static uint64_t digest;

static uint64_t
random_number(void)
{
	static const uint64_t corner[] = { 0, ~0ull, 0x8080808080808080, 0x7f7f7f7f7f7f7f7f,
		0x8000800080008000, 0x8000000080000000, 0x7fffffff7fffffff, 0x8000000000000000,
		0x7fffffffffffffff, 0x0101010101010101 };

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % 7 == 0 ? corner[state / 7 % 10] : state;
}

static uint8x16_t
vector(void)
{
	return vreinterpretq_u8_u64(
		vcombine_u64(vcreate_u64(random_number()), vcreate_u64(random_number())));
}

static void
mix(uint8x16_t v)
{
	uint64x2_t w = vreinterpretq_u64_u8(v);

	digest = (digest ^ vgetq_lane_u64(w, 0)) * 0x9e3779b97f4a7c15;
	digest ^= digest >> 29;
	digest = (digest ^ vgetq_lane_u64(w, 1)) * 0xbf58476d1ce4e5b9;
	digest ^= digest >> 32;
}

static void
finish(const char *what)
{
	printf("%-22s %016" PRIx64 "\n", what, digest);
	digest = 0;
}

#define AS(type, v)  vreinterpretq_##type##_u8(v)
#define OUT(type, x) mix(vreinterpretq_u8_##type(x))
#define OUT8(x)      mix(x)
#define D(type, x)   mix(vcombine_u8(vreinterpret_u8_##type(x), vdup_n_u8(0)))

#define LANES_2(op, t) OUT(t, op##_##t(AS(t, a), AS(t, b)))
#define ALL_BUT_64(op)               \
	do {                         \
		LANES_2(op, s8);     \
		LANES_2(op, s16);    \
		LANES_2(op, s32);    \
		LANES_2(op, u16);    \
		LANES_2(op, u32);    \
		OUT8(op##_u8(a, b)); \
	} while (0)
#define ALL(op)                   \
	do {                      \
		ALL_BUT_64(op);   \
		LANES_2(op, s64); \
		LANES_2(op, u64); \
	} while (0)

static void
integer_groups(void)
{
#define GROUP(name, body)                \
	for (int i = 0; i < 300; i++) {  \
		uint8x16_t a = vector(); \
		uint8x16_t b = vector(); \
		(void)b;                 \
		body;                    \
	}                                \
	finish(name)
	GROUP("add sub", ALL(vaddq); ALL(vsubq));
	GROUP("saturating add sub", ALL(vqaddq); ALL(vqsubq));
	GROUP("halving", ALL_BUT_64(vhaddq); ALL_BUT_64(vrhaddq); ALL_BUT_64(vhsubq));
	GROUP("min max", ALL_BUT_64(vminq); ALL_BUT_64(vmaxq); ALL_BUT_64(vabdq));
	GROUP("multiply", ALL_BUT_64(vmulq));
	GROUP("pairwise", ALL(vpaddq); ALL_BUT_64(vpmaxq); ALL_BUT_64(vpminq));
	GROUP("permute", ALL(vzip1q); ALL(vzip2q); ALL(vuzp1q); ALL(vuzp2q); ALL(vtrn1q);
		ALL(vtrn2q));
	GROUP("compare", OUT8(vcgtq_u8(a, b)); OUT8(vcgeq_s8(AS(s8, a), AS(s8, b)));
		OUT(u16, vceqq_u16(AS(u16, a), AS(u16, b)));
		OUT(u32, vcgtq_s32(AS(s32, a), AS(s32, b)));
		OUT(u64, vcgeq_u64(AS(u64, a), AS(u64, b)));
		OUT(u64, vcgtq_s64(AS(s64, a), AS(s64, b))); OUT8(vtstq_u8(a, b)));
	GROUP("shift by register", OUT(s8, vshlq_s8(AS(s8, a), AS(s8, b)));
		OUT(u16, vshlq_u16(AS(u16, a), AS(s16, b)));
		OUT(s32, vrshlq_s32(AS(s32, a), AS(s32, b)));
		OUT(u64, vshlq_u64(AS(u64, a), AS(s64, b)));
		OUT(s16, vqshlq_s16(AS(s16, a), AS(s16, b))); OUT8(vqrshlq_u8(a, AS(s8, b)));
		OUT(s64, vqrshlq_s64(AS(s64, a), AS(s64, b)));
		OUT(u32, vrshlq_u32(AS(u32, a), AS(s32, b))));
	GROUP("shift by immediate", OUT8(vshlq_n_u8(a, 3)); OUT(s8, vshrq_n_s8(AS(s8, a), 5));
		OUT(u16, vrshrq_n_u16(AS(u16, a), 16));
		OUT(s32, vsraq_n_s32(AS(s32, a), AS(s32, b), 31));
		OUT(u64, vsriq_n_u64(AS(u64, a), AS(u64, b), 7));
		OUT(u16, vsliq_n_u16(AS(u16, a), AS(u16, b), 9)); OUT8(vqshluq_n_s8(AS(s8, a), 2));
		OUT(s64, vrsraq_n_s64(AS(s64, a), AS(s64, b), 64)));
	GROUP("narrow", D(s8, vqmovn_s16(AS(s16, a))); D(u16, vqmovun_s32(AS(s32, a)));
		D(u32, vqmovn_u64(AS(u64, a))); D(s16, vqrshrn_n_s32(AS(s32, a), 5));
		OUT8(vqshrun_high_n_s16(vget_low_u8(b), AS(s16, a), 4));
		D(u16, vaddhn_u32(AS(u32, a), AS(u32, b)));
		D(s32, vrsubhn_s64(AS(s64, a), AS(s64, b)));
		mix(vcombine_u8(vrshrn_n_u16(AS(u16, a), 8), vmovn_u16(AS(u16, b)))));
	GROUP("widen", OUT(u16, vmovl_u8(vget_low_u8(a))); OUT(s32, vmovl_high_s16(AS(s16, a)));
		OUT(u64, vaddl_high_u32(AS(u32, a), AS(u32, b)));
		OUT(s16, vsubw_s8(AS(s16, a), vget_low_s8(AS(s8, b))));
		OUT(u32, vmull_high_u16(AS(u16, a), AS(u16, b)));
		OUT(s64, vmlal_high_s32(AS(s64, a), AS(s32, b), AS(s32, a)));
		OUT(s32, vqdmull_high_s16(AS(s16, a), AS(s16, b)));
		OUT(s64, vqdmlsl_high_s32(AS(s64, a), AS(s32, b), AS(s32, b)));
		OUT(u16, vabal_high_u8(AS(u16, a), b, a));
		OUT(s32, vpadalq_s16(AS(s32, a), AS(s16, b))); OUT(u64, vpaddlq_u32(AS(u32, a))));
	GROUP("doubling high", OUT(s16, vqdmulhq_s16(AS(s16, a), AS(s16, b)));
		OUT(s32, vqrdmulhq_s32(AS(s32, a), AS(s32, b)));
		OUT(s16, vqdmulhq_laneq_s16(AS(s16, a), AS(s16, b), 7));
		OUT(u32, vmlaq_laneq_u32(AS(u32, a), AS(u32, b), AS(u32, a), 3)));
	GROUP("unary", OUT(s8, vabsq_s8(AS(s8, a))); OUT(s64, vqnegq_s64(AS(s64, a)));
		OUT(s16, vqabsq_s16(AS(s16, a))); OUT8(vcntq_u8(a)); OUT(s8, vclsq_s8(AS(s8, a)));
		OUT(u32, vclzq_u32(AS(u32, a))); OUT8(vrbitq_u8(a)); OUT8(vrev64q_u8(a));
		OUT8(vrev16q_u8(a)); OUT(u16, vrev32q_u16(AS(u16, a)));
		OUT(u32, vrecpeq_u32(AS(u32, a))); OUT(u32, vrsqrteq_u32(AS(u32, a))));
	GROUP("across lanes", digest += vaddvq_u8(a) + vaddlvq_s16(AS(s16, a)) +
					vmaxvq_u32(AS(u32, a)) + vminvq_s8(AS(s8, b)) +
					vaddvq_u64(AS(u64, b)) + (uint64_t)vaddlvq_s32(AS(s32, a)));
	GROUP("table", uint8x16x2_t t2; t2.val[0] = a; t2.val[1] = b; uint8x16x4_t t4;
		t4.val[0] = b; t4.val[1] = a; t4.val[2] = b; t4.val[3] = a;
		uint8x16_t index = vandq_u8(vector(), vdupq_n_u8(0x5f)); OUT8(vqtbl1q_u8(a, index));
		OUT8(vqtbl2q_u8(t2, index)); OUT8(vqtbx4q_u8(a, t4, index));
		OUT8(vqtbx1q_u8(b, a, b)); OUT8(vextq_u8(a, b, 5)));
	GROUP("bitwise", OUT8(vbslq_u8(a, b, vector())); OUT8(vbicq_u8(a, b)); OUT8(vornq_u8(a, b));
		OUT8(veorq_u8(a, b)); OUT8(vmvnq_u8(a)));
	GROUP("polynomial", OUT(p8, vmulq_p8(AS(p8, a), AS(p8, b)));
		OUT(p16, vmull_high_p8(AS(p8, a), AS(p8, b))));
}

static void
structure_loads(void)
{
	uint8_t memory[512];
	uint8_t out[512];

	for (size_t i = 0; i < sizeof(memory); i += 8) {
		uint64_t r = random_number();

		memcpy(memory + i, &r, 8);
	}
	uint8x16x3_t three = vld3q_u8(memory + 1);
	uint16x8x4_t four = vld4q_u16((const uint16_t *)(memory + 64));
	uint32x4x2_t two = vld2q_u32((const uint32_t *)(memory + 4));
	for (int i = 0; i < 3; i++) {
		mix(three.val[i]);
	}
	for (int i = 0; i < 4; i++) {
		OUT(u16, four.val[i]);
	}
	OUT(u32, two.val[1]);
	OUT8(vld1q_dup_u8(memory + 77));
	OUT(u16, vld1q_lane_u16((const uint16_t *)(memory + 10), four.val[0], 5));
	uint64x2x3_t dup = vld3q_dup_u64((const uint64_t *)(memory + 8));
	OUT(u64, dup.val[2]);
	four = vld4q_lane_u16((const uint16_t *)(memory + 32), four, 3);
	memset(out, 0, sizeof(out));
	vst3q_u8(out + 3, three);
	vst4q_u16((uint16_t *)(out + 128), four);
	vst2q_lane_u32((uint32_t *)(out + 300), two, 2);
	vst1q_u8_x4(out + 320, vld1q_u8_x4(memory + 200));
	for (size_t i = 0; i < sizeof(out); i += 16) {
		mix(vld1q_u8(out + i));
	}
	finish("structure loads");
}

static double
random_double(void)
{
	static const double corner[] = { 0.0, -0.0, 1.0, -1.5, 0x1p-1074, 0x1.8p1023, -0x1p-1022,
		2.5, 1e308, __builtin_inf(), -__builtin_inf(), __builtin_nan("12"),
		__builtin_nans("5"), 0x1.fffffep127, 4294967295.5, -2147483649.0 };
	uint64_t r = random_number();
	double d;

	if (r % 3 == 0) {
		return corner[r / 3 % 16];
	}
	if (r % 3 == 1) {
		return (double)(int64_t)(r >> 20) / 4096.0;
	}
	memcpy(&d, &r, 8);
	return d;
}

static void
float_groups(void)
{
	for (int i = 0; i < 2000; i++) {
		float64x2_t a =
			vcombine_f64(vdup_n_f64(random_double()), vdup_n_f64(random_double()));
		float64x2_t b =
			vcombine_f64(vdup_n_f64(random_double()), vdup_n_f64(random_double()));
		float64x2_t c = vdupq_n_f64(random_double());

		OUT(f64, vaddq_f64(a, b));
		OUT(f64, vsubq_f64(a, b));
		OUT(f64, vmulq_f64(a, b));
		OUT(f64, vdivq_f64(a, b));
		OUT(f64, vsqrtq_f64(a));
		OUT(f64, vfmaq_f64(a, b, c));
		OUT(f64, vfmsq_f64(a, b, c));
		OUT(f64, vmulxq_f64(a, b));
		OUT(f64, vmaxq_f64(a, b));
		OUT(f64, vminnmq_f64(a, b));
		OUT(f64, vpaddq_f64(a, b));
		OUT(f64, vrecpeq_f64(a));
		OUT(f64, vrsqrtsq_f64(a, b));
		OUT(f64, vabdq_f64(a, b));
		OUT(u64, vcgeq_f64(a, b));
		OUT(u64, vcaltq_f64(a, b));
		OUT(s64, vcvtq_s64_f64(a));
		OUT(u64, vcvtaq_u64_f64(a));
		OUT(s64, vcvtmq_s64_f64(a));
		OUT(u64, vcvtq_n_u64_f64(a, 13));
		OUT(f64, vrndiq_f64(a));
		OUT(f64, vrndaq_f64(a));
		D(f32, vcvt_f32_f64(a));
		D(f32, vcvtx_f32_f64(a));
	}
	finish("double vectors");
	for (int i = 0; i < 2000; i++) {
		float32x4_t a = vcombine_f32(
			vcvt_f32_f64(vdupq_n_f64(random_double())), vcreate_f32(random_number()));
		float32x4_t b = vcombine_f32(
			vcreate_f32(random_number()), vcvt_f32_f64(vdupq_n_f64(random_double())));

		OUT(f32, vaddq_f32(a, b));
		OUT(f32, vmulq_f32(a, b));
		OUT(f32, vdivq_f32(a, b));
		OUT(f32, vsqrtq_f32(a));
		OUT(f32, vfmaq_f32(a, b, a));
		OUT(f32, vmaxnmq_f32(a, b));
		OUT(f32, vrecpeq_f32(a));
		OUT(f32, vrsqrteq_f32(a));
		OUT(f32, vrecpsq_f32(a, b));
		OUT(f32, vmulq_laneq_f32(a, b, 2));
		OUT(u32, vcgtq_f32(a, b));
		OUT(u32, vcvtnq_u32_f32(a));
		OUT(s32, vcvtq_s32_f32(b));
		OUT(f32, vcvtq_n_f32_s32(vreinterpretq_s32_f32(a), 5));
		OUT(f32, vcvtq_f32_u32(vreinterpretq_u32_f32(a)));
		OUT(f64, vcvt_high_f64_f32(a));
		D(f16, vcvt_f16_f32(a));
		OUT(f32, vcvt_f32_f16(vreinterpret_f16_f32(vget_low_f32(a))));
		D(f32, vpmax_f32(vget_low_f32(a), vget_low_f32(b)));
		digest += (uint64_t)(uint32_t)vmaxvq_f32(vrndq_f32(
				  vminq_f32(vmaxq_f32(a, vdupq_n_f32(-1e6F)), vdupq_n_f32(1e6F)))) *
			  3;
	}
	finish("float vectors");
}

int
main(void)
{
	integer_groups();
	structure_loads();
	float_groups();
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
