// SPDX-License-Identifier: Apache-2.0
// Selectors of loads, stores and atomic operations. Whatever may fault gets a recipe; its destination register is written
// only by the instruction that can fault, so that the state before it is still whole when it does.
#include "backend/x86_64/compiler.h"

static enum x86_gpr
gpr(host_reg r)
{
	return (enum x86_gpr)r;
}

/* ---- addresses --------------------------------------------------------------------------------------------------------- */

/* The memory operand for an address value; folded additions become base, index and displacement. */
static struct x86_mem
use_address(struct compiler *c, ir_ref address)
{
	ir_ref ref = canon(c, address);
	const struct ir_insn *in = &c->u->insns[ref], *index;
	int64_t scale;
	int32_t imm;

	if (in->op == IR_address && c->values[ref].reg == REG_NONE && c->values[ref].uses == 1)
		return guest_address_operand(c, (enum x86_gpr)temp_gpr(c), (uint64_t)in->imm);
	if (!c->values[ref].folded)
		return x86_mem_base(gpr(use_gpr(c, ref)), 0);
	if (is_const_i32(c, in->b, &imm))
		return x86_mem_base(gpr(use_gpr(c, in->a)), imm);
	index = insn_of(c, in->b);
	if (c->values[canon(c, in->b)].folded && is_const(c, index->b, &scale))
		return x86_mem_index(
			gpr(use_gpr(c, in->a)), gpr(use_gpr(c, index->a)), (unsigned)scale, 0);
	return x86_mem_index(gpr(use_gpr(c, in->a)), gpr(use_gpr(c, in->b)), 0, 0);
}

/* With top-byte-ignore in use the tag is cut off first; the address is then in a scratch register. */
static struct x86_mem
address_operand(struct compiler *c, ir_ref address)
{
	struct x86_mem mem = use_address(c, address);
	host_reg t;

	if (!(c->u->mode & IR_MODE_MASK_TAGS))
		return mem;
	t = temp_gpr(c);
	c->eflags = IR_NONE;
	x86_lea(&c->w, 8, gpr(t), mem);
	x86_shift_ri(&c->w, X86_SHL, 8, gpr(t), 8);
	x86_shift_ri(&c->w, X86_SAR, 8, gpr(t), 8);
	return x86_mem_base(gpr(t), 0);
}

/* ---- release and acquire ------------------------------------------------------------------------------------------------ */

/*
 * x86 keeps all of the order that store-release and load-acquire ask for, but one: a load-acquire may not be done before an earlier
 * store-release is seen by others (Arm ARM B2.3.7, "Barrier-ordered-before"), and a plain mov's store may wait in the store buffer
 * meanwhile. A fence at each store-release (xchg) costs some 20 cycles of every unlock. So a store-release only says that it was
 * there, in hot.release_pending, and the next load-acquire of the thread empties the store buffer:
 *
 *     STLR:  mov [x1], w0                 LDAR:  cmp dword [release_pending], 0
 *            mov dword [release_pending], 1      jne cold ----> lock or dword [rsp-8], 0
 *                                         back:  mov w0, [x1]   mov dword [release_pending], 0; jmp back
 *
 * Atomic operations and full barriers empty it too; in the unit behind them nothing is asked.
 */
static struct x86_mem
release_pending(void)
{
	return x86_mem_base(X86_RBP, CPU_HOT(release_pending));
}

static void
empty_store_buffer(struct compiler *c)
{
	x86_lock_alu_mi(&c->w, X86_OR, 4, x86_mem_base(X86_RSP, -8), 0);
	c->releases_drained = true;
}

static void
emit_cold_acquire(struct compiler *c, struct cold_path *cold)
{
	(void)cold;
	empty_store_buffer(c);
	x86_store_imm(&c->w, 4, release_pending(), 0);
}

/* Before a load-acquire. */
static void
acquire(struct compiler *c)
{
	if (c->releases_drained)
		return;
	c->eflags = IR_NONE;
	x86_alu_mi(&c->w, X86_CMP, 4, release_pending(), 0);
	cold_return_here(c, cold_jump(c, X86_NE, emit_cold_acquire));
	c->releases_drained = true;
}

