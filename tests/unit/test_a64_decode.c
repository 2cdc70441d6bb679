// SPDX-License-Identifier: Apache-2.0
// The A64 decode table against itself (every row decodes its own words, fields extracted as packed), against known
// encodings, and against capstone's decoder: allocated or not, and mnemonic, over random words of each row, their
// neighbours one bit away, and millions of random words.
#include <criterion/criterion.h>
#include <capstone/capstone.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "frontend/a64/decode.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static uint64_t random_state = 88172645463325252;

static uint32_t
random_word(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 16);
}

/* A random word with the row's tested bits; it may be reserved. */
static uint32_t
random_word_like(const struct a64_row_info *row)
{
	uint32_t word = (random_word() & ~row->mask) | row->value;

	return (word & ~row->should_mask) | row->should_value;
}

static const char *
row_name(enum a64_row row)
{
	return row == A64_ROW_none ? "none" : a64_rows[row].name;
}

static bool
row_is(enum a64_row row, const char *name)
{
	return !strcmp(row_name(row), name);
}

/* ---- the table itself ------------------------------------------------------------------------ */

Test(a64_decode, rows_decode_to_themselves)
{
	for (enum a64_row row = 0; row < A64_ROW_COUNT; row++) {
		unsigned legal = 0;

		for (unsigned i = 0; i < 2000; i++) {
			uint32_t word = random_word_like(&a64_rows[row]);
			bool reserved = a64_rows[row].reserved && a64_rows[row].reserved(word);

			legal += !reserved;
			cr_assert_eq(a64_decode(word) == row, !reserved, "%08x of row %s", word,
				row_name(row));
		}
		cr_assert(legal, "row %s: no legal word found", row_name(row));
	}
}

Test(a64_decode, fields_and_tested_bits_fill_the_word)
{
	for (enum a64_row row = 0; row < A64_ROW_COUNT; row++) {
		const struct a64_row_info *info = &a64_rows[row];
		uint32_t covered = info->mask ^ info->should_mask;

		for (unsigned i = 0; i < info->field_count; i++) {
			const struct a64_field *field = &info->bit_fields[i];
			uint32_t bits = ((UINT32_C(1) << field->width) - 1) << field->lsb;

			cr_assert_eq(covered & bits, 0, "row %s field %s", info->name, field->name);
			covered |= bits;
		}
		cr_assert_eq(covered, UINT32_MAX, "row %s", info->name);
	}
}

Test(a64_decode, fields_are_extracted)
{
	struct a64_add_imm add = a64_extract_add_imm(0x917ffc41); /* add x1, x2, #0xfff, lsl #12 */
	struct a64_tbz tbz = a64_extract_tbz(0xb6fbffe3);         /* tbz x3, #63, .+0x7ffc */
	struct a64_fmla_elem fmla =
		a64_extract_fmla_elem(0x4fb91a0f); /* fmla v15.4s, v16.4s, v25.s[3] */

	cr_assert(add.sf == 1 && add.sh == 1 && add.imm12 == 0xfff && add.rn == 2 && add.rd == 1);
	cr_assert(tbz.b5 == 1 && tbz.b40 == 31 && tbz.imm14 == 0x1fff && tbz.rt == 3);
	cr_assert(fmla.Q == 1 && fmla.sz == 0 && fmla.L == 1 && fmla.M == 1 && fmla.rm == 9);
	cr_assert(fmla.H == 1 && fmla.rn == 16 && fmla.rd == 15);
}

/* ---- known words ----------------------------------------------------------------------------- */

/*
 * Words as Debian's aarch64-linux-gnu-as 2.40 assembles them, also of extensions that dragoman does not have, and
 * reserved ones.  The atomics are here because capstone 4 does not know them.
 */
