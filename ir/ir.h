// SPDX-License-Identifier: Apache-2.0
// The intermediate representation: typed SSA in one flat array of 16-byte records. An instruction is
// named by its index (ir_ref); operands are indices of earlier instructions. One ir_unit holds what is
// translated together: a single entry, any number of side exits, no inner joins (tier 0).
#ifndef IR_IR_H
#define IR_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ops.h"
#include "ir/state.h"

/** Index of an instruction in its unit; IR_NONE for an absent operand. */
typedef uint32_t ir_ref;
#define IR_NONE UINT32_MAX

enum ir_type { IR_VOID, I32, I64, F32, F64, V128, FLAGS, IR_TYPE_COUNT };

// clang-format off
enum ir_op {
#define IR_OP_ENUM(name, result, operands, aux, imm, effect) IR_##name,
	IR_OPS(IR_OP_ENUM)
#undef IR_OP_ENUM
	IR_OP_COUNT
};
// clang-format on

/** Conditions in the Arm encoding, so that bit 0 inverts; meaning per Arm ARM C1.2.4. */
// clang-format off
enum ir_condition {
	IR_EQ, IR_NE, IR_CS, IR_CC, IR_MI, IR_PL, IR_VS, IR_VC,
	IR_HI, IR_LS, IR_GE, IR_LT, IR_GT, IR_LE, IR_AL, IR_NV
};
// clang-format on

/** aux of load and store: size in bits 0-2 as log2 bytes (0..4), then modifiers. */
enum ir_memory {
	IR_MEM_SIZE = 7,
	IR_MEM_SIGNED = 8,   /* load: sign-extend to `type` (else zero-extend) */
	IR_MEM_ACQUIRE = 16, /* load-acquire */
	IR_MEM_RELEASE = 32, /* store-release, sequentially consistent with acquires */
	IR_MEM_BIG_ENDIAN = 64,
};

/** Operation of atomic_rmw, in aux bits 8-11; always acquire-release. */
// clang-format off
enum ir_rmw {
	IR_RMW_ADD, IR_RMW_ANDN, IR_RMW_XOR, IR_RMW_OR,
	IR_RMW_SMAX, IR_RMW_SMIN, IR_RMW_UMAX, IR_RMW_UMIN, IR_RMW_SWAP
};
// clang-format on

/** aux of prefetch: which cache it is to come into, or for a store. */
enum ir_prefetch {
	IR_PREFETCH_L1,
	IR_PREFETCH_L2,
	IR_PREFETCH_L3,
	IR_PREFETCH_STREAM,
	IR_PREFETCH_STORE
};

enum ir_fence { IR_FENCE_FULL, IR_FENCE_LOAD, IR_FENCE_STORE, IR_FENCE_CODE /* ISB */ };

/** aux of floating-point operations besides the lane size in bits 0-1 (V128 only: 2 or 3). */
// clang-format off
enum ir_fp_aux {
	IR_FP_SIGNALLING = 4,      /* flags_fcmp: invalid on quiet NaNs as well */
	IR_FP_UNSIGNED = 8,        /* conversions: the integer side is unsigned */
	IR_FP_EXACT = 16,          /* frint: raise inexact (FRINTX) */
	IR_FP_NEGATE_PRODUCT = 32, /* fma: the first factor is negated (NaN rules as for the Arm instruction) */
	IR_FP_NEGATE_ADDEND = 64,  /* fma: the addend is negated */
	IR_FP_ROUNDING_SHIFT = 8,  /* frint, fcvt_to_int: enum ir_rounding in bits 8-10 */
};
// clang-format on

/** Rounding modes; 0..3 have FPCR.RMode's encoding. */
// clang-format off
enum ir_rounding {
	IR_ROUND_NEAREST, IR_ROUND_UP, IR_ROUND_DOWN, IR_ROUND_ZERO, IR_ROUND_AWAY, IR_ROUND_CURRENT
};
// clang-format on

enum ir_fp_compare { IR_FP_COMPARE_EQ, IR_FP_COMPARE_GE, IR_FP_COMPARE_GT };

/** aux of vextract besides the lane. */
enum ir_vector_aux { IR_V_SIGNED = 4 };

/** Kinds of indirect branches. A return goes to what the layout's link slot holds. */
enum ir_indirect { IR_INDIRECT_JUMP, IR_INDIRECT_RETURN };

/** aux of exit_exception. */
enum ir_exception {
	IR_EXCEPTION_ILLEGAL,    /* unallocated or unsupported instruction: SIGILL */
	IR_EXCEPTION_BREAKPOINT, /* BRK and kin: SIGTRAP */
	IR_EXCEPTION_FETCH,      /* the instruction cannot be fetched: SIGSEGV */
	IR_EXCEPTION_PC_ALIGN,   /* misaligned pc: SIGBUS */
	IR_EXCEPTION_PRIVILEGED, /* defined, but not at this level: SIGILL */
	/* Not the guest's: a store or jump back of a restartable sequence comes next / was made. */
	IR_EXCEPTION_CRITICAL_STEP,
	IR_EXCEPTION_CRITICAL_DONE,
};

