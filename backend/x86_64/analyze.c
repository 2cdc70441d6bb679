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

/* What the passes ask about an operation, in one byte. */
enum traits {
	TRAIT_OPERANDS = 3, /* how many */
	TRAIT_BARRIER = 4,  /* precise guest state may be asked for there */
	TRAIT_FLAGS = 8,    /* makes flags */
	TRAIT_ADDRESS = 16, /* operand a is an address in memory */
	TRAIT_STATE = 32,   /* reads or writes slots */
	TRAIT_ALIAS = 64,   /* its value may be in the register that has its operand, too */
	TRAIT_PAIRED = 128, /* may go with another operation */
	TRAIT_FLAG_SETTER = TRAIT_PAIRED | TRAIT_FLAGS,
};
#define BARRIER_PURE    0
#define BARRIER_GET     0
#define BARRIER_PUT     0
#define BARRIER_LOAD    TRAIT_BARRIER
#define BARRIER_STORE   TRAIT_BARRIER
#define BARRIER_MARK    0
#define BARRIER_EXIT    TRAIT_BARRIER
#define BARRIER_BARRIER 0
#define BARRIER_HELPER  0
#define FLAGS_SAME      0
#define FLAGS_I64       0
#define FLAGS_V128      0
#define FLAGS_FLAGS     TRAIT_FLAGS
#define FLAGS_FLAGS0    TRAIT_FLAGS
#define FLAGS_NONE      0
static const uint8_t row_traits[IR_OP_COUNT] = {
#define ROW_TRAITS(name, result, operands, aux, imm, effect) \
	[IR_##name] = (operands) | BARRIER_##effect | FLAGS_##result,
	IR_OPS(ROW_TRAITS)
#undef ROW_TRAITS
};
static const uint8_t special_traits[IR_OP_COUNT] = {
	[IR_runtime_call] = TRAIT_BARRIER | TRAIT_STATE,
	[IR_get] = TRAIT_STATE | TRAIT_ALIAS,
	[IR_put] = TRAIT_STATE,
	[IR_trunc] = TRAIT_ALIAS,
	[IR_f_from_v] = TRAIT_ALIAS,
	[IR_zext] = TRAIT_ALIAS,
	[IR_load] = TRAIT_ADDRESS,
	[IR_store] = TRAIT_ADDRESS,
	[IR_atomic_rmw] = TRAIT_ADDRESS,
	[IR_compare_swap] = TRAIT_ADDRESS,
	[IR_prefetch] = TRAIT_ADDRESS,
	[IR_flags_add] = TRAIT_PAIRED,
	[IR_flags_sub] = TRAIT_PAIRED,
	[IR_flags_and] = TRAIT_PAIRED,
	[IR_flags_andn] = TRAIT_PAIRED,
	[IR_umulh] = TRAIT_PAIRED,
};

static unsigned
traits_of(const struct ir_insn *in)
{
	return row_traits[in->op] | special_traits[in->op];
}

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
	case IR_trunc:
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

/* Get or put `i` of a slot, the first one: from `from` on nothing has asked for what a put replaces. */
static void
note_unseen(struct compiler *c, ir_ref i, const struct ir_insn *in, ir_ref from)
{
	if (in->op == IR_runtime_call || c->slot_unseen[in->aux].from != NEVER)
		return;
	c->slot_unseen[in->aux].from = in->op == IR_put ? from : NEVER - 1;
	c->slot_unseen[in->aux].to = i;
}

/* `slot`: the value that each slot has, as far as a get has named it. */
static void
follow_state(ir_ref *slot, const struct ir_insn *in, ir_ref value)
{
	if (in->op == IR_get)
		slot[in->aux] = value;
	else if (in->op == IR_put)
		slot[in->aux] =
			IR_NONE; /* the builder forwards puts; a get after one never follows */
	else
		memset(slot, 0xff, sizeof(slot[0]) * slot_total);
}

static inline void
count_use(struct compiler *c, ir_ref i, ir_ref ref)
{
	struct value *v;

	if (ref == IR_NONE)
		return;
	v = &c->values[canon(c, ref)];
	v->uses++;
	if (v->put_at == 0)
		v->put_at = (uint16_t)i;
}

static inline void
count_uses(struct compiler *c, ir_ref i, const struct ir_insn *in, unsigned traits)
{
	unsigned operands = traits & TRAIT_OPERANDS;

	if (traits & TRAIT_ADDRESS)
		c->values[canon(c, in->a)].uses++;
	else if (operands >= 1)
		count_use(c, i, in->a);
	if (operands >= 2)
		count_use(c, i, in->b);
	if (operands == 3)
		count_use(c, i, in->c);
}

/* The first walk: aliases, uses and barriers; it notes where the additions and flags are that the next steps look at. */
static void
find_aliases_and_uses(struct compiler *c)
{
	static const struct value fresh = {
		.reg = REG_NONE, .hint = REG_NONE, .next_use = NEVER, .pair = IR_NONE
	};
	const struct ir_insn *in = c->u->insns;
	const uint32_t count = c->u->count;
	ir_ref slot[IR_MAX_SLOTS];
	uint16_t barriers = 0;
	ir_ref behind_barrier = 0;

	memset(c->slot_unseen, 0xff, sizeof(c->slot_unseen[0]) * slot_total);
	memset(slot, 0xff, sizeof(slot[0]) * slot_total);
	c->addition_count = c->paired_count = 0;
	for (ir_ref i = 0; i < count; i++, in++) {
		struct value *v = &c->values[i];
		unsigned traits = traits_of(in);

		*v = fresh;
		v->canon = i;
		v->is_flags = (in->type == FLAGS) | (traits & TRAIT_FLAGS);
		if (traits & TRAIT_ALIAS)
			v->canon = alias_of(c, i, in, slot);
		c->barriers[i] = barriers;
		if (traits & TRAIT_BARRIER) {
			barriers++;
			behind_barrier = i + 1;
		}
		if (traits & TRAIT_STATE) {
			note_unseen(c, i, in, behind_barrier);
			follow_state(slot, in, v->canon);
		}
		count_uses(c, i, in, traits);
		if (in->op == IR_add)
			c->additions[c->addition_count++] = i;
		else if (traits & TRAIT_PAIRED)
			c->paired[c->paired_count++] = i;
	}
	c->barriers[count] = barriers;
}

/* ---- pairs of result and flags ------------------------------------------------------------------------------- */

static uint8_t
result_op_of(uint8_t flags_op)
{
	switch (flags_op) {
	case IR_flags_add: return IR_add;
	case IR_flags_sub: return IR_sub;
	case IR_flags_and: return IR_and;
	default: return IR_andn;
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

/* The operation whose result goes with flags `i`. */
static void
find_result(struct compiler *c, ir_ref i)
{
	const struct ir_insn *in = &c->u->insns[i];
	const uint8_t op = result_op_of(in->op);

	for (ir_ref j = i > 4 ? i - 4 : 0; j < c->u->count; j++) {
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

/* MUL and UMULH of the same operands, nothing that may fault or leave between them: whichever comes first makes both. */
static void
find_wide_product(struct compiler *c, ir_ref i)
{
	const struct ir_insn *in = &c->u->insns[i];

	for (ir_ref j = i > 4 ? i - 4 : 0; j <= i + 4 && j < c->u->count; j++) {
		const struct ir_insn *low = &c->u->insns[j];
		ir_ref first = i < j ? i : j, second = i < j ? j : i;

		if (low->op != IR_mul || low->type != I64 || c->values[j].pair != IR_NONE ||
			c->barriers[first] != c->barriers[second] || !same_operands(c, in, low))
			continue;
		c->values[i].pair = j;
		c->values[j].pair = i;
		break;
	}
}

static void
find_pairs(struct compiler *c)
{
	for (uint32_t n = 0; n < c->paired_count; n++)
		if (c->u->insns[c->paired[n]].op == IR_umulh)
			find_wide_product(c, c->paired[n]);
		else
			find_result(c, c->paired[n]);
}

/* ---- folded addresses ------------------------------------------------------------------------------------------- */

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
	for (uint32_t n = 0; n < c->addition_count; n++) {
		ir_ref i = c->additions[n];
		const struct ir_insn *in = &c->u->insns[i];
		struct value *v = &c->values[i];
		int32_t imm;

		if (v->uses == 0 || v->pair != IR_NONE)
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

static void need_folded(struct compiler *c, ir_ref ref, uint32_t at);

static inline void
need(struct compiler *c, ir_ref ref, uint32_t at)
{
	struct value *v;

	ref = canon(c, ref);
	v = &c->values[ref];
	v->last_use = v->last_use < at ? at : v->last_use;
	v->next_use = at;
	if (v->folded)
		need_folded(c, ref, at);
}

/* What `ref`, part of a memory operand or of a lea, is computed from. */
static void
need_folded(struct compiler *c, ir_ref ref, uint32_t at)
{
	const struct ir_insn *in = &c->u->insns[ref];
	const struct value *v = &c->values[ref];

	if (v->put_at != 0 && at > v->put_at)
		return;
	need(c, in->a, at);
	need(c, in->b, at);
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

static inline void
need_operand(struct compiler *c, ir_ref i, unsigned k, ir_ref ref, bool needed)
{
	if (ref == IR_NONE)
		return;
	c->operand_next[i][k] = c->values[canon(c, ref)].next_use;
	if (!needed)
		return;
	if (c->values[ref].is_flags)
		need_flags(c, ref, i);
	else
		need(c, ref, i);
}

/* Flags that go with a result need nothing: whoever wants them needs what they are made of. */
static inline void
need_operands(struct compiler *c, ir_ref i, const struct ir_insn *in, unsigned traits)
{
	unsigned operands = traits & TRAIT_OPERANDS;
	bool needed = (traits & TRAIT_FLAG_SETTER) != TRAIT_FLAG_SETTER;

	if (operands >= 1)
		need_operand(c, i, 0, in->a, needed);
	if (operands >= 2)
		need_operand(c, i, 1, in->b, needed);
	if (operands == 3)
		need_operand(c, i, 2, in->c, needed);
}

/* What is put in a pinned slot is best made in the slot's register, if nothing between asks for the slot's older value. */
static void
hint_at_pin(struct compiler *c, ir_ref i, const struct ir_insn *put)
{
	host_reg pin = c->seam->pin_of_slot[put->aux];
	ir_ref v = canon(c, put->a);

	if (pin != REG_NONE && (c->barriers[i] == c->barriers[v + 1] ||
				       (c->values[v].folded && c->values[v].put_at == i)))
		c->values[v].hint = pin;
}

/* The second walk, backward. */
static void
find_lifetimes(struct compiler *c)
{
	const struct ir_insn *insns = c->u->insns;
	uint32_t flags_needed_at = 0; /* last barrier before the flags slot is written again */

	memset(c->slot_next_get, 0xff, slot_total * sizeof(c->slot_next_get[0])); /* NEVER */
	for (ir_ref i = c->u->count; i-- > 0;) {
		const struct ir_insn *in = &insns[i];
		unsigned traits = traits_of(in);

		if (traits & TRAIT_BARRIER && flags_needed_at == 0)
			flags_needed_at = i;
		if (in->op == IR_get)
			c->slot_next_get[in->aux] = i;
		if (in->op == IR_put) {
			if (in->aux == flags_slot && flags_needed_at)
				need_flags(c, in->a, flags_needed_at);
			if (in->aux == flags_slot)
				flags_needed_at = 0;
			hint_at_pin(c, i, in);
		}
		if (!c->values[i].folded)
			need_operands(c, i, in, traits);
	}
}

void
analyze(struct compiler *c)
{
	find_aliases_and_uses(c);
	find_pairs(c);
	find_folded(c);
	find_lifetimes(c);
}
