// SPDX-License-Identifier: Apache-2.0
// Folding, forwarding, merging and dead code removal must not change what a unit does: random
// units are built twice, as asked and with everything the builder does, and both are interpreted
// on the same random state. Rules that matter for the code's quality have a test of their form
// besides.
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/builder.h"
#include "ir/interpret.h"

enum { SLOT_X0, SLOT_X1, SLOT_X3 = 3, SLOT_V0, SLOT_V2 = 6, SLOT_FLAGS, SLOT_MEMORY, SLOT_COUNT };

static const struct ir_state_slot slots[SLOT_COUNT] = {
	{ "x0", 64, IR_SLOT_INTEGER, 1 },
	{ "x1", 72, IR_SLOT_INTEGER, 2 },
	{ "x2", 80, IR_SLOT_INTEGER, 3 },
	{ "x3", 88, IR_SLOT_INTEGER, 4 },
	{ "v0", 96, IR_SLOT_VECTOR, 1 },
	{ "v1", 112, IR_SLOT_VECTOR, 2 },
	{ "v2", 128, IR_SLOT_VECTOR, 3 },
	{ "nzcv", 144, IR_SLOT_FLAGS, 1 },
	{ "memory", 152, IR_SLOT_MEMORY, 0 },
};
static const struct ir_state_layout layout = { slots, SLOT_COUNT, 0 };
static const struct ir_interpreter interpreter;

/* ---- a random unit, built by two builders at once ---------------------------------------- */

#define MAX_VALUES 256

struct value {
	enum ir_type type;
	ir_ref plain, folded;
};

struct pair {
	struct lift plain, folded;
	struct ir_unit plain_unit, folded_unit;
	struct value values[MAX_VALUES];
	unsigned count;
	uint64_t seed;
};

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned
pick(struct pair *p, unsigned count)
{
	return (unsigned)(next_random(&p->seed) >> 33) % count;
}

static int64_t
interesting_constant(struct pair *p)
{
	static const int64_t corners[] = { 0, 1, -1, 2, 8, 31, 32, 63, 0xff, 0xffff, 0xffffffff,
		INT64_MIN, INT64_MAX, INT32_MIN, INT32_MAX, 0x80, 0x100, 12, -8, 0x3f800000,
		0x7fc00000, 0x7ff0000000000000 };

	if (pick(p, 4) == 0)
		return (int64_t)next_random(&p->seed);
	return corners[pick(p, sizeof corners / sizeof corners[0])];
}

static void
add_value(struct pair *p, enum ir_type t, ir_ref plain, ir_ref folded)
{
	if (p->count < MAX_VALUES)
		p->values[p->count++] = (struct value){ t, plain, folded };
}

/*
 * A value of a type that `letter` allows in an instruction of type `t`; recent ones are likelier.
 */
static const struct value *
pick_operand(struct pair *p, char letter, enum ir_type t)
{
	for (unsigned tries = 0; tries < 64; tries++) {
		unsigned back = pick(p, pick(p, 2) ? p->count : 6) % p->count;
		const struct value *v = &p->values[p->count - 1 - back];
		enum ir_type have = v->type;
		bool integer = have == I32 || have == I64, real = have == F32 || have == F64;

		if ((letter == 't' && have == t) || (letter == 'i' && integer) ||
			(letter == 'w' && have == I32) || (letter == 'x' && have == I64) ||
			(letter == 'f' && real) || (letter == 'p' && have == t) ||
			(letter == 'v' && have == V128) || (letter == 'c' && have == FLAGS))
			return v;
	}
	return NULL;
}

