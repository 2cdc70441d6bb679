// SPDX-License-Identifier: Apache-2.0
//
// Known answers for the A64 lifters: what the generator (a64_answers_guest.c, an arm64 program
// that executes the words) and the unit test (test_a64_lift.c) have in common. Both walk the rows
// of the decode table, make the same words and the same states, and make one digest of all
// resulting states a word.
#ifndef TESTS_UNIT_A64_ANSWERS_H
#define TESTS_UNIT_A64_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "frontend/a64/decode.h"
#include "tests/unit/known_answer_inputs.h"

#define ANSWER_WORDS  10 /* words a row */
#define ANSWER_STATES 24 /* states a word */

/*
 * Memory operands: at the same place in both programs. The base register points at the middle of
 * what is compared.
 */
#define ANSWER_MEMORY      0x10000000
#define ANSWER_MEMORY_SIZE 0x10000
#define ANSWER_BASE        (ANSWER_MEMORY + 0x8000)
#define ANSWER_WINDOW      2048

enum { BASE_REGISTER = 8, INDEX_REGISTER = 9 };

/* Registers before and after; the layout is known to the generator's assembly. */
struct answer_state {
	uint64_t x[31];
	uint64_t nzcv; /* bits 31..28 */
	uint64_t fpcr;
	uint64_t fpsr;
	union vec128 v[32];
};

/* ---- words ------------------------------------------------------------------------------- */

static inline bool
answer_accesses_memory(const struct a64_row_info *row)
{
	return row->section == A64_SECTION_loads_stores || row->section == A64_SECTION_atomics ||
	       row->section == A64_SECTION_loads_stores_structures;
}

/*
 * Rows that depend on pc or on state outside of struct answer_state, or leave straight-line code.
 */
static inline bool
answer_skips(const struct a64_row_info *row)
{
	const char *name = row->name;

	if (row->section == A64_SECTION_system)
		return strcmp(name, "msr_nzcv") != 0 && strcmp(name, "mrs_nzcv") != 0 &&
		       strcmp(name, "mrs_fpcr") != 0;
	return row->section == A64_SECTION_reserved || row->section == A64_SECTION_branches ||
	       strncmp(name, "adr", 3) == 0 || strstr(name, "literal") != NULL ||
	       strncmp(name, "stx", 3) == 0 || strncmp(name, "stlx", 4) == 0;
}

/* The field `name` of the row in `word`: its value, or -1. */
static inline int
answer_field(const struct a64_row_info *row, uint32_t word, const char *name)
{
	for (unsigned n = 0; n < row->field_count; n++) {
		const struct a64_field *f = &row->bit_fields[n];

		if (strcmp(f->name, name) == 0)
			return (int)(word >> f->lsb & ((1u << f->width) - 1));
	}
	return -1;
}

static inline void
answer_set_field(const struct a64_row_info *row, uint32_t *word, const char *name, unsigned value)
{
	for (unsigned n = 0; n < row->field_count; n++) {
		const struct a64_field *f = &row->bit_fields[n];
		uint32_t mask = ((1u << f->width) - 1) << f->lsb;

		if (strcmp(f->name, name) == 0)
			*word = (*word & ~mask) | (value << f->lsb & mask);
	}
}

/* Keep data registers of memory accesses apart from base and index, and offsets within memory. */
static inline void
answer_tame_access(const struct a64_row_info *row, uint32_t *word)
{
	bool simd = strstr(row->name, "simd") != NULL ||
		    row->section == A64_SECTION_loads_stores_structures;
	int rt = answer_field(row, *word, "rt"), rt2 = answer_field(row, *word, "rt2");
	int rs = answer_field(row, *word, "rs"), rm = answer_field(row, *word, "rm");
	int imm12 = answer_field(row, *word, "imm12");

	answer_set_field(row, word, "rn", BASE_REGISTER);
	if (imm12 >= 0)
		answer_set_field(row, word, "imm12", (unsigned)imm12 & 31);
	if (rm >= 0 && rm != 31 && answer_field(row, *word, "option") >= 0)
		answer_set_field(row, word, "rm", INDEX_REGISTER);
	if (!simd && rt >= 0 && rt != 31)
		answer_set_field(row, word, "rt", (unsigned)(rt &= 7));
	if (rs >= 0 && rs != 31)
		answer_set_field(row, word, "rs", (unsigned)(rs & 7));
	if (rt2 >= 0) {
		if (!simd && rt2 != 31)
			rt2 &= 7;
		if (rt2 == rt)
			rt2 = rt2 == 7 ? 3 : (rt2 + 1) & 7;
		answer_set_field(row, word, "rt2", (unsigned)rt2);
	}
}

