// SPDX-License-Identifier: Apache-2.0
// Compiled floating-point operations against the interpreter: every operation, type, rounding and mode on random and
// corner operands, in several register layouts. Values are compared bit for bit. Flags too: all of them in the modes that
// promise it, and otherwise all but underflow, which x86 detects after rounding.
#include "backend/x86_64/compiler.h"
#include "ir/float.h"
#include "tests/unit/compiled_unit.h"
#include "tests/unit/known_answer_inputs.h"

#ifndef ROUNDS
#define ROUNDS 150 /* operands a case, mode and layout */
#endif

#define UNIT_PC 0x10000

/* One IR operation: its record without operands, and their type. */
struct operation {
	enum ir_op op;
	enum ir_type type, from;
	unsigned aux;
	int64_t imm;
};

/* Registers of the operands and the result, and what else the unit does. */
struct layout {
	uint8_t a, b, c, result;
	bool constant_b; /* b is a constant (scalars) */
	bool chained;    /* the result is used again */
	bool pressure; /* all vector registers, and integers in scratch registers, are live across the operation */
	bool discarded; /* only the flags are left of it */
};

static const struct layout layouts[] = {
	{ 0, 1, 2, 3, false, false, false, false },
	{ 0, 1, 2, 0, false, true, false, false },
	{ 20, 31, 7, 20, false, false, false, false },
	{ 5, 5, 5, 6, false, true, false, false },
	{ 0, 1, 2, 2, true, true, false, false },
	{ 17, 18, 19, 30, false, true, true, false },
	{ 1, 0, 3, 0, false, false, true, false },
	{ 3, 21, 4, 5, false, false, false, true },
};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static const uint32_t mode_variants[] = {
	0,
	IR_MODE_DEFAULT_NAN,
	IR_MODE_FLUSH,
	IR_MODE_FLUSH | IR_MODE_DEFAULT_NAN,
	IR_MODE_EXACT_FLAGS,
	IR_MODE_EXACT_FLAGS | IR_MODE_FLUSH,
	IR_MODE_CHECK_NANS,
	IR_MODE_CHECK_NANS | IR_MODE_EXACT_FLAGS,
};
#define MODES (4 * sizeof(mode_variants) / sizeof(mode_variants[0]))

static uint32_t
mode_of(unsigned n)
{
	return (n & 3) | mode_variants[n >> 2];
}

static struct compiled_test test;
static struct lift lift;
static struct ir_unit unit;

/* ---- building the unit ------------------------------------------------------------------------------------- */

static bool
is_integer(enum ir_type t)
{
	return t == I32 || t == I64;
}

static ir_ref
get(enum ir_type t, unsigned r)
{
	return ir_get(&lift, t, (is_integer(t) ? A64_SLOT_X0 : A64_SLOT_V0) + r);
}

static void
put(enum ir_type t, unsigned r, ir_ref value)
{
	if (t == I32)
		value = ir_zext(&lift, I64, 32, value);
	ir_put(&lift, (is_integer(t) ? A64_SLOT_X0 : A64_SLOT_V0) + r, value);
}

static ir_ref
emit(const struct operation *o, const struct layout *layout, uint64_t constant)
{
	unsigned operands = ir_op_info[o->op].operands;
	ir_ref a = get(o->from, layout->a), b = IR_NONE, c = IR_NONE;

	if (ir_op_info[o->op].has_imm)
		return ir_emit_imm(&lift, o->op, o->type, o->aux, a, o->imm);
	if (operands > 1 && layout->constant_b && o->from != V128)
		b = ir_const(&lift, o->from, (int64_t)constant);
	else if (operands > 1)
		b = get(o->from, layout->b);
	if (operands > 2)
		c = get(o->from, layout->c);
	return ir_emit(&lift, o->op, o->type, o->aux, a, b, c);
}

