// SPDX-License-Identifier: Apache-2.0
// The A64 lifters: words of every row are lifted and interpreted on many states, and the results
// compared with what an arm64 machine made of them (a64_answers.def). What depends on pc or on the
// monitor is tested by hand below.
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "backend/backend.h"
#include "frontend/a64/lift.h"
#include "ir/interpret.h"
#include "tests/unit/a64_answers.h"

static const struct ir_interpreter interpreter = { .runtime_calls = a64_runtime_calls };

/* The runtime's side of IC IVAU. */
static uint64_t invalidated_start, invalidated_end;

void units_invalidate(uint64_t start, uint64_t end);
void
units_invalidate(uint64_t start, uint64_t end)
{
	invalidated_start = start;
	invalidated_end = end;
}

/* The runtime's and the backend's side of a change of mode. */
static unsigned mode_changes;

struct guest_thread;
void thread_clear_indirect_table(struct guest_thread *t);
void
thread_clear_indirect_table(struct guest_thread *t)
{
	(void)t;
}

void
backend_reset_return_stack(struct cpu *c)
{
	(void)c;
	mode_changes++;
}

uint32_t
backend_fp_control_for_mode(uint32_t mode)
{
	(void)mode;
	return 0x1f80;
}

static uint32_t code[64] __attribute__((aligned(4096)));
static struct lift lift;
static struct ir_unit unit;

static size_t
fetchable(uint64_t pc)
{
	uint64_t start = (uint64_t)code;

	return pc >= start && pc < start + sizeof code ? start + sizeof code - pc : 0;
}

static void
lift_at(unsigned index, uint32_t mode, unsigned limit)
{
	struct lift_request request = {
		.pc = (uint64_t)&code[index],
		.mode = mode,
		.max_guest_insns = limit,
		.fetchable = fetchable,
	};
	char why[200];

	a64_lift_unit(&lift, &unit, &request);
	cr_assert(ir_verify(&unit, why, sizeof why), "%08x: %s", code[index], why);
}

/* ---- against an arm64 machine ------------------------------------------------------------ */

static void
load_state(struct cpu *cpu, const struct answer_state *s)
{
	struct a64_state *state = a64_state(cpu);

	memset(cpu, 0, sizeof *cpu);
	memcpy(state->x, s->x, sizeof s->x);
	memcpy(state->v, s->v, sizeof s->v);
	state->exclusive_address = A64_NO_EXCLUSIVE;
	cpu->hot.flags = (uint32_t)(s->nzcv >> 28);
	cpu->hot.mode = a64_mode_from_fpcr(0, (uint32_t)s->fpcr);
}

static void
store_state(struct cpu *cpu, struct answer_state *s, uint32_t fpsr)
{
	struct a64_state *state = a64_state(cpu);

	memcpy(s->x, state->x, sizeof s->x);
	memcpy(s->v, state->v, sizeof s->v);
	s->nzcv = (uint64_t)cpu->hot.flags << 28;
	s->fpsr = state->fpsr | fpsr;
	if (state->qc.d[0] != 0 || state->qc.d[1] != 0)
		s->fpsr |= UINT64_C(1) << 27;
}

static void
print_state(const struct answer_state *s, unsigned n)
{
	printf("state %u: fpcr %lx nzcv %lx fpsr %lx\n", n, s->fpcr, s->nzcv, s->fpsr);
	for (unsigned i = 0; i < 31; i++)
		printf(" x%u %016lx\n", i, s->x[i]);
	for (unsigned i = 0; i < 32; i++)
		printf(" v%u %016lx%016lx\n", i, s->v[i].d[1], s->v[i].d[0]);
}

