// SPDX-License-Identifier: Apache-2.0
// Selectors of floating-point arithmetic (see select_float.h): addition to fused multiply-add, minimum and maximum, signs,
// and comparison to lane masks.
#include "backend/x86_64/select_float.h"

typedef uint16_t float_ops[FLOAT_FORMS]; /* enum x86_vector_op */

/* vcmpps: UNORD_Q and EQ_UQ, which raise invalid for signalling NaNs only. */
#define COMPARE_UNORDERED       0x03
#define COMPARE_EQUAL_UNORDERED 0x08

static const union vec128 sign_bits[FLOAT_FORMS] = {
	[FLOAT_SS] = { .s = { 0x80000000 } },
	[FLOAT_SD] = { .d = { UINT64_C(1) << 63 } },
	[FLOAT_PS] = { .s = { 0x80000000, 0x80000000, 0x80000000, 0x80000000 } },
	[FLOAT_PD] = { .d = { UINT64_C(1) << 63, UINT64_C(1) << 63 } },
};
static const union vec128 other_bits[FLOAT_FORMS] = {
	[FLOAT_SS] = { .s = { 0x7fffffff } },
	[FLOAT_SD] = { .d = { INT64_MAX } },
	[FLOAT_PS] = { .s = { 0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff } },
	[FLOAT_PD] = { .d = { INT64_MAX, INT64_MAX } },
};

/* ---- shared by the select_float*.c files ---------------------------------------------------------------------------- */

/* What is zero above a double need not be so above a single: the content's own type must be the scalar's. */
bool
float_upper_zero(const struct compiler *c, ir_ref ref)
{
	const struct ir_insn *content = insn_of(c, ref);

	if (content->type != c->u->insns[ref].type)
		return false;
	return c->values[canon(c, ref)].upper_zero || content->op == IR_const;
}

static void
store_argument(struct compiler *c, unsigned index, host_reg r)
{
	if (r >= REG_XMM)
		x86_vec_mr(&c->w, X86_VMOVAPS, helper_argument(index), XMM(r));
	else
		x86_store(&c->w, 8, helper_argument(index), (enum x86_gpr)r);
}

static void
load_result(struct compiler *c, host_reg r)
{
	if (r >= REG_XMM)
		x86_vec_rm(&c->w, X86_VMOVAPS, XMM(r), helper_argument(3));
	else
		x86_load(&c->w, 8, (enum x86_gpr)r, helper_argument(3));
}

/* Call the helper; its FPSR bits accumulate. */
static void
call_helper(struct compiler *c, unsigned helper, uint64_t imm)
{
	emit_helper_call(c, helper, imm);
	x86_alu_mr(&c->w, X86_OR, 4, x86_mem_base(X86_RBP, CPU_COLD(fp_flags)), X86_RAX);
}

static bool
is_integer(enum ir_type t)
{
	return t == I32 || t == I64;
}

static void
store_operand(struct compiler *c, unsigned index, ir_ref operand)
{
	bool integer = is_integer(ir_result_type(&c->u->insns[operand]));

	store_argument(c, index, integer ? use_gpr(c, operand) : use_vec(c, operand));
}

void
float_select_helper(struct compiler *c, ir_ref i, unsigned helper, uint64_t imm)
{
	const struct ir_insn *in = &c->u->insns[i];
	unsigned operands = ir_op_info[in->op].operands;
	host_reg dst;

	claim(c, X86_RAX);
	store_operand(c, 0, in->a);
	if (operands > 1)
		store_operand(c, 1, in->b);
	if (operands > 2)
		store_operand(c, 2, in->c);
	call_helper(c, helper, imm);
	dst = is_integer(in->type) ? def_gpr(c, i) : def_vec_over(c, i);
	load_result(c, dst);
	c->values[i].upper_zero = in->type == F32 || in->type == F64;
}

