// SPDX-License-Identifier: Apache-2.0
// x86-64 encoder: vector instructions, from the rows of vector_ops.def.  A function for each shape
// of operands checks that the row has it and puts the operands into their fields; encode_reg() and
// encode_mem() write VEX or EVEX.  Intel SDM volume 2, sections 2.3 (VEX) and 2.7 (EVEX).
#include "encode_vector.h"
#include "encode_internal.h"

#include <assert.h>

enum shape {
	SHAPE_MOVE,
	SHAPE_LOAD,
	SHAPE_MOVE_LOW,
	SHAPE_MOVE_HALF,
	SHAPE_REG,
	SHAPE_RRR,
	SHAPE_COMM,
	SHAPE_RRI,
	SHAPE_STORE_RI,
	SHAPE_RRRI,
	SHAPE_RRRR,
	SHAPE_SHIFT,
	SHAPE_GPR_MOVE,
	SHAPE_TO_GPR,
	SHAPE_CVT_TO_GPR,
	SHAPE_FROM_GPR,
	SHAPE_CVT_FROM_GPR,
	SHAPE_EXTRACT,
	SHAPE_INSERT,
	SHAPE_MASK_RRR,
	SHAPE_MASK_RRI,
	SHAPE_MASKS,
	SHAPE_SSE,
	SHAPE_SSE_I,
};

enum vex_form { VEX_NONE, VEX_LEGACY, VEX_WIG, VEX_W0, VEX_W1, VEX_WSIZE };

struct row {
	uint8_t shape;
	uint8_t prefix;
	uint8_t map;
	uint8_t opcode;
	uint16_t extra; /* see vector_ops.def: store prefix << 8 | store opcode, or /n */
	uint8_t vex;
	uint8_t evex;
	uint8_t evex_w;
	uint8_t mem_bytes;
};

#define STORE(prefix, opcode) (X86_PREFIX_##prefix << 8 | (opcode))

