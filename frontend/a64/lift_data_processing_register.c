// SPDX-License-Identifier: Apache-2.0
// Lifters of "Data processing - register" (Arm ARM C4.1.5): one to three sources, shifted and
// extended operands, carry, conditional compare and select. Rows that differ in one operation
// share a body through small macros.
#include "frontend/a64/lift.h"
#include "ir/evaluate.h"

/* ---- two sources ------------------------------------------------------------------------- */

/*
 * Rd = Rn op Rm. The IR's divisions and shifts have Arm's corner cases: x/0 = 0, counts modulo the
 * width.
 */
#define TWO_SOURCES(row, op)                                               \
	static void lift_##row(struct lift *l, const struct a64_##row *d)  \
	{                                                                  \
		enum ir_type t = gpr_type(d->sf);                          \
		ir_ref n = get_gpr(l, t, d->rn), m = get_gpr(l, t, d->rm); \
                                                                           \
		put_gpr(l, t, d->rd, ir_##op(l, t, n, m));                 \
	}                                                                  \
	A64_LIFTER(row)

TWO_SOURCES(udiv, udiv);
TWO_SOURCES(sdiv, sdiv);
TWO_SOURCES(lslv, shl);
TWO_SOURCES(lsrv, lshr);
TWO_SOURCES(asrv, ashr);
TWO_SOURCES(rorv, ror);

static void
lift_crc(struct lift *l, unsigned rd, unsigned rn, unsigned rm, unsigned sz, unsigned castagnoli)
{
	ir_ref n = get_gpr(l, I32, rn), m = get_gpr(l, sz == 3 ? I64 : I32, rm);

	put_gpr(l, I32, rd, ir_crc32(l, I32, sz | castagnoli, n, m));
}

/* CRC32B, CRC32H, CRC32W, CRC32X. */
static void
lift_crc32(struct lift *l, const struct a64_crc32 *d)
{
	lift_crc(l, d->rd, d->rn, d->rm, d->sz, 0);
}
A64_LIFTER(crc32);

/* CRC32CB, CRC32CH, CRC32CW, CRC32CX. */
static void
lift_crc32c(struct lift *l, const struct a64_crc32c *d)
{
	lift_crc(l, d->rd, d->rn, d->rm, d->sz, 4);
}
A64_LIFTER(crc32c);

/* ---- one source -------------------------------------------------------------------------- */

#define ONE_SOURCE(row, expression)                                       \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		enum ir_type t = gpr_type(d->sf);                         \
		ir_ref n = get_gpr(l, t, d->rn);                          \
                                                                          \
		put_gpr(l, t, d->rd, expression);                         \
	}                                                                 \
	A64_LIFTER(row)

ONE_SOURCE(rbit, ir_rbit(l, t, n));
ONE_SOURCE(rev16, ir_bswap(l, t, 1, n));
ONE_SOURCE(rev, ir_bswap(l, t, d->sf ? 3 : 2, n));
ONE_SOURCE(clz, ir_clz(l, t, n));
ONE_SOURCE(cls, ir_cls(l, t, n));

/* REV32: the bytes of each half reversed. */
static void
lift_rev32(struct lift *l, const struct a64_rev32 *d)
{
	put_gpr(l, I64, d->rd, ir_bswap(l, I64, 2, get_gpr(l, I64, d->rn)));
}
A64_LIFTER(rev32);

/* ---- shifted register -------------------------------------------------------------------- */

/* ShiftReg(): Rm shifted by a constant. */
static ir_ref
shifted_register(struct lift *l, enum ir_type t, unsigned rm, unsigned shift, unsigned amount)
{
	ir_ref m = get_gpr(l, t, rm), count = ir_const(l, t, amount);

	switch (shift) {
	case 0: return ir_shl(l, t, m, count);
	case 1: return ir_lshr(l, t, m, count);
	case 2: return ir_ashr(l, t, m, count);
	default: return ir_ror(l, t, m, count);
	}
}

/* `statement` of n and m. */
#define SHIFTED(row, statement)                                              \
	static void lift_##row(struct lift *l, const struct a64_##row *d)    \
	{                                                                    \
		enum ir_type t = gpr_type(d->sf);                            \
		ir_ref n = get_gpr(l, t, d->rn);                             \
		ir_ref m = shifted_register(l, t, d->rm, d->shift, d->imm6); \
                                                                             \
		statement;                                                   \
	}                                                                    \
	A64_LIFTER(row)
