// SPDX-License-Identifier: Apache-2.0
// Building IR: what lifters call. Emitting forwards puts to gets, folds constants and algebra, and
// merges equal pure operations as it goes, so that units are born nearly clean.
#ifndef IR_BUILDER_H
#define IR_BUILDER_H

#include "ir/ir.h"

#define IR_MAX_SLOTS   128
#define IR_CSE_BUCKETS 256

/** The unit under construction: lifters' one argument besides the decoded fields. */
// clang-format off
struct lift {
	struct ir_unit *unit;
	uint64_t pc;                      /* address of the instruction being lifted */
	uint64_t next_pc;                 /* where lifting goes on; a lifter changes it to follow a jump */
	bool ended;                       /* the unit has its final exit */
	bool overflow;                    /* out of room: the caller lifts again with fewer instructions */
	bool follows_path;                /* of branches, the side that `path` names is followed, not left by */
	const uint64_t *path;             /* pcs of the blocks that a trace still goes through */
	uint32_t path_left;
	const uint64_t *labels;           /* at the end of the path: pcs that branches lead to inside the region */
	uint32_t label_count;
	bool no_folding;                  /* tests: emit as asked, without forwarding, folding and merging */
	ir_ref gets_valid_from;           /* a get before this instruction may no longer be reused */
	ir_ref slot_value[IR_MAX_SLOTS];  /* current value of each slot, or IR_NONE */
	uint64_t put_sums[IR_MAX_INSNS / 64]; /* a bit each: additions that a slot has, or had, for its value */
	ir_ref cse[IR_CSE_BUCKETS];       /* newest instruction a hash bucket */
	ir_ref cse_chain[IR_MAX_INSNS];
};
// clang-format on

/** Begin `unit` at `pc` with `mode`; `layout` names the slots. */
void ir_begin(struct lift *l, struct ir_unit *unit, const struct ir_state_layout *layout,
	uint64_t pc, uint32_t mode);

/**
 * End the unit: removes what nothing uses (values, puts that are overwritten unobserved, guest_pc markers that no
 * faulting operation needs) and closes the gaps. References into the unit held by the caller become invalid.
 */
void ir_finish(struct lift *l);

/** The record of an instruction; of one whose row has IMM. */
static inline struct ir_insn
ir_make(enum ir_op op, enum ir_type t, unsigned aux, ir_ref a, ir_ref b, ir_ref c)
{
	struct ir_insn i = { .op = op, .type = t, .aux = aux, .a = a };

	i.b = b;
	i.c = c;
	return i;
}

static inline struct ir_insn
ir_make_imm(enum ir_op op, enum ir_type t, unsigned aux, ir_ref a, int64_t imm)
{
	struct ir_insn i = { .op = op, .type = t, .aux = aux, .a = a };

	/* One form a constant: I32 sign-extended, F32 zero-extended. */
	if (op == IR_const && t == I32)
		imm = (int32_t)imm;
	else if (op == IR_const && t == F32)
		imm = (uint32_t)imm;
	i.imm = imm;
	return i;
}

/** Emit with folding, by the effect of the row: one entry each, since what is to be done is known where it is called. */
ir_ref ir_emit_pure(struct lift *l, struct ir_insn i);
ir_ref ir_emit_exit(struct lift *l, struct ir_insn i);
ir_ref ir_emit_get(struct lift *l, struct ir_insn i);
ir_ref ir_emit_put(struct lift *l, struct ir_insn i);
ir_ref ir_emit_mark(struct lift *l, struct ir_insn i);
ir_ref ir_emit_helper(struct lift *l, struct ir_insn i);
ir_ref ir_emit_access(struct lift *l, struct ir_insn i); /* LOAD, STORE, BARRIER */

/** The same where the row is not known before. For IMM rows use ir_emit_imm. */
ir_ref ir_emit(
	struct lift *l, enum ir_op op, enum ir_type t, unsigned aux, ir_ref a, ir_ref b, ir_ref c);
ir_ref ir_emit_imm(
	struct lift *l, enum ir_op op, enum ir_type t, unsigned aux, ir_ref a, int64_t imm);

/*
 * One function a row: ir_NAME(l [, type] [, aux] [, operands] [, imm]); type for SAME and FLAGS rows, aux and
 * imm for rows that use them. For example ir_add(l, I64, x, y), ir_load(l, I32, IR_MEM_SIGNED | 1, address),
 * ir_vadd(l, 2, x, y), ir_const(l, I64, 42), ir_exit_if(l, IR_EQ, flags, target_pc).
 */
// clang-format off
#define IR_P_SAME , enum ir_type t
#define IR_P_I64
#define IR_P_V128
#define IR_P_FLAGS , enum ir_type t
#define IR_P_FLAGS0
#define IR_P_NONE
#define IR_T_SAME t
#define IR_T_I64 I64
#define IR_T_V128 V128
#define IR_T_FLAGS t
#define IR_T_FLAGS0 FLAGS
#define IR_T_NONE IR_VOID
#define IR_P_AUX , unsigned aux
#define IR_P____
#define IR_A_AUX aux
#define IR_A____ 0
#define IR_P_0
#define IR_P_1 , ir_ref a
#define IR_P_2 , ir_ref a, ir_ref b
#define IR_P_3 , ir_ref a, ir_ref b, ir_ref c
#define IR_P_IMM , int64_t imm
#define IR_O____0 IR_NONE, IR_NONE, IR_NONE
#define IR_O____1 a, IR_NONE, IR_NONE
#define IR_O____2 a, b, IR_NONE
#define IR_O____3 a, b, c
#define IR_O_IMM0 IR_NONE, imm
#define IR_O_IMM1 a, imm
#define IR_F_IMM ir_make_imm
#define IR_F____ ir_make
#define IR_E_PURE ir_emit_pure
#define IR_E_GET ir_emit_get
#define IR_E_PUT ir_emit_put
#define IR_E_LOAD ir_emit_access
#define IR_E_STORE ir_emit_access
#define IR_E_MARK ir_emit_mark
#define IR_E_EXIT ir_emit_exit
#define IR_E_BARRIER ir_emit_access
#define IR_E_HELPER ir_emit_helper
#define IR_BUILD(name, result, operands, aux_, imm_, effect)                                      \
	static inline ir_ref ir_##name(struct lift *l IR_P_##result IR_P_##aux_ IR_P_##operands       \
	                                   IR_P_##imm_)                                               \
	{                                                                                             \
		return IR_E_##effect(l, IR_F_##imm_(IR_##name, IR_T_##result, IR_A_##aux_,                \
		                                    IR_O_##imm_##operands));                              \
	}
IR_OPS(IR_BUILD)
#undef IR_BUILD
// clang-format on

#endif
