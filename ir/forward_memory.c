// SPDX-License-Identifier: Apache-2.0
// Removing loads of what is known: a load of what the trace has just stored, or loaded before, is that value.
//
// One forward walk keeps a table of accesses whose memory is known to hold a value still. An address is a base, which is an SSA value, and an
// offset; two accesses are known to be apart only if they have the same base. A store throws out all that it may overlap and enters itself; a
// load either finds itself in the table or enters itself.
//
// What this may do to a program:
//
// - Order. A load-acquire, a barrier and an atomic operation empty the table, since a load behind them may not be older than they are. Otherwise
//   the architecture lets two loads of one address be satisfied at once (Arm ARM B2.3), and a load take the value of the thread's own store. A
//   program that waits for another thread reads memory again each time round, for a table does not outlive its trace.
// - Faults. The access that is left faults where it did. A second one to the same bytes could fault only if the mapping changed meanwhile; this
//   thread does not change it (system calls and signals are outside of traces), and what another does without synchronisation may as well come
//   later.
// - Load-exclusive is a load like others: the store-exclusive compares memory with what it gave (frontend/a64/lift_atomics.c).
#include "ir/passes.h"

#include <string.h>

#define MAX_KNOWN 24
/* With top-byte-ignore, addresses may be equal whose difference is 2^56 and more. */
#define NEAR (INT64_C(1) << 32)

struct address {
	ir_ref base; /* IR_NONE: an absolute address */
	int64_t offset;
};

struct known {
	struct address at;
	ir_ref value; /* in the new unit */
	uint16_t aux; /* of the access */
	uint8_t type; /* of the load, or of the value stored */
	bool stored;
};

struct forwarding {
	struct lift *l;
	struct known known[MAX_KNOWN];
	unsigned count, oldest;
	bool found;
};

static unsigned
size_of(uint16_t aux)
{
	return 1u << (aux & IR_MEM_SIZE);
}

static struct address
address_of(const struct lift *l, ir_ref ref)
{
	const struct ir_insn *in = &l->unit->insns[ref], *b;

	if (in->op == IR_address)
		return (struct address){ IR_NONE, in->imm };
	if (in->op != IR_add || in->type != I64)
		return (struct address){ ref, 0 };
	b = &l->unit->insns[in->b];
	return b->op == IR_const ? (struct address){ in->a, b->imm } : (struct address){ ref, 0 };
}

static bool
are_apart(struct address x, unsigned x_size, struct address y, unsigned y_size)
{
	int64_t distance;

	if (x.base != y.base || __builtin_sub_overflow(y.offset, x.offset, &distance) ||
		distance <= -NEAR || distance >= NEAR)
		return false;
	return distance >= (int64_t)x_size || -distance >= (int64_t)y_size;
}

static void
forget_overlapping(struct forwarding *f, struct address at, unsigned size)
{
	unsigned kept = 0;

	for (unsigned k = 0; k < f->count; k++)
		if (are_apart(f->known[k].at, size_of(f->known[k].aux), at, size))
			f->known[kept++] = f->known[k];
	f->count = kept;
}

static void
enter(struct forwarding *f, struct known known)
{
	if (f->count < MAX_KNOWN)
		f->known[f->count++] = known;
	else
		f->known[f->oldest++ % MAX_KNOWN] = known;
}

static bool
is_integer(uint8_t type)
{
	return type == I32 || type == I64;
}

/* What a load of an integer gives, where its bytes are the low ones of `value`. */
static ir_ref
extend(struct lift *l, const struct ir_insn *load, ir_ref value)
{
	unsigned bits = 8 * size_of(load->aux);
	enum ir_type have = ir_result_type(&l->unit->insns[value]);

	if (bits == 64 || (bits == 32 && load->type == I32))
		return have == load->type  ? value
		       : load->type == I32 ? ir_trunc(l, I32, value)
					   : IR_NONE;
	return load->aux & IR_MEM_SIGNED ? ir_sext(l, load->type, bits, value)
					 : ir_zext(l, load->type, bits, value);
}

/* What a load of what was stored as `k` gives; IR_NONE: not said here. */
static ir_ref
of_store(struct lift *l, const struct ir_insn *load, const struct known *k)
{
	bool wide = size_of(load->aux) == 8;

	if (is_integer(load->type) && is_integer(k->type))
		return extend(l, load, k->value);
	if (load->type == k->type && !is_integer(k->type))
		return k->value;
	if (load->type == (wide ? F64 : F32) && k->type == (wide ? I64 : I32))
		return ir_f_from_bits(l, load->type, k->value);
	if (is_integer(load->type) && k->type == (wide ? F64 : F32))
		return extend(l, load, ir_bits_from_f(l, wide ? I64 : I32, k->value));
	return IR_NONE;
}

/* The value that `load` of `at` has already, or IR_NONE. */
static ir_ref
find(struct forwarding *f, const struct ir_insn *load, struct address at)
{
	for (unsigned n = f->count; n-- > 0;) {
		const struct known *k = &f->known[n];

		if (k->at.base != at.base || k->at.offset != at.offset ||
			size_of(k->aux) != size_of(load->aux))
			continue;
		if (k->stored)
			return of_store(f->l, load, k);
		if (k->type == load->type && !((k->aux ^ load->aux) & IR_MEM_SIGNED))
			return k->value;
	}
	return IR_NONE;
}

static ir_ref
forward_load(struct forwarding *f, const struct ir_insn *in, const ir_ref *renamed)
{
	struct address at = address_of(f->l, renamed[in->a]);
	ir_ref value = IR_NONE;

	if (in->aux & IR_MEM_ACQUIRE)
		f->count = 0;
	else
		value = find(f, in, at);
	if (value != IR_NONE) {
		f->found = true;
		return value;
	}
	value = ir_pass_emit(f->l, in, renamed);
	enter(f, (struct known){ at, value, in->aux, in->type, false });
	return value;
}

static ir_ref
forward_store(struct forwarding *f, const struct ir_insn *in, const ir_ref *renamed)
{
	struct address at = address_of(f->l, renamed[in->a]);
	uint8_t type = ir_result_type(&f->l->unit->insns[renamed[in->b]]);

	forget_overlapping(f, at, size_of(in->aux));
	enter(f, (struct known){ at, renamed[in->b], in->aux, type, true });
	return ir_pass_emit(f->l, in, renamed);
}

static ir_ref
forward_insn(struct forwarding *f, const struct ir_insn *in, const ir_ref *renamed)
{
	if (in->aux & IR_MEM_BIG_ENDIAN && (in->op == IR_load || in->op == IR_store))
		f->count = 0;
	else if (in->op == IR_load)
		return forward_load(f, in, renamed);
	else if (in->op == IR_store)
		return forward_store(f, in, renamed);
	else if (in->op == IR_atomic_rmw || in->op == IR_compare_swap || in->op == IR_fence ||
		 in->op == IR_zero_block || in->op == IR_runtime_call)
		f->count = 0;
	return ir_pass_emit(f->l, in, renamed);
}

bool
ir_forward_memory(struct lift *l, struct ir_unit *to, const struct ir_unit *from)
{
	static ir_ref renamed[IR_MAX_INSNS];
	struct forwarding f = { .l = l };

	ir_pass_begin(l, to, from);
	for (ir_ref i = 0; i < from->count && !l->overflow; i++)
		renamed[i] = forward_insn(&f, &from->insns[i], renamed);
	if (l->overflow || !f.found)
		return false;
	ir_finish(l);
	return true;
}
