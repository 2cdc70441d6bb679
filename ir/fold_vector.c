// SPDX-License-Identifier: Apache-2.0
// Folding rules of vector operations and of moves between register classes. Floating-point
// arithmetic is never folded: its value depends on the mode, and it raises flags.
#include "ir/fold.h"

enum { LANE_64 = 3 };

static bool
is_zero_vector(const struct lift *l, ir_ref ref)
{
	const struct ir_insn *i = fold_insn(l, ref);

	return i->op == IR_vconst && i->imm == 0;
}

static ir_ref
zero_vector(struct lift *l)
{
	return ir_vconst(l, 0, 0);
}

/* ---- moves between classes --------------------------------------------------------------- */

/* A zero has one form. */
static ir_ref
fold_vconst(struct lift *l, struct ir_insn *i)
{
	(void)l;
	if (i->imm == 0)
		i->aux = 0;
	return IR_NONE;
}

static ir_ref
fold_f_from_bits(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);

	if (a->op == IR_const)
		return ir_const(l, i->type, a->imm);
	return a->op == IR_bits_from_f && fold_type(l, a->a) == i->type ? a->a : IR_NONE;
}

static ir_ref
fold_bits_from_f(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);

	if (a->op == IR_const)
		return ir_const(l, i->type, a->imm);
	return a->op == IR_f_from_bits && fold_type(l, a->a) == i->type ? a->a : IR_NONE;
}

static ir_ref
fold_v_from_f(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);

	return a->op == IR_const ? ir_vconst(l, 1, a->imm) : IR_NONE;
}

static ir_ref
fold_f_from_v(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);

	if (a->op == IR_vconst)
		return ir_const(l, i->type, a->imm);
	if (a->op == IR_v_from_f && fold_type(l, a->a) == i->type)
		return a->a;
	return a->op == IR_vlow ? ir_f_from_v(l, i->type, a->a) : IR_NONE;
}

/* vextract of lane 0 as wide as the scalar that the vector was made from. */
static ir_ref
fold_vextract(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);
	unsigned lane = i->aux & 3, index = i->aux >> 8 & 15;

	if (a->op != IR_v_from_f || index != 0)
		return IR_NONE;
	if (lane == LANE_64 && i->type == I64 && fold_type(l, a->a) == F64)
		return ir_bits_from_f(l, I64, a->a);
	if (lane == 2 && i->type == I32 && fold_type(l, a->a) == F32)
		return ir_bits_from_f(l, I32, a->a);
	return IR_NONE;
}

static ir_ref
fold_vdup(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);
	uint64_t value = (uint64_t)a->imm;

	if (a->op != IR_const)
		return IR_NONE;
	for (unsigned lane = i->aux & 3; lane < LANE_64; lane++) {
		unsigned bits = 8u << lane;

		value &= (UINT64_C(1) << bits) - 1;
		value |= value << bits;
	}
	return ir_vconst(l, 0, (int64_t)value);
}

/* How many operations on values whose upper halves are zero are looked through to find that theirs is. */
#define UPPER_ZERO_DEPTH 4

static bool
upper_is_zero(const struct lift *l, ir_ref ref, unsigned depth)
{
	const struct ir_insn *i = fold_insn(l, ref);

	switch (i->op) {
	case IR_vlow:
	case IR_v_from_f:
	case IR_vhigh:
	case IR_vnarrow: return true;
	case IR_vconst: return i->aux == 1 || i->imm == 0;
	default: break;
	}
	if (depth == 0)
		return false;
	switch (i->op) {
	case IR_vand: return upper_is_zero(l, i->a, depth - 1) || upper_is_zero(l, i->b, depth - 1);
	case IR_vor:
	case IR_vxor:
	case IR_vadd:
	case IR_vsub:
	case IR_vmul:
	case IR_vminu:
	case IR_vmaxu:
	case IR_vmins:
	case IR_vmaxs:
		return upper_is_zero(l, i->a, depth - 1) && upper_is_zero(l, i->b, depth - 1);
	case IR_vandn:
	case IR_vshl_imm:
	case IR_vlshr_imm:
	case IR_vashr_imm: return upper_is_zero(l, i->a, depth - 1);
	default: return false;
	}
}

static ir_ref
fold_vlow(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);

	if (a->op == IR_vconst)
		return ir_vconst(l, 1, a->imm);
	return upper_is_zero(l, i->a, UPPER_ZERO_DEPTH) ? i->a : IR_NONE;
}

/* ---- vector logic ------------------------------------------------------------------------ */

static ir_ref
fold_vand(struct lift *l, struct ir_insn *i)
{
	if (i->a == i->b || is_zero_vector(l, i->a))
		return i->a;
	return is_zero_vector(l, i->b) ? i->b : IR_NONE;
}

