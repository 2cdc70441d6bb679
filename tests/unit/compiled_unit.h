// SPDX-License-Identifier: Apache-2.0
// For tests that run IR units as compiled code beside the interpreter: a code space near the test's own text, two
// guest states, and the comparison of their slots.
#ifndef TESTS_UNIT_COMPILED_UNIT_H
#define TESTS_UNIT_COMPILED_UNIT_H

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "backend/backend.h"
#include "frontend/a64/lift.h"
#include "frontend/a64/state.h"
#include "ir/interpret.h"

#define TEST_CODE_SIZE         (UINT64_C(64) << 20)
#define TEST_RETURN_STACK_SIZE 0x10000

struct compiled_test {
	struct code_space start, space;
	struct cpu *compiled, *interpreted;
	struct indirect_entry *table;
};

static inline void *
map_near_text(size_t size)
{
	uintptr_t text = (uintptr_t)&map_near_text & ~UINT64_C(0xfffffff);

	for (uintptr_t at = text - UINT64_C(0x20000000); at > text - UINT64_C(0x60000000);
		at -= UINT64_C(0x4000000)) {
		void *memory = mmap((void *)at, size, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);

		if (memory != MAP_FAILED)
			return memory;
	}
	return NULL;
}

/* Invalid floating-point operations trap (backend_invalid_operation), as under runtime/signals_host.c. */
static struct cpu *trapping_cpu;

static void
handle_trap(int signal_number, siginfo_t *info, void *context)
{
	bool done = signal_number == SIGFPE ? backend_invalid_operation(trapping_cpu, context)
					    : backend_single_step(trapping_cpu, context);

	(void)info;
	if (!done)
		abort();
	/* XSTATE_BV: the vector registers are to be restored */
	((uint8_t *)((ucontext_t *)context)->uc_mcontext.fpregs)[512] |= 2;
}

static inline void
handle_traps(struct cpu *cpu)
{
	struct sigaction action = { .sa_sigaction = handle_trap,
		.sa_flags = SA_SIGINFO | SA_NODEFER };

	trapping_cpu = cpu;
	sigaction(SIGFPE, &action, NULL);
	sigaction(SIGTRAP, &action, NULL);
}

static inline void
compiled_test_begin(struct compiled_test *t)
{
	uint8_t *code = map_near_text(2 * TEST_CODE_SIZE);
	char why[200];

	cr_assert_not_null(code, "no room for code near the test's text");
	t->space = (struct code_space){
		.code = code,
		.code_end = code + TEST_CODE_SIZE,
		.data = code + TEST_CODE_SIZE,
		.data_end = code + 2 * TEST_CODE_SIZE,
	};
	cr_assert(backend_init(&t->space, &a64_isa, why, sizeof(why)), "%s", why);
	t->start = t->space;
	t->compiled = aligned_alloc(64, (sizeof(struct cpu) + 63) & ~63ul);
	t->interpreted = aligned_alloc(64, (sizeof(struct cpu) + 63) & ~63ul);
	t->table = calloc(sizeof(*t->table), 1 << INDIRECT_TABLE_BITS);
	t->table[0].guest_pc = t->table[1].guest_pc =
		INDIRECT_NEVER_FIRST; /* no pc is in the slot of another */
	memset(t->compiled, 0, sizeof(struct cpu));
	memset(t->interpreted, 0, sizeof(struct cpu));
	backend_init_cpu(t->compiled, malloc(TEST_RETURN_STACK_SIZE), TEST_RETURN_STACK_SIZE);
	handle_traps(t->compiled);
}

static const struct ir_interpreter compiled_test_interpreter = {
	.runtime_calls = NULL,
	.flags_to_nzcv = backend_flags_to_nzcv,
	.flags_from_nzcv = backend_flags_from_nzcv,
};

/* Compile `u` into an empty code space and run it on t->compiled; the guest pc that it leaves for. */
static inline uint64_t
run_compiled(struct compiled_test *t, const struct ir_unit *u)
{
	struct code_unit *unit;

	t->space = t->start;
	unit = backend_compile(&t->space, u);
	if (!unit) {
		static char text[1 << 20];

		ir_print(u, text, sizeof(text));
		cr_assert_not_null(unit, "the unit was not compiled:\n%s", text);
	}
	t->compiled->hot.indirect_table = t->table;
	t->compiled->hot.mode = u->mode;
	t->compiled->hot.fp_control = backend_fp_control_for_mode(u->mode);
	backend_reset_return_stack(t->compiled);
	backend_enter(t->compiled, unit);
	if (t->compiled->cold.exit_reason == CPU_EXIT_LINK)
		return exit_guest_pc(
			(struct code_exit *)(uintptr_t)t->compiled->cold.exit_argument);
	return t->compiled->hot.pc;
}

/* Compare every slot but those of kind memory; the name of the first that differs, or NULL. */
static inline const char *
differing_slot(const struct compiled_test *t)
{
	for (uint32_t s = 0; s < a64_layout.count; s++) {
		const struct ir_state_slot *slot = &a64_layout.slots[s];
		const uint8_t *a = t->compiled->guest + slot->offset,
			      *b = t->interpreted->guest + slot->offset;

		if (slot->kind == IR_SLOT_MEMORY)
			continue;
		if (slot->kind == IR_SLOT_FLAGS) {
			if (backend_flags_to_nzcv(*(const uint32_t *)a) !=
				backend_flags_to_nzcv(*(const uint32_t *)b))
				return slot->name;
		} else if (memcmp(a, b, slot->kind == IR_SLOT_VECTOR ? 16 : 8)) {
			return slot->name;
		}
	}
	return NULL;
}

#endif
