// SPDX-License-Identifier: Apache-2.0
// What the parts of the x86-64 encoder share among themselves: an instruction in the making, and
// the ModRM/SIB/displacement writer that legacy, VEX and EVEX encodings have in common.
#ifndef DRAGOMAN_BACKEND_X86_64_ENCODE_INTERNAL_H
#define DRAGOMAN_BACKEND_X86_64_ENCODE_INTERNAL_H

#include "encode_core.h"

/* The pp field of VEX and EVEX, in the order of enum x86_opcode_bits. */
enum x86_prefix { X86_PREFIX_NP, X86_PREFIX_66, X86_PREFIX_F3, X86_PREFIX_F2 };

/* The map field of VEX and EVEX. */
enum x86_map { X86_MAP_0F = 1, X86_MAP_0F38, X86_MAP_0F3A };

/* An instruction being written: in place where the longest one fits, else in scratch. */
struct x86_emission {
	uint8_t *start;
	uint8_t *p;
	uint8_t scratch[X86_MAX_INSTRUCTION + 1];
};

static inline void
x86_begin(const struct x86_writer *w, struct x86_emission *e)
{
	bool fits = !w->overflow && w->end - w->at >= X86_MAX_INSTRUCTION;

	e->start = fits ? w->at : e->scratch;
	e->p = e->start;
}

static inline void
x86_put(struct x86_emission *e, unsigned byte)
{
	*e->p++ = (uint8_t)byte;
}

/* Writes the low `bytes` bytes of value, lowest first. */
void x86_put_value(struct x86_emission *e, uint64_t value, unsigned bytes);

/* Moves the cursor past the instruction, or sets overflow. */
void x86_end(struct x86_writer *w, struct x86_emission *e);

/* The operand in the form that takes the fewest bytes; its prefix bits are those of base and index. */
struct x86_mem x86_mem_smallest(struct x86_mem mem);

/* Bit 3 of the index and of the base of a memory operand, for REX, VEX and EVEX. */
static inline unsigned
x86_mem_x(struct x86_mem mem)
{
	return mem.index != X86_NO_GPR && mem.index >= 8;
}

static inline unsigned
x86_mem_b(struct x86_mem mem)
{
	return mem.base < 16 && mem.base >= 8;
}

static inline void
x86_put_modrm_reg(struct x86_emission *e, unsigned reg, unsigned rm)
{
	x86_put(e, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

/*
 * ModRM, SIB and displacement of mem, which comes from x86_mem_smallest().  A one-byte displacement
 * counts in units of disp8_unit bytes (1 but for EVEX); imm_bytes follow in the same instruction.
 */
void x86_put_modrm_mem(const struct x86_writer *w, struct x86_emission *e, unsigned reg,
	struct x86_mem mem, unsigned disp8_unit, unsigned imm_bytes);

/* The fields of a VEX prefix, not inverted; w, r, x, b are single bits. */
struct x86_vex {
	uint8_t map;
	uint8_t prefix;
	uint8_t w, r, x, b;
	uint8_t vvvv;
};

/* The VEX prefix, L = 0, in its two-byte form where that can express the fields. */
void x86_put_vex(struct x86_emission *e, struct x86_vex vex);

#endif
