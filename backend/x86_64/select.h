// SPDX-License-Identifier: Apache-2.0
// Instruction selection's parts among themselves, and the numbering of struct cpu's entry points.
#ifndef BACKEND_X86_64_SELECT_H
#define BACKEND_X86_64_SELECT_H

#include "backend/x86_64/compiler.h"

/* Indices into cpu_cold.entry_points: code reaches everything outside its unit through them. */
enum entry_point {
	ENTRY_LINK,
	ENTRY_INDIRECT,
	ENTRY_RETURN_MISS,
	ENTRY_SYSTEM_CALL,
	ENTRY_EXCEPTION,
	ENTRY_STALE,
	ENTRY_HELPER,
	ENTRY_RUNTIME_TRAMPOLINE,
	ENTRY_FAULT,
	ENTRY_RUNTIME_CALLS, /* one a runtime call of the guest */
};

/* Emit the unit's main path; then, behind it, its exit stubs and cold paths. A region's main paths come first, all of them. */
void select_main_path(struct compiler *c);
/* Part of it: instructions `from` to before `to`. */
void select_instructions(struct compiler *c, ir_ref from, ir_ref to);
void select_cold_code(struct compiler *c);
/* The check of IR_MODE_CHECK_CODE units: the guest code is still what was translated. */
void select_code_check(struct compiler *c);
/* At the head of a loop in a region: leave for the dispatcher if a signal pends. */
void select_loop_head_poll(struct compiler *c, uint64_t guest_pc);
/* The code of side exits, behind the main path. */
void select_exit_stubs(struct compiler *c);

#endif
