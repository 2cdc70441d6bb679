// SPDX-License-Identifier: Apache-2.0
// Flags computed in C from the operands of the operation that made them: for recipes, and for lazy flags words. An exit behind which
// nothing is known to read the flags stores only a description of them in hot.flags, one constant: the operation, and where its
// operands are: in slots, if the code there is known to overwrite the flags before these, in the constant, or in two cells of their own.
// Whoever leaves translated code meanwhile (a fault, a signal) finds the description and makes flags of it; code that reads flags
// from memory asks whether they are a description, and calls C if so.
#include "backend/x86_64/region.h"
#include "backend/x86_64/select.h"
#include "ir/vec128.h"

/* ---- flags of operands ---------------------------------------------------------------------------------------------- */

static unsigned
nzcv_of(uint64_t a, uint64_t b, bool subtract, unsigned bits)
{
	uint64_t mask = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
	uint64_t sign = UINT64_C(1) << (bits - 1);

	a &= mask;
	b &= mask;
	uint64_t addend = subtract ? ~b & mask : b;
	uint64_t result = (a + addend + subtract) & mask;
	bool carry = subtract ? a >= b : result < a;
	bool overflow = ((a ^ result) & (addend ^ result) & sign) != 0;
	return (unsigned)((result & sign) != 0) << 3 | (unsigned)(result == 0) << 2 |
	       (unsigned)carry << 1 | overflow;
}

static unsigned
nzcv_of_compare(union register_value a, union register_value b, bool f64)
{
	double x, y;

	if (f64) {
		memcpy(&x, a.words, 8);
		memcpy(&y, b.words, 8);
	} else {
		float fx, fy;

		memcpy(&fx, a.words, 4);
		memcpy(&fy, b.words, 4);
		x = fx;
		y = fy;
	}
	if (__builtin_isunordered(x, y))
		return 3;
	return x == y ? 6 : x < y ? 8 : 2;
}

unsigned
flags_of_operands(
	enum flags_kind kind, uint8_t type, union register_value a, union register_value b)
{
	unsigned bits = type == I64 ? 64 : 32;
	uint64_t x = a.words[0], y = b.words[0];

	switch (kind) {
	case FLAGS_ADD: return nzcv_of(x, y, false, bits);
	case FLAGS_SUB: return nzcv_of(x, y, true, bits);
	case FLAGS_ADD_RESULT: return nzcv_of(x - y, y, false, bits);
	case FLAGS_SUB_RESULT: return nzcv_of(x + y, y, true, bits);
	case FLAGS_AND: x &= y; break;
	case FLAGS_ANDN: x &= ~y; break;
	case FLAGS_FCMP: return nzcv_of_compare(a, b, type == F64);
	default: break;
	}
	return nzcv_of(x, 0, false, bits) & 0xc;
}

/* ---- lazy flags words ---------------------------------------------------------------------------------------------------- */

/*
 * Bit 1 marks a description: it is clear in all flags words proper. Bits 2-4: enum flags_kind less one; 5: operands of 64 bits;
 * 6-12: slot of a; 13: b is a constant; 14-31: b's slot, or the constant, signed.
 */
#define LAZY_KIND_SHIFT 2
#define LAZY_WIDE       (1u << 5)
#define LAZY_A_SHIFT    6
#define LAZY_B_CONST    (1u << 13)
#define LAZY_B_SHIFT    14

/* Slot numbers that stand for the cells cold.flags_operands[0] and [1]. */
#define LAZY_CELL 126

/* Without a fate, nobody knows what the code behind the exit writes. */
static bool
stays(const struct ir_flags_fate *fate, unsigned slot)
{
	return fate && slot < LAZY_CELL && !(fate->written[slot / 64] >> slot % 64 & 1);
}

/* A slot whose value, in its canonical place once the exit's moves are done, is and stays `ref`; -1: none. */
static int
slot_with_value(const struct compiler *c, ir_ref ref, const struct ir_flags_fate *fate)
{
	const struct value *v = &c->values[canon(c, ref)];

	for (uint32_t set = v->slot_refs ? c->seam->pin_mask : 0; set; set &= set - 1) {
		unsigned r = (unsigned)__builtin_ctz(set);

		if (c->pin_value[r] == canon(c, ref) && stays(fate, c->seam->slot_of_pin[r]))
			return c->seam->slot_of_pin[r];
	}
	if (v->memory == MEMORY_SLOT && c->seam->pin_of_slot[v->memory_index] == REG_NONE &&
		stays(fate, v->memory_index))
		return v->memory_index;
	return -1;
}

/* Where operand `which` is to be found: a slot, or its cell, into which the exit stores it then. */
static bool
describe_operand(const struct compiler *c, struct snapshot *s, unsigned which, ir_ref ref,
	const struct ir_flags_fate *fate)
{
	const struct place *p = which ? &s->flags_b : &s->flags_a;
	int slot = slot_with_value(c, ref, fate);

	if (slot < 0) {
		if (p->kind != PLACE_REG)
			return false;
		slot = LAZY_CELL + (int)which;
		s->flags_cells |= 1u << which;
	}
	s->description |= (uint32_t)slot << (which ? LAZY_B_SHIFT : LAZY_A_SHIFT);
	return true;
}

static bool
describe_second(
	const struct compiler *c, struct snapshot *s, ir_ref b, const struct ir_flags_fate *fate)
{
	const struct ir_insn *in = insn_of(c, b);

	if (in->op == IR_const) {
		bool narrow = in->type == I32 || c->u->insns[b].type == I32;
		int64_t imm = narrow ? (int32_t)in->imm : in->imm;

		s->description |= LAZY_B_CONST | (uint32_t)imm << LAZY_B_SHIFT;
		return imm >= -(1 << 17) && imm < 1 << 17;
	}
	return describe_operand(c, s, 1, b, fate);
}

