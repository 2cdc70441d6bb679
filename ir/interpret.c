// SPDX-License-Identifier: Apache-2.0
// The interpreter's loop: state, integers, flags, memory and exits. A value is a union vec128 for
// every type: integers and scalar floating point in d[0] (32-bit ones zero-extended), flags as
// NZCV in d[0].
#include "ir/interpret.h"
#include "ir/evaluate.h"
#include "ir/vector_helpers.h"

#include <stdlib.h>
#include <string.h>

#define ZERO_BLOCK_SIZE 64

struct machine {
	const struct ir_interpreter *interpreter;
	const struct ir_unit *unit;
	struct cpu *cpu;
	struct ir_outcome outcome;
	bool left;
	uint64_t guest_pc;
	union vec128 values[IR_MAX_INSNS];
};

static const union vec128 absent;

static const union vec128 *
value_of(const struct machine *m, ir_ref r)
{
	return r == IR_NONE ? &absent : &m->values[r];
}

/* ---- state ------------------------------------------------------------------------------- */

static void *
slot_memory(const struct machine *m, unsigned slot)
{
	return (uint8_t *)m->cpu + m->unit->layout->slots[slot].offset;
}

static size_t
type_size(enum ir_type t)
{
	switch (t) {
	case I32:
	case F32:
	case FLAGS: return 4;
	case V128: return 16;
	default: return 8;
	}
}

static union vec128
read_slot(const struct machine *m, unsigned slot, enum ir_type t)
{
	const struct ir_interpreter *in = m->interpreter;
	union vec128 v = absent;

	memcpy(&v, slot_memory(m, slot), type_size(t));
	if (t == FLAGS && in->flags_to_nzcv != NULL)
		v.d[0] = in->flags_to_nzcv(v.s[0]);
	return v;
}

static void
write_slot(struct machine *m, unsigned slot, union vec128 v, enum ir_type t)
{
	const struct ir_interpreter *in = m->interpreter;
	size_t size = type_size(t);

	if (t == FLAGS && in->flags_from_nzcv != NULL)
		v.s[0] = in->flags_from_nzcv((unsigned)v.d[0]);
	if (m->unit->layout->slots[slot].kind == IR_SLOT_VECTOR)
		size = 16;
	memcpy(slot_memory(m, slot), &v, size);
}

/* ---- memory ------------------------------------------------------------------------------ */

static uint64_t
swap_bytes(uint64_t v, unsigned size_log2)
{
	return size_log2 == 0 ? v : __builtin_bswap64(v) >> (64 - (8u << size_log2));
}

static union vec128
load(const struct ir_insn *i, uint64_t address)
{
	unsigned size = i->aux & IR_MEM_SIZE;
	union vec128 v = absent;

	memcpy(&v, (const void *)address, (size_t)1 << size);
	if ((i->aux & IR_MEM_BIG_ENDIAN) && size <= 3)
		v.d[0] = swap_bytes(v.d[0], size);
	if (i->aux & IR_MEM_SIGNED)
		v.d[0] = (uint64_t)ir_sign_extend(v.d[0], 8u << size) &
			 ir_low_mask(ir_type_bits(i->type));
	return v;
}

static void
store(const struct ir_insn *i, uint64_t address, union vec128 v)
{
	unsigned size = i->aux & IR_MEM_SIZE;

	if ((i->aux & IR_MEM_BIG_ENDIAN) && size <= 3)
		v.d[0] = swap_bytes(v.d[0], size);
	memcpy((void *)address, &v, (size_t)1 << size);
}

static uint64_t
combine(enum ir_rmw operation, unsigned bits, uint64_t old, uint64_t operand)
{
	int64_t x = ir_sign_extend(old, bits), y = ir_sign_extend(operand, bits);

	operand &= ir_low_mask(bits);
	switch (operation) {
	case IR_RMW_ADD: return old + operand;
	case IR_RMW_ANDN: return old & ~operand;
	case IR_RMW_XOR: return old ^ operand;
	case IR_RMW_OR: return old | operand;
	case IR_RMW_SMAX: return x > y ? old : operand;
	case IR_RMW_SMIN: return x < y ? old : operand;
	case IR_RMW_UMAX: return old > operand ? old : operand;
	case IR_RMW_UMIN: return old < operand ? old : operand;
	default: return operand;
	}
}

