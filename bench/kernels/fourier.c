// SPDX-License-Identifier: Apache-2.0
//
// Coefficients of a function's Fourier series by numeric integration, with sine, cosine and power functions of our own, so
// that every machine computes the same.

#include "kernel.h"

static const double pi = 3.14159265358979323846;

static double __attribute__((noinline)) sine(double x)
{
	int64_t turns = (int64_t)(x / pi + (x < 0 ? -0.5 : 0.5));
	double y = x - (double)turns * pi;
	double square = y * y;
	double result =
		y *
		(1 + square * (-1.0 / 6 +
				      square *
					      (1.0 / 120 +
						      square *
							      (-1.0 / 5040 +
								      square *
									      (1.0 / 362880 -
										      square /
											      39916800)))));

	return turns & 1 ? -result : result;
}

static double
cosine(double x)
{
	return sine(x + pi / 2);
}

/* 2^x by the exponent's bits and a polynomial. */
static double __attribute__((noinline)) power_of_two(double x)
{
	int64_t whole = (int64_t)x - (x < 0);
	double f = (x - (double)whole) * 0.69314718055994530942;
	double result =
		1 +
		f * (1 + f / 2 * (1 + f / 3 * (1 + f / 4 * (1 + f / 5 * (1 + f / 6 * (1 + f / 7))))));
	uint64_t bits = (uint64_t)(whole + 1023) << 52;
	double scale;

	memcpy(&scale, &bits, sizeof(scale));
	return result * scale;
}

static double __attribute__((noinline)) logarithm_to_two(double x)
{
	uint64_t bits;
	int exponent;
	double z;
	double square;

	memcpy(&bits, &x, sizeof(bits));
	exponent = (int)(bits >> 52) - 1023;
	bits = (bits & 0xfffffffffffffu) | 1023ull << 52;
	memcpy(&x, &bits, sizeof(x));
	z = (x - 1) / (x + 1);
	square = z * z;
	z *= 1 +
	     square * (1.0 / 3 +
			      square * (1.0 / 5 +
					       square * (1.0 / 7 +
								square * (1.0 / 9 + square / 11))));
	return exponent + 2 * z / 0.69314718055994530942;
}

static double
function(double x, int coefficient, int kind)
{
	double value = power_of_two(x * logarithm_to_two(x + 1));

	switch (kind) {
	case 1: return value * cosine(pi * coefficient * x);
	case 2: return value * sine(pi * coefficient * x);
	default: return value;
	}
}

static double
integral(int steps, int coefficient, int kind)
{
	double step = 2.0 / steps;
	double sum = (function(0, coefficient, kind) + function(2, coefficient, kind)) / 2;

	for (int i = 1; i < steps; i++) {
		sum += function(i * step, coefficient, kind);
	}
	return sum * step;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 360);
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		sum = kernel_mix_double(sum, integral(200, 0, 0) / 2);
		for (int i = 1; i < 50; i++) {
			sum = kernel_mix_double(sum, integral(200 + (int)(round % 10), i, 1));
			sum = kernel_mix_double(sum, integral(200, i, 2));
		}
	}
	kernel_report("fourier", sum);
	return 0;
}
