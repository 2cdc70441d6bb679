// SPDX-License-Identifier: Apache-2.0
// What the selectors of exits share: exit records, the runtime's patchable jumps, side exits' stubs, counters.
#ifndef BACKEND_X86_64_SELECT_EXITS_H
#define BACKEND_X86_64_SELECT_EXITS_H

#include "backend/x86_64/compiler.h"

/* A record of the unit's for an exit to `guest_pc`. */
struct code_exit *new_exit(struct compiler *c, uint64_t guest_pc, enum code_exit_kind kind);
/* The rel32 that the runtime patches, behind so many bytes of opcode, must not cross a cache line: other threads see it change at once. */
void align_patchable(struct compiler *c, unsigned opcode_bytes);
/* Emit the stub of the exit whose jump has the field `jump`, which leads to the stub from now on. */
void emit_link_stub(struct compiler *c, struct code_exit *exit, uint8_t *jump);
/* One more in a counter of the unit, or of one of its exits, if it has any. State is canonical; rcx is changed, EFLAGS are not. */
void emit_count(struct compiler *c, uint64_t number);
void emit_exit_count(struct compiler *c, const struct code_exit *exit);
/* State as it must be at an edge to `target`, where flags may do with a description: at the seam of the region, if any. */
void meet_seam(struct compiler *c, uint64_t target);
/* State canonical but for `value` in rax. */
void make_canonical_with_rax(struct compiler *c, ir_ref value);
/* jmp to the exit's target, its stub behind it; `poll`: unless a signal pends. State is canonical. */
void emit_direct_jump(struct compiler *c, uint64_t target, enum code_exit_kind kind, bool poll);
/* Whether a branch to `target` goes backward. */
bool wants_poll(const struct compiler *c, uint64_t target);
/* For the dispatcher, whether the exit is linked or not. */
void emit_way_out(struct compiler *c, struct code_exit *exit);
/* A side exit of the unit, to be filled in; its code is emitted behind the main path. */
struct exit_stub *new_stub(struct compiler *c);
void emit_indirect_stub(struct compiler *c, struct exit_stub *stub);

#endif
