// SPDX-License-Identifier: Apache-2.0
// Flags. A flags operation emits nothing by itself: whoever consumes it asks for EFLAGS, which the result operation
// just before may have left, or which are computed again from operands that analyze.c keeps alive. hot.flags holds
// NZCV as lahf and seto leave it (ah = N Z . . . . . C, al = V), with C in Arm's sense.
#include "backend/x86_64/compiler.h"

enum flags_kind
flags_kind_of(const struct compiler *c, ir_ref flags, ir_ref *a, ir_ref *b)
{
	const struct ir_insn *in = &c->u->insns[flags];
	ir_ref pair = c->values[flags].pair;

	*a = in->a;
	*b = in->b;
	if (pair != IR_NONE)
		*a = pair;
	switch (in->op) {
	case IR_flags_add: return pair == IR_NONE ? FLAGS_ADD : FLAGS_ADD_RESULT;
	case IR_flags_sub: return pair == IR_NONE ? FLAGS_SUB : FLAGS_SUB_RESULT;
	case IR_flags_and:
	case IR_flags_andn:
		if (pair != IR_NONE) {
			*b = IR_NONE;
			return FLAGS_TEST_RESULT;
		}
		return in->op == IR_flags_and ? FLAGS_AND : FLAGS_ANDN;
	case IR_flags_fcmp: return FLAGS_FCMP;
	default: *a = *b = IR_NONE; return FLAGS_IN_MEMORY;
	}
}

bool
flags_of_constants(
	const struct compiler *c, ir_ref flags, enum flags_kind *kind, int64_t *a, int64_t *b)
{
	static const struct {
		uint8_t kind; /* FLAGS_IN_MEMORY: no operation makes these */
		int64_t a, b;
	} operations[16] = {
		[0] = { FLAGS_ADD, 1, 0 },         /* nzcv */
		[2] = { FLAGS_SUB, 1, 0 },         /* nzCv */
		[3] = { FLAGS_SUB, INT64_MIN, 1 }, /* nzCV */
		[4] = { FLAGS_ADD, 0, 0 },         /* nZcv */
		[6] = { FLAGS_SUB, 0, 0 },         /* nZCv */
		[8] = { FLAGS_ADD, -1, 0 },        /* Nzcv */
		[9] = { FLAGS_ADD, INT64_MAX, 1 }, /* NzcV */
		[10] = { FLAGS_SUB, -1, 0 },       /* NzCv */
	};
	const struct ir_insn *in = &c->u->insns[flags];
	unsigned nzcv = (unsigned)in->imm & 15;

	if (in->op != IR_flags_const || operations[nzcv].kind == FLAGS_IN_MEMORY)
		return false;
	*kind = (enum flags_kind)operations[nzcv].kind;
	*a = operations[nzcv].a;
	*b = operations[nzcv].b;
	return true;
}

enum eflags_form
flags_form_of(enum flags_kind kind)
{
	switch (kind) {
	case FLAGS_SUB:
	case FLAGS_SUB_RESULT: return EFLAGS_INVERTED;
	case FLAGS_FCMP: return EFLAGS_FCMP;
	default: return EFLAGS_DIRECT;
	}
}

/* ---- EFLAGS to the flags word ---------------------------------------------------------------------------------- */

/* Flags words after ucomis by what lahf leaves in ah: greater 0010, less 1000, equal 0110, unordered 0011. */
#define AH_GREATER   0x02
#define AH_LESS      0x03
#define AH_EQUAL     0x42
#define AH_UNORDERED 0x47
void
flags_init_cpu(struct cpu *cpu)
{
	static const struct {
		uint8_t ah, swapped_ah;
		uint16_t word;
	} outcomes[] = {
		{ AH_GREATER, AH_LESS, 0x0100 },
		{ AH_LESS, AH_GREATER, 0x8000 },
		{ AH_EQUAL, AH_EQUAL, 0x4100 },
		{ AH_UNORDERED, AH_UNORDERED, 0x0101 },
	};

	for (unsigned k = 0; k < sizeof(outcomes) / sizeof(*outcomes); k++) {
		cpu->cold.fcmp_flags[0][outcomes[k].ah] = outcomes[k].word;
		cpu->cold.fcmp_flags[1][outcomes[k].swapped_ah] = outcomes[k].word;
	}
}