/* Lift and interpret `word` on all its states; the digest of what comes out. */
static uint64_t
digest_of(unsigned row, uint32_t word, bool verbose)
{
	bool with_memory = answer_accesses_memory(&a64_rows[row]);
	uint64_t digest = 0;

	code[0] = word;
	for (unsigned n = 0; n < ANSWER_STATES; n++) {
		struct ir_outcome outcome;
		struct answer_state s;
		struct cpu cpu;

		answer_fill(&s, row, word, n);
		load_state(&cpu, &s);
		lift_at(0, cpu.hot.mode | IR_MODE_SINGLE | IR_MODE_EXACT_FLAGS, 1);
		outcome = ir_interpret(&interpreter, &unit, &cpu);
		if (outcome.exit != IR_exit_direct || outcome.pc != (uint64_t)&code[1])
			return 0;
		store_state(&cpu, &s, outcome.fpsr);
		digest = answer_digest(digest, &s, with_memory);
		if (verbose)
			print_state(&s, n);
	}
	return digest;
}

struct answer {
	unsigned row;
	uint32_t word;
	uint64_t digest;
};

static const struct answer answers[] = {
#define ANSWER(row, word, digest) { A64_ROW_##row, word, UINT64_C(digest) },
#include "tests/unit/a64_answers.def"
#undef ANSWER
};

