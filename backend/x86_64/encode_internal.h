// SPDX-License-Identifier: Apache-2.0
// What the parts of the x86-64 encoder share among themselves: an instruction in the making, and
// the ModRM/SIB/displacement writer that legacy, VEX and EVEX encodings have in common.
#ifndef DRAGOMAN_BACKEND_X86_64_ENCODE_INTERNAL_H
#define DRAGOMAN_BACKEND_X86_64_ENCODE_INTERNAL_H

#include <assert.h>
#include <string.h>

#include "encode_core.h"

/* The pp field of VEX and EVEX, in the order of enum x86_opcode_bits. */
enum x86_prefix { X86_PREFIX_NP, X86_PREFIX_66, X86_PREFIX_F3, X86_PREFIX_F2 };

/* The map field of VEX and EVEX. */
enum x86_map { X86_MAP_0F = 1, X86_MAP_0F38, X86_MAP_0F3A };

/*
 * An instruction is written byte by byte at a pointer that each step moves on: in place where X86_ROOM bytes are free, else
 * in a scratch of that size. Steps whose bytes may be absent write them anyhow and do not move on: encoding is what
 * translation does most, and mispredicted branches are what it would wait for.
 */
#define X86_ROOM 16

/* Where to write. */
static inline uint8_t *
x86_begin(const struct x86_writer *w, uint8_t scratch[X86_ROOM])
{
	return !w->overflow && w->end - w->at >= X86_ROOM ? w->at : scratch;
}

static inline uint8_t *
x86_put(uint8_t *p, unsigned byte)
{
	*p = (uint8_t)byte;
	return p + 1;
}

static inline uint8_t *
x86_put_if(uint8_t *p, unsigned byte, bool wanted)
{
	*p = (uint8_t)byte;
	return p + wanted;
}

/* Writes the low `bytes` bytes of value, lowest first. */
static inline uint8_t *
x86_put_value(uint8_t *p, uint64_t value, unsigned bytes)
{
	switch (bytes) {
	case 0: break;
	case 1: *p = (uint8_t)value; break;
	case 4: memcpy(p, &value, 4); break;
	default:
		for (unsigned k = 0; k < bytes; k++)
			p[k] = (uint8_t)(value >> 8 * k);
	}
	return p + bytes;
}

/* For an instruction in the scratch. */
void x86_end_elsewhere(struct x86_writer *w, const uint8_t *start, size_t length);

/* Moves the cursor past the instruction [start, p), or sets overflow. */
static inline void
x86_end(struct x86_writer *w, const uint8_t *start, uint8_t *p)
{
	assert(p - start <= X86_MAX_INSTRUCTION);
	if (start == w->at)
		w->at = p;
	else
		x86_end_elsewhere(w, start, (size_t)(p - start));
}

/* The operand in the form that takes the fewest bytes; its prefix bits are those of base and index. */
struct x86_mem x86_mem_smallest_index(struct x86_mem mem);
static inline struct x86_mem
x86_mem_smallest(struct x86_mem mem)
{
	return mem.index == X86_NO_GPR ? mem : x86_mem_smallest_index(mem);
}

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

static inline uint8_t *
x86_put_modrm_reg(uint8_t *p, unsigned reg, unsigned rm)
{
	return x86_put(p, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

/* ModRM and displacement of a rip-relative operand of the instruction that began at `start`. */
uint8_t *x86_put_modrm_rip(const struct x86_writer *w, const uint8_t *start, uint8_t *p,
	unsigned reg, const void *target, unsigned imm_bytes);

/* The mod field for a displacement: 0 none, 1 one byte (in units), 2 four bytes. */
static inline unsigned
x86_displacement_mod(struct x86_mem mem, int32_t unit)
{
	if (mem.disp == 0 && (mem.base & 7) != X86_RBP)
		return 0;
	return mem.disp % unit == 0 && mem.disp / unit == (int8_t)(mem.disp / unit) ? 1 : 2;
}

static inline uint8_t *
x86_put_displacement(uint8_t *p, unsigned mod, int32_t displacement, int32_t unit)
{
	static const uint8_t bytes[] = { 0, 1, 4 };

	displacement = mod == 1 ? displacement / unit : displacement;
	memcpy(p, &displacement, sizeof(displacement));
	return p + bytes[mod];
}

/* Operands with a SIB byte: an index, no base, or rsp or r12 as base. */
static inline uint8_t *
x86_put_modrm_sib(uint8_t *p, unsigned reg, struct x86_mem mem, int32_t disp8_unit)
{
	bool has_base = mem.base != X86_NO_GPR;
	unsigned mod = has_base ? x86_displacement_mod(mem, disp8_unit) : 0;
	/* index 4 is none; base 5 with mod 0 is none, and a four-byte displacement follows */
	unsigned index = mem.index == X86_NO_GPR ? 4 : mem.index & 7;

	p = x86_put(p, mod << 6 | (reg & 7) << 3 | 4);
	p = x86_put(
		p, (unsigned)mem.scale_log2 << 6 | index << 3 | (has_base ? mem.base & 7u : 5u));
	return x86_put_displacement(p, has_base ? mod : 2, mem.disp, disp8_unit);
}

/*
 * ModRM, SIB and displacement of mem, which comes from x86_mem_smallest(), in the instruction that began at `start`.  A one-byte
 * displacement counts in units of disp8_unit bytes (1 but for EVEX); imm_bytes follow in the same instruction.
 */
static inline uint8_t *
x86_put_modrm_mem(const struct x86_writer *w, const uint8_t *start, uint8_t *p, unsigned reg,
	struct x86_mem mem, int32_t disp8_unit, unsigned imm_bytes)
{
	unsigned mod;

	if (mem.base == X86_RIP)
		return x86_put_modrm_rip(w, start, p, reg, mem.target, imm_bytes);
	/* r/m = 4 means that a SIB byte follows */
	if (mem.index != X86_NO_GPR || mem.base == X86_NO_GPR || (mem.base & 7) == X86_RSP)
		return x86_put_modrm_sib(p, reg, mem, disp8_unit);
	mod = x86_displacement_mod(mem, disp8_unit);
	p = x86_put(p, mod << 6 | (reg & 7) << 3 | (mem.base & 7u));
	return x86_put_displacement(p, mod, mem.disp, disp8_unit);
}

/* The fields of a VEX prefix, not inverted; w, r, x, b are single bits. */
struct x86_vex {
	uint8_t map;
	uint8_t prefix;
	uint8_t w, r, x, b;
	uint8_t vvvv;
};

/* The VEX prefix, L = 0, in its two-byte form where that can express the fields. */
static inline uint8_t *
x86_put_vex(uint8_t *p, struct x86_vex vex)
{
	unsigned last = (~vex.vvvv & 15u) << 3 | vex.prefix;

	if (!vex.w && !vex.x && !vex.b && vex.map == X86_MAP_0F) {
		p = x86_put(p, 0xc5);
		return x86_put(p, (!vex.r) << 7 | last);
	}
	p = x86_put(p, 0xc4);
	p = x86_put(p, (unsigned)(!vex.r << 7 | !vex.x << 6 | !vex.b << 5 | vex.map));
	return x86_put(p, (unsigned)vex.w << 7 | last);
}

#endif
