// SPDX-License-Identifier: Apache-2.0
//
// Loops over arrays of float and double that compilers vectorise: products and sums, a selection, square roots and
// quotients, conversions to integers and back, minimum and maximum.

#include <math.h>
#include "kernel.h"

enum { SIZE = 2048 };

static float a[SIZE];
static float b[SIZE];
static float c[SIZE];
static double d[SIZE];
static int32_t n[SIZE];

static void
singles(float scale)
{
	for (int i = 0; i < SIZE; i++) {
		c[i] = a[i] * scale + b[i] * b[i];
	}
	for (int i = 0; i < SIZE; i++) {
		b[i] = c[i] > 0.75F ? c[i] - 0.5F : c[i] * 0.99F;
	}
	for (int i = 0; i < SIZE; i++) {
		a[i] = sqrtf(a[i] * a[i] + b[i] * 0.001F) / (1.0F + scale);
	}
}

static void
doubles(double scale)
{
	for (int i = 0; i < SIZE; i++) {
		d[i] = d[i] * scale + (double)a[i];
	}
	for (int i = 0; i < SIZE; i++) {
		d[i] = d[i] > 3 ? d[i] * 0.25 : d[i];
	}
	for (int i = 0; i < SIZE; i++) {
		n[i] = (int32_t)(b[i] * 1000.0F) + (n[i] >> 1);
	}
	for (int i = 0; i < SIZE; i++) {
		c[i] = (float)n[i] * 0.125F;
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 23000);
	uint64_t sum = 0;

	for (int i = 0; i < SIZE; i++) {
		a[i] = (float)i / SIZE;
		b[i] = 1 - a[i];
	}
	for (unsigned round = 0; round < rounds; round++) {
		singles(1.0F / (float)(round + 1));
		doubles(0.5 + 1.0 / (round + 3));
	}
	for (int i = 0; i < SIZE; i++) {
		sum = kernel_mix_double(
			sum, (double)a[i] + (double)b[i] + (double)c[i] + d[i] + n[i]);
	}
	kernel_report("float_vectors", sum);
	return 0;
}