static void
map_memory(void)
{
	void *p = mmap((void *)ANSWER_MEMORY, ANSWER_MEMORY_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	cr_assert_eq(p, (void *)ANSWER_MEMORY, "memory for operands");
}

TestSuite(a64_lift, .init = map_memory);

/* A64_LIFT_WORD=hex prints that word's states, to be compared with the generator's. */
Test(a64_lift, known_answers)
{
	const char *only = getenv("A64_LIFT_WORD");
	unsigned wrong = 0, last_row = A64_ROW_COUNT;

	if (only != NULL) {
		uint32_t word = (uint32_t)strtoul(only, NULL, 16);

		digest_of(a64_decode(word), word, true);
		return;
	}
	for (unsigned n = 0; n < sizeof answers / sizeof answers[0]; n++) {
		const struct answer *a = &answers[n];

		if (digest_of(a->row, a->word, false) == a->digest)
			continue;
		wrong++;
		if (a->row != last_row)
			fprintf(stderr, "%s %08x: wrong result\n", a64_rows[a->row].name, a->word);
		last_row = a->row;
	}
	cr_assert_eq(wrong, 0, "%u of %zu words", wrong, sizeof answers / sizeof answers[0]);
}

/* ---- by hand: what depends on pc --------------------------------------------------------- */

static struct cpu cpu;

/* Lift from code[0] and run; the state is `cpu`. */
static struct ir_outcome
run(unsigned limit)
{
	lift_at(0, 0, limit);
	return ir_interpret(&interpreter, &unit, &cpu);
}

static uint64_t
at(unsigned index)
{
	return (uint64_t)&code[index];
}

static void
assert_exit(struct ir_outcome outcome, enum ir_op exit, uint64_t pc)
{
	cr_assert_eq(outcome.exit, exit, "exit %s", ir_op_info[outcome.exit].name);
	cr_assert_eq(outcome.pc, pc, "pc %lx instead of %lx", outcome.pc, pc);
}

Test(a64_lift, addresses)
{
	code[0] = 0x30000041; /* adr x1, .+9 */
	code[1] = 0xb0000002; /* adrp x2, .+0x1000 */
	code[2] = 0x91004042; /* add x2, x2, #16 */
	code[3] = 0x58000043; /* ldr x3, .+8 */
	code[4] = 0xd4000001; /* svc #0 */
	code[5] = 0x89abcdef;
	code[6] = 0x01234567;
	assert_exit(run(20), IR_exit_system_call, at(5));
	cr_assert_eq(a64_state(&cpu)->x[1], at(0) + 9);
	cr_assert_eq(a64_state(&cpu)->x[2], (at(0) & ~0xfffUL) + 0x1010);
	cr_assert_eq(a64_state(&cpu)->x[3], 0x0123456789abcdef);
	cr_assert_eq(unit.guest_insns, 5);
	cr_assert_eq(unit.range_count, 1);
	cr_assert_eq(unit.ranges[0].end, at(5));
}

Test(a64_lift, jumps_are_followed_until_code_repeats)
{
	code[0] = 0x14000002; /* b .+8 */
	code[1] = 0xd4200000; /* brk #0 */
	code[2] = 0x91000400; /* add x0, x0, #1 */
	code[3] = 0x17fffffd; /* b .-12 */
	assert_exit(run(20), IR_exit_direct, at(0));
	cr_assert_eq(a64_state(&cpu)->x[0], 1);
	cr_assert_eq(unit.range_count, 2);
	code[0] = 0x14000000; /* b . */
	assert_exit(run(20), IR_exit_direct, at(0));
}

Test(a64_lift, limits_end_units)
{
	for (unsigned n = 0; n < 10; n++)
		code[n] = 0x91000400; /* add x0, x0, #1 */
	assert_exit(run(4), IR_exit_direct, at(4));
	cr_assert_eq(a64_state(&cpu)->x[0], 4);
	lift_at(0, IR_MODE_SINGLE, 4);
	cr_assert_eq(unit.guest_insns, 1);
}

/* Code behind the end of what can be fetched faults only when it is reached. */
Test(a64_lift, fetch_faults)
{
	struct lift_request request = { .mode = 0, .max_guest_insns = 10, .fetchable = fetchable };

	code[63] = 0xd503201f; /* nop */
	lift_at(63, 0, 10);
	assert_exit(ir_interpret(&interpreter, &unit, &cpu), IR_exit_direct, at(64));
	request.pc = at(64);
	a64_lift_unit(&lift, &unit, &request);
	assert_exit(ir_interpret(&interpreter, &unit, &cpu), IR_exit_exception, at(64));
	cr_assert_eq(unit.insns[unit.count - 1].aux, IR_EXCEPTION_FETCH);
	request.pc = at(1) + 2;
	a64_lift_unit(&lift, &unit, &request);
	cr_assert_eq(unit.insns[unit.count - 1].aux, IR_EXCEPTION_PC_ALIGN);
}

static uint32_t many[400];

static size_t
fetchable_from_many(uint64_t pc)
{
	return (uint64_t)(many + 400) - pc;
}

/* More than a unit's room of IR: it ends earlier then. */
Test(a64_lift, overflow_makes_shorter_units)
{
	struct lift_request request = {
		.pc = (uint64_t)many,
		.max_guest_insns = 400,
		.fetchable = fetchable_from_many,
	};
	char why[200];

	for (unsigned n = 0; n < 400; n++)
		many[n] = 0x4c9f0000 | (n & 31); /* st4 { vn.16b - }, [x0], #64 */
	a64_lift_unit(&lift, &unit, &request);
	cr_assert(ir_verify(&unit, why, sizeof why), "%s", why);
	cr_assert_lt(unit.guest_insns, 400);
	cr_assert_gt(unit.guest_insns, 40);
	cr_assert_eq(unit.insns[unit.count - 1].op, IR_exit_direct);
	cr_assert_eq(unit.insns[unit.count - 1].imm, (int64_t)&many[unit.guest_insns]);
}

Test(a64_lift, conditional_branches)
{
	static const struct {
		uint32_t word;
		uint64_t x1;
		unsigned nzcv;
		bool taken;
	} cases[] = {
		{ 0x54000080, 0, 4, true },                              /* b.eq .+16 */
		{ 0x54000080, 0, 0, false }, { 0x5400008c, 0, 0, true }, /* b.gt */
		{ 0x5400008c, 0, 4, false }, { 0x5400008e, 0, 0, true }, /* b.al */
		{ 0x34000081, 0x100000000, 0, true },                    /* cbz w1 */
		{ 0xb4000081, 0x100000000, 0, false },                   /* cbz x1 */
		{ 0xb5000081, 0x100000000, 0, true },                    /* cbnz x1 */
		{ 0xb6f80081, 1UL << 63, 0, false },                     /* tbz x1, #63 */
		{ 0xb7f80081, 1UL << 63, 0, true },                      /* tbnz x1, #63 */
		{ 0x36f80081, 1UL << 31, 0, false },                     /* tbz w1, #31 */
		{ 0x37000081, 1, 0, true },                              /* tbnz w1, #0 */
	};

	code[1] = 0xd4000001; /* svc #0 */
	code[4] = 0xd4200000; /* brk #0 */
	for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
		struct ir_outcome outcome;

		code[0] = cases[n].word;
		a64_state(&cpu)->x[1] = cases[n].x1;
		cpu.hot.flags = cases[n].nzcv;
		outcome = run(20);
		if (cases[n].taken)
			cr_assert_eq(outcome.pc, at(4), "case %u", n);
		else
			assert_exit(outcome, IR_exit_system_call, at(2));
	}
}