static void
emit_fcmp_word(struct compiler *c, enum eflags_form form)
{
	int32_t table = form == EFLAGS_FCMP ? CPU_COLD(fcmp_flags[0]) : CPU_COLD(fcmp_flags[1]);

	x86_plain(&c->w, X86_LAHF);
	x86_zero_extend_ah(&c->w, X86_RAX);
	x86_load(&c->w, 2, X86_RAX, x86_mem_index(X86_RBP, X86_RAX, 1, table));
}

void
emit_flags_word(struct compiler *c, enum eflags_form form)
{
	if (form == EFLAGS_FCMP || form == EFLAGS_FCMP_SWAPPED) {
		emit_fcmp_word(c, form);
		return;
	}
	if (form == EFLAGS_INVERTED)
		x86_plain(&c->w, X86_CMC);
	x86_plain(&c->w, X86_LAHF);
	x86_setcc_r(&c->w, X86_O, X86_RAX);
}

unsigned
backend_flags_to_nzcv(uint32_t flags)
{
	return (flags >> 15 & 1) << 3 | (flags >> 14 & 1) << 2 | (flags >> 8 & 1) << 1 |
	       (flags & 1);
}

uint32_t
backend_flags_from_nzcv(unsigned nzcv)
{
	return (nzcv >> 3 & 1) << 15 | (nzcv >> 2 & 1) << 14 | (nzcv >> 1 & 1) << 8 | (nzcv & 1);
}

/* ---- computing EFLAGS ------------------------------------------------------------------------------------------- */

/* The memory operand of a place that is in memory. */
static struct x86_mem
place_memory(const struct place *p)
{
	return p->kind == PLACE_SPILL ? spill_memory(p->index) : slot_memory(p->index);
}

static void
load_place(struct compiler *c, enum x86_gpr to, const struct place *p)
{
	if (p->kind == PLACE_REG)
		x86_mov_rr(&c->w, 8, to, (enum x86_gpr)p->reg);
	else if (p->kind == PLACE_CONST)
		x86_mov_ri(&c->w, to, (uint64_t)p->imm);
	else if (p->kind == PLACE_ADDRESS)
		emit_guest_address(c, to, (uint64_t)p->imm);
	else
		x86_load(&c->w, 8, to, place_memory(p));
}

static bool
in_memory(const struct place *p)
{
	return p->kind == PLACE_SPILL || p->kind == PLACE_SLOT;
}

static bool
place_imm(const struct place *p, enum ir_type t, int32_t *imm)
{
	int64_t value = t == I32 ? (int32_t)p->imm : p->imm;

	*imm = (int32_t)value;
	return p->kind == PLACE_CONST && value == (int32_t)value;
}

/* Whether emit_direct does it. */
static bool
is_direct(enum flags_kind kind, enum ir_type t, const struct place *a, const struct place *b)
{
	bool a_in_register = a->kind == PLACE_REG;
	int32_t imm;

	if (kind == FLAGS_TEST_RESULT)
		return a_in_register;
	if (kind != FLAGS_SUB && kind != FLAGS_AND)
		return false;
	if (b->kind == PLACE_REG || place_imm(b, t, &imm))
		return a_in_register || in_memory(a);
	return a_in_register && in_memory(b);
}

