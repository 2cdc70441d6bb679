// SPDX-License-Identifier: Apache-2.0
//
// Matrices of integers: products of 32-bit and of 16-bit numbers, a transposition, a determinant modulo a prime, and
// shortest paths between all points (Floyd, Warshall).

#include "kernel.h"

enum { SIZE = 64, PRIME = 1000003 };

static int32_t a[SIZE][SIZE];
static int32_t b[SIZE][SIZE];
static int32_t c[SIZE][SIZE];
static int16_t narrow[SIZE][SIZE];

static void
product(void)
{
	for (int i = 0; i < SIZE; i++) {
		for (int j = 0; j < SIZE; j++) {
			int32_t sum = 0;

			for (int k = 0; k < SIZE; k++) {
				sum += a[i][k] * b[k][j];
			}
			c[i][j] = sum;
		}
	}
}

/* The rows of b are added up: the order that compilers can vectorise. */
static void
product_by_rows(void)
{
	memset(c, 0, sizeof(c));
	for (int i = 0; i < SIZE; i++) {
		for (int k = 0; k < SIZE; k++) {
			for (int j = 0; j < SIZE; j++) {
				c[i][j] += narrow[i][k] * b[k][j];
			}
		}
	}
}

static void
transpose(void)
{
	for (int i = 0; i < SIZE; i++) {
		for (int j = 0; j < i; j++) {
			int32_t t = b[i][j];

			b[i][j] = b[j][i];
			b[j][i] = t;
		}
	}
}

static int64_t
inverse_of(int64_t x)
{
	int64_t result = 1;

	for (int power = PRIME - 2; power > 0; power /= 2) {
		if (power & 1) {
			result = result * x % PRIME;
		}
		x = x * x % PRIME;
	}
	return result;
}

static int64_t
determinant(void)
{
	int64_t result = 1;

	for (int i = 0; i < SIZE; i++) {
		for (int j = 0; j < SIZE; j++) {
			c[i][j] = (int32_t)((uint32_t)a[i][j] % PRIME);
		}
	}
	for (int i = 0; i < SIZE && result != 0; i++) {
		int64_t inverse = inverse_of(c[i][i]);

		result = result * c[i][i] % PRIME;
		for (int row = i + 1; row < SIZE; row++) {
			int64_t factor = c[row][i] * inverse % PRIME;

			for (int k = i; k < SIZE; k++) {
				c[row][k] =
					(int32_t)((c[row][k] + (PRIME - factor) * c[i][k]) % PRIME);
			}
		}
	}
	return result;
}

static void
shortest_paths(void)
{
	for (int i = 0; i < SIZE; i++) {
		for (int j = 0; j < SIZE; j++) {
			c[i][j] = (b[i][j] & 1023) + 1;
		}
	}
	for (int k = 0; k < SIZE; k++) {
		for (int i = 0; i < SIZE; i++) {
			for (int j = 0; j < SIZE; j++) {
				int32_t through = c[i][k] + c[k][j];

				if (through < c[i][j]) {
					c[i][j] = through;
				}
			}
		}
	}
}

static uint64_t
sum_of_c(uint64_t sum)
{
	for (int i = 0; i < SIZE; i++) {
		sum = kernel_mix(sum, (uint64_t)c[i][i * 7 % SIZE]);
	}
	return sum;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 280);
	uint32_t random = 29;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < SIZE; i++) {
			for (int j = 0; j < SIZE; j++) {
				a[i][j] = (int32_t)(kernel_random(&random) >> 15);
				b[i][j] = (int32_t)(kernel_random(&random) >> 18);
				narrow[i][j] = (int16_t)(a[i][j] - b[i][j]);
			}
		}
		product();
		sum = sum_of_c(sum);
		transpose();
		product_by_rows();
		sum = sum_of_c(sum);
		shortest_paths();
		sum = sum_of_c(sum);
		sum = kernel_mix(sum, (uint64_t)determinant());
	}
	kernel_report("matrix_int", sum);
	return 0;
}