Test(a64_lift, calls_and_returns)
{
	code[0] = 0x94000010; /* bl .+64 */
	assert_exit(run(20), IR_exit_call, at(16));
	cr_assert_eq(a64_state(&cpu)->x[30], at(1));
	code[0] = 0xd63f03c0; /* blr x30 */
	assert_exit(run(20), IR_exit_call_indirect, at(1));
	cr_assert_eq(a64_state(&cpu)->x[30], at(1));
	code[0] = 0xd65f03c0; /* ret */
	assert_exit(run(20), IR_exit_indirect, at(1));
	code[0] = 0xd61f0040; /* br x2 */
	a64_state(&cpu)->x[2] = 0x1234;
	assert_exit(run(20), IR_exit_indirect, 0x1234);
}

Test(a64_lift, exceptions)
{
	static const struct {
		uint32_t word;
		enum ir_exception exception;
	} cases[] = {
		{ 0x00000000, IR_EXCEPTION_ILLEGAL },    /* udf #0 */
		{ 0xd4200020, IR_EXCEPTION_BREAKPOINT }, /* brk #1 */
		{ 0xd4400000, IR_EXCEPTION_ILLEGAL },    /* hlt #0 */
		{ 0xd4000002, IR_EXCEPTION_ILLEGAL },    /* hvc #0 */
		{ 0xd69f03e0, IR_EXCEPTION_ILLEGAL },    /* eret */
		{ 0xffffffff, IR_EXCEPTION_ILLEGAL },
	};

	for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
		struct ir_outcome outcome;

		code[0] = cases[n].word;
		outcome = run(20);
		assert_exit(outcome, IR_exit_exception, at(0));
		cr_assert_eq(outcome.aux, cases[n].exception, "%08x", cases[n].word);
	}
}

/* ---- by hand: SP, the monitor, system registers ------------------------------------------ */

Test(a64_lift, stack_pointer_forms)
{
	struct a64_state *s = a64_state(&cpu);

	s->sp = ANSWER_BASE;
	s->x[1] = 0xfffffff0;
	code[0] = 0x910043e0; /* add x0, sp, #16 */
	code[1] = 0xd10083ff; /* sub sp, sp, #32 */
	code[2] = 0xf9000fe0; /* str x0, [sp, #24] */
	code[3] = 0x8b21c3e2; /* add x2, sp, w1, sxtw */
	code[4] = 0x9100005f; /* mov sp, x2 */
	code[5] = 0xeb3f63ff; /* cmp sp, xzr */
	code[6] = 0xa9bf07ff; /* stp xzr, x1, [sp, #-16]! */
	code[7] = 0xd4000001; /* svc #0 */
	assert_exit(run(20), IR_exit_system_call, at(8));
	cr_assert_eq(s->x[0], ANSWER_BASE + 16);
	cr_assert_eq(*(uint64_t *)(ANSWER_BASE - 8), ANSWER_BASE + 16);
	cr_assert_eq(s->x[2], ANSWER_BASE - 48);
	cr_assert_eq(s->sp, ANSWER_BASE - 64);
	cr_assert_eq(*(uint64_t *)(ANSWER_BASE - 56), 0xfffffff0);
	cr_assert_eq(cpu.hot.flags, 2);
}