static void
emit_cold_helper(struct compiler *c, struct cold_path *cold)
{
	const host_reg operands[3] = { cold->a, cold->b, cold->d };
	struct x86_mem saved = x86_mem_base(X86_RBP, CPU_COLD(saved_scratch));

	x86_store(&c->w, 8, saved, X86_RAX);
	for (unsigned k = 0; k < 3; k++)
		if (operands[k] != REG_NONE)
			store_argument(c, k, operands[k]);
	call_helper(c, cold->helper, cold->imm);
	load_result(c, cold->dst);
	if (cold->dst != X86_RAX)
		x86_load(&c->w, 8, X86_RAX, saved);
}

struct cold_path *
float_cold(struct compiler *c, enum x86_cond cond, unsigned helper, uint64_t imm, host_reg dst,
	const host_reg operands[3])
{
	struct cold_path *cold = cold_jump(c, cond, emit_cold_helper);

	cold->helper = helper;
	cold->imm = imm;
	cold->dst = dst;
	cold->a = operands[0];
	cold->b = operands[1];
	cold->d = operands[2];
	return cold;
}

/* EFLAGS: whether a or b (in some lane) is a NaN; returns the condition. */
static enum x86_cond
test_unordered(struct compiler *c, enum float_form form, host_reg a, host_reg b, host_reg scratch)
{
	static const float_ops compare = { [FLOAT_SS] = X86_VUCOMISS,
		[FLOAT_SD] = X86_VUCOMISD,
		[FLOAT_PS] = X86_VCMPPS,
		[FLOAT_PD] = X86_VCMPPD };

	if (!float_is_packed(form)) {
		x86_vec_rr(&c->w, compare[form], XMM(a), XMM(b));
		return X86_P;
	}
	x86_vec_rrri8(&c->w, compare[form], XMM(scratch), XMM(a), XMM(b), COMPARE_UNORDERED);
	x86_vec_rr(&c->w, X86_VTESTPS, XMM(scratch), XMM(scratch));
	return X86_NZ;
}

/* ---- NaN results of two operands or one ------------------------------------------------------------------------------- */

static const union vec128 quiet_bits[FLOAT_FORMS] = {
	[FLOAT_SS] = { .s = { 0x00400000 } },
	[FLOAT_SD] = { .d = { UINT64_C(1) << 51 } },
	[FLOAT_PS] = { .s = { 0x00400000, 0x00400000, 0x00400000, 0x00400000 } },
	[FLOAT_PD] = { .d = { UINT64_C(1) << 51, UINT64_C(1) << 51 } },
};

/* The second operand, if there is one that is not the first. */
static host_reg
other_operand(const struct cold_path *cold)
{
	return cold->b == cold->a ? REG_NONE : cold->b;
}

/*
 * A NaN that the host made of numbers has the wrong sign. Of operands it takes the first that is a NaN, and so does Arm but
 * where a quiet one comes before one that signals: that is left to the helper.
 */
static void
emit_cold_nan_scalar(struct compiler *c, struct cold_path *cold)
{
	enum float_form form = (enum float_form)cold->aux;
	enum x86_vector_op compare = form == FLOAT_SS ? X86_VUCOMISS : X86_VUCOMISD;
	host_reg b = other_operand(cold);
	uint8_t *operand_is_nan;

	if (host_features.avx512) { /* see test_default_nan */
		x86_vec_rr(&c->w, compare, XMM(cold->dst), XMM(cold->dst));
		x86_patch_rel32(x86_jcc_rel32(&c->w, X86_NP), cold->back);
	}
	x86_vec_rr(&c->w, compare, XMM(cold->a), XMM(b == REG_NONE ? cold->a : b));
	operand_is_nan = x86_jcc_rel8(&c->w, X86_P);
	x86_vec_rrm(
		&c->w, X86_VXORPS, XMM(cold->dst), XMM(cold->dst), x86_mem_rip(&sign_bits[form]));
	x86_jmp_to(&c->w, cold->back);
	x86_patch_rel8(operand_is_nan, c->w.at);
	if (b == REG_NONE)
		return;
	x86_vec_rr(&c->w, compare, XMM(b), XMM(b));
	x86_patch_rel32(x86_jcc_rel32(&c->w, X86_NP), cold->back);
	x86_vec_rm(&c->w, X86_VPTEST, XMM(b), x86_mem_rip(&quiet_bits[form]));
	x86_patch_rel32(x86_jcc_rel32(&c->w, X86_NZ), cold->back);
	emit_cold_helper(c, cold);
}

