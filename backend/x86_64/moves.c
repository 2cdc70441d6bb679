// SPDX-License-Identifier: Apache-2.0
// Snapshots of where guest state is, and the parallel moves that bring it to its canonical places (pins in their
// registers, flags in memory) at exits.
#include "backend/x86_64/compiler.h"

#include <emmintrin.h>

static void
add_move(struct compiler *c, struct snapshot *s, host_reg to, struct place from)
{
	if (s->move_count == MAX_MOVES) {
		c->failed = true;
		return;
	}
	s->moves[s->move_count].to = to;
	s->moves[s->move_count].from = from;
	s->move_count++;
}

static bool
snapshot_constant_flags(struct compiler *c, struct snapshot *s)
{
	enum flags_kind kind;
	int64_t a, b;

	if (!flags_of_constants(c, c->flags_value, &kind, &a, &b))
		return false;
	s->flags = (uint8_t)kind;
	s->flags_type = I64;
	s->flags_a = (struct place){ .kind = PLACE_CONST, .imm = a };
	s->flags_b = (struct place){ .kind = PLACE_CONST, .imm = b };
	return true;
}

static void
snapshot_flags(struct compiler *c, struct snapshot *s)
{
	ir_ref flags = c->flags_value;
	ir_ref a, b;

	s->flags = FLAGS_IN_MEMORY;
	s->flags_form = EFLAGS_NONE;
	if (flags == IR_NONE)
		return;
	if (snapshot_constant_flags(c, s))
		return;
	s->flags = (uint8_t)flags_kind_of(c, flags, &a, &b);
	s->flags_type = c->u->insns[flags].op == IR_flags_fcmp ? c->u->insns[a].type
							       : c->u->insns[flags].type;
	s->flags_a = place_of(c, a);
	s->flags_b = b == IR_NONE ? s->flags_a : place_of(c, b);
	if (c->eflags == flags)
		s->flags_form = c->eflags_form;
}

/* Pinned registers that do not hold their slot's value. */
static uint32_t
misplaced_pins(const struct compiler *c)
{
	uint32_t right = 0;

	for (unsigned r = 0; r < REG_COUNT; r += 4) {
		__m128i holds = _mm_load_si128((const __m128i *)&c->holds[r]);
		__m128i want = _mm_load_si128((const __m128i *)&c->pin_value[r]);

		right |= (uint32_t)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(holds, want)))
			 << r;
	}
	return ~right & c->seam->pin_mask;
}

void
snapshot_take(struct compiler *c, struct snapshot *s)
{
	s->move_count = 0;
	s->rax_taken = false;
	for (uint32_t set = misplaced_pins(c); set; set &= set - 1) {
		host_reg r = (host_reg)__builtin_ctz(set);
		struct place saved = { .kind = PLACE_SLOT, .index = c->seam->slot_of_pin[r] };

		add_move(c, s, r,
			c->pin_value[r] == HOLDS_HOME ? saved : place_of(c, c->pin_value[r]));
	}
	snapshot_flags(c, s);
}

void
snapshot_copy(struct snapshot *to, const struct snapshot *from)
{
	memcpy(to, from,
		offsetof(struct snapshot, moves) + from->move_count * sizeof(from->moves[0]));
}

void
snapshot_describe_flags(struct compiler *c, struct snapshot *s, uint64_t target)
{
	if (flags_describe(c, s, target))
		s->flags = FLAGS_DESCRIBED;
}

void
snapshot_describe_flags_anywhere(struct compiler *c, struct snapshot *s)
{
	if (flags_describe_anywhere(c, s))
		s->flags = FLAGS_DESCRIBED;
}

void
snapshot_add(struct compiler *c, struct snapshot *s, host_reg to, ir_ref value)
{
	struct place from = place_of(c, value);

	s->rax_taken |= to == X86_RAX;
	if (from.kind != PLACE_REG || from.reg != to)
		add_move(c, s, to, from);
}

bool
snapshot_empty(const struct snapshot *s)
{
	return s->move_count == 0 && s->flags == FLAGS_IN_MEMORY;
}

static void
move_from_memory(struct compiler *c, host_reg to, struct x86_mem from)
{
	if (to < REG_XMM)
		x86_load(&c->w, 8, (enum x86_gpr)to, from);
	else
		x86_vec_rm(&c->w, X86_VMOVAPS, XMM(to), from);
}

static void
emit_move(struct compiler *c, host_reg to, const struct place *from)
{
	switch (from->kind) {
	case PLACE_REG: emit_reg_move(c, to, from->reg); break;
	case PLACE_SPILL: move_from_memory(c, to, spill_memory(from->index)); break;
	case PLACE_SLOT:
		if (to >= REG_XMM && c->seam->high_home_of_slot[from->index])
			x86_vec_rr(&c->w, X86_VMOVAPS, XMM(to),
				c->seam->high_home_of_slot[from->index]);
		else
			move_from_memory(c, to, slot_memory(from->index));
		break;
	case PLACE_ADDRESS: emit_guest_address(c, (enum x86_gpr)to, (uint64_t)from->imm); break;
	default: x86_mov_ri(&c->w, (enum x86_gpr)to, (uint64_t)from->imm);
	}
}

