// SPDX-License-Identifier: Apache-2.0
// Register allocation during the forward pass of selection: values get registers as they are defined, prefer the
// home of the slot they are about to be put in, and are spilled by farthest next use. Pinned slots are written
// lazily: a put only notes which value the slot now has; exits and recipes say where it is.
#include "backend/x86_64/allocate_internal.h"

static uint32_t
class_registers(const struct compiler *c, ir_ref ref)
{
	uint8_t t = c->u->insns[ref].type;

	return t == I32 || t == I64 || t == FLAGS ? ALLOCATABLE_GPRS : ALLOCATABLE_VECS;
}

struct x86_mem
spill_memory(unsigned word)
{
	return x86_mem_base(X86_RBP, CPU_COLD(spill) + (int32_t)word * 8);
}

struct x86_mem
slot_memory(unsigned slot)
{
	return x86_mem_base(X86_RBP, slot_displacement[slot]);
}

void
emit_reg_move(struct compiler *c, host_reg to, host_reg from)
{
	if (to == from)
		return;
	if (to < REG_XMM)
		x86_mov_rr(&c->w, 8, (enum x86_gpr)to, (enum x86_gpr)from);
	else
		x86_vec_rr(&c->w, X86_VMOVAPS, XMM(to), XMM(from));
}

void
allocate_begin(struct compiler *c)
{
	for (unsigned r = 0; r < REG_COUNT; r++)
		c->holds[r] = HOLDS_NOTHING;
	for (unsigned r = 0; r < REG_COUNT; r++)
		c->pin_value[r] = HOLDS_HOME;
	for (uint32_t set = c->seam->pin_mask; set; set &= set - 1)
		c->holds[__builtin_ctz(set)] = HOLDS_HOME;
	c->locked = c->temps = 0;
	c->flags_value = IR_NONE;
	memset(c->slot_reader, 0xff, slot_total * sizeof(c->slot_reader[0])); /* IR_NONE */
	memset(c->slot_saved, 0, slot_total);
	c->spill_used = 0;
	c->eflags = IR_NONE;
}

/* ---- releasing ------------------------------------------------------------------------------------------- */

static void
spill_free(struct compiler *c, struct value *v)
{
	if (v->memory == MEMORY_SPILL)
		c->spill_used &= ~(UINT64_C(3) << v->memory_index);
	v->memory = MEMORY_NONE;
}

static void
drop_registers(struct compiler *c, ir_ref ref)
{
	struct value *v = &c->values[ref];

	if (v->reg == REG_NONE)
		return;
	c->holds[v->reg] = HOLDS_NOTHING;
	v->reg = REG_NONE;
	for (unsigned r = 0; v->copied && r < REG_COUNT; r++)
		if (c->holds[r] == ref)
			c->holds[r] = HOLDS_NOTHING;
}

void
allocate_release_value(struct compiler *c, ir_ref ref)
{
	struct value *v = &c->values[ref];

	drop_registers(c, ref);
	if (v->memory == MEMORY_SLOT && c->slot_reader[v->memory_index] == ref)
		c->slot_reader[v->memory_index] = IR_NONE;
	spill_free(c, v);
}

bool
allocate_needed_after(const struct compiler *c, ir_ref ref, ir_ref i)
{
	return c->values[ref].last_use > i || c->values[ref].slot_refs;
}

bool
dies(const struct compiler *c, ir_ref ref, ir_ref i)
{
	return !allocate_needed_after(c, canon(c, ref), i);
}

/* ---- spilling -------------------------------------------------------------------------------------------- */

bool
allocate_rematerializable(const struct compiler *c, ir_ref ref)
{
	uint8_t op = c->u->insns[ref].op;

	return op == IR_const || op == IR_address || op == IR_state_address || op == IR_flags_const;
}

