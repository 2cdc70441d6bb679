// SPDX-License-Identifier: Apache-2.0
// Folding rules of integer operations. When a rule runs, not all operands are constant. Canonical
// forms, on which rules and backends rely: a constant operand of a commutative operation is on the
// right; x - c is x + -c; shift counts are below the width; low masks of 8, 16 and 32 bits are
// zext.
#include "ir/fold.h"
#include "ir/evaluate.h"

/* ---- helpers ----------------------------------------------------------------------------- */

static void
constant_to_right(const struct lift *l, struct ir_insn *i)
{
	ir_ref a = i->a;

	if (fold_insn(l, a)->op == IR_const) {
		i->a = i->b;
		i->b = a;
	}
}

/* Whether `ref` is op(x, constant). */
static bool
has_constant(const struct lift *l, ir_ref ref, enum ir_op op, ir_ref *x, int64_t *c)
{
	const struct ir_insn *i = fold_insn(l, ref);

	if (i->op != op || !fold_is_const(l, i->b, c))
		return false;
	*x = i->a;
	return true;
}

/* Whether `ref` is the one-operand operation `op`; its operand in *x. */
static bool
is_unary(const struct lift *l, ir_ref ref, enum ir_op op, ir_ref *x)
{
	const struct ir_insn *i = fold_insn(l, ref);

	if (i->op != op)
		return false;
	*x = i->a;
	return true;
}

/*
 * How many low bits of the integer value `ref` can be nonzero, as far as its own instruction
 * shows.
 */
static unsigned
significant_bits(const struct lift *l, ir_ref ref)
{
	const struct ir_insn *i = fold_insn(l, ref);
	unsigned width = ir_type_bits(ir_result_type(i));
	int64_t c;

	switch (i->op) {
	case IR_zext: return i->aux;
	case IR_condition: return 1;
	case IR_clz:
	case IR_ctz:
	case IR_cls: return 7;
	case IR_load:
		if (i->aux & IR_MEM_SIGNED)
			return width;
		return 8u << (i->aux & IR_MEM_SIZE) < width ? 8u << (i->aux & IR_MEM_SIZE) : width;
	case IR_atomic_rmw:
	case IR_compare_swap:
		return 8u << (i->aux & IR_MEM_SIZE) < width ? 8u << (i->aux & IR_MEM_SIZE) : width;
	case IR_and:
		if (!fold_is_const(l, i->b, &c) || c < 0)
			return width;
		return c == 0 ? 0 : 64 - (unsigned)__builtin_clzll((uint64_t)c);
	case IR_lshr: return fold_is_const(l, i->b, &c) ? width - (unsigned)c : width;
	default: return width;
	}
}

static int
power_of_two(int64_t c)
{
	return c > 0 && (c & (c - 1)) == 0 ? __builtin_ctzll((uint64_t)c) : -1;
}

/* The constant `c` of type `t`, as unsigned. */
static uint64_t
unsigned_const(enum ir_type t, int64_t c)
{
	return t == I32 ? (uint32_t)c : (uint64_t)c;
}

/* ---- add, sub, multiply, divide ---------------------------------------------------------- */

/* A sum that a slot has is at hand; to add to what it was made of would keep that alive besides. */
static bool
is_put(const struct lift *l, ir_ref sum)
{
	return l->put_sums[sum / 64] >> sum % 64 & 1;
}

static ir_ref
fold_add(struct lift *l, struct ir_insn *i)
{
	enum ir_type t = i->type;
	int64_t c, inner;
	ir_ref x;

	constant_to_right(l, i);
	if (fold_is_const(l, i->b, &c)) {
		if (c == 0)
			return i->a;
		if (has_constant(l, i->a, IR_add, &x, &inner) && !is_put(l, i->a))
			return ir_add(
				l, t, x, ir_const(l, t, (int64_t)((uint64_t)inner + (uint64_t)c)));
		if (fold_insn(l, i->a)->op == IR_address)
			return ir_address(
				l, (int64_t)((uint64_t)fold_insn(l, i->a)->imm + (uint64_t)c));
		return IR_NONE;
	}
	if (is_unary(l, i->b, IR_neg, &x))
		return ir_sub(l, t, i->a, x);
	if (is_unary(l, i->a, IR_neg, &x))
		return ir_sub(l, t, i->b, x);
	return IR_NONE;
}