static const struct {
	uint32_t word;
	const char *row; /* "none": UNALLOCATED */
	const char *text;
} known_words[] = {
	{ 0x00000000, "udf", "udf #0" },
	{ 0x0000ffff, "udf", "udf #65535" },
	{ 0xd503201f, "hint", "nop" },
	{ 0xd503233f, "hint", "paciasp" },
	{ 0xd503245f, "hint", "bti c" },
	{ 0xd5033fdf, "isb", "isb" },
	{ 0xd50330ff, "none", "sb, Armv8.5" },
	{ 0xd53be040, "mrs_cntvct_el0", "mrs x0, cntvct_el0" },
	{ 0xd53be020, "none", "mrs x0, cntpct_el0" },
	{ 0xd53bd041, "mrs_tpidr_el0", "mrs x1, tpidr_el0" },
	{ 0xd51bd061, "none", "msr tpidrro_el0, x1" },
	{ 0xd5380400, "mrs_id", "mrs x0, id_aa64pfr0_el1" },
	{ 0xd5380600, "mrs_id", "mrs x0, id_aa64isar0_el1" },
	{ 0xd5380720, "mrs_id", "mrs x0, id_aa64mmfr1_el1" },
	{ 0xd5380000, "mrs_midr_el1", "mrs x0, midr_el1" },
	{ 0xd5380100, "none", "mrs x0, id_pfr0_el1: an AArch32 register" },
	{ 0xd5384240, "none", "mrs x0, currentel" },
	{ 0xd50b7420, "dc_zva", "dc zva, x0" },
	{ 0xd50b7b20, "dc_cvau", "dc cvau, x0" },
	{ 0xd50b7c20, "none", "dc cvap, x0: Armv8.2" },
	{ 0xd50b7520, "ic_ivau", "ic ivau, x0" },
	{ 0xd508751f, "none", "ic iallu" },
	{ 0xd69f03e0, "none", "eret" },
	{ 0xb8220001, "ldadd", "ldadd w2, w1, [x0]" },
	{ 0xf8e23001, "ldset", "ldsetal x2, x1, [x0]" },
	{ 0x38a21001, "ldclr", "ldclrab w2, w1, [x0]" },
	{ 0xf8628001, "swp", "swpl x2, x1, [x0]" },
	{ 0xf8bfc001, "none", "ldapr x1, [x0], Armv8.3" },
	{ 0x88e2fc01, "cas", "casal w2, w1, [x0]" },
	{ 0x08a27c01, "cas", "casb w2, w1, [x0]" },
	{ 0x48227c04, "casp", "casp x2, x3, x4, x5, [x0]" },
	{ 0x48237c04, "none", "odd Rs, C6.2 CASP" },
	{ 0x48227c05, "none", "odd Rt" },
	{ 0xc8000000, "stxr", "stxr w0, x0, [x0]" },
	{ 0xc89ffc20, "stlr", "stlr x0, [x1]" },
	{ 0xc89f7c20, "none", "stllr x0, [x1], Armv8.1 LOR" },
	{ 0xe9000000, "none", "LDP with opc 3" },
	{ 0x69000000, "none", "STGP, Armv8.5" },
	{ 0x68400000, "none", "LDPSW without allocation hint" },
	{ 0x0b201400, "none", "ADD (extended register), imm3 5" },
	{ 0x9240fc00, "none", "AND (immediate), N 1, imms 63" },
	{ 0x1200f800, "none", "AND (immediate), N 0, imms 62: no element size" },
	{ 0x53400000, "none", "UBFM, N != sf" },
	{ 0x13008000, "none", "SBFM, W, imms 32" },
	{ 0x0f3f0400, "sshr_vec", "sshr v0.2s, v0.2s, #1" },
	{ 0x0f400400, "none", "SSHR, immh 8, Q 0" },
	{ 0x0fc08000, "none", "MUL (by element), size 3" },
	{ 0x0f808000, "mul_elem", "mul v0.2s, v0.2s, v0.s[0]" },
	{ 0x4fe09000, "none", "FMUL (by element), sz 1, L 1" },
	{ 0x1ee22820, "none", "fadd h0, h1, h2: Armv8.2 FP16" },
	{ 0x4e421420, "none", "fadd v0.8h, v1.8h, v2.8h: Armv8.2 FP16" },
	{ 0x1ee24020, "fcvt", "fcvt s0, h1" },
	{ 0x1e224020, "none", "FCVT of single to single" },
	{ 0x9eae0020, "fmov_to_gpr_high", "fmov x0, v1.d[1]" },
	{ 0x1eae0020, "none", "the same for a W register" },
	{ 0x9eaf0020, "fmov_from_gpr_high", "fmov v0.d[1], x1" },
	{ 0x0ee0e000, "pmull_1q", "pmull v0.1q, v0.1d, v0.1d" },
	{ 0x0ea0e000, "none", "PMULL, size 2" },
	{ 0x2e828420, "none", "sqrdmlah v0.2s, v1.2s, v2.2s: Armv8.1 RDM" },
	{ 0x0c008400, "st2_multiple", "st2 {v0.4h, v1.4h}, [x0]" },
	{ 0x0c008c00, "none", "ST2 of 1D" },
	{ 0x0c007c00, "st1_multiple", "st1 {v0.1d}, [x0]" },
	{ 0x4f00fc00, "none", "FMOV (vector) of half precision, Armv8.2" },
	{ 0x6f00f400, "movi", "fmov v0.2d, #2.0" },
	{ 0x2f00f400, "none", "the same with Q 0" },
	{ 0xf8222001, "ldeor", "ldeor x2, x1, [x0]" },
	{ 0x38223001, "ldset", "ldsetb w2, w1, [x0]" },
	{ 0xb8624001, "ldsmax", "ldsmaxl w2, w1, [x0]" },
	{ 0xf8a25001, "ldsmin", "ldsmina x2, x1, [x0]" },
	{ 0x78226001, "ldumax", "ldumaxh w2, w1, [x0]" },
	{ 0xf8e27001, "ldumin", "lduminal x2, x1, [x0]" },
	{ 0x38a28001, "swp", "swpab w2, w1, [x0]" },
	{ 0xf822001f, "ldadd", "stadd x2, [x0]" },
	{ 0x0862fc04, "casp", "caspal w2, w3, w4, w5, [x0]" },
	{ 0x48a27fe1, "cas", "cash w2, w1, [sp]" },
	{ 0xd5033f5f, "clrex", "clrex" },
	{ 0xd4a00001, "dcps", "dcps1" },
	{ 0xd4200020, "brk", "brk #0x1" },
};