int
allocate_spill_allocate(struct compiler *c)
{
	for (unsigned word = 0; word < SPILL_WORDS - 2;
		word += 2) /* the last pair: allocate_flush_keeping */
		if (!(c->spill_used & UINT64_C(3) << word)) {
			c->spill_used |= UINT64_C(3) << word;
			return (int)word;
		}
	c->failed = true;
	return 0;
}

void
allocate_store_register(struct compiler *c, struct x86_mem to, host_reg from)
{
	if (from < REG_XMM)
		x86_store(&c->w, 8, to, (enum x86_gpr)from);
	else
		x86_vec_mr(&c->w, X86_VMOVAPS, to, XMM(from));
}

static bool
other_register(const struct compiler *c, ir_ref ref, host_reg except, host_reg *other)
{
	for (unsigned r = 0; c->values[ref].copied && r < REG_COUNT; r++)
		if (r != except && c->holds[r] == ref) {
			*other = (host_reg)r;
			return true;
		}
	return false;
}

/* Register r's slot is put before its value from the beginning can be asked for again. */
static bool
home_is_unseen(const struct compiler *c, host_reg r)
{
	unsigned slot = c->seam->slot_of_pin[r];

	return c->at >= c->slot_unseen[slot].from && c->at < c->slot_unseen[slot].to;
}

/* Empty register r; its content, if needed, lives on elsewhere. No instruction that touches EFLAGS is emitted. */
static void
evict(struct compiler *c, host_reg r)
{
	uint32_t ref = c->holds[r];
	host_reg other;

	c->holds[r] = HOLDS_NOTHING;
	if (ref == HOLDS_NOTHING || ref == HOLDS_TEMP)
		return;
	if (ref == HOLDS_HOME) {
		unsigned slot = c->seam->slot_of_pin[r];

		if (home_is_unseen(c, r))
			return;
		allocate_store_register(c, slot_memory(slot), r);
		c->slot_saved[slot] = true;
		return;
	}
	struct value *v = &c->values[ref];
	if (other_register(c, ref, r, &other)) {
		v->reg = other;
		return;
	}
	v->reg = REG_NONE;
	/* recipes cannot name a home in xmm16..31, so a slot's current value must not be only there */
	bool memory_is_enough =
		v->memory == MEMORY_SPILL ||
		(v->memory == MEMORY_SLOT &&
			!(v->slot_refs && c->seam->high_home_of_slot[v->memory_index]));
	if (memory_is_enough || allocate_rematerializable(c, ref))
		return;
	if (v->memory == MEMORY_SLOT && c->slot_reader[v->memory_index] == ref)
		c->slot_reader[v->memory_index] = IR_NONE;
	v->memory = MEMORY_SPILL;
	v->memory_index = (uint16_t)allocate_spill_allocate(c);
	allocate_store_register(c, spill_memory(v->memory_index), r);
}

static uint32_t
eviction_score(const struct compiler *c, host_reg r)
{
	uint32_t ref = c->holds[r];
	host_reg other;

	if (ref == HOLDS_HOME) {
		uint32_t next = c->slot_next_get[c->seam->slot_of_pin[r]];

		if (home_is_unseen(c, r))
			return NEVER;
		return next == NEVER ? c->u->count : next; /* costs a store and a load at the end */
	}
	const struct value *v = &c->values[ref];
	if (other_register(c, ref, r, &other))
		return NEVER;
	if (v->next_use == NEVER)
		return c->u->count +
		       (v->memory != MEMORY_NONE || allocate_rematerializable(c, ref));
	return v->next_use;
}

