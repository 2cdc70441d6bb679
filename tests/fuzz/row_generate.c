// SPDX-License-Identifier: Apache-2.0
// Random words and states for the row fuzzer (row_generate.h): first the random source and the values worth trying, then
// words, then what each kind of row needs of its state (addresses, branch targets, exclusive pairs).
#include "tests/fuzz/row_generate.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define NO_REGISTER     32u

/* ---- what is left out --------------------------------------------------------------------------------------- */

static const struct {
	const char *row, *why;
} exclusions[] = {
	{ "svc", "a system call" },
	{ "msr_tpidr_el0", "takes the runner's thread pointer away" },
	{ "mrs_tpidr_el0", "the runner's thread pointer, which differs from run to run" },
	{ "mrs_cntvct_el0", "time" },
	{ "mrs_cntfrq_el0", "depends on the CPU model" },
	{ "mrs_ctr_el0", "depends on the CPU model" },
	{ "mrs_midr_el1", "depends on the CPU model" },
	{ "mrs_mpidr_el1", "depends on the CPU model" },
	{ "mrs_revidr_el1", "depends on the CPU model" },
	{ "mrs_id", "depends on the CPU model" },
};

const char *
row_exclusion(enum a64_row row)
{
	for (unsigned i = 0; i < COUNT_OF(exclusions); i++)
		if (!strcmp(a64_rows[row].name, exclusions[i].row))
			return exclusions[i].why;
	return NULL;
}

/* ---- random values -------------------------------------------------------------------------------------------- */