static ir_ref
fold_vor(struct lift *l, struct ir_insn *i)
{
	if (i->a == i->b || is_zero_vector(l, i->b))
		return i->a;
	return is_zero_vector(l, i->a) ? i->b : IR_NONE;
}

static ir_ref
fold_vxor(struct lift *l, struct ir_insn *i)
{
	if (i->a == i->b)
		return zero_vector(l);
	if (is_zero_vector(l, i->b))
		return i->a;
	return is_zero_vector(l, i->a) ? i->b : IR_NONE;
}

static ir_ref
fold_vandn(struct lift *l, struct ir_insn *i)
{
	if (i->a == i->b)
		return zero_vector(l);
	return is_zero_vector(l, i->b) || is_zero_vector(l, i->a) ? i->a : IR_NONE;
}

static ir_ref
fold_vnot(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);

	if (a->op == IR_vnot)
		return a->a;
	return a->op == IR_vconst && a->aux == 0 ? ir_vconst(l, 0, ~a->imm) : IR_NONE;
}

static ir_ref
fold_vbsl(struct lift *l, struct ir_insn *i)
{
	if (i->b == i->c)
		return i->b;
	if (is_zero_vector(l, i->c))
		return ir_vand(l, i->b, i->a);
	return is_zero_vector(l, i->b) ? ir_vandn(l, i->c, i->a) : IR_NONE;
}

/* ---- lanes ------------------------------------------------------------------------------- */

static ir_ref
fold_vadd(struct lift *l, struct ir_insn *i)
{
	if (is_zero_vector(l, i->b))
		return i->a;
	return is_zero_vector(l, i->a) ? i->b : IR_NONE;
}

static ir_ref
fold_vsub(struct lift *l, struct ir_insn *i)
{
	if (i->a == i->b)
		return zero_vector(l);
	if (is_zero_vector(l, i->b))
		return i->a;
	return is_zero_vector(l, i->a) ? ir_vneg(l, i->aux, i->b) : IR_NONE;
}

static ir_ref
fold_vshl_imm(struct lift *l, struct ir_insn *i)
{
	(void)l;
	return i->aux >> 8 == 0 ? i->a : IR_NONE;
}

/* Bytes 0..15 of b:a are a. */
static ir_ref
fold_vext(struct lift *l, struct ir_insn *i)
{
	(void)l;
	return i->aux >> 8 == 0 ? i->a : IR_NONE;
}

/* All ones where equal: x == x always. */
static ir_ref
fold_vcmpeq(struct lift *l, struct ir_insn *i)
{
	return i->a == i->b ? ir_vconst(l, 0, -1) : IR_NONE;
}

/* ---- SHA-256 ------------------------------------------------------------------------------- */

/*
 * Whether i's operands are sha256_high(y, x) and sha256_low(y, x): then sha256_low of them is x and
 * sha256_high y.
 */
static bool
undoes_sha256_order(const struct lift *l, const struct ir_insn *i, ir_ref *y, ir_ref *x)
{
	const struct ir_insn *high = fold_insn(l, i->a), *low = fold_insn(l, i->b);

	*y = high->a;
	*x = high->b;
	return high->op == IR_sha256_high && low->op == IR_sha256_low && low->a == high->a &&
	       low->b == high->b;
}

static ir_ref
fold_sha256_low(struct lift *l, struct ir_insn *i)
{
	ir_ref y, x;

	return undoes_sha256_order(l, i, &y, &x) ? x : IR_NONE;
}

static ir_ref
fold_sha256_high(struct lift *l, struct ir_insn *i)
{
	ir_ref y, x;

	return undoes_sha256_order(l, i, &y, &x) ? y : IR_NONE;
}

fold_rule *const fold_vector_rules[IR_OP_COUNT] = {
	[IR_vconst] = fold_vconst,
	[IR_f_from_bits] = fold_f_from_bits,
	[IR_bits_from_f] = fold_bits_from_f,
	[IR_v_from_f] = fold_v_from_f,
	[IR_f_from_v] = fold_f_from_v,
	[IR_vextract] = fold_vextract,
	[IR_vdup] = fold_vdup,
	[IR_vlow] = fold_vlow,
	[IR_vand] = fold_vand,
	[IR_vor] = fold_vor,
	[IR_vxor] = fold_vxor,
	[IR_vandn] = fold_vandn,
	[IR_vnot] = fold_vnot,
	[IR_vbsl] = fold_vbsl,
	[IR_vadd] = fold_vadd,
	[IR_vsub] = fold_vsub,
	[IR_vshl_imm] = fold_vshl_imm,
	[IR_vext] = fold_vext,
	[IR_vcmpeq] = fold_vcmpeq,
	[IR_sha256_low] = fold_sha256_low,
	[IR_sha256_high] = fold_sha256_high,
};
