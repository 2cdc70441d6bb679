// SPDX-License-Identifier: Apache-2.0
// Executes the row fuzzer's records by lifting them and interpreting the IR, with the code and memory areas mapped
// in this process. Bad addresses are caught as the faults that they are.
#include "tests/fuzz/row_execute.h"

#include "frontend/a64/lift.h"
#include "ir/interpret.h"
#include "ir/float.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MAX_STEPS     64
#define MXCSR_DEFAULT 0x1f80

static sigjmp_buf fault_return;

/* ---- areas ------------------------------------------------------------------------------------------------------ */

static void
map(uint64_t address, size_t size)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;

	if (mmap((void *)address, size, PROT_READ | PROT_WRITE, flags, -1, 0) != (void *)address) {
		perror("row_fuzz: cannot map the areas");
		exit(2);
	}
}

static void
return_from_fault(int signal_number)
{
	siglongjmp(fault_return, signal_number);
}

static void
prepare(void)
{
	static bool prepared;
	struct sigaction action = { .sa_handler = return_from_fault, .sa_flags = SA_NODEFER };

	if (prepared)
		return;
	prepared = true;
	map(ROW_CODE_BASE, ROW_CODE_SIZE);
	map(ROW_AREA_BASE, ROW_AREA_SIZE);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

static size_t
fetchable(uint64_t pc)
{
	return pc >= ROW_CODE_BASE && pc < ROW_CODE_BASE + ROW_CODE_SIZE
		       ? ROW_CODE_BASE + ROW_CODE_SIZE - pc
		       : 0;
}

/* ---- state in and out --------------------------------------------------------------------------------------- */

static void
load_state(struct a64_state *a, const struct row_record *record)
{
	const struct row_state *s = &record->state;

	memset(a, 0, sizeof *a);
	memcpy(a->x, s->x, sizeof a->x);
	memcpy(a->v, s->v, sizeof a->v);
	a->sp = s->sp;
	a->hot.flags = s->nzcv >> 28;
	a->hot.mode = a64_mode_from_fpcr(IR_MODE_EXACT_FLAGS, s->fpcr);
	a->hot.fp_control = MXCSR_DEFAULT;
	a->hot.pc = row_entry(record->slot);
	a->fpsr = s->fpsr;
	a->exclusive_address = A64_NO_EXCLUSIVE;
	memcpy((void *)ROW_WINDOW, s->memory, ROW_WINDOW_SIZE);
}

static void
save_state(struct row_state *s, const struct a64_state *a, uint32_t signal_number)
{
	memcpy(s->x, a->x, sizeof s->x);
	memcpy(s->v, a->v, sizeof s->v);
	s->sp = a->sp;
	s->pc = a->hot.pc;
	s->nzcv = a->hot.flags << 28;
	s->fpcr = a64_fpcr_from_mode(a->hot.mode);
	s->fpsr = (uint32_t)a->fpsr | (a->qc.d[0] | a->qc.d[1] ? FPSR_QC : 0);
	s->signal = signal_number;
	memcpy(s->memory, (const void *)ROW_WINDOW, ROW_WINDOW_SIZE);
}

/* ---- execution ------------------------------------------------------------------------------------------------ */

static uint32_t
signal_of_exception(enum ir_exception exception)
{
	switch (exception) {
	case IR_EXCEPTION_BREAKPOINT: return SIGTRAP;
	case IR_EXCEPTION_FETCH: return SIGSEGV;
	case IR_EXCEPTION_PC_ALIGN: return SIGBUS;
	default: return SIGILL;
	}
}

/*
 * A record is lifted as one unit, but for system registers: they need the flags that the interpreter gives when a unit
 * ends. What may fault comes first in a record, so that pc is right.
 */
static uint32_t
unit_limit(const struct row_record *record)
{
	for (unsigned n = 0; n < record->count; n++) {
		enum a64_row row = a64_decode(record->words[n]);

		if (row != A64_ROW_none && a64_rows[row].section == A64_SECTION_system)
			return 1;
	}
	return ROW_MAX_WORDS;
}

/* Execute a unit at pc; gives the signal it raises, 0 if none, or an enum row_failure. */
static uint32_t
step(struct cpu *cpu, uint32_t limit)
{
	static const struct ir_interpreter interpreter = { .runtime_calls = a64_runtime_calls };
	static struct lift lift;
	static struct ir_unit unit;
	struct a64_state *a = a64_state(cpu);
	struct lift_request request = { .pc = a->hot.pc,
		.mode = a->hot.mode,
		.max_guest_insns = limit,
		.fetchable = fetchable };
	struct ir_outcome outcome;
	char why[200];

	a64_lift_unit(&lift, &unit, &request);
	if (!ir_verify(&unit, why, sizeof why)) {
		fprintf(stderr, "row_fuzz: unsound unit: %s\n", why);
		return ROW_UNSOUND;
	}
	outcome = ir_interpret(&interpreter, &unit, cpu);
	a->fpsr |= outcome.fpsr;
	a->hot.pc = outcome.pc;
	switch (outcome.exit) {
	case IR_exit_exception: return signal_of_exception(outcome.aux);
	case IR_align_check: return SIGBUS;
	case IR_exit_system_call: return ROW_SYSTEM_CALL;
	default: return 0;
	}
}

static uint32_t
run(struct cpu *cpu, uint32_t limit)
{
	/* A fault leaves pc at the instruction that made it. */
	int fault = sigsetjmp(fault_return, 1);

	if (fault != 0)
		return (uint32_t)fault;
	for (unsigned i = 0; i < MAX_STEPS; i++) {
		uint32_t reason = step(cpu, limit);

		if (reason != 0)
			return reason;
	}
	return ROW_ENDLESS;
}

void
row_execute_interpreted(const struct row_record *records, unsigned count, struct row_state *results)
{
	static struct cpu cpu;
	static uint64_t return_stack[2]; /* a runtime call that changes the mode empties it */

	prepare();
	for (unsigned i = 0; i < count; i++)
		row_write_slot(&records[i], (uint32_t *)(row_entry(records[i].slot) - ROW_ENTRY));
	for (unsigned i = 0; i < count; i++) {
		uint32_t reason;

		load_state(a64_state(&cpu), &records[i]);
		cpu.cold.return_stack_base = return_stack;
		reason = run(&cpu, unit_limit(&records[i]));

		save_state(&results[i], a64_state(&cpu), reason);
	}
}
