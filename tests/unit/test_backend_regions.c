// SPDX-License-Identifier: Apache-2.0
// Regions against the IR interpreter: random traces that jump to each other, loops among them, do what the interpreter does trace by
// trace; and state at faults inside them is precise.
#include <signal.h>
#include <ucontext.h>

#include "random_unit.h"

#define MAX_TRACES 6
/* Not what an indirect exit could lead to by chance. */
#define TRACE_PC(k)   (UINT64_C(0x71c53000) + (UINT64_C(1) << WIDE_STEP_BITS) * (k))
#define OUT_OF_ROUNDS 0x900000
#define ROUNDS_SLOT   27 /* x27 counts the traces that may still run */

static struct ir_unit traces[MAX_TRACES], prefix;
static struct generator generator;
static struct compiled_test test;

/* A trace that gives up when the rounds are spent, so that every loop ends. */
static void
generate_trace(struct ir_unit *u, unsigned number, const struct exit_targets *targets)
{
	struct lift *l = &generator.l;
	ir_ref rounds;

	generator.first_kept_slot = ROUNDS_SLOT; /* and the window's */
	generate_begin(&generator, u, TRACE_PC(number));
	rounds = ir_get(l, I64, ROUNDS_SLOT);
	ir_exit_if(l, IR_EQ, ir_flags_sub(l, I64, rounds, ir_const(l, I64, 0)), OUT_OF_ROUNDS);
	ir_put(l, ROUNDS_SLOT, ir_sub(l, I64, rounds, ir_const(l, I64, 1)));
	if (below(3) == 0)
		ir_exit_unless(l, IR_INDIRECT_JUMP, pick(generator.i64, generator.n64),
			(int64_t)random_value());
	generate_body(&generator, 2 + below(30), targets);
}

/* ---- traces about flags ------------------------------------------------------------------------------------------------ */

#define HOLE_SLOT 26 /* x26 holds an address at which accesses fault, where a test wants faults */

/* Few slots change, so that flags that pend at an edge often have operands that the next trace writes. */
static void
generate_steps(struct lift *l, unsigned count)
{
	for (unsigned k = 0; k < count; k++) {
		unsigned from = below(4), to = below(4);
		ir_ref base = ir_get(l, I64, below(8) ? 28 : HOLE_SLOT);

		switch (below(3)) {
		case 0:
			l->pc += 4;
			ir_guest_pc(l, (int64_t)l->pc);
			ir_put(l, to,
				ir_load(l, I64, 3,
					ir_add(l, I64, base, ir_const(l, I64, 8 * below(4)))));
			break;
		default:
			ir_put(l, to,
				ir_add(l, I64, ir_get(l, I64, from),
					ir_const(l, I64, (int64_t)below(9) - 4)));
		}
	}
}

static void
generate_flags_trace(struct ir_unit *u, unsigned number, const struct exit_targets *targets)
{
	static const enum ir_op ops[] = { IR_flags_add, IR_flags_sub, IR_flags_and };
	struct lift *l = &generator.l;
	ir_ref rounds, flags;

	generate_begin(&generator, u, TRACE_PC(number));
	if (below(2)) /* what is outside overwrites the flags and nothing else; or it is not known */
		u->flags_fates[u->flags_fate_count++] =
			(struct ir_flags_fate){ .target = OUT_OF_ROUNDS };
	rounds = ir_get(l, I64, ROUNDS_SLOT);
	ir_exit_if(l, IR_EQ, ir_flags_sub(l, I64, rounds, ir_const(l, I64, 0)), OUT_OF_ROUNDS);
	ir_put(l, ROUNDS_SLOT, ir_sub(l, I64, rounds, ir_const(l, I64, 1)));
	generate_steps(l, below(4));
	flags = ir_emit(l, ops[below(3)], I64, 0, ir_get(l, I64, below(4)),
		below(2) ? ir_get(l, I64, below(4)) : ir_const(l, I64, (int64_t)below(5) - 2),
		IR_NONE);
	if (below(4))
		ir_put(l, A64_SLOT_FLAGS, flags);
	generate_steps(l, below(4));
	ir_exit_if(l, below(14), flags, (int64_t)targets->pcs[below(targets->count)]);
	ir_exit_direct(l, (int64_t)targets->pcs[below(targets->count)]);
	ir_finish(l);
}