/* Behind a store-release. */
static void
release(struct compiler *c)
{
	x86_store_imm(&c->w, 4, release_pending(), 1);
	c->releases_drained = false;
}

/* ---- loads --------------------------------------------------------------------------------------------------------------- */

static void
load_integer(struct compiler *c, const struct ir_insn *in, host_reg dst, struct x86_mem mem)
{
	unsigned size = 1u << (in->aux & IR_MEM_SIZE);

	if ((in->aux & IR_MEM_SIGNED) && size < int_size(in->type))
		x86_load_signed(&c->w, size, int_size(in->type), gpr(dst), mem);
	else
		x86_load(&c->w, size, gpr(dst), mem);
}

static void
load_vector(
	struct compiler *c, ir_ref i, const struct ir_insn *in, host_reg dst, struct x86_mem mem)
{
	switch (in->aux & IR_MEM_SIZE) {
	case 2: x86_vec_rm(&c->w, X86_VMOVSS, XMM(dst), mem); break;
	case 3: x86_vec_rm(&c->w, X86_VMOVSD, XMM(dst), mem); break;
	default: x86_vec_rm(&c->w, X86_VMOVUPS, XMM(dst), mem);
	}
	c->values[i].upper_zero = in->type != V128;
}

void
select_load(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	bool vector = in->type == V128 || in->type == F32 || in->type == F64;
	struct x86_mem mem = address_operand(c, in->a);
	struct snapshot s;
	const uint8_t *start;
	host_reg dst;

	keep_eflags(c);
	if (in->aux & IR_MEM_ACQUIRE)
		acquire(c);
	snapshot_take(c, &s);
	dst = vector ? def_vec_over(c, i) : def_gpr_over(c, i);
	start = c->w.at;
	if (vector)
		load_vector(c, i, in, dst, mem);
	else
		load_integer(c, in, dst, mem);
	recipe_add(c, start, &s);
}

/* ---- stores --------------------------------------------------------------------------------------------------------------- */

static void
store_vector(struct compiler *c, const struct ir_insn *in, struct x86_mem mem, host_reg value)
{
	switch (in->aux & IR_MEM_SIZE) {
	case 2: x86_vec_mr(&c->w, X86_VMOVSS, mem, XMM(value)); break;
	case 3: x86_vec_mr(&c->w, X86_VMOVSD, mem, XMM(value)); break;
	default: x86_vec_mr(&c->w, X86_VMOVUPS, mem, XMM(value));
	}
}

void
select_store(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	uint8_t type = c->u->insns[in->b].type;
	bool vector = type == V128 || type == F32 || type == F64;
	unsigned size = 1u << (in->aux & IR_MEM_SIZE);
	struct x86_mem mem = address_operand(c, in->a);
	struct snapshot s;
	const uint8_t *start;
	int32_t imm;

	(void)i;
	keep_eflags(c);
	bool immediate = !vector && is_const_i32(c, in->b, &imm) &&
			 c->values[canon(c, in->b)].reg == REG_NONE;
	host_reg value = immediate ? REG_NONE : vector ? use_vec(c, in->b) : use_gpr(c, in->b);
	snapshot_take(c, &s);
	start = c->w.at;
	if (immediate)
		x86_store_imm(&c->w, size, mem,
			size == 1   ? (int8_t)imm
			: size == 2 ? (int16_t)imm
				    : imm);
	else if (vector)
		store_vector(c, in, mem, value);
	else
		x86_store(&c->w, size, mem, gpr(value));
	recipe_add(c, start, &s);
	if (in->aux & IR_MEM_RELEASE)
		release(c);
}

/* ---- atomics ---------------------------------------------------------------------------------------------------------------- */

/* new = old op operand, old in rax. */
static void
emit_rmw_operation(
	struct compiler *c, unsigned operation, unsigned size, host_reg new, host_reg operand)
{
	unsigned alu_size = size == 8 ? 8 : 4;
	static const uint8_t cmov[] = {
		[IR_RMW_SMAX] = X86_L,
		[IR_RMW_SMIN] = X86_G,
		[IR_RMW_UMAX] = X86_B,
		[IR_RMW_UMIN] = X86_A,
	};

