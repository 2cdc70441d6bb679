// SPDX-License-Identifier: Apache-2.0
// Guest CPU state as the IR and the backends see it: a block of memory with named slots. Frontends
// describe their slots; backends decide which slots live in host registers between units (the pins).
#ifndef IR_STATE_H
#define IR_STATE_H

#include <stddef.h>
#include <stdint.h>

// clang-format off
enum ir_slot_kind {
	IR_SLOT_INTEGER, /* 8 bytes, I64 (I32 gets read the low half) */
	IR_SLOT_VECTOR,  /* 16 bytes, V128 (F32/F64 gets read lane 0) */
	IR_SLOT_FLAGS,   /* 4 bytes, NZCV in the backend's own representation */
	IR_SLOT_MEMORY,  /* never forwarded nor pinned: other code changes it (FPSR bits, scratch cells) */
};
// clang-format on

/** One slot of guest state. */
struct ir_state_slot {
	const char *name;
	uint16_t offset;  /* bytes from the start of struct cpu */
	uint8_t kind;     /* enum ir_slot_kind */
	uint8_t pin_rank; /* 1 = first to be pinned in a host register of its class, 0 = never */
};

/** All slots of a guest. */
struct ir_state_layout {
	const struct ir_state_slot *slots;
	uint32_t count;
	uint32_t link_slot; /* where calls leave the address that they return to */
};

/** All bits of hot.signal_pending: code may test it with any register that is not zero. */
#define CPU_SIGNAL_PENDING UINT32_MAX

/** The first bytes of every guest's state, reached from translated code with one-byte displacements. */
// clang-format off
struct cpu_hot {
	void *indirect_table;   /* indirect-branch hash table; replaced by an empty one when a signal pends */
	uint32_t signal_pending;/* polled at the heads of loops of regions; CPU_SIGNAL_PENDING: leave for the dispatcher; else 0 */
	uint32_t flags;         /* NZCV in the backend's representation */
	uint32_t fp_control;    /* the backend's: floating-point control and cumulative flags as the host has them */
	uint32_t mode;          /* current mode bits, part of unit keys */
	int32_t loop_fuel;      /* counted down on backward branches; negative: leave for the dispatcher */
	uint32_t release_pending; /* a store-release may still be in the host's store buffer */
	uint64_t pc;            /* guest pc; valid outside translated code and at exits to the runtime */
};
// clang-format on

/** Reasons for which translated code returns to the dispatcher, in cpu_cold.exit_reason. */
// clang-format off
enum cpu_exit_reason {
	CPU_EXIT_LINK,        /* direct exit not linked yet: exit_argument = struct code_exit * */
	CPU_EXIT_INDIRECT,    /* pc was not in the indirect table */
	CPU_EXIT_SYSTEM_CALL, /* pc = instruction after it; exit_argument = struct code_exit * to there */
	CPU_EXIT_CALL_MADE,   /* the same, and the host's call has been made already (cpu_cold.system_call) */
	CPU_EXIT_EXCEPTION,   /* exit_argument = enum ir_exception; pc = instruction at fault */
	CPU_EXIT_STALE,       /* exit_argument = struct code_unit * whose guest code changed; pc is right */
	CPU_EXIT_FAULT,       /* a host fault was turned into guest state by the signal handler */
	CPU_EXIT_CRITICAL_ABORT, /* the host kernel aborted backend_enter_critical: state is as it was before */
	CPU_EXIT_REASONS,     /* how many there are */
};
// clang-format on

#define CPU_GUEST_STATE_SIZE 1504

struct cpu;

/** State that translated code rarely touches. */
// clang-format off
struct cpu_cold {
	uint64_t exit_reason;     /* enum cpu_exit_reason */
	uint64_t exit_argument;
	void *host_stack;         /* stack pointer of C code while translated code runs */
	void *return_stack_top;   /* stack pointer of translated code while C code runs */
	void *return_stack_base;  /* highest usable address, where the sentinel lies */
	void *thread;             /* struct guest_thread * */
	uint64_t host_fp_control; /* hot.fp_control of C code */
	void *runtime_return;     /* where a runtime call goes back to: it may forget the return stack */
	uint64_t helper_imm;      /* immediate of the helper being called */
	uint64_t saved_scratch;   /* a register of the backend's while out-of-line code calls a helper */
	uint64_t fp_flags;        /* FPSR bits of floating-point operations that C computed; cumulative like those in hot.fp_control */
	uint64_t invalid_operations; /* host traps that invalid floating-point operations have cost, */
	uint64_t invalid_operations_since; /* since this time, in cycles */
	uint64_t flags_operands[2]; /* of flags that are only described so far (the backend's) */
	uint16_t fcmp_flags[2][72]; /* the backend's */
	uint64_t spill[64] __attribute__((aligned(16)));  /* spill area of translated code */
	uint64_t helper_arguments[4][2];                  /* operands a, b, c and result of vector helpers */
	uint64_t saved_gprs[16];                          /* registers across helper calls */
	uint64_t saved_vectors[32][2];
	void *entry_points[96];   /* addresses of helpers and trampolines, called through here */
	const uint8_t *(*system_call)(struct cpu *cpu); /* see backend_set_system_call */
};
// clang-format on

/** All state of a guest's processor. Guest-specific slots follow cpu_hot; 64-byte aligned. */
struct cpu {
	union {
		struct cpu_hot hot;
		uint8_t guest[CPU_GUEST_STATE_SIZE];
	};
	struct cpu_cold cold __attribute__((aligned(32)));
};

#endif