static void
build(const struct operation *o, const struct layout *layout, uint32_t mode, uint64_t constant)
{
	ir_ref all[32] = { 0 }, integers[4] = { 0 }, value;

	ir_begin(&lift, &unit, &a64_layout, UNIT_PC, mode);
	for (unsigned r = 0; layout->pressure && r < 32; r++)
		all[r] = get(V128, r);
	for (unsigned n = 0; layout->pressure && n < 4; n++)
		integers[n] = ir_xor(&lift, I64, get(I64, 2 * n), get(I64, 2 * n + 1));
	value = emit(o, layout, constant);
	for (unsigned r = 0; layout->pressure && r < 32; r++)
		put(V128, r, all[(r + 1) % 32]);
	for (unsigned n = 0; layout->pressure && n < 4; n++)
		put(I64, 20 + n, integers[n]);
	if (!layout->discarded)
		put(o->type, layout->result, value);
	if (layout->chained && !is_integer(o->type)) {
		unsigned lane = o->type == V128 ? o->aux & 3 : 0;

		put(o->type, 9, ir_fneg(&lift, o->type, lane, value));
		put(o->type, 25, ir_fadd(&lift, o->type, lane, value, get(o->type, 10)));
	}
	ir_exit_direct(&lift, UNIT_PC + 4);
	ir_finish(&lift);
	unit.range_count = 0;
}

/* ---- running it ------------------------------------------------------------------------------------------------ */

/* MXCSR's sticky flags and what C computed, as FPSR has them; the denormal flag has no counterpart. */
static uint32_t
compiled_flags(const struct cpu *cpu)
{
	static const uint32_t fpsr[6] = { FPSR_IOC, 0, FPSR_DZC, FPSR_OFC, FPSR_UFC, FPSR_IXC };
	uint32_t flags = (uint32_t)cpu->cold.fp_flags;

	for (unsigned n = 0; n < 6; n++)
		if (cpu->hot.fp_control >> n & 1)
			flags |= fpsr[n];
	return flags;
}

/* Flags that may differ: underflow, in the modes that do not promise it. */
static uint32_t
loose_flags(uint32_t mode)
{
	return mode & (IR_MODE_FLUSH | IR_MODE_EXACT_FLAGS) ? 0 : FPSR_UFC;
}

static void
set_inputs(const struct operation *o, const struct layout *layout, uint64_t *seed)
{
	unsigned lane = o->from == V128 ? o->aux & 3 : o->from == F32 || o->from == I32 ? 2 : 3;
	struct a64_state *s = a64_state(test.compiled);
	struct known_answer_operands in;
	uint64_t r = known_answer_random(seed);

	known_answer_vector(seed, lane, &in.a);
	known_answer_vector(seed, lane, &in.b);
	known_answer_vector(seed, lane, &in.c);
	if ((r & 7) == 1)
		in.b = in.a;
	if ((r & 7) == 2)
		in.c.d[0] = in.a.d[0] ^ UINT64_C(0x8000000080000000);
	/* halfway between singles, and between integers */
	for (unsigned n = 0; (r & 7) >= 6 && n < 2; n++)
		in.a.d[n] &= ~UINT64_C(0) << ((r & 7) == 6 ? 28 : 40);
	for (unsigned n = 0; n < 32; n++)
		s->v[n].d[1] ^= known_answer_random(seed);
	known_answer_vector(seed, lane, &s->v[10]);
	s->v[layout->c] = in.c;
	s->v[layout->b] = in.b;
	s->v[layout->a] = in.a;
	for (unsigned n = 0; n < 8; n++)
		s->x[n] = known_answer_random(seed);
	s->x[layout->a] = in.a.d[0];
}

