// SPDX-License-Identifier: Apache-2.0
// Records as loops: their words are passed so often that regions are made of them (with --regions eager). What a pass leaves is
// what the next one begins with.
#ifndef TESTS_FUZZ_ROW_LOOP_H
#define TESTS_FUZZ_ROW_LOOP_H

#include <stdbool.h>

#include "tests/fuzz/row_record.h"

/** Adds a loop's end to the record; false if there is no register for a counter, or the words would not loop alike. */
bool row_make_loop(struct row_record *record);

#endif
