// SPDX-License-Identifier: Apache-2.0
//
// A ray tracer: spheres over a chequered plane, shadows and reflections; vectors of three doubles by value, square roots,
// recursion, unpredictable comparisons.

#include <math.h>
#include "kernel.h"

struct vector {
	double x, y, z;
};

struct sphere {
	struct vector centre;
	double radius;
	double mirror;
	struct vector colour;
};

struct hit {
	double distance;
	struct vector point;
	struct vector normal;
	double mirror;
	struct vector colour;
};

enum { WIDTH = 96, HEIGHT = 72, SPHERES = 9 };

static struct sphere spheres[SPHERES];
static const struct vector light = { 0.45, 0.8, -0.4 };

static struct vector
add(struct vector a, struct vector b)
{
	return (struct vector){ a.x + b.x, a.y + b.y, a.z + b.z };
}

static struct vector
scaled(struct vector a, double by)
{
	return (struct vector){ a.x * by, a.y * by, a.z * by };
}

static double
dot(struct vector a, struct vector b)
{
	return a.x * b.x + a.y * b.y + a.z * b.z;
}

static struct vector
normalized(struct vector a)
{
	return scaled(a, 1 / sqrt(dot(a, a)));
}

/* The distance to the sphere along the ray, or -1. */
static double
meet_sphere(const struct sphere *s, struct vector from, struct vector direction)
{
	struct vector to = add(s->centre, scaled(from, -1));
	double along = dot(to, direction);
	double square = along * along - dot(to, to) + s->radius * s->radius;
	double root;

	if (square < 0) {
		return -1;
	}
	root = sqrt(square);
	return along - root > 1e-6 ? along - root : along + root > 1e-6 ? along + root : -1;
}

static int
find_hit(struct hit *hit, struct vector from, struct vector direction)
{
	const struct sphere *nearest = NULL;

	hit->distance = 1e9;
	for (int i = 0; i < SPHERES; i++) {
		double distance = meet_sphere(&spheres[i], from, direction);

		if (distance > 0 && distance < hit->distance) {
			hit->distance = distance;
			nearest = &spheres[i];
		}
	}
	if (direction.y < -1e-6 && (-1 - from.y) / direction.y < hit->distance) {
		int odd;

		hit->distance = (-1 - from.y) / direction.y;
		hit->point = add(from, scaled(direction, hit->distance));
		hit->normal = (struct vector){ 0, 1, 0 };
		hit->mirror = 0.15;
		odd = ((int)floor(hit->point.x) + (int)floor(hit->point.z)) & 1;
		hit->colour =
			odd ? (struct vector){ 0.9, 0.9, 0.8 } : (struct vector){ 0.1, 0.15, 0.2 };
		return hit->distance < 100;
	}
	if (nearest == NULL) {
		return 0;
	}
	hit->point = add(from, scaled(direction, hit->distance));
	hit->normal = scaled(add(hit->point, scaled(nearest->centre, -1)), 1 / nearest->radius);
	hit->mirror = nearest->mirror;
	hit->colour = nearest->colour;
	return 1;
}

static int
in_shadow(struct vector from, struct vector direction)
{
	for (int i = 0; i < SPHERES; i++) {
		if (meet_sphere(&spheres[i], from, direction) > 0) {
			return 1;
		}
	}
	return 0;
}

static struct vector
trace(struct vector from, struct vector direction, int depth)
{
	struct vector sun = normalized(light);
	struct hit hit;
	struct vector colour;
	double bright;

	if (!find_hit(&hit, from, direction)) {
		return (struct vector){ 0.3, 0.5 + direction.y * 0.3, 0.9 };
	}
	bright = dot(hit.normal, sun);
	if (bright < 0 || in_shadow(hit.point, sun)) {
		bright = 0;
	}
	colour = scaled(hit.colour, 0.15 + 0.85 * bright);
	if (depth > 0 && hit.mirror > 0) {
		struct vector reflected =
			add(direction, scaled(hit.normal, -2 * dot(direction, hit.normal)));

		colour = add(scaled(colour, 1 - hit.mirror),
			scaled(trace(hit.point, reflected, depth - 1), hit.mirror));
	}
	return colour;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 210);
	uint32_t random = 67;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < SPHERES; i++) {
			double r = kernel_random(&random) / 4294967296.0;

			spheres[i] = (struct sphere){ { i % 3 * 1.6 - 1.6 + r, r * 1.5 - 0.5,
							      4 + i / 3 * 1.7 },
				0.4 + r * 0.5, i % 2 ? 0.5 : 0.1, { r, 1 - r, 0.5 } };
		}
		for (int y = 0; y < HEIGHT; y++) {
			for (int x = 0; x < WIDTH; x++) {
				struct vector direction = { (x - WIDTH / 2) / (double)WIDTH,
					(HEIGHT / 2 - y) / (double)WIDTH, 0.8 };
				struct vector c =
					trace((struct vector){ 0, 0, 0 }, normalized(direction), 4);

				sum = kernel_mix_double(sum, c.x + c.y * 3 + c.z * 5);
			}
		}
	}
	kernel_report("raytrace", sum);
	return 0;
}