static void
report(const struct operation *o, uint32_t mode, const struct layout *layout,
	const struct a64_state *before, const struct ir_outcome *outcome, const char *slot)
{
	static char text[1 << 16];
	const struct a64_state *is = a64_state(test.compiled), *want = a64_state(test.interpreted);
	unsigned r = layout->result;

	ir_print(&unit, text, sizeof(text));
	cr_assert_fail("%s, mode %#x: slot %s differs; flags %#x instead of %#x\n"
		       "a %016lx%016lx b %016lx%016lx c %016lx%016lx x %016lx\n"
		       "v%u %016lx%016lx instead of %016lx%016lx, x%u %016lx instead of %016lx\n%s",
		ir_op_info[o->op].name, mode, slot ? slot : "none", compiled_flags(test.compiled),
		outcome->fpsr, before->v[layout->a].d[1], before->v[layout->a].d[0],
		before->v[layout->b].d[1], before->v[layout->b].d[0], before->v[layout->c].d[1],
		before->v[layout->c].d[0], before->x[layout->a], r, is->v[r].d[1], is->v[r].d[0],
		want->v[r].d[1], want->v[r].d[0], r, is->x[r], want->x[r], text);
}

/* Run the unit both ways on one set of inputs. */
static void
run_once(const struct operation *o, uint32_t mode, const struct layout *layout,
	const struct code_unit *code, uint64_t *seed)
{
	static struct a64_state before;
	struct ir_outcome outcome;
	const char *slot;
	uint32_t loose;

	set_inputs(o, layout, seed);
	test.compiled->hot.indirect_table = test.table;
	test.compiled->hot.mode = mode;
	test.compiled->hot.fp_control = backend_fp_control_for_mode(mode);
	test.compiled->cold.fp_flags = 0;
	memcpy(&before, test.compiled, sizeof(before));
	memcpy(test.interpreted, test.compiled, sizeof(before));
	outcome = ir_interpret(&compiled_test_interpreter, &unit, test.interpreted);
	backend_enter(test.compiled, code);
	slot = differing_slot(&test);
	loose = loose_flags(mode);
	if (slot || (compiled_flags(test.compiled) | loose) != (outcome.fpsr | loose))
		report(o, mode, layout, &before, &outcome, slot);
}

static void
run_operation(const struct operation *o, uint64_t *seed)
{
	for (unsigned n = 0; n < MODES; n++) {
		const struct layout *layout = &layouts[known_answer_random(seed) % LAYOUTS];
		uint32_t mode = mode_of(n);
		struct code_unit *code;

		build(o, layout, mode, known_answer_corner(seed, o->from == F32 ? 2 : 3));
		test.space = test.start;
		code = backend_compile(&test.space, &unit);
		cr_assert_not_null(code, "%s was not compiled", ir_op_info[o->op].name);
		for (unsigned round = 0; round < ROUNDS; round++)
			run_once(o, mode, layout, code, seed);
	}
}

/* An operation on both scalar types and both vector arrangements. */
static void
run_all_types(enum ir_op op, unsigned aux, uint64_t *seed)
{
	static const struct {
		enum ir_type type;
		unsigned lane;
	} types[] = { { F32, 0 }, { F64, 0 }, { V128, 2 }, { V128, 3 } };

	for (unsigned t = 0; t < 4; t++)
		run_operation(&(struct operation){ op, types[t].type, types[t].type,
				      aux | types[t].lane, 0 },
			seed);
}

/* ---- the tests: with what the host has, and as on a host without AVX-512 ------------------------------------------ */

static void
begin(bool without_avx512)
{
	compiled_test_begin(&test);
	if (without_avx512)
		host_features.avx512 = false;
}

static void
test_arithmetic(bool without_avx512)
{
	static const uint8_t ops[] = { IR_fadd, IR_fsub, IR_fmul, IR_fdiv, IR_fsqrt, IR_fmax,
		IR_fmin, IR_fmaxnm, IR_fminnm, IR_fabs, IR_fneg };
	uint64_t seed = 1;

	begin(without_avx512);
	for (unsigned n = 0; n < sizeof(ops); n++)
		run_all_types(ops[n], 0, &seed);
	for (unsigned n = 0; n < 4; n++)
		run_all_types(IR_fma,
			(n & 1 ? IR_FP_NEGATE_PRODUCT : 0) | (n & 2 ? IR_FP_NEGATE_ADDEND : 0),
			&seed);
	cr_assert_gt(test.compiled->cold.invalid_operations, 0, "invalid operations do not trap");
}

