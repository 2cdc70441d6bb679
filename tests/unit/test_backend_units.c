// SPDX-License-Identifier: Apache-2.0
// The x86-64 backend against the IR interpreter on random units: integer operations, flags and their consumers, loads and
// stores, side exits, all slots, at high register pressure; and precise state at faults.
#include <signal.h>
#include <ucontext.h>

#include "random_unit.h"

#include "backend/x86_64/compiler.h"

/* ---- comparison ---------------------------------------------------------------------------------------------------------- */

static struct generator generator;
static struct ir_unit unit;

/* Values derived from the window's address differ between two windows, so both run in the same one, in turn. */
static void
compare(struct compiled_test *t, const struct ir_unit *u, uint64_t at_seed)
{
	static char text[1 << 20];
	uint8_t before[WINDOW], after[WINDOW];
	struct ir_outcome outcome;
	const char *slot;
	uint64_t pc;

	memcpy(before, window[0], WINDOW);
	outcome = ir_interpret(&compiled_test_interpreter, u, t->interpreted);
	memcpy(after, window[0], WINDOW);
	memcpy(window[0], before, WINDOW);
	pc = run_compiled(t, u);
	slot = differing_slot(t);
	if (!slot && pc == outcome.pc && !memcmp(after, window[0], WINDOW))
		return;
	ir_print(u, text, sizeof(text));
	cr_assert_fail("seed %#llx: %s differs; pc %#llx, expected %#llx; memory %s\n%s",
		(unsigned long long)at_seed, slot ? slot : "no slot", (unsigned long long)pc,
		(unsigned long long)outcome.pc,
		memcmp(after, window[0], WINDOW) ? "differs" : "equal", text);
}

Test(backend_units, random_units_do_as_the_interpreter)
{
	struct compiled_test t;
	bool gfni;

	compiled_test_begin(&t);
	gfni = host_features.gfni;
	for (unsigned round = 0; round < 20000; round++) {
		uint64_t at_seed = seed = random_word() | 1;

		host_features.gfni = gfni && round % 2;

		generate(&generator, &unit, 4 + below(round % 50 == 0 ? 120 : 60));
		for (unsigned k = 0; k < 3; k++) {
			random_state(&t);
			compare(&t, &unit, at_seed);
		}
	}
}

/* ---- faults ----------------------------------------------------------------------------------------------------------------- */

static struct compiled_test *faulting;
static const struct code_unit *faulting_unit;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)info;
	if (!faulting_unit || !backend_recover(faulting_unit, faulting->compiled, uc)) {
		fprintf(stderr, "no recipe for the fault at %#llx in the unit's code\n",
			(unsigned long long)(uc->uc_mcontext.gregs[REG_RIP] -
					     (greg_t)(faulting_unit ? faulting_unit->code : NULL)));
		signal(signo, SIG_DFL);
		return;
	}
}

Test(backend_units, state_at_a_fault_is_precise)
{
	static struct ir_unit prefix;
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
	uint8_t *hole = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned faults = 0;
	struct compiled_test t;

	compiled_test_begin(&t);
	faulting = &t;
	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	for (unsigned round = 0; round < 20000; round++) {
		uint64_t at_seed = seed = random_word() | 1, pc;
		struct ir_outcome outcome;
		const char *slot;

		generate(&generator, &unit, 4 + below(60));
		random_state(&t);
		/* every access faults: the first one that is reached does */
		a64_state(t.compiled)->x[28] = a64_state(t.interpreted)->x[28] =
			(uint64_t)hole + 2048;
		t.space = t.start;
		faulting_unit = backend_compile(&t.space, &unit);
		cr_assert_not_null(faulting_unit);
		t.compiled->hot.indirect_table = t.table;
		backend_reset_return_stack(t.compiled);
		backend_enter(t.compiled, faulting_unit);
		if (t.compiled->cold.exit_reason != CPU_EXIT_FAULT)
			continue;
		pc = t.compiled->hot.pc;
		cut(&prefix, &unit, pc);
		outcome = ir_interpret(&compiled_test_interpreter, &prefix, t.interpreted);
		slot = differing_slot(&t);
		faults++;
		if (!slot && outcome.pc == pc)
			continue;
		static char text[1 << 20];
		ir_print(&unit, text, sizeof(text));
		cr_assert_fail("seed %#llx: fault at %#llx: %s differs (%#llx)\n%s",
			(unsigned long long)at_seed, (unsigned long long)pc,
			slot ? slot : "no slot", (unsigned long long)outcome.pc, text);
	}
	cr_assert_gt(faults, 5000);
}