static void
generate_flags_region(unsigned *count)
{
	uint64_t pcs[MAX_TRACES];
	struct exit_targets targets = { pcs, 1 + below(3), false };

	*count = targets.count;
	for (unsigned k = 0; k < *count; k++)
		pcs[k] = TRACE_PC(k);
	for (unsigned k = 0; k < *count; k++)
		generate_flags_trace(&traces[k], k, &targets);
}

static bool wide; /* traces end with branches to any of them */

static const struct code_unit *
compile(unsigned count)
{
	struct region_trace list[MAX_TRACES];
	uint64_t labels[MAX_TRACES];
	struct code_home *home;

	for (unsigned k = 0; k < count; k++) {
		labels[k] = TRACE_PC(k);
		list[k] = (struct region_trace){ &traces[k], below(100), wide ? count : 0, labels };
	}
	test.space = test.start;
	if (wide && below(2)) {
		home = (struct code_home *)(void *)test.space.data;
		*home = (struct code_home){ .bias = 0x71c00000, .position_independent = true };
		test.space.home = home;
		test.space.data += (sizeof(*home) + 15) & ~(size_t)15;
	}
	return backend_compile_region(&test.space, list, count);
}

static uint64_t
run(const struct code_unit *unit)
{
	test.compiled->hot.indirect_table = test.table;
	test.compiled->hot.fp_control = backend_fp_control_for_mode(0);
	backend_reset_return_stack(test.compiled);
	backend_enter(test.compiled, unit);
	if (test.compiled->cold.exit_reason == CPU_EXIT_LINK)
		return exit_guest_pc(
			(struct code_exit *)(uintptr_t)test.compiled->cold.exit_argument);
	return test.compiled->hot.pc;
}

static const struct ir_unit *
trace_at(uint64_t pc, unsigned count)
{
	for (unsigned k = 0; k < count; k++)
		if (TRACE_PC(k) == pc)
			return &traces[k];
	return NULL;
}

/* Where interpreting trace after trace leaves the region. */
static uint64_t
interpret(unsigned count)
{
	const struct ir_unit *u = &traces[0];
	uint64_t pc = 0;

	for (; u; u = trace_at(pc, count))
		pc = ir_interpret(&compiled_test_interpreter, u, test.interpreted).pc;
	return pc;
}

static void
fail(uint64_t at_seed, unsigned count, const char *slot, uint64_t pc, uint64_t expected)
{
	static char text[1 << 20];

	for (unsigned k = 0; k < count; k++) {
		ir_print(&traces[k], text, sizeof(text));
		fprintf(stderr, "%s\n", text);
	}
	cr_assert_fail("seed %#llx: %s differs; pc %#llx, expected %#llx",
		(unsigned long long)at_seed, slot ? slot : "no slot", (unsigned long long)pc,
		(unsigned long long)expected);
}

static unsigned
generate_region(void)
{
	uint64_t pcs[MAX_TRACES];
	unsigned count = 1 + below(MAX_TRACES);
	struct exit_targets targets = { pcs, count, wide };

	for (unsigned k = 0; k < count; k++)
		pcs[k] = TRACE_PC(k);
	for (unsigned k = 0; k < count; k++)
		generate_trace(&traces[k], k, &targets);
	return count;
}

static void
random_region_state(void)
{
	random_state(&test);
	a64_state(test.compiled)->x[ROUNDS_SLOT] = a64_state(test.interpreted)->x[ROUNDS_SLOT] =
		below(20);
}

static void
do_as_the_interpreter(void)
{
	uint8_t before[WINDOW], after[WINDOW];
	unsigned looped = 0;

	compiled_test_begin(&test);
	for (unsigned round = 0; round < 8000; round++) {
		uint64_t at_seed = seed = random_word() | 1, pc, expected;
		unsigned count = generate_region();
		const struct code_unit *unit = compile(count);
		const char *slot;

		cr_assert_not_null(unit);
		random_region_state();
		memcpy(before, window[0], WINDOW);
		expected = interpret(count);
		memcpy(after, window[0], WINDOW);
		memcpy(window[0], before, WINDOW);
		pc = run(unit);
		slot = differing_slot(&test);
		looped += pc == OUT_OF_ROUNDS;
		if (slot || pc != expected || memcmp(after, window[0], WINDOW))
			fail(at_seed, count, slot, pc, expected);
	}
	cr_assert_gt(looped, 500);
}

