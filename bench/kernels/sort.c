// SPDX-License-Identifier: Apache-2.0
//
// Sorting numbers as programs do it by hand: quicksort with a median of three, bottom-up merge sort, heapsort; and libc's
// qsort with a comparison function.

#include "kernel.h"

enum { SIZE = 20000 };

static int numbers[SIZE];
static int scratch[SIZE];

static void
swap(int *a, int *b)
{
	int t = *a;

	*a = *b;
	*b = t;
}

static void
insertion_sort(int *a, int n)
{
	for (int i = 1; i < n; i++) {
		int value = a[i];
		int j = i;

		for (; j > 0 && a[j - 1] > value; j--) {
			a[j] = a[j - 1];
		}
		a[j] = value;
	}
}

static void
quick_sort(int *a, int n)
{
	while (n > 16) {
		int *middle = &a[n / 2];
		int i = 0;
		int j = n - 1;
		int pivot;

		if (a[0] > *middle) {
			swap(&a[0], middle);
		}
		if (*middle > a[n - 1]) {
			swap(middle, &a[n - 1]);
			if (a[0] > *middle) {
				swap(&a[0], middle);
			}
		}
		pivot = *middle;
		while (i <= j) {
			while (a[i] < pivot) {
				i++;
			}
			while (a[j] > pivot) {
				j--;
			}
			if (i <= j) {
				swap(&a[i++], &a[j--]);
			}
		}
		quick_sort(a, j + 1);
		a += i;
		n -= i;
	}
	insertion_sort(a, n);
}

static void
merge(int *to, const int *a, int left, int right)
{
	int i = 0;
	int j = left;

	for (int k = 0; k < right; k++) {
		to[k] = j >= right || (i < left && a[i] <= a[j]) ? a[i++] : a[j++];
	}
}

static void
merge_sort(int *a, int n)
{
	int *from = a;
	int *to = scratch;

	for (int width = 1; width < n; width *= 2) {
		int *t;

		for (int start = 0; start < n; start += 2 * width) {
			int left = width < n - start ? width : n - start;
			int right = 2 * width < n - start ? 2 * width : n - start;

			merge(to + start, from + start, left, right);
		}
		t = from;
		from = to;
		to = t;
	}
	if (from != a) {
		memcpy(a, from, (size_t)n * sizeof(*a));
	}
}

static void
sift_down(int *a, int root, int n)
{
	for (;;) {
		int child = 2 * root + 1;

		if (child >= n) {
			return;
		}
		if (child + 1 < n && a[child] < a[child + 1]) {
			child++;
		}
		if (a[root] >= a[child]) {
			return;
		}
		swap(&a[root], &a[child]);
		root = child;
	}
}

static void
heap_sort(int *a, int n)
{
	for (int i = n / 2 - 1; i >= 0; i--) {
		sift_down(a, i, n);
	}
	for (int i = n - 1; i > 0; i--) {
		swap(&a[0], &a[i]);
		sift_down(a, 0, i);
	}
}

static int
compare(const void *a, const void *b)
{
	int x = *(const int *)a;
	int y = *(const int *)b;

	return (x > y) - (x < y);
}

static void
library_sort(int *a, int n)
{
	qsort(a, (size_t)n, sizeof(*a), compare);
}

static const struct {
	const char *name;
	void (*sort)(int *a, int n);
} parts[] = {
	{ "quick", quick_sort },
	{ "merge", merge_sort },
	{ "heap", heap_sort },
	{ "library", library_sort },
};

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 27);

	for (size_t part = 0; part < COUNT(parts); part++) {
		uint32_t random = 1;
		uint64_t sum = 0;

		if (!kernel_wants(argc, argv, parts[part].name)) {
			continue;
		}
		for (unsigned round = 0; round < rounds; round++) {
			for (int i = 0; i < SIZE; i++) {
				numbers[i] = (int)(kernel_random(&random) >> (round % 3 * 8));
			}
			parts[part].sort(numbers, SIZE);
			for (int i = 0; i < SIZE; i += 97) {
				sum = kernel_mix(sum, (uint64_t)numbers[i]);
			}
		}
		kernel_report(parts[part].name, sum);
	}
	return 0;
}
