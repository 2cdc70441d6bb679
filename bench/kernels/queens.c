// SPDX-License-Identifier: Apache-2.0
//
// The queens' problem: by bit masks, and by an array with a check of every earlier queen.

#include "kernel.h"

static uint64_t
by_masks(uint32_t all, uint32_t columns, uint32_t up, uint32_t down)
{
	uint64_t count = 0;
	uint32_t free_places = all & ~(columns | up | down);

	if (columns == all) {
		return 1;
	}
	while (free_places != 0) {
		uint32_t place = free_places & -free_places;

		free_places ^= place;
		count += by_masks(all, columns | place, (up | place) << 1, (down | place) >> 1);
	}
	return count;
}

static int rows[16];

static int
allowed(int row, int column)
{
	for (int i = 0; i < row; i++) {
		if (rows[i] == column || abs(rows[i] - column) == row - i) {
			return 0;
		}
	}
	return 1;
}

static uint64_t
by_array(int size, int row)
{
	uint64_t count = 0;

	if (row == size) {
		return 1;
	}
	for (int column = 0; column < size; column++) {
		if (allowed(row, column)) {
			rows[row] = column;
			count += by_array(size, row + 1);
		}
	}
	return count;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 470);
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		int size = 6 + (int)(round & 3);

		sum = kernel_mix(sum, by_masks((1u << (size + 1)) - 1, 0, 0, 0));
		sum = kernel_mix(sum, by_array(size, 0));
	}
	kernel_report("queens", sum);
	return 0;
}
