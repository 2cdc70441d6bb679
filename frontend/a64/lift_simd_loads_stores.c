// SPDX-License-Identifier: Apache-2.0
// Lifters of Advanced SIMD load/store structures (Arm ARM C4.1.4): LD1-LD4 and ST1-ST4 of multiple
// structures, of one lane, and LD1R-LD4R. Memory is accessed in whole vectors (64 bits when Q = 0
// leaves half a vector); de-interleaving is done in registers. All loads come before the first
// register is written, so that a fault leaves the state as it was.
#include "frontend/a64/lift.h"

#include <string.h>

#define MAX_REGISTERS 4

/* ---- addresses --------------------------------------------------------------------------- */

/* Post-index: by Xm, or by the bytes transferred when rm is 31. */
static void
post_index(struct lift *l, unsigned post, unsigned rm, unsigned rn, unsigned bytes)
{
	ir_ref base;

	if (!post)
		return;
	base = get_gpr_or_sp(l, I64, rn);
	put_gpr_or_sp(l, I64, rn,
		rm == 31 ? add_offset(l, base, bytes) : ir_add(l, I64, base, get_gpr(l, I64, rm)));
}

static unsigned
register_number(unsigned first, unsigned n)
{
	return (first + n) & 31;
}

/* ---- whole blocks of memory -------------------------------------------------------------- */

/* Load `bytes` (a multiple of 8) into vectors of 16 bytes, the last one half full if need be. */
static void
load_block(struct lift *l, ir_ref base, unsigned bytes, ir_ref *v)
{
	for (unsigned at = 0; at < bytes; at += 16) {
		ir_ref address = add_offset(l, base, at);

		v[at / 16] = bytes - at >= 16 ? ir_load(l, V128, 4, address)
					      : ir_v_from_f(l, ir_load(l, F64, 3, address));
	}
}

static void
store_block(struct lift *l, ir_ref base, unsigned bytes, const ir_ref *v)
{
	for (unsigned at = 0; at < bytes; at += 16) {
		ir_ref address = add_offset(l, base, at);

		if (bytes - at >= 16)
			ir_store(l, 4, address, v[at / 16]);
		else
			ir_store(l, 3, address, ir_f_from_v(l, F64, v[at / 16]));
	}
}

/* ---- interleaving ------------------------------------------------------------------------ */

/*
 * Byte `i` of register `r` of `count` in memory, when structures have elements of `1 << lane`
 * bytes.
 */
static unsigned
structure_byte(unsigned count, unsigned lane, unsigned r, unsigned i)
{
	unsigned element = i >> lane;

	return ((element * count + r) << lane) + (i & ((1u << lane) - 1));
}

/* Table indices for vtbl: out of range (255) where the byte comes from another table. */
static ir_ref
index_vector(struct lift *l, const uint8_t *bytes)
{
	uint64_t half[2] = { 0, 0 };

	for (unsigned i = 0; i < 16; i++)
		half[i / 8] |= (uint64_t)bytes[i] << i % 8 * 8;
	return ir_vcombine(l, ir_vconst(l, 1, (int64_t)half[0]), ir_vconst(l, 1, (int64_t)half[1]));
}

/*
 * OR of look-ups in `tables` of 16 bytes each: byte i is byte from[i] of them all in a row; 255:
 * zero.
 */
static ir_ref
gather(struct lift *l, const ir_ref *tables, unsigned count, const uint8_t *from)
{
	ir_ref result = IR_NONE;

	for (unsigned t = 0; t < count; t++) {
		uint8_t bytes[16];
		bool used = false;
		ir_ref part;

		for (unsigned i = 0; i < 16; i++) {
			bytes[i] = from[i] / 16 == t ? from[i] % 16 : 255;
			used |= bytes[i] != 255;
		}
		if (!used)
			continue;
		part = ir_vtbl(l, tables[t], index_vector(l, bytes));
		result = result == IR_NONE ? part : ir_vor(l, result, part);
	}
	return result;
}

/* Three registers have no unzip: every byte is looked up. `size` is bytes a register. */
static void
deinterleave_3(struct lift *l, unsigned lane, unsigned size, const ir_ref *memory, ir_ref *v)
{
	for (unsigned r = 0; r < 3; r++) {
		uint8_t from[16];

		for (unsigned i = 0; i < 16; i++)
			from[i] = i < size ? (uint8_t)structure_byte(3, lane, r, i) : 255;
		v[r] = gather(l, memory, size == 16 ? 3 : 2, from);
	}
}