/* Rows where register 31 is SP, which the two programs do not share. */
static inline bool
answer_uses_sp(const struct a64_row_info *row, uint32_t word)
{
	bool sp_rows =
		row->section == A64_SECTION_data_immediate || strstr(row->name, "extended") != NULL;

	return sp_rows &&
	       (answer_field(row, word, "rd") == 31 || answer_field(row, word, "rn") == 31);
}

/* Word number `n` of a row; 0 when none was found. */
static inline uint32_t
answer_word(unsigned row_number, unsigned n)
{
	const struct a64_row_info *row = &a64_rows[row_number];
	uint64_t seed = (row_number * 1000 + n + 1) * UINT64_C(0x9e3779b97f4a7c15);

	for (unsigned tries = 0; tries < 10000; tries++) {
		uint32_t word = (uint32_t)(known_answer_random(&seed) >> 32);

		word = (word & ~row->mask) | row->value;
		word = (word & ~row->should_mask) | row->should_value;
		if (answer_accesses_memory(row))
			answer_tame_access(row, &word);
		if (a64_decode(word) == (enum a64_row)row_number && !answer_uses_sp(row, word))
			return word;
	}
	return 0;
}

/* ---- states ------------------------------------------------------------------------------ */

/* The index register: small, in the form that the word's extension reads. */
static inline uint64_t
answer_index(const struct a64_row_info *row, uint32_t word, uint64_t r)
{
	int64_t index = (int64_t)(r & 63);

	switch (answer_field(row, word, "option")) {
	case 2: return (uint64_t)index | r << 32;
	case 6: return (uint64_t)(uint32_t)(index - 32) | r << 32;
	case -1: return r;
	default: return (uint64_t)(index - 32);
	}
}

/* State number `n` for `word`, memory included. */
static inline void
answer_fill(struct answer_state *s, unsigned row_number, uint32_t word, unsigned n)
{
	const struct a64_row_info *row = &a64_rows[row_number];
	uint64_t seed = (word ^ (uint64_t)(n + 1) << 32) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	uint64_t *memory = (uint64_t *)(ANSWER_BASE - ANSWER_WINDOW);

	for (unsigned i = 0; i < 31; i++)
		s->x[i] = known_answer_corner(&seed, n % 3 == 0 ? 2 : 3) +
			  (n % 5 == 0 ? known_answer_random(&seed) >> 60 : 0);
	s->nzcv = known_answer_random(&seed) & 0xf0000000;
	s->fpcr =
		n % 3 == 2 ? known_answer_fpcr[known_answer_random(&seed) % KNOWN_ANSWER_MODES] : 0;
	s->fpsr = 0;
	for (unsigned i = 0; i < 32; i++)
		for (unsigned lane = n % 4, e = 0; e < 16u >> lane; e++)
			vec128_set_lane(&s->v[i], lane, e, known_answer_corner(&seed, lane));
	if (!answer_accesses_memory(row))
		return;
	for (unsigned i = 0; i < 2 * ANSWER_WINDOW / 8; i++)
		memory[i] = known_answer_random(&seed);
	s->x[BASE_REGISTER] = ANSWER_BASE;
	s->x[INDEX_REGISTER] = answer_index(row, word, known_answer_random(&seed));
	/* Let comparisons succeed now and then. */
	if (n % 4 == 1)
		for (unsigned i = 0; i < 8; i++)
			s->x[i] = memory[ANSWER_WINDOW / 8] + (i == 7);
	if (n % 8 == 1)
		memory[ANSWER_WINDOW / 8 + 1] = memory[ANSWER_WINDOW / 8];
}

static inline uint64_t
answer_digest(uint64_t digest, const struct answer_state *s, bool with_memory)
{
	const uint64_t *words = (const uint64_t *)s;
	const uint64_t *memory = (const uint64_t *)(ANSWER_BASE - ANSWER_WINDOW);

	for (unsigned i = 0; i < sizeof *s / 8; i++)
		digest = (digest ^ words[i]) * UINT64_C(0x100000001b3) + (digest >> 41);
	for (unsigned i = 0; with_memory && i < 2 * ANSWER_WINDOW / 8; i++)
		digest = (digest ^ memory[i]) * UINT64_C(0x100000001b3) + (digest >> 41);
	return digest;
}

#endif