/* A register of `allowed`, emptied, locked. */
static host_reg
take(struct compiler *c, uint32_t allowed, uint32_t scratch)
{
	uint32_t best_score = 0;
	host_reg best = REG_NONE;

	allowed &= ~c->locked;
	for (unsigned pass = 0; pass < 2; pass++) {
		uint32_t set = pass == 0 ? allowed & scratch : allowed & ~scratch;

		for (; set; set &= set - 1) {
			host_reg r = (host_reg)__builtin_ctz(set);

			if (c->holds[r] == HOLDS_NOTHING) {
				c->locked |= 1u << r;
				return r;
			}
		}
	}
	for (uint32_t set = allowed; set; set &= set - 1) {
		host_reg r = (host_reg)__builtin_ctz(set);
		uint32_t score;

		if (c->holds[r] == HOLDS_TEMP)
			continue;
		score = eviction_score(c, r);
		if (best == REG_NONE || score > best_score) {
			best = r;
			best_score = score;
		}
	}
	if (best == REG_NONE) {
		c->failed = true;
		best = (host_reg)__builtin_ctz(scratch);
		return best;
	}
	evict(c, best);
	c->locked |= 1u << best;
	return best;
}

static host_reg
take_gpr(struct compiler *c)
{
	return take(c, ALLOCATABLE_GPRS, SCRATCH_GPRS);
}

static host_reg
take_vec(struct compiler *c)
{
	return take(c, ALLOCATABLE_VECS, SCRATCH_VECS);
}

static host_reg
take_for(struct compiler *c, ir_ref ref)
{
	return class_registers(c, ref) == ALLOCATABLE_GPRS ? take_gpr(c) : take_vec(c);
}

/* ---- using values ---------------------------------------------------------------------------------------- */

bool
is_const(const struct compiler *c, ir_ref ref, int64_t *imm)
{
	const struct ir_insn *in = insn_of(c, ref);

	if (in->op != IR_const || in->type > I64)
		return false;
	*imm = c->u->insns[ref].type == I32 || in->type == I32 ? (int32_t)in->imm : in->imm;
	return true;
}

bool
is_const_i32(const struct compiler *c, ir_ref ref, int32_t *imm)
{
	int64_t value;

	if (!is_const(c, ref, &value) || value != (int32_t)value)
		return false;
	*imm = (int32_t)value;
	return true;
}

/* A general register that nothing is in, for use at once. */
static host_reg
free_gpr(const struct compiler *c)
{
	for (uint32_t set = SCRATCH_GPRS & ~c->locked; set; set &= set - 1)
		if (c->holds[__builtin_ctz(set)] == HOLDS_NOTHING)
			return (host_reg)__builtin_ctz(set);
	return REG_NONE;
}

/* Through a general register: if none is free, one that is kept in memory meanwhile. */
static void
load_vector_constant(struct compiler *c, host_reg r, const struct ir_insn *in)
{
	host_reg free = free_gpr(c), bits = free == REG_NONE ? X86_RAX : free;
	int word = free == REG_NONE ? allocate_spill_allocate(c) : 0;

	if (free == REG_NONE)
		x86_store(&c->w, 8, spill_memory((unsigned)word), (enum x86_gpr)bits);
	x86_mov_ri(
		&c->w, (enum x86_gpr)bits, in->type == F32 ? (uint32_t)in->imm : (uint64_t)in->imm);
	x86_vec_from_gpr(
		&c->w, in->type == F32 ? X86_VMOVD : X86_VMOVQ_GPR, XMM(r), (enum x86_gpr)bits);
	if (free == REG_NONE) {
		x86_load(&c->w, 8, (enum x86_gpr)bits, spill_memory((unsigned)word));
		c->spill_used &= ~(UINT64_C(3) << word);
	}
}

static void
load_constant(struct compiler *c, host_reg r, const struct ir_insn *in)
{
	if (in->op == IR_state_address) {
		x86_lea(&c->w, 8, (enum x86_gpr)r, slot_memory(in->aux));
	} else if (in->op == IR_flags_const) {
		x86_mov_ri(&c->w, (enum x86_gpr)r, backend_flags_from_nzcv((unsigned)in->imm & 15));
	} else if (in->op == IR_address) {
		emit_guest_address(c, (enum x86_gpr)r, (uint64_t)in->imm);
	} else if (r < REG_XMM) {
		x86_mov_ri(&c->w, (enum x86_gpr)r,
			in->type == I32 ? (uint32_t)in->imm : (uint64_t)in->imm);
	} else if (in->imm == 0) {
		x86_vec_rrr(&c->w, X86_VPXOR, XMM(r), XMM(r), XMM(r));
	} else {
		load_vector_constant(c, r, in);
	}
}