	x86_mov_rr(&c->w, 8, gpr(new), X86_RAX);
	switch (operation) {
	case IR_RMW_ANDN: x86_andn_rrr(&c->w, 8, gpr(new), gpr(operand), gpr(new)); break;
	case IR_RMW_XOR: x86_alu_rr(&c->w, X86_XOR, 8, gpr(new), gpr(operand)); break;
	case IR_RMW_OR: x86_alu_rr(&c->w, X86_OR, 8, gpr(new), gpr(operand)); break;
	default: /* keep the old value unless the operand is beyond it */
		x86_alu_rr(&c->w, X86_CMP, size, X86_RAX, gpr(operand));
		x86_cmovcc_rr(
			&c->w, (enum x86_cond)cmov[operation], alu_size, gpr(new), gpr(operand));
	}
}

static void
zero_extend_old(struct compiler *c, unsigned size, host_reg r)
{
	if (size < 4)
		x86_zero_extend(&c->w, size, gpr(r), gpr(r));
	else if (size == 4)
		x86_mov_rr(&c->w, 4, gpr(r), gpr(r));
}

/* A loop around cmpxchg, for what x86 cannot return the old value of in one instruction. */
static void
select_rmw_loop(
	struct compiler *c, ir_ref i, const struct ir_insn *in, unsigned operation, unsigned size)
{
	claim(c, X86_RAX);
	struct x86_mem mem = address_operand(c, in->a);
	host_reg operand = use_gpr(c, in->b), new = temp_gpr(c);
	struct snapshot s;
	const uint8_t *start, *again;
	uint8_t *retry;

	c->eflags = IR_NONE;
	snapshot_take(c, &s);
	start = c->w.at;
	x86_load(&c->w, size, X86_RAX, mem);
	again = c->w.at;
	emit_rmw_operation(c, operation, size, new, operand);
	x86_lock_cmpxchg(&c->w, size, mem, gpr(new));
	retry = x86_jcc_rel8(&c->w, X86_NE);
	x86_patch_rel8(retry, again);
	recipe_add(c, start, &s);
	zero_extend_old(c, size, X86_RAX);
	def_in(c, i, X86_RAX);
}

void
select_atomic_rmw(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = 1u << (in->aux & IR_MEM_SIZE), operation = in->aux >> 8;
	struct snapshot s;
	const uint8_t *start;

	c->releases_drained = true;
	if (operation != IR_RMW_ADD && operation != IR_RMW_SWAP) {
		select_rmw_loop(c, i, in, operation, size);
		return;
	}
	struct x86_mem mem = address_operand(c, in->a);
	host_reg operand = use_gpr(c, in->b), old = temp_gpr(c);

	c->eflags = IR_NONE;
	snapshot_take(c, &s);
	x86_mov_rr(&c->w, 8, gpr(old), gpr(operand));
	start = c->w.at;
	if (operation == IR_RMW_ADD)
		x86_lock_xadd(&c->w, size, mem, gpr(old));
	else
		x86_xchg_mr(&c->w, size, mem, gpr(old));
	recipe_add(c, start, &s);
	if (size < 4) /* xadd and xchg clear the upper half themselves */
		zero_extend_old(c, size, old);
	def_in(c, i, old);
}

/* cmpxchg16b wants rdx:rax and rcx:rbx; rbx is a pin and is kept in memory around it. */
static void
select_compare_swap_128(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	const struct x86_mem saved_rbx = helper_argument(0);
	struct snapshot s;
	const uint8_t *start;

	claim(c, X86_RAX);
	claim(c, X86_RCX);
	claim(c, X86_RDX);
	host_reg address = temp_gpr(c);
	if (address == X86_RBX)
		address = temp_gpr(c);
	struct x86_mem mem = address_operand(c, in->a);
	host_reg expected = use_vec(c, in->b), new = use_vec(c, in->c);

	c->eflags = IR_NONE;
	snapshot_take(c, &s);
	x86_lea(&c->w, 8, gpr(address), mem);
	/* a fault must find rbx as the snapshot has it: touch the memory for writing first */
	start = c->w.at;
	x86_lock_alu_mi(&c->w, X86_OR, 8, x86_mem_base(gpr(address), 0), 0);
	recipe_add(c, start, &s);
	x86_store(&c->w, 8, saved_rbx, X86_RBX);
	x86_vec_to_gpr(&c->w, X86_VMOVQ_GPR, 8, X86_RAX, XMM(expected));
	x86_vec_extract_r(&c->w, X86_VPEXTRQ, X86_RDX, XMM(expected), 1);
	x86_vec_to_gpr(&c->w, X86_VMOVQ_GPR, 8, X86_RBX, XMM(new));
	x86_vec_extract_r(&c->w, X86_VPEXTRQ, X86_RCX, XMM(new), 1);
	x86_lock_cmpxchg16b(&c->w, x86_mem_base(gpr(address), 0));
	x86_load(&c->w, 8, X86_RBX, saved_rbx);
	host_reg dst = def_vec(c, i);
	x86_vec_from_gpr(&c->w, X86_VMOVQ_GPR, XMM(dst), X86_RAX);
	x86_vec_insert_r(&c->w, X86_VPINSRQ, XMM(dst), XMM(dst), X86_RDX, 1);
}

