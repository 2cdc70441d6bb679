// SPDX-License-Identifier: Apache-2.0
// What the backend wants to know before it emits a unit: which values share a register's content, how often and how
// long each is needed (by recipes and exits too), which slot it is put in next, which address computations fold into
// memory operands, and which flags operation goes with which result.
#include "backend/x86_64/compiler.h"

const uint8_t operand_count[IR_OP_COUNT] = {
#define OPERANDS(name, result, operands, aux, imm, effect) [IR_##name] = operands,
	IR_OPS(OPERANDS)
#undef OPERANDS
};

/* Instructions at which precise guest state may be asked for. */
#define BARRIER_PURE    false
#define BARRIER_GET     false
#define BARRIER_PUT     false
#define BARRIER_LOAD    true
#define BARRIER_STORE   true
#define BARRIER_MARK    false
#define BARRIER_EXIT    true
#define BARRIER_BARRIER false
#define BARRIER_HELPER  false
static const bool is_barrier[IR_OP_COUNT] = {
#define BARRIER(name, result, operands, aux, imm, effect) [IR_##name] = BARRIER_##effect,
	IR_OPS(BARRIER)
#undef BARRIER
};

static bool
op_is_barrier(const struct ir_insn *in)
{
	return is_barrier[in->op] || in->op == IR_runtime_call;
}

#define FLAGS_SAME   false
#define FLAGS_I64    false
#define FLAGS_V128   false
#define FLAGS_FLAGS  true
#define FLAGS_FLAGS0 true
#define FLAGS_NONE   false
static const bool makes_flags[IR_OP_COUNT] = {
#define MAKES_FLAGS(name, result, operands, aux, imm, effect) [IR_##name] = FLAGS_##result,
	IR_OPS(MAKES_FLAGS)
#undef MAKES_FLAGS
};

/* I32 operations whose x86 form clears the upper half of its 64-bit register. */
static bool
zero_extended(const struct ir_unit *u, ir_ref ref)
{
	const struct ir_insn *in = &u->insns[ref];

	if (in->type != I32)
		return false;
	return in->op != IR_get && in->op != IR_const && in->op != IR_trunc;
}

static bool
same_class(uint8_t a, uint8_t b)
{
	return (a <= I64) == (b <= I64);
}

/* ---- aliases ------------------------------------------------------------------------------------------------ */

static ir_ref
alias_of(const struct compiler *c, ir_ref i, const struct ir_insn *in, const ir_ref *slot)
{
	ir_ref a;

	switch (in->op) {
	case IR_trunc: return canon(c, in->a);
	case IR_f_from_v: return canon(c, in->a);
	case IR_zext:
		a = canon(c, in->a);
		return in->aux == 32 && in->type == I64 && zero_extended(c->u, a) ? a : i;
	case IR_get:
		a = slot_kind[in->aux] == IR_SLOT_MEMORY ? IR_NONE : slot[in->aux];
		return a != IR_NONE && same_class(c->u->insns[a].type, in->type) ? a : i;
	default: return i;
	}
}

static void
find_aliases(struct compiler *c)
{
	ir_ref slot[IR_MAX_SLOTS];
	uint16_t barriers = 0;
	ir_ref last_barrier = IR_NONE; /* + 1 = 0 */

	memset(c->slot_unseen, 0xff, sizeof(c->slot_unseen[0]) * slot_total);
	memset(slot, 0xff, sizeof(slot[0]) * slot_total);
	for (ir_ref i = 0; i < c->u->count; i++) {
		const struct ir_insn *in = &c->u->insns[i];
		struct value *v = &c->values[i];

		*v = (struct value){
			.reg = REG_NONE, .hint = REG_NONE, .next_use = NEVER, .pair = IR_NONE
		};
		v->canon = i;
		v->canon = alias_of(c, i, in, slot);
		c->barriers[i] = barriers;
		if (op_is_barrier(in)) {
			barriers++;
			last_barrier = i;
		}
		if ((in->op == IR_put || in->op == IR_get) && c->slot_unseen[in->aux].from == NEVER)
			c->slot_unseen[in->aux].from =
				in->op == IR_put ? last_barrier + 1 : NEVER - 1,
			c->slot_unseen[in->aux].to = i;
		if (in->op == IR_get)
			slot[in->aux] = v->canon;
		else if (in->op == IR_put)
			slot[in->aux] =
				IR_NONE; /* the builder forwards puts; a get after one never follows */
		else if (in->op == IR_runtime_call)
			memset(slot, 0xff, sizeof(slot[0]) * slot_total);
	}
	c->barriers[c->u->count] = barriers;
}