/* SplitMix64. */
static uint64_t
random_bits(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static unsigned
below(uint64_t *r, unsigned limit)
{
	return (unsigned)(random_bits(r) >> 32) % limit;
}

static bool
one_in(uint64_t *r, unsigned n)
{
	return below(r, n) == 0;
}

static uint64_t
low_mask(unsigned bits)
{
	return UINT64_MAX >> (64 - bits);
}

/* An integer of `bits` bits: ends of ranges, powers of two, small ones, runs of ones, anything. */
static uint64_t
random_integer(uint64_t *r, unsigned bits)
{
	uint64_t value;

	switch (below(r, 8)) {
	case 0: value = UINT64_C(1) << below(r, bits); break;
	case 1: value = low_mask(bits - 1); break;
	case 2: value = ~low_mask(bits - 1); break;
	case 3: value = 0; break;
	case 4: value = (uint64_t)(int64_t)(int)(below(r, 150) - 75); break;
	case 5:
		value = low_mask(1 + below(r, bits));
		value <<= below(r, bits);
		break;
	default: return random_bits(r) & low_mask(bits);
	}
	switch (below(r, 6)) {
	case 0: value += 1; break;
	case 1: value -= 1; break;
	case 2: value = ~value; break;
	default: break;
	}
	return value & low_mask(bits);
}

static const uint16_t half_corners[] = {
	0,
	1,
	0x3ff,
	0x400,
	0x1400,
	0x3800,
	0x3c00,
	0x3c01,
	0x3e00,
	0x4100,
	0x7bff,
	0x7c00,
	0x7c01,
	0x7d55,
	0x7e00,
	0x7fff,
};

/* Zero, denormals, ones and halves, ends of the integer and half ranges, infinity, NaNs. */
static const uint32_t single_corners[] = {
	0,
	1,
	0x400000,
	0x7fffff,
	0x800000,
	0x33000000,
	0x33000001,
	0x33800000,
	0x387fc000,
	0x387fe000,
	0x38800000,
	0x3effffff,
	0x3f000000,
	0x3f7fffff,
	0x3f800000,
	0x3f800001,
	0x3fc00000,
	0x40200000,
	0x40600000,
	0x477fe000,
	0x477fefff,
	0x477ff000,
	0x47ffe000,
	0x4b000000,
	0x4b000001,
	0x4b7fffff,
	0x4effffff,
	0x4f000000,
	0x4f7fffff,
	0x4f800000,
	0x5effffff,
	0x5f000000,
	0x5f7fffff,
	0x5f800000,
	0x7effffff,
	0x7f7fffff,
	0x7f800000,
	0x7f800001,
	0x7fa00000,
	0x7fbfffff,
	0x7fc00000,
	0x7fc12345,
	0x7fffffff,
};

static const uint64_t double_corners[] = {
	0,
	1,
	0x8000000000000,
	0xfffffffffffff,
	0x10000000000000,
	0x3690000000000000,
	0x36a0000000000000,
	0x380fffffe0000000,
	0x380fffffffffffff,
	0x3810000000000000,
	0x3e60000000000000,
	0x3f0ff80000000000,
	0x3fdfffffffffffff,
	0x3fe0000000000000,
	0x3fefffffffffffff,
	0x3ff0000000000000,
	0x3ff0000000000001,
	0x3ff0000010000000,
	0x3ff0000030000000,
	0x3ff8000000000000,
	0x4004000000000000,
	0x40efffffffffffff,
	0x40effc0000000000,
	0x40effe0000000000,
	0x41dfffffffc00000,
	0x41dfffffffe00000,
	0x41e0000000000000,
	0x41efffffffe00000,
	0x41f0000000000000,
	0x4330000000000000,
	0x4330000000000001,
	0x43dfffffffffffff,
	0x43e0000000000000,
	0x43efffffffffffff,
	0x43f0000000000000,
	0x47efffffe0000000,
	0x47efffffefffffff,
	0x47effffff0000000,
	0x7fdfffffffffffff,
	0x7fefffffffffffff,
	0x7ff0000000000000,
	0x7ff0000000000001,
	0x7ff4000000000000,
	0x7ff7ffffffffffff,
	0x7ff8000000000000,
	0x7ff8123456789abc,
	0x7fffffffffffffff,
};

/* A floating-point number of 16, 32 or 64 bits: corners, neighbours of corners, ordinary magnitudes. */
static uint64_t
random_float(uint64_t *r, unsigned bits)
{
	unsigned fraction_bits = bits == 16 ? 10 : bits == 32 ? 23 : 52;
	unsigned bias = bits == 16 ? 15 : bits == 32 ? 127 : 1023;
	uint64_t value, spread = bits == 16 ? 10 : 70;

	if (one_in(r, 3)) {
		value = random_bits(r) & low_mask(fraction_bits);
		if (one_in(r, 2))
			value &= ~low_mask(1 + below(r, fraction_bits));
		value |= (bias - spread / 2 + below(r, (unsigned)spread)) << fraction_bits;
	} else {
		value = bits == 16   ? half_corners[below(r, COUNT_OF(half_corners))]
			: bits == 32 ? single_corners[below(r, COUNT_OF(single_corners))]
				     : double_corners[below(r, COUNT_OF(double_corners))];
		if (one_in(r, 4))
			value += below(r, 5) - UINT64_C(2);
	}
	if (one_in(r, 2))
		value ^= UINT64_C(1) << (bits - 1);
	return value & low_mask(bits);
}

static void
random_vector(uint64_t *r, uint64_t v[2])
{
	unsigned bits = 8u << below(r, 4);
	bool floats = bits >= 16 && one_in(r, 2), same = one_in(r, 8), plain = one_in(r, 5);
	uint64_t value = 0;

	memset(v, 0, 16);
	for (unsigned n = 0; n < 128 / bits; n++) {
		if (n == 0 || !same)
			value = plain    ? random_bits(r) & low_mask(bits)
				: floats ? random_float(r, bits)
					 : random_integer(r, bits);
		v[n * bits / 64] |= value << n * bits % 64;
	}
}

/* Floating-point modes: half of the records run in the default one. */
static uint32_t
random_fpcr(uint64_t *r)
{
	return one_in(r, 2) ? 0 : (uint32_t)random_bits(r) & ROW_FPCR_MASK;
}

static void
random_state(struct row_state *s, uint64_t *r)
{
	memset(s, 0, sizeof *s);
	for (unsigned i = 0; i < 31; i++)
		s->x[i] = one_in(r, 4) ? random_integer(r, 32) : random_integer(r, 64);
	s->sp = random_integer(r, 64) & ~UINT64_C(15);
	s->nzcv = below(r, 16) << 28;
	s->fpcr = random_fpcr(r);
	s->fpsr = one_in(r, 3) ? (uint32_t)random_bits(r) & ROW_FPSR_MASK : 0;
	for (unsigned i = 0; i < 32; i++)
		random_vector(r, s->v[i]);
	for (unsigned i = 0; i < ROW_WINDOW_SIZE; i += 16) {
		uint64_t v[2];

		random_vector(r, v);
		memcpy(s->memory + i, v, sizeof v);
	}
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

static const struct a64_field *
find_field(const struct a64_row_info *row, const char *name)
{
	for (unsigned i = 0; i < row->field_count; i++)
		if (!strcmp(row->bit_fields[i].name, name))
			return &row->bit_fields[i];
	return NULL;
}

static bool
has_field(const struct a64_row_info *row, const char *name)
{
	return find_field(row, name) != NULL;
}

/* The field's value; `absent` if the row has no such field. */
static uint32_t
field_or(const struct a64_row_info *row, uint32_t word, const char *name, uint32_t absent)
{
	const struct a64_field *f = find_field(row, name);

	return f == NULL ? absent : word >> f->lsb & (uint32_t)low_mask(f->width);
}

static int64_t
signed_value(const struct a64_row_info *row, uint32_t word, const char *name)
{
	const struct a64_field *f = find_field(row, name);

	return f == NULL ? 0
			 : (int64_t)((uint64_t)word << (64 - f->width - f->lsb)) >> (64 - f->width);
}

static void
set_field(const struct a64_row_info *row, uint32_t *word, const char *name, uint32_t value)
{
	const struct a64_field *f = find_field(row, name);
	uint32_t mask = (uint32_t)low_mask(f->width) << f->lsb;

	*word = (*word & ~mask) | (value << f->lsb & mask);
}

static bool
is_register(const struct a64_field *f)
{
	return f->name[0] == 'r' && f->width == 5;
}

/* Of few registers, so that operands meet. */
static uint32_t
random_word(const struct a64_row_info *row, bool few_registers, uint64_t *r)
{
	uint32_t word;

	do {
		word = ((uint32_t)random_bits(r) & ~row->mask) | row->value;
		word = (word & ~row->should_mask) | row->should_value;
		for (unsigned i = 0; few_registers && i < row->field_count; i++)
			if (is_register(&row->bit_fields[i]))
				set_field(row, &word, row->bit_fields[i].name,
					(29 + below(r, 4)) % 32);
	} while (row->reserved != NULL && row->reserved(word));
	return word;
}

static bool
name_is(const struct a64_row_info *row, const char *name)
{
	return !strcmp(row->name, name);
}

static bool
name_starts(const struct a64_row_info *row, const char *start)
{
	return !strncmp(row->name, start, strlen(start));
}

static bool
same_register(const struct a64_row_info *row, uint32_t word, const char *a, const char *b)
{
	return has_field(row, a) && has_field(row, b) &&
	       field_or(row, word, a, 0) == field_or(row, word, b, 0);
}

static bool
is_load_pair(const struct a64_row_info *row)
{
	return name_starts(row, "ldp") || name_is(row, "ldxp") || name_is(row, "ldaxp");
}

static bool
is_store_exclusive(const struct a64_row_info *row)
{
	return name_starts(row, "stx") || name_starts(row, "stlx");
}

/* Pre- and post-index. */
static bool
writes_back(const struct a64_row_info *row, uint32_t word)
{
	return (field_or(row, word, "idx", 0) & 1) != 0;
}

/* CONSTRAINED UNPREDICTABLE (Arm ARM K1.1), where implementations may differ. */
static bool
is_unpredictable(const struct a64_row_info *row, uint32_t word)
{
	bool sp_base = field_or(row, word, "rn", 0) == 31;

	if (is_load_pair(row) && same_register(row, word, "rt", "rt2"))
		return true;
	if (is_store_exclusive(row))
		return same_register(row, word, "rs", "rt") ||
		       same_register(row, word, "rs", "rt2") ||
		       (!sp_base && same_register(row, word, "rs", "rn"));
	return writes_back(row, word) && !sp_base && strstr(row->name, "simd") == NULL &&
	       (same_register(row, word, "rn", "rt") || same_register(row, word, "rn", "rt2"));
}

/* HLT #0xf000 is qemu's semihosting call. */
static bool
is_semihosting(const struct a64_row_info *row, uint32_t word)
{
	return name_is(row, "hlt") && field_or(row, word, "imm16", 0) == 0xf000;
}

/* ---- addresses ---------------------------------------------------------------------------------------------------- */

static unsigned
first_of(const struct a64_row_info *row, uint32_t word)
{
	return field_or(row, word, "rn", NO_REGISTER);
}

static uint64_t
get_x(const struct row_state *s, unsigned n)
{
	return n == 31 ? 0 : s->x[n];
}

static bool
accesses_memory(const struct a64_row_info *row)
{
	switch (row->section) {
	case A64_SECTION_loads_stores: return !has_field(row, "imm19");
	case A64_SECTION_atomics:
	case A64_SECTION_loads_stores_structures: return true;
	default: return false;
	}
}

static bool
maintains_cache(const struct a64_row_info *row)
{
	return name_starts(row, "dc_") || name_starts(row, "ic_");
}

/* log2 of the bytes that offsets are counted in. */
static unsigned
offset_scale(const struct a64_row_info *row, uint32_t word)
{
	if (has_field(row, "imm7"))
		return has_field(row, "opc") ? 2 + field_or(row, word, "opc", 0)
					     : 2 + field_or(row, word, "sf", 0);
	return field_or(row, word, "opc1", 0) << 2 | field_or(row, word, "size", 3);
}

static uint64_t
extended_index(const struct a64_row_info *row, uint32_t word, const struct row_state *s)
{
	uint64_t index = get_x(s, field_or(row, word, "rm", 31));

	switch (field_or(row, word, "option", 3)) {
	case 2: index = (uint32_t)index; break;
	case 6: index = (uint64_t)(int64_t)(int32_t)index; break;
	default: break;
	}
	return index << (field_or(row, word, "S", 0) ? offset_scale(row, word) : 0);
}

/* What the word adds to its base register to make the address. */
static uint64_t
address_offset(const struct a64_row_info *row, uint32_t word, const struct row_state *s)
{
	bool post_index = field_or(row, word, "idx", 0) == 1;

	if (has_field(row, "option"))
		return extended_index(row, word, s);
	if (has_field(row, "imm12"))
		return (uint64_t)field_or(row, word, "imm12", 0) << offset_scale(row, word);
	if (post_index)
		return 0;
	if (has_field(row, "imm7"))
		return (uint64_t)signed_value(row, word, "imm7") << offset_scale(row, word);
	return (uint64_t)signed_value(row, word, "imm9");
}

/* Exclusives, atomics and ordered accesses must be aligned: the bytes they access, 1 for all others. */
static unsigned
alignment(const struct a64_row_info *row, uint32_t word)
{
	bool strict = row->section == A64_SECTION_atomics ||
		      (row->section == A64_SECTION_loads_stores && !has_field(row, "imm9") &&
			      !has_field(row, "imm12") && !has_field(row, "imm7") &&
			      !has_field(row, "option"));

	if (!strict)
		return 1;
	return has_field(row, "sz") ? 8u << field_or(row, word, "sz", 0)
				    : 1u << field_or(row, word, "size", 0);
}

/* Mostly in the window, with room for the longest access (64 bytes) around it; sometimes where nothing is mapped. */
static uint64_t
random_address(uint64_t *r, unsigned align)
{
	uint64_t address = ROW_WINDOW + 64 + below(r, 96);

	if (one_in(r, 24))
		address += ROW_AREA_SIZE;
	return address & ~(uint64_t)(align - 1);
}

/* Point the base register so that the access is at a good address; false if the word cannot. */
static bool
aim_access(struct row_state *s, const struct a64_row_info *row, uint32_t word, uint64_t *r)
{
	unsigned base = first_of(row, word);
	uint64_t address = random_address(r, alignment(row, word)), offset;

	if (has_field(row, "option") && base != 31 && same_register(row, word, "rn", "rm"))
		return false;
	offset = address_offset(row, word, s);
	if (base == 31)
		s->sp = (address - offset) & ~UINT64_C(15);
	else
		s->x[base] = address - offset;
	return true;
}

/* CAS and CASP: let the comparison succeed half of the time. */
static void
expect_memory(struct row_state *s, const struct a64_row_info *row, uint32_t word, uint64_t *r)
{
	unsigned rs = field_or(row, word, "rs", 31), rn = first_of(row, word);
	unsigned size = alignment(row, word);
	uint64_t at, value[2] = { 0, 0 };

	if (!name_starts(row, "cas"))
		return;
	at = (rn == 31 ? s->sp : s->x[rn]) - ROW_WINDOW;
	if (at > ROW_WINDOW_SIZE - 16 || one_in(r, 2))
		return;
	memcpy(value, s->memory + at, size);
	if (name_is(row, "casp") && size == 8) {
		value[1] = value[0] >> 32;
		value[0] = (uint32_t)value[0] | (random_bits(r) << 32);
	}
	if (rs != 31 && rs != rn)
		s->x[rs] = value[0];
	if (name_is(row, "casp") && rs + 1 != 31 && rs + 1 != rn)
		s->x[rs + 1] = value[1];
}

/* ---- branches and literals ---------------------------------------------------------------------------------------- */

/* A BRK of the record's own slot, in words from its first word. */
static int32_t
landing_pad(uint64_t *r)
{
	int32_t words = (int32_t)below(r, ROW_SLOT_SIZE / 4) - ROW_ENTRY / 4;

	return words >= 0 && words < ROW_MAX_WORDS ? -1 : words;
}

/*
 * Offsets relative to the pc: to a landing pad, or out of the code area, where nothing is mapped; never to
 * other records' words. True if the row has one.
 */
static void
aim_relative(const struct a64_row_info *row, uint32_t *word, uint64_t *r)
{
	static const char *const names[] = { "imm14", "imm19", "imm26" };

	for (unsigned i = 0; i < COUNT_OF(names); i++) {
		const int32_t area = ROW_CODE_SIZE / 4;
		int32_t offset;

		if (!has_field(row, names[i]))
			continue;
		offset = (int32_t)signed_value(row, *word, names[i]);
		if (!one_in(r, 4) || (offset < area && offset > -area))
			set_field(row, word, names[i], (uint32_t)landing_pad(r));
	}
}

/* Targets of BR, BLR and RET: landing pads, sometimes misaligned or unmapped addresses. */
static void
aim_indirect(struct row_record *record, unsigned n, uint64_t *r)
{
	uint64_t target = row_entry(record->slot) + 4 * (uint64_t)(int64_t)landing_pad(r);

	if (one_in(r, 16))
		target += 1 + below(r, 3);
	else if (one_in(r, 16))
		target += UINT64_C(1) << 32;
	if (n != 31)
		record->state.x[n] = target;
}

/* ---- sequences ------------------------------------------------------------------------------------------------------ */

/* A register that none of the word's fields names. */
static unsigned
free_register(const struct a64_row_info *row, uint32_t word)
{
	for (unsigned n = 0;; n++) {
		bool used = false;

		for (unsigned i = 0; i < row->field_count; i++) {
			const struct a64_field *f = &row->bit_fields[i];

			used |= is_register(f) && field_or(row, word, f->name, 0) == n;
		}
		if (!used)
			return n;
	}
}

/* The load that makes a store exclusive succeed. */
static uint32_t
matching_load(const struct a64_row_info *store, uint32_t word)
{
	bool pair = has_field(store, "rt2");
	const struct a64_row_info *load = &a64_rows[pair ? A64_ROW_ldxp : A64_ROW_ldxr];
	uint32_t result = load->value | load->should_value;
	unsigned to = free_register(store, word);

	set_field(load, &result, "rn", first_of(store, word));
	set_field(load, &result, "rt", to);
	if (pair) {
		set_field(load, &result, "rt2", 31);
		set_field(load, &result, "sz", field_or(store, word, "sz", 0));
	} else {
		set_field(load, &result, "size", field_or(store, word, "size", 0));
	}
	return result;
}

static uint32_t
random_word_of_section(enum a64_section first, enum a64_section last, uint64_t *r)
{
	enum a64_row row;

	do {
		row = (enum a64_row)below(r, A64_ROW_COUNT);
	} while (a64_rows[row].section < first || a64_rows[row].section > last);
	return random_word(&a64_rows[row], !one_in(r, 4), r);
}

static void
put_before(struct row_record *record, uint32_t word)
{
	memmove(record->words + 1, record->words, sizeof record->words - sizeof record->words[0]);
	record->words[0] = word;
	record->count++;
}

/* Some rows say more together with another instruction. */
static void
add_companions(struct row_record *record, const struct a64_row_info *row, uint64_t *r)
{
	uint32_t word = record->words[0];

	if (is_store_exclusive(row) && !one_in(r, 4))
		put_before(record, matching_load(row, word));
	else if (name_is(row, "mrs_fpsr") && !one_in(r, 4))
		put_before(
			record, random_word_of_section(A64_SECTION_simd_scalar, A64_SECTION_fp, r));
	else if ((name_is(row, "msr_fpcr") || name_is(row, "msr_fpsr")) && !one_in(r, 4))
		record->words[record->count++] =
			random_word_of_section(A64_SECTION_fp_convert, A64_SECTION_fp, r);
}

/* Fill the record with words that compute. */
static void
add_sequence(struct row_record *record, uint64_t *r)
{
	while (record->count < ROW_MAX_WORDS) {
		bool integer = one_in(r, 3);

		record->words[record->count++] =
			integer ? random_word_of_section(
					  A64_SECTION_data_register, A64_SECTION_data_register, r)
				: random_word_of_section(A64_SECTION_crypto, A64_SECTION_fp, r);
	}
}

bool
row_generate(struct row_record *record, uint64_t seed, enum a64_row row_number, uint32_t number,
	bool sequence)
{
	const struct a64_row_info *row = &a64_rows[row_number];
	uint64_t r =
		seed * UINT64_C(0xd1342543de82ef95) + row_number * UINT64_C(0x2545f4914f6cdd1d);
	uint32_t word;

	r = random_bits(&r) + number;
	r = random_bits(&r);
	word = random_word(row, one_in(&r, sequence ? 2 : 4), &r);
	if (is_unpredictable(row, word) || is_semihosting(row, word))
		return false;
	*record = (struct row_record){ .count = 1, .slot = number % ROW_MAX_BATCH };
	random_state(&record->state, &r);
	aim_relative(row, &word, &r);
	if (accesses_memory(row) && !aim_access(&record->state, row, word, &r))
		return false;
	expect_memory(&record->state, row, word, &r);
	if (maintains_cache(row)) {
		unsigned rt = field_or(row, word, "rt", 31);

		if (rt == 31)
			return false;
		record->state.x[rt] = ROW_WINDOW + below(&r, ROW_WINDOW_SIZE);
	}
	if (row->section == A64_SECTION_branches && has_field(row, "rn"))
		aim_indirect(record, first_of(row, word), &r);
	record->words[0] = word;
	add_companions(record, row, &r);
	if (sequence)
		add_sequence(record, &r);
	return true;
}