static const uint8_t tried_ops[] = {
	IR_add,
	IR_sub,
	IR_mul,
	IR_umulh,
	IR_smulh,
	IR_umull,
	IR_smull,
	IR_udiv,
	IR_sdiv,
	IR_and,
	IR_or,
	IR_xor,
	IR_andn,
	IR_not,
	IR_neg,
	IR_shl,
	IR_lshr,
	IR_ashr,
	IR_ror,
	IR_extr,
	IR_clz,
	IR_ctz,
	IR_cls,
	IR_rbit,
	IR_bswap,
	IR_zext,
	IR_sext,
	IR_trunc,
	IR_bfi,
	IR_adc,
	IR_sbc,
	IR_zext,
	IR_sext,
	IR_trunc,
	IR_and,
	IR_add,
	IR_sub,
	IR_shl,
	IR_lshr,
	IR_ashr,
	IR_flags_add,
	IR_flags_sub,
	IR_flags_and,
	IR_flags_andn,
	IR_flags_adc,
	IR_flags_sbc,
	IR_flags_from_nzcv,
	IR_flags_to_nzcv,
	IR_flags_select,
	IR_select,
	IR_condition,
	IR_flags_fcmp,
	IR_fadd,
	IR_fmul,
	IR_fabs,
	IR_fneg,
	IR_f_from_bits,
	IR_bits_from_f,
	IR_v_from_f,
	IR_f_from_v,
	IR_vdup,
	IR_vinsert,
	IR_vextract,
	IR_vlow,
	IR_vcombine,
	IR_vhigh,
	IR_vand,
	IR_vor,
	IR_vxor,
	IR_vandn,
	IR_vnot,
	IR_vbsl,
	IR_vadd,
	IR_vsub,
	IR_vneg,
	IR_vmul,
	IR_vminu,
	IR_vcmpeq,
	IR_vshl_imm,
	IR_vlshr_imm,
	IR_vashr_imm,
	IR_vext,
	IR_vnarrow,
};

static enum ir_type
random_type(struct pair *p, enum ir_op op)
{
	switch (op) {
	case IR_umulh:
	case IR_smulh:
	case IR_umull:
	case IR_smull: return I64;
	case IR_trunc: return I32;
	case IR_fadd:
	case IR_fmul:
	case IR_fabs:
	case IR_fneg:
	case IR_f_from_bits:
	case IR_f_from_v: return pick(p, 2) ? F32 : F64;
	case IR_select: return (enum ir_type[]){ I32, I64, F64, V128 }[pick(p, 4)];
	default: return pick(p, 2) ? I32 : I64;
	}
}

static unsigned
random_aux(struct pair *p, enum ir_op op, enum ir_type t, enum ir_type operand_type)
{
	unsigned bits = t == I32 ? 32 : 64, lsb, lane = pick(p, 4);

	switch (op) {
	case IR_extr: return pick(p, bits);
	case IR_bswap: return 1 + pick(p, t == I32 ? 2 : 3);
	case IR_zext:
	case IR_sext: return (unsigned[]){ 8, 16, 32, 1 + pick(p, 32) }[pick(p, 4)];
	case IR_bfi: lsb = pick(p, bits); return lsb | (1 + pick(p, bits - lsb)) << 8;
	case IR_flags_select:
	case IR_select:
	case IR_condition: return pick(p, 16);
	case IR_vinsert:
		lane = operand_type == I32 ? pick(p, 3) : lane;
		return lane | pick(p, 16 >> lane) << 8;
	case IR_vextract:
		lane = t == I32 ? pick(p, 3) : lane;
		return lane | pick(p, 2) * IR_V_SIGNED | pick(p, pick(p, 2) ? 1 : 16 >> lane) << 8;
	case IR_vext: return pick(p, 16) << 8;
	case IR_vshl_imm: return lane | pick(p, 8u << lane) << 8;
	case IR_vlshr_imm:
	case IR_vashr_imm: return lane | (1 + pick(p, 8u << lane)) << 8;
	case IR_vmul:
	case IR_vminu:
	case IR_vnarrow: return pick(p, 3);
	case IR_vdup: return operand_type == I32 ? pick(p, 3) : lane;
	default: return ir_op_info[op].has_aux && op != IR_flags_fcmp ? lane : 0;
	}
}

