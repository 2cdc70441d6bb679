// SPDX-License-Identifier: Apache-2.0
// Ties the decode table's rows to their lifters.  A lifter is a function
//	static void lift_<row>(struct lift *l, const struct a64_<row> *d)
// in one of frontend/a64/lift_*.c, and A64_LIFTER(<row>) behind it makes it the row's entry in a64_lift_table.
#ifndef A64_LIFT_TABLE_H
#define A64_LIFT_TABLE_H

#include "frontend/a64/decode.h"

struct lift;

/** Lifts one instruction word, which must be of the function's row. */
typedef void (*a64_lifter)(struct lift *l, uint32_t word);

/** The lifter of each row, indexed by enum a64_row. */
extern const a64_lifter a64_lift_table[A64_ROW_COUNT];

#define A64_LIFTER(row)                                          \
	void a64_lift_word_##row(struct lift *l, uint32_t word); \
	void a64_lift_word_##row(struct lift *l, uint32_t word)  \
	{                                                        \
		struct a64_##row d = a64_extract_##row(word);    \
                                                                 \
		lift_##row(l, &d);                               \
	}                                                        \
	_Static_assert(A64_ROW_##row < A64_ROW_COUNT, "A64 row " #row)

#endif