static ir_ref
fold_sub(struct lift *l, struct ir_insn *i)
{
	enum ir_type t = i->type;
	int64_t c;
	ir_ref x;

	if (fold_is_const(l, i->b, &c))
		return ir_add(l, t, i->a, ir_const(l, t, (int64_t) - (uint64_t)c));
	if (i->a == i->b)
		return ir_const(l, t, 0);
	if (fold_is(l, i->a, 0))
		return ir_neg(l, t, i->b);
	if (is_unary(l, i->b, IR_neg, &x))
		return ir_add(l, t, i->a, x);
	return IR_NONE;
}

static ir_ref
fold_neg(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);

	if (a->op == IR_neg)
		return a->a;
	if (a->op == IR_sub)
		return ir_sub(l, i->type, a->b, a->a);
	return IR_NONE;
}

static ir_ref
fold_mul(struct lift *l, struct ir_insn *i)
{
	enum ir_type t = i->type;
	int64_t c;

	constant_to_right(l, i);
	if (!fold_is_const(l, i->b, &c))
		return IR_NONE;
	if (c == 0)
		return i->b;
	if (c == 1)
		return i->a;
	if (c == -1)
		return ir_neg(l, t, i->a);
	if (power_of_two(c) > 0)
		return ir_shl(l, t, i->a, ir_const(l, t, power_of_two(c)));
	return IR_NONE;
}

/* Zero extension costs nothing where the operand's instruction has made it. */
static ir_ref
fold_umull(struct lift *l, struct ir_insn *i)
{
	return ir_mul(l, I64, ir_zext(l, I64, 32, i->a), ir_zext(l, I64, 32, i->b));
}

/* By a constant, which is extended now. */
static ir_ref
fold_smull(struct lift *l, struct ir_insn *i)
{
	int64_t c;
	ir_ref x;

	constant_to_right(l, i);
	if (!fold_is_const(l, i->b, &c))
		return IR_NONE;
	x = ir_sext(l, I64, 32, i->a);
	return ir_mul(l, I64, x, ir_const(l, I64, (int32_t)c));
}

/* umulh, smulh: only multiplication by zero. */
static ir_ref
fold_wide_mul(struct lift *l, struct ir_insn *i)
{
	if (fold_is(l, i->a, 0) || fold_is(l, i->b, 0))
		return ir_const(l, I64, 0);
	return IR_NONE;
}

static ir_ref
fold_udiv(struct lift *l, struct ir_insn *i)
{
	int64_t c;

	if (!fold_is_const(l, i->b, &c))
		return IR_NONE;
	if (c == 0)
		return i->b;
	if (c == 1)
		return i->a;
	if (power_of_two(c) > 0)
		return ir_lshr(l, i->type, i->a, ir_const(l, i->type, power_of_two(c)));
	return IR_NONE;
}

static ir_ref
fold_sdiv(struct lift *l, struct ir_insn *i)
{
	if (fold_is(l, i->b, 0))
		return i->b;
	if (fold_is(l, i->b, 1))
		return i->a;
	if (fold_is(l, i->b, -1))
		return ir_neg(l, i->type, i->a);
	return IR_NONE;
}

/* x + y + C: with x and y zero it is the carry itself. */
static ir_ref
fold_adc(struct lift *l, struct ir_insn *i)
{
	if (fold_is(l, i->a, 0) && fold_is(l, i->b, 0))
		return ir_condition(l, i->type, IR_CS, i->c);
	return IR_NONE;
}

/* ---- logic ------------------------------------------------------------------------------- */

