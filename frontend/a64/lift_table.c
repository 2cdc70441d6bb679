// SPDX-License-Identifier: Apache-2.0
// The table from decode rows to lifters (see lift_table.h).  It names the lifter of every row of a64.decode, so that
// a row without one does not link.
#include "frontend/a64/lift_table.h"

#define DECLARE(row) void a64_lift_word_##row(struct lift *l, uint32_t word);
#define ENTRY(row)   [A64_ROW_##row] = a64_lift_word_##row,

A64_ROWS(DECLARE)

const a64_lifter a64_lift_table[A64_ROW_COUNT] = { A64_ROWS(ENTRY) };
