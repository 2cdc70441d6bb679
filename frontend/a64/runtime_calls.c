// SPDX-License-Identifier: Apache-2.0
// What translated A64 code calls C for: FPCR and FPSR, whose bits live partly with the backend and partly in the
// translation mode, the counter, and instruction cache maintenance. Guest state is canonical during a call.
#include "frontend/a64/lift.h"
#include "backend/backend.h"
#include "ir/float.h"
#include "runtime/threads.h"
#include "runtime/host_syscall.h"
#include "runtime/units.h"

#include <time.h>

#define FPCR_RMODE_SHIFT 22
#define FPCR_FZ          (1u << 24)
#define FPCR_DN          (1u << 25)
#define FPCR_AHP         (1u << 26)

/* FPSR bits that hold what is written: NZCV (of AArch32), QC, IDC, and the other cumulative flags. */
#define FPSR_WRITABLE 0xf800009f

#define CODE_LINE_BYTES 64

uint32_t
a64_fpcr_from_mode(uint32_t mode)
{
	uint32_t fpcr = (mode & IR_MODE_ROUNDING) << FPCR_RMODE_SHIFT;

	fpcr |= mode & IR_MODE_FLUSH ? FPCR_FZ : 0;
	fpcr |= mode & IR_MODE_DEFAULT_NAN ? FPCR_DN : 0;
	fpcr |= mode & IR_MODE_ALTERNATIVE_HALF ? FPCR_AHP : 0;
	return fpcr;
}

uint32_t
a64_mode_from_fpcr(uint32_t mode, uint32_t fpcr)
{
	mode &= ~(
		IR_MODE_ROUNDING | IR_MODE_FLUSH | IR_MODE_DEFAULT_NAN | IR_MODE_ALTERNATIVE_HALF);
	mode |= fpcr >> FPCR_RMODE_SHIFT & IR_MODE_ROUNDING;
	mode |= fpcr & FPCR_FZ ? IR_MODE_FLUSH : 0;
	mode |= fpcr & FPCR_DN ? IR_MODE_DEFAULT_NAN : 0;
	mode |= fpcr & FPCR_AHP ? IR_MODE_ALTERNATIVE_HALF : 0;
	return mode;
}

/* Move what the backend and the QC vector have accumulated into FPSR's own cell. */
static void
collect_flags(struct cpu *cpu)
{
	struct a64_state *state = a64_state(cpu);
	uint32_t flags = backend_take_fp_flags(cpu);

	if (state->qc.d[0] != 0 || state->qc.d[1] != 0)
		flags |= FPSR_QC;
	state->fpsr |= flags;
	state->qc.d[0] = 0;
	state->qc.d[1] = 0;
}

uint32_t
a64_read_fpsr(struct cpu *cpu)
{
	collect_flags(cpu);
	return (uint32_t)a64_state(cpu)->fpsr;
}

void
a64_write_fpsr(struct cpu *cpu, uint32_t fpsr)
{
	collect_flags(cpu);
	a64_state(cpu)->fpsr = fpsr & FPSR_WRITABLE;
}

uint32_t
a64_read_fpcr(const struct cpu *cpu)
{
	return a64_fpcr_from_mode(cpu->hot.mode);
}

/* Units are made for a mode: no way that leads to units of the old one may stay open to this thread. */
static void
set_mode(struct cpu *cpu, uint32_t mode)
{
	if (cpu->hot.mode == mode)
		return;
	cpu->hot.mode = mode;
	if (cpu->cold.thread)
		thread_clear_indirect_table(cpu->cold.thread);
	backend_reset_return_stack(cpu);
}

void
a64_write_fpcr(struct cpu *cpu, uint32_t fpcr)
{
	/* Flags raised so far are read by the rules of the mode they were raised in. */
	collect_flags(cpu);
	set_mode(cpu, a64_mode_from_fpcr(cpu->hot.mode, fpcr));
	cpu->hot.fp_control = backend_fp_control_for_mode(cpu->hot.mode);
}

/* A program that looks at FPSR runs with exact flags from then on; signal frames ask for less. */
static void
note_fpsr_use(struct cpu *cpu, uint64_t argument)
{
	if (argument & A64_FPSR_USED)
		set_mode(cpu, cpu->hot.mode | IR_MODE_EXACT_FLAGS);
}

static uint64_t
call_read_fpsr(struct cpu *cpu, uint64_t argument)
{
	note_fpsr_use(cpu, argument);
	return a64_read_fpsr(cpu);
}

static uint64_t
call_write_fpsr(struct cpu *cpu, uint64_t argument)
{
	note_fpsr_use(cpu, argument);
	a64_write_fpsr(cpu, (uint32_t)argument);
	return 0;
}

static uint64_t
call_read_fpcr(struct cpu *cpu, uint64_t argument)
{
	(void)argument;
	return a64_read_fpcr(cpu);
}

static uint64_t
call_write_fpcr(struct cpu *cpu, uint64_t argument)
{
	a64_write_fpcr(cpu, (uint32_t)argument);
	return 0;
}

/* CNTVCT_EL0 at CNTFRQ_EL0's 1 GHz: nanoseconds of the host's monotonic clock. */
static uint64_t
call_read_counter(struct cpu *cpu, uint64_t argument)
{
	struct timespec now = { 0, 0 };

	(void)cpu;
	(void)argument;
	host_syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t
call_invalidate_code(struct cpu *cpu, uint64_t argument)
{
	uint64_t line = argument & -(uint64_t)CODE_LINE_BYTES;

	(void)cpu;
	units_invalidate(line, line + CODE_LINE_BYTES);
	return 0;
}

const guest_runtime_call a64_runtime_calls[A64_CALL_COUNT] = {
	[A64_CALL_READ_FPSR] = call_read_fpsr,
	[A64_CALL_WRITE_FPSR] = call_write_fpsr,
	[A64_CALL_READ_FPCR] = call_read_fpcr,
	[A64_CALL_WRITE_FPCR] = call_write_fpcr,
	[A64_CALL_READ_COUNTER] = call_read_counter,
	[A64_CALL_INVALIDATE_CODE] = call_invalidate_code,
};