Test(backend_regions, random_regions_do_as_the_interpreter)
{
	do_as_the_interpreter();
}

Test(backend_regions, wide_branches_lead_to_traces_and_out)
{
	wide = true;
	do_as_the_interpreter();
}

/* ---- scalars in vector slots ---------------------------------------------------------------------------------------------- */

#define SCALAR_SLOTS \
	8 /* v0 and on; behind those that regions have in registers anyway, one that is not, and xmm16's */

static unsigned
scalar_slot(void)
{
	static const uint8_t slots[SCALAR_SLOTS] = { 0, 1, 2, 3, 7, 8, 20, 31 };

	return A64_SLOT_V0 + slots[below(SCALAR_SLOTS)];
}

/* Arithmetic, moves and now and then something that writes the whole register, on slots that are mostly of type `t`. */
static void
generate_scalar_step(struct lift *l, enum ir_type t)
{
	static const enum ir_op ops[] = { IR_fadd, IR_fsub, IR_fmul, IR_fdiv };
	ir_ref a = ir_get(l, t, scalar_slot()), b = ir_get(l, t, scalar_slot());

	switch (below(16)) {
	case 0: ir_put(l, scalar_slot(), a); break;
	case 1: ir_put(l, scalar_slot(), ir_fneg(l, t, 0, a)); break;
	case 2: ir_put(l, scalar_slot(), ir_fabs(l, t, 0, a)); break;
	case 3: ir_put(l, scalar_slot(), ir_fsqrt(l, t, 0, a)); break;
	case 4: ir_put(l, scalar_slot(), ir_fma(l, t, 0, a, b, ir_get(l, t, scalar_slot()))); break;
	case 5: ir_put(l, scalar_slot(), ir_const(l, t, t == F32 ? 0x3f800000 : 1)); break;
	case 6:
		if (below(8) == 0)
			ir_put(l, scalar_slot(),
				ir_vcombine(l, ir_get(l, V128, scalar_slot()),
					ir_get(l, V128, scalar_slot())));
		else
			ir_put(l, scalar_slot(), ir_vlow(l, ir_get(l, V128, scalar_slot())));
		break;
	case 7:
		if (below(4) == 0)
			ir_put(l, scalar_slot(), ir_get(l, t == F32 ? F64 : F32, scalar_slot()));
		break;
	default: ir_put(l, scalar_slot(), ir_emit(l, ops[below(4)], t, 0, a, b, IR_NONE));
	}
}

static void
generate_scalar_trace(struct ir_unit *u, unsigned number, unsigned count, enum ir_type type)
{
	struct lift *l = &generator.l;
	ir_ref rounds;

	generate_begin(&generator, u, TRACE_PC(number));
	rounds = ir_get(l, I64, ROUNDS_SLOT);
	ir_exit_if(l, IR_EQ, ir_flags_sub(l, I64, rounds, ir_const(l, I64, 0)), OUT_OF_ROUNDS);
	ir_put(l, ROUNDS_SLOT, ir_sub(l, I64, rounds, ir_const(l, I64, 1)));
	for (unsigned k = 1 + below(12); k; k--) {
		enum ir_type t = below(24) ? type : F32;

		generate_scalar_step(l, t);
		if (below(6) == 0)
			ir_exit_if(l, below(14),
				ir_flags_fcmp(l, 0, ir_get(l, t, scalar_slot()),
					ir_get(l, t, scalar_slot())),
				(int64_t)TRACE_PC(below(count)));
	}
	ir_exit_direct(l, (int64_t)TRACE_PC(below(count)));
	ir_finish(l);
}

/* Numbers, infinities and NaNs; above them garbage, in some slots, all or none. */
static void
random_scalars(void)
{
	struct a64_state *a = a64_state(test.compiled);
	unsigned garbage = below(4);

	random_region_state();
	for (unsigned r = 0; r < 32; r++) {
		if (below(4)) {
			double d = (double)below(1000) / 16;
			float s = (float)d;

			if (below(2))
				memcpy(&a->v[r].d[0], &d, 8);
			else
				memcpy(&a->v[r].s[0], &s, 4);
		}
		if (garbage == 0 || (garbage == 1 && below(8)))
			a->v[r].d[1] = 0;
		if (garbage == 0 || (garbage == 1 && below(2)))
			a->v[r].s[1] = 0;
	}
	memcpy(test.interpreted->guest, test.compiled->guest, sizeof(test.compiled->guest));
}

