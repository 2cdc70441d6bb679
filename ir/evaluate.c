// SPDX-License-Identifier: Apache-2.0
// Integer and flags operations in C. Everything is computed on 64-bit values with the operation's
// width as a parameter, so that one expression serves I32 and I64.
#include "ir/evaluate.h"

static uint64_t
divide_signed(int64_t a, int64_t b)
{
	if (b == 0)
		return 0;
	if (b == -1)
		return -(uint64_t)a;
	return (uint64_t)(a / b);
}

static uint64_t
rotate_right(uint64_t v, unsigned count, unsigned bits)
{
	return count == 0 ? v : v >> count | v << (bits - count);
}

static uint64_t
reverse_bits(uint64_t v, unsigned bits)
{
	uint64_t r = 0;

	for (unsigned i = 0; i < bits; i++)
		r |= (v >> i & 1) << (bits - 1 - i);
	return r;
}

/* Reverses the bytes of each group of `1 << group_log2` bytes. */
static uint64_t
reverse_bytes(uint64_t v, unsigned group_log2, unsigned bits)
{
	unsigned last = (1u << group_log2) - 1;
	uint64_t r = 0;

	for (unsigned i = 0; i < bits / 8; i++)
		r |= (v >> i * 8 & 0xff) << (i ^ last) * 8;
	return r;
}

static unsigned
leading_zeros(uint64_t v, unsigned bits)
{
	return v == 0 ? bits : (unsigned)__builtin_clzll(v) - (64 - bits);
}

static uint64_t
insert_bits(uint64_t a, uint64_t b, unsigned lsb, unsigned width)
{
	uint64_t mask = ir_low_mask(width);

	return (a & ~(mask << lsb)) | (b & mask) << lsb;
}

bool
ir_evaluate_integer(
	enum ir_op op, enum ir_type t, unsigned aux, uint64_t a, uint64_t b, uint64_t *result)
{
	unsigned bits = ir_type_bits(t);
	uint64_t mask = ir_low_mask(bits);
	int64_t sa, sb;
	uint64_t r;

	/* zext, sext, umull and smull read 32-bit operands whatever their result is. */
	if (op != IR_trunc) {
		a &= mask;
		b &= mask;
	}
	sa = ir_sign_extend(a, bits);
	sb = ir_sign_extend(b, bits);
	switch (op) {
	case IR_add: r = a + b; break;
	case IR_sub: r = a - b; break;
	case IR_mul: r = a * b; break;
	case IR_umulh: r = (uint64_t)((unsigned __int128)a * b >> 64); break;
	case IR_smulh: r = (uint64_t)((__int128)sa * sb >> 64); break;
	case IR_umull: r = (uint64_t)(uint32_t)a * (uint32_t)b; break;
	case IR_smull: r = (uint64_t)((int64_t)(int32_t)a * (int32_t)b); break;
	case IR_udiv: r = b == 0 ? 0 : a / b; break;
	case IR_sdiv: r = divide_signed(sa, sb); break;
	case IR_and: r = a & b; break;
	case IR_or: r = a | b; break;
	case IR_xor: r = a ^ b; break;
	case IR_andn: r = a & ~b; break;
	case IR_not: r = ~a; break;
	case IR_neg: r = -a; break;
	case IR_shl: r = a << (b & (bits - 1)); break;
	case IR_lshr: r = a >> (b & (bits - 1)); break;
	case IR_ashr: r = (uint64_t)(sa >> (b & (bits - 1))); break;
	case IR_ror: r = rotate_right(a, b & (bits - 1), bits); break;
	case IR_extr: r = aux == 0 ? b : b >> aux | a << (bits - aux); break;
	case IR_clz: r = leading_zeros(a, bits); break;
	case IR_ctz: r = leading_zeros(reverse_bits(a, bits), bits); break;
	case IR_cls: r = leading_zeros((a ^ (uint64_t)(sa >> 1)) & mask, bits) - 1; break;
	case IR_rbit: r = reverse_bits(a, bits); break;
	case IR_bswap: r = reverse_bytes(a, aux, bits); break;
	case IR_zext: r = a & ir_low_mask(aux); break;
	case IR_sext: r = (uint64_t)ir_sign_extend(a, aux); break;
	case IR_trunc: r = a; break;
	case IR_bfi: r = insert_bits(a, b, aux & 0xff, aux >> 8); break;
	default: return false;
	}
	*result = r & mask;
	return true;
}

/* AddWithCarry() of the Arm ARM: NZCV of x + y + carry in `bits` bits. */
static unsigned
add_with_carry_flags(uint64_t x, uint64_t y, bool carry, unsigned bits)
{
	uint64_t mask = ir_low_mask(bits);
	unsigned __int128 sum = (unsigned __int128)(x & mask) + (y & mask) + carry;
	uint64_t r = (uint64_t)sum & mask;
	unsigned n = r >> (bits - 1) & 1;
	unsigned z = r == 0;
	unsigned c = (sum >> bits & 1) != 0;
	unsigned v = ((x ^ r) & (y ^ r)) >> (bits - 1) & 1;

	return n << 3 | z << 2 | c << 1 | v;
}

static unsigned
logical_flags(uint64_t r, unsigned bits)
{
	unsigned n = r >> (bits - 1) & 1;
	unsigned z = (r & ir_low_mask(bits)) == 0;

	return n << 3 | z << 2;
}

unsigned
ir_evaluate_flags(enum ir_op op, enum ir_type t, uint64_t a, uint64_t b, bool carry)
{
	unsigned bits = ir_type_bits(t);

	switch (op) {
	case IR_flags_add: return add_with_carry_flags(a, b, false, bits);
	case IR_flags_sub: return add_with_carry_flags(a, ~b, true, bits);
	case IR_flags_adc: return add_with_carry_flags(a, b, carry, bits);
	case IR_flags_sbc: return add_with_carry_flags(a, ~b, carry, bits);
	case IR_flags_andn: return logical_flags(a & ~b, bits);
	default: return logical_flags(a & b, bits);
	}
}

bool
ir_condition_holds(enum ir_condition condition, unsigned nzcv)
{
	bool n = nzcv & 8, z = nzcv & 4, c = nzcv & 2, v = nzcv & 1;
	bool holds;

	switch (condition & ~1) {
	case IR_EQ: holds = z; break;
	case IR_CS: holds = c; break;
	case IR_MI: holds = n; break;
	case IR_VS: holds = v; break;
	case IR_HI: holds = c && !z; break;
	case IR_GE: holds = n == v; break;
	case IR_GT: holds = n == v && !z; break;
	default: return true;
	}
	return holds != (condition & 1);
}
