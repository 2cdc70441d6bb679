// SPDX-License-Identifier: Apache-2.0
// Selectors of the flags operations and of what consumes flags: conditions, selections, carries. How flags come to be in EFLAGS
// is in flags.c.
#include "backend/x86_64/select_float.h"

/* These emit nothing: consumers do. */
static void
select_lazy_flags(struct compiler *c, ir_ref i)
{
	(void)i;
	keep_eflags(c);
}

void
select_flags_add(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)in;
	select_lazy_flags(c, i);
}

void
select_flags_sub(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)in;
	select_lazy_flags(c, i);
}

void
select_flags_and(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)in;
	select_lazy_flags(c, i);
}

void
select_flags_andn(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)in;
	select_lazy_flags(c, i);
}

/* The condition that is asked of flags `i` first, or AL. */
static enum ir_condition
first_condition(const struct compiler *c, ir_ref i)
{
	for (ir_ref j = i + 1; j < c->u->count; j++) {
		const struct ir_insn *in = &c->u->insns[j];

		if ((in->op == IR_exit_if || in->op == IR_select || in->op == IR_condition ||
			    in->op == IR_flags_select) &&
			in->a == i)
			return (enum ir_condition)in->aux;
	}
	return IR_AL;
}

/* The comparison itself happens here once, for the exceptions that it raises. */
void
select_flags_fcmp(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)in;
	emit_fcmp_for(c, i, first_condition(c, i));
	c->eflags_set = true;
}

/* Carry of `flags` into CF: for adc as it is, for sbb inverted. */
static void
need_carry(struct compiler *c, ir_ref flags, bool inverted)
{
	need_eflags(c, flags);
	if (eflags_are_fcmp(c))
		fcmp_to_direct(c);
	if ((c->eflags_form == EFLAGS_INVERTED) != inverted)
		x86_plain(&c->w, X86_CMC);
	c->eflags = IR_NONE;
}

/* After ADCS's or SBCS's result i: if its flags are the next instruction, EFLAGS hold them. */
static void
carry_flags_left(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_alu op)
{
	const struct ir_insn *flags = in + 1;

	if (i + 1 >= c->u->count || flags->op != (in->op == IR_adc ? IR_flags_adc : IR_flags_sbc) ||
		flags->type != in->type || flags->c != in->c ||
		canon(c, flags->a) != canon(c, in->a) || canon(c, flags->b) != canon(c, in->b))
		return;
	c->eflags = i + 1;
	c->eflags_form = op == X86_SBB ? EFLAGS_INVERTED : EFLAGS_DIRECT;
	c->eflags_set = true;
}

/*
 * x86's borrow is Arm's carry inverted, but x + k + C is x - ~k - !C: a constant is added with adc or sbb, whichever suits the carry that
 * there is.
 */
static bool
select_constant_with_carry(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_alu op)
{
	host_reg dst;
	int32_t imm;

	if (!is_const_i32(c, in->b, &imm))
		return false;
	need_eflags(c, in->c);
	if (eflags_are_fcmp(c))
		fcmp_to_direct(c);
	if ((op == X86_SBB) != (c->eflags_form == EFLAGS_INVERTED))
		imm = ~imm;
	op = c->eflags_form == EFLAGS_INVERTED ? X86_SBB : X86_ADC;
	c->eflags = IR_NONE;
	dst = def_gpr_from(c, i, in->a);
	x86_alu_ri(&c->w, op, int_size(in->type), (enum x86_gpr)dst, imm);
	carry_flags_left(c, i, in, op);
	return true;
}

static void
select_with_carry(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_alu op)
{
	if (select_constant_with_carry(c, i, in, op))
		return;
	/* the carry first: what follows up to the addition does not touch EFLAGS */
	need_carry(c, in->c, op == X86_SBB);
	host_reg b = use_gpr(c, in->b);
	host_reg a = use_gpr(c, in->a), dst;

	if (a == b) {
		dst = def_gpr(c, i);
		emit_reg_move(c, dst, a);
	} else {
		dst = def_gpr_from(c, i, in->a);
	}
	x86_alu_rr(&c->w, op, int_size(in->type), (enum x86_gpr)dst, (enum x86_gpr)b);
	carry_flags_left(c, i, in, op);
}

void
select_adc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_with_carry(c, i, in, X86_ADC);
}

void
select_sbc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_with_carry(c, i, in, X86_SBB);
}

/*
 * Whether nothing but the carry of `flags`, which EFLAGS hold, is wanted, by an addition so soon that they will still hold it: the
 * middle of a long number.
 */