/* ---- pairs of result and flags ------------------------------------------------------------------------------- */

static int
result_op_of(uint8_t flags_op)
{
	switch (flags_op) {
	case IR_flags_add: return IR_add;
	case IR_flags_sub: return IR_sub;
	case IR_flags_and: return IR_and;
	case IR_flags_andn: return IR_andn;
	default: return -1;
	}
}

static bool
same_operands(const struct compiler *c, const struct ir_insn *x, const struct ir_insn *y)
{
	return canon(c, x->a) == canon(c, y->a) && canon(c, x->b) == canon(c, y->b);
}

/* The builder may have turned x - const into x + -const. */
static bool
subtracts_same_constant(
	const struct compiler *c, const struct ir_insn *flags, const struct ir_insn *result)
{
	int64_t minus, plus;

	return flags->op == IR_flags_sub && result->op == IR_add &&
	       canon(c, flags->a) == canon(c, result->a) && is_const(c, flags->b, &minus) &&
	       is_const(c, result->b, &plus) && minus != INT64_MIN && plus == -minus &&
	       minus == (int32_t)minus && minus != INT32_MIN && minus != 0;
}

/* A result behind its flags `flags`: no consumer may want these before it exists. */
static bool
may_lie_between(const struct ir_insn *in, ir_ref flags)
{
	return in->op == IR_const || (in->op == IR_put && in->a == flags);
}

static void
find_pairs(struct compiler *c)
{
	for (ir_ref i = 0; i < c->u->count; i++) {
		const struct ir_insn *in = &c->u->insns[i];
		int op = result_op_of(in->op);
		ir_ref from = i > 4 ? i - 4 : 0;

		if (op < 0)
			continue;
		for (ir_ref j = from; j < c->u->count; j++) {
			const struct ir_insn *result = &c->u->insns[j];

			if (j > i + 1 && !may_lie_between(&c->u->insns[j - 1], i))
				break;
			if (result->type != in->type || c->values[j].pair != IR_NONE || j == i)
				continue;
			if ((result->op == op && same_operands(c, in, result)) ||
				subtracts_same_constant(c, in, result)) {
				c->values[i].pair = j;
				c->values[j].pair = i;
				break;
			}
		}
	}
}

/* MUL and UMULH of the same operands, nothing that may fault or leave between them: whichever comes first makes both. */
static void
find_wide_products(struct compiler *c)
{
	for (ir_ref i = 0; i < c->u->count; i++) {
		const struct ir_insn *in = &c->u->insns[i];

		if (in->op != IR_umulh)
			continue;
		for (ir_ref j = i > 4 ? i - 4 : 0; j <= i + 4 && j < c->u->count; j++) {
			const struct ir_insn *low = &c->u->insns[j];
			ir_ref first = i < j ? i : j, second = i < j ? j : i;

			if (low->op != IR_mul || low->type != I64 || c->values[j].pair != IR_NONE ||
				c->barriers[first] != c->barriers[second] ||
				!same_operands(c, in, low))
				continue;
			c->values[i].pair = j;
			c->values[j].pair = i;
			break;
		}
	}
}

/* ---- folded addresses ------------------------------------------------------------------------------------------- */

static bool
takes_address(const struct ir_insn *in)
{
	return in->op == IR_load || in->op == IR_store || in->op == IR_atomic_rmw ||
	       in->op == IR_compare_swap || in->op == IR_prefetch;
}

static void
count_uses(struct compiler *c)
{
	for (ir_ref i = 0; i < c->u->count; i++) {
		const struct ir_insn *in = &c->u->insns[i];
		const ir_ref operands[3] = { in->a, in->b, in->c };

		for (unsigned k = 0; k < operand_count[in->op]; k++) {
			struct value *v;

			if (operands[k] == IR_NONE)
				continue;
			v = &c->values[canon(c, operands[k])];
			v->uses++;
			if (k == 0 && takes_address(in))
				v->address_uses++;
			else if (v->put_at == 0)
				v->put_at = i;
		}
	}
}

/* x << 1..3, which a memory operand does by itself. */
static bool
is_scaled_index(const struct compiler *c, ir_ref ref)
{
	const struct ir_insn *in = insn_of(c, ref);
	int64_t count;

	return in->op == IR_shl && is_const(c, in->b, &count) && count >= 1 && count <= 3;
}

