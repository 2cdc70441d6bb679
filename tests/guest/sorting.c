// SPDX-License-Identifier: Apache-2.0
//
// qsort and bsearch, whose comparison is an indirect call, on numbers, strings and records.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record {
	char name[12];
	unsigned key;
	double weight;
};

static int
compare_int(const void *a, const void *b)
{
	int x = *(const int *)a;
	int y = *(const int *)b;

	return (x > y) - (x < y);
}

static int
compare_name(const void *a, const void *b)
{
	return strcmp(((const struct record *)a)->name, ((const struct record *)b)->name);
}

static int
compare_weight(const void *a, const void *b)
{
	double x = ((const struct record *)a)->weight;
	double y = ((const struct record *)b)->weight;

	return (x > y) - (x < y);
}

int
main(void)
{
	enum { N = 50000 };
	static int numbers[N];
	static struct record records[2000];
	unsigned seed = 12345;
	unsigned long digest = 0;
	int disorder = 0;

	for (int i = 0; i < N; i++) {
		seed = seed * 1103515245 + 12345;
		numbers[i] = (int)(seed >> 8) - (1 << 23);
	}
	qsort(numbers, N, sizeof(numbers[0]), compare_int);
	for (int i = 0; i < N; i++) {
		digest = digest * 31 + (unsigned)numbers[i];
		disorder += i > 0 && numbers[i - 1] > numbers[i];
	}
	printf("%d out of order, digest %lx\n", disorder, digest);
	int key = numbers[777];
	int *found = bsearch(&key, numbers, N, sizeof(numbers[0]), compare_int);
	printf("found %d\n", found != NULL && *found == key);
	key = 1 << 24;
	printf("absent %d\n", bsearch(&key, numbers, N, sizeof(numbers[0]), compare_int) == NULL);

	for (unsigned i = 0; i < 2000; i++) {
		seed = seed * 1103515245 + 12345;
		snprintf(records[i].name, sizeof(records[i].name), "n%07u", seed >> 10 & 0xfffff);
		records[i].key = i;
		records[i].weight = (double)(seed >> 4) / 1000.0 - 10000;
	}
	qsort(records, 2000, sizeof(records[0]), compare_name);
	printf("%s %s %s\n", records[0].name, records[999].name, records[1999].name);
	qsort(records, 2000, sizeof(records[0]), compare_weight);
	printf("%.3f %.3f %u\n", records[0].weight, records[1999].weight, records[1000].key);
	return 0;
}