/* Not atomic towards other threads: nobody runs beside the interpreter. */
static union vec128
atomic_rmw(const struct ir_insn *i, uint64_t address, uint64_t operand)
{
	unsigned size = i->aux & IR_MEM_SIZE;
	union vec128 old = absent;
	uint64_t new;

	memcpy(&old, (const void *)address, (size_t)1 << size);
	new = combine((enum ir_rmw)(i->aux >> 8), 8u << size, old.d[0], operand);
	memcpy((void *)address, &new, (size_t)1 << size);
	return old;
}

static union vec128
compare_swap(const struct ir_insn *i, uint64_t address, const union vec128 *expected,
	const union vec128 *new)
{
	size_t bytes = (size_t)1 << (i->aux & IR_MEM_SIZE);
	union vec128 old = absent;

	memcpy(&old, (const void *)address, bytes);
	if (memcmp(&old, expected, bytes) == 0)
		memcpy((void *)address, new, bytes);
	return old;
}

static void
leave(struct machine *m, const struct ir_insn *i, uint64_t pc)
{
	m->outcome.exit = i->op;
	m->outcome.aux = i->aux;
	m->outcome.pc = pc;
	m->left = true;
}

static void
access_memory(struct machine *m, const struct ir_insn *i, union vec128 *d)
{
	uint64_t address = value_of(m, i->a)->d[0];

	switch (i->op) {
	case IR_load: *d = load(i, address); break;
	case IR_store: store(i, address, *value_of(m, i->b)); break;
	case IR_atomic_rmw: *d = atomic_rmw(i, address, value_of(m, i->b)->d[0]); break;
	case IR_compare_swap:
		*d = compare_swap(i, address, value_of(m, i->b), value_of(m, i->c));
		break;
	case IR_align_check:
		if (address & ((UINT64_C(1) << i->aux) - 1))
			leave(m, i, m->guest_pc);
		break;
	case IR_zero_block:
		memset((void *)(address & -(uint64_t)ZERO_BLOCK_SIZE), 0, ZERO_BLOCK_SIZE);
		break;
	default: abort();
	}
}

/* ---- exits and calls --------------------------------------------------------------------- */

static void
take_exit(struct machine *m, const struct ir_insn *i)
{
	switch (i->op) {
	case IR_exit_if:
		if (ir_condition_holds(i->aux, (unsigned)value_of(m, i->a)->d[0]))
			leave(m, i, (uint64_t)i->imm);
		break;
	case IR_exit_unless:
		if (value_of(m, i->a)->d[0] != (uint64_t)i->imm)
			leave(m, i, value_of(m, i->a)->d[0]);
		break;
	case IR_exit_indirect:
	case IR_exit_call_indirect: leave(m, i, value_of(m, i->a)->d[0]); break;
	default: leave(m, i, (uint64_t)i->imm); break;
	}
}

static void
call(struct machine *m, const struct ir_insn *i, union vec128 *d)
{
	const struct ir_insn *imm = i - 1;
	uint64_t memory;
	uint32_t bits;

	if (i->op == IR_runtime_call) {
		d->d[0] = m->interpreter->runtime_calls[i->aux](m->cpu, value_of(m, i->a)->d[0]);
		return;
	}
	bits = helper_table[i->aux].function(
		d, value_of(m, i->a), value_of(m, i->b), value_of(m, i->c), (uint64_t)imm->imm);
	if (imm->aux == 0)
		return;
	memcpy(&memory, slot_memory(m, imm->aux - 1u), sizeof memory);
	memory |= bits;
	memcpy(slot_memory(m, imm->aux - 1u), &memory, sizeof memory);
}

/* ---- values ------------------------------------------------------------------------------ */

