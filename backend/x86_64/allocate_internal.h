// SPDX-License-Identifier: Apache-2.0
// What the two halves of the register allocator share: allocate.c (values and registers) and allocate_state.c (slots).
#ifndef BACKEND_X86_64_ALLOCATE_INTERNAL_H
#define BACKEND_X86_64_ALLOCATE_INTERNAL_H

#include "backend/x86_64/compiler.h"

/* The value's register, loaded if need be, locked for the instruction. */
host_reg allocate_use(struct compiler *c, ir_ref ref);
/* Store a register of either class, whole. */
void allocate_store_register(struct compiler *c, struct x86_mem to, host_reg from);
/* Forget a value that is not needed any more: its registers and its memory. */
void allocate_release_value(struct compiler *c, ir_ref ref);
/* Whether a value is wanted after instruction i, by an instruction or as a slot's value. */
bool allocate_needed_after(const struct compiler *c, ir_ref ref, ir_ref i);
/* Constants are made anew instead of being spilled. */
bool allocate_rematerializable(const struct compiler *c, ir_ref ref);
/* A free pair of spill words; fails the unit when there is none. */
int allocate_spill_allocate(struct compiler *c);
/* Load a value that is in no register (from memory or as a constant) into r; EFLAGS kept. */
void allocate_load_value(struct compiler *c, host_reg r, ir_ref ref);

#endif