Test(a64_lift, exclusives)
{
	struct a64_state *s = a64_state(&cpu);
	volatile uint64_t *memory = (volatile uint64_t *)ANSWER_BASE;

	s->exclusive_address = A64_NO_EXCLUSIVE;
	s->x[0] = ANSWER_BASE;
	s->x[2] = 77;
	memory[0] = 5;
	code[0] = 0xc8037c02; /* stxr w3, x2, [x0]: no monitor */
	code[1] = 0xc85f7c01; /* ldxr x1, [x0] */
	code[2] = 0xc8047c02; /* stxr w4, x2, [x0] */
	code[3] = 0xc8057c02; /* stxr w5, x2, [x0]: no monitor any more */
	code[4] = 0xd4000001; /* svc #0 */
	s->x[3] = s->x[4] = s->x[5] = 9;
	assert_exit(run(20), IR_exit_system_call, at(5));
	cr_assert_eq(s->x[3], 1);
	cr_assert_eq(s->x[1], 5);
	cr_assert_eq(s->x[4], 0);
	cr_assert_eq(s->x[5], 1);
	cr_assert_eq(memory[0], 77);
	/* Memory that changed between. */
	code[0] = 0xc85f7c01; /* ldxr x1, [x0] */
	code[1] = 0xd4000001; /* svc #0 */
	run(20);
	memory[0] = 78;
	code[0] = 0xc8047c02; /* stxr w4, x2, [x0] */
	run(20);
	cr_assert_eq(s->x[4], 1);
	cr_assert_eq(memory[0], 78);
	/* CLREX closes the monitor. */
	code[0] = 0xc85f7c01; /* ldxr x1, [x0] */
	code[1] = 0xd5033f5f; /* clrex */
	code[2] = 0xc8047c02; /* stxr w4, x2, [x0] */
	code[3] = 0xd4000001; /* svc #0 */
	s->x[4] = 9;
	run(20);
	cr_assert_eq(s->x[4], 1);
}

Test(a64_lift, exclusive_pairs)
{
	struct a64_state *s = a64_state(&cpu);
	volatile uint64_t *memory = (volatile uint64_t *)ANSWER_BASE;

	s->x[0] = ANSWER_BASE;
	s->x[3] = 30;
	s->x[4] = 40;
	memory[0] = 1;
	memory[1] = 2;
	code[0] = 0xc87f0801; /* ldxp x1, x2, [x0] */
	code[1] = 0xc8251003; /* stxp w5, x3, x4, [x0] */
	code[2] = 0xd4000001; /* svc #0 */
	s->x[5] = 9;
	run(20);
	cr_assert_eq(s->x[1], 1);
	cr_assert_eq(s->x[2], 2);
	cr_assert_eq(s->x[5], 0);
	cr_assert_eq(memory[0], 30);
	cr_assert_eq(memory[1], 40);
	code[0] = 0x887f0801; /* ldxp w1, w2, [x0] */
	code[1] = 0x88251003; /* stxp w5, w3, w4, [x0] */
	s->x[5] = 9;
	memory[0] = 0x700000008;
	run(20);
	cr_assert_eq(s->x[1], 8);
	cr_assert_eq(s->x[2], 7);
	cr_assert_eq(s->x[5], 0);
	cr_assert_eq(memory[0], 40UL << 32 | 30);
	cr_assert_eq(memory[1], 40);
}

Test(a64_lift, misaligned_atomics_fault)
{
	a64_state(&cpu)->x[0] = ANSWER_BASE + 4;
	code[0] = 0xf8210002; /* ldadd x1, x2, [x0] */
	cr_assert_eq(run(20).exit, IR_align_check);
	code[0] = 0xc85f7c01; /* ldxr x1, [x0] */
	cr_assert_eq(run(20).exit, IR_align_check);
}

/*
 * A faulting access must find base and destination registers as they were; but for the first register of a pair, which has
 * what it was loaded with already.
 */