#define COLD_SCRATCH 3

static void
transfer_cold_scratch(struct compiler *c, const unsigned *t, bool load)
{
	for (unsigned k = 0; k < COLD_SCRATCH; k++)
		if (load)
			x86_vec_rm(&c->w, X86_VMOVAPS, t[k], helper_argument(k));
		else
			x86_vec_mr(&c->w, X86_VMOVAPS, helper_argument(k), t[k]);
}

/* The same for lanes, with registers that are saved around it. */
static void
emit_cold_nan_packed(struct compiler *c, struct cold_path *cold)
{
	enum x86_vector_op compare = cold->aux == FLOAT_PS ? X86_VCMPPS : X86_VCMPPD;
	host_reg b = other_operand(cold);
	unsigned t[COLD_SCRATCH], count = 0, dst = XMM(cold->dst);
	uint8_t *ask = NULL;

	for (host_reg r = REG_XMM; count < COLD_SCRATCH; r++)
		if (r != cold->a && r != b && r != cold->dst)
			t[count++] = XMM(r);
	transfer_cold_scratch(c, t, false);
	x86_vec_rrri8(&c->w, compare, t[0], XMM(cold->a), XMM(cold->a), COMPARE_UNORDERED);
	if (b != REG_NONE) {
		x86_vec_rrri8(&c->w, compare, t[1], XMM(b), XMM(b), COMPARE_UNORDERED);
		x86_vec_rrr(&c->w, X86_VANDPS, t[2], t[0], t[1]);
		x86_vec_rrr(&c->w, X86_VANDNPS, t[2], XMM(b), t[2]);
		x86_vec_rm(&c->w, X86_VPTEST, t[2], x86_mem_rip(&quiet_bits[cold->aux]));
		ask = x86_jcc_rel32(&c->w, X86_NZ);
		x86_vec_rrr(&c->w, X86_VORPS, t[0], t[0], t[1]);
	}
	x86_vec_rrri8(&c->w, compare, t[1], dst, dst, COMPARE_UNORDERED);
	x86_vec_rrr(&c->w, X86_VANDNPS, t[0], t[0], t[1]);
	x86_vec_rrm(&c->w, X86_VANDPS, t[0], t[0], x86_mem_rip(&sign_bits[cold->aux]));
	x86_vec_rrr(&c->w, X86_VANDNPS, dst, t[0], dst);
	transfer_cold_scratch(c, t, true);
	if (!ask)
		return;
	x86_jmp_to(&c->w, cold->back);
	x86_patch_rel32(ask, c->w.at);
	transfer_cold_scratch(c, t, true);
	emit_cold_helper(c, cold);
}

static bool
checks_underflow(const struct compiler *c, enum float_doubt doubt)
{
	return doubt == FLOAT_DOUBT_NAN_UNDERFLOW && c->u->mode & IR_MODE_EXACT_FLAGS;
}

bool
float_is_checked(const struct compiler *c, enum float_doubt doubt)
{
	return !traps_invalid(c->u->mode) || checks_underflow(c, doubt);
}

host_reg
float_scratch(struct compiler *c, enum float_form form, enum float_doubt doubt)
{
	return float_is_packed(form) || checks_underflow(c, doubt) ? temp_vec(c) : REG_NONE;
}

/*
 * EFLAGS: whether dst is a NaN or may have been rounded up to the least normal number: below it, the host agrees about
 * underflow.
 */
