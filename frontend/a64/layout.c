// SPDX-License-Identifier: Apache-2.0
// The slots of AArch64 guest state, and which of them deserve a host register: ranks follow how
// often compiled programs touch each register (arguments, the stack pointer and the first
// callee-saved registers come first).
#include "frontend/a64/state.h"

#define X(n, rank) \
	[A64_SLOT_X0 + (n)] = { "x" #n, offsetof(struct a64_state, x[n]), IR_SLOT_INTEGER, rank }
#define V(n, rank) \
	[A64_SLOT_V0 + (n)] = { "v" #n, offsetof(struct a64_state, v[n]), IR_SLOT_VECTOR, rank }
#define OTHER(slot, name, member, kind) \
	[A64_SLOT_##slot] = { name, offsetof(struct a64_state, member), IR_SLOT_##kind, 0 }

/* clang-format off */
static const struct ir_state_slot slots[A64_SLOT_COUNT] = {
	X(0, 1), X(1, 2), X(2, 3), X(3, 4), X(4, 10), X(5, 13), X(6, 15), X(7, 19),
	X(8, 11), X(9, 16), X(10, 20), X(11, 22), X(12, 24), X(13, 27), X(14, 28), X(15, 29),
	X(16, 30), X(17, 31), X(18, 32), X(19, 6), X(20, 7), X(21, 12), X(22, 14), X(23, 17),
	X(24, 18), X(25, 21), X(26, 23), X(27, 25), X(28, 26), X(29, 9), X(30, 8),
	[A64_SLOT_SP] = { "sp", offsetof(struct a64_state, sp), IR_SLOT_INTEGER, 5 },
	V(0, 1), V(1, 2), V(2, 3), V(3, 4), V(4, 5), V(5, 6), V(6, 7), V(7, 8),
	V(8, 25), V(9, 26), V(10, 27), V(11, 28), V(12, 29), V(13, 30), V(14, 31), V(15, 32),
	V(16, 9), V(17, 10), V(18, 11), V(19, 12), V(20, 13), V(21, 14), V(22, 15), V(23, 16),
	V(24, 17), V(25, 18), V(26, 19), V(27, 20), V(28, 21), V(29, 22), V(30, 23), V(31, 24),
	[A64_SLOT_FLAGS] = { "nzcv", offsetof(struct a64_state, hot.flags), IR_SLOT_FLAGS, 1 },
	OTHER(TPIDR_EL0, "tpidr_el0", tpidr_el0, INTEGER),
	OTHER(EXCLUSIVE_ADDRESS, "exclusive_address", exclusive_address, INTEGER),
	OTHER(EXCLUSIVE_LOW, "exclusive_low", exclusive_value.d[0], INTEGER),
	OTHER(EXCLUSIVE_HIGH, "exclusive_high", exclusive_value.d[1], INTEGER),
	OTHER(QC, "qc", qc, VECTOR),
	OTHER(SCRATCH, "scratch", scratch, MEMORY),
	OTHER(FPSR, "fpsr", fpsr, MEMORY),
};
/* clang-format on */

const struct ir_state_layout a64_layout = { slots, A64_SLOT_COUNT, A64_SLOT_X30 };