static ir_ref
fold_and(struct lift *l, struct ir_insn *i)
{
	enum ir_type t = i->type;
	int64_t c, inner;
	uint64_t mask;
	ir_ref x;

	constant_to_right(l, i);
	if (i->a == i->b)
		return i->a;
	if (fold_is_const(l, i->b, &c)) {
		mask = unsigned_const(t, c);
		if (c == 0)
			return i->b;
		if (c == -1)
			return i->a;
		if (mask == 0xff || mask == 0xffff || mask == 0xffffffff)
			return ir_zext(l, t, mask == 0xff ? 8 : mask == 0xffff ? 16 : 32, i->a);
		if (has_constant(l, i->a, IR_and, &x, &inner))
			return ir_and(l, t, x, ir_const(l, t, inner & c));
		if ((ir_low_mask(significant_bits(l, i->a)) & ~mask) == 0)
			return i->a;
		return IR_NONE;
	}
	if (is_unary(l, i->b, IR_not, &x))
		return ir_andn(l, t, i->a, x);
	if (is_unary(l, i->a, IR_not, &x))
		return ir_andn(l, t, i->b, x);
	return IR_NONE;
}

static ir_ref
fold_andn(struct lift *l, struct ir_insn *i)
{
	enum ir_type t = i->type;
	int64_t c;
	ir_ref x;

	if (i->a == i->b)
		return ir_const(l, t, 0);
	if (fold_is(l, i->a, 0))
		return i->a;
	if (fold_is_const(l, i->b, &c))
		return ir_and(l, t, i->a, ir_const(l, t, ~c));
	if (is_unary(l, i->b, IR_not, &x))
		return ir_and(l, t, i->a, x);
	if (fold_is(l, i->a, -1))
		return ir_not(l, t, i->b);
	return IR_NONE;
}

static ir_ref
fold_or(struct lift *l, struct ir_insn *i)
{
	enum ir_type t = i->type;
	int64_t c, inner;
	ir_ref x;

	constant_to_right(l, i);
	if (i->a == i->b)
		return i->a;
	if (!fold_is_const(l, i->b, &c))
		return IR_NONE;
	if (c == 0)
		return i->a;
	if (c == -1)
		return i->b;
	if (has_constant(l, i->a, IR_or, &x, &inner))
		return ir_or(l, t, x, ir_const(l, t, inner | c));
	return IR_NONE;
}

static ir_ref
fold_xor(struct lift *l, struct ir_insn *i)
{
	enum ir_type t = i->type;
	int64_t c, inner;
	ir_ref x;

	constant_to_right(l, i);
	if (i->a == i->b)
		return ir_const(l, t, 0);
	if (!fold_is_const(l, i->b, &c))
		return IR_NONE;
	if (c == 0)
		return i->a;
	if (c == -1)
		return ir_not(l, t, i->a);
	if (has_constant(l, i->a, IR_xor, &x, &inner))
		return ir_xor(l, t, x, ir_const(l, t, inner ^ c));
	return IR_NONE;
}

/* not, rbit and bswap undo themselves. */
static ir_ref
fold_involution(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);

	return a->op == i->op && a->type == i->type && a->aux == i->aux ? a->a : IR_NONE;
}

/* Only constants fold. */
static ir_ref
fold_nothing(struct lift *l, struct ir_insn *i)
{
	(void)l;
	(void)i;
	return IR_NONE;
}

/* Counting trailing zeros takes Arm two instructions. */
static ir_ref
fold_clz(struct lift *l, struct ir_insn *i)
{
	ir_ref x;

	return is_unary(l, i->a, IR_rbit, &x) ? ir_ctz(l, i->type, x) : IR_NONE;
}

/* ---- shifts and bit fields --------------------------------------------------------------- */

/*
 * A shift or rotation: makes a constant count canonical. True with the count in *count when it is
 * constant and not zero; *result is the value when the instruction is folded away.
 */