/* EFLAGS <- kind(a, b) by one instruction; false when a register is needed besides. */
static bool
emit_direct(struct compiler *c, enum flags_kind kind, enum ir_type t, const struct place *a,
	const struct place *b)
{
	unsigned size = int_size(t);
	enum x86_gpr ra = (enum x86_gpr)a->reg;
	int32_t imm;

	if (kind == FLAGS_TEST_RESULT && a->kind == PLACE_REG) {
		x86_test_rr(&c->w, size, ra, ra);
		return true;
	}
	if (kind == FLAGS_SUB) {
		if (place_imm(b, t, &imm) && a->kind == PLACE_REG) {
			if (imm == 0)
				x86_test_rr(&c->w, size, ra, ra); /* CF = 0 = no borrow, OF = 0 */
			else
				x86_alu_ri(&c->w, X86_CMP, size, ra, imm);
		} else if (place_imm(b, t, &imm) && in_memory(a)) {
			x86_alu_mi(&c->w, X86_CMP, size, place_memory(a), imm);
		} else if (b->kind == PLACE_REG && a->kind == PLACE_REG) {
			x86_alu_rr(&c->w, X86_CMP, size, ra, (enum x86_gpr)b->reg);
		} else if (b->kind == PLACE_REG && in_memory(a)) {
			x86_alu_mr(&c->w, X86_CMP, size, place_memory(a), (enum x86_gpr)b->reg);
		} else if (a->kind == PLACE_REG && in_memory(b)) {
			x86_alu_rm(&c->w, X86_CMP, size, ra, place_memory(b));
		} else {
			return false;
		}
		return true;
	}
	if (kind == FLAGS_AND) {
		if (b->kind == PLACE_REG && a->kind == PLACE_REG)
			x86_test_rr(&c->w, size, ra, (enum x86_gpr)b->reg);
		else if (place_imm(b, t, &imm) && a->kind == PLACE_REG)
			x86_test_ri(&c->w, size, ra, imm);
		else if (place_imm(b, t, &imm) && in_memory(a))
			x86_test_mi(&c->w, size, place_memory(a), imm);
		else if (in_memory(b) && a->kind == PLACE_REG)
			x86_test_mr(&c->w, size, place_memory(b), ra);
		else if (in_memory(a) && b->kind == PLACE_REG)
			x86_test_mr(&c->w, size, place_memory(a), (enum x86_gpr)b->reg);
		else
			return false;
		return true;
	}
	return false;
}

/* scratch <- a, then the operation with b. b is not in `scratch`. */
static void
emit_with_scratch(struct compiler *c, enum flags_kind kind, enum ir_type t, const struct place *b,
	enum x86_gpr scratch, enum x86_gpr second)
{
	unsigned size = int_size(t);
	struct place in_second = { .kind = PLACE_REG, .reg = (host_reg)second };
	int32_t imm;

	if (b->kind == PLACE_ADDRESS || (b->kind == PLACE_CONST && !place_imm(b, t, &imm))) {
		load_place(c, second, b);
		b = &in_second;
	}
	static const uint8_t operation[] = {
		[FLAGS_ADD] = X86_ADD,
		[FLAGS_SUB] = X86_CMP,
		[FLAGS_AND] = X86_AND,
		[FLAGS_ANDN] = X86_AND,
		[FLAGS_ADD_RESULT] = X86_SUB,
		[FLAGS_SUB_RESULT] = X86_ADD,
	};
	enum x86_alu op = (enum x86_alu)operation[kind];
	if (kind == FLAGS_ANDN) {
		load_place(c, second, b);
		x86_unary_r(&c->w, X86_NOT, 8, second);
		b = &in_second;
	}
	unsigned rounds = kind == FLAGS_ADD_RESULT || kind == FLAGS_SUB_RESULT ? 2 : 1;
	for (unsigned round = 0; round < rounds; round++) {
		if (round == 1)
			op = kind == FLAGS_ADD_RESULT ? X86_ADD : X86_CMP;
		if (place_imm(b, t, &imm))
			x86_alu_ri(&c->w, op, size, scratch, imm);
		else if (b->kind == PLACE_REG)
			x86_alu_rr(&c->w, op, size, scratch, (enum x86_gpr)b->reg);
		else
			x86_alu_rm(&c->w, op, size, scratch, place_memory(b));
	}
}