static enum x86_cond
test_underflow(struct compiler *c, enum float_form form, host_reg dst, host_reg scratch)
{
	static const union vec128 least_normal[FLOAT_FORMS] = {
		[FLOAT_SS] = { .s = { 0x00800000 } },
		[FLOAT_SD] = { .d = { UINT64_C(1) << 52 } },
		[FLOAT_PS] = { .s = { 0x00800000, 0x00800000, 0x00800000, 0x00800000 } },
		[FLOAT_PD] = { .d = { UINT64_C(1) << 52, UINT64_C(1) << 52 } },
	};
	struct x86_mem limit = x86_mem_rip(&least_normal[form]);

	x86_vec_rrm(&c->w, X86_VANDPS, XMM(scratch), XMM(dst), x86_mem_rip(&other_bits[form]));
	if (!float_is_packed(form)) {
		x86_vec_rm(
			&c->w, form == FLOAT_SS ? X86_VUCOMISS : X86_VUCOMISD, XMM(scratch), limit);
		return X86_E; /* or unordered */
	}
	x86_vec_rrmi8(&c->w, form == FLOAT_PS ? X86_VCMPPS : X86_VCMPPD, XMM(scratch), XMM(scratch),
		limit, COMPARE_EQUAL_UNORDERED);
	x86_vec_rr(&c->w, X86_VTESTPS, XMM(scratch), XMM(scratch));
	return X86_NZ;
}

static bool
repairs_nans_inline(const struct compiler *c, enum float_doubt doubt, unsigned helper)
{
	return !checks_underflow(c, doubt) && !(c->u->mode & IR_MODE_DEFAULT_NAN) &&
	       (helper == HELPER_fadd || helper == HELPER_fsub || helper == HELPER_fmul ||
		       helper == HELPER_fdiv || helper == HELPER_fsqrt);
}

/* Whether lanes of value `ref` may be signalling NaNs: what floating-point operations of the same size gave are not. */
static bool
may_signal(const struct compiler *c, ir_ref ref, enum float_form form)
{
	const struct ir_insn *in = insn_of(c, ref);

	switch (in->op) {
	case IR_fadd:
	case IR_fsub:
	case IR_fmul:
	case IR_fdiv:
	case IR_fsqrt:
	case IR_fma:
	case IR_int_to_fp: return float_form_of(in) != form;
	default: return true;
	}
}

#define CLASS_SIGNALLING 0x80 /* vfpclass: signalling NaNs */

/*
 * EFLAGS: NZ when a lane of dst = op(a, b) may not be Arm's NaN. That takes the host's default NaN, which it makes of numbers (where
 * operands are NaNs it quietens one of them, as Arm does), or a second operand that signals where the first one need not.
 * So NaNs that go on and on, once they have Arm's sign, are not in doubt. No register is needed but masks. What is above a scalar may look
 * like a default NaN, too: cold code knows.
 */
static enum x86_cond
test_default_nan(struct compiler *c, ir_ref i, enum float_form form, host_reg dst, host_reg b)
{
	static const float_ops compare = { [FLOAT_SS] = X86_VPCMPEQD_K,
		[FLOAT_SD] = X86_VPCMPEQQ_K,
		[FLOAT_PS] = X86_VPCMPEQD_K,
		[FLOAT_PD] = X86_VPCMPEQQ_K };
	static const float_ops classify = FLOAT_OPS(VFPCLASS);
	static const union vec128 default_nan[FLOAT_FORMS] = {
		[FLOAT_SS] = { .s = { 0xffc00000, 1, 1, 1 } },
		[FLOAT_SD] = { .d = { UINT64_C(0xfff8) << 48, 1 } },
		[FLOAT_PS] = { .s = { 0xffc00000, 0xffc00000, 0xffc00000, 0xffc00000 } },
		[FLOAT_PD] = { .d = { UINT64_C(0xfff8) << 48, UINT64_C(0xfff8) << 48 } },
	};
	const struct ir_insn *in = &c->u->insns[i];
	bool one_operand = in->op == IR_fsqrt || canon(c, in->a) == canon(c, in->b);
	unsigned second = 1;

	x86_vec_mask_rrm(&c->w, compare[form], 1, XMM(dst), x86_mem_rip(&default_nan[form]));
	if (!one_operand && may_signal(c, in->b, form)) {
		second = 2;
		x86_vec_mask_rri8(&c->w, classify[form], 2, XMM(b), CLASS_SIGNALLING);
	}
	x86_vec_masks(&c->w, X86_KORTESTB, 1, second);
	return X86_NZ;
}