static bool
feeds_next_addition(const struct compiler *c, ir_ref flags)
{
	ir_ref j = flags + 1;
	const struct ir_insn *in;

	while (j < c->u->count &&
		(c->u->insns[j].op == IR_get || c->u->insns[j].op == IR_const ||
			c->u->insns[j].op == IR_guest_pc ||
			(c->u->insns[j].op == IR_put && c->u->insns[j].aux != flags_slot)))
		j++;
	if (j >= c->u->count)
		return false;
	in = &c->u->insns[j];
	if ((in->op != IR_adc && in->op != IR_sbc) || in->c != flags)
		return false;
	return c->values[flags].uses == 1 ||
	       (c->values[flags].uses == 2 && j + 1 < c->u->count && in[1].c == flags &&
		       in[1].op == (in->op == IR_adc ? IR_flags_adc : IR_flags_sbc) &&
		       in[1].type == in->type && canon(c, in[1].a) == canon(c, in->a) &&
		       canon(c, in[1].b) == canon(c, in->b));
}

/* The result's instruction has left the flags in EFLAGS, where they stay; a word is made of them for who may want it later. */
static void
keep_carry_flags(struct compiler *c, ir_ref i)
{
	c->eflags_set = true;
	if (feeds_next_addition(c, i))
		return;
	claim(c, X86_RAX);
	emit_flags_word(c, c->eflags_form);
	c->eflags_form = EFLAGS_DIRECT;
	def_in(c, i, X86_RAX);
}

/* Flags of an addition with carry: computed into a flags word at once. */
static void
select_flags_with_carry(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_alu op)
{
	if (c->eflags == i) {
		keep_carry_flags(c, i);
		return;
	}
	need_carry(c, in->c, op == X86_SBB);
	claim(c, X86_RAX);
	host_reg b = use_gpr(c, in->b);
	host_reg a = use_gpr(c, in->a);
	host_reg sum = temp_gpr(c);

	x86_mov_rr(&c->w, 8, (enum x86_gpr)sum, (enum x86_gpr)a);
	x86_alu_rr(&c->w, op, int_size(in->type), (enum x86_gpr)sum, (enum x86_gpr)b);
	emit_flags_word(c, op == X86_SBB ? EFLAGS_INVERTED : EFLAGS_DIRECT);
	def_in(c, i, X86_RAX);
}

void
select_flags_adc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_flags_with_carry(c, i, in, X86_ADC);
}

void
select_flags_sbc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_flags_with_carry(c, i, in, X86_SBB);
}

/* Made where they are used, as other constants are. */
void
select_flags_const(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_nop(c, i, in);
}

void
select_flags_from_nzcv(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a = use_gpr(c, in->a);
	host_reg mask = temp_gpr(c);
	host_reg dst = def_gpr(c, i);

	/* NZCV from bits 31..28 to bits 15, 14, 8, 0 */
	x86_mov_rr(&c->w, 4, (enum x86_gpr)dst, (enum x86_gpr)a);
	x86_shift_ri(&c->w, X86_SHR, 4, (enum x86_gpr)dst, 28);
	x86_mov_ri(&c->w, (enum x86_gpr)mask, 0xc101);
	x86_pdep_rrr(&c->w, 4, (enum x86_gpr)dst, (enum x86_gpr)dst, (enum x86_gpr)mask);
}

/* The flags word of `flags` in a register: rax (claimed by the caller) or where a word already is. */
static host_reg
need_flags_word(struct compiler *c, ir_ref flags)
{
	ir_ref a, b;

	if (flags_kind_of(c, flags, &a, &b) == FLAGS_IN_MEMORY)
		return use_gpr(c, flags);
	need_eflags(c, flags);
	emit_flags_word(c, c->eflags_form);
	c->eflags = IR_NONE;
	return X86_RAX;
}

void
select_flags_to_nzcv(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	claim(c, X86_RAX);
	claim(c, X86_RCX);
	host_reg word = need_flags_word(c, in->a);
	host_reg mask = temp_gpr(c);
	host_reg dst = def_gpr(c, i);

	x86_mov_ri(&c->w, (enum x86_gpr)mask, 0xc101);
	x86_pext_rrr(&c->w, 4, (enum x86_gpr)dst, (enum x86_gpr)word, (enum x86_gpr)mask);
	x86_shift_ri(&c->w, X86_SHL, 4, (enum x86_gpr)dst, 28);
}

/*
 * cond(a) ? b : c as a flags word in rcx: the constant or the word of c first, then over b's computation by a
 * jump. Operands are brought to registers before the jump, so that both ways see the same allocation.
 */
static void
prepare_operands(struct compiler *c, ir_ref flags)
{
	ir_ref a, b;
	enum flags_kind kind = flags_kind_of(c, flags, &a, &b);
	int32_t imm;

	if (kind == FLAGS_IN_MEMORY) {
		use_gpr(c, flags);
	} else if (kind == FLAGS_FCMP) {
		use_vec(c, a);
		use_vec(c, b);
	} else {
		use_gpr(c, a);
		if (b != IR_NONE && !is_const_i32(c, b, &imm))
			use_gpr(c, b);
	}
}