Test(backend_regions, scalars_with_anything_above_them)
{
	compiled_test_begin(&test);
	for (unsigned round = 0; round < 6000; round++) {
		uint64_t at_seed = seed = random_word() | 1, pc, expected;
		unsigned count = 1 + below(3);
		enum ir_type type = below(3) ? F64 : F32;
		const struct code_unit *unit;
		const char *slot;

		for (unsigned k = 0; k < count; k++)
			generate_scalar_trace(&traces[k], k, count, type);
		unit = compile(count);
		cr_assert_not_null(unit);
		random_scalars();
		expected = interpret(count);
		pc = run(unit);
		slot = differing_slot(&test);
		if (slot || pc != expected)
			fail(at_seed, count, slot, pc, expected);
	}
}

/* ---- signals ---------------------------------------------------------------------------------------------------------- */

/* A trace that goes round and has a signal pend when `last` rounds are left. */
static void
generate_interrupted_trace(struct ir_unit *u, unsigned last)
{
	static const uint64_t pcs[1] = { TRACE_PC(0) };
	const struct exit_targets targets = { pcs, 1, false };
	struct lift *l = &generator.l;
	ir_ref rounds, pends;

	generator.first_kept_slot = ROUNDS_SLOT;
	generate_begin(&generator, u, TRACE_PC(0));
	rounds = ir_get(l, I64, ROUNDS_SLOT);
	ir_exit_if(l, IR_EQ, ir_flags_sub(l, I64, rounds, ir_const(l, I64, 0)), OUT_OF_ROUNDS);
	ir_put(l, ROUNDS_SLOT, ir_sub(l, I64, rounds, ir_const(l, I64, 1)));
	pends = ir_condition(
		l, I32, IR_EQ, ir_flags_sub(l, I64, rounds, ir_const(l, I64, (int64_t)last)));
	ir_store(l, 2, ir_const(l, I64, (int64_t)&test.compiled->hot.signal_pending),
		ir_neg(l, I32, pends));
	generate_body(&generator, 2 + below(20), &targets);
}

Test(backend_regions, a_pending_signal_leaves_at_a_loops_head)
{
	uint8_t before[WINDOW];
	uint32_t *pending;
	unsigned interrupted = 0;

	compiled_test_begin(&test);
	pending = &test.compiled->hot.signal_pending;
	for (unsigned round = 0; round < 8000; round++) {
		uint64_t at_seed = seed = random_word() | 1, pc, expected;
		const struct code_unit *unit;
		const char *slot;

		generate_interrupted_trace(&traces[0], 1 + below(10));
		unit = compile(1);
		cr_assert_not_null(unit);
		random_region_state();
		memcpy(before, window[0], WINDOW);
		do {
			expected = ir_interpret(
				&compiled_test_interpreter, &traces[0], test.interpreted)
					   .pc;
		} while (expected == TRACE_PC(0) && !*pending);
		interrupted += expected == TRACE_PC(0);
		*pending = 0;
		memcpy(window[0], before, WINDOW);
		pc = run(unit);
		slot = differing_slot(&test);
		if (slot || pc != expected)
			fail(at_seed, 1, slot, pc, expected);
	}
	cr_assert_gt(interrupted, 500);
}

/* ---- faults ----------------------------------------------------------------------------------------------------------- */

static const struct code_unit *faulting_unit;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	(void)info;
	if (!faulting_unit || !backend_recover(faulting_unit, test.compiled, context))
		signal(signo, SIG_DFL);
}

/* Interprets up to the instruction at `pc`, the first that is reached of those that access memory. */
static uint64_t
interpret_until(uint64_t pc, unsigned count)
{
	const struct ir_unit *u = &traces[0];
	uint64_t at = 0;

	for (; u && at != pc; u = trace_at(at, count)) {
		if (pc - u->guest_pc < 0x1000) {
			cut(&prefix, u, pc);
			u = &prefix;
		}
		at = ir_interpret(&compiled_test_interpreter, u, test.interpreted).pc;
	}
	return at;
}