/* EFLAGS: whether dst is in doubt; the condition. */
static enum x86_cond
test_doubt(struct compiler *c, ir_ref i, enum float_form form, enum float_doubt doubt,
	bool inline_nans, host_reg dst, host_reg b, host_reg scratch)
{
	if (checks_underflow(c, doubt))
		return test_underflow(c, form, dst, scratch);
	if (inline_nans && host_features.avx512)
		return test_default_nan(c, i, form, dst, b);
	return test_unordered(c, form, dst, dst, scratch);
}

void
float_repair(struct compiler *c, ir_ref i, enum float_form form, enum float_doubt doubt,
	unsigned helper, uint64_t imm, host_reg dst, const host_reg operands[3], host_reg scratch)
{
	bool inline_nans = repairs_nans_inline(c, doubt, helper);
	enum x86_cond cond = test_doubt(c, i, form, doubt, inline_nans, dst, operands[1], scratch);
	struct cold_path *cold = float_cold(c, cond, helper, imm, dst, operands);

	if (inline_nans) {
		cold->emit = float_is_packed(form) ? emit_cold_nan_packed : emit_cold_nan_scalar;
		cold->aux = (uint16_t)form;
	}
	cold_return_here(c, cold);
}

/* ---- two operands ---------------------------------------------------------------------------------------------------- */

/* The order of the operands says which of two NaNs is the result. */
static void
select_binary(struct compiler *c, ir_ref i, const struct ir_insn *in, const float_ops ops,
	unsigned helper, enum float_doubt doubt)
{
	enum float_form form = float_form_of(in);
	uint64_t imm = float_helper_imm(c, form);
	host_reg a, b, scratch, dst;

	if (!float_on_host(c)) {
		float_select_helper(c, i, helper, imm);
		return;
	}
	a = use_vec(c, in->a);
	b = use_vec(c, in->b);
	if (!float_is_checked(c, doubt)) {
		x86_vec_rrr(&c->w, ops[form], XMM(def_vec_over(c, i)), XMM(a), XMM(b));
		c->values[i].upper_zero = !float_is_packed(form) && float_upper_zero(c, in->a);
		keep_eflags(c);
		return;
	}
	scratch = float_scratch(c, form, doubt);
	dst = def_vec(c, i);
	x86_vec_rrr(&c->w, ops[form], XMM(dst), XMM(a), XMM(b));
	float_repair(
		c, i, form, doubt, helper, imm, dst, (const host_reg[]){ a, b, REG_NONE }, scratch);
	c->values[i].upper_zero = !float_is_packed(form) && float_upper_zero(c, in->a);
}

void
select_fadd(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const float_ops ops = FLOAT_OPS(VADD);

	select_binary(c, i, in, ops, HELPER_fadd, FLOAT_DOUBT_NAN);
}

void
select_fsub(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const float_ops ops = FLOAT_OPS(VSUB);

	select_binary(c, i, in, ops, HELPER_fsub, FLOAT_DOUBT_NAN);
}

void
select_fmul(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const float_ops ops = FLOAT_OPS(VMUL);

	select_binary(c, i, in, ops, HELPER_fmul, FLOAT_DOUBT_NAN_UNDERFLOW);
}

void
select_fdiv(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const float_ops ops = FLOAT_OPS(VDIV);

	select_binary(c, i, in, ops, HELPER_fdiv, FLOAT_DOUBT_NAN_UNDERFLOW);
}

/* ---- square root, fused multiply-add ------------------------------------------------------------------------------------ */