Test(a64_decode, known_words)
{
	for (unsigned i = 0; i < COUNT_OF(known_words); i++)
		cr_expect(row_is(a64_decode(known_words[i].word), known_words[i].row),
			"%08x (%s) is %s, expected %s", known_words[i].word, known_words[i].text,
			row_name(a64_decode(known_words[i].word)), known_words[i].row);
}

/* ---- against capstone ------------------------------------------------------------------------ */

/*
 * The mnemonics of rows that are not simply named for theirs (the name up to `_`, or that with a 2 behind it for the
 * second form of a narrowing or widening operation).  Preferred aliases are what a disassembler prints.  `*` at the end
 * stands for any suffix.
 */
static const struct {
	const char *row, *mnemonics;
} mnemonics_of_rows[] = {
	{ "orr_imm", "orr mov" },
	{ "ands_imm", "ands tst" },
	{ "adds_imm", "adds cmn" },
	{ "add_imm", "add mov" },
	{ "subs_imm", "subs cmp" },
	{ "movn", "movn mov" },
	{ "movz", "movz mov" },
	{ "sbfm", "sbfm asr sbfiz sbfx sxtb sxth sxtw" },
	{ "bfm", "bfm bfi bfxil bfc" },
	{ "ubfm", "ubfm lsl lsr ubfiz ubfx uxtb uxth" },
	{ "extr", "extr ror" },
	{ "b_cond", "b.*" },
	{ "dcps", "dcps1 dcps2 dcps3" },
	{ "hint", "hint nop yield wfe wfi sev sevl esb psb csdb dgh bti pac* aut* xpaclri tsb" },
	{ "dsb", "dsb ssbb pssbb" },
	{ "dc_zva", "dc" },
	{ "ic_ivau", "ic" },
	{ "stxr", "stxr stxrb stxrh" },
	{ "stlxr", "stlxr stlxrb stlxrh" },
	{ "ldxr", "ldxr ldxrb ldxrh" },
	{ "ldaxr", "ldaxr ldaxrb ldaxrh" },
	{ "stlr", "stlr stlrb stlrh" },
	{ "ldar", "ldar ldarb ldarh" },
	{ "stp", "stp stnp" },
	{ "ldp", "ldp ldnp" },
	{ "stp_simd", "stp stnp" },
	{ "ldp_simd", "ldp ldnp" },
	{ "str_imm9", "str strb strh stur sturb sturh sttr sttrb sttrh" },
	{ "ldr_imm9", "ldr ldrb ldrh ldur ldurb ldurh ldtr ldtrb ldtrh" },
	{ "ldrs_imm9", "ldrsb ldrsh ldrsw ldursb ldursh ldursw ldtrsb ldtrsh ldtrsw" },
	{ "str_simd_imm9", "str stur" },
	{ "ldr_simd_imm9", "ldr ldur" },
	{ "str_reg", "str strb strh" },
	{ "ldr_reg", "ldr ldrb ldrh" },
	{ "ldrs_reg", "ldrsb ldrsh ldrsw" },
	{ "str_imm", "str strb strh" },
	{ "ldr_imm", "ldr ldrb ldrh" },
	{ "ldrs_imm", "ldrsb ldrsh ldrsw" },
	{ "casp", "casp*" },
	{ "cas", "cas casa casl casal casb casab caslb casalb cash casah caslh casalh" },
	{ "ldadd", "ldadd* stadd*" },
	{ "ldclr", "ldclr* stclr*" },
	{ "ldeor", "ldeor* steor*" },
	{ "ldset", "ldset* stset*" },
	{ "ldsmax", "ldsmax* stsmax*" },
	{ "ldsmin", "ldsmin* stsmin*" },
	{ "ldumax", "ldumax* stumax*" },
	{ "ldumin", "ldumin* stumin*" },
	{ "swp", "swp*" },
	{ "st_single", "st1 st2 st3 st4" },
	{ "ld_single", "ld1 ld2 ld3 ld4" },
	{ "ld_replicate", "ld1r ld2r ld3r ld4r" },
	{ "lslv", "lsl" },
	{ "lsrv", "lsr" },
	{ "asrv", "asr" },
	{ "rorv", "ror" },
	{ "crc32", "crc32b crc32h crc32w crc32x" },
	{ "crc32c", "crc32cb crc32ch crc32cw crc32cx" },
	{ "orr_shifted", "orr mov" },
	{ "orn_shifted", "orn mvn" },
	{ "ands_shifted", "ands tst" },
	{ "adds_shifted", "adds cmn" },
	{ "sub_shifted", "sub neg" },
	{ "subs_shifted", "subs cmp negs" },
	{ "adds_extended", "adds cmn" },
	{ "subs_extended", "subs cmp" },
	{ "sbc", "sbc ngc" },
	{ "sbcs", "sbcs ngcs" },
	{ "csinc", "csinc cinc cset" },
	{ "csinv", "csinv cinv csetm" },
	{ "csneg", "csneg cneg" },
	{ "madd", "madd mul" },
	{ "msub", "msub mneg" },
	{ "smaddl", "smaddl smull" },
	{ "smsubl", "smsubl smnegl" },
	{ "umaddl", "umaddl umull" },
	{ "umsubl", "umsubl umnegl" },
	{ "dup_scalar", "dup mov" },
	{ "ins_gpr", "ins mov" },
	{ "ins_elem", "ins mov" },
	{ "umov", "umov mov" },
	{ "movi", "movi mvni fmov" },
	{ "not_vec", "not mvn" },
	{ "orr_vec", "orr mov" },
	{ "pmull_1q", "pmull pmull2" },
	{ "fccmp", "fccmp fccmpe" },
	{ "fcmp", "fcmp fcmpe" },
	{ "fcmp_zero", "fcmp fcmpe" },
	{ "frint_mode", "frintn frintp frintm frintz" },
	{ "frint_mode_vec", "frintn frintp frintm frintz" },
	{ "fcvt_to_int", "fcvtns fcvtnu fcvtps fcvtpu fcvtms fcvtmu fcvtzs fcvtzu" },
	{ "fcvt_to_int_scalar", "fcvtns fcvtnu fcvtps fcvtpu fcvtms fcvtmu fcvtzs fcvtzu" },
	{ "fcvt_to_int_vec", "fcvtns fcvtnu fcvtps fcvtpu fcvtms fcvtmu fcvtzs fcvtzu" },
	{ "fcvta_to_int", "fcvtas fcvtau" },
	{ "fcvta_to_int_scalar", "fcvtas fcvtau" },
	{ "fcvta_to_int_vec", "fcvtas fcvtau" },
	{ "int_to_float", "scvtf ucvtf" },
	{ "int_to_float_scalar", "scvtf ucvtf" },
	{ "int_to_float_vec", "scvtf ucvtf" },
	{ "fixed_to_float", "scvtf ucvtf" },
	{ "fixed_to_float_scalar", "scvtf ucvtf" },
	{ "fixed_to_float_vec", "scvtf ucvtf" },
	{ "float_to_fixed", "fcvtzs fcvtzu" },
	{ "float_to_fixed_scalar", "fcvtzs fcvtzu" },
	{ "float_to_fixed_vec", "fcvtzs fcvtzu" },
};