Test(a64_lift, registers_change_behind_the_access)
{
	enum { NONE = -1 };
	static const struct {
		uint32_t word;
		int early; /* slot that may change before the last access */
	} cases[] = {
		{ 0xf8408c01, NONE },            /* ldr x1, [x0, #8]! */
		{ 0xf8408401, NONE },            /* ldr x1, [x0], #8 */
		{ 0xa8c10801, A64_SLOT_X0 + 1 }, /* ldp x1, x2, [x0], #16 */
		{ 0xa9400800, NONE },            /* ldp x0, x2, [x0] */
		{ 0x69400801, A64_SLOT_X0 + 1 }, /* ldpsw x1, x2, [x0] */
		{ 0xa9810801, NONE },            /* stp x1, x2, [x0, #16]! */
		{ 0x4cdf2000, NONE },            /* ld1 { v0.16b - v3.16b }, [x0], #64 */
		{ 0x4c000000, NONE },            /* st4 { v0.16b - v3.16b }, [x0] */
		{ 0xadc10400, A64_SLOT_V0 },     /* ldp q0, q1, [x0, #32]! */
		{ 0x0ddf8000, NONE },            /* ld1 { v0.s }[0], [x0], #4 */
	};

	code[1] = 0xd4000001; /* svc #0 */
	for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
		bool put = false;

		code[0] = cases[n].word;
		lift_at(0, 0, 20);
		for (unsigned i = 0; i < unit.count; i++) {
			uint8_t effect = ir_op_info[unit.insns[i].op].effect;

			put |= effect == IR_EFFECT_PUT && unit.insns[i].aux != cases[n].early;
			cr_assert_not(
				put && (effect == IR_EFFECT_LOAD || effect == IR_EFFECT_STORE),
				"%08x", cases[n].word);
		}
	}
}

Test(a64_lift, system_registers)
{
	struct a64_state *s = a64_state(&cpu);

	s->x[0] = 0x12345678;
	code[0] = 0xd51bd040; /* msr tpidr_el0, x0 */
	code[1] = 0xd53bd041; /* mrs x1, tpidr_el0 */
	code[2] = 0xd53b0022; /* mrs x2, ctr_el0 */
	code[3] = 0xd53b00e3; /* mrs x3, dczid_el0 */
	code[4] = 0xd5380604; /* mrs x4, id_aa64isar0_el1 */
	code[5] = 0xd53be005; /* mrs x5, cntfrq_el0 */
	code[6] = 0xd53be046; /* mrs x6, cntvct_el0 */
	code[7] = 0xd53be047; /* mrs x7, cntvct_el0 */
	code[8] = 0xd4000001; /* svc #0 */
	assert_exit(run(20), IR_exit_system_call, at(9));
	cr_assert_eq(s->tpidr_el0, 0x12345678);
	cr_assert_eq(s->x[1], 0x12345678);
	cr_assert_eq(s->x[2], 0x8444c004);
	cr_assert_eq(s->x[3], 4);
	cr_assert_eq(s->x[4], 0x211120);
	cr_assert_eq(s->x[5], 1000000000);
	cr_assert_gt(s->x[6], 0);
	cr_assert_geq(s->x[7], s->x[6]);
}

Test(a64_lift, fpcr_and_fpsr)
{
	struct a64_state *s = a64_state(&cpu);

	s->x[0] = 3 << 22 | 1 << 24 | 1 << 25;
	code[0] = 0xd51b4400; /* msr fpcr, x0 */
	assert_exit(run(20), IR_exit_indirect, at(1));
	cr_assert_eq(mode_changes, 1);
	run(20);
	cr_assert_eq(mode_changes, 1, "the same mode again");
	cr_assert_eq(cpu.hot.mode, IR_ROUND_ZERO | IR_MODE_FLUSH | IR_MODE_DEFAULT_NAN);
	code[0] = 0xd53b4401; /* mrs x1, fpcr */
	code[1] = 0xd53b4422; /* mrs x2, fpsr */
	lift_at(0, cpu.hot.mode, 20);
	cpu.hot.fp_control |= 1 << 0 | 1 << 5;
	s->qc.d[1] = 1;
	assert_exit(ir_interpret(&interpreter, &unit, &cpu), IR_exit_indirect, at(2));
	cr_assert_eq(s->x[1], s->x[0]);
	cr_assert_eq(s->x[2], 1 << 0 | 1 << 4 | 1 << 27);
	cr_assert(cpu.hot.mode & IR_MODE_EXACT_FLAGS);
	cr_assert_eq(cpu.hot.fp_control & 0x3f, 0);
	/* With exact flags on, a unit goes on behind it. */
	code[0] = 0xd51b443f; /* msr fpsr, xzr */
	code[1] = 0xd53b4422; /* mrs x2, fpsr */
	code[2] = 0xd4000001; /* svc #0 */
	lift_at(0, cpu.hot.mode, 20);
	assert_exit(ir_interpret(&interpreter, &unit, &cpu), IR_exit_system_call, at(3));
	cr_assert_eq(s->x[2], 0);
}