/* A base that is written back: an address in memory operands until it is put, and computed then. */
static bool
is_computed_by_put(const struct compiler *c, const struct value *v)
{
	const struct ir_insn *put = &c->u->insns[v->put_at];

	return v->put_at != 0 && put->op == IR_put && slot_kind[put->aux] == IR_SLOT_INTEGER;
}

/*
 * An addition's scaled index is part of its lea; all of an addition that only memory operands use, or only they before it is put,
 * is part of these.
 */
static void
find_folded(struct compiler *c)
{
	for (ir_ref i = 0; i < c->u->count; i++) {
		const struct ir_insn *in = &c->u->insns[i];
		struct value *v = &c->values[i];
		int32_t imm;

		if (in->op != IR_add || v->uses == 0 || v->pair != IR_NONE)
			continue;
		if (is_scaled_index(c, in->b) && insn_of(c, in->b)->type == in->type &&
			c->values[canon(c, in->b)].uses == 1) {
			c->values[canon(c, in->b)].folded = true;
			c->values[canon(c, in->b)].put_at = 0;
		}
		if (in->type != I64 || c->u->insns[canon(c, in->a)].op == IR_address)
			continue;
		if (v->put_at == 0)
			v->folded = v->uses == 1 || is_const_i32(c, in->b, &imm);
		else
			v->folded = is_computed_by_put(c, v) && is_const_i32(c, in->b, &imm);
	}
}

/* ---- lifetimes ---------------------------------------------------------------------------------------------------- */

static void
need(struct compiler *c, ir_ref ref, uint32_t at)
{
	struct value *v;
	const struct ir_insn *in;

	ref = canon(c, ref);
	v = &c->values[ref];
	in = &c->u->insns[ref];
	if (v->last_use < at)
		v->last_use = at;
	v->next_use = at;
	if (v->folded && (v->put_at == 0 || at <= v->put_at)) {
		need(c, in->a, at);
		need(c, in->b, at);
	}
}

/* What flags are computed from when they are needed at `at`. */
static void
need_flags(struct compiler *c, ir_ref flags, uint32_t at)
{
	ir_ref a, b;
	enum flags_kind kind = flags_kind_of(c, flags, &a, &b);

	if (kind == FLAGS_IN_MEMORY) {
		need(c, flags, at);
		return;
	}
	need(c, a, at);
	if (b != IR_NONE)
		need(c, b, at);
}

static void
find_lifetimes(struct compiler *c)
{
	uint32_t flags_needed_at = 0; /* last barrier before the flags slot is written again */

	memset(c->slot_next_get, 0xff, slot_total * sizeof(c->slot_next_get[0])); /* NEVER */
	for (ir_ref i = c->u->count; i-- > 0;) {
		const struct ir_insn *in = &c->u->insns[i];
		const ir_ref operands[3] = { in->a, in->b, in->c };

		if (in->op == IR_get)
			c->slot_next_get[in->aux] = i;
		if (op_is_barrier(in) && flags_needed_at == 0)
			flags_needed_at = i;
		if (in->op == IR_put && in->aux == flags_slot) {
			if (flags_needed_at)
				need_flags(c, in->a, flags_needed_at);
			flags_needed_at = 0;
		}
		if (in->op == IR_put && c->seam->pin_of_slot[in->aux] != REG_NONE) {
			ir_ref v = canon(c, in->a);

			if (c->barriers[i] == c->barriers[v + 1] ||
				(c->values[v].folded && c->values[v].put_at == i))
				c->values[v].hint = c->seam->pin_of_slot[in->aux];
		}
		if (c->values[i].folded)
			continue;
		for (unsigned k = 0; k < operand_count[in->op]; k++) {
			ir_ref ref = operands[k];

			if (ref == IR_NONE)
				continue;
			c->operand_next[i][k] = c->values[canon(c, ref)].next_use;
			if (result_op_of(in->op) >= 0)
				continue; /* whoever wants the flags needs what they are made of */
			if (c->u->insns[ref].type == FLAGS || makes_flags[c->u->insns[ref].op])
				need_flags(c, ref, i);
			else
				need(c, ref, i);
		}
	}
}

void
analyze(struct compiler *c)
{
	find_aliases(c);
	find_pairs(c);
	find_wide_products(c);
	count_uses(c);
	find_folded(c);
	find_lifetimes(c);
}
