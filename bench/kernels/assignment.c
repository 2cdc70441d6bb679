// SPDX-License-Identifier: Apache-2.0
//
// The assignment problem: n workers, n tasks, least total cost, by augmenting paths with potentials (the Hungarian method).

#include "kernel.h"

enum { SIZE = 101 };

static int cost[SIZE + 1][SIZE + 1];
static int row_potential[SIZE + 1];
static int column_potential[SIZE + 1];
static int row_of[SIZE + 1]; /* of each column; 0: none */
static int came_from[SIZE + 1];
static int slack[SIZE + 1];
static unsigned char done[SIZE + 1];

/* The column that the search reaches next; all potentials move so that an edge to it costs nothing. */
static int
next_column(int column)
{
	int row = row_of[column];
	int least = INT32_MAX;
	int next = 0;

	done[column] = 1;
	for (int j = 1; j <= SIZE; j++) {
		int reduced = cost[row][j] - row_potential[row] - column_potential[j];

		if (done[j]) {
			continue;
		}
		if (reduced < slack[j]) {
			slack[j] = reduced;
			came_from[j] = column;
		}
		if (slack[j] < least) {
			least = slack[j];
			next = j;
		}
	}
	for (int j = 0; j <= SIZE; j++) {
		if (done[j]) {
			row_potential[row_of[j]] += least;
			column_potential[j] -= least;
		} else {
			slack[j] -= least;
		}
	}
	return next;
}

static int
solve(void)
{
	int total = 0;

	memset(row_potential, 0, sizeof(row_potential));
	memset(column_potential, 0, sizeof(column_potential));
	memset(row_of, 0, sizeof(row_of));
	for (int row = 1; row <= SIZE; row++) {
		int column = 0;

		row_of[0] = row;
		for (int j = 0; j <= SIZE; j++) {
			slack[j] = INT32_MAX;
			done[j] = 0;
		}
		do {
			column = next_column(column);
		} while (row_of[column] != 0);
		while (column != 0) {
			int before = came_from[column];

			row_of[column] = row_of[before];
			column = before;
		}
	}
	for (int j = 1; j <= SIZE; j++) {
		total += cost[row_of[j]][j];
	}
	return total;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 510);
	uint32_t random = 43;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 1; i <= SIZE; i++) {
			for (int j = 1; j <= SIZE; j++) {
				cost[i][j] = (int)(kernel_random(&random) >> 12);
			}
		}
		sum = kernel_mix(sum, (uint64_t)solve());
		for (int j = 1; j <= SIZE; j++) {
			sum = sum * 3 + (uint64_t)row_of[j];
		}
	}
	kernel_report("assignment", sum);
	return 0;
}