static bool
interpret_flags(const struct ir_insn *i, union vec128 *d, const union vec128 *a,
	const union vec128 *b, const union vec128 *c)
{
	switch (i->op) {
	case IR_flags_add:
	case IR_flags_sub:
	case IR_flags_and:
	case IR_flags_andn:
	case IR_flags_adc:
	case IR_flags_sbc:
		d->d[0] = ir_evaluate_flags(i->op, i->type, a->d[0], b->d[0], c->d[0] & 2);
		break;
	case IR_flags_const: d->d[0] = (uint64_t)i->imm & 15; break;
	case IR_flags_from_nzcv: d->d[0] = a->d[0] >> 28 & 15; break;
	case IR_flags_to_nzcv: d->d[0] = a->d[0] << 28; break;
	case IR_flags_select:
	case IR_select: *d = ir_condition_holds(i->aux, (unsigned)a->d[0]) ? *b : *c; break;
	case IR_condition: d->d[0] = ir_condition_holds(i->aux, (unsigned)a->d[0]); break;
	default: return false;
	}
	return true;
}

static bool
interpret_integer(const struct ir_insn *i, union vec128 *d, const union vec128 *a,
	const union vec128 *b, const union vec128 *c)
{
	enum ir_type t = ir_result_type(i);
	bool carry = c->d[0] & 2;

	switch (i->op) {
	case IR_const: d->d[0] = (uint64_t)i->imm; break;
	case IR_address: d->d[0] = (uint64_t)i->imm; return true;
	case IR_adc: d->d[0] = a->d[0] + b->d[0] + carry; break;
	case IR_sbc: d->d[0] = a->d[0] - b->d[0] - !carry; break;
	case IR_crc32:
		d->d[0] = (i->aux & 4 ? crc32c_update : crc32_update)(
			(uint32_t)a->d[0], b->d[0], 1u << (i->aux & 3));
		break;
	default: return ir_evaluate_integer(i->op, t, i->aux, a->d[0], b->d[0], &d->d[0]);
	}
	if (t == I32 || t == F32)
		d->d[0] = (uint32_t)d->d[0];
	return true;
}

static void
interpret_pure(struct machine *m, const struct ir_insn *i, union vec128 *d)
{
	const struct ir_op_info *info = &ir_op_info[i->op];
	const union vec128 *a = info->operands > 0 ? value_of(m, i->a) : &absent;
	const union vec128 *b = info->operands > 1 ? value_of(m, i->b) : &absent;
	const union vec128 *c = info->operands > 2 ? value_of(m, i->c) : &absent;

	if (i->op == IR_nop)
		return;
	if (i->op == IR_state_address) {
		d->d[0] = (uint64_t)slot_memory(m, i->aux);
		return;
	}
	if (!interpret_integer(i, d, a, b, c) && !interpret_flags(i, d, a, b, c) &&
		!ir_interpret_vector(i, d, a, b, c) &&
		!ir_interpret_float(m->unit, i, d, a, b, c, &m->outcome.fpsr))
		abort();
}

static void
step(struct machine *m, uint32_t n)
{
	const struct ir_insn *i = &m->unit->insns[n];
	union vec128 *d = &m->values[n];

	*d = absent;
	switch (ir_op_info[i->op].effect) {
	case IR_EFFECT_PURE: interpret_pure(m, i, d); break;
	case IR_EFFECT_GET: *d = read_slot(m, i->aux, i->type); break;
	case IR_EFFECT_PUT:
		write_slot(m, i->aux, *value_of(m, i->a), ir_result_type(&m->unit->insns[i->a]));
		break;
	case IR_EFFECT_LOAD:
	case IR_EFFECT_STORE: access_memory(m, i, d); break;
	case IR_EFFECT_HELPER: call(m, i, d); break;
	case IR_EFFECT_EXIT: take_exit(m, i); break;
	case IR_EFFECT_MARK:
		if (i->op == IR_guest_pc)
			m->guest_pc = (uint64_t)i->imm;
		break;
	default: break; /* fences: one thread; prefetches */
	}
}

struct ir_outcome
ir_interpret(const struct ir_interpreter *interpreter, const struct ir_unit *u, struct cpu *cpu)
{
	struct machine m;

	m.interpreter = interpreter;
	m.unit = u;
	m.cpu = cpu;
	m.outcome = (struct ir_outcome){ .exit = IR_nop };
	m.left = false;
	m.guest_pc = u->guest_pc;
	for (uint32_t n = 0; n < u->count && !m.left; n++)
		step(&m, n);
	return m.outcome;
}