void
allocate_load_value(struct compiler *c, host_reg r, ir_ref ref)
{
	const struct value *v = &c->values[ref];
	struct x86_mem from;

	if (v->memory == MEMORY_NONE) {
		load_constant(c, r, &c->u->insns[ref]);
		return;
	}
	if (v->memory == MEMORY_SLOT && c->seam->high_home_of_slot[v->memory_index] &&
		r >= REG_XMM) {
		x86_vec_rr(&c->w, X86_VMOVAPS, XMM(r), c->seam->high_home_of_slot[v->memory_index]);
		return;
	}
	from = v->memory == MEMORY_SPILL ? spill_memory(v->memory_index)
					 : slot_memory(v->memory_index);
	if (r >= REG_XMM)
		x86_vec_rm(&c->w, X86_VMOVAPS, XMM(r), from);
	else
		x86_load(&c->w, c->u->insns[ref].type == FLAGS ? 4 : 8, (enum x86_gpr)r, from);
}

host_reg
allocate_use(struct compiler *c, ir_ref ref)
{
	struct value *v;

	ref = canon(c, ref);
	v = &c->values[ref];
	if (v->reg == REG_NONE) {
		host_reg r = take_for(c, ref);

		allocate_load_value(c, r, ref);
		c->holds[r] = ref;
		v->reg = r;
	}
	c->locked |= 1u << v->reg;
	return v->reg;
}

host_reg
use_gpr(struct compiler *c, ir_ref ref)
{
	return allocate_use(c, ref);
}

host_reg
use_vec(struct compiler *c, ir_ref ref)
{
	return allocate_use(c, ref);
}

bool
use_memory(struct compiler *c, ir_ref ref, struct x86_mem *mem)
{
	const struct value *v = &c->values[canon(c, ref)];

	if (v->reg != REG_NONE || v->memory == MEMORY_NONE)
		return false;
	if (v->next_use != NEVER && v->uses > 1)
		return false; /* wanted again: better in a register */
	if (v->memory == MEMORY_SLOT && c->seam->high_home_of_slot[v->memory_index])
		return false;
	*mem = v->memory == MEMORY_SPILL ? spill_memory(v->memory_index)
					 : slot_memory(v->memory_index);
	return true;
}

/* ---- defining values --------------------------------------------------------------------------------------- */

static void
bind(struct compiler *c, ir_ref i, host_reg r)
{
	c->holds[r] = i;
	c->values[i].reg = r;
	c->values[i].memory = MEMORY_NONE;
	c->locked |= 1u << r;
}

/*
 * Whether the hinted home register can take a value at i: what it holds is not needed any more once the put that
 * follows has happened (analyze.c made sure that nothing can fault or leave in between).
 */
static bool
hint_available(struct compiler *c, ir_ref i, host_reg hint)
{
	uint32_t holder = c->holds[hint];
	unsigned slot = c->seam->slot_of_pin[hint];

	if (holder == HOLDS_NOTHING)
		return true;
	if (holder == HOLDS_HOME)
		return c->slot_next_get[slot] == NEVER || c->pin_value[hint] != HOLDS_HOME;
	if (holder == HOLDS_TEMP)
		return false;
	const struct value *v = &c->values[holder];
	unsigned refs = v->slot_refs - (c->pin_value[hint] == holder);

	return v->last_use <= i && refs == 0;
}