/* The type an operand must have for the result type: bits_from_f and its kin. */
static char
operand_letter(enum ir_op op, unsigned k, enum ir_type t, enum ir_type *want)
{
	char letter = ir_operand_types(op)[k];

	*want = t;
	if (op == IR_bits_from_f)
		*want = t == I32 ? F32 : F64;
	else if (op == IR_f_from_bits)
		*want = t == F32 ? I32 : I64;
	else
		return letter;
	return 't';
}

static void
emit_random_op(struct pair *p)
{
	enum ir_op op = tried_ops[pick(p, sizeof tried_ops)];
	const struct ir_op_info *info = &ir_op_info[op];
	enum ir_type t = random_type(p, op);
	ir_ref plain[3] = { IR_NONE, IR_NONE, IR_NONE }, folded[3] = { IR_NONE, IR_NONE, IR_NONE };
	enum ir_type first = IR_VOID, last = IR_VOID;
	unsigned aux;
	struct ir_insn made;

	if (info->result == IR_RESULT_V128)
		t = V128;
	if (info->result == IR_RESULT_FLAGS0)
		t = FLAGS;
	for (unsigned k = 0; k < info->operands; k++) {
		enum ir_type want;
		char letter = operand_letter(op, k, t, &want);
		const struct value *v;

		/* Both sides of a comparison are of one type. */
		if (op == IR_flags_fcmp && k == 1) {
			letter = 't';
			want = first;
		}
		v = pick_operand(p, letter, want);
		if (v == NULL)
			return;
		if (k == 0)
			first = v->type;
		last = v->type;
		plain[k] = v->plain;
		folded[k] = v->folded;
	}
	aux = random_aux(p, op, t, last);
	made = (struct ir_insn){ .op = op, .type = t };
	add_value(p, ir_result_type(&made),
		ir_emit(&p->plain, op, t, aux, plain[0], plain[1], plain[2]),
		ir_emit(&p->folded, op, t, aux, folded[0], folded[1], folded[2]));
}

static void
emit_random_state_access(struct pair *p)
{
	static const enum ir_type types[SLOT_COUNT] = { I64, I64, I64, I64, V128, V128, V128, FLAGS,
		I64 };
	unsigned slot = pick(p, SLOT_COUNT);
	enum ir_type t = types[slot];
	const struct value *v;

	if (t == V128 && pick(p, 2))
		t = pick(p, 2) ? F32 : F64;
	if (pick(p, 2)) {
		v = pick_operand(p, 't', t);
		if (v == NULL)
			return;
		ir_put(&p->plain, slot, v->plain);
		ir_put(&p->folded, slot, v->folded);
		return;
	}
	if (t == I64 && pick(p, 2))
		t = I32;
	add_value(p, t, ir_get(&p->plain, t, slot), ir_get(&p->folded, t, slot));
}

static void
emit_random_exit(struct pair *p)
{
	const struct value *v = pick_operand(p, 'c', FLAGS);
	unsigned condition = pick(p, 14);
	uint64_t pc = 0x2000 + 4u * p->count;

	if (v == NULL)
		return;
	ir_exit_if(&p->plain, condition, v->plain, pc);
	ir_exit_if(&p->folded, condition, v->folded, pc);
}

static void
build_random_unit(struct pair *p, uint64_t seed)
{
	p->seed = seed;
	p->count = 0;
	ir_begin(&p->plain, &p->plain_unit, &layout, 0x1000, (uint32_t)pick(p, 16));
	ir_begin(&p->folded, &p->folded_unit, &layout, 0x1000, p->plain_unit.mode);
	p->plain.no_folding = true;
	for (unsigned n = 0; n < 120; n++) {
		unsigned what = pick(p, 16);

		if (n < 6 || what < 3) {
			enum ir_type t = (enum ir_type[]){ I32, I64, F32, F64 }[pick(p, 4)];
			int64_t c = interesting_constant(p);

			add_value(p, t, ir_const(&p->plain, t, c), ir_const(&p->folded, t, c));
		} else if (what < 6) {
			emit_random_state_access(p);
		} else if (what == 6 && pick(p, 3) == 0) {
			emit_random_exit(p);
		} else if (what == 7 && pick(p, 2)) {
			int64_t nzcv = pick(p, 16);

			add_value(p, FLAGS, ir_flags_const(&p->plain, nzcv),
				ir_flags_const(&p->folded, nzcv));
		} else {
			emit_random_op(p);
		}
	}
	ir_exit_direct(&p->plain, 0x1004);
	ir_exit_direct(&p->folded, 0x1004);
	ir_finish(&p->folded);
}

