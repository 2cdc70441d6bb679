// SPDX-License-Identifier: Apache-2.0
// What a frontend offers: one struct guest_isa per guest instruction set. The runtime and the backends know a
// guest only through it.
#ifndef IR_GUEST_ISA_H
#define IR_GUEST_ISA_H

#include "ir/builder.h"

/** Limits and services for lifting one unit. */
struct lift_request {
	uint64_t pc;
	uint32_t mode;
	uint32_t max_guest_insns;
	/* Bytes of guest code readable and executable from `pc` on, up to 4096 at most; 0: fetch fault. */
	size_t (*fetchable)(uint64_t pc);
	/* Whether a unit starts at `pc` already: lifting ends there instead of translating the code again. May be NULL. */
	bool (*is_translated)(uint64_t pc, uint32_t mode);
	/* Whether `pc` lies in a restartable sequence: its instructions are units of their own. May be NULL. */
	bool (*is_critical)(uint64_t pc);
	bool as_lifted; /* for reports: nothing is folded, and nothing unused removed */
	/*
	 * A trace: the pcs of the basic blocks behind the first one (at `pc`) that lifting follows, and the pcs to which the
	 * last of them is known to branch, for indirect branches. NULL: a block of tier 0, lifted straight on.
	 */
	const uint64_t *path;
	uint32_t path_length;
	const uint64_t *labels;
	uint32_t label_count;
};

/** A runtime call (IR op runtime_call): guest state is canonical; returns the op's value. */
typedef uint64_t (*guest_runtime_call)(struct cpu *cpu, uint64_t argument);

struct guest_isa {
	const char *name; /* "aarch64" */
	const char *
		processor; /* what units are lifted for: one of another processor is another unit */
	uint16_t elf_machine;
	const struct ir_state_layout *layout;
	/* Lift a unit into `l` (ir_begin is called by it); never fails: undecodable words become exits. */
	void (*lift_unit)(struct lift *l, struct ir_unit *u, const struct lift_request *request);
	const guest_runtime_call *runtime_calls;
	uint32_t runtime_call_count;
	/* Disassemble one instruction at `pc` into `text`; returns its length in bytes. */
	unsigned (*disassemble)(uint64_t pc, const void *code, char *text, size_t size);
	/* Alignment of instructions, and the size of the shortest. */
	unsigned instruction_size;
	/* Whether what stands at `code` may be reached: an instruction, and not what fills the room between functions. */
	bool (*is_code)(const void *code);
};

#endif
