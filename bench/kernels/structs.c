// SPDX-License-Identifier: Apache-2.0
//
// Structures by value: passed, returned, copied and swapped in arrays, of several sizes, with fields of several widths.

#include "kernel.h"

struct date {
	int16_t year;
	uint8_t month;
	uint8_t day;
};

struct person {
	char name[24];
	struct date born;
	uint32_t flags : 5;
	uint32_t rank : 11;
	int32_t score;
	int64_t balance;
};

struct pair {
	int64_t a;
	int64_t b;
};

struct big {
	int values[50];
	struct person owner;
};

enum { PEOPLE = 300 };

static struct person people[PEOPLE];
static struct big blocks[20];

static struct date __attribute__((noinline)) next_day(struct date d)
{
	static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (++d.day > lengths[d.month - 1]) {
		d.day = 1;
		if (++d.month > 12) {
			d.month = 1;
			d.year++;
		}
	}
	return d;
}

static struct pair __attribute__((noinline)) combine(struct pair x, struct pair y)
{
	return (struct pair){ x.a + y.b, x.b ^ y.a };
}

static struct person __attribute__((noinline)) promoted(struct person p, int by)
{
	p.rank += (unsigned)by;
	p.flags ^= 5;
	p.score -= by * 3;
	p.balance += p.score * (int64_t)p.rank;
	p.born = next_day(p.born);
	return p;
}

static void __attribute__((noinline)) rotate_blocks(int by)
{
	struct big first = blocks[0];

	for (size_t i = 0; i + 1 < COUNT(blocks); i++) {
		blocks[i] = blocks[i + 1];
		blocks[i].values[by % 50] += by;
	}
	first.owner = people[by % PEOPLE];
	blocks[COUNT(blocks) - 1] = first;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 27000);
	struct pair pair = { 1, 2 };
	uint32_t random = 13;
	uint64_t sum = 0;

	for (int i = 0; i < PEOPLE; i++) {
		snprintf(people[i].name, sizeof(people[i].name), "person %d", i);
		people[i].born = (struct date){ (int16_t)(1900 + i % 100), (uint8_t)(1 + i % 12),
			(uint8_t)(1 + i % 28) };
		people[i].score = (int)(kernel_random(&random) >> 20);
	}
	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < PEOPLE; i++) {
			int other = (i * 7 + (int)round) % PEOPLE;
			struct person p = promoted(people[i], i & 3);

			people[i] = people[other];
			people[other] = p;
			pair = combine(pair, (struct pair){ p.balance, p.score });
		}
		rotate_blocks((int)(round % 1000));
	}
	for (int i = 0; i < PEOPLE; i++) {
		sum = kernel_mix(sum,
			(uint64_t)people[i].balance + people[i].rank * 8u + people[i].born.day);
		sum = kernel_mix_bytes(sum, people[i].name, sizeof(people[i].name));
	}
	for (size_t i = 0; i < COUNT(blocks); i++) {
		sum = kernel_mix(
			sum, (uint64_t)blocks[i].values[i] + (uint64_t)blocks[i].owner.balance);
	}
	kernel_report("structs", kernel_mix(sum, (uint64_t)pair.a ^ (uint64_t)pair.b));
	return 0;
}