/* ---- comparison -------------------------------------------------------------------------- */

static void
fill_state(struct pair *p, struct cpu *cpu)
{
	memset(cpu, 0, sizeof *cpu);
	for (unsigned n = 64; n < 160; n += 8) {
		uint64_t v = (uint64_t)interesting_constant(p);

		memcpy(cpu->guest + n, &v, 8);
	}
	cpu->guest[144] &= 15;
	memset(cpu->guest + 145, 0, 3);
}

static void
print_pair(const struct pair *p)
{
	static char text[1 << 16];

	ir_print(&p->plain_unit, text, sizeof text);
	fprintf(stderr, "as asked:\n%s\n", text);
	ir_print(&p->folded_unit, text, sizeof text);
	fprintf(stderr, "folded:\n%s\n", text);
}

static bool
same_outcome(const struct pair *p, const struct cpu *start)
{
	struct cpu a = *start, b = *start;
	struct ir_outcome x = ir_interpret(&interpreter, &p->plain_unit, &a);
	struct ir_outcome y = ir_interpret(&interpreter, &p->folded_unit, &b);

	return x.exit == y.exit && x.pc == y.pc && x.fpsr == y.fpsr &&
	       memcmp((const char *)&a, (const char *)&b, sizeof a) == 0;
}

Test(ir_fold, random_units_keep_their_meaning)
{
	static struct pair p;
	struct cpu start;
	char why[200];

	for (uint64_t seed = 1; seed <= 20000; seed++) {
		build_random_unit(&p, seed * UINT64_C(0x9e3779b97f4a7c15));
		cr_assert(ir_verify(&p.plain_unit, why, sizeof why), "seed %lu: %s", seed, why);
		if (!ir_verify(&p.folded_unit, why, sizeof why)) {
			print_pair(&p);
			cr_assert_fail("seed %lu, folded: %s", seed, why);
		}
		for (unsigned n = 0; n < 2; n++) {
			fill_state(&p, &start);
			if (!same_outcome(&p, &start)) {
				print_pair(&p);
				cr_assert_fail("seed %lu: folding changed the result", seed);
			}
		}
	}
}

/* ---- forms that backends and good code rely on ------------------------------------------- */

static struct lift lift;
static struct ir_unit unit;

static void
begin(void)
{
	ir_begin(&lift, &unit, &layout, 0x1000, 0);
}

static const struct ir_insn *
insn(ir_ref r)
{
	return &unit.insns[r];
}

Test(ir_fold, chains_of_constants_join)
{
	ir_ref x, y;

	begin();
	x = ir_get(&lift, I64, SLOT_X0);
	y = ir_add(&lift, I64, ir_add(&lift, I64, x, ir_const(&lift, I64, 40)),
		ir_const(&lift, I64, 2));
	cr_assert_eq(insn(y)->op, IR_add);
	cr_assert_eq(insn(y)->a, x);
	cr_assert_eq(insn(insn(y)->b)->imm, 42);
	cr_assert_eq(ir_sub(&lift, I64, y, ir_const(&lift, I64, 42)), x);
	cr_assert_eq(
		insn(ir_add(&lift, I64, ir_address(&lift, 0x5000), ir_const(&lift, I64, 8)))->imm,
		0x5008);
}

