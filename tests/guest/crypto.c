// SPDX-License-Identifier: Apache-2.0
// guest-flags: -march=armv8-a+crypto+crc
//
// The cryptographic and CRC32 instructions against the same functions computed bit by bit, and against published values.

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

static uint32_t
crc_bits(uint32_t crc, uint32_t polynomial, const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++) {
			crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
		}
	}
	return crc;
}

static void
print_bytes(const char *what, const void *data, size_t n)
{
	const unsigned char *bytes = data;

	printf("%-8s ", what);
	for (size_t i = 0; i < n; i++) {
		printf("%02x", bytes[i]);
	}
	printf("\n");
}

#ifdef __aarch64__
#include <arm_acle.h>
#include <arm_neon.h>

static uint32_t
crc_instructions(uint32_t crc, const unsigned char *data, size_t n, int castagnoli)
{
	uint64_t d;
	uint32_t w;
	uint16_t h;

	for (; n >= 15; n -= 15, data += 15) {
		memcpy(&d, data, 8);
		memcpy(&w, data + 8, 4);
		memcpy(&h, data + 12, 2);
		if (castagnoli) {
			crc = __crc32cb(__crc32ch(__crc32cw(__crc32cd(crc, d), w), h), data[14]);
		} else {
			crc = __crc32b(__crc32h(__crc32w(__crc32d(crc, d), w), h), data[14]);
		}
	}
	for (; n > 0; n--, data++) {
		crc = castagnoli ? __crc32cb(crc, *data) : __crc32b(crc, *data);
	}
	return crc;
}

static void
aes_block(const unsigned char *key_schedule, const unsigned char *in, unsigned char *out)
{
	uint8x16_t block = vld1q_u8(in);

	for (int round = 0; round < 9; round++) {
		block = vaesmcq_u8(vaeseq_u8(block, vld1q_u8(key_schedule + (size_t)round * 16)));
	}
	block = veorq_u8(
		vaeseq_u8(block, vld1q_u8(key_schedule + 144)), vld1q_u8(key_schedule + 160));
	vst1q_u8(out, block);
}

static void
aes_inverse_block(const unsigned char *key_schedule, const unsigned char *in, unsigned char *out)
{
	uint8x16_t block = vaesdq_u8(vld1q_u8(in), vld1q_u8(key_schedule + 160));

	for (int round = 9; round > 0; round--) {
		block = vaesdq_u8(vaesimcq_u8(block),
			vaesimcq_u8(vld1q_u8(key_schedule + (size_t)round * 16)));
	}
	vst1q_u8(out, veorq_u8(block, vld1q_u8(key_schedule)));
}

/* SubBytes of one word by AESE with a zero key, whose ShiftRows does nothing to equal columns. */
static uint32_t
substitute(uint32_t w)
{
	uint8x16_t v = vaeseq_u8(vreinterpretq_u8_u32(vdupq_n_u32(w)), vdupq_n_u8(0));

	return vgetq_lane_u32(vreinterpretq_u32_u8(v), 0);
}

static void
aes(void)
{
	static const unsigned char key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
		15 };
	unsigned char text[16];
	unsigned char out[16];
	uint32_t w[44];
	uint32_t constant = 1;

	for (int i = 0; i < 16; i++) {
		text[i] = (unsigned char)(i * 0x11);
	}
	memcpy(w, key, 16);
	for (int i = 4; i < 44; i++) {
		uint32_t t = w[i - 1];

		if (i % 4 == 0) {
			t = substitute(t >> 8 | t << 24) ^ constant;
			constant = constant << 1 ^ (constant & 0x80 ? 0x11b : 0);
		}
		w[i] = w[i - 4] ^ t;
	}
	aes_block((unsigned char *)w, text, out);
	print_bytes("aes128", out, 16);
	aes_inverse_block((unsigned char *)w, out, out);
	print_bytes("inverse", out, 16);
}

// clang-format off
static const uint32_t sha256_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
	0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
	0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};
// clang-format on

/* One block: "abc" with its padding. */
static void
padded_abc(unsigned char block[64])
{
	memset(block, 0, 64);
	memcpy(block, "abc\x80", 4);
	block[63] = 24;
}

static uint32x4_t
big_endian_words(const unsigned char *p)
{
	return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p)));
}

