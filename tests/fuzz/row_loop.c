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

/* Numbers below `limit` that follow from the record. */
static uint32_t
next_number(uint64_t *r, uint32_t limit)
{
	*r = *r * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*r >> 33) % limit;
}

/* A conditional branch `words` ahead: B.cond, CBZ and CBNZ, TBZ and TBNZ. */
static uint32_t
branch_ahead(uint32_t words, uint64_t *r)
{
	uint32_t bits = next_number(r, UINT32_C(1) << 31), rt = bits & 31, number = bits >> 5;

	switch (next_number(r, 4)) {
	case 0: return 0x34000000 | (number & 0x81) << 24 | words << 5 | rt;
	case 1:
		return 0x36000000 | (number & 0x81) << 24 | (bits >> 16 & 31) << 19 | words << 5 |
		       rt;
	default: return 0x54000000 | words << 5 | (bits & 15);
	}
}

/* Puts branches over one or more words in the place of some words of a sequence. */
static void
add_branches(struct row_record *record)
{
	uint64_t r = record->words[record->count - 1] ^ (uint64_t)record->words[0] << 32;

	for (uint32_t i = 2; i + 1 < record->count; i++)
		if (next_number(&r, 3) == 0)
			record->words[i] =
				branch_ahead(2 + next_number(&r, record->count - i - 1), &r);
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
	add_branches(record);
	record->state.x[n] = PASSES;
	/* SUB Xn, Xn, #1; CBNZ Xn, first word */
	record->words[record->count] = 0xd1000400 | n << 5 | n;
	record->words[record->count + 1] = 0xb5000000 | (-(record->count + 1) & 0x7ffff) << 5 | n;
	record->count += ROW_LOOP_WORDS;
	return true;
}