#define SHIFTED_PLAIN(row, expression) SHIFTED(row, put_gpr(l, t, d->rd, expression))
#define SHIFTED_FLAGS(row, op) \
	SHIFTED(row, put_gpr_and_flags(l, t, d->rd, ir_##op, ir_flags_##op, n, m))

SHIFTED_PLAIN(and_shifted, ir_and(l, t, n, m));
SHIFTED_PLAIN(bic_shifted, ir_andn(l, t, n, m));
SHIFTED_PLAIN(orr_shifted, ir_or(l, t, n, m));
SHIFTED_PLAIN(orn_shifted, ir_or(l, t, n, ir_not(l, t, m)));
SHIFTED_PLAIN(eor_shifted, ir_xor(l, t, n, m));
SHIFTED_PLAIN(eon_shifted, ir_not(l, t, ir_xor(l, t, n, m)));
SHIFTED_FLAGS(ands_shifted, and);
SHIFTED_FLAGS(bics_shifted, andn);
SHIFTED_PLAIN(add_shifted, ir_add(l, t, n, m));
SHIFTED_FLAGS(adds_shifted, add);
SHIFTED_PLAIN(sub_shifted, ir_sub(l, t, n, m));
SHIFTED_FLAGS(subs_shifted, sub);

/* ---- extended register ------------------------------------------------------------------- */

/*
 * ExtendReg(): Rm's low 8 << (option & 3) bits, sign-extended when option bit 2 is set, shifted
 * left.
 */
static ir_ref
extended_register(struct lift *l, enum ir_type t, unsigned rm, unsigned option, unsigned shift)
{
	unsigned bits = 8u << (option & 3);
	ir_ref m = get_gpr(l, bits == 64 ? t : I32, rm);

	if (bits < ir_type_bits(t))
		m = option & 4 ? ir_sext(l, t, bits, m) : ir_zext(l, t, bits, m);
	return ir_shl(l, t, m, ir_const(l, t, shift));
}

/* ADD (extended): Rd|SP = Rn|SP + extended Rm. */
static void
lift_add_extended(struct lift *l, const struct a64_add_extended *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr_or_sp(l, t, d->rn);
	ir_ref m = extended_register(l, t, d->rm, d->option, d->imm3);

	put_gpr_or_sp(l, t, d->rd, ir_add(l, t, n, m));
}
A64_LIFTER(add_extended);

/* SUB (extended): Rd|SP = Rn|SP - extended Rm. */
static void
lift_sub_extended(struct lift *l, const struct a64_sub_extended *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr_or_sp(l, t, d->rn);
	ir_ref m = extended_register(l, t, d->rm, d->option, d->imm3);

	put_gpr_or_sp(l, t, d->rd, ir_sub(l, t, n, m));
}
A64_LIFTER(sub_extended);

/* ADDS (extended): Rd = Rn|SP + extended Rm, with flags. */
static void
lift_adds_extended(struct lift *l, const struct a64_adds_extended *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr_or_sp(l, t, d->rn);
	ir_ref m = extended_register(l, t, d->rm, d->option, d->imm3);

	put_gpr_and_flags(l, t, d->rd, ir_add, ir_flags_add, n, m);
}
A64_LIFTER(adds_extended);

/* SUBS (extended): Rd = Rn|SP - extended Rm, with flags. */
static void
lift_subs_extended(struct lift *l, const struct a64_subs_extended *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr_or_sp(l, t, d->rn);
	ir_ref m = extended_register(l, t, d->rm, d->option, d->imm3);

	put_gpr_and_flags(l, t, d->rd, ir_sub, ir_flags_sub, n, m);
}
A64_LIFTER(subs_extended);

/* ---- carry ------------------------------------------------------------------------------- */

/* The result comes before its flags, as in put_gpr_and_flags. */
#define CARRY(row, op, flags_op)                                                                 \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                        \
	{                                                                                        \
		enum ir_type t = gpr_type(d->sf);                                                \
		ir_ref n = get_gpr(l, t, d->rn), m = get_gpr(l, t, d->rm), flags = get_flags(l); \
		ir_ref result = ir_##op(l, t, n, m, flags);                                      \
                                                                                                 \
		flags_op;                                                                        \
		put_gpr(l, t, d->rd, result);                                                    \
	}                                                                                        \
	A64_LIFTER(row)

CARRY(adc, adc, (void)0);
CARRY(adcs, adc, put_flags(l, ir_flags_adc(l, t, n, m, flags)));
CARRY(sbc, sbc, (void)0);
CARRY(sbcs, sbc, put_flags(l, ir_flags_sbc(l, t, n, m, flags)));

/* ---- conditional compare ----------------------------------------------------------------- */

/* Flags = condition ? flags of the comparison : nzcv. */
#define CONDITIONAL_COMPARE(row, op, operand)                                                 \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                     \
	{                                                                                     \
		enum ir_type t = gpr_type(d->sf);                                             \
		ir_ref n = get_gpr(l, t, d->rn), m = operand;                                 \
		ir_ref compared = ir_##op(l, t, n, m), constant = ir_flags_const(l, d->nzcv); \
                                                                                              \
		put_flags(l, ir_flags_select(l, d->cond, get_flags(l), compared, constant));  \
	}                                                                                     \
	A64_LIFTER(row)

CONDITIONAL_COMPARE(ccmn_reg, flags_add, get_gpr(l, t, d->rm));
CONDITIONAL_COMPARE(ccmp_reg, flags_sub, get_gpr(l, t, d->rm));
CONDITIONAL_COMPARE(ccmn_imm, flags_add, ir_const(l, t, d->imm5));
CONDITIONAL_COMPARE(ccmp_imm, flags_sub, ir_const(l, t, d->imm5));

/* ---- conditional select ------------------------------------------------------------------ */

/* Rd = condition ? Rn : expression of m. */
#define CONDITIONAL_SELECT(row, expression)                                                  \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                    \
	{                                                                                    \
		enum ir_type t = gpr_type(d->sf);                                            \
		ir_ref n = get_gpr(l, t, d->rn), m = get_gpr(l, t, d->rm);                   \
                                                                                             \
		put_gpr(l, t, d->rd, ir_select(l, t, d->cond, get_flags(l), n, expression)); \
	}                                                                                    \
	A64_LIFTER(row)

CONDITIONAL_SELECT(csel, m);
CONDITIONAL_SELECT(csinc, ir_add(l, t, m, ir_const(l, t, 1)));
CONDITIONAL_SELECT(csinv, ir_not(l, t, m));
CONDITIONAL_SELECT(csneg, ir_neg(l, t, m));

/* ---- three sources ----------------------------------------------------------------------- */

/* Rd = Ra op Rn * Rm; the long forms multiply W registers to 64 bits. */
#define THREE_SOURCES(row, op, type, product)                             \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		enum ir_type t = type;                                    \
		ir_ref a = get_gpr(l, t, d->ra);                          \
                                                                          \
		put_gpr(l, t, d->rd, ir_##op(l, t, a, product));          \
	}                                                                 \
	A64_LIFTER(row)
#define LONG_PRODUCT(op) ir_##op(l, I64, get_gpr(l, I32, d->rn), get_gpr(l, I32, d->rm))

THREE_SOURCES(madd, add, gpr_type(d->sf), ir_mul(l, t, get_gpr(l, t, d->rn), get_gpr(l, t, d->rm)));
THREE_SOURCES(msub, sub, gpr_type(d->sf), ir_mul(l, t, get_gpr(l, t, d->rn), get_gpr(l, t, d->rm)));
THREE_SOURCES(smaddl, add, I64, LONG_PRODUCT(smull));
THREE_SOURCES(smsubl, sub, I64, LONG_PRODUCT(smull));
THREE_SOURCES(umaddl, add, I64, LONG_PRODUCT(umull));
THREE_SOURCES(umsubl, sub, I64, LONG_PRODUCT(umull));

#define HIGH_PRODUCT(row)                                                      \
	static void lift_##row(struct lift *l, const struct a64_##row *d)      \
	{                                                                      \
		ir_ref n = get_gpr(l, I64, d->rn), m = get_gpr(l, I64, d->rm); \
                                                                               \
		put_gpr(l, I64, d->rd, ir_##row(l, I64, n, m));                \
	}                                                                      \
	A64_LIFTER(row)

HIGH_PRODUCT(smulh);
HIGH_PRODUCT(umulh);