static bool
constant_count(struct lift *l, struct ir_insn *i, unsigned *count, ir_ref *result)
{
	int64_t c;

	*result = IR_NONE;
	if (fold_is(l, i->a, 0)) {
		*result = i->a;
		return false;
	}
	if (!fold_is_const(l, i->b, &c))
		return false;
	*count = (unsigned)c & (ir_type_bits(i->type) - 1);
	if (*count == 0) {
		*result = i->a;
		return false;
	}
	i->b = ir_const(l, i->type, *count);
	return true;
}

static ir_ref
fold_shl(struct lift *l, struct ir_insn *i)
{
	unsigned count, width = ir_type_bits(i->type);
	ir_ref result, x;
	int64_t inner;

	if (!constant_count(l, i, &count, &result))
		return result;
	if (!has_constant(l, i->a, IR_shl, &x, &inner))
		return IR_NONE;
	if (inner + count >= width)
		return ir_const(l, i->type, 0);
	return ir_shl(l, i->type, x, ir_const(l, i->type, inner + count));
}

static ir_ref
fold_lshr(struct lift *l, struct ir_insn *i)
{
	unsigned count, width = ir_type_bits(i->type);
	ir_ref result, x;
	int64_t inner;

	if (!constant_count(l, i, &count, &result))
		return result;
	if (significant_bits(l, i->a) <= count)
		return ir_const(l, i->type, 0);
	if (has_constant(l, i->a, IR_shl, &x, &inner) && inner == count && width - count <= 32)
		return ir_zext(l, i->type, width - count, x);
	if (!has_constant(l, i->a, IR_lshr, &x, &inner))
		return IR_NONE;
	return ir_lshr(l, i->type, x, ir_const(l, i->type, inner + count));
}

static ir_ref
fold_ashr(struct lift *l, struct ir_insn *i)
{
	unsigned count, width = ir_type_bits(i->type);
	ir_ref result, x;
	int64_t inner;

	if (!constant_count(l, i, &count, &result))
		return result;
	if (has_constant(l, i->a, IR_shl, &x, &inner) && inner == count && width - count <= 32)
		return ir_sext(l, i->type, width - count, x);
	if (!has_constant(l, i->a, IR_ashr, &x, &inner))
		return IR_NONE;
	inner += count;
	return ir_ashr(l, i->type, x, ir_const(l, i->type, inner < width ? inner : width - 1));
}

static ir_ref
fold_ror(struct lift *l, struct ir_insn *i)
{
	unsigned count;
	ir_ref result;

	return constant_count(l, i, &count, &result) ? IR_NONE : result;
}

static ir_ref
fold_extr(struct lift *l, struct ir_insn *i)
{
	enum ir_type t = i->type;

	if (i->aux == 0)
		return i->b;
	if (i->a == i->b)
		return ir_ror(l, t, i->a, ir_const(l, t, i->aux));
	if (fold_is(l, i->a, 0))
		return ir_lshr(l, t, i->b, ir_const(l, t, i->aux));
	if (fold_is(l, i->b, 0))
		return ir_shl(l, t, i->a, ir_const(l, t, ir_type_bits(t) - i->aux));
	return IR_NONE;
}

static ir_ref
fold_bfi(struct lift *l, struct ir_insn *i)
{
	unsigned lsb = i->aux & 0xff, width = i->aux >> 8;
	enum ir_type t = i->type;
	int64_t c;

	if (width == ir_type_bits(t))
		return i->b;
	if (fold_is_const(l, i->b, &c) && (c & (int64_t)ir_low_mask(width)) == 0)
		return ir_and(l, t, i->a, ir_const(l, t, (int64_t) ~(ir_low_mask(width) << lsb)));
	if (fold_is(l, i->a, 0) && width <= 32)
		return ir_shl(l, t, ir_zext(l, t, width, i->b), ir_const(l, t, lsb));
	return IR_NONE;
}

/* ---- width changes ----------------------------------------------------------------------- */

