// SPDX-License-Identifier: Apache-2.0
//
// Calls that call: Fibonacci's numbers, where each call is one and where the compiler inlines some (each function is then
// a large one with many registers to save), Ackermann's and Takeuchi's functions, and walks through a binary tree.

#include "kernel.h"

static unsigned __attribute__((noinline)) fibonacci(unsigned n)
{
	return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static unsigned
fibonacci_inlined(unsigned n)
{
	return n < 2 ? n : fibonacci_inlined(n - 1) + fibonacci_inlined(n - 2);
}

static unsigned
ackermann(unsigned m, unsigned n)
{
	if (m == 0) {
		return n + 1;
	}
	return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static int
takeuchi(int x, int y, int z)
{
	return y >= x ? z
		      : takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x),
				takeuchi(z - 1, x, y));
}

struct node {
	struct node *left;
	struct node *right;
	uint32_t key;
};

static struct node *
insert(struct node *tree, struct node *fresh)
{
	if (tree == NULL) {
		return fresh;
	}
	if (fresh->key < tree->key) {
		tree->left = insert(tree->left, fresh);
	} else {
		tree->right = insert(tree->right, fresh);
	}
	return tree;
}

static uint64_t
sum_of(const struct node *tree, unsigned depth)
{
	if (tree == NULL) {
		return depth;
	}
	return sum_of(tree->left, depth + 1) * 3 + tree->key + sum_of(tree->right, depth + 1);
}

static unsigned
height_of(const struct node *tree)
{
	unsigned left;
	unsigned right;

	if (tree == NULL) {
		return 0;
	}
	left = height_of(tree->left);
	right = height_of(tree->right);
	return 1 + (left > right ? left : right);
}

static uint64_t
trees(unsigned rounds)
{
	static struct node nodes[2000];
	struct node *tree = NULL;
	uint32_t random = 3;
	uint64_t sum = 0;

	for (size_t i = 0; i < COUNT(nodes); i++) {
		nodes[i] = (struct node){ NULL, NULL, kernel_random(&random) };
		tree = insert(tree, &nodes[i]);
	}
	for (unsigned round = 0; round < rounds * 10; round++) {
		nodes[round % COUNT(nodes)].key ^= 1;
		sum = kernel_mix(sum, sum_of(tree, 0));
		sum = kernel_mix(sum, height_of(tree));
	}
	return sum;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 1600);
	uint64_t sum = 0;

	if (kernel_wants(argc, argv, "fib")) {
		for (unsigned round = 0; round < rounds; round++) {
			sum = kernel_mix(sum, fibonacci(18 + round % 8));
		}
		kernel_report("fib", sum);
	}
	sum = 0;
	if (kernel_wants(argc, argv, "fib_inlined")) {
		for (unsigned round = 0; round < rounds; round++) {
			sum = kernel_mix(sum, fibonacci_inlined(18 + round % 8));
		}
		kernel_report("fib_inlined", sum);
	}
	sum = 0;
	if (kernel_wants(argc, argv, "ackermann")) {
		for (unsigned round = 0; round < rounds; round++) {
			sum = kernel_mix(sum, ackermann(2, 20 + round % 100));
			sum = kernel_mix(sum, (uint64_t)takeuchi(12, 8, (int)(round & 3)));
		}
		kernel_report("ackermann", sum);
	}
	if (kernel_wants(argc, argv, "tree")) {
		kernel_report("tree", trees(rounds));
	}
	return 0;
}
