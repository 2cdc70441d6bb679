// SPDX-License-Identifier: Apache-2.0
// Instruction selection: the forward pass over a unit that calls one selector an instruction, and the cold code behind
// it; plus the selectors of constants, state access and helper calls.
#include "backend/x86_64/compiler.h"
#include "backend/x86_64/region.h"
#include "backend/x86_64/select.h"
#include "backend/x86_64/select_float.h"
#include "ir/vector_helpers.h"

static selector *const selectors[IR_OP_COUNT] = {
#define SELECTOR_ROW(name, result, operands, aux, imm, effect) [IR_##name] = select_##name,
	IR_OPS(SELECTOR_ROW)
#undef SELECTOR_ROW
};

static bool
is_dead(const struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	return c->values[i].uses == 0 && ir_op_info[in->op].effect == IR_EFFECT_PURE &&
	       !ir_raises_flags[in->op];
}

void
select_instructions(struct compiler *c, ir_ref from, ir_ref to)
{
	c->releases_drained = false;
	for (ir_ref i = from; i < to && !c->failed && !c->w.overflow; i++) {
		const struct ir_insn *in = &c->u->insns[i];
		const struct value *v = &c->values[i];

		if (v->canon != i || v->folded || is_dead(c, i, in))
			continue;
		c->at = i;
		c->eflags_kept = false;
		c->eflags_set = false;
		c->flags_scratch[0] = c->flags_scratch[1] = REG_NONE;
		selectors[in->op](c, i, in);
		if (!c->eflags_kept && !c->eflags_set)
			c->eflags = IR_NONE;
		allocate_end_insn(c, i);
	}
}

void
select_main_path(struct compiler *c)
{
	select_instructions(c, 0, c->u->count);
}

void
select_cold_code(struct compiler *c)
{
	select_exit_stubs(c);
	for (uint32_t k = 0; k < c->cold_count; k++) {
		struct cold_path *cold = &c->cold[k];

		x86_patch_rel32(cold->jump, c->w.at);
		cold->emit(c, cold);
		x86_jmp_to(&c->w, cold->back);
	}
}

struct cold_path *
cold_jump(
	struct compiler *c, enum x86_cond cond, void (*emit)(struct compiler *, struct cold_path *))
{
	struct cold_path *cold = &c->cold[c->cold_count];

	if (c->cold_count == MAX_COLD - 1)
		c->failed = true;
	else
		c->cold_count++;
	*cold = (struct cold_path){ .emit = emit, .jump = x86_jcc_rel32(&c->w, cond) };
	return cold;
}

void
cold_return_here(struct compiler *c, struct cold_path *cold)
{
	cold->back = c->w.at;
}

/* ---- constants and state ------------------------------------------------------------------------------------------------ */

void
select_nop(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)i;
	(void)in;
	keep_eflags(c);
}

/* Constants are materialised where they are used. */
void
select_const(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_nop(c, i, in);
}

void
select_address(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_nop(c, i, in);
}

void
select_state_address(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_nop(c, i, in);
}

void
select_guest_pc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)i;
	c->guest_pc = (uint64_t)in->imm;
	keep_eflags(c);
}

void
select_get_early(struct compiler *c, ir_ref i)
{
	const struct value *v = &c->values[i];

	if (v->reg == REG_NONE && v->memory == MEMORY_NONE && v->slot_refs == 0)
		allocate_get(c, i);
}

void
select_get(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	if (slot_kind[in->aux] == IR_SLOT_FLAGS) {
		emit_flags_check(c);
		allocate_get(c, i);
		return;
	}
	if (slot_kind[in->aux] == IR_SLOT_MEMORY)
		x86_load(&c->w, 8, (enum x86_gpr)def_gpr(c, i), slot_memory(in->aux));
	else
		select_get_early(c, i);
	if (region_slot_is_scalar(c, in->aux, in->type))
		c->values[i].upper_zero = true;
	keep_eflags(c);
}

/* A constant put into a vector slot: a register of its own, since exits and recipes know only integer constants. */
static ir_ref
constant_in_register(struct compiler *c, ir_ref i, ir_ref value)
{
	host_reg from = use_vec(c, value);

	emit_reg_move(c, def_vec_over(c, i), from);
	return i;
}

/*
 * A scalar put into a vector slot whose register has other bits above the scalar: the put's own copy of it. A merge with zero
 * stays on the floating-point side, where movq and insertps cost the next operation a cycle or two of latency.
 */
static ir_ref
zero_extended_scalar(struct compiler *c, ir_ref i, ir_ref value, uint8_t type)
{
	host_reg from = use_vec(c, value);
	host_reg zero = temp_vec(c);
	host_reg to = def_vec_over(c, i);

	x86_vec_rrr(&c->w, X86_VXORPS, XMM(zero), XMM(zero), XMM(zero));
	x86_vec_rrr(&c->w, type == F64 ? X86_VMOVSD : X86_VMOVSS, XMM(to), XMM(zero), XMM(from));
	return i;
}

