// SPDX-License-Identifier: Apache-2.0
// Makes the row fuzzer's records: random legal words of a row of the decode table, and a state to run them from that
// is rich in corner values and lets memory accesses land in the window. A record depends on (seed, row, number) alone.
#ifndef TESTS_FUZZ_ROW_GENERATE_H
#define TESTS_FUZZ_ROW_GENERATE_H

#include <stdbool.h>
#include <stdint.h>

#include "frontend/a64/decode.h"
#include "tests/fuzz/row_record.h"

/** Why the fuzzer leaves out a row, or NULL. */
const char *row_exclusion(enum a64_row row);

/**
 * Record `number` of `row`; false if `number` gave no word that may be compared. With `sequence`, random
 * data-processing words follow the row's, which then share a unit with it.
 */
bool row_generate(
	struct row_record *record, uint64_t seed, enum a64_row row, uint32_t number, bool sequence);

#endif