/* Whether the list, words separated by spaces, has the mnemonic. */
static bool
list_has(const char *list, const char *mnemonic)
{
	while (*list) {
		size_t length = strcspn(list, " ");

		if (list[length - 1] == '*' && !strncmp(list, mnemonic, length - 1))
			return true;
		if (strlen(mnemonic) == length && !strncmp(list, mnemonic, length))
			return true;
		list += length;
		list += strspn(list, " ");
	}
	return false;
}

static bool
mnemonic_fits(enum a64_row row, const char *mnemonic)
{
	size_t length = strcspn(row_name(row), "_");

	for (unsigned i = 0; i < COUNT_OF(mnemonics_of_rows); i++)
		if (row_is(row, mnemonics_of_rows[i].row))
			return list_has(mnemonics_of_rows[i].mnemonics, mnemonic);
	if (strncmp(row_name(row), mnemonic, length) != 0)
		return false;
	return !mnemonic[length] || !strcmp(mnemonic + length, "2");
}

/* The field of the word, or UINT32_MAX when the row has none of that name. */
static uint32_t
field_of(enum a64_row row, uint32_t word, const char *name)
{
	for (unsigned i = 0; i < a64_rows[row].field_count; i++) {
		const struct a64_field *field = &a64_rows[row].bit_fields[i];

		if (!strcmp(field->name, name))
			return word >> field->lsb & ((UINT32_C(1) << field->width) - 1);
	}
	return UINT32_MAX;
}