void
select_fsqrt(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const float_ops ops = FLOAT_OPS(VSQRT);
	enum float_form form = float_form_of(in);
	uint64_t imm = float_helper_imm(c, form);
	host_reg a, scratch, dst;
	bool checked;

	if (!float_on_host(c)) {
		float_select_helper(c, i, HELPER_fsqrt, imm);
		return;
	}
	a = use_vec(c, in->a);
	checked = float_is_checked(c, FLOAT_DOUBT_NAN);
	scratch = checked ? float_scratch(c, form, FLOAT_DOUBT_NAN) : REG_NONE;
	dst = checked ? def_vec(c, i) : def_vec_over(c, i);
	if (float_is_packed(form))
		x86_vec_rr(&c->w, ops[form], XMM(dst), XMM(a));
	else
		x86_vec_rrr(&c->w, ops[form], XMM(dst), XMM(a), XMM(a));
	if (checked)
		float_repair(c, i, form, FLOAT_DOUBT_NAN, HELPER_fsqrt, imm, dst,
			(const host_reg[]){ a, REG_NONE, REG_NONE }, scratch);
	else
		keep_eflags(c);
	c->values[i].upper_zero = !float_is_packed(form) && float_upper_zero(c, in->a);
}

/*
 * dst = +-(a * b) +- c, with dst = c at first. With quiet NaNs the two differ in more than which NaN it is when the operation is
 * invalid: Arm prefers the addend, negates a, and knows infinity times zero plus a NaN as invalid. So unless the result is
 * tested anyway, a NaN as addend (or as a, if negated) leaves for cold code beforehand.
 */
static void
select_trapping_fma(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op,
	unsigned helper)
{
	enum float_form form = float_form_of(in);
	host_reg a = use_vec(c, in->a), b = use_vec(c, in->b), scratch, dst;
	enum x86_cond is_nan;
	struct cold_path *cold;

	use_vec(c, in->c);
	scratch = float_is_packed(form) ? temp_vec(c) : REG_NONE;
	dst = def_vec_from(c, i, in->c);
	is_nan = test_unordered(c, form, dst, in->aux & IR_FP_NEGATE_PRODUCT ? a : dst, scratch);
	cold = float_cold(
		c, is_nan, helper, float_helper_imm(c, form), dst, (const host_reg[]){ a, b, dst });
	x86_vec_rrr(&c->w, op, XMM(dst), XMM(a), XMM(b));
	cold_return_here(c, cold);
	c->values[i].upper_zero = !float_is_packed(form) && float_upper_zero(c, in->c);
}

void
select_fma(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const struct {
		float_ops ops;
		uint8_t helper;
	} variants[4] = {
		{ FLOAT_OPS(VFMADD231), HELPER_fmadd },
		{ FLOAT_OPS(VFNMADD231), HELPER_fmsub },
		{ FLOAT_OPS(VFMSUB231), HELPER_fnmsub },
		{ FLOAT_OPS(VFNMSUB231), HELPER_fnmadd },
	};
	unsigned variant =
		(in->aux & IR_FP_NEGATE_PRODUCT ? 1 : 0) | (in->aux & IR_FP_NEGATE_ADDEND ? 2 : 0);
	unsigned helper = variants[variant].helper;
	enum float_form form = float_form_of(in);
	uint64_t imm = float_helper_imm(c, form);
	host_reg a, b, addend, scratch, dst;

	if (!float_on_host(c)) {
		float_select_helper(c, i, helper, imm);
		return;
	}
	if (!float_is_checked(c, FLOAT_DOUBT_NAN_UNDERFLOW)) {
		select_trapping_fma(
			c, i, in, (enum x86_vector_op)variants[variant].ops[form], helper);
		return;
	}
	a = use_vec(c, in->a);
	b = use_vec(c, in->b);
	addend = use_vec(c, in->c);
	scratch = float_scratch(c, form, FLOAT_DOUBT_NAN_UNDERFLOW);
	dst = def_vec(c, i);
	emit_reg_move(c, dst, addend);
	x86_vec_rrr(&c->w, variants[variant].ops[form], XMM(dst), XMM(a), XMM(b));
	float_repair(c, i, form, FLOAT_DOUBT_NAN_UNDERFLOW, helper, imm, dst,
		(const host_reg[]){ a, b, addend }, scratch);
	c->values[i].upper_zero = !float_is_packed(form) && float_upper_zero(c, in->c);
}

/* ---- minimum and maximum --------------------------------------------------------------------------------------------------- */

