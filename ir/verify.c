// SPDX-License-Identifier: Apache-2.0
// Soundness of a unit: every operand is an earlier instruction's value of the type that the op
// takes, slots and numbers in aux are in range, and the unit ends with an exit.
#include "ir/ir.h"
#include "ir/vector_helpers.h"

#include <stdarg.h>
#include <stdio.h>

struct check {
	const struct ir_unit *unit;
	char *why;
	size_t size;
};

__attribute__((format(printf, 3, 4))) static bool
unsound(struct check *c, uint32_t n, const char *format, ...)
{
	const struct ir_unit *u = c->unit;
	va_list arguments;
	int length = snprintf(c->why, c->size, "%%%u (%s): ", n,
		u->insns[n].op < IR_OP_COUNT ? ir_op_info[u->insns[n].op].name : "?");

	if (length < 0 || (size_t)length >= c->size)
		return false;
	va_start(arguments, format);
	vsnprintf(c->why + length, c->size - (size_t)length, format, arguments);
	va_end(arguments);
	return false;
}

static bool
is_integer(enum ir_type t)
{
	return t == I32 || t == I64;
}

static bool
is_float(enum ir_type t)
{
	return t == F32 || t == F64;
}

/*
 * Whether a value of type `have` may be an operand of letter `want` of an instruction of type `t`.
 */
static bool
type_fits(char want, enum ir_type have, enum ir_type t)
{
	switch (want) {
	case 't': return have == t;
	case 'i': return is_integer(have);
	case 'w': return have == I32;
	case 'x': return have == I64;
	case 'f': return is_float(have);
	case 'p': return have == t && (is_float(t) || t == V128);
	case 'v':
	case 'h': return have == V128;
	case 'n': return t == V128 ? have == V128 : is_integer(have);
	case 'm': return t == V128 ? have == V128 : is_float(have);
	case 'c': return have == FLAGS;
	default: return have != IR_VOID;
	}
}

/* The letter of operand `k`. */
static char
operand_letter(const struct ir_insn *i, unsigned k)
{
	return ir_operand_types(i->op)[k];
}

static bool
check_operands(struct check *c, uint32_t n)
{
	const struct ir_insn *i = &c->unit->insns[n];
	const struct ir_op_info *info = &ir_op_info[i->op];

	for (unsigned k = 0; k < info->operands; k++) {
		ir_ref r = k == 0 ? i->a : k == 1 ? i->b : i->c;
		char letter = operand_letter(i, k);

		if (r == IR_NONE && letter == 'h')
			continue;
		if (r >= n)
			return unsound(c, n, "operand %u is not an earlier instruction", k);
		if (!type_fits(letter, ir_result_type(&c->unit->insns[r]), i->type))
			return unsound(c, n, "operand %u has the wrong type", k);
	}
	return true;
}

static bool
check_slot(struct check *c, uint32_t n, unsigned slot, enum ir_type t)
{
	const struct ir_state_layout *layout = c->unit->layout;
	bool fits;

	if (slot >= layout->count)
		return unsound(c, n, "no such slot");
	switch (layout->slots[slot].kind) {
	case IR_SLOT_INTEGER:
		fits = t == I64 || (t == I32 && c->unit->insns[n].op == IR_get);
		break;
	case IR_SLOT_VECTOR: fits = t == V128 || is_float(t); break;
	case IR_SLOT_FLAGS: fits = t == FLAGS; break;
	default: fits = t != FLAGS; break;
	}
	return fits || unsound(c, n, "type does not fit slot %s", layout->slots[slot].name);
}

/* Numbers in aux, and types that the ops table leaves open. */
static bool
check_details(struct check *c, uint32_t n)
{
	const struct ir_insn *i = &c->unit->insns[n];
	const struct ir_insn *insns = c->unit->insns;

	switch (i->op) {
	case IR_get: return check_slot(c, n, i->aux, i->type);
	case IR_put: return check_slot(c, n, i->aux, ir_result_type(&insns[i->a]));
	case IR_state_address:
		return i->aux < c->unit->layout->count || unsound(c, n, "no such slot");
	case IR_zext:
	case IR_sext:
		return (i->aux >= 1 && i->aux <= 32) || unsound(c, n, "source bits out of range");
	case IR_trunc: return i->type == I32 || unsound(c, n, "type is not i32");
	case IR_bfi:
		return (i->aux & 0xff) + (i->aux >> 8) <= (i->type == I32 ? 32 : 64) ||
		       unsound(c, n, "field exceeds the type");
	case IR_vdup:
		return (i->aux & 3) < 3 || ir_result_type(&insns[i->a]) == I64 ||
		       unsound(c, n, "64-bit lane from a 32-bit value");
	case IR_vinsert:
		return (i->aux & 3) < 3 || ir_result_type(&insns[i->b]) == I64 ||
		       unsound(c, n, "64-bit lane from a 32-bit value");
	case IR_load:
	case IR_store: return (i->aux & IR_MEM_SIZE) <= 4 || unsound(c, n, "no such size");
	case IR_helper:
		if (n == 0 || insns[n - 1].op != IR_helper_imm)
			return unsound(c, n, "no helper_imm before it");
		return i->aux < HELPER_COUNT || unsound(c, n, "no such helper");
	case IR_helper_imm:
		if (n + 1 == c->unit->count || insns[n + 1].op != IR_helper)
			return unsound(c, n, "no helper after it");
		return i->aux <= c->unit->layout->count || unsound(c, n, "no such slot");
	default: return true;
	}
}

static bool
check_type(struct check *c, uint32_t n)
{
	const struct ir_insn *i = &c->unit->insns[n];
	uint8_t result = ir_op_info[i->op].result;

	if (result == IR_RESULT_SAME && (i->type == IR_VOID || i->type >= IR_TYPE_COUNT))
		return unsound(c, n, "no such type");
	if (result == IR_RESULT_FLAGS && !is_integer(i->type))
		return unsound(c, n, "operand type of flags is not an integer");
	return true;
}

bool
ir_verify(const struct ir_unit *u, char *why, size_t size)
{
	struct check c = { .unit = u, .why = why, .size = size };

	if (u->count == 0 || u->count > IR_MAX_INSNS) {
		snprintf(why, size, "unit of %u instructions", u->count);
		return false;
	}
	for (uint32_t n = 0; n < u->count; n++) {
		if (u->insns[n].op >= IR_OP_COUNT)
			return unsound(&c, n, "no such op");
		if (!check_type(&c, n) || !check_operands(&c, n) || !check_details(&c, n))
			return false;
	}
	if (ir_op_info[u->insns[u->count - 1].op].effect != IR_EFFECT_EXIT ||
		u->insns[u->count - 1].op == IR_exit_if ||
		u->insns[u->count - 1].op == IR_exit_unless)
		return unsound(&c, u->count - 1, "the unit does not end with an exit");
	return true;
}