/*
 * CONSTRAINED UNPREDICTABLE words (Arm ARM K1.2) that dragoman executes, as processors and qemu do, and capstone
 * refuses: a load of a pair to one register, write-back to a register that is also transferred.
 */
static bool
is_unpredictable(enum a64_row row, uint32_t word)
{
	uint32_t rn = field_of(row, word, "rn"), rt = field_of(row, word, "rt");
	uint32_t rt2 = field_of(row, word, "rt2"), idx = field_of(row, word, "idx");

	if ((row_is(row, "ldp") || row_is(row, "ldp_simd") || row_is(row, "ldpsw") ||
		    row_is(row, "ldxp") || row_is(row, "ldaxp")) &&
		rt == rt2)
		return true;
	return idx != UINT32_MAX && (idx & 1) && rn != 31 && (rt == rn || rt2 == rn);
}

/* Words that are allocated, but that capstone 4 does not decode. */
static bool
capstone_misses(enum a64_row row, uint32_t word)
{
	uint32_t imm5 = field_of(row, word, "imm5");

	/* The Armv8.1 atomics, C4.1.4; known_words has some of each. */
	if (a64_rows[row].feature == A64_FEATURE_lse)
		return true;
	/* UDF, C6.2 UDF. */
	if (row == A64_ROW_udf)
		return true;
	/* DUP (general), C7.2: the bits of imm5 above the size are ignored; capstone wants zeros. */
	if (row == A64_ROW_dup_gpr)
		return (imm5 & (imm5 - 1)) != 0;
	/* INS (element), C7.2: the bits of imm4 below the element's index are ignored. */
	if (row == A64_ROW_ins_elem)
		return (field_of(row, word, "imm4") & ((imm5 & -imm5) - 1)) != 0;
	/* LDTR and its kin, C6.2 LDTR: no write-back, so Rt may be Rn. */
	if ((row == A64_ROW_ldr_imm9 || row == A64_ROW_ldrs_imm9) &&
		field_of(row, word, "idx") == 2)
		return field_of(row, word, "rt") == field_of(row, word, "rn");
	return is_unpredictable(row, word);
}