static const struct row rows[] = {
#define VECTOR_OP(name, shape, prefix, map, opcode, extra, vex, evex, evex_w, mem_bytes)   \
	[X86_##name] = { SHAPE_##shape, X86_PREFIX_##prefix, X86_MAP_##map, opcode, extra, \
		VEX_##vex, X86_EVEX_##evex, evex_w, mem_bytes },
#include "vector_ops.def"
#undef VECTOR_OP
};

static const char *const names[] = {
#define VECTOR_OP(name, shape, prefix, map, opcode, extra, vex, evex, evex_w, mem_bytes) \
	[X86_##name] = #name,
#include "vector_ops.def"
#undef VECTOR_OP
};

enum x86_evex_feature
x86_vec_evex_feature(enum x86_vector_op op)
{
	return (enum x86_evex_feature)rows[op].evex;
}

bool
x86_vec_has_evex(enum x86_vector_op op)
{
	return rows[op].evex != X86_EVEX_NONE;
}

bool
x86_vec_has_vex(enum x86_vector_op op)
{
	return rows[op].vex != VEX_NONE;
}

const char *
x86_vec_name(enum x86_vector_op op)
{
	return names[op];
}

/* An instruction ready to be written, all but its r/m operand. */
struct form {
	uint8_t prefix;
	uint8_t map;
	uint8_t opcode;
	uint8_t vex_w;
	uint8_t evex_w;
	bool has_vex;
	bool has_evex;
	uint8_t mem_bytes;
	uint8_t reg;
	uint8_t vvvv;
	int imm; /* NO_IMM or the immediate byte */
};

#define NO_IMM (-1)

static struct form
form_of(const struct row *row, unsigned reg, unsigned vvvv, int imm)
{
	assert(reg < 32 && vvvv < 32 && row->vex != VEX_LEGACY);
	return (struct form){
		.prefix = row->prefix,
		.map = row->map,
		.opcode = row->opcode,
		.vex_w = row->vex == VEX_W1,
		.evex_w = row->evex_w,
		.has_vex = row->vex != VEX_NONE,
		.has_evex = row->evex != X86_EVEX_NONE,
		.mem_bytes = row->mem_bytes,
		.reg = (uint8_t)reg,
		.vvvv = (uint8_t)vvvv,
		.imm = imm,
	};
}

/* The other opcode of a move: what is the destination is in r/m. */
static struct form
store_form_of(const struct row *row, unsigned src)
{
	struct form f = form_of(row, src, 0, NO_IMM);

	f.prefix = (uint8_t)(row->extra >> 8);
	f.opcode = (uint8_t)row->extra;
	return f;
}

/* A row whose W is set by the size of its general-purpose register or memory operand. */
static struct form
sized_form_of(const struct row *row, unsigned size, unsigned reg, unsigned vvvv)
{
	struct form f = form_of(row, reg, vvvv, NO_IMM);

	assert(size == 4 || size == 8);
	f.vex_w = f.evex_w = size == 8;
	if (f.mem_bytes == 0)
		f.mem_bytes = (uint8_t)size;
	return f;
}

static bool
wants_evex(const struct form *f, unsigned rm)
{
	bool evex = !f->has_vex || ((f->reg | f->vvvv | rm) & 16);

	assert(!evex || f->has_evex);
	return evex;
}

/* The four bytes of EVEX: no masking, no broadcast, L'L = 0.  x is bit 4 of a register in r/m. */
static uint8_t *
put_evex(uint8_t *p, const struct form *f, unsigned x, unsigned b)
{
	unsigned r = f->reg >> 3 & 1, r2 = f->reg >> 4, v2 = f->vvvv >> 4;

	p = x86_put(p, 0x62);
	p = x86_put(p, (unsigned)(!r << 7 | !x << 6 | !b << 5 | !r2 << 4 | f->map));
	p = x86_put(p, (unsigned)f->evex_w << 7 | (~f->vvvv & 15u) << 3 | 4 | f->prefix);
	return x86_put(p, !v2 << 3);
}

static uint8_t *
put_vex(uint8_t *p, const struct form *f, unsigned x, unsigned b)
{
	return x86_put_vex(p, (struct x86_vex){
				      .map = f->map,
				      .prefix = f->prefix,
				      .w = f->vex_w,
				      .r = f->reg >> 3,
				      .x = (uint8_t)x,
				      .b = (uint8_t)b,
				      .vvvv = f->vvvv,
			      });
}

/* Writes the instruction with a register, vector or general-purpose, in r/m. */
static void
encode_reg(struct x86_writer *w, struct form f, unsigned rm)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;

	assert(rm < 32);
	if (wants_evex(&f, rm))
		p = put_evex(p, &f, rm >> 4, rm >> 3 & 1);
	else
		p = put_vex(p, &f, 0, rm >> 3);
	p = x86_put(p, f.opcode);
	p = x86_put_modrm_reg(p, f.reg, rm);
	if (f.imm != NO_IMM)
		p = x86_put(p, (unsigned)f.imm & 0xff);
	x86_end(w, start, p);
}

static void
encode_mem(struct x86_writer *w, struct form f, struct x86_mem mem)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;
	bool evex = wants_evex(&f, 0);

	assert(f.mem_bytes != 0);
	mem = x86_mem_smallest(mem);
	if (evex)
		p = put_evex(p, &f, x86_mem_x(mem), x86_mem_b(mem));
	else
		p = put_vex(p, &f, x86_mem_x(mem), x86_mem_b(mem));
	p = x86_put(p, f.opcode);
	p = x86_put_modrm_mem(w, start, p, f.reg, mem, evex ? f.mem_bytes : 1, f.imm != NO_IMM);
	if (f.imm != NO_IMM)
		p = x86_put(p, (unsigned)f.imm & 0xff);
	x86_end(w, start, p);
}

/*
 * Whether exchanging the operand in r/m with one in another field makes VEX a byte shorter: the
 * two-byte prefix cannot extend r/m.
 */