static bool
is_source(const struct snapshot *s, uint32_t pending, host_reg reg)
{
	for (; pending; pending &= pending - 1) {
		unsigned m = (unsigned)__builtin_ctz(pending);

		if (s->moves[m].from.kind == PLACE_REG && s->moves[m].from.reg == reg)
			return true;
	}
	return false;
}

/* Exchange two registers: does the move into one of them, and leaves the other's old value in the first. */
static void
emit_exchange(struct compiler *c, host_reg a, host_reg b)
{
	if (a < REG_XMM) {
		x86_xchg_rr(&c->w, 8, (enum x86_gpr)a, (enum x86_gpr)b);
		return;
	}
	x86_vec_rrr(&c->w, X86_VPXOR, XMM(a), XMM(a), XMM(b));
	x86_vec_rrr(&c->w, X86_VPXOR, XMM(b), XMM(b), XMM(a));
	x86_vec_rrr(&c->w, X86_VPXOR, XMM(a), XMM(a), XMM(b));
}

/* All moves at once. Moves whose target nobody reads any more go first; what is left are cycles. */
static void
emit_parallel(struct compiler *c, struct snapshot *s)
{
	uint32_t pending = s->move_count == 32 ? UINT32_MAX : (1u << s->move_count) - 1;

	while (pending) {
		bool progress = false;

		for (uint32_t set = pending; set; set &= set - 1) {
			unsigned m = (unsigned)__builtin_ctz(set);

			if (is_source(s, pending & ~(1u << m), s->moves[m].to))
				continue;
			emit_move(c, s->moves[m].to, &s->moves[m].from);
			pending &= ~(1u << m);
			progress = true;
		}
		if (progress)
			continue;
		/* A cycle of registers: exchange the first move's two ends. */
		unsigned m = (unsigned)__builtin_ctz(pending);
		host_reg to = s->moves[m].to, from = s->moves[m].from.reg;
		emit_exchange(c, to, from);
		pending &= ~(1u << m);
		for (uint32_t set = pending; set; set &= set - 1) {
			struct place *p = &s->moves[__builtin_ctz(set)].from;

			if (p->kind == PLACE_REG && p->reg == to)
				p->reg = from;
			else if (p->kind == PLACE_REG && p->reg == from)
				p->reg = to;
		}
		for (uint32_t set = pending; set; set &= set - 1) {
			unsigned k = (unsigned)__builtin_ctz(set);

			if (s->moves[k].from.kind == PLACE_REG &&
				s->moves[k].from.reg == s->moves[k].to)
				pending &= ~(1u << k);
		}
	}
}

/* Flags of an operation on two constants. */
static bool
store_constant_flags(struct compiler *c, const struct snapshot *s)
{
	unsigned nzcv;

	if (s->flags == FLAGS_IN_MEMORY || s->flags == FLAGS_FCMP ||
		s->flags_a.kind != PLACE_CONST || s->flags_b.kind != PLACE_CONST)
		return false;
	nzcv = flags_of_operands((enum flags_kind)s->flags, s->flags_type,
		(union register_value){ { (uint64_t)s->flags_a.imm, 0 } },
		(union register_value){ { (uint64_t)s->flags_b.imm, 0 } });
	x86_store_imm(&c->w, 4, x86_mem_base(X86_RBP, CPU_HOT(flags)),
		(int32_t)backend_flags_from_nzcv(nzcv));
	return true;
}

/*
 * Moves do not touch EFLAGS, so flags that EFLAGS hold are stored last, when rax and rcx are free; others are
 * computed first, while their operands are where the snapshot says.
 */
void
snapshot_emit(struct compiler *c, const struct snapshot *s)
{
	struct snapshot work;
	enum eflags_form form = s->flags_form;

	snapshot_copy(&work, s);
	if (s->flags == FLAGS_DESCRIBED) {
		emit_flags_description(c, s);
		emit_parallel(c, &work);
		return;
	}
	if (store_constant_flags(c, s)) {
		emit_parallel(c, &work);
		return;
	}
	if (s->flags != FLAGS_IN_MEMORY && form == EFLAGS_NONE) {
		emit_flags_compute(c, s->flags, s->flags_type, &s->flags_a, &s->flags_b, REG_NONE);
		form = flags_form_of(s->flags);
	}
	emit_parallel(c, &work);
	if (s->flags == FLAGS_IN_MEMORY)
		return;
	if (s->rax_taken)
		x86_store(&c->w, 8, x86_mem_base(X86_RBP, CPU_COLD(helper_imm)), X86_RAX);
	emit_flags_word(c, form);
	x86_store(&c->w, 4, x86_mem_base(X86_RBP, CPU_HOT(flags)), X86_RAX);
	if (s->rax_taken)
		x86_load(&c->w, 8, X86_RAX, x86_mem_base(X86_RBP, CPU_COLD(helper_imm)));
}
