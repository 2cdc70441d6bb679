// SPDX-License-Identifier: Apache-2.0
//
// The fast Fourier transform of complex doubles: recursive, and in place with a table of roots; products of polynomials by
// it.

#include <math.h>
#include "kernel.h"

enum { SIZE = 4096 };

struct complex {
	double re;
	double im;
};

static struct complex roots[SIZE / 2];
static struct complex data[SIZE];
static struct complex other[SIZE];
static struct complex scratch[SIZE];

/* Powers of the first root, each from the one with half its exponent's lowest bit, so that errors stay small. */
static void
make_roots(void)
{
	double cosine = -1;
	double sine = 0;

	roots[0] = (struct complex){ 1, 0 };
	for (int step = SIZE / 4; step > 0; step /= 2) {
		double half_cosine = sqrt((1 + cosine) / 2);
		double half_sine = sqrt((1 - cosine) / 2);

		cosine = half_cosine;
		sine = half_sine;
		for (int i = 0; i < SIZE / 2; i += 2 * step) {
			roots[i + step].re = roots[i].re * cosine - roots[i].im * sine;
			roots[i + step].im = roots[i].re * sine + roots[i].im * cosine;
		}
	}
}

static struct complex
product(struct complex a, struct complex b)
{
	return (struct complex){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

static void
permute(struct complex *x)
{
	for (unsigned i = 0, j = 0; i < SIZE; i++) {
		unsigned bit = SIZE / 2;

		if (i < j) {
			struct complex t = x[i];

			x[i] = x[j];
			x[j] = t;
		}
		for (; bit != 0 && (j & bit) != 0; bit /= 2) {
			j ^= bit;
		}
		j |= bit;
	}
}

static void
transform(struct complex *x)
{
	permute(x);
	for (int half = 1; half < SIZE; half *= 2) {
		int stride = SIZE / 2 / half;

		for (int start = 0; start < SIZE; start += 2 * half) {
			for (int k = 0; k < half; k++) {
				struct complex a = x[start + k];
				struct complex b = product(x[start + k + half], roots[k * stride]);

				x[start + k] = (struct complex){ a.re + b.re, a.im + b.im };
				x[start + k + half] = (struct complex){ a.re - b.re, a.im - b.im };
			}
		}
	}
}

static void
transform_recursively(struct complex *x, struct complex *to, int n, int stride)
{
	if (n == 1) {
		*to = *x;
		return;
	}
	transform_recursively(x, to, n / 2, stride * 2);
	transform_recursively(x + stride, to + n / 2, n / 2, stride * 2);
	for (int k = 0; k < n / 2; k++) {
		struct complex a = to[k];
		struct complex b = product(to[k + n / 2], roots[k * stride]);

		to[k] = (struct complex){ a.re + b.re, a.im + b.im };
		to[k + n / 2] = (struct complex){ a.re - b.re, a.im - b.im };
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 1100);
	uint32_t random = 61;
	uint64_t sum = 0;

	make_roots();
	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < SIZE; i++) {
			uint32_t r = kernel_random(&random);

			data[i] = (struct complex){ i < SIZE / 2 ? r % 100 : 0, 0 };
			other[i] = (struct complex){ i < SIZE / 2 ? r / 128 % 100 : 0, 0 };
		}
		transform(data);
		transform_recursively(other, scratch, SIZE, 1);
		for (int i = 0; i < SIZE; i++) {
			struct complex p = product(data[i], scratch[i]);

			data[i] = (struct complex){ p.re / SIZE, -p.im / SIZE };
		}
		transform(data);
		for (int i = 0; i < SIZE; i += 61) {
			sum = kernel_mix_double(sum, data[i].re);
			sum = kernel_mix(sum, (uint64_t)(int64_t)(data[i].re + 0.5));
		}
	}
	kernel_report("fft", sum);
	return 0;
}