static void
sha256(void)
{
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	unsigned char block[64];
	uint32x4_t message[4];
	uint32x4_t abcd = vld1q_u32(start);
	uint32x4_t efgh = vld1q_u32(start + 4);
	uint32_t out[8];

	padded_abc(block);
	for (int i = 0; i < 4; i++) {
		message[i] = big_endian_words(block + (size_t)i * 16);
	}
	for (int i = 0; i < 16; i++) {
		uint32x4_t sum =
			vaddq_u32(message[i % 4], vld1q_u32(sha256_constants + (size_t)i * 4));
		uint32x4_t old = abcd;

		abcd = vsha256hq_u32(abcd, efgh, sum);
		efgh = vsha256h2q_u32(efgh, old, sum);
		message[i % 4] =
			vsha256su1q_u32(vsha256su0q_u32(message[i % 4], message[(i + 1) % 4]),
				message[(i + 2) % 4], message[(i + 3) % 4]);
	}
	vst1q_u32(out, vaddq_u32(abcd, vld1q_u32(start)));
	vst1q_u32(out + 4, vaddq_u32(efgh, vld1q_u32(start + 4)));
	for (int i = 0; i < 8; i++) {
		out[i] = __builtin_bswap32(out[i]);
	}
	print_bytes("sha256", out, 32);
}

static void
sha1(void)
{
	static const uint32_t start[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
		0xc3d2e1f0 };
	static const uint32_t constants[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
	unsigned char block[64];
	uint32x4_t message[4];
	uint32x4_t abcd = vld1q_u32(start);
	uint32_t e = start[4];
	uint32_t out[5];

	padded_abc(block);
	for (int i = 0; i < 4; i++) {
		message[i] = big_endian_words(block + (size_t)i * 16);
	}
	for (int i = 0; i < 20; i++) {
		uint32x4_t sum = vaddq_u32(message[i % 4], vdupq_n_u32(constants[i / 5]));
		uint32_t next = vsha1h_u32(vgetq_lane_u32(abcd, 0));

		if (i < 5) {
			abcd = vsha1cq_u32(abcd, e, sum);
		} else if (i / 5 == 2) {
			abcd = vsha1mq_u32(abcd, e, sum);
		} else {
			abcd = vsha1pq_u32(abcd, e, sum);
		}
		e = next;
		message[i % 4] = vsha1su1q_u32(
			vsha1su0q_u32(message[i % 4], message[(i + 1) % 4], message[(i + 2) % 4]),
			message[(i + 3) % 4]);
	}
	vst1q_u32(out, vaddq_u32(abcd, vld1q_u32(start)));
	out[4] = e + start[4];
	for (int i = 0; i < 5; i++) {
		out[i] = __builtin_bswap32(out[i]);
	}
	print_bytes("sha1", out, 20);
}

static void
carry_less_product(void)
{
	static const uint64_t pairs[][2] = { { 3, 3 }, { ~0ull, ~0ull }, { 0x8000000000000000, 2 },
		{ 0x123456789abcdef0, 0xfedcba9876543210 } };

	for (size_t i = 0; i < 4; i++) {
		poly128_t got = vmull_p64(pairs[i][0], pairs[i][1]);
		unsigned __int128 want = 0;

		for (int bit = 0; bit < 64; bit++) {
			if (pairs[i][0] >> bit & 1) {
				want ^= (unsigned __int128)pairs[i][1] << bit;
			}
		}
		printf("pmull %016" PRIx64 "%016" PRIx64 " %d\n", (uint64_t)(got >> 64),
			(uint64_t)got, (unsigned __int128)got == want);
	}
}

int
main(void)
{
	unsigned char data[1000];
	unsigned long capabilities = getauxval(AT_HWCAP);

	printf("FP ASIMD AES PMULL SHA1 SHA2 CRC32: %d\n", (capabilities & 0xfb) == 0xfb);
	for (size_t i = 0; i < sizeof(data); i++) {
		data[i] = (unsigned char)(i * i + 7 * i);
	}
	for (size_t n = 0; n < sizeof(data); n += 83) {
		uint32_t a = ~crc_instructions(~0u, data, n, 0);
		uint32_t b = ~crc_instructions(~0u, data, n, 1);

		printf("crc32 %08x %d crc32c %08x %d\n", a,
			a == ~crc_bits(~0u, 0xedb88320, data, n), b,
			b == ~crc_bits(~0u, 0x82f63b78, data, n));
	}
	aes();
	sha1();
	sha256();
	carry_less_product();
	return 0;
}
#else
int
main(void)
{
	(void)crc_bits;
	(void)print_bytes;
	puts("this program is about arm64's instructions");
	return 1;
}
#endif
