// SPDX-License-Identifier: Apache-2.0
//
// The spectral norm of a matrix whose elements are computed as they are needed: integers made doubles, divisions, sums.

#include <math.h>
#include "kernel.h"

enum { SIZE = 200 };

static double
element(int i, int j)
{
	return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); /* NOLINT: an even product */
}

static void
multiply(const double *v, double *out, int transposed)
{
	for (int i = 0; i < SIZE; i++) {
		double sum = 0;

		for (int j = 0; j < SIZE; j++) {
			sum += (transposed ? element(j, i) : element(i, j)) * v[j];
		}
		out[i] = sum;
	}
}

int
main(int argc, char **argv)
{
	static double u[SIZE];
	static double v[SIZE];
	static double t[SIZE];
	unsigned rounds = kernel_rounds(argc, argv, 760);
	double uv = 0;
	double vv = 0;

	for (int i = 0; i < SIZE; i++) {
		u[i] = 1;
	}
	for (unsigned round = 0; round < rounds; round++) {
		multiply(u, t, 0);
		multiply(t, v, 1);
		multiply(v, t, 0);
		multiply(t, u, 1);
		for (int i = 0; i < SIZE; i++) {
			u[i] /= u[SIZE - 1];
		}
	}
	for (int i = 0; i < SIZE; i++) {
		uv += u[i] * v[i];
		vv += v[i] * v[i];
	}
	kernel_report("spectral", kernel_mix_double(0, sqrt(uv / vv)));
	return 0;
}
