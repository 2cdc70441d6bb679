// SPDX-License-Identifier: Apache-2.0
// The ops table as data, and what follows directly from it: the type of an instruction's value and
// which of its fields are operands.
#include "ir/ir.h"

#define IR_INFO____ false
#define IR_INFO_AUX true
#define IR_INFO_IMM true

const struct ir_op_info ir_op_info[IR_OP_COUNT] = {
#define IR_INFO(name, result, operands, aux, imm, effect)                                  \
	[IR_##name] = { #name, IR_RESULT_##result, operands, IR_INFO_##aux, IR_INFO_##imm, \
		IR_EFFECT_##effect },
	IR_OPS(IR_INFO)
#undef IR_INFO
};

enum ir_type
ir_result_type(const struct ir_insn *i)
{
	switch (ir_op_info[i->op].result) {
	case IR_RESULT_SAME: return i->type;
	case IR_RESULT_I64: return I64;
	case IR_RESULT_V128: return V128;
	case IR_RESULT_FLAGS:
	case IR_RESULT_FLAGS0: return FLAGS;
	default: return IR_VOID;
	}
}

/* See ir_operand_types; an op without a row takes what its result is. */
static const char *const operand_types[IR_OP_COUNT] = {
	[IR_put] = "*",
	[IR_umulh] = "xx",
	[IR_smulh] = "xx",
	[IR_umull] = "ww",
	[IR_smull] = "ww",
	[IR_shl] = "ti",
	[IR_lshr] = "ti",
	[IR_ashr] = "ti",
	[IR_ror] = "ti",
	[IR_zext] = "i",
	[IR_sext] = "i",
	[IR_trunc] = "x",
	[IR_adc] = "ttc",
	[IR_sbc] = "ttc",
	[IR_crc32] = "wi",
	[IR_flags_adc] = "ttc",
	[IR_flags_sbc] = "ttc",
	[IR_flags_fcmp] = "ff",
	[IR_flags_from_nzcv] = "i",
	[IR_flags_to_nzcv] = "c",
	[IR_flags_select] = "ccc",
	[IR_select] = "ctt",
	[IR_condition] = "c",
	[IR_load] = "x",
	[IR_store] = "x*",
	[IR_atomic_rmw] = "xt",
	[IR_compare_swap] = "xtt",
	[IR_align_check] = "x",
	[IR_zero_block] = "x",
	[IR_prefetch] = "x",
	[IR_fadd] = "pp",
	[IR_fsub] = "pp",
	[IR_fmul] = "pp",
	[IR_fdiv] = "pp",
	[IR_fsqrt] = "p",
	[IR_fma] = "ppp",
	[IR_fmax] = "pp",
	[IR_fmin] = "pp",
	[IR_fmaxnm] = "pp",
	[IR_fminnm] = "pp",
	[IR_fabs] = "p",
	[IR_fneg] = "p",
	[IR_fcvt] = "f",
	[IR_frint] = "p",
	[IR_fcvt_to_int] = "m",
	[IR_int_to_fp] = "n",
	[IR_f_from_bits] = "i",
	[IR_bits_from_f] = "f",
	[IR_v_from_f] = "f",
	[IR_f_from_v] = "v",
	[IR_vdup] = "i",
	[IR_vinsert] = "vi",
	[IR_vextract] = "v",
	[IR_helper] = "hhh",
	[IR_runtime_call] = "x",
	[IR_exit_if] = "c",
	[IR_exit_indirect] = "x",
	[IR_exit_unless] = "x",
	[IR_exit_call] = "x",
	[IR_exit_call_indirect] = "xx",
};

const bool ir_raises_flags[IR_OP_COUNT] = {
	[IR_fadd] = true,
	[IR_fsub] = true,
	[IR_fmul] = true,
	[IR_fdiv] = true,
	[IR_fsqrt] = true,
	[IR_fma] = true,
	[IR_fmax] = true,
	[IR_fmin] = true,
	[IR_fmaxnm] = true,
	[IR_fminnm] = true,
	[IR_fcvt] = true,
	[IR_frint] = true,
	[IR_fcvt_to_int] = true,
	[IR_int_to_fp] = true,
	[IR_vfcmp] = true,
	[IR_flags_fcmp] = true,
};

const char *
ir_operand_types(enum ir_op op)
{
	if (operand_types[op] != NULL)
		return operand_types[op];
	return ir_op_info[op].result == IR_RESULT_V128 ? "vvv" : "ttt";
}
