// SPDX-License-Identifier: Apache-2.0
//
// The Mandelbrot set in characters, by double arithmetic, and the number of steps that it took.

#include <stdio.h>

enum { WIDTH = 72, HEIGHT = 24, LIMIT = 2000 };

static int
steps(double cx, double cy)
{
	double x = 0;
	double y = 0;
	int n = 0;

	while (n < LIMIT && x * x + y * y < 4) {
		double t = x * x - y * y + cx;

		y = 2 * x * y + cy;
		x = t;
		n++;
	}
	return n;
}

int
main(void)
{
	long total = 0;

	for (int row = 0; row < HEIGHT; row++) {
		char line[WIDTH + 1];

		for (int column = 0; column < WIDTH; column++) {
			int n = steps(-2.2 + 3.2 * column / WIDTH, -1.2 + 2.4 * row / (HEIGHT - 1));

			line[column] = n == LIMIT ? '#' : " .:-=+*%@"[n < 18 ? n / 2 : 8];
			total += n;
		}
		line[WIDTH] = 0;
		puts(line);
	}
	printf("%ld steps\n", total);
	return 0;
}