static void
interleave_3(struct lift *l, unsigned lane, unsigned size, const ir_ref *v, ir_ref *memory)
{
	uint8_t from[48];

	memset(from, 255, sizeof from);
	for (unsigned r = 0; r < 3; r++)
		for (unsigned i = 0; i < size; i++)
			from[structure_byte(3, lane, r, i)] = (uint8_t)(r * 16 + i);
	for (unsigned n = 0; n < (3 * size + 15) / 16; n++)
		memory[n] = gather(l, v, 3, from + 16 * n);
}

/*
 * Unzip `memory` (2 or 4 vectors' worth) into registers; Q = 0: the halves that count are the low
 * ones.
 */
static void
deinterleave(struct lift *l, unsigned count, unsigned lane, unsigned Q, const ir_ref *m, ir_ref *v)
{
	ir_ref even, odd, even_high, odd_high;

	if (count == 1 || count == 3)
		return;
	if (count == 2) {
		ir_ref second = Q ? m[1] : m[0];

		v[0] = ir_vuzp1(l, lane, m[0], second);
		v[1] = ir_vuzp2(l, lane, m[0], second);
		return;
	}
	even = ir_vuzp1(l, lane, m[0], m[1]);
	odd = ir_vuzp2(l, lane, m[0], m[1]);
	even_high = Q ? ir_vuzp1(l, lane, m[2], m[3]) : even;
	odd_high = Q ? ir_vuzp2(l, lane, m[2], m[3]) : odd;
	v[0] = ir_vuzp1(l, lane, even, even_high);
	v[1] = ir_vuzp1(l, lane, odd, odd_high);
	v[2] = ir_vuzp2(l, lane, even, even_high);
	v[3] = ir_vuzp2(l, lane, odd, odd_high);
}

static void
interleave(struct lift *l, unsigned count, unsigned lane, const ir_ref *v, ir_ref *m)
{
	ir_ref even[2], odd[2];

	if (count == 2) {
		m[0] = ir_vzip1(l, lane, v[0], v[1]);
		m[1] = ir_vzip2(l, lane, v[0], v[1]);
		return;
	}
	even[0] = ir_vzip1(l, lane, v[0], v[2]);
	even[1] = ir_vzip2(l, lane, v[0], v[2]);
	odd[0] = ir_vzip1(l, lane, v[1], v[3]);
	odd[1] = ir_vzip2(l, lane, v[1], v[3]);
	for (unsigned n = 0; n < 2; n++) {
		m[2 * n] = ir_vzip1(l, lane, even[n], odd[n]);
		m[2 * n + 1] = ir_vzip2(l, lane, even[n], odd[n]);
	}
}

/* ---- multiple structures ----------------------------------------------------------------- */

/* Registers of LD1 and ST1 by opcode. */
static unsigned
registers_of_opcode(unsigned opcode)
{
	switch (opcode) {
	case 7: return 1;
	case 10: return 2;
	case 6: return 3;
	default: return 4;
	}
}

/* LD1 (multiple structures): registers one after another. */
static void
lift_ld1_multiple(struct lift *l, const struct a64_ld1_multiple *d)
{
	unsigned count = registers_of_opcode(d->opcode), size = d->Q ? 16 : 8;
	ir_ref base = get_gpr_or_sp(l, I64, d->rn);
	ir_ref v[MAX_REGISTERS];

	for (unsigned n = 0; n < count; n++)
		v[n] = ir_load(l, d->Q ? V128 : F64, d->Q ? 4 : 3, add_offset(l, base, n * size));
	for (unsigned n = 0; n < count; n++)
		put_v(l, register_number(d->rt, n), v[n]);
	post_index(l, d->post, d->rm, d->rn, count * size);
}
A64_LIFTER(ld1_multiple);

/* ST1 (multiple structures). */
static void
lift_st1_multiple(struct lift *l, const struct a64_st1_multiple *d)
{
	unsigned count = registers_of_opcode(d->opcode), size = d->Q ? 16 : 8;
	ir_ref base = get_gpr_or_sp(l, I64, d->rn);

	for (unsigned n = 0; n < count; n++) {
		unsigned r = register_number(d->rt, n);
		ir_ref address = add_offset(l, base, n * size);

		if (d->Q)
			ir_store(l, 4, address, get_v(l, r));
		else
			ir_store(l, 3, address, get_f(l, F64, r));
	}
	post_index(l, d->post, d->rm, d->rn, count * size);
}
A64_LIFTER(st1_multiple);

static void
load_structures(struct lift *l, unsigned count, unsigned lane, unsigned Q, unsigned rn, unsigned rt)
{
	unsigned size = Q ? 16 : 8;
	ir_ref memory[MAX_REGISTERS], v[MAX_REGISTERS];

	load_block(l, get_gpr_or_sp(l, I64, rn), count * size, memory);
	if (count == 3)
		deinterleave_3(l, lane, size, memory, v);
	else
		deinterleave(l, count, lane, Q, memory, v);
	for (unsigned n = 0; n < count; n++)
		put_v(l, register_number(rt, n), Q ? v[n] : ir_vlow(l, v[n]));
}