/*
 * x86 gives the second operand when the operands are equal, so both orders are computed: they differ only for zeros of
 * different signs, where AND makes the maximum +0 and OR the minimum -0. NaNs leave before (vmax is invalid on quiet ones).
 */
static void
select_minmax(struct compiler *c, ir_ref i, const struct ir_insn *in, const float_ops ops,
	enum x86_vector_op combine, unsigned helper)
{
	enum float_form form = float_form_of(in);
	uint64_t imm = float_helper_imm(c, form);
	host_reg a, b, scratch, dst;
	struct cold_path *cold;

	if (!float_on_host(c)) {
		float_select_helper(c, i, helper, imm);
		return;
	}
	a = use_vec(c, in->a);
	b = use_vec(c, in->b);
	scratch = temp_vec(c);
	dst = def_vec(c, i);
	cold = float_cold(c, test_unordered(c, form, a, b, scratch), helper, imm, dst,
		(const host_reg[]){ a, b, REG_NONE });
	x86_vec_rrr(&c->w, ops[form], XMM(dst), XMM(a), XMM(b));
	x86_vec_rrr(&c->w, ops[form], XMM(scratch), XMM(b), XMM(a));
	x86_vec_rrr(&c->w, combine, XMM(dst), XMM(dst), XMM(scratch));
	cold_return_here(c, cold);
	c->values[i].upper_zero =
		!float_is_packed(form) && float_upper_zero(c, in->a) && float_upper_zero(c, in->b);
}

static const float_ops max_ops = FLOAT_OPS(VMAX), min_ops = FLOAT_OPS(VMIN);

void
select_fmax(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_minmax(c, i, in, max_ops, X86_VANDPS, HELPER_fmax);
}

void
select_fmin(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_minmax(c, i, in, min_ops, X86_VORPS, HELPER_fmin);
}

void
select_fmaxnm(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_minmax(c, i, in, max_ops, X86_VANDPS, HELPER_fmaxnm);
}

void
select_fminnm(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_minmax(c, i, in, min_ops, X86_VORPS, HELPER_fminnm);
}

/* ---- signs: the same in every mode ---------------------------------------------------------------------------------------- */

static void
select_sign(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op,
	const union vec128 *masks)
{
	enum float_form form = float_form_of(in);
	host_reg a = use_vec(c, in->a);

	x86_vec_rrm(&c->w, op, XMM(def_vec_over(c, i)), XMM(a), x86_mem_rip(&masks[form]));
	c->values[i].upper_zero =
		!float_is_packed(form) && (op == X86_VANDPS || float_upper_zero(c, in->a));
	keep_eflags(c);
}

void
select_fabs(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_sign(c, i, in, X86_VANDPS, other_bits);
}

void
select_fneg(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_sign(c, i, in, X86_VXORPS, sign_bits);
}

/* ---- comparison to masks ----------------------------------------------------------------------------------------------------- */

/* Equality is quiet, the ordered comparisons are invalid on every NaN, as Arm's are. */
void
select_vfcmp(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const struct {
		uint8_t predicate;
		uint8_t helper;
	} compares[] = {
		[IR_FP_COMPARE_EQ] = { 0x00, HELPER_fcmeq }, /* EQ_OQ */
		[IR_FP_COMPARE_GE] = { 0x0d, HELPER_fcmge }, /* GE_OS */
		[IR_FP_COMPARE_GT] = { 0x0e, HELPER_fcmgt }, /* GT_OS */
	};
	enum float_form form = float_form_of(in);
	unsigned compare = in->aux >> 8;
	host_reg a, b;

	if (!float_on_host(c)) {
		float_select_helper(c, i, compares[compare].helper, float_helper_imm(c, form));
		return;
	}
	a = use_vec(c, in->a);
	b = use_vec(c, in->b);
	x86_vec_rrri8(&c->w, form == FLOAT_PS ? X86_VCMPPS : X86_VCMPPD, XMM(def_vec_over(c, i)),
		XMM(a), XMM(b), compares[compare].predicate);
	keep_eflags(c);
}