/* What CCMP makes: a comparison or else a constant. The word is made in rax alone. */
static void
select_flags_or_constant(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct flags_operands operands;
	uint64_t otherwise = backend_flags_from_nzcv((unsigned)insn_of(c, in->c)->imm & 15);
	enum x86_cond condition;
	uint8_t *skip;

	claim(c, X86_RAX);
	flags_operands_take(c, in->b, &operands);
	condition = need_condition(c, in->a, in->aux);
	x86_mov_ri(&c->w, X86_RAX, otherwise);
	skip = x86_jcc_rel8(&c->w, x86_cond_not(condition));
	emit_flags_word(c, flags_operands_compute(c, &operands));
	x86_patch_rel8(skip, c->w.at);
	c->eflags = IR_NONE;
	def_in(c, i, X86_RAX);
}

void
select_flags_select(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	ir_ref a, b;
	host_reg word;
	uint8_t *skip;
	enum x86_cond condition;

	if (c->u->insns[in->c].op == IR_flags_const &&
		flags_kind_of(c, in->b, &a, &b) != FLAGS_IN_MEMORY) {
		select_flags_or_constant(c, i, in);
		return;
	}
	claim(c, X86_RAX);
	claim(c, X86_RCX);
	host_reg dst = temp_gpr(c);
	prepare_operands(c, in->b);
	prepare_operands(c, in->c);
	c->flags_scratch[0] = X86_RCX;
	c->flags_scratch[1] = temp_gpr(c);
	/* all claimed or locked from here on: nothing below allocates */
	if (c->u->insns[in->c].op == IR_flags_const && c->eflags == in->a) {
		word = use_gpr(c, in->c);
		x86_mov_rr(&c->w, 4, (enum x86_gpr)dst, (enum x86_gpr)word);
	} else {
		ir_ref held = c->eflags;
		uint8_t form = c->eflags_form;

		word = need_flags_word(c, in->c);
		x86_mov_rr(&c->w, 4, (enum x86_gpr)dst, (enum x86_gpr)word);
		if (word != X86_RAX) {
			c->eflags = held;
			c->eflags_form = form;
		}
	}
	condition = need_condition(c, in->a, in->aux);
	skip = x86_jcc_rel8(&c->w, x86_cond_not(condition));
	c->eflags = IR_NONE;
	word = need_flags_word(c, in->b);
	x86_mov_rr(&c->w, 4, (enum x86_gpr)dst, (enum x86_gpr)word);
	x86_patch_rel8(skip, c->w.at);
	c->eflags = IR_NONE;
	def_in(c, i, dst);
}

/*
 * Which of cmov's two values the destination has before it, x or else y: a constant, which is then made there, or what is in the
 * register wanted and not needed any more.
 */
static bool
is_better_replaced(const struct compiler *c, ir_ref i, ir_ref x, ir_ref y)
{
	host_reg hint = c->values[i].hint, in_x = c->values[canon(c, x)].reg,
		 in_y = c->values[canon(c, y)].reg;
	int64_t value;

	if (in_y != REG_NONE && (hint == REG_NONE || in_y == hint) && dies(c, y, i))
		return false;
	if (in_x == REG_NONE && is_const(c, x, &value) && !is_const(c, y, &value))
		return true;
	return in_x != REG_NONE && in_x == hint && dies(c, x, i);
}

void
select_select(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	enum x86_cond condition;
	host_reg b, dst;

	if (c->u->insns[i].type == V128 || c->u->insns[i].type == F32 ||
		c->u->insns[i].type == F64) {
		uint8_t *skip;

		condition = need_condition(c, in->a, in->aux);
		b = use_vec(c, in->b);
		dst = temp_vec(c);
		host_reg other = use_vec(c, in->c);
		emit_reg_move(c, dst, b);
		skip = x86_jcc_rel8(&c->w, condition);
		emit_reg_move(c, dst, other);
		x86_patch_rel8(skip, c->w.at);
		def_in(c, i, dst);
		c->values[i].upper_zero = float_upper_zero(c, in->b) && float_upper_zero(c, in->c);
		keep_eflags(c);
		return;
	}
	condition = need_condition(c, in->a, in->aux);
	keep_eflags(c); /* mov and cmov do not touch them */
	ir_ref from = in->c, other = in->b;
	if (is_better_replaced(c, i, in->b, in->c)) {
		from = in->b;
		other = in->c;
		condition = x86_cond_not(condition);
	}
	b = use_gpr(c, other);
	dst = def_gpr_from(c, i, from);
	x86_cmovcc_rr(&c->w, condition, int_size(in->type), (enum x86_gpr)dst, (enum x86_gpr)b);
}

void
select_condition(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	enum x86_cond condition = need_condition(c, in->a, in->aux);
	host_reg dst = def_gpr(c, i);

	x86_setcc_r(&c->w, condition, (enum x86_gpr)dst);
	x86_zero_extend(&c->w, 1, (enum x86_gpr)dst, (enum x86_gpr)dst);
	keep_eflags(c);
}
