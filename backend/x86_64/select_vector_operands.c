// SPDX-License-Identifier: Apache-2.0
// Operands of vector instructions: values in registers or memory, and the constants that code reads
// rip-relative out of this executable.
#include "backend/x86_64/select_vector.h"
#include "ir/vec128.h"

/* clang-format off: tables */
#define EACH_BYTE(value) ((value)*UINT64_C(0x0101010101010101))
#define SAME(value)                                       \
	{                                                 \
		.d = { UINT64_C(value), UINT64_C(value) } \
	}
#define BYTE(value)                                         \
	{                                                   \
		.d = { EACH_BYTE(value), EACH_BYTE(value) } \
	}
#define FIRST(value)                     \
	{                                \
		.d = { UINT64_C(value) } \
	}
/* Byte n is n ^ x. */
#define EXCHANGE(x)                                                   \
	{                                                             \
		.d = { UINT64_C(0x0706050403020100) ^ EACH_BYTE(x),   \
			UINT64_C(0x0f0e0d0c0b0a0908) ^ EACH_BYTE(x) } \
	}
#define Z 0x80 /* vpshufb: a zero byte */

static const union vec128 constants[VECTOR_CONSTANTS] = {
	[VC_SIGN_BITS] = SAME(0x8080808080808080),
	SAME(0x8000800080008000),
	SAME(0x8000000080000000),
	SAME(0x8000000000000000),
	[VC_EVEN_BYTES] = SAME(0x00ff00ff00ff00ff),
	[VC_ODD_BYTES] = SAME(0xff00ff00ff00ff00),
	[VC_EVEN_HALVES] = SAME(0x0000ffff0000ffff),
	[VC_LOW_NIBBLES] = BYTE(0x0f),
	[VC_TABLE_BIAS] = BYTE(0x70),
	[VC_NIBBLE_COUNTS] = { .b = { 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4 } },
	[VC_FIRST_LANE] = FIRST(0xff),
	FIRST(0xffff),
	FIRST(0xffffffff),
	FIRST(0xffffffffffffffff),
	[VC_BYTES_SHIFTED_LEFT] = BYTE(0xff),
	BYTE(0xfe),
	BYTE(0xfc),
	BYTE(0xf8),
	BYTE(0xf0),
	BYTE(0xe0),
	BYTE(0xc0),
	BYTE(0x80),
	[VC_BYTES_SHIFTED_RIGHT] = BYTE(0xff),
	BYTE(0x7f),
	BYTE(0x3f),
	BYTE(0x1f),
	BYTE(0x0f),
	BYTE(0x07),
	BYTE(0x03),
	BYTE(0x01),
	[VC_BYTE_SIGN_SHIFTED] = BYTE(0x80),
	BYTE(0x40),
	BYTE(0x20),
	BYTE(0x10),
	BYTE(0x08),
	BYTE(0x04),
	BYTE(0x02),
	BYTE(0x01),
	[VC_BROADCAST_BYTE] = BYTE(0),
	BYTE(1),
	BYTE(2),
	BYTE(3),
	BYTE(4),
	BYTE(5),
	BYTE(6),
	BYTE(7),
	BYTE(8),
	BYTE(9),
	BYTE(10),
	BYTE(11),
	BYTE(12),
	BYTE(13),
	BYTE(14),
	BYTE(15),
	[VC_EXCHANGE] = EXCHANGE(0),
	EXCHANGE(1),
	EXCHANGE(2),
	EXCHANGE(3),
	EXCHANGE(4),
	EXCHANGE(5),
	EXCHANGE(6),
	EXCHANGE(7),
	[VC_EVEN_LANES_FIRST] = { .b = { 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15 } },
	{ .b = { 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15 } },
	[VC_NARROW] = { .b = { 0, 2, 4, 6, 8, 10, 12, 14, Z, Z, Z, Z, Z, Z, Z, Z } },
	{ .b = { 0, 1, 4, 5, 8, 9, 12, 13, Z, Z, Z, Z, Z, Z, Z, Z } },
	{ .b = { 0, 1, 2, 3, 8, 9, 10, 11, Z, Z, Z, Z, Z, Z, Z, Z } },
	[VC_REVERSE_BITS] = { .b = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 } },
};
/* clang-format on */

struct vector_operand
vector_operand(struct compiler *c, ir_ref ref)
{
	struct vector_operand o = { .in_memory = false };

	if (use_memory(c, ref, &o.mem))
		o.in_memory = true;
	else
		o.reg = use_vec(c, ref);
	return o;
}

struct vector_operand
vector_constant(struct compiler *c, unsigned constant)
{
	const union vec128 *at = &constants[constant];
	host_reg address;

	if (x86_rip_reaches(&c->w, at))
		return (struct vector_operand){ .in_memory = true, .mem = x86_mem_rip(at) };
	address = temp_gpr(c);
	x86_mov_ri(&c->w, (enum x86_gpr)address, (uint64_t)(uintptr_t)at);
	return (struct vector_operand){ .in_memory = true,
		.mem = x86_mem_base((enum x86_gpr)address, 0) };
}

void
select_vector_binary(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op,
	bool commutative)
{
	struct vector_operand b = vector_operand(c, in->b);
	host_reg a;

	if (commutative && !b.in_memory) {
		struct vector_operand x = vector_operand(c, in->a);

		a = b.reg;
		b = x;
		if (!x.in_memory) { /* in order: the destination is more likely the first one */
			b.reg = a;
			a = x.reg;
		}
	} else {
		a = use_vec(c, in->a);
	}
	vec_rro(c, op, def_vec_over(c, i), a, b);
	keep_eflags(c);
}

void
select_vector_unary(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op)
{
	struct vector_operand a = vector_operand(c, in->a);

	vec_ro(c, op, def_vec_over(c, i), a);
	keep_eflags(c);
}
