// SPDX-License-Identifier: Apache-2.0
//
// Compression in the manner of LZ77 with a hash of three bytes and byte-aligned output, and its decompression.
//
// The output is a sequence of: a control byte 0..127: so many literals + 1 follow; or a byte 128 + length - 4 and two bytes
// of distance.

#include "kernel.h"

enum { SIZE = 200000, HASHES = 1 << 14, NEAREST = 4, LONGEST = 127 + 4, CHAIN = 8 };

static unsigned char text[SIZE];
static unsigned char packed[SIZE * 2];
static unsigned char unpacked[SIZE];
static int head[HASHES];
static int previous[SIZE];

static void
make_text(uint32_t *random)
{
	static const char *const words[] = { "the ", "interpreter ", "spoke ", "for ", "a ",
		"foreigner ", "at ", "court, ", "and ", "carried ", "his ", "words ", "back. ",
		"1234", "567 ", "\n" };
	size_t n = 0;

	while (n < SIZE) {
		const char *word = words[kernel_random(random) >> 11 & 15];

		for (; *word != 0 && n < SIZE; word++) {
			text[n++] = (unsigned char)*word;
		}
		if ((kernel_random(random) & 31) == 0 && n < SIZE) {
			text[n++] = (unsigned char)kernel_random(random);
		}
	}
}

static unsigned
hash_at(const unsigned char *p)
{
	return ((unsigned)p[0] << 16 ^ (unsigned)p[1] << 8 ^ p[2]) * 2654435761u >> (32 - 14);
}

static int
match_length(const unsigned char *a, const unsigned char *b, int limit)
{
	int length = 0;

	while (length < limit && a[length] == b[length]) {
		length++;
	}
	return length;
}

static int
find_match(int at, int *distance)
{
	int best = 0;
	int limit = SIZE - at < LONGEST ? SIZE - at : LONGEST;
	int candidate = head[hash_at(&text[at])];

	for (int i = 0; i < CHAIN && candidate >= 0 && at - candidate < 65536; i++) {
		int length = match_length(&text[candidate], &text[at], limit);

		if (length > best) {
			best = length;
			*distance = at - candidate;
		}
		candidate = previous[candidate];
	}
	return best;
}

static void
insert(int at)
{
	unsigned hash = hash_at(&text[at]);

	previous[at] = head[hash];
	head[hash] = at;
}

static unsigned char *
put_literals(unsigned char *out, int from, int to)
{
	while (from < to) {
		int count = to - from < 128 ? to - from : 128;

		*out++ = (unsigned char)(count - 1);
		memcpy(out, &text[from], (size_t)count);
		out += count;
		from += count;
	}
	return out;
}

static size_t
compress(void)
{
	unsigned char *out = packed;
	int literals = 0;
	int at = 0;

	for (int i = 0; i < HASHES; i++) {
		head[i] = -1;
	}
	while (at < SIZE - 3) {
		int distance = 0;
		int length = find_match(at, &distance);

		if (length < NEAREST) {
			insert(at++);
			continue;
		}
		out = put_literals(out, literals, at);
		*out++ = (unsigned char)(128 + length - 4);
		*out++ = (unsigned char)distance;
		*out++ = (unsigned char)(distance >> 8);
		for (int end = at + length; at < end; at++) {
			if (at < SIZE - 3) {
				insert(at);
			}
		}
		literals = at;
	}
	out = put_literals(out, literals, SIZE);
	return (size_t)(out - packed);
}

static size_t
decompress(size_t size)
{
	const unsigned char *in = packed;
	unsigned char *out = unpacked;

	while (in < packed + size) {
		unsigned control = *in++;

		if (control < 128) {
			memcpy(out, in, control + 1);
			in += control + 1;
			out += control + 1;
		} else {
			unsigned length = control - 128 + 4;
			const unsigned char *from = out - (in[0] | (unsigned)in[1] << 8);

			in += 2;
			while (length-- > 0) {
				*out++ = *from++;
			}
		}
	}
	return (size_t)(out - unpacked);
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 49);
	uint32_t random = 11;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		size_t size;

		make_text(&random);
		size = compress();
		if (decompress(size) != SIZE || memcmp(text, unpacked, SIZE) != 0) {
			printf("round %u: what comes out is not what went in\n", round);
			return 1;
		}
		sum = kernel_mix(sum, size);
		for (size_t i = 0; i < size; i += 31) {
			sum = kernel_mix(sum, packed[i]);
		}
	}
	kernel_report("lz", sum);
	return 0;
}