/* The low bits of `x` as a value of type `t`. */
static ir_ref
as_type(struct lift *l, enum ir_type t, ir_ref x)
{
	return t == I32 && fold_type(l, x) == I64 ? ir_trunc(l, I32, x) : x;
}

/* See through instructions that only change bits from `bits` up. */
static ir_ref
skip_upper_bit_changes(const struct lift *l, ir_ref ref, unsigned bits)
{
	const struct ir_insn *i = fold_insn(l, ref);

	while (i->op == IR_trunc || ((i->op == IR_zext || i->op == IR_sext) && i->aux >= bits)) {
		ref = i->a;
		i = fold_insn(l, ref);
	}
	return ref;
}

static ir_ref
fold_zext(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a;

	i->a = skip_upper_bit_changes(l, i->a, i->aux);
	a = fold_insn(l, i->a);
	if (a->op == IR_const)
		return ir_const(l, i->type, (int64_t)((uint64_t)a->imm & ir_low_mask(i->aux)));
	if (i->aux == 32 && i->type == I32)
		return as_type(l, I32, i->a);
	if (a->op == IR_zext)
		return ir_zext(l, i->type, a->aux, a->a);
	if (a->op == IR_condition)
		return ir_condition(l, i->type, a->aux, a->a);
	if (significant_bits(l, i->a) > i->aux)
		return IR_NONE;
	if (ir_result_type(a) == i->type)
		return i->a;
	/* from 32 bits it costs nothing */
	return i->aux < 32 && i->type == I64 ? ir_zext(l, I64, 32, i->a) : IR_NONE;
}

static ir_ref
fold_sext(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a;

	i->a = skip_upper_bit_changes(l, i->a, i->aux);
	a = fold_insn(l, i->a);
	if (a->op == IR_const)
		return ir_const(l, i->type, ir_sign_extend((uint64_t)a->imm, i->aux));
	if (i->aux == 32 && i->type == I32)
		return as_type(l, I32, i->a);
	/* Here the inner width is below ours: its sign decides. */
	if (a->op == IR_sext)
		return ir_sext(l, i->type, a->aux, a->a);
	if (a->op == IR_zext)
		return ir_zext(l, i->type, a->aux, a->a);
	return IR_NONE;
}

static ir_ref
fold_trunc(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *a = fold_insn(l, i->a);

	if (a->op != IR_zext && a->op != IR_sext)
		return IR_NONE;
	if (a->aux == 32)
		return as_type(l, I32, a->a);
	return a->op == IR_zext ? ir_zext(l, I32, a->aux, a->a) : ir_sext(l, I32, a->aux, a->a);
}

fold_rule *const fold_integer_rules[IR_OP_COUNT] = {
	[IR_add] = fold_add,
	[IR_sub] = fold_sub,
	[IR_neg] = fold_neg,
	[IR_mul] = fold_mul,
	[IR_umull] = fold_umull,
	[IR_smull] = fold_smull,
	[IR_umulh] = fold_wide_mul,
	[IR_smulh] = fold_wide_mul,
	[IR_udiv] = fold_udiv,
	[IR_sdiv] = fold_sdiv,
	[IR_adc] = fold_adc,
	[IR_and] = fold_and,
	[IR_andn] = fold_andn,
	[IR_or] = fold_or,
	[IR_xor] = fold_xor,
	[IR_not] = fold_involution,
	[IR_rbit] = fold_involution,
	[IR_bswap] = fold_involution,
	[IR_clz] = fold_clz,
	[IR_ctz] = fold_nothing,
	[IR_cls] = fold_nothing,
	[IR_shl] = fold_shl,
	[IR_lshr] = fold_lshr,
	[IR_ashr] = fold_ashr,
	[IR_ror] = fold_ror,
	[IR_extr] = fold_extr,
	[IR_bfi] = fold_bfi,
	[IR_zext] = fold_zext,
	[IR_sext] = fold_sext,
	[IR_trunc] = fold_trunc,
};