static void
store_structures(
	struct lift *l, unsigned count, unsigned lane, unsigned Q, unsigned rn, unsigned rt)
{
	unsigned size = Q ? 16 : 8;
	ir_ref memory[MAX_REGISTERS], v[MAX_REGISTERS];

	for (unsigned n = 0; n < count; n++)
		v[n] = get_v(l, register_number(rt, n));
	if (count == 3)
		interleave_3(l, lane, size, v, memory);
	else
		interleave(l, count, lane, v, memory);
	store_block(l, get_gpr_or_sp(l, I64, rn), count * size, memory);
}

#define MULTIPLE(row, function, count)                                           \
	static void lift_##row(struct lift *l, const struct a64_##row *d)        \
	{                                                                        \
		function(l, count, d->size, d->Q, d->rn, d->rt);                 \
		post_index(l, d->post, d->rm, d->rn, (count) * (d->Q ? 16 : 8)); \
	}                                                                        \
	A64_LIFTER(row)

MULTIPLE(ld2_multiple, load_structures, 2);
MULTIPLE(ld3_multiple, load_structures, 3);
MULTIPLE(ld4_multiple, load_structures, 4);
MULTIPLE(st2_multiple, store_structures, 2);
MULTIPLE(st3_multiple, store_structures, 3);
MULTIPLE(st4_multiple, store_structures, 4);

/* ---- single structures ------------------------------------------------------------------- */

/* Which lane of the registers a single structure is. */
struct single {
	unsigned lane, index, count;
};

static struct single
single_structure(unsigned Q, unsigned R, unsigned opcode, unsigned S, unsigned size)
{
	struct single s = { .lane = opcode >> 1, .count = ((opcode & 1) << 1 | R) + 1 };

	switch (s.lane) {
	case 0: s.index = Q << 3 | S << 2 | size; break;
	case 1: s.index = Q << 2 | S << 1 | size >> 1; break;
	default:
		if (size & 1) {
			s.lane = 3;
			s.index = Q;
		} else {
			s.index = Q << 1 | S;
		}
		break;
	}
	return s;
}

static void
load_elements(
	struct lift *l, unsigned lane, unsigned count, unsigned rn, ir_ref elements[MAX_REGISTERS])
{
	ir_ref base = get_gpr_or_sp(l, I64, rn);

	for (unsigned n = 0; n < count; n++)
		elements[n] =
			ir_load(l, lane == 3 ? I64 : I32, lane, add_offset(l, base, n << lane));
}

/* LD1-LD4 (single structure): one lane of each register. */
static void
lift_ld_single(struct lift *l, const struct a64_ld_single *d)
{
	struct single s = single_structure(d->Q, d->R, d->opcode, d->S, d->size);
	ir_ref elements[MAX_REGISTERS];

	load_elements(l, s.lane, s.count, d->rn, elements);
	for (unsigned n = 0; n < s.count; n++) {
		unsigned r = register_number(d->rt, n);

		put_v(l, r, ir_vinsert(l, s.lane | s.index << 8, get_v(l, r), elements[n]));
	}
	post_index(l, d->post, d->rm, d->rn, s.count << s.lane);
}
A64_LIFTER(ld_single);

/* ST1-ST4 (single structure). */
static void
lift_st_single(struct lift *l, const struct a64_st_single *d)
{
	struct single s = single_structure(d->Q, d->R, d->opcode, d->S, d->size);
	ir_ref base = get_gpr_or_sp(l, I64, d->rn);

	for (unsigned n = 0; n < s.count; n++) {
		ir_ref v = get_v(l, register_number(d->rt, n));
		ir_ref element = ir_vextract(l, s.lane == 3 ? I64 : I32, s.lane | s.index << 8, v);

		ir_store(l, s.lane, add_offset(l, base, n << s.lane), element);
	}
	post_index(l, d->post, d->rm, d->rn, s.count << s.lane);
}
A64_LIFTER(st_single);

/* LD1R-LD4R: an element replicated to all lanes of each register. */
static void
lift_ld_replicate(struct lift *l, const struct a64_ld_replicate *d)
{
	unsigned count = (d->opcode0 << 1 | d->R) + 1;
	ir_ref elements[MAX_REGISTERS];

	load_elements(l, d->size, count, d->rn, elements);
	for (unsigned n = 0; n < count; n++) {
		ir_ref v = ir_vdup(l, d->size, elements[n]);

		put_v(l, register_number(d->rt, n), d->Q ? v : ir_vlow(l, v));
	}
	post_index(l, d->post, d->rm, d->rn, count << d->size);
}
A64_LIFTER(ld_replicate);