/*
 * Units of one instruction mostly end before the flags' reader. Those of critical sections may not leave for C before their store,
 * so they find no descriptions. C that finds flags of a comparison would trap where it is invalid.
 */
#define MODES_WITH_PLAIN_FLAGS (IR_MODE_CHECK_CODE | IR_MODE_SINGLE | IR_MODE_CRITICAL)

static bool
may_describe(const struct compiler *c, const struct snapshot *s, const struct ir_flags_fate *fate)
{
	if (s->flags == FLAGS_IN_MEMORY || insn_of(c, c->flags_value)->op == IR_flags_const)
		return false;
	return fate ? !fate->reads
		    : !(c->u->mode & MODES_WITH_PLAIN_FLAGS) && s->flags != FLAGS_FCMP;
}

static bool
describe(const struct compiler *c, struct snapshot *s, const struct ir_flags_fate *fate)
{
	bool wide = s->flags_type == I64 || s->flags_type == F64;
	ir_ref a, b;

	if (!may_describe(c, s, fate))
		return false;
	flags_kind_of(c, c->flags_value, &a, &b);
	s->description =
		LAZY_FLAGS | (uint32_t)(s->flags - 1) << LAZY_KIND_SHIFT | (wide ? LAZY_WIDE : 0);
	s->flags_cells = 0;
	return describe_operand(c, s, 0, a, fate) &&
	       (b == IR_NONE || describe_second(c, s, b, fate));
}

bool
flags_describe(const struct compiler *c, struct snapshot *s, uint64_t target)
{
	struct ir_flags_fate inside;

	if (!c->region)
		return describe(c, s, ir_flags_fate(c->u, target));
	return describe(c, s, region_flags_fate(c, target, &inside) ? &inside : NULL);
}

bool
flags_describe_anywhere(const struct compiler *c, struct snapshot *s)
{
	return describe(c, s, NULL);
}

static void
store_cell(struct compiler *c, unsigned which, host_reg from)
{
	struct x86_mem cell = x86_mem_base(X86_RBP, CPU_COLD(flags_operands) + (int32_t)which * 8);

	if (from >= REG_XMM)
		x86_vec_mr(&c->w, X86_VMOVQ, cell, XMM(from));
	else
		x86_store(&c->w, 8, cell, (enum x86_gpr)from);
}

void
emit_flags_description(struct compiler *c, const struct snapshot *s)
{
	if (s->flags_cells & 1)
		store_cell(c, 0, s->flags_a.reg);
	if (s->flags_cells & 2)
		store_cell(c, 1, s->flags_b.reg);
	x86_store_imm(&c->w, 4, x86_mem_base(X86_RBP, CPU_HOT(flags)), (int32_t)s->description);
}

static union register_value
slot_value(const struct cpu *cpu, unsigned slot)
{
	union register_value value = { { 0, 0 } };

	if (slot >= LAZY_CELL)
		value.words[0] = cpu->cold.flags_operands[slot - LAZY_CELL];
	else
		memcpy(value.words, (const uint8_t *)cpu + CPU_BIAS + slot_displacement[slot], 8);
	return value;
}

uint32_t
flags_of_description(const struct cpu *cpu, uint32_t word)
{
	enum flags_kind kind = (enum flags_kind)((word >> LAZY_KIND_SHIFT & 7) + 1);
	bool wide = word & LAZY_WIDE;
	uint8_t type = kind == FLAGS_FCMP ? wide ? F64 : F32 : wide ? I64 : I32;
	union register_value b = { { (uint64_t)((int32_t)word >> LAZY_B_SHIFT), 0 } };

	if (!(word & LAZY_B_CONST))
		b = slot_value(cpu, word >> LAZY_B_SHIFT & 127);
	return backend_flags_from_nzcv(
		flags_of_operands(kind, type, slot_value(cpu, word >> LAZY_A_SHIFT & 127), b));
}

/* ---- code that reads flags --------------------------------------------------------------------------------------------------- */

/* Called as a helper: guest state in registers stays there, since what is read here was described in cells. */
static void
make_flags(union vec128 *result, const union vec128 *a, const union vec128 *b,
	const union vec128 *c, uint64_t imm)
{
	struct cpu *cpu =
		(struct cpu *)((uintptr_t)result - offsetof(struct cpu, cold.helper_arguments[3]));

	(void)a;
	(void)b;
	(void)c;
	(void)imm;
	cpu->hot.flags = flags_of_description(cpu, cpu->hot.flags);
}

static void
call_make_flags(struct compiler *c, struct cold_path *cold)
{
	const struct x86_mem saved = x86_mem_base(X86_RBP, CPU_COLD(saved_gprs[X86_RAX]));

	(void)cold;
	x86_store(&c->w, 8, saved, X86_RAX);
	x86_lea_rip(&c->w, X86_RAX, (const void *)make_flags);
	x86_call_m(&c->w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_HELPER * 8));
	x86_load(&c->w, 8, X86_RAX, saved);
}

void
emit_flags_check(struct compiler *c)
{
	struct cold_path *cold;

	if (c->u->mode & IR_MODE_CRITICAL)
		return;
	x86_test_mi(&c->w, 1, x86_mem_base(X86_RBP, CPU_HOT(flags)), LAZY_FLAGS);
	cold = cold_jump(c, X86_NE, call_make_flags);
	cold_return_here(c, cold);
}