void
select_compare_swap(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = 1u << (in->aux & IR_MEM_SIZE);
	struct snapshot s;
	const uint8_t *start;

	c->releases_drained = true;
	if (size == 16) {
		select_compare_swap_128(c, i, in);
		return;
	}
	claim(c, X86_RAX);
	struct x86_mem mem = address_operand(c, in->a);
	host_reg expected = use_gpr(c, in->b), new = use_gpr(c, in->c);

	c->eflags = IR_NONE;
	snapshot_take(c, &s);
	x86_mov_rr(&c->w, 8, X86_RAX, gpr(expected));
	start = c->w.at;
	x86_lock_cmpxchg(&c->w, size, mem, gpr(new));
	recipe_add(c, start, &s);
	zero_extend_old(c, size, X86_RAX);
	def_in(c, i, X86_RAX);
}

/* ---- the rest ---------------------------------------------------------------------------------------------------------------- */

/*
 * A misaligned address runs into a ud2 that has a recipe: the handler of SIGILL takes it for what it is, an alignment
 * fault of the guest.
 */
void
select_align_check(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a;
	struct snapshot s;
	const uint8_t *start;

	(void)i;
	if (in->aux == 0)
		return;
	a = use_gpr(c, in->a);
	snapshot_take(c, &s);
	x86_test_ri(&c->w, 1, gpr(a), (1 << in->aux) - 1);
	uint8_t *aligned = x86_jcc_rel8(&c->w, X86_E);
	start = c->w.at;
	x86_plain(&c->w, X86_UD2);
	recipe_add(c, start, &s);
	x86_patch_rel8(aligned, c->w.at);
}

void
select_zero_block(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a = use_gpr(c, in->a), address = temp_gpr(c), zero = temp_vec(c);
	struct snapshot s;
	const uint8_t *start;

	(void)i;
	x86_mov_rr(&c->w, 8, gpr(address), gpr(a));
	x86_alu_ri(&c->w, X86_AND, 8, gpr(address), -64);
	x86_vec_rrr(&c->w, X86_VPXOR, XMM(zero), XMM(zero), XMM(zero));
	c->eflags = IR_NONE;
	snapshot_take(c, &s);
	start = c->w.at;
	for (int32_t offset = 0; offset < 64; offset += 16)
		x86_vec_mr(&c->w, X86_VMOVAPS, x86_mem_base(gpr(address), offset), XMM(zero));
	recipe_add(c, start, &s);
}

void
select_prefetch(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const uint8_t hints[] = {
		[IR_PREFETCH_L1] = X86_PREFETCHT0,
		[IR_PREFETCH_L2] = X86_PREFETCHT1,
		[IR_PREFETCH_L3] = X86_PREFETCHT2,
		[IR_PREFETCH_STREAM] = X86_PREFETCHNTA,
		[IR_PREFETCH_STORE] = X86_PREFETCHW,
	};

	(void)i;
	keep_eflags(c);
	x86_prefetch(&c->w, (enum x86_prefetch)hints[in->aux], address_operand(c, in->a));
}

/* x86 keeps loads and stores in order but for a later load passing an earlier store. */
void
select_fence(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)i;
	if (in->aux != IR_FENCE_FULL) {
		keep_eflags(c);
		return;
	}
	empty_store_buffer(c);
}