Test(ir_fold, increments_by_a_carry_are_additions_with_it)
{
	ir_ref x, more, flags, r;

	begin();
	x = ir_get(&lift, I64, SLOT_X0);
	flags = ir_flags_sub(&lift, I64, x, ir_get(&lift, I64, SLOT_X1));
	more = ir_add(&lift, I64, x, ir_const(&lift, I64, 1));
	r = ir_select(&lift, I64, IR_CC, flags, x, more);
	cr_assert_eq(insn(r)->op, IR_adc);
	cr_assert_eq(insn(r)->a, x);
	cr_assert_eq(insn(insn(r)->b)->imm, 0);
	cr_assert_eq(insn(r)->c, flags);
	cr_assert_eq(ir_select(&lift, I64, IR_CS, flags, more, x), r);
	cr_assert_eq(insn(ir_select(&lift, I64, IR_CS, flags, x, more))->op, IR_select);
	cr_assert_eq(insn(ir_select(&lift, I64, IR_EQ, flags, more, x))->op, IR_select);
}

/* CSET w2, lt; CBNZ w2. */
Test(ir_fold, conditions_compared_with_zero_are_themselves)
{
	ir_ref flags, set, test, exit;

	begin();
	flags = ir_flags_sub(&lift, I64, ir_get(&lift, I64, SLOT_X0), ir_get(&lift, I64, SLOT_X1));
	set = ir_condition(&lift, I32, IR_LT, flags);
	test = ir_flags_sub(&lift, I32, ir_trunc(&lift, I32, ir_zext(&lift, I64, 32, set)),
		ir_const(&lift, I32, 0));
	exit = ir_exit_if(&lift, IR_NE, test, 0x40);
	cr_assert_eq(insn(exit)->a, flags);
	cr_assert_eq(insn(exit)->aux, IR_LT);
	exit = ir_exit_if(&lift, IR_EQ, test, 0x40);
	cr_assert_eq(insn(exit)->aux, IR_GE);
	exit = ir_exit_if(&lift, IR_HI, test, 0x40);
	cr_assert_eq(insn(exit)->a, test);
	cr_assert_eq(ir_condition(&lift, I32, IR_NE, test), set);
}

Test(ir_fold, values_compared_with_themselves_are_equal)
{
	ir_ref x, flags;

	begin();
	x = ir_get(&lift, I64, SLOT_X0);
	flags = ir_flags_sub(&lift, I64, x, x);
	cr_assert_eq(insn(flags)->op, IR_flags_const);
	cr_assert_eq(insn(flags)->imm, 6);
	cr_assert_eq(ir_align_check(&lift, 3, x), ir_align_check(&lift, 3, x));
}

/* CMP x0, #1; CCMP x1, #2, #0, eq; B.NE: the branch of `if (a == 1 && b == 2)`. */
Test(ir_fold, exits_on_two_comparisons_are_two_exits)
{
	static char text[4096];
	ir_ref first, second, both;

	begin();
	first = ir_flags_sub(&lift, I64, ir_get(&lift, I64, SLOT_X0), ir_const(&lift, I64, 1));
	second = ir_flags_sub(&lift, I64, ir_get(&lift, I64, SLOT_X1), ir_const(&lift, I64, 2));
	both = ir_flags_select(&lift, IR_EQ, first, second, ir_flags_const(&lift, 0));
	ir_put(&lift, SLOT_FLAGS, both);
	ir_exit_if(&lift, IR_NE, both, 0x40);
	ir_exit_if(&lift, IR_HI, ir_get(&lift, FLAGS, SLOT_FLAGS), 0x80);
	ir_exit_direct(&lift, 0x44);
	ir_finish(&lift);
	ir_print(&unit, text, sizeof text);
	cr_assert_not_null(strstr(text, "put nzcv, %6\nexit_if ne, %2, 0x40\n"
					"put nzcv, %5\nexit_if ne, %5, 0x40\n"
					"exit_if hi, %5, 0x80\n"),
		"%s", text);
	cr_assert_eq(insn(6)->op, IR_flags_const);

	/* where both must hold for the exit to be taken, it stays one */
	begin();
	both = ir_flags_select(&lift, IR_EQ, ir_get(&lift, FLAGS, SLOT_FLAGS),
		ir_flags_sub(&lift, I64, ir_get(&lift, I64, SLOT_X1), ir_const(&lift, I64, 2)),
		ir_flags_const(&lift, 0));
	ir_exit_if(&lift, IR_EQ, both, 0x40);
	cr_assert_eq(insn(unit.count - 1)->a, both);
	cr_assert_neq(insn(unit.count - 2)->op, IR_exit_if);
}

