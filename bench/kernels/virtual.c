// SPDX-License-Identifier: Apache-2.0
//
// Calls through pointers: objects with tables of functions, of one class in a row and of several mixed; callbacks; and a
// table of functions by number.

#include "kernel.h"

struct shape;

struct shape_class {
	int (*area)(const struct shape *s);
	void (*grow)(struct shape *s, int by);
	int (*weight)(const struct shape *s, int density);
};

struct shape {
	const struct shape_class *class;
	int a;
	int b;
};

static int
area_of_square(const struct shape *s)
{
	return s->a * s->a;
}

static int
area_of_rectangle(const struct shape *s)
{
	return s->a * s->b;
}

static int
area_of_ring(const struct shape *s)
{
	return 3 * (s->a * s->a - s->b * s->b);
}

static int
area_of_triangle(const struct shape *s)
{
	return s->a * s->b / 2;
}

static void
grow_first(struct shape *s, int by)
{
	s->a = (s->a + by) & 1023;
}

static void
grow_both(struct shape *s, int by)
{
	s->a = (s->a + by) & 1023;
	s->b = (s->b + 2 * by) & 1023;
}

static int
weight_of_flat(const struct shape *s, int density)
{
	return s->class->area(s) * density;
}

static int
weight_of_hollow(const struct shape *s, int density)
{
	return s->class->area(s) * density / 3 + s->b;
}

static const struct shape_class classes[] = {
	{ area_of_square, grow_first, weight_of_flat },
	{ area_of_rectangle, grow_both, weight_of_flat },
	{ area_of_ring, grow_both, weight_of_hollow },
	{ area_of_triangle, grow_first, weight_of_hollow },
};

enum { SHAPES = 1000 };

static struct shape shapes[SHAPES];

static void
make_shapes(int mixed)
{
	uint32_t random = 12;

	for (int i = 0; i < SHAPES; i++) {
		uint32_t r = kernel_random(&random);
		int class = mixed ? (int)(r >> 7 & 3) : i * 4 / SHAPES;

		shapes[i] = (struct shape){ &classes[class], (int)(r >> 10 & 127),
			(int)(r >> 20 & 63) };
	}
}

static uint64_t
objects(unsigned rounds, int mixed)
{
	uint64_t sum = 0;

	make_shapes(mixed);
	for (unsigned round = 0; round < rounds; round++) {
		int total = 0;

		for (int i = 0; i < SHAPES; i++) {
			struct shape *s = &shapes[i];

			total += s->class->area(s) & 0xffff;
			s->class->grow(s, (int)(round & 7));
			total ^= s->class->weight(s, 3);
		}
		sum = kernel_mix(sum, (uint64_t)total);
	}
	return sum;
}

static void
for_each(int (*visit)(void *context, const struct shape *s), void *context)
{
	for (int i = 0; i < SHAPES; i++) {
		if (visit(context, &shapes[i])) {
			return;
		}
	}
}

struct largest {
	int area;
	int count;
};

static int
find_largest(void *context, const struct shape *s)
{
	struct largest *l = context;

	if (s->a * s->b > l->area) {
		l->area = s->a * s->b;
		l->count++;
	}
	return 0;
}

static int
add_areas(void *context, const struct shape *s)
{
	uint64_t *sum = context;

	*sum += (uint64_t)(s->a + s->b);
	return s->a == 1024;
}

/* The function pointers are kept from the optimiser, or it would see which functions they are. */
static int (*volatile visitors[])(
	void *context, const struct shape *s) = { find_largest, add_areas };

static uint64_t
callbacks(unsigned rounds)
{
	uint64_t sum = 0;

	make_shapes(1);
	for (unsigned round = 0; round < rounds * 4; round++) {
		struct largest largest = { -1, 0 };

		for_each(visitors[0], &largest);
		for_each(visitors[1], &sum);
		sum = kernel_mix(sum, (uint64_t)largest.area + (uint64_t)largest.count);
		shapes[round % SHAPES].a ^= 5;
	}
	return sum;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 15000);

	if (kernel_wants(argc, argv, "sorted")) {
		kernel_report("sorted", objects(rounds, 0));
	}
	if (kernel_wants(argc, argv, "mixed")) {
		kernel_report("mixed", objects(rounds / 8 + 1, 1));
	}
	if (kernel_wants(argc, argv, "callbacks")) {
		kernel_report("callbacks", callbacks(rounds));
	}
	return 0;
}
