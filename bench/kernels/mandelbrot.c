// SPDX-License-Identifier: Apache-2.0
//
// The Mandelbrot set: short chains of dependent double arithmetic with a comparison each; and four points at a time in
// arrays of float.

#include "kernel.h"

enum { SIZE = 160 };

static int
iterations_at(double cx, double cy, int limit)
{
	double x = 0;
	double y = 0;
	int i;

	for (i = 0; i < limit && x * x + y * y <= 4; i++) {
		double t = x * x - y * y + cx;

		y = 2 * x * y + cy;
		x = t;
	}
	return i;
}

static unsigned
four_points(const float *cx, float cy)
{
	float x[4] = { 0 };
	float y[4] = { 0 };
	int count[4] = { 0 };

	for (int i = 0; i < 60; i++) {
		for (int k = 0; k < 4; k++) {
			float t = x[k] * x[k] - y[k] * y[k] + cx[k];

			y[k] = 2 * x[k] * y[k] + cy;
			x[k] = t;
			count[k] += x[k] * x[k] + y[k] * y[k] <= 4;
		}
	}
	return (unsigned)(count[0] + count[1] * 3 + count[2] * 5 + count[3] * 7);
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 53);
	uint64_t sum = 0;

	if (kernel_wants(argc, argv, "double")) {
		for (unsigned round = 0; round < rounds; round++) {
			for (int row = 0; row < SIZE; row++) {
				for (int column = 0; column < SIZE; column++) {
					sum += (uint64_t)iterations_at(
						       2.0 * column / SIZE - 1.5 + round * 0.001,
						       2.0 * row / SIZE - 1.0, 100) *
					       (unsigned)(row + column);
				}
			}
		}
		kernel_report("double", sum);
	}
	sum = 0;
	if (kernel_wants(argc, argv, "float")) {
		for (unsigned round = 0; round < rounds; round++) {
			for (int row = 0; row < SIZE; row++) {
				for (int column = 0; column < SIZE; column += 4) {
					float cx[4];

					for (int k = 0; k < 4; k++) {
						cx[k] = 2.0F * (float)(column + k) / SIZE - 1.5F;
					}
					sum = sum * 3 +
					      four_points(cx, 2.0F * (float)row / SIZE - 1.0F +
								      (float)round * 0.001F);
				}
			}
		}
		kernel_report("float", sum);
	}
	return 0;
}