static void
test_compare(bool without_avx512)
{
	uint64_t seed = 2;

	begin(without_avx512);
	for (unsigned compare = IR_FP_COMPARE_EQ; compare <= IR_FP_COMPARE_GT; compare++)
		for (unsigned lane = 2; lane <= 3; lane++)
			run_operation(
				&(struct operation){ IR_vfcmp, V128, V128, lane | compare << 8, 0 },
				&seed);
}

static void
test_round(bool without_avx512)
{
	uint64_t seed = 3;

	begin(without_avx512);
	run_operation(&(struct operation){ IR_fcvt, F32, F64, 0, 0 }, &seed);
	run_operation(&(struct operation){ IR_fcvt, F64, F32, 0, 0 }, &seed);
	for (unsigned rounding = IR_ROUND_NEAREST; rounding <= IR_ROUND_CURRENT; rounding++) {
		run_all_types(IR_frint, rounding << IR_FP_ROUNDING_SHIFT, &seed);
		run_all_types(IR_frint, rounding << IR_FP_ROUNDING_SHIFT | IR_FP_EXACT, &seed);
	}
}

/* Scalars between types of every size, then lanes; 0 and some numbers of fraction bits. */
static void
run_conversions(enum ir_op op, unsigned aux, uint64_t *seed)
{
	static const uint8_t fraction_bits[] = { 0, 1, 13, 32 };
	static const enum ir_type floats[2] = { F32, F64 }, integers[2] = { I32, I64 };
	bool to_int = op == IR_fcvt_to_int;

	for (unsigned n = 0; n < 4; n++) {
		enum ir_type f = floats[n & 1], i = integers[n >> 1];

		for (unsigned k = 0; k < 4; k++)
			run_operation(&(struct operation){ op, to_int ? i : f, to_int ? f : i, aux,
					      fraction_bits[k] },
				seed);
	}
	for (unsigned lane = 2; lane <= 3; lane++)
		for (unsigned k = 0; k < 4; k++)
			run_operation(
				&(struct operation){ op, V128, V128, lane | aux, fraction_bits[k] },
				seed);
	run_operation(
		&(struct operation){ op, to_int ? I64 : F32, to_int ? F32 : I64, aux, 64 }, seed);
	run_operation(&(struct operation){ op, V128, V128, 3 | aux, 64 }, seed);
}

static void
test_to_int(bool without_avx512)
{
	uint64_t seed = 4;

	begin(without_avx512);
	for (unsigned rounding = IR_ROUND_NEAREST; rounding <= IR_ROUND_CURRENT; rounding++) {
		run_conversions(IR_fcvt_to_int, rounding << IR_FP_ROUNDING_SHIFT, &seed);
		run_conversions(
			IR_fcvt_to_int, rounding << IR_FP_ROUNDING_SHIFT | IR_FP_UNSIGNED, &seed);
	}
}

static void
test_from_int(bool without_avx512)
{
	uint64_t seed = 5;

	begin(without_avx512);
	run_conversions(IR_int_to_fp, 0, &seed);
	run_conversions(IR_int_to_fp, IR_FP_UNSIGNED, &seed);
}

#define BOTH_HOSTS(name)                 \
	Test(backend_float, name)        \
	{                                \
		test_##name(false);      \
	}                                \
	Test(backend_float, name##_avx2) \
	{                                \
		test_##name(true);       \
	}

BOTH_HOSTS(arithmetic)
BOTH_HOSTS(compare)
BOTH_HOSTS(round)
BOTH_HOSTS(to_int)
BOTH_HOSTS(from_int)