static void
emit_fcmp(struct compiler *c, enum ir_type t, const struct place *a, const struct place *b)
{
	enum x86_vector_op op = t == F64 ? X86_VUCOMISD : X86_VUCOMISS;

	/* analyze.c and evict() keep compared values in registers or spill words */
	if (a->kind == PLACE_REG && b->kind == PLACE_REG) {
		x86_vec_rr(&c->w, op, XMM(a->reg), XMM(b->reg));
		return;
	}
	unsigned ra = a->kind == PLACE_REG                       ? XMM(a->reg)
		      : b->kind == PLACE_REG && XMM(b->reg) == 0 ? 1
								 : 0;
	struct x86_mem saved = x86_mem_base(X86_RBP, CPU_COLD(helper_arguments));
	if (a->kind != PLACE_REG) {
		x86_vec_mr(&c->w, X86_VMOVAPS, saved, ra);
		if (a->kind == PLACE_CONST) {
			c->failed = true;
		} else if (a->kind == PLACE_SLOT && c->seam->high_home_of_slot[a->index]) {
			x86_vec_rr(&c->w, X86_VMOVAPS, ra, c->seam->high_home_of_slot[a->index]);
		} else {
			x86_vec_rm(&c->w, X86_VMOVAPS, ra, place_memory(a));
		}
	}
	if (b->kind == PLACE_REG) {
		x86_vec_rr(&c->w, op, ra, XMM(b->reg));
	} else if (b->kind == PLACE_SLOT && c->seam->high_home_of_slot[b->index]) {
		struct x86_mem copy = x86_mem_offset(saved, 16);

		x86_vec_mr(&c->w, X86_VMOVAPS, copy, c->seam->high_home_of_slot[b->index]);
		x86_vec_rm(&c->w, op, ra, copy);
	} else if (b->kind != PLACE_CONST) {
		x86_vec_rm(&c->w, op, ra, place_memory(b));
	} else {
		struct x86_mem constant = x86_mem_offset(saved, 16);

		x86_store_imm(&c->w, 4, constant, (int32_t)b->imm);
		x86_store_imm(&c->w, 4, x86_mem_offset(constant, 4), (int32_t)(b->imm >> 32));
		x86_vec_rm(&c->w, op, ra, constant);
	}
	if (a->kind != PLACE_REG)
		x86_vec_rm(&c->w, X86_VMOVAPS, ra, saved);
}

static bool
needs_second(enum flags_kind kind, enum ir_type t, const struct place *b)
{
	int32_t imm;

	return kind == FLAGS_ANDN || b->kind == PLACE_ADDRESS ||
	       (b->kind == PLACE_CONST && !place_imm(b, t, &imm));
}

static host_reg
scratch_gpr(struct compiler *c, unsigned which)
{
	return c->flags_scratch[which] != REG_NONE ? c->flags_scratch[which] : temp_gpr(c);
}

static bool
place_is(const struct place *p, host_reg reg)
{
	return p->kind == PLACE_REG && p->reg == reg;
}

/*
 * EFLAGS <- kind(a, b), by way of `scratch` where that is needed. At exits (REG_NONE) any register may hold something, so
 * two that are not operands are saved in memory around the computation.
 */
void
emit_flags_compute(struct compiler *c, enum flags_kind kind, enum ir_type t, const struct place *a,
	const struct place *b, host_reg scratch)
{
	const struct x86_mem save = x86_mem_base(X86_RBP, CPU_COLD(helper_arguments));
	enum x86_gpr first = X86_RAX, second;

	if (kind == FLAGS_FCMP) {
		emit_fcmp(c, t, a, b);
		return;
	}
	if (emit_direct(c, kind, t, a, b))
		return;
	if (scratch != REG_NONE) {
		/* in the main path a second one is needed only for a wide constant or an inverted operand */
		first = (enum x86_gpr)scratch;
		second = needs_second(kind, t, b) ? (enum x86_gpr)scratch_gpr(c, 1) : first;
	} else {
		while (place_is(b, first))
			first++;
		second = first + 1;
		while (place_is(b, second))
			second++;
		x86_store(&c->w, 8, save, first);
		x86_store(&c->w, 8, x86_mem_offset(save, 8), second);
	}
	load_place(c, first, a);
	if (kind == FLAGS_TEST_RESULT)
		x86_test_rr(&c->w, int_size(t), first, first);
	else
		emit_with_scratch(c, kind, t, b, first, second);
	if (scratch != REG_NONE)
		return;
	x86_load(&c->w, 8, first, save);
	x86_load(&c->w, 8, second, x86_mem_offset(save, 8));
}

/* ---- conditions --------------------------------------------------------------------------------------------------- */

