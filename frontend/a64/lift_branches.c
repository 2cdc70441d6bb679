// SPDX-License-Identifier: Apache-2.0
// Lifters of "Branches, exception generating" (Arm ARM C4.1.3) and of UDF.
#include "frontend/a64/lift.h"
#include "ir/evaluate.h"

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

/* ---- where lifting goes on --------------------------------------------------------------- */

/* Whether the trace's path goes on at `pc`; it is one block shorter then. */
static bool
path_leads_to(struct lift *l, uint64_t pc)
{
	if (l->path_left == 0 || *l->path != pc)
		return false;
	l->path++;
	l->path_left--;
	return true;
}

/* A branch to `pc`: lifting goes on there, or ends where the path or the basic block does. */
static void
go_on_at(struct lift *l, uint64_t pc)
{
	l->next_pc = pc;
	if ((l->follows_path && !path_leads_to(l, pc)) || l->unit->mode & IR_MODE_RECORD)
		end_with_jump(l, pc);
}

/* A branch for which both a comparison and a CCMP behind it must hold: what does not branch is two exits (ir/fold_flags.c). */
static bool
wants_both(const struct lift *l, enum ir_condition condition, ir_ref flags)
{
	const struct ir_insn *select = &l->unit->insns[flags], *otherwise;

	if (select->op != IR_flags_select)
		return false;
	otherwise = &l->unit->insns[select->c];
	return otherwise->op == IR_flags_const &&
	       !ir_condition_holds(condition, (unsigned)otherwise->imm);
}

/* A conditional branch: a side exit for the side that lifting does not follow. */
static void
branch_if(struct lift *l, enum ir_condition condition, ir_ref flags, uint64_t target)
{
	if (l->follows_path && target != l->pc + 4 && path_leads_to(l, target)) {
		ir_exit_if(l, condition ^ 1, flags, (int64_t)(l->pc + 4));
		l->next_pc = target;
		return;
	}
	if (wants_both(l, condition, flags) && (!l->follows_path || l->path_left == 0)) {
		ir_exit_if(l, condition ^ 1, flags, (int64_t)(l->pc + 4));
		go_on_at(l, target);
		return;
	}
	ir_exit_if(l, condition, flags, (int64_t)target);
	if (l->follows_path || l->unit->mode & IR_MODE_RECORD)
		go_on_at(l, l->pc + 4);
}

/* A trace's indirect branch that leads to so many places is a chain of comparisons; the backend finds more in a table. */
#define CHAIN_LABELS 1

/* An indirect branch to `target`, once x30 is written if it is a call: the path's next block is guessed and tested. */
static void
branch_to_value(struct lift *l, enum ir_indirect kind, ir_ref target)
{
	bool chain = l->path_left == 0 && l->label_count <= CHAIN_LABELS;

	for (uint32_t k = 0; k < l->label_count && chain; k++) {
		ir_ref same = ir_flags_sub(l, I64, target, ir_address(l, (int64_t)l->labels[k]));

		ir_exit_if(l, IR_EQ, same, (int64_t)l->labels[k]);
	}
	if (l->path_left == 0) {
		ir_exit_indirect(l, kind, target);
		l->ended = true;
		return;
	}
	l->next_pc = *l->path;
	if (l->unit->insns[target].op != IR_address ||
		(uint64_t)l->unit->insns[target].imm != l->next_pc)
		ir_exit_unless(l, kind, target, (int64_t)l->next_pc);
	l->path++;
	l->path_left--;
}

static bool
is_label(const struct lift *l, uint64_t pc)
{
	for (uint32_t k = 0; k < l->label_count; k++)
		if (l->labels[k] == pc)
			return true;
	return false;
}

/* ---- direct ------------------------------------------------------------------------------ */

/* B: lifting goes on at the target. */
static void
lift_b(struct lift *l, const struct a64_b *d)
{
	go_on_at(l, branch_target(l, d->imm26, 26));
}
A64_LIFTER(b);

/* BL: X30 = return address; call. A trace goes through a function that it calls as through its own code. */
static void
lift_bl(struct lift *l, const struct a64_bl *d)
{
	uint64_t target = branch_target(l, d->imm26, 26);
	ir_ref back = return_address(l);

	put_gpr(l, I64, 30, back);
	if (l->follows_path && (l->path_left || is_label(l, target))) {
		go_on_at(l, target);
		return;
	}
	ir_exit_call(l, back, (int64_t)target);
	l->ended = true;
}
A64_LIFTER(bl);

/* B.cond: a side exit; AL and NV are always. */
static void
lift_b_cond(struct lift *l, const struct a64_b_cond *d)
{
	uint64_t target = branch_target(l, d->imm19, 19);

	if (d->cond >= IR_AL)
		go_on_at(l, target);
	else
		branch_if(l, d->cond, get_flags(l), target);
}
A64_LIFTER(b_cond);

static void
compare_and_branch(
	struct lift *l, enum ir_condition condition, unsigned sf, unsigned rt, uint64_t target)
{
	enum ir_type t = gpr_type(sf);
	ir_ref flags = ir_flags_sub(l, t, get_gpr(l, t, rt), ir_const(l, t, 0));

	branch_if(l, condition, flags, target);
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

	branch_if(l, condition, ir_flags_and(l, t, get_gpr(l, t, rt), mask), target);
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
	branch_to_value(l, IR_INDIRECT_JUMP, get_gpr(l, I64, d->rn));
}
A64_LIFTER(br);

/* BLR: the target is read before X30 is written. */
static void
lift_blr(struct lift *l, const struct a64_blr *d)
{
	ir_ref target = get_gpr(l, I64, d->rn);
	ir_ref back = return_address(l);

	put_gpr(l, I64, 30, back);
	if (l->follows_path && (l->path_left || l->label_count)) {
		branch_to_value(l, IR_INDIRECT_JUMP, target);
		return;
	}
	ir_exit_call_indirect(l, target, back);
	l->ended = true;
}
A64_LIFTER(blr);

/* RET: from a call if it is by X30, else a jump that the processor is advised to predict as a return. */
static void
lift_ret(struct lift *l, const struct a64_ret *d)
{
	branch_to_value(
		l, d->rn == 30 ? IR_INDIRECT_RETURN : IR_INDIRECT_JUMP, get_gpr(l, I64, d->rn));
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
