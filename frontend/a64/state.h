// SPDX-License-Identifier: Apache-2.0
// AArch64 guest state: the memory behind the IR's slots, and the slot numbers that lifters use. The runtime's
// system-call and signal code reads and writes it while translated code is not running.
#ifndef FRONTEND_A64_STATE_H
#define FRONTEND_A64_STATE_H

#include "ir/state.h"
#include "ir/vec128.h"

/** Overlays struct cpu's guest area. FPCR lives in hot.mode; NZCV in hot.flags (backend's form). */
struct a64_state {
	struct cpu_hot hot;
	uint64_t x[31];
	uint64_t sp;
	uint64_t tpidr_el0;
	uint64_t exclusive_address;   /* of the open LDXR, or A64_NO_EXCLUSIVE */
	union vec128 exclusive_value; /* what it loaded (pairs: both) */
	union vec128 v[32];
	union vec128 qc;      /* any bit set: FPSR.QC (besides fpsr bit 27) */
	union vec128 scratch; /* target of stores that must not happen */
	uint64_t fpsr;        /* cumulative bits besides those still in MXCSR and qc */
};
_Static_assert(sizeof(struct a64_state) <= CPU_GUEST_STATE_SIZE, "guest state fits in struct cpu");

#define A64_NO_EXCLUSIVE 1 /* odd: no exclusive access can have this address */

/** Slots; X0..X30 and V0..V31 are consecutive. */
enum a64_slot {
	A64_SLOT_X0 = 0,
	A64_SLOT_X30 = 30,
	A64_SLOT_SP = 31,
	A64_SLOT_V0 = 32,
	A64_SLOT_V31 = 63,
	A64_SLOT_FLAGS = 64,
	A64_SLOT_TPIDR_EL0,
	A64_SLOT_EXCLUSIVE_ADDRESS,
	A64_SLOT_EXCLUSIVE_LOW,
	A64_SLOT_EXCLUSIVE_HIGH,
	A64_SLOT_QC,
	A64_SLOT_SCRATCH, /* memory */
	A64_SLOT_FPSR,    /* memory */
	A64_SLOT_COUNT
};

/** Runtime calls of this guest (aux of IR op runtime_call; a64_runtime_calls[] in runtime_calls.c). */
enum a64_runtime_call {
	A64_CALL_READ_FPSR,
	A64_CALL_WRITE_FPSR,
	A64_CALL_READ_FPCR,
	A64_CALL_WRITE_FPCR,      /* changes the mode: the unit must end after it */
	A64_CALL_READ_COUNTER,    /* CNTVCT_EL0, at 1 GHz */
	A64_CALL_INVALIDATE_CODE, /* IC IVAU: argument = address */
	A64_CALL_COUNT
};

static inline struct a64_state *
a64_state(struct cpu *cpu)
{
	return (struct a64_state *)cpu;
}

extern const struct ir_state_layout a64_layout;

#endif