/* Conditions that do not depend on the carry, in x86 terms; 0xff: see below. */
static const uint8_t plain_condition[16] = {
	[IR_EQ] = X86_E,
	[IR_NE] = X86_NE,
	[IR_CS] = 0xff,
	[IR_CC] = 0xff,
	[IR_MI] = X86_S,
	[IR_PL] = X86_NS,
	[IR_VS] = X86_O,
	[IR_VC] = X86_NO,
	[IR_HI] = 0xff,
	[IR_LS] = 0xff,
	[IR_GE] = X86_GE,
	[IR_LT] = X86_L,
	[IR_GT] = X86_G,
	[IR_LE] = X86_LE,
	[IR_AL] = 0xff,
	[IR_NV] = 0xff,
};

static enum x86_cond
condition_for(struct compiler *c, enum ir_condition condition)
{
	bool inverted = c->eflags_form == EFLAGS_INVERTED;

	if (plain_condition[condition] != 0xff)
		return (enum x86_cond)plain_condition[condition];
	if (condition == IR_CS)
		return inverted ? X86_NC : X86_C;
	if (condition == IR_CC)
		return inverted ? X86_C : X86_NC;
	/* HI: C and not Z. x86's "above" is not CF and not ZF. */
	if (!inverted) {
		x86_plain(&c->w, X86_CMC);
		c->eflags_form = EFLAGS_INVERTED;
	}
	return condition == IR_HI ? X86_A : X86_BE;
}

/* EFLAGS <- the flags word that is value `flags`: by way of rax, which the value leaves if it is there. */
static void
load_flags_word(struct compiler *c, ir_ref flags)
{
	struct value *v = &c->values[canon(c, flags)];

	if (v->reg == X86_RAX) {
		host_reg t = temp_gpr(c);

		x86_mov_rr(&c->w, 4, (enum x86_gpr)t, X86_RAX);
		c->holds[X86_RAX] = HOLDS_TEMP;
		c->locked |= 1u << X86_RAX;
		c->temps |= 1u << X86_RAX;
		def_in(c, canon(c, flags), t);
	} else {
		claim(c, X86_RAX);
		x86_mov_rr(&c->w, 4, X86_RAX, (enum x86_gpr)use_gpr(c, flags));
	}
	x86_alu_ri(&c->w, X86_ADD, 1, X86_RAX, 0x7f); /* OF = V */
	x86_plain(&c->w, X86_SAHF);
}

/* A value for a comparison: a register if it is worth it, else where it is. */
static struct place
operand_place(struct compiler *c, ir_ref ref)
{
	struct place p = place_of(c, ref);
	int32_t imm;

	if (p.kind == PLACE_REG) {
		c->locked |= 1u << p.reg;
		return p;
	}
	if (p.kind == PLACE_CONST && is_const_i32(c, ref, &imm)) {
		p.imm = imm;
		return p;
	}
	if (p.kind == PLACE_SPILL || (p.kind == PLACE_SLOT && !c->seam->high_home_of_slot[p.index]))
		if (c->values[canon(c, ref)].uses <= 1)
			return p;
	return (struct place){ .kind = PLACE_REG, .reg = use_gpr(c, ref) };
}

void
flags_operands_take(struct compiler *c, ir_ref flags, struct flags_operands *o)
{
	ir_ref a, b;

	o->kind = flags_kind_of(c, flags, &a, &b);
	o->scratch = REG_NONE;
	if (o->kind == FLAGS_FCMP) {
		o->type = c->u->insns[a].type;
		o->a = (struct place){ .kind = PLACE_REG, .reg = use_vec(c, a) };
		o->b = (struct place){ .kind = PLACE_REG, .reg = use_vec(c, b) };
		o->signalling = c->u->insns[flags].aux & IR_FP_SIGNALLING;
		return;
	}
	o->type = c->u->insns[flags].type;
	o->a = operand_place(c, a);
	o->b = b == IR_NONE ? o->a : operand_place(c, b);
	if (o->a.kind != PLACE_REG && o->b.kind != PLACE_REG && o->b.kind != PLACE_CONST)
		o->a = (struct place){ .kind = PLACE_REG, .reg = use_gpr(c, a) };
	if (!is_direct(o->kind, o->type, &o->a, &o->b)) {
		o->scratch = scratch_gpr(c, 0);
		if (needs_second(o->kind, o->type, &o->b))
			c->flags_scratch[1] = scratch_gpr(c, 1);
	}
}