/* A base that memory operands had computed for themselves up to here. */
static void
compute_folded(struct compiler *c, ir_ref i, ir_ref value)
{
	const struct ir_insn *in = &c->u->insns[value];
	host_reg base = use_gpr(c, in->a);
	int32_t imm = 0;

	is_const_i32(c, in->b, &imm);
	c->values[value].folded = false;
	x86_lea(&c->w, 8, (enum x86_gpr)def_gpr_folded(c, i, value),
		x86_mem_base((enum x86_gpr)base, imm));
	allocate_folded_inputs_used(c, i, value);
}

void
select_put(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned slot = in->aux;
	uint8_t type = c->u->insns[in->a].type;
	ir_ref value = canon(c, in->a), a, b;
	enum flags_kind kind;
	int64_t imm[2];

	keep_eflags(c);
	if (slot_kind[slot] == IR_SLOT_FLAGS) {
		if (!flags_of_constants(c, value, &kind, &imm[0], &imm[1]) &&
			flags_kind_of(c, value, &a, &b) == FLAGS_IN_MEMORY) {
			c->flags_value = IR_NONE;
			allocate_put(c, i, slot, value);
		} else {
			c->flags_value = value;
		}
		return;
	}
	if (slot_kind[slot] == IR_SLOT_VECTOR && c->u->insns[value].op == IR_const)
		value = constant_in_register(c, i, value);
	else if (slot_kind[slot] == IR_SLOT_VECTOR && type != V128 && !float_upper_zero(c, in->a))
		value = zero_extended_scalar(c, i, value, type);
	if (c->values[value].folded)
		compute_folded(c, i, value);
	allocate_put(c, i, slot, value);
}

/* ---- helpers ------------------------------------------------------------------------------------------------------------- */

struct x86_mem
helper_argument(unsigned index)
{
	return x86_mem_base(X86_RBP, CPU_COLD(helper_arguments) + (int32_t)index * 16);
}

static void
store_word64(struct compiler *c, struct x86_mem to, uint64_t value)
{
	if ((int64_t)value == (int32_t)value) {
		x86_store_imm(&c->w, 8, to, (int32_t)value);
		return;
	}
	x86_store_imm(&c->w, 4, to, (int32_t)value);
	x86_store_imm(&c->w, 4, x86_mem_offset(to, 4), (int32_t)(value >> 32));
}

void
emit_helper_call(struct compiler *c, unsigned helper, uint64_t imm)
{
	int32_t entry = CPU_COLD(entry_points);

	store_word64(c, x86_mem_base(X86_RBP, CPU_COLD(helper_imm)), imm);
	x86_lea_rip(&c->w, X86_RAX, (const void *)helper_table[helper].function);
	x86_call_m(&c->w, x86_mem_base(X86_RBP, entry + ENTRY_HELPER * 8));
}

void
select_helper_imm(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_nop(c, i, in);
}

void
select_helper(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	const struct ir_insn *imm = in - 1;
	const ir_ref operands[3] = { in->a, in->b, in->c };

	if (float_select_packed_fcvt(c, i, in, (uint64_t)imm->imm))
		return;
	claim(c, X86_RAX);
	for (unsigned k = 0; k < 3; k++)
		if (operands[k] != IR_NONE)
			x86_vec_mr(&c->w, X86_VMOVAPS, helper_argument(k),
				XMM(use_vec(c, operands[k])));
	emit_helper_call(c, in->aux, (uint64_t)imm->imm);
	if (imm->aux)
		x86_alu_mr(&c->w, X86_OR, 4, slot_memory(imm->aux - 1u), X86_RAX);
	x86_vec_rm(&c->w, X86_VMOVAPS, XMM(def_vec_over(c, i)), helper_argument(3));
}

void
select_runtime_call(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	int32_t entry = CPU_COLD(entry_points);

	if (in->a != IR_NONE) {
		host_reg a;

		claim(c, X86_RDX);
		a = use_gpr(c, in->a);
		x86_mov_rr(&c->w, 8, X86_RDX, (enum x86_gpr)a);
	}
	c->locked |= 1u << X86_RDX;
	allocate_flush_keeping(c, i, 1u << X86_RDX);
	region_emit_leave(c);
	x86_load(&c->w, 8, X86_RAX,
		x86_mem_base(X86_RBP, entry + (ENTRY_RUNTIME_CALLS + in->aux) * 8));
	x86_call_m(&c->w, x86_mem_base(X86_RBP, entry + ENTRY_RUNTIME_TRAMPOLINE * 8));
	region_emit_enter(c);
	if (c->values[i].uses) {
		claim(c, X86_RAX);
		def_in(c, i, X86_RAX);
	}
}