static bool
exchange_saves(const struct row *row, unsigned other, unsigned rm)
{
	return row->map == X86_MAP_0F && row->vex != VEX_W1 && rm >= 8 && rm < 16 && other < 8;
}

/* The row, after a check that its shape is one of the given ones. */
static const struct row *
row_of(enum x86_vector_op op, unsigned shapes)
{
	assert(op < X86_VECTOR_OPS && (shapes >> rows[op].shape & 1));
	(void)shapes;
	return &rows[op];
}

#define SHAPE_BIT(shape) (1u << SHAPE_##shape)

/* The legacy SSE operations (SHA): no VEX, no registers above 15. */
static uint32_t
legacy_opcode(const struct row *row)
{
	return (uint32_t)row->prefix << 10 | (uint32_t)row->map << 8 | row->opcode;
}

void
x86_vec_rr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src)
{
	const struct row *row = row_of(op, SHAPE_BIT(MOVE) | SHAPE_BIT(LOAD) | SHAPE_BIT(SSE));

	if (row->shape == SHAPE_SSE)
		x86_emit_reg(w, legacy_opcode(row), 4, dst, src, 0, 0);
	else if (row->shape == SHAPE_MOVE && exchange_saves(row, dst, src))
		encode_reg(w, store_form_of(row, src), dst);
	else
		encode_reg(w, form_of(row, dst, 0, NO_IMM), src);
}

void
x86_vec_rm(struct x86_writer *w, enum x86_vector_op op, unsigned dst, struct x86_mem src)
{
	const struct row *row = row_of(op, SHAPE_BIT(MOVE) | SHAPE_BIT(LOAD) | SHAPE_BIT(MOVE_LOW) |
						   SHAPE_BIT(GPR_MOVE) | SHAPE_BIT(SSE));

	if (row->shape == SHAPE_SSE)
		x86_emit_mem(w, legacy_opcode(row), 4, dst, src, 0, 0);
	else
		encode_mem(w, form_of(row, dst, 0, NO_IMM), src);
}

void
x86_vec_mr(struct x86_writer *w, enum x86_vector_op op, struct x86_mem dst, unsigned src)
{
	const struct row *row = row_of(op,
		SHAPE_BIT(MOVE) | SHAPE_BIT(MOVE_LOW) | SHAPE_BIT(MOVE_HALF) | SHAPE_BIT(GPR_MOVE));

	encode_mem(w, store_form_of(row, src), dst);
}

void
x86_vec_rri8(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src, unsigned imm)
{
	const struct row *row = row_of(op, SHAPE_BIT(RRI) | SHAPE_BIT(STORE_RI) | SHAPE_BIT(SSE_I));

	assert(imm < 256);
	if (row->shape == SHAPE_SSE_I)
		x86_emit_reg(w, legacy_opcode(row), 4, dst, src, imm, 1);
	else if (row->shape == SHAPE_STORE_RI)
		encode_reg(w, form_of(row, src, 0, (int)imm), dst);
	else
		encode_reg(w, form_of(row, dst, 0, (int)imm), src);
}

void
x86_vec_rmi8(
	struct x86_writer *w, enum x86_vector_op op, unsigned dst, struct x86_mem src, unsigned imm)
{
	const struct row *row = row_of(op, SHAPE_BIT(RRI) | SHAPE_BIT(SSE_I));

	assert(imm < 256);
	if (row->shape == SHAPE_SSE_I)
		x86_emit_mem(w, legacy_opcode(row), 4, dst, src, imm, 1);
	else
		encode_mem(w, form_of(row, dst, 0, (int)imm), src);
}

/* The destination is in vvvv, the opcode extension in reg. */
void
x86_vec_rri(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src, unsigned count)
{
	const struct row *row = row_of(op, SHAPE_BIT(SHIFT));

	assert(count < 256);
	encode_reg(w, form_of(row, row->extra, dst, (int)count), src);
}

