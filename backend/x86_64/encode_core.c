// SPDX-License-Identifier: Apache-2.0
// The base of the x86-64 encoder: prefixes, ModRM/SIB/displacement, and the emitters for legacy
// and VEX-encoded general-purpose instructions.  Intel SDM volume 2, sections 2.1 to 2.3.
#include "encode_core.h"
#include "encode_internal.h"

#include <assert.h>
#include <string.h>

void
x86_put_value(struct x86_emission *e, uint64_t value, unsigned bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		x86_put(e, (unsigned)(value & 0xff));
}

void
x86_end(struct x86_writer *w, struct x86_emission *e)
{
	ptrdiff_t length = e->p - e->start;

	assert(length <= X86_MAX_INSTRUCTION);
	if (e->start == e->scratch) {
		if (w->overflow || length > w->end - w->at) {
			w->overflow = true;
			return;
		}
		memcpy(w->at, e->scratch, (size_t)length);
	}
	w->at += length;
}

/*
 * An index alone at scale 1 is a base, at scale 2 a base and an index: both save the four-byte
 * displacement that an operand without base has to have.  An unscaled rsp can only be a base; and
 * rbp and r13 as base need a displacement, as index not.
 */
struct x86_mem
x86_mem_smallest(struct x86_mem mem)
{
	if (mem.index == X86_NO_GPR)
		return mem;
	if (mem.base == X86_NO_GPR && mem.scale_log2 == 0) {
		mem.base = mem.index;
		mem.index = X86_NO_GPR;
		return mem;
	}
	if (mem.base == X86_NO_GPR && mem.scale_log2 == 1) {
		mem.base = mem.index;
		mem.scale_log2 = 0;
	}
	if (mem.scale_log2 == 0 &&
		(mem.index == X86_RSP || (mem.disp == 0 && (mem.base & 7) == X86_RBP &&
						 (mem.index & 7) != X86_RBP))) {
		uint8_t base = mem.base;

		mem.base = mem.index;
		mem.index = base;
	}
	assert(mem.index != X86_RSP && mem.scale_log2 <= 3);
	return mem;
}

/* ModRM and displacement of a rip-relative operand: counted from the end of the instruction. */
static void
put_modrm_rip(const struct x86_writer *w, struct x86_emission *e, unsigned reg, const void *target,
	unsigned imm_bytes)
{
	uintptr_t next = (uintptr_t)w->at + (uintptr_t)(e->p - e->start) + 5 + imm_bytes;
	int64_t distance = (int64_t)((uintptr_t)target - next);

	assert(distance == (int32_t)distance);
	x86_put(e, (reg & 7) << 3 | 5);
	if (w->on_rip)
		w->on_rip((struct x86_writer *)w, w->at + (e->p - e->start), target);
	x86_put_value(e, (uint64_t)distance, 4);
}

/* The mod field for a displacement: 0 none, 1 one byte (in units), 2 four bytes. */
static unsigned
displacement_mod(struct x86_mem mem, unsigned unit)
{
	if (mem.disp == 0 && (mem.base & 7) != X86_RBP)
		return 0;
	if (mem.disp % (int32_t)unit == 0 &&
		mem.disp / (int32_t)unit == (int8_t)(mem.disp / (int32_t)unit))
		return 1;
	return 2;
}

void
x86_put_modrm_mem(const struct x86_writer *w, struct x86_emission *e, unsigned reg,
	struct x86_mem mem, unsigned disp8_unit, unsigned imm_bytes)
{
	bool has_base = mem.base != X86_NO_GPR;
	/* r/m = 4 means that a SIB byte follows, so rsp and r12 as base need one; so does no base */
	bool sib = mem.index != X86_NO_GPR || !has_base || (mem.base & 7) == X86_RSP;
	unsigned mod, index;

	if (mem.base == X86_RIP) {
		put_modrm_rip(w, e, reg, mem.target, imm_bytes);
		return;
	}
	mod = has_base ? displacement_mod(mem, disp8_unit) : 0;
	x86_put(e, mod << 6 | (reg & 7) << 3 | (sib ? 4u : mem.base & 7u));
	if (sib) {
		/* index 4 is none; base 5 with mod 0 is none, and a four-byte displacement follows */
		index = mem.index == X86_NO_GPR ? 4 : mem.index & 7;
		x86_put(e, (unsigned)mem.scale_log2 << 6 | index << 3 |
				   (has_base ? mem.base & 7u : 5u));
	}
	if (mod == 1)
		x86_put(e, (unsigned)(mem.disp / (int32_t)disp8_unit) & 0xff);
	else if (mod == 2 || !has_base)
		x86_put_value(e, (uint32_t)mem.disp, 4);
}

void
x86_put_vex(struct x86_emission *e, struct x86_vex vex)
{
	unsigned last = (~vex.vvvv & 15u) << 3 | vex.prefix;

	if (!vex.w && !vex.x && !vex.b && vex.map == X86_MAP_0F) {
		x86_put(e, 0xc5);
		x86_put(e, (!vex.r) << 7 | last);
		return;
	}
	x86_put(e, 0xc4);
	x86_put(e, (unsigned)(!vex.r << 7 | !vex.x << 6 | !vex.b << 5 | vex.map));
	x86_put(e, (unsigned)vex.w << 7 | last);
}