/* Take the hinted register for `ref` at instruction i if possible; its old value stays readable by the instruction being emitted. */
static host_reg
take_hint(struct compiler *c, ir_ref i, ir_ref ref, bool may_overlap_operands)
{
	host_reg hint = c->values[ref].hint;

	if (hint == REG_NONE || !hint_available(c, i, hint))
		return REG_NONE;
	if (!may_overlap_operands && (c->locked & 1u << hint))
		return REG_NONE;
	uint32_t holder = c->holds[hint];
	if (holder < HOLDS_TEMP) {
		struct value *v = &c->values[holder];
		host_reg other;

		c->holds[hint] = HOLDS_NOTHING;
		if (v->reg == hint)
			v->reg = other_register(c, holder, hint, &other) ? other : REG_NONE;
	}
	return hint;
}

static host_reg
def(struct compiler *c, ir_ref i, ir_ref ref)
{
	host_reg r = take_hint(c, i, ref, false);

	if (r == REG_NONE)
		r = take_for(c, ref);
	bind(c, ref, r);
	return r;
}

/* For single instructions: reuse a register that dies at i, of an operand of `ref` (mostly i itself). */
static host_reg
def_over(struct compiler *c, ir_ref i, ir_ref ref)
{
	const struct ir_insn *in = &c->u->insns[ref];
	const ir_ref operands[3] = { in->a, in->b, in->c };
	unsigned count = operand_count[in->op];
	host_reg r = take_hint(c, i, ref, true);

	for (unsigned k = 0; r == REG_NONE && k < count; k++) {
		ir_ref a;

		if (operands[k] == IR_NONE)
			continue;
		a = canon(c, operands[k]);
		host_reg reg = c->values[a].reg;
		if (reg != REG_NONE && dies(c, a, i) &&
			class_registers(c, a) == class_registers(c, ref)) {
			drop_registers(c, a);
			r = reg;
		}
	}
	if (r == REG_NONE)
		r = take_for(c, ref);
	bind(c, ref, r);
	return r;
}

host_reg
def_gpr(struct compiler *c, ir_ref i)
{
	return def(c, i, i);
}

host_reg
def_gpr_early(struct compiler *c, ir_ref i, ir_ref ref)
{
	return def(c, i, ref);
}

host_reg
def_vec(struct compiler *c, ir_ref i)
{
	return def(c, i, i);
}

host_reg
def_gpr_over(struct compiler *c, ir_ref i)
{
	return def_over(c, i, i);
}

host_reg
def_vec_over(struct compiler *c, ir_ref i)
{
	return def_over(c, i, i);
}

host_reg
def_gpr_folded(struct compiler *c, ir_ref i, ir_ref ref)
{
	return def_over(c, i, ref);
}

static host_reg
def_from(struct compiler *c, ir_ref i, ir_ref a)
{
	struct value *v;
	host_reg old, hint;

	a = canon(c, a);
	v = &c->values[a];
	old = v->reg;
	hint = c->values[i].hint;
	if (old != REG_NONE)
		c->locked |= 1u << old;
	if (old != REG_NONE && old == hint && take_hint(c, i, i, true) != REG_NONE) {
		bind(c, i, hint);
		return hint;
	}
	if (old != REG_NONE && dies(c, a, i) && (hint == REG_NONE || !hint_available(c, i, hint))) {
		drop_registers(c, a);
		bind(c, i, old);
		return old;
	}
	host_reg r = def(c, i, i);
	if (old != REG_NONE)
		emit_reg_move(c, r, old);
	else
		allocate_load_value(c, r, a);
	return r;
}

host_reg
def_gpr_from(struct compiler *c, ir_ref i, ir_ref a)
{
	return def_from(c, i, a);
}

host_reg
def_vec_from(struct compiler *c, ir_ref i, ir_ref a)
{
	return def_from(c, i, a);
}

host_reg
temp_gpr(struct compiler *c)
{
	host_reg r = take_gpr(c);

	c->holds[r] = HOLDS_TEMP;
	c->temps |= 1u << r;
	return r;
}