void
x86_vec_mri8(
	struct x86_writer *w, enum x86_vector_op op, struct x86_mem dst, unsigned src, unsigned imm)
{
	const struct row *row = row_of(op, SHAPE_BIT(STORE_RI));

	assert(imm < 256);
	encode_mem(w, form_of(row, src, 0, (int)imm), dst);
}

void
x86_vec_rrr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a, unsigned b)
{
	const struct row *row =
		row_of(op, SHAPE_BIT(RRR) | SHAPE_BIT(COMM) | SHAPE_BIT(REG) | SHAPE_BIT(MOVE_LOW));
	struct form f = form_of(row, dst, a, NO_IMM);

	if (((dst | a) & 16) == 0 && row->shape == SHAPE_COMM && exchange_saves(row, a, b)) {
		f.vvvv = (uint8_t)b;
		b = a;
	} else if (((dst | a) & 16) == 0 && row->shape == SHAPE_MOVE_LOW &&
		   exchange_saves(row, dst, b)) {
		f = store_form_of(row, b);
		f.vvvv = (uint8_t)a;
		b = dst;
	}
	encode_reg(w, f, b);
}

void
x86_vec_rrm(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a, struct x86_mem b)
{
	const struct row *row = row_of(op, SHAPE_BIT(RRR) | SHAPE_BIT(COMM) | SHAPE_BIT(MOVE_HALF));

	encode_mem(w, form_of(row, dst, a, NO_IMM), b);
}

void
x86_vec_rrri8(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a, unsigned b,
	unsigned imm)
{
	const struct row *row = row_of(op, SHAPE_BIT(RRRI));

	assert(imm < 256);
	encode_reg(w, form_of(row, dst, a, (int)imm), b);
}

void
x86_vec_rrmi8(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a,
	struct x86_mem b, unsigned imm)
{
	const struct row *row = row_of(op, SHAPE_BIT(RRRI));

	assert(imm < 256);
	encode_mem(w, form_of(row, dst, a, (int)imm), b);
}

/* The selector is in the upper half of an immediate byte, and has no EVEX form. */
void
x86_vec_rrrr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a, unsigned b,
	unsigned selector)
{
	const struct row *row = row_of(op, SHAPE_BIT(RRRR));

	assert(selector < 16);
	encode_reg(w, form_of(row, dst, a, (int)(selector << 4)), b);
}

void
x86_vec_rrmr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a,
	struct x86_mem b, unsigned selector)
{
	const struct row *row = row_of(op, SHAPE_BIT(RRRR));

	assert(selector < 16);
	encode_mem(w, form_of(row, dst, a, (int)(selector << 4)), b);
}

void
x86_vec_mask_rrr(struct x86_writer *w, enum x86_vector_op op, unsigned mask, unsigned a, unsigned b)
{
	const struct row *row = row_of(op, SHAPE_BIT(MASK_RRR));

	assert(mask < 8);
	encode_reg(w, form_of(row, mask, a, NO_IMM), b);
}

void
x86_vec_mask_rrm(
	struct x86_writer *w, enum x86_vector_op op, unsigned mask, unsigned a, struct x86_mem b)
{
	const struct row *row = row_of(op, SHAPE_BIT(MASK_RRR));

	assert(mask < 8);
	encode_mem(w, form_of(row, mask, a, NO_IMM), b);
}

void
x86_vec_mask_rri8(
	struct x86_writer *w, enum x86_vector_op op, unsigned mask, unsigned src, unsigned imm)
{
	const struct row *row = row_of(op, SHAPE_BIT(MASK_RRI));

	assert(mask < 8 && imm < 256);
	encode_reg(w, form_of(row, mask, 0, (int)imm), src);
}

void
x86_vec_masks(struct x86_writer *w, enum x86_vector_op op, unsigned a, unsigned b)
{
	const struct row *row = row_of(op, SHAPE_BIT(MASKS));

	assert(a < 8 && b < 8);
	encode_reg(w, form_of(row, a, 0, NO_IMM), b);
}