/* Prefixes and opcode of a legacy-encoded instruction; r, x, b are the REX bits. */
static void
put_opcode(struct x86_emission *e, uint32_t opcode, unsigned size, unsigned r, unsigned x,
	unsigned b, bool force_rex)
{
	static const uint8_t escape[] = { 0, 0, 0x38, 0x3a };
	static const uint8_t mandatory[] = { 0, 0x66, 0xf3, 0xf2 };
	unsigned map = opcode >> 8 & 3;
	unsigned prefix = opcode >> 10 & 3;
	unsigned rex = (size == 8) << 3 | r << 2 | x << 1 | b;

	if (opcode & X86_OP_LOCK)
		x86_put(e, 0xf0);
	if (size == 2)
		x86_put(e, 0x66);
	if (prefix)
		x86_put(e, mandatory[prefix]);
	if (rex || force_rex)
		x86_put(e, 0x40 | rex);
	if (map)
		x86_put(e, 0x0f);
	if (escape[map])
		x86_put(e, escape[map]);
	x86_put(e, opcode & 0xff);
}

/* Without REX, 4..7 name ah..bh as 8-bit registers; with it spl..dil. */
static bool
needs_rex_as_byte(unsigned reg)
{
	return reg >= X86_RSP && reg <= X86_RDI;
}

void
x86_emit_reg(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, unsigned rm,
	int64_t imm, unsigned imm_bytes)
{
	struct x86_emission e;
	bool force_rex = (opcode & X86_OP_BYTE_REG && needs_rex_as_byte(reg)) ||
			 (opcode & X86_OP_BYTE_RM && needs_rex_as_byte(rm));

	assert(reg < 16 && rm < 16);
	x86_begin(w, &e);
	put_opcode(&e, opcode, size, reg >> 3, 0, rm >> 3, force_rex);
	x86_put_modrm_reg(&e, reg, rm);
	x86_put_value(&e, (uint64_t)imm, imm_bytes);
	x86_end(w, &e);
}

void
x86_emit_mem(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, struct x86_mem mem,
	int64_t imm, unsigned imm_bytes)
{
	struct x86_emission e;
	bool force_rex = opcode & X86_OP_BYTE_REG && needs_rex_as_byte(reg);

	assert(reg < 16);
	mem = x86_mem_smallest(mem);
	x86_begin(w, &e);
	put_opcode(&e, opcode, size, reg >> 3, x86_mem_x(mem), x86_mem_b(mem), force_rex);
	x86_put_modrm_mem(w, &e, reg, mem, 1, imm_bytes);
	x86_put_value(&e, (uint64_t)imm, imm_bytes);
	x86_end(w, &e);
}

void
x86_emit_opcode_reg(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, int64_t imm,
	unsigned imm_bytes)
{
	struct x86_emission e;

	assert(reg < 16);
	x86_begin(w, &e);
	put_opcode(&e, opcode | (reg & 7), size, 0, 0, reg >> 3, false);
	x86_put_value(&e, (uint64_t)imm, imm_bytes);
	x86_end(w, &e);
}

void
x86_emit_bytes(struct x86_writer *w, const void *bytes, size_t count)
{
	if (w->overflow || count > (size_t)(w->end - w->at)) {
		w->overflow = true;
		return;
	}
	memcpy(w->at, bytes, count);
	w->at += count;
}

void
x86_emit_vex_reg(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, unsigned vvvv,
	unsigned rm, int imm, unsigned imm_bytes)
{
	struct x86_emission e;

	assert((size == 4 || size == 8) && reg < 16 && vvvv < 16 && rm < 16);
	x86_begin(w, &e);
	x86_put_vex(&e, (struct x86_vex){
				.map = opcode >> 8 & 3,
				.prefix = opcode >> 10 & 3,
				.w = size == 8,
				.r = (uint8_t)(reg >> 3),
				.b = (uint8_t)(rm >> 3),
				.vvvv = (uint8_t)vvvv,
			});
	x86_put(&e, opcode & 0xff);
	x86_put_modrm_reg(&e, reg, rm);
	x86_put_value(&e, (uint64_t)imm, imm_bytes);
	x86_end(w, &e);
}

void
x86_emit_vex_mem(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, unsigned vvvv,
	struct x86_mem mem, int imm, unsigned imm_bytes)
{
	struct x86_emission e;

	assert((size == 4 || size == 8) && reg < 16 && vvvv < 16);
	mem = x86_mem_smallest(mem);
	x86_begin(w, &e);
	x86_put_vex(&e, (struct x86_vex){
				.map = opcode >> 8 & 3,
				.prefix = opcode >> 10 & 3,
				.w = size == 8,
				.r = (uint8_t)(reg >> 3),
				.x = (uint8_t)x86_mem_x(mem),
				.b = (uint8_t)x86_mem_b(mem),
				.vvvv = (uint8_t)vvvv,
			});
	x86_put(&e, opcode & 0xff);
	x86_put_modrm_mem(w, &e, reg, mem, 1, imm_bytes);
	x86_put_value(&e, (uint64_t)imm, imm_bytes);
	x86_end(w, &e);
}