/* Gives memory at which accesses fault. */
static uint64_t
expect_faults(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
	uint8_t *hole = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	return (uint64_t)hole;
}

Test(backend_regions, state_at_a_fault_is_precise)
{
	unsigned faults = 0;
	uint64_t hole;

	compiled_test_begin(&test);
	hole = expect_faults();
	for (unsigned round = 0; round < 8000; round++) {
		uint64_t at_seed = seed = random_word() | 1, pc, expected;
		unsigned count = generate_region();
		const char *slot;

		random_region_state();
		a64_state(test.compiled)->x[28] = a64_state(test.interpreted)->x[28] = hole + 2048;
		faulting_unit = compile(count);
		cr_assert_not_null(faulting_unit);
		pc = run(faulting_unit);
		if (test.compiled->cold.exit_reason != CPU_EXIT_FAULT)
			continue;
		expected = interpret_until(pc, count);
		slot = differing_slot(&test);
		faults++;
		if (slot || pc != expected)
			fail(at_seed, count, slot, pc, expected);
	}
	cr_assert_gt(faults, 2000);
}

/* Edges leave flags as descriptions, whose operands must be what they were wherever a fault may ask for them. */
Test(backend_regions, flags_at_a_fault_behind_inner_edges_are_precise)
{
	unsigned faults = 0;
	uint64_t hole;

	compiled_test_begin(&test);
	hole = expect_faults();
	for (unsigned round = 0; round < 8000; round++) {
		uint64_t at_seed = seed = random_word() | 1, pc, expected;
		const char *slot;
		unsigned count;

		generate_flags_region(&count);
		random_region_state();
		a64_state(test.compiled)->x[HOLE_SLOT] = a64_state(test.interpreted)->x[HOLE_SLOT] =
			hole + 2048;
		faulting_unit = compile(count);
		cr_assert_not_null(faulting_unit);
		pc = run(faulting_unit);
		if (test.compiled->cold.exit_reason == CPU_EXIT_FAULT) {
			expected = interpret_until(pc, count);
			faults++;
		} else {
			expected = interpret(count);
		}
		slot = differing_slot(&test);
		if (slot || pc != expected)
			fail(at_seed, count, slot, pc, expected);
	}
	cr_assert_gt(faults, 1000);
}

/* What an exit of a region leads to here: a unit that reads the flags. */
static void
generate_reader(struct ir_unit *u)
{
	struct lift *l = &generator.l;

	ir_begin(l, u, &a64_layout, OUT_OF_ROUNDS, 0);
	ir_put(l, 9, ir_flags_to_nzcv(l, ir_get(l, FLAGS, A64_SLOT_FLAGS)));
	ir_exit_direct(l, 0x800);
	ir_finish(l);
}

Test(backend_regions, code_behind_exits_reads_the_right_flags)
{
	static struct cpu before;
	unsigned linked = 0;

	compiled_test_begin(&test);
	for (unsigned round = 0; round < 8000; round++) {
		uint64_t at_seed = seed = random_word() | 1, pc;
		const struct code_unit *unit;
		const char *slot;
		unsigned count;

		generate_flags_region(&count);
		for (unsigned k = 0; k < count; k++)
			traces[k].flags_fate_count = 0;
		random_region_state();
		a64_state(test.compiled)->x[HOLE_SLOT] = a64_state(test.interpreted)->x[HOLE_SLOT] =
			a64_state(test.compiled)->x[28];
		test.compiled->hot.loop_fuel = 1000;
		before = *test.compiled;
		unit = compile(count);
		cr_assert_not_null(unit);
		if (run(unit) != OUT_OF_ROUNDS)
			continue;
		generate_reader(&prefix);
		backend_link((struct code_exit *)(uintptr_t)test.compiled->cold.exit_argument,
			backend_compile(&test.space, &prefix));
		*test.compiled = before;
		pc = run(unit);
		interpret(count);
		ir_interpret(&compiled_test_interpreter, &prefix, test.interpreted);
		slot = differing_slot(&test);
		linked += pc == 0x800;
		if (slot)
			fail(at_seed, count, slot, pc, 0x800);
	}
	cr_assert_gt(linked, 3000);
}
