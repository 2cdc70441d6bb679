// SPDX-License-Identifier: Apache-2.0
//
// Bodies under each other's gravity, in double: a sun with planets (scalar code, square roots, divisions), and a cloud of
// which each body attracts each, stored as arrays.

#include <math.h>
#include "kernel.h"

struct body {
	double x, y, z;
	double vx, vy, vz;
	double mass;
};

enum { BODIES = 5, CLOUD = 64 };

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
move_planets(void)
{
	const double step = 0.01;

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

static double px[CLOUD], py[CLOUD], vx[CLOUD], vy[CLOUD], ax[CLOUD], ay[CLOUD];

static void
move_cloud(void)
{
	for (int i = 0; i < CLOUD; i++) {
		ax[i] = 0;
		ay[i] = 0;
	}
	for (int i = 0; i < CLOUD; i++) {
		for (int j = 0; j < CLOUD; j++) {
			double dx = px[i] - px[j];
			double dy = py[i] - py[j];
			double square = dx * dx + dy * dy + 0.01;

			ax[j] += dx / square;
			ay[j] += dy / square;
		}
	}
	for (int i = 0; i < CLOUD; i++) {
		vx[i] += ax[i] * 0.001;
		vy[i] += ay[i] * 0.001;
		px[i] += vx[i] * 0.01;
		py[i] += vy[i] * 0.01;
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 30000);
	uint64_t sum = 0;

	if (kernel_wants(argc, argv, "planets")) {
		for (unsigned round = 0; round < rounds * 20; round++) {
			move_planets();
		}
		sum = kernel_mix_double(sum, energy());
		kernel_report("planets", sum);
	}
	if (kernel_wants(argc, argv, "cloud")) {
		uint32_t random = 2;

		for (int i = 0; i < CLOUD; i++) {
			px[i] = kernel_random(&random) / 4294967296.0;
			py[i] = kernel_random(&random) / 4294967296.0;
		}
		for (unsigned round = 0; round < rounds; round++) {
			move_cloud();
		}
		for (int i = 0; i < CLOUD; i++) {
			sum = kernel_mix_double(sum, px[i] + vy[i]);
		}
		kernel_report("cloud", sum);
	}
	return 0;
}