host_reg
temp_vec(struct compiler *c)
{
	host_reg r = take_vec(c);

	c->holds[r] = HOLDS_TEMP;
	c->temps |= 1u << r;
	return r;
}

/* Move what `reg` holds to another register if one is free, else evict it. */
static void
displace(struct compiler *c, host_reg reg)
{
	uint32_t ref = c->holds[reg];
	uint32_t set;
	host_reg other;

	if (ref < HOLDS_TEMP && c->values[ref].reg == reg && c->values[ref].next_use != NEVER &&
		c->values[ref].memory == MEMORY_NONE && !allocate_rematerializable(c, ref) &&
		!other_register(c, ref, reg, &other)) {
		set = (reg < REG_XMM ? SCRATCH_GPRS : SCRATCH_VECS) & ~c->locked & ~(1u << reg);
		for (; set; set &= set - 1) {
			host_reg r = (host_reg)__builtin_ctz(set);

			if (c->holds[r] != HOLDS_NOTHING)
				continue;
			emit_reg_move(c, r, reg);
			c->holds[r] = ref;
			c->values[ref].reg = r;
			c->holds[reg] = HOLDS_NOTHING;
			return;
		}
	}
	evict(c, reg);
}

void
claim(struct compiler *c, host_reg reg)
{
	if (c->holds[reg] != HOLDS_NOTHING) {
		c->locked |= 1u << reg;
		displace(c, reg);
	}
	c->holds[reg] = HOLDS_TEMP;
	c->locked |= 1u << reg;
	c->temps |= 1u << reg;
}

void
def_in(struct compiler *c, ir_ref i, host_reg reg)
{
	c->temps &= ~(1u << reg);
	bind(c, i, reg);
}

/* ---- bookkeeping -------------------------------------------------------------------------------------------- */

static void folded_used(struct compiler *c, ir_ref ref, ir_ref i);

static inline void
operand_used(struct compiler *c, ir_ref operand, uint32_t next, ir_ref i)
{
	ir_ref ref;

	if (operand == IR_NONE)
		return;
	ref = canon(c, operand);
	if (c->values[ref].folded)
		folded_used(c, ref, i);
	c->values[ref].next_use = next;
	if (!allocate_needed_after(c, ref, i))
		allocate_release_value(c, ref);
}

void
allocate_folded_inputs_used(struct compiler *c, ir_ref i, ir_ref ref)
{
	ir_ref a = canon(c, c->u->insns[ref].a);

	if (!allocate_needed_after(c, a, i))
		allocate_release_value(c, a);
}

/* After a folded address's user: its inputs were used here. */
static void
folded_used(struct compiler *c, ir_ref ref, ir_ref i)
{
	const struct ir_insn *in = &c->u->insns[ref];

	operand_used(c, in->a, c->values[canon(c, in->a)].next_use, i);
	operand_used(c, in->b, c->values[canon(c, in->b)].next_use, i);
}

void
allocate_end_insn(struct compiler *c, ir_ref i)
{
	const struct ir_insn *in = &c->u->insns[i];
	unsigned count = operand_count[in->op];

	if (count >= 1)
		operand_used(c, in->a, c->operand_next[i][0], i);
	if (count >= 2)
		operand_used(c, in->b, c->operand_next[i][1], i);
	if (count >= 3)
		operand_used(c, in->c, c->operand_next[i][2], i);
	for (uint32_t set = c->temps; set; set &= set - 1) {
		unsigned r = (unsigned)__builtin_ctz(set);

		if (c->holds[r] == HOLDS_TEMP)
			c->holds[r] = HOLDS_NOTHING;
	}
	c->temps = c->locked = 0;
	if (c->values[i].canon == i && c->values[i].reg != REG_NONE &&
		!allocate_needed_after(c, i, i))
		allocate_release_value(c, i);
}
