// SPDX-License-Identifier: Apache-2.0
//
// Floating-point kernels: bodies under gravity, the spectral norm of a matrix, the Mandelbrot set (all double, scalar), and
// float vectors that the compiler vectorises.
//
// usage: float bodies|spectral|mandelbrot|vectors SIZE

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct body {
	double x, y, z;
	double vx, vy, vz;
	double mass;
};

enum { BODIES = 5 };

static struct body bodies[BODIES] = {
	{ 0, 0, 0, 0, 0, 0, 39.5 },
	{ 4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.037 },
	{ 8.3, 4.1, -0.4, -1.0, 1.8, 0.008, 0.011 },
	{ 12.9, -15.1, -0.2, 1.1, 0.87, -0.01, 0.0017 },
	{ 15.4, -25.9, 0.2, 0.98, 0.6, -0.03, 0.002 },
};

static double
energy(void)
{
	double e = 0;

	for (int i = 0; i < BODIES; i++) {
		struct body *a = &bodies[i];

		e += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
		for (int j = i + 1; j < BODIES; j++) {
			struct body *b = &bodies[j];
			double dx = a->x - b->x;
			double dy = a->y - b->y;
			double dz = a->z - b->z;

			e -= a->mass * b->mass / sqrt(dx * dx + dy * dy + dz * dz);
		}
	}
	return e;
}

static void
attract(struct body *a, struct body *b, double step)
{
	double dx = a->x - b->x;
	double dy = a->y - b->y;
	double dz = a->z - b->z;
	double square = dx * dx + dy * dy + dz * dz;
	double force = step / (square * sqrt(square));

	a->vx -= dx * b->mass * force;
	a->vy -= dy * b->mass * force;
	a->vz -= dz * b->mass * force;
	b->vx += dx * a->mass * force;
	b->vy += dy * a->mass * force;
	b->vz += dz * a->mass * force;
}

static void
run_bodies(int steps)
{
	const double step = 0.01;

	printf("%.9f\n", energy());
	while (steps-- > 0) {
		for (int i = 0; i < BODIES; i++) {
			for (int j = i + 1; j < BODIES; j++) {
				attract(&bodies[i], &bodies[j], step);
			}
		}
		for (int i = 0; i < BODIES; i++) {
			bodies[i].x += step * bodies[i].vx;
			bodies[i].y += step * bodies[i].vy;
			bodies[i].z += step * bodies[i].vz;
		}
	}
	printf("%.9f\n", energy());
}

static double
element(int i, int j)
{
	return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); /* NOLINT: an even product */
}

static void
multiply(int n, const double *v, double *out, int transposed)
{
	for (int i = 0; i < n; i++) {
		double sum = 0;

		for (int j = 0; j < n; j++) {
			sum += (transposed ? element(j, i) : element(i, j)) * v[j];
		}
		out[i] = sum;
	}
}

static void
run_spectral(int n)
{
	double *u = malloc((size_t)n * sizeof(double));
	double *v = malloc((size_t)n * sizeof(double));
	double *t = malloc((size_t)n * sizeof(double));
	double uv = 0;
	double vv = 0;

	for (int i = 0; i < n; i++) {
		u[i] = 1;
	}
	for (int i = 0; i < 10; i++) {
		multiply(n, u, t, 0);
		multiply(n, t, v, 1);
		multiply(n, v, t, 0);
		multiply(n, t, u, 1);
	}
	for (int i = 0; i < n; i++) {
		uv += u[i] * v[i];
		vv += v[i] * v[i];
	}
	printf("%.9f\n", sqrt(uv / vv));
	free(u);
	free(v);
	free(t);
}

static void
run_mandelbrot(int n)
{
	long inside = 0;

	for (int row = 0; row < n; row++) {
		for (int column = 0; column < n; column++) {
			double cx = 2.0 * column / n - 1.5;
			double cy = 2.0 * row / n - 1.0;
			double x = 0;
			double y = 0;
			int i;

			for (i = 0; i < 100 && x * x + y * y <= 4; i++) {
				double t = x * x - y * y + cx;

				y = 2 * x * y + cy;
				x = t;
			}
			inside += i == 100;
		}
	}
	printf("%ld\n", inside);
}

static void
run_vectors(int rounds)
{
	enum { N = 4096 };
	static float a[N];
	static float b[N];
	static float c[N];
	double sum = 0;

	for (int i = 0; i < N; i++) {
		a[i] = (float)i / N;
		b[i] = 1 - a[i];
	}
	for (int round = 0; round < rounds; round++) {
		float scale = 1.0F / (float)(round + 1);

		for (int i = 0; i < N; i++) {
			c[i] = a[i] * scale + b[i] * b[i];
		}
		for (int i = 0; i < N; i++) {
			b[i] = c[i] > 0.75F ? c[i] - 0.5F : c[i] * 0.99F;
		}
		for (int i = 0; i < N; i++) {
			a[i] = sqrtf(a[i] * a[i] + b[i] * 0.001F) / (1.0F + scale);
		}
	}
	for (int i = 0; i < N; i++) {
		sum += a[i] + b[i];
	}
	printf("%.9g\n", sum);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int);
	} kernels[] = { { "bodies", run_bodies }, { "spectral", run_spectral },
		{ "mandelbrot", run_mandelbrot }, { "vectors", run_vectors } };

	for (size_t i = 0; argc == 3 && i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		if (strcmp(argv[1], kernels[i].name) == 0) {
			kernels[i].run(atoi(argv[2]));
			return 0;
		}
	}
	fprintf(stderr, "usage: float bodies|spectral|mandelbrot|vectors SIZE\n");
	return 2;
}
