// SPDX-License-Identifier: Apache-2.0
//
// Matrices of double: products in two orders and in blocks, decomposition with pivots (LU) and solution, relaxation on a
// grid.

#include "kernel.h"

enum { SIZE = 72, BLOCK = 8 };

static double a[SIZE][SIZE];
static double b[SIZE][SIZE];
static double c[SIZE][SIZE];

static void
product(void)
{
	for (int i = 0; i < SIZE; i++) {
		for (int j = 0; j < SIZE; j++) {
			double sum = 0;

			for (int k = 0; k < SIZE; k++) {
				sum += a[i][k] * b[k][j];
			}
			c[i][j] = sum;
		}
	}
}

static void
product_by_rows(void)
{
	for (int i = 0; i < SIZE; i++) {
		for (int k = 0; k < SIZE; k++) {
			for (int j = 0; j < SIZE; j++) {
				c[i][j] += a[i][k] * b[k][j];
			}
		}
	}
}

static void
product_by_blocks(void)
{
	for (int ib = 0; ib < SIZE; ib += BLOCK) {
		for (int jb = 0; jb < SIZE; jb += BLOCK) {
			for (int kb = 0; kb < SIZE; kb += BLOCK) {
				for (int i = ib; i < ib + BLOCK; i++) {
					for (int j = jb; j < jb + BLOCK; j++) {
						double sum = c[i][j];

						for (int k = kb; k < kb + BLOCK; k++) {
							sum -= a[i][k] * b[j][k];
						}
						c[i][j] = sum;
					}
				}
			}
		}
	}
}

/* Decomposes c in place; the rows' order is in rows. The sign of the permutation comes back. */
static int
decompose(int *rows)
{
	int sign = 1;

	for (int i = 0; i < SIZE; i++) {
		rows[i] = i;
	}
	for (int i = 0; i < SIZE; i++) {
		int pivot = i;
		int t;

		for (int row = i + 1; row < SIZE; row++) {
			if (__builtin_fabs(c[rows[row]][i]) > __builtin_fabs(c[rows[pivot]][i])) {
				pivot = row;
			}
		}
		sign = pivot == i ? sign : -sign;
		t = rows[i];
		rows[i] = rows[pivot];
		rows[pivot] = t;
		for (int row = i + 1; row < SIZE; row++) {
			double *target = c[rows[row]];
			const double *source = c[rows[i]];
			double factor = target[i] / source[i];

			target[i] = factor;
			for (int k = i + 1; k < SIZE; k++) {
				target[k] -= factor * source[k];
			}
		}
	}
	return sign;
}

static void
solve(const int *rows, double *x)
{
	for (int i = 0; i < SIZE; i++) {
		x[i] = b[rows[i]][0];
		for (int k = 0; k < i; k++) {
			x[i] -= c[rows[i]][k] * x[k];
		}
	}
	for (int i = SIZE - 1; i >= 0; i--) {
		for (int k = i + 1; k < SIZE; k++) {
			x[i] -= c[rows[i]][k] * x[k];
		}
		x[i] /= c[rows[i]][i];
	}
}

static void
relax(void)
{
	for (int step = 0; step < 10; step++) {
		for (int i = 1; i < SIZE - 1; i++) {
			for (int j = 1; j < SIZE - 1; j++) {
				c[i][j] = 0.25 *
					  (b[i - 1][j] + b[i + 1][j] + b[i][j - 1] + b[i][j + 1]);
			}
		}
		for (int i = 1; i < SIZE - 1; i++) {
			memcpy(&b[i][1], &c[i][1], (SIZE - 2) * sizeof(double));
		}
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 330);
	uint32_t random = 59;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		int rows[SIZE];
		double x[SIZE];

		for (int i = 0; i < SIZE; i++) {
			for (int j = 0; j < SIZE; j++) {
				a[i][j] = kernel_random(&random) / 4294967296.0 - 0.5;
				b[i][j] = kernel_random(&random) / 4294967296.0 + (i == j);
			}
		}
		product();
		product_by_rows();
		product_by_blocks();
		sum = kernel_mix_double(sum, c[round % SIZE][7]);
		sum = kernel_mix(sum, (uint64_t)decompose(rows));
		solve(rows, x);
		for (int i = 0; i < SIZE; i++) {
			sum = kernel_mix_double(sum, x[i]);
		}
		relax();
		sum = kernel_mix_double(sum, b[SIZE / 2][round % SIZE]);
	}
	kernel_report("matrix_double", sum);
	return 0;
}