enum eflags_form
flags_operands_compute(struct compiler *c, const struct flags_operands *o)
{
	static const uint16_t compare[2][2] = { { X86_VUCOMISS, X86_VCOMISS },
		{ X86_VUCOMISD, X86_VCOMISD } };

	if (o->kind == FLAGS_FCMP)
		x86_vec_rr(&c->w, (enum x86_vector_op)compare[o->type == F64][o->signalling],
			XMM(o->a.reg), XMM(o->b.reg));
	else
		emit_flags_compute(c, o->kind, o->type, &o->a, &o->b, o->scratch);
	return flags_form_of(o->kind);
}

void
need_eflags(struct compiler *c, ir_ref flags)
{
	struct flags_operands operands;
	ir_ref a, b;
	enum flags_kind kind;

	if (c->eflags == flags)
		return;
	kind = flags_kind_of(c, flags, &a, &b);
	if (kind == FLAGS_IN_MEMORY) {
		load_flags_word(c, flags);
		c->eflags_form = EFLAGS_DIRECT;
	} else {
		flags_operands_take(c, flags, &operands);
		c->eflags_form = (uint8_t)flags_operands_compute(c, &operands);
	}
	c->eflags = flags;
}

/*
 * After fcmp, conditions on a carry or an equality that must exclude unordered: turn EFLAGS into the DIRECT form by
 * way of the flags word.
 */
void
fcmp_to_direct(struct compiler *c)
{
	claim(c, X86_RAX);
	emit_fcmp_word(c, c->eflags_form);
	x86_alu_ri(&c->w, X86_ADD, 1, X86_RAX, 0x7f);
	x86_plain(&c->w, X86_SAHF);
	c->eflags_form = EFLAGS_DIRECT;
}

/* After ucomis a, b, and after ucomis b, a: conditions that one jcc can test; 0xff: it cannot. */
static const uint8_t fcmp_condition[16] = {
	[IR_EQ] = 0xff,
	[IR_NE] = 0xff,
	[IR_CS] = 0xff,
	[IR_CC] = 0xff,
	[IR_MI] = 0xff,
	[IR_PL] = 0xff,
	[IR_VS] = X86_P,
	[IR_VC] = X86_NP,
	[IR_HI] = 0xff,
	[IR_LS] = 0xff,
	[IR_GE] = X86_AE,
	[IR_LT] = X86_B,
	[IR_GT] = X86_A,
	[IR_LE] = X86_BE,
	[IR_AL] = 0xff,
	[IR_NV] = 0xff,
};
static const uint8_t swapped_condition[16] = {
	[IR_EQ] = 0xff,
	[IR_NE] = 0xff,
	[IR_CS] = X86_BE,
	[IR_CC] = X86_A,
	[IR_MI] = X86_A,
	[IR_PL] = X86_BE,
	[IR_VS] = X86_P,
	[IR_VC] = X86_NP,
	[IR_HI] = X86_B,
	[IR_LS] = X86_AE,
	[IR_GE] = 0xff,
	[IR_LT] = 0xff,
	[IR_GT] = 0xff,
	[IR_LE] = 0xff,
	[IR_AL] = 0xff,
	[IR_NV] = 0xff,
};

void
emit_fcmp_for(struct compiler *c, ir_ref flags, enum ir_condition condition)
{
	struct flags_operands o;

	flags_operands_take(c, flags, &o);
	c->eflags_form = EFLAGS_FCMP;
	if (fcmp_condition[condition] == 0xff && swapped_condition[condition] != 0xff) {
		struct place a = o.a;

		o.a = o.b;
		o.b = a;
		c->eflags_form = EFLAGS_FCMP_SWAPPED;
	}
	flags_operands_compute(c, &o);
	c->eflags = flags;
}

