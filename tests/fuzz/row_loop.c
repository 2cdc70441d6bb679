// SPDX-License-Identifier: Apache-2.0
// Records as loops (row_loop.h).
#include "tests/fuzz/row_loop.h"

#include <string.h>

#include "frontend/a64/decode.h"

/*
 * Eager recording begins after 16 passes and looks at 40; the other half is for the region. Loads and stores that move their
 * base get out of the mapped area on the way.
 */
#define PASSES 120

/* x0 to x29: calls write x30. */
#define COUNTERS 30

/* Marks the registers that the word's fields name; those of pairs (CASP) too. */
static void
mark_registers(uint32_t word, bool used[COUNTERS])
{
	const struct a64_row_info *row = &a64_rows[a64_decode(word)];

	for (unsigned i = 0; i < row->field_count; i++) {
		const struct a64_field *f = &row->bit_fields[i];
		unsigned n = word >> f->lsb & 31;

		if (f->name[0] != 'r' || f->width < 4)
			continue;
		if (n < COUNTERS)
			used[n] = true;
		if (n + 1 < COUNTERS)
			used[n + 1] = true;
	}
}

/* A branch may go to the slot's last words: then these must not be the loop's. */
static bool
may_go_past_end(const struct row_record *record, const struct a64_row_info *row)
{
	return row->section == A64_SECTION_branches &&
	       record->count + ROW_LOOP_WORDS > ROW_MAX_WORDS;
}

/*
 * Accesses whose addresses qemu does not look at: cache maintenance, and exclusive stores that fail. Words that follow
 * (a load that makes the store succeed is before it) may spoil an address for the next pass.
 */
static bool
is_lax_in_qemu(const struct row_record *record, const struct a64_row_info *row)
{
	static const char *const starts[] = { "dc_", "ic_", "stx", "stlx" };

	for (unsigned i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (record->count > 2 && !strncmp(row->name, starts[i], strlen(starts[i])))
			return true;
	return false;
}

bool
row_make_loop(struct row_record *record)
{
	bool used[COUNTERS] = { false };
	uint32_t n = 0;

	for (unsigned i = 0; i < record->count; i++) {
		const struct a64_row_info *row = &a64_rows[a64_decode(record->words[i])];

		if (may_go_past_end(record, row) || is_lax_in_qemu(record, row))
			return false;
		mark_registers(record->words[i], used);
	}
	while (n < COUNTERS && used[n])
		n++;
	if (n == COUNTERS)
		return false;
	record->state.x[n] = PASSES;
	/* SUB Xn, Xn, #1; CBNZ Xn, first word */
	record->words[record->count] = 0xd1000400 | n << 5 | n;
	record->words[record->count + 1] = 0xb5000000 | (-(record->count + 1) & 0x7ffff) << 5 | n;
	record->count += ROW_LOOP_WORDS;
	return true;
}
