// SPDX-License-Identifier: Apache-2.0
// For tests of the backend: random IR units of integer operations, flags and their consumers, loads and stores in a window, side
// exits and all slots, at high register pressure.
#ifndef TESTS_UNIT_RANDOM_UNIT_H
#define TESTS_UNIT_RANDOM_UNIT_H

#include "compiled_unit.h"

static uint64_t seed = 1;

static uint64_t
random_word(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned
below(unsigned n)
{
	return n ? (unsigned)(random_word() >> 33) % n : 0;
}

static uint64_t
random_value(void)
{
	static const uint64_t corners[] = {
		0,
		1,
		2,
		UINT64_MAX,
		INT64_MAX,
		(uint64_t)INT64_MIN,
		INT32_MAX,
		0x80000000,
		0xffffffff,
		0xffffffff80000000,
		0x7f,
		0x80,
		0xff,
		0x100,
		0xffff,
	};

	switch (below(4)) {
	case 0: return corners[below(sizeof(corners) / sizeof(corners[0]))];
	case 1: return below(64);
	default: return random_word();
	}
}

/* ---- random units ----------------------------------------------------------------------------------------------------- */

#define POOL   24
#define WINDOW 256

struct generator {
	struct lift l;
	ir_ref i64[POOL], i32[POOL], flags[POOL], window, base;
	unsigned n64, n32, nflags;
	unsigned first_kept_slot; /* puts leave the registers from this one on alone; 0: none */
};

static ir_ref
pick(const ir_ref *pool, unsigned n)
{
	return pool[n <= POOL ? below(n) : below(POOL)];
}

static void
add(ir_ref *pool, unsigned *n, ir_ref ref)
{
	pool[*n < POOL ? *n : below(POOL)] = ref;
	++*n;
}

static ir_ref
any(struct generator *g, enum ir_type t)
{
	if (below(6) == 0)
		return ir_const(&g->l, t,
			(int64_t)(t == I32 ? (uint64_t)(int32_t)random_value() : random_value()));
	return t == I64 ? pick(g->i64, g->n64) : pick(g->i32, g->n32);
}

static void
add_typed(struct generator *g, enum ir_type t, ir_ref ref)
{
	if (t == I64)
		add(g->i64, &g->n64, ref);
	else
		add(g->i32, &g->n32, ref);
}

static ir_ref
operand_of(struct generator *g, enum ir_type t)
{
	return any(g, t);
}

static void
generate_binary(struct generator *g)
{
	static const enum ir_op ops[] = {
		IR_add,
		IR_sub,
		IR_mul,
		IR_udiv,
		IR_sdiv,
		IR_and,
		IR_or,
		IR_xor,
		IR_andn,
		IR_shl,
		IR_lshr,
		IR_ashr,
		IR_ror,
	};
	enum ir_type t = below(2) ? I64 : I32;

	add_typed(g, t,
		ir_emit(&g->l, ops[below(13)], t, 0, operand_of(g, t), operand_of(g, t), IR_NONE));
}

static void
generate_unary(struct generator *g)
{
	enum ir_type t = below(2) ? I64 : I32;
	unsigned width = t == I64 ? 64 : 32;
	ir_ref a = any(g, t);

	switch (below(12)) {
	case 0: add_typed(g, t, ir_not(&g->l, t, a)); break;
	case 1: add_typed(g, t, ir_neg(&g->l, t, a)); break;
	case 2: add_typed(g, t, ir_clz(&g->l, t, below(2) ? a : ir_rbit(&g->l, t, a))); break;
	case 3: add_typed(g, t, ir_cls(&g->l, t, a)); break;
	case 4: add_typed(g, t, ir_rbit(&g->l, t, a)); break;
	case 5: add_typed(g, t, ir_bswap(&g->l, t, 1 + below(t == I64 ? 3 : 2), a)); break;
	case 6: add(g->i64, &g->n64, ir_zext(&g->l, I64, 1 + below(32), any(g, I32))); break;
	case 7: add(g->i64, &g->n64, ir_sext(&g->l, I64, 1 + below(32), any(g, I32))); break;
	case 8: add(g->i32, &g->n32, ir_trunc(&g->l, I32, any(g, I64))); break;
	case 9: add_typed(g, t, ir_extr(&g->l, t, below(width), a, any(g, t))); break;
	case 10: {
		unsigned lsb = below(width), bits = 1 + below(width - lsb);

		add_typed(g, t, ir_bfi(&g->l, t, lsb | bits << 8, a, any(g, t)));
		break;
	}
	default: {
		unsigned lane = below(4);

		add(g->i32, &g->n32,
			ir_crc32(&g->l, I32, lane | below(2) << 2, any(g, I32),
				any(g, lane == 3 ? I64 : I32)));
	}
	}
}

/* Both halves of a product, as compilers ask for them; perhaps with something between. */
static void
generate_wide_product(struct generator *g)
{
	ir_ref a = any(g, I64), b = any(g, I64);
	bool high_first = below(2);

	if (high_first)
		add(g->i64, &g->n64, ir_umulh(&g->l, I64, a, b));
	add(g->i64, &g->n64, ir_mul(&g->l, I64, a, b));
	switch (below(3)) {
	case 0: ir_put(&g->l, below(27), ir_add(&g->l, I64, any(g, I64), any(g, I64))); break;
	case 1: ir_put(&g->l, below(27), ir_mul(&g->l, I64, a, b)); break;
	default:;
	}
	if (!high_first)
		add(g->i64, &g->n64, ir_umulh(&g->l, I64, a, b));
	if (below(2))
		ir_put(&g->l, below(27), ir_umulh(&g->l, I64, a, b));
	if (below(2))
		ir_put(&g->l, below(27), ir_mul(&g->l, I64, a, b));
}

static void
generate_wide(struct generator *g)
{
	switch (below(6)) {
	case 4:
	case 5: generate_wide_product(g); break;
	case 0: add(g->i64, &g->n64, ir_umulh(&g->l, I64, any(g, I64), any(g, I64))); break;
	case 1: add(g->i64, &g->n64, ir_smulh(&g->l, I64, any(g, I64), any(g, I64))); break;
	case 2: add(g->i64, &g->n64, ir_umull(&g->l, I64, any(g, I32), any(g, I32))); break;
	default: add(g->i64, &g->n64, ir_smull(&g->l, I64, any(g, I32), any(g, I32)));
	}
}

static void
generate_flags(struct generator *g)
{
	static const enum ir_op ops[] = { IR_flags_add, IR_flags_sub, IR_flags_and, IR_flags_andn };
	static const enum ir_op results[] = { IR_add, IR_sub, IR_and, IR_andn };
	enum ir_type t = below(2) ? I64 : I32;
	unsigned k = below(4);
	ir_ref a = any(g, t), b = any(g, t), f;

	switch (below(9)) {
	case 8: { /* ADCS, SBCS, and more of their kind */
		bool adc = below(2);

		f = pick(g->flags, g->nflags);
		for (unsigned k = 1 + below(3); k > 0; k--) {
			a = any(g, t);
			b = any(g, t);
			add_typed(g, t, ir_emit(&g->l, adc ? IR_adc : IR_sbc, t, 0, a, b, f));
			f = ir_emit(&g->l, adc ? IR_flags_adc : IR_flags_sbc, t, 0, a, b, f);
		}
		break;
	}
	case 0:
		f = ir_emit(&g->l, below(2) ? IR_flags_adc : IR_flags_sbc, t, 0, a, b,
			pick(g->flags, g->nflags));
		break;
	case 1:
		f = ir_flags_select(&g->l, below(14), pick(g->flags, g->nflags),
			pick(g->flags, g->nflags), ir_flags_const(&g->l, below(16)));
		break;
	case 2: f = ir_flags_from_nzcv(&g->l, any(g, I64)); break;
	case 3:
	case 4:
		f = ir_emit(&g->l, ops[k], t, 0, a, b, IR_NONE);
		if (below(2)) /* a consumer between the flags and the equal result */
			ir_exit_if(&g->l, below(14), f, 0x300000);
		else if (below(2))
			ir_put(&g->l, A64_SLOT_FLAGS, f);
		add_typed(g, t, ir_emit(&g->l, results[k], t, 0, a, b, IR_NONE));
		break;
	case 5:
		add_typed(g, t, ir_emit(&g->l, results[k], t, 0, a, b, IR_NONE));
		f = ir_emit(&g->l, ops[k], t, 0, a, b, IR_NONE);
		break;
	default: f = ir_emit(&g->l, ops[k], t, 0, a, b, IR_NONE);
	}
	add(g->flags, &g->nflags, f);
	if (below(2))
		ir_put(&g->l, A64_SLOT_FLAGS, f);
}

/* CINC. */
static void
generate_conditional_increment(struct generator *g, enum ir_type t, ir_ref f)
{
	ir_ref x = any(g, t), more = ir_add(&g->l, t, x, ir_const(&g->l, t, 1));
	unsigned condition = below(2) ? IR_CS + below(2) : below(14);

	add_typed(g, t,
		below(2) ? ir_select(&g->l, t, condition, f, x, more)
			 : ir_select(&g->l, t, condition, f, more, x));
}

static void
generate_consumer(struct generator *g)
{
	enum ir_type t = below(2) ? I64 : I32;
	ir_ref f = pick(g->flags, g->nflags);

	switch (below(6)) {
	case 4: generate_conditional_increment(g, t, f); break;
	case 5:
		add_typed(g, t,
			ir_emit(&g->l, below(2) ? IR_adc : IR_sbc, t, 0, any(g, t),
				ir_const(&g->l, t, (int64_t)below(5) - 2), f));
		break;
	case 0: add_typed(g, t, ir_select(&g->l, t, below(14), f, any(g, t), any(g, t))); break;
	case 1: add_typed(g, t, ir_condition(&g->l, t, below(14), f)); break;
	case 2:
		add_typed(g, t,
			ir_emit(&g->l, below(2) ? IR_adc : IR_sbc, t, 0, any(g, t), any(g, t), f));
		break;
	default: add(g->i64, &g->n64, ir_flags_to_nzcv(&g->l, f));
	}
}

static ir_ref
window_address(struct generator *g)
{
	int64_t offset = below(WINDOW - 16);

	switch (below(4)) {
	case 0:
	case 1: return ir_add(&g->l, I64, g->window, ir_const(&g->l, I64, offset));
	case 2: /* from a base that was written back */
		return ir_add(&g->l, I64, g->base, ir_const(&g->l, I64, below(WINDOW / 2 - 16)));
	default: break;
	}
	return ir_add(
		&g->l, I64, g->window, ir_and(&g->l, I64, any(g, I64), ir_const(&g->l, I64, 0x7f)));
}

static void
generate_memory(struct generator *g)
{
	enum ir_type t = below(2) ? I64 : I32;
	unsigned size = below(t == I64 ? 4 : 3);
	bool write_back = below(4) == 0;
	ir_ref address =
		write_back ? ir_add(&g->l, I64, g->window, ir_const(&g->l, I64, below(WINDOW / 2)))
			   : window_address(g);

	switch (below(5)) {
	case 0:
	case 1:
		add_typed(g, t,
			ir_load(&g->l, t,
				size | (below(2) ? IR_MEM_SIGNED : 0) |
					(below(4) ? 0 : IR_MEM_ACQUIRE),
				address));
		break;
	case 2:
	case 3: ir_store(&g->l, size | (below(4) ? 0 : IR_MEM_RELEASE), address, any(g, t)); break;
	default:
		if (below(2))
			add_typed(g, t,
				ir_atomic_rmw(&g->l, t, size | below(9) << 8, address, any(g, t)));
		else
			add_typed(g, t,
				ir_compare_swap(&g->l, t, size, address, any(g, t), any(g, t)));
	}
	if (write_back) {
		g->base = address;
		ir_put(&g->l, below(g->first_kept_slot ? g->first_kept_slot : 28), address);
	}
}

static void
generate_put(struct generator *g)
{
	unsigned slot = below(g->first_kept_slot ? g->first_kept_slot : 32);

	ir_put(&g->l, slot, below(2) ? any(g, I64) : ir_zext(&g->l, I64, 32, any(g, I32)));
}

static void
generate_get(struct generator *g)
{
	if (below(3))
		add(g->i64, &g->n64, ir_get(&g->l, I64, below(32)));
	else
		add(g->i32, &g->n32, ir_get(&g->l, I32, below(32)));
}

/* What a unit's exits may lead to besides places outside. */
struct exit_targets {
	const uint64_t *pcs;
	unsigned count;
	bool wide; /* units may end with an indirect branch to any of them, which lie WIDE_STEP apart */
};
#define WIDE_STEP_BITS 12

static uint64_t
exit_target(const struct exit_targets *targets, uint64_t outside)
{
	return below(4) == 0 || targets->count == 0 ? outside : targets->pcs[below(targets->count)];
}

/* Slot X28 holds the guest address of the window. */
static void
generate_begin(struct generator *g, struct ir_unit *u, uint64_t pc)
{
	ir_begin(&g->l, u, &a64_layout, pc, 0);
	g->n64 = g->n32 = g->nflags = 0;
	g->window = g->base = ir_get(&g->l, I64, 28);
	add(g->i64, &g->n64, ir_get(&g->l, I64, 0));
	add(g->i32, &g->n32, ir_get(&g->l, I32, 1));
	add(g->flags, &g->nflags, ir_get(&g->l, FLAGS, A64_SLOT_FLAGS));
}

/* A return goes to what the link register holds. */
static void
generate_indirect(struct generator *g)
{
	enum ir_indirect kind = below(2);
	ir_ref target = any(g, I64);

	if (kind == IR_INDIRECT_RETURN)
		ir_put(&g->l, A64_SLOT_X30, target);
	ir_exit_indirect(&g->l, kind, target);
}

/* To one of eight places from `first` on. */
static void
generate_wide_branch(struct generator *g, uint64_t first)
{
	struct lift *l = &g->l;
	ir_ref which = ir_and(l, I64, pick(g->i64, g->n64), ir_const(l, I64, 7));

	ir_exit_indirect(l, IR_INDIRECT_JUMP,
		ir_add(l, I64, ir_const(l, I64, (int64_t)first),
			ir_shl(l, I64, which, ir_const(l, I64, WIDE_STEP_BITS))));
}

static void
generate_body(struct generator *g, unsigned length, const struct exit_targets *targets)
{
	uint64_t start = g->l.unit->guest_pc;

	for (unsigned k = 0; k < length; k++) {
		g->l.pc = start + 4 * (k + 1);
		ir_guest_pc(&g->l, (int64_t)g->l.pc);
		switch (below(12)) {
		case 0:
		case 1:
		case 2: generate_binary(g); break;
		case 3: generate_unary(g); break;
		case 4: generate_wide(g); break;
		case 5: generate_flags(g); break;
		case 6: generate_consumer(g); break;
		case 7: generate_memory(g); break;
		case 8:
		case 9: generate_put(g); break;
		case 10: generate_get(g); break;
		default:
			ir_exit_if(&g->l, below(14), pick(g->flags, g->nflags),
				(int64_t)exit_target(targets, below(4) ? 0x100000 + 4 * k : start));
		}
	}
	switch (below(targets->wide ? 6 : 3)) {
	case 0: ir_exit_direct(&g->l, (int64_t)exit_target(targets, 0x200000)); break;
	case 1: generate_indirect(g); break;
	case 3:
	case 4:
	case 5: generate_wide_branch(g, targets->pcs[0]); break;
	default: ir_exit_direct(&g->l, 0x800);
	}
	ir_finish(&g->l);
}

static inline void
generate(struct generator *g, struct ir_unit *u, unsigned length)
{
	const struct exit_targets outside = { NULL, 0, false };

	generate_begin(g, u, 0x1000);
	generate_body(g, length, &outside);
}

#define WINDOW_ALIGNED __attribute__((aligned(64)))
static uint8_t window[2][WINDOW] WINDOW_ALIGNED;

static inline void
random_state(struct compiled_test *t)
{
	struct a64_state *a = a64_state(t->compiled);

	for (unsigned r = 0; r < 31; r++)
		a->x[r] = random_value();
	a->sp = random_value();
	for (unsigned r = 0; r < 32; r++)
		a->v[r].d[0] = random_word(), a->v[r].d[1] = random_word();
	a->hot.flags = backend_flags_from_nzcv(below(16));
	a->hot.signal_pending = 0;
	for (unsigned k = 0; k < WINDOW; k++)
		window[0][k] = window[1][k] = (uint8_t)random_word();
	a->x[28] = (uint64_t)window[0];
	memcpy(t->interpreted->guest, t->compiled->guest, sizeof(t->compiled->guest));
}

/* The unit up to guest address `pc`, then an exit there: what the state must be when the instruction at pc faults. */
static inline void
cut(struct ir_unit *to, const struct ir_unit *from, uint64_t pc)
{
	to->guest_pc = from->guest_pc;
	to->mode = from->mode;
	to->layout = from->layout;
	to->range_count = 0;
	to->count = 0;
	for (uint32_t k = 0; k < from->count; k++) {
		if (from->insns[k].op == IR_guest_pc && (uint64_t)from->insns[k].imm == pc)
			break;
		to->insns[to->count++] = from->insns[k];
	}
	to->insns[to->count++] = (struct ir_insn){ .op = IR_exit_direct, .imm = (int64_t)pc };
}

#endif
