// SPDX-License-Identifier: Apache-2.0
// Floating-point operations for the interpreter, on the integer-only arithmetic of ir/float.h.
// Scalars are one lane of a vector here, so that both take the same path.
#include "ir/interpret.h"
#include "ir/evaluate.h"
#include "ir/float.h"

static enum float_size
float_size_of(enum ir_type t, unsigned aux)
{
	if (t == V128)
		return (enum float_size)(aux & 3);
	return t == F32 ? FLOAT_SINGLE : FLOAT_DOUBLE;
}

/* Rounding that an instruction names; IR_ROUND_CURRENT is the mode's. */
static enum float_rounding
rounding_of(const struct ir_insn *i, const struct float_env *env)
{
	unsigned rounding = i->aux >> IR_FP_ROUNDING_SHIFT & 7;

	return rounding == IR_ROUND_CURRENT ? env->rounding : (enum float_rounding)rounding;
}

static uint64_t
fused(const struct ir_insn *i, enum float_size size, uint64_t a, uint64_t b, uint64_t c,
	struct float_env *env)
{
	switch (i->aux & (IR_FP_NEGATE_PRODUCT | IR_FP_NEGATE_ADDEND)) {
	case 0: return float_muladd(size, c, a, b, env);
	case IR_FP_NEGATE_PRODUCT: return float_mulsub(size, c, a, b, env);
	case IR_FP_NEGATE_ADDEND: return float_negmulsub(size, c, a, b, env);
	default: return float_negmuladd(size, c, a, b, env);
	}
}

static uint64_t
compare_mask(unsigned compare, enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	bool holds;

	switch (compare) {
	case IR_FP_COMPARE_EQ: holds = float_eq(size, a, b, env); break;
	case IR_FP_COMPARE_GE: holds = float_ge(size, a, b, env); break;
	default: holds = float_gt(size, a, b, env); break;
	}
	return -(uint64_t)holds;
}

/* Operations between values of one floating-point size. */
static bool
arithmetic(const struct ir_insn *i, enum float_size size, uint64_t a, uint64_t b, uint64_t c,
	struct float_env *env, uint64_t *r)
{
	switch (i->op) {
	case IR_fadd: *r = float_add(size, a, b, env); break;
	case IR_fsub: *r = float_sub(size, a, b, env); break;
	case IR_fmul: *r = float_mul(size, a, b, env); break;
	case IR_fdiv: *r = float_div(size, a, b, env); break;
	case IR_fsqrt: *r = float_sqrt(size, a, env); break;
	case IR_fma: *r = fused(i, size, a, b, c, env); break;
	case IR_fmax: *r = float_max(size, a, b, env); break;
	case IR_fmin: *r = float_min(size, a, b, env); break;
	case IR_fmaxnm: *r = float_maxnm(size, a, b, env); break;
	case IR_fminnm: *r = float_minnm(size, a, b, env); break;
	case IR_fabs: *r = float_abs(size, a); break;
	case IR_fneg: *r = float_neg(size, a); break;
	case IR_vfcmp: *r = compare_mask(i->aux >> 8, size, a, b, env); break;
	case IR_frint:
		*r = float_round_int(size, a, rounding_of(i, env), i->aux & IR_FP_EXACT, env);
		break;
	default: return false;
	}
	return true;
}

static bool
arithmetic_lanes(const struct ir_insn *i, union vec128 *d, const union vec128 *a,
	const union vec128 *b, const union vec128 *c, struct float_env *env)
{
	enum float_size size = float_size_of(ir_result_type(i), i->aux);
	unsigned lanes = ir_result_type(i) == V128 ? 16u >> size : 1;
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned n = 0; n < lanes; n++) {
		uint64_t r;

		if (!arithmetic(i, size, vec128_lane(a, size, n), vec128_lane(b, size, n),
			    vec128_lane(c, size, n), env, &r))
			return false;
		vec128_set_lane(&result, size, n, r);
	}
	*d = result;
	return true;
}

/* fcvt_to_int and int_to_fp on lanes of a vector: both sides have the lane's size. */
static void
convert_lanes(
	const struct ir_insn *i, union vec128 *d, const union vec128 *a, struct float_env *env)
{
	unsigned size = i->aux & 3;
	bool is_signed = !(i->aux & IR_FP_UNSIGNED);
	union vec128 r;

	for (unsigned n = 0; n < 16u >> size; n++) {
		uint64_t x = vec128_lane(a, size, n);

		if (i->op == IR_fcvt_to_int)
			x = float_to_int((enum float_size)size, size, is_signed, (unsigned)i->imm,
				x, rounding_of(i, env), env);
		else
			x = float_from_int(
				(enum float_size)size, size, is_signed, (unsigned)i->imm, x, env);
		vec128_set_lane(&r, size, n, x);
	}
	*d = r;
}

static void
convert_scalar(const struct ir_unit *u, const struct ir_insn *i, union vec128 *d, uint64_t a,
	struct float_env *env)
{
	enum ir_type from = ir_result_type(&u->insns[i->a]);
	bool is_signed = !(i->aux & IR_FP_UNSIGNED);
	uint64_t r;

	if (i->op == IR_fcvt)
		r = float_convert(float_size_of(from, 0), float_size_of(i->type, 0), a, env);
	else if (i->op == IR_fcvt_to_int)
		r = float_to_int(float_size_of(from, 0), i->type == I32 ? 2 : 3, is_signed,
			(unsigned)i->imm, a, rounding_of(i, env), env);
	else
		r = float_from_int(float_size_of(i->type, 0), from == I32 ? 2 : 3, is_signed,
			(unsigned)i->imm, a, env);
	*d = (union vec128){ .d = { r, 0 } };
}

bool
ir_interpret_float(const struct ir_unit *u, const struct ir_insn *i, union vec128 *d,
	const union vec128 *a, const union vec128 *b, const union vec128 *c, uint32_t *fpsr)
{
	struct float_env env = float_env_from_mode(u->mode);
	bool known = true;

	switch (i->op) {
	case IR_flags_fcmp:
		d->d[0] = float_compare(float_size_of(ir_result_type(&u->insns[i->a]), 0), a->d[0],
			b->d[0], i->aux & IR_FP_SIGNALLING, &env);
		break;
	case IR_fcvt:
	case IR_fcvt_to_int:
	case IR_int_to_fp:
		if (i->type == V128)
			convert_lanes(i, d, a, &env);
		else
			convert_scalar(u, i, d, a->d[0], &env);
		break;
	default: known = arithmetic_lanes(i, d, a, b, c, &env); break;
	}
	*fpsr |= env.flags;
	return known;
}