/* Equality is ZF and not PF: compare for it into a mask instead (no NaN is equal). */
static enum x86_cond
fcmp_need_equality(struct compiler *c, ir_ref flags, enum ir_condition condition)
{
	const struct ir_insn *in = &c->u->insns[flags];
	bool f64 = c->u->insns[in->a].type == F64;
	host_reg a = use_vec(c, in->a), b = use_vec(c, in->b), mask = temp_vec(c);
	host_reg bits = temp_gpr(c);

	x86_vec_rrri8(&c->w, f64 ? X86_VCMPSD : X86_VCMPSS, XMM(mask), XMM(a), XMM(b), 0);
	x86_vec_to_gpr(&c->w, X86_VMOVD, 4, (enum x86_gpr)bits, XMM(mask));
	x86_test_rr(&c->w, 4, (enum x86_gpr)bits, (enum x86_gpr)bits);
	c->eflags = IR_NONE;
	return condition == IR_EQ ? X86_NE : X86_E;
}

static enum x86_cond
fcmp_need_condition(struct compiler *c, ir_ref flags, enum ir_condition condition)
{
	const uint8_t *answers[] = {
		[EFLAGS_FCMP] = fcmp_condition,
		[EFLAGS_FCMP_SWAPPED] = swapped_condition,
	};

	if (condition == IR_EQ || condition == IR_NE)
		return fcmp_need_equality(c, flags, condition);
	if (c->eflags != flags || answers[c->eflags_form][condition] == 0xff)
		emit_fcmp_for(c, flags, condition);
	if (answers[c->eflags_form][condition] != 0xff)
		return (enum x86_cond)answers[c->eflags_form][condition];
	fcmp_to_direct(c); /* AL, NV */
	return condition_for(c, condition);
}

/* A test of one bit that `test` cannot name as an immediate (TBZ, TBNZ of the upper half): into CF by bt. */
static bool
tests_high_bit(const struct compiler *c, ir_ref flags, enum ir_condition condition, unsigned *bit)
{
	const struct ir_insn *in = &c->u->insns[flags];
	int64_t mask;

	if (in->op != IR_flags_and || (condition != IR_EQ && condition != IR_NE) ||
		c->eflags == flags || c->values[flags].pair != IR_NONE ||
		!is_const(c, in->b, &mask) || mask == 0 || mask == (int32_t)mask)
		return false;
	*bit = (unsigned)__builtin_ctzll((uint64_t)mask);
	return (mask & (mask - 1)) == 0;
}

/* The bit of the flags word that decides a condition and its opposite; 0: more than one does. */
static const uint16_t word_bit[16] = {
	[IR_EQ] = 0x4000,
	[IR_NE] = 0x4000,
	[IR_CS] = 0x100,
	[IR_CC] = 0x100,
	[IR_MI] = 0x8000,
	[IR_PL] = 0x8000,
	[IR_VS] = 1,
	[IR_VC] = 1,
};

/* A condition of one flag, of flags that are a word in a register or in memory: tested there. */
static bool
test_word(struct compiler *c, ir_ref flags, enum ir_condition condition)
{
	struct x86_mem memory;
	ir_ref a, b;

	if (!word_bit[condition] || c->eflags == flags ||
		flags_kind_of(c, flags, &a, &b) != FLAGS_IN_MEMORY)
		return false;
	if (use_memory(c, flags, &memory))
		x86_test_mi(&c->w, 4, memory, word_bit[condition]);
	else
		x86_test_ri(&c->w, 4, (enum x86_gpr)use_gpr(c, flags), word_bit[condition]);
	c->eflags = IR_NONE;
	return true;
}

enum x86_cond
need_condition(struct compiler *c, ir_ref flags, enum ir_condition condition)
{
	unsigned bit;

	if (test_word(c, flags, condition))
		return condition & 1 ? X86_E : X86_NE;

	if (tests_high_bit(c, flags, condition, &bit)) {
		x86_bit_test_ri(
			&c->w, X86_BT, 8, (enum x86_gpr)use_gpr(c, c->u->insns[flags].a), bit);
		c->eflags = IR_NONE;
		return condition == IR_EQ ? X86_NC : X86_C;
	}
	if (c->u->insns[flags].op == IR_flags_fcmp && (c->eflags != flags || eflags_are_fcmp(c)))
		return fcmp_need_condition(c, flags, condition);
	need_eflags(c, flags);
	return condition_for(c, condition);
}
