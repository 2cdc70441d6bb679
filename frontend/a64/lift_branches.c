// SPDX-License-Identifier: Apache-2.0
// Lifters of "Branches, exception generating" (Arm ARM C4.1.3) and of UDF.
#include "frontend/a64/lift.h"

/* Target of a branch with a word offset of `bits` bits. */
static uint64_t
branch_target(const struct lift *l, uint32_t imm, unsigned bits)
{
	return l->pc + (uint64_t)signed_field(imm, bits) * 4;
}

static ir_ref
return_address(struct lift *l)
{
	return ir_address(l, (int64_t)(l->pc + 4));
}

/* ---- direct ------------------------------------------------------------------------------ */

/* B: lifting goes on at the target. */
static void
lift_b(struct lift *l, const struct a64_b *d)
{
	l->next_pc = branch_target(l, d->imm26, 26);
}
A64_LIFTER(b);

/* BL: X30 = return address; call. */
static void
lift_bl(struct lift *l, const struct a64_bl *d)
{
	ir_ref back = return_address(l);

	put_gpr(l, I64, 30, back);
	ir_exit_call(l, back, (int64_t)branch_target(l, d->imm26, 26));
	l->ended = true;
}
A64_LIFTER(bl);

/* B.cond: a side exit; AL and NV are always. */
static void
lift_b_cond(struct lift *l, const struct a64_b_cond *d)
{
	uint64_t target = branch_target(l, d->imm19, 19);

	if (d->cond >= IR_AL)
		l->next_pc = target;
	else
		ir_exit_if(l, d->cond, get_flags(l), (int64_t)target);
}
A64_LIFTER(b_cond);

static void
compare_and_branch(
	struct lift *l, enum ir_condition condition, unsigned sf, unsigned rt, uint64_t target)
{
	enum ir_type t = gpr_type(sf);
	ir_ref flags = ir_flags_sub(l, t, get_gpr(l, t, rt), ir_const(l, t, 0));

	ir_exit_if(l, condition, flags, (int64_t)target);
}

/* CBZ. */
static void
lift_cbz(struct lift *l, const struct a64_cbz *d)
{
	compare_and_branch(l, IR_EQ, d->sf, d->rt, branch_target(l, d->imm19, 19));
}
A64_LIFTER(cbz);

/* CBNZ. */
static void
lift_cbnz(struct lift *l, const struct a64_cbnz *d)
{
	compare_and_branch(l, IR_NE, d->sf, d->rt, branch_target(l, d->imm19, 19));
}
A64_LIFTER(cbnz);

static void
test_and_branch(
	struct lift *l, enum ir_condition condition, unsigned rt, unsigned bit, uint64_t target)
{
	enum ir_type t = bit >= 32 ? I64 : I32;
	ir_ref mask = ir_const(l, t, (int64_t)(UINT64_C(1) << bit));

	ir_exit_if(l, condition, ir_flags_and(l, t, get_gpr(l, t, rt), mask), (int64_t)target);
}

/* TBZ. */
static void
lift_tbz(struct lift *l, const struct a64_tbz *d)
{
	test_and_branch(l, IR_EQ, d->rt, d->b5 << 5 | d->b40, branch_target(l, d->imm14, 14));
}
A64_LIFTER(tbz);

/* TBNZ. */
static void
lift_tbnz(struct lift *l, const struct a64_tbnz *d)
{
	test_and_branch(l, IR_NE, d->rt, d->b5 << 5 | d->b40, branch_target(l, d->imm14, 14));
}
A64_LIFTER(tbnz);

/* ---- register ---------------------------------------------------------------------------- */

/* BR. */
static void
lift_br(struct lift *l, const struct a64_br *d)
{
	ir_exit_indirect(l, IR_INDIRECT_JUMP, get_gpr(l, I64, d->rn));
	l->ended = true;
}
A64_LIFTER(br);

/* BLR: the target is read before X30 is written. */
static void
lift_blr(struct lift *l, const struct a64_blr *d)
{
	ir_ref target = get_gpr(l, I64, d->rn);
	ir_ref back = return_address(l);

	put_gpr(l, I64, 30, back);
	ir_exit_call_indirect(l, target, back);
	l->ended = true;
}
A64_LIFTER(blr);

/* RET. */
static void
lift_ret(struct lift *l, const struct a64_ret *d)
{
	ir_exit_indirect(l, IR_INDIRECT_RETURN, get_gpr(l, I64, d->rn));
	l->ended = true;
}
A64_LIFTER(ret);

/* ---- exceptions -------------------------------------------------------------------------- */

/* SVC: Linux ignores the immediate. */
static void
lift_svc(struct lift *l, const struct a64_svc *d)
{
	(void)d;
	ir_exit_system_call(l, (int64_t)(l->pc + 4));
	l->ended = true;
}
A64_LIFTER(svc);

/* BRK. */
static void
lift_brk(struct lift *l, const struct a64_brk *d)
{
	(void)d;
	end_with_exception(l, IR_EXCEPTION_BREAKPOINT);
}
A64_LIFTER(brk);

/* UDF, and what is UNDEFINED at EL0: HVC, SMC, HLT without a debugger, DCPS. */
#define UNDEFINED(row)                                                    \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		(void)d;                                                  \
		end_with_exception(l, IR_EXCEPTION_ILLEGAL);              \
	}                                                                 \
	A64_LIFTER(row)

UNDEFINED(udf);
UNDEFINED(hvc);
UNDEFINED(smc);
UNDEFINED(hlt);
UNDEFINED(dcps);