/* Indices of arrays of structures: SMADDL with a constant. */
Test(ir_fold, long_products_with_constants_are_shifts)
{
	ir_ref x, r;

	begin();
	x = ir_get(&lift, I32, SLOT_X0);
	r = ir_smull(&lift, I64, ir_const(&lift, I32, 32), x);
	cr_assert_eq(insn(r)->op, IR_shl);
	cr_assert_eq(insn(insn(r)->a)->op, IR_sext);
	r = ir_umull(&lift, I64, x, ir_const(&lift, I32, -1));
	cr_assert_eq(insn(r)->op, IR_mul);
	cr_assert_eq(insn(insn(r)->b)->imm, 0xffffffff);
	cr_assert_eq(insn(insn(r)->a)->op, IR_zext);
}

/* What a base was made of need not be kept for accesses beside it. */
Test(ir_fold, sums_in_slots_are_bases)
{
	ir_ref x, base;

	begin();
	x = ir_get(&lift, I64, SLOT_X0);
	base = ir_add(&lift, I64, x, ir_const(&lift, I64, 16));
	ir_put(&lift, SLOT_X0, base);
	cr_assert_eq(insn(ir_add(&lift, I64, base, ir_const(&lift, I64, 8)))->a, base);
}

Test(ir_fold, upper_halves_are_cleared_once)
{
	ir_ref x, y, z;

	begin();
	x = ir_vlow(&lift, ir_get(&lift, V128, SLOT_V0));
	y = ir_v_from_f(&lift, ir_load(&lift, F64, 3, ir_get(&lift, I64, SLOT_X0)));
	z = ir_vxor(&lift, ir_vshl_imm(&lift, 2 | 5 << 8, x), ir_vadd(&lift, 2, x, y));
	cr_assert_eq(ir_vlow(&lift, z), z);
	z = ir_vcmpeq(&lift, 2, x, y); /* equal zeros: all ones */
	cr_assert_neq(ir_vlow(&lift, z), z);
	z = ir_vxor(&lift, x, ir_get(&lift, V128, SLOT_V0));
	cr_assert_neq(ir_vlow(&lift, z), z);
}

Test(ir_fold, narrow_gets_come_from_puts)
{
	ir_ref w, x;

	begin();
	w = ir_get(&lift, I32, SLOT_X0);
	cr_assert_eq(insn(w)->op, IR_get);
	x = ir_zext(&lift, I64, 32, w);
	ir_put(&lift, SLOT_X1, x);
	cr_assert_eq(ir_get(&lift, I32, SLOT_X1), w);
	cr_assert_eq(ir_get(&lift, I64, SLOT_X1), x);
	cr_assert_eq(ir_get(&lift, I32, SLOT_X0), w, "equal narrow gets are one");
}

Test(ir_fold, equal_operations_are_one)
{
	ir_ref a, b;

	begin();
	a = ir_get(&lift, V128, SLOT_V0);
	b = ir_get(&lift, V128, SLOT_V0 + 1);
	cr_assert_eq(ir_vadd(&lift, 2, a, b), ir_vadd(&lift, 2, a, b));
	cr_assert_neq(ir_vadd(&lift, 2, a, b), ir_vadd(&lift, 1, a, b));
}

Test(ir_fold, runtime_calls_forget_slots)
{
	ir_ref before, after;

	begin();
	before = ir_get(&lift, I64, SLOT_X0);
	ir_runtime_call(&lift, I64, 0, ir_const(&lift, I64, 0));
	after = ir_get(&lift, I64, SLOT_X0);
	cr_assert_neq(before, after);
}

Test(ir_fold, memory_slots_are_always_read)
{
	begin();
	cr_assert_neq(ir_get(&lift, I64, SLOT_MEMORY), ir_get(&lift, I64, SLOT_MEMORY));
}

