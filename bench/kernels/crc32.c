// SPDX-License-Identifier: Apache-2.0
//
// The CRC of Ethernet and zip: by bits, by a table of 256, and by eight tables a word at a time.

#include "kernel.h"

enum { SIZE = 1 << 16 };

static uint32_t tables[8][256];
static unsigned char data[SIZE];

static void
make_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++) {
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
		}
		tables[0][i] = crc;
	}
	for (int t = 1; t < 8; t++) {
		for (int i = 0; i < 256; i++) {
			tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 255];
		}
	}
}

static uint32_t
crc_by_bits(const unsigned char *p, size_t size)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < size; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++) {
			crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
		}
	}
	return ~crc;
}

static uint32_t
crc_by_bytes(const unsigned char *p, size_t size)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < size; i++) {
		crc = crc >> 8 ^ tables[0][(crc ^ p[i]) & 255];
	}
	return ~crc;
}

static uint32_t
crc_by_words(const unsigned char *p, size_t size)
{
	uint32_t crc = 0xffffffff;

	for (; size >= 8; size -= 8, p += 8) {
		uint32_t a;
		uint32_t b;

		memcpy(&a, p, 4);
		memcpy(&b, p + 4, 4);
		a ^= crc;
		crc = tables[7][a & 255] ^ tables[6][a >> 8 & 255] ^ tables[5][a >> 16 & 255] ^
		      tables[4][a >> 24] ^ tables[3][b & 255] ^ tables[2][b >> 8 & 255] ^
		      tables[1][b >> 16 & 255] ^ tables[0][b >> 24];
	}
	for (; size > 0; size--) {
		crc = crc >> 8 ^ tables[0][(crc ^ *p++) & 255];
	}
	return ~crc;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 440);
	uint32_t random = 9;
	uint64_t sum = 0;

	make_tables();
	for (int i = 0; i < SIZE; i++) {
		data[i] = (unsigned char)(kernel_random(&random) >> 9);
	}
	for (unsigned round = 0; round < rounds; round++) {
		uint32_t crc = crc_by_bytes(data, SIZE);

		data[round % SIZE]++;
		for (int i = 0; i < 4; i++) {
			crc ^= crc_by_words(data + i, SIZE - 4);
		}
		crc += crc_by_bits(data, SIZE / 8);
		sum = kernel_mix(sum, crc);
	}
	kernel_report("crc32", sum);
	return 0;
}
