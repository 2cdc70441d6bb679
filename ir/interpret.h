// SPDX-License-Identifier: Apache-2.0
// Executes IR units directly: the oracle that tests compare folding, passes and compiled code
// with. It shares with compiled code only the helper functions; it is written for clearness, not
// speed.
#ifndef IR_INTERPRET_H
#define IR_INTERPRET_H

#include "ir/guest_isa.h"
#include "ir/vec128.h"

/** What the interpreter needs to know about its surroundings. */
struct ir_interpreter {
	/* Runtime calls by number, or NULL when units have none. */
	const guest_runtime_call *runtime_calls;
	/* The form in which flags slots hold NZCV; NULL: NZCV in bits 3..0. */
	unsigned (*flags_to_nzcv)(uint32_t flags);
	uint32_t (*flags_from_nzcv)(unsigned nzcv);
};

/** How a unit was left. */
struct ir_outcome {
	enum ir_op exit; /* the exit taken; IR_align_check for an alignment fault */
	uint16_t aux;    /* its aux: enum ir_exception, enum ir_indirect */
	uint64_t pc;     /* where the guest goes on; exceptions: the instruction at fault */
	uint32_t fpsr;   /* floating-point exception flags that FP operations raised (FPSR_*) */
};

/**
 * Run `u` on `cpu`. Memory is accessed as the host's; a bad address faults as any C code's does.
 * `u` must be sound (ir_verify).
 */
struct ir_outcome ir_interpret(
	const struct ir_interpreter *interpreter, const struct ir_unit *u, struct cpu *cpu);

/*
 * Parts of it. Each computes operation `i` on operands a, b, c (integers and bits in d[0], NZCV in
 * d[0]) into *d, and gives false when it does not know the op. The floating-point part ORs raised
 * flags into *fpsr.
 */
bool ir_interpret_vector(const struct ir_insn *i, union vec128 *d, const union vec128 *a,
	const union vec128 *b, const union vec128 *c);
bool ir_interpret_float(const struct ir_unit *u, const struct ir_insn *i, union vec128 *d,
	const union vec128 *a, const union vec128 *b, const union vec128 *c, uint32_t *fpsr);

#endif
