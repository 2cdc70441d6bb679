// SPDX-License-Identifier: Apache-2.0
// The ops table as data, and what follows directly from it: the type of an instruction's value and which of
// its fields are operands.
#include "ir/ir.h"

#define IR_INFO____ false
#define IR_INFO_AUX true
#define IR_INFO_IMM true

const struct ir_op_info ir_op_info[IR_OP_COUNT] = {
#define IR_INFO(name, result, operands, aux, imm, effect)                                          \
	[IR_##name] = { #name, IR_RESULT_##result, operands, IR_INFO_##aux, IR_INFO_##imm,         \
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