/** One instruction. `imm` shares its place with b and c; which one holds follows from the ops table. */
struct ir_insn {
	uint8_t op;
	uint8_t type;
	uint16_t aux;
	ir_ref a;
	union {
		struct {
			ir_ref b;
			ir_ref c;
		};
		int64_t imm;
	} __attribute__((packed, aligned(4)));
};
_Static_assert(sizeof(struct ir_insn) == 16, "ir_insn is 16 bytes");

/** Row of the ops table as data. */
struct ir_op_info {
	const char *name;
	uint8_t result;   /* enum ir_result */
	uint8_t operands; /* number of ir_ref operands */
	bool has_aux;
	bool has_imm;
	uint8_t effect; /* enum ir_effect */
};
// clang-format off
enum ir_result {
	IR_RESULT_SAME, IR_RESULT_I64, IR_RESULT_V128, IR_RESULT_FLAGS, IR_RESULT_FLAGS0, IR_RESULT_NONE
};
// clang-format on
// clang-format off
enum ir_effect {
	IR_EFFECT_PURE, IR_EFFECT_GET, IR_EFFECT_PUT, IR_EFFECT_LOAD, IR_EFFECT_STORE,
	IR_EFFECT_MARK, IR_EFFECT_EXIT, IR_EFFECT_BARRIER, IR_EFFECT_HELPER
};
// clang-format on
extern const struct ir_op_info ir_op_info[IR_OP_COUNT];

#define IR_MAX_INSNS  4096
#define IR_MAX_RANGES 32

/** A contiguous piece of guest code that a unit was made from. */
struct guest_range {
	uint64_t start;
	uint64_t end;
};

/**
 * What the guest code at the target of a direct exit does with the flags: it reads them, or overwrites them before it reads them,
 * and until then may write the slots in `written` (a bit a slot; slots from 128 up are never written).
 */
struct ir_flags_fate {
	uint64_t target;
	bool reads;
	uint64_t written[2];
};
#define IR_MAX_FLAGS_FATES 16

/** What is translated together. Owned by the translator's scratch memory, reused from unit to unit. */
struct ir_unit {
	uint64_t guest_pc;
	uint32_t mode; /* translation-time mode bits, part of the unit's key */
	uint32_t count;
	uint32_t guest_insns;
	uint32_t range_count;
	uint32_t
		code_range_count; /* of these, the ones that were lifted; the others were only looked at */
	uint32_t flags_fate_count;
	struct guest_range ranges[IR_MAX_RANGES];
	struct ir_flags_fate flags_fates[IR_MAX_FLAGS_FATES]; /* of exits of which it is known */
	const struct ir_state_layout *layout;
	struct ir_insn insns[IR_MAX_INSNS];
};

/** Mode bits that the IR's floating point depends on; a frontend may use bits from IR_MODE_FREE up. */
enum ir_mode {
	IR_MODE_ROUNDING = 3,          /* enum ir_rounding 0..3 */
	IR_MODE_FLUSH = 4,             /* FPCR.FZ */
	IR_MODE_DEFAULT_NAN = 8,       /* FPCR.DN */
	IR_MODE_ALTERNATIVE_HALF = 16, /* FPCR.AHP */
	IR_MODE_EXACT_FLAGS = 32, /* the program looks at cumulative flags: UFC must be exact too */
	IR_MODE_CHECK_CODE = 64,  /* verify the guest bytes at entry (page that keeps changing) */
	IR_MODE_MASK_TAGS = 128,  /* mask the top byte of addresses (tagged pointers in use) */
	IR_MODE_SINGLE = 256,     /* one guest instruction a unit (debugging) */
	IR_MODE_CHECK_NANS = 512, /* invalid operations are frequent: code tests for NaNs itself */
	IR_MODE_CRITICAL =
		1024,          /* one step of a restartable sequence: runtime/critical_sections.h */
	IR_MODE_RECORD = 2048, /* basic blocks whose ends the dispatcher sees (recording a trace) */
	IR_MODE_FREE = 4096,
};

/** What is known of the flags behind the exit to `target`; NULL: nothing. */
static inline const struct ir_flags_fate *
ir_flags_fate(const struct ir_unit *u, uint64_t target)
{
	for (uint32_t k = 0; k < u->flags_fate_count; k++)
		if (u->flags_fates[k].target == target)
			return &u->flags_fates[k];
	return NULL;
}

/** Type of the value instruction `i` makes (IR_VOID when none). */
enum ir_type ir_result_type(const struct ir_insn *i);

/**
 * Types of the operands of `op`, one letter an operand. t: the instruction's type; i: I32 or I64; w: I32; x: I64; f: F32 or
 * F64; p: the instruction's type, which is F32, F64 or V128; v: V128; n: V128 when the type is V128, else I32 or I64; m: V128
 * when the type is V128, else F32 or F64; c: FLAGS; h: V128 or absent; *: any value.
 */
const char *ir_operand_types(enum ir_op op);

/** Operations that are PURE by the table, but have sticky exception flags as a second result: never to be dropped. */
extern const bool ir_raises_flags[IR_OP_COUNT];

/** Write the unit as text to `out` (at most `size` bytes, NUL-terminated); returns the bytes needed. */
size_t ir_print(const struct ir_unit *u, char *out, size_t size);

/** Check the unit against the ops table and the SSA rules; true if sound, else the reason in `why`. */
bool ir_verify(const struct ir_unit *u, char *why, size_t size);

#endif
