// SPDX-License-Identifier: Apache-2.0
// The cumulative floating-point flags that translated code raises: in MXCSR by its own instructions, in cpu_cold.fp_flags by
// the C helpers that it calls.
#include "backend/backend.h"
#include "ir/float.h"

#define MXCSR_FLAGS 0x3fu

uint32_t
backend_take_fp_flags(struct cpu *cpu)
{
	/* MXCSR's sticky flags IE DE ZE OE UE PE, bits 0 to 5 */
	static const uint32_t flag[6] = { FPSR_IOC, FPSR_IDC, FPSR_DZC, FPSR_OFC, FPSR_UFC,
		FPSR_IXC };
	uint32_t flags = 0;

	for (unsigned n = 0; n < 6; n++)
		if (cpu->hot.fp_control >> n & 1)
			flags |= flag[n];
	/* Arm notes denormal operands only when it flushes them. */
	if (!(cpu->hot.mode & IR_MODE_FLUSH))
		flags &= ~(uint32_t)FPSR_IDC;
	flags |= (uint32_t)cpu->cold.fp_flags;
	cpu->hot.fp_control &= ~MXCSR_FLAGS;
	cpu->cold.fp_flags = 0;
	return flags;
}