void
x86_vec_to_gpr(
	struct x86_writer *w, enum x86_vector_op op, unsigned size, enum x86_gpr dst, unsigned src)
{
	const struct row *row =
		row_of(op, SHAPE_BIT(GPR_MOVE) | SHAPE_BIT(TO_GPR) | SHAPE_BIT(CVT_TO_GPR));

	assert(dst < 16);
	if (row->shape == SHAPE_GPR_MOVE)
		encode_reg(w, store_form_of(row, src), dst);
	else if (row->shape == SHAPE_TO_GPR)
		encode_reg(w, form_of(row, dst, 0, NO_IMM), src);
	else
		encode_reg(w, sized_form_of(row, size, dst, 0), src);
}

void
x86_vec_mem_to_gpr(struct x86_writer *w, enum x86_vector_op op, unsigned size, enum x86_gpr dst,
	struct x86_mem src)
{
	const struct row *row = row_of(op, SHAPE_BIT(CVT_TO_GPR));

	assert(dst < 16);
	encode_mem(w, sized_form_of(row, size, dst, 0), src);
}

void
x86_vec_from_gpr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, enum x86_gpr src)
{
	const struct row *row = row_of(op, SHAPE_BIT(GPR_MOVE) | SHAPE_BIT(FROM_GPR));

	assert(src < 16);
	encode_reg(w, form_of(row, dst, 0, NO_IMM), src);
}

void
x86_vec_cvt_from_gpr(struct x86_writer *w, enum x86_vector_op op, unsigned size, unsigned dst,
	unsigned upper, enum x86_gpr src)
{
	const struct row *row = row_of(op, SHAPE_BIT(CVT_FROM_GPR));

	assert(src < 16);
	encode_reg(w, sized_form_of(row, size, dst, upper), src);
}

void
x86_vec_cvt_from_mem(struct x86_writer *w, enum x86_vector_op op, unsigned size, unsigned dst,
	unsigned upper, struct x86_mem src)
{
	const struct row *row = row_of(op, SHAPE_BIT(CVT_FROM_GPR));

	encode_mem(w, sized_form_of(row, size, dst, upper), src);
}

void
x86_vec_extract_r(
	struct x86_writer *w, enum x86_vector_op op, enum x86_gpr dst, unsigned src, unsigned lane)
{
	const struct row *row = row_of(op, SHAPE_BIT(EXTRACT));
	struct form f = form_of(row, src, 0, (int)lane);

	assert(dst < 16 && lane < 16u / row->mem_bytes);
	if (op == X86_VPEXTRW) { /* the older encoding is shorter: 0F C5, registers the other way */
		f.map = X86_MAP_0F;
		f.opcode = 0xc5;
		f.reg = (uint8_t)dst;
		encode_reg(w, f, src);
	} else {
		encode_reg(w, f, dst);
	}
}

void
x86_vec_extract_m(struct x86_writer *w, enum x86_vector_op op, struct x86_mem dst, unsigned src,
	unsigned lane)
{
	const struct row *row = row_of(op, SHAPE_BIT(EXTRACT));

	assert(lane < 16u / row->mem_bytes);
	encode_mem(w, form_of(row, src, 0, (int)lane), dst);
}

void
x86_vec_insert_r(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src,
	enum x86_gpr value, unsigned lane)
{
	const struct row *row = row_of(op, SHAPE_BIT(INSERT));

	assert(value < 16 && lane < 16u / row->mem_bytes);
	encode_reg(w, form_of(row, dst, src, (int)lane), value);
}

void
x86_vec_insert_m(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src,
	struct x86_mem value, unsigned lane)
{
	const struct row *row = row_of(op, SHAPE_BIT(INSERT));

	assert(lane < 16u / row->mem_bytes);
	encode_mem(w, form_of(row, dst, src, (int)lane), value);
}