/* What capstone decodes, but is UNDEFINED at EL0 (all of C4.1.3's system instructions but those with rows). */
static bool
is_privileged(const char *mnemonic)
{
	return list_has("mrs msr sys sysl at dc ic tlbi eret drps", mnemonic);
}

static csh capstone;
static cs_insn *instruction;

static void
open_capstone(void)
{
	cr_assert_eq(cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &capstone), CS_ERR_OK);
	instruction = cs_malloc(capstone);
}

static void
close_capstone(void)
{
	cs_free(instruction, 1);
	cs_close(&capstone);
}

static void
compare_word(uint32_t word)
{
	const uint8_t *code = (const uint8_t *)&word;
	size_t size = sizeof word;
	uint64_t address = 0x1000;
	enum a64_row row = a64_decode(word);

	if (!cs_disasm_iter(capstone, &code, &size, &address, instruction))
		cr_assert(row == A64_ROW_none || capstone_misses(row, word),
			"%08x is row %s, but UNALLOCATED for capstone", word, row_name(row));
	else if (row == A64_ROW_none)
		cr_assert(is_privileged(instruction->mnemonic), "%08x has no row, but is %s %s",
			word, instruction->mnemonic, instruction->op_str);
	else
		cr_assert(mnemonic_fits(row, instruction->mnemonic), "%08x is row %s, but %s %s",
			word, row_name(row), instruction->mnemonic, instruction->op_str);
}

Test(a64_decode, rows_agree_with_capstone, .init = open_capstone, .fini = close_capstone)
{
	for (enum a64_row row = 0; row < A64_ROW_COUNT; row++) {
		for (unsigned i = 0; i < 2000; i++) {
			uint32_t word = random_word_like(&a64_rows[row]);

			compare_word(word);
			compare_word(word ^ UINT32_C(1) << (random_word() & 31));
		}
	}
}

Test(a64_decode, random_words_agree_with_capstone, .init = open_capstone, .fini = close_capstone)
{
	for (unsigned i = 0; i < 4000000; i++)
		compare_word(random_word());
}