Test(ir_fold, dead_puts_and_values_go)
{
	begin();
	ir_guest_pc(&lift, 0x1000);
	ir_put(&lift, SLOT_X0,
		ir_add(&lift, I64, ir_get(&lift, I64, SLOT_X1), ir_const(&lift, I64, 5)));
	ir_guest_pc(&lift, 0x1004);
	ir_put(&lift, SLOT_X0, ir_const(&lift, I64, 7));
	ir_exit_direct(&lift, 0x1008);
	ir_finish(&lift);
	cr_assert_eq(unit.count, 3);
	cr_assert_eq(unit.insns[0].op, IR_const);
	cr_assert_eq(unit.insns[1].op, IR_put);
	cr_assert_eq(unit.insns[2].op, IR_exit_direct);
}

Test(ir_fold, puts_before_a_faulting_access_stay)
{
	ir_ref x1;

	begin();
	x1 = ir_get(&lift, I64, SLOT_X1);
	ir_put(&lift, SLOT_X0, ir_const(&lift, I64, 1));
	ir_guest_pc(&lift, 0x1004);
	ir_store(&lift, 3, x1, x1);
	ir_put(&lift, SLOT_X0, ir_const(&lift, I64, 2));
	ir_exit_direct(&lift, 0x1008);
	ir_finish(&lift);
	unsigned puts = 0, markers = 0;

	for (unsigned n = 0; n < unit.count; n++) {
		puts += unit.insns[n].op == IR_put;
		markers += unit.insns[n].op == IR_guest_pc;
	}
	cr_assert_eq(puts, 2);
	cr_assert_eq(markers, 1);
}

Test(ir_fold, dead_floating_point_still_raises)
{
	ir_ref f;

	begin();
	f = ir_get(&lift, F64, SLOT_V0);
	ir_put(&lift, SLOT_V0, ir_fadd(&lift, F64, 0, f, f));
	ir_put(&lift, SLOT_V0, f);
	ir_exit_direct(&lift, 0x1004);
	ir_finish(&lift);
	cr_assert_eq(unit.insns[1].op, IR_fadd);
}

Test(ir_fold, full_units_overflow_quietly)
{
	begin();
	for (unsigned n = 0; n < IR_MAX_INSNS + 100; n++)
		ir_put(&lift, SLOT_X0, ir_const(&lift, I64, n + 1));
	cr_assert(lift.overflow);
	cr_assert_eq(unit.count, IR_MAX_INSNS);
}

Test(ir_fold, printer_shows_operands)
{
	char text[400];

	begin();
	ir_ref x = ir_get(&lift, I64, SLOT_X1);

	ir_put(&lift, SLOT_X0, ir_load(&lift, I32, IR_MEM_SIGNED | 1, x));
	ir_exit_if(&lift, IR_NE, ir_flags_sub(&lift, I64, x, ir_const(&lift, I64, 9)), 0x40);
	ir_print(&unit, text, sizeof text);
	cr_assert_str_eq(strchr(text, '\n') + 1,
		"%0 = get.i64 x1\n%1 = load.i32 s16, %0\nput x0, %1\n%3 = const.i64 0x9\n"
		"%4 = flags_sub.i64 %0, %3\nexit_if ne, %4, 0x40\n");
}

Test(ir_fold, verifier_refuses_unsound_units)
{
	char why[200];

	begin();
	ir_put(&lift, SLOT_X0, ir_const(&lift, I32, 1));
	ir_exit_direct(&lift, 0x40);
	cr_assert_not(ir_verify(&unit, why, sizeof why), "an I32 put of an integer slot");
	begin();
	ir_put(&lift, SLOT_X0, ir_const(&lift, I64, 1));
	cr_assert_not(ir_verify(&unit, why, sizeof why), "no final exit");
	ir_exit_direct(&lift, 0x40);
	cr_assert(ir_verify(&unit, why, sizeof why), "%s", why);
	unit.insns[1].a = 2;
	cr_assert_not(ir_verify(&unit, why, sizeof why), "operand not earlier");
}