/* Denormal operands count only when FZ flushes them. */
Test(a64_lift, denormal_flag_needs_flushing)
{
	cpu.hot.fp_control = 1 << 1;
	cr_assert_eq(a64_read_fpsr(&cpu), 0);
	a64_write_fpcr(&cpu, 1 << 24);
	cpu.hot.fp_control |= 1 << 1;
	cr_assert_eq(a64_read_fpsr(&cpu), 1 << 7);
}

Test(a64_lift, cache_maintenance)
{
	a64_state(&cpu)->x[0] = ANSWER_BASE + 100;
	memset((void *)ANSWER_BASE, 0xff, 256);
	code[0] = 0xd50b7420; /* dc zva, x0 */
	code[1] = 0xd50b7520; /* ic ivau, x0 */
	assert_exit(run(20), IR_exit_direct, at(2));
	cr_assert_eq(invalidated_start, ANSWER_BASE + 64);
	cr_assert_eq(invalidated_end, ANSWER_BASE + 128);
	for (unsigned n = 0; n < 256; n++)
		cr_assert_eq(((uint8_t *)ANSWER_BASE)[n], n / 64 == 1 ? 0 : 0xff);
	code[0] = 0xd5033fdf; /* isb */
	assert_exit(run(20), IR_exit_direct, at(1));
}

Test(a64_lift, prefetches)
{
	static const struct {
		uint32_t word;
		int hint; /* enum ir_prefetch, -1: none */
	} cases[] = {
		{ 0xf9800400, IR_PREFETCH_L1 },     /* prfm pldl1keep, [x0, #8] */
		{ 0xf8a16802, IR_PREFETCH_L2 },     /* prfm pldl2keep, [x0, x1] */
		{ 0xf8802004, IR_PREFETCH_L3 },     /* prfum pldl3keep, [x0, #2] */
		{ 0xf9800001, IR_PREFETCH_STREAM }, /* prfm pldl1strm, [x0] */
		{ 0xd8000030, IR_PREFETCH_STORE },  /* prfm pstl1keep, 4 instructions on */
		{ 0xf9800008, -1 },                 /* prfm plil1keep, [x0] */
		{ 0xf980001f, -1 },
	};

	for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
		int hint = -1;

		code[0] = cases[n].word;
		lift_at(0, IR_MODE_SINGLE, 1);
		for (uint32_t k = 0; k < unit.count; k++)
			if (unit.insns[k].op == IR_prefetch)
				hint = unit.insns[k].aux;
		cr_assert_eq(hint, cases[n].hint, "%08x", cases[n].word);
	}
}

Test(a64_lift, disassembly)
{
	char text[80];

	code[0] = 0x8b020020;
	cr_assert_eq(a64_disassemble(0x1000, code, text, sizeof text), 4);
	cr_assert_str_eq(text, "add x0, x1, x2");
	code[0] = 0x94000001;
	a64_disassemble(0x1000, code, text, sizeof text);
	cr_assert_str_eq(text, "bl #0x1004");
	code[0] = 0;
	a64_disassemble(0x1000, code, text, sizeof text);
	cr_assert_str_eq(text, ".inst 0x00000000");
}
