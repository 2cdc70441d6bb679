// SPDX-License-Identifier: Apache-2.0
// Vector integer operations, moves between register classes and cryptography for the interpreter.
// Most are a helper of ir/vector_helpers.def under another name: a table says which, and how its
// immediate is made.
#include "ir/interpret.h"
#include "ir/evaluate.h"
#include "ir/vector_helpers.h"

/* ---- operations that are helpers --------------------------------------------------------- */

enum shape_of_op { WHOLE, LOW_HALF, REVERSE };

struct helper_row {
	helper_function *function; /* NULL: not a helper */
	uint8_t shape;             /* enum shape_of_op */
};

#define ROW(op, helper, shape) [IR_##op] = { helper_##helper, shape }
static const struct helper_row helper_rows[IR_OP_COUNT] = {
	ROW(vmul, mul, WHOLE),
	ROW(vneg, neg, WHOLE),
	ROW(vabs, abs, WHOLE),
	ROW(vcmpgtu, cmhi, WHOLE),
	ROW(vcmpgeu, cmhs, WHOLE),
	ROW(vcmptst, cmtst, WHOLE),
	ROW(vmins, smin, WHOLE),
	ROW(vminu, umin, WHOLE),
	ROW(vmaxs, smax, WHOLE),
	ROW(vmaxu, umax, WHOLE),
	ROW(vaddsats, sqadd, WHOLE),
	ROW(vaddsatu, uqadd, WHOLE),
	ROW(vsubsats, sqsub, WHOLE),
	ROW(vsubsatu, uqsub, WHOLE),
	ROW(vavgu, urhadd, WHOLE),
	ROW(vshl_imm, shl, WHOLE),
	ROW(vlshr_imm, ushr, WHOLE),
	ROW(vashr_imm, sshr, WHOLE),
	ROW(vext, ext, WHOLE),
	ROW(vzip1, zip1, WHOLE),
	ROW(vzip2, zip2, WHOLE),
	ROW(vuzp1, uzp1, WHOLE),
	ROW(vuzp2, uzp2, WHOLE),
	ROW(vtrn1, trn1, WHOLE),
	ROW(vtrn2, trn2, WHOLE),
	ROW(vrev, rev, REVERSE),
	ROW(vcnt, cnt, WHOLE),
	ROW(vwidens, sshll, LOW_HALF),
	ROW(vwidenu, ushll, LOW_HALF),
	ROW(vnarrow, xtn, LOW_HALF),
	ROW(vaddp, addp, WHOLE),
	ROW(vmullu, umull, LOW_HALF),
	ROW(vmulls, smull, LOW_HALF),
	ROW(vaddv, addv, WHOLE),
	ROW(vmaxvu, umaxv, WHOLE),
	ROW(vminvu, uminv, WHOLE),
	ROW(vpmaxu, umaxp, WHOLE),
	ROW(vpminu, uminp, WHOLE),
	ROW(aese, aese, WHOLE),
	ROW(aesd, aesd, WHOLE),
	ROW(aesmc, aesmc, WHOLE),
	ROW(aesimc, aesimc, WHOLE),
	ROW(sha256_rounds2, sha256rounds2, WHOLE),
	ROW(sha256su0, sha256su0, WHOLE),
	ROW(sha256su1, sha256su1, WHOLE),
};
#undef ROW

static bool
call_helper(const struct ir_insn *i, union vec128 *d, const union vec128 *a, const union vec128 *b,
	const union vec128 *c)
{
	const struct helper_row *row = &helper_rows[i->op];
	unsigned lane = i->aux & 3, number = i->aux >> 8;
	uint64_t imm;

	if (row->function == NULL)
		return false;
	if (row->shape == REVERSE)
		imm = helper_imm_rev(HELPER_VECTOR128, lane, number);
	else
		imm = helper_imm(
			row->shape == WHOLE ? HELPER_VECTOR128 : HELPER_VECTOR64, lane, number);
	row->function(d, a, b, c, imm);
	return true;
}

/* ---- the others -------------------------------------------------------------------------- */

static union vec128
from_integer(uint64_t low)
{
	return (union vec128){ .d = { low, 0 } };
}

static union vec128
bit_logic(enum ir_op op, const union vec128 *a, const union vec128 *b, const union vec128 *c)
{
	union vec128 r;

	for (unsigned n = 0; n < 2; n++) {
		switch (op) {
		case IR_vand: r.d[n] = a->d[n] & b->d[n]; break;
		case IR_vor: r.d[n] = a->d[n] | b->d[n]; break;
		case IR_vxor: r.d[n] = a->d[n] ^ b->d[n]; break;
		case IR_vandn: r.d[n] = a->d[n] & ~b->d[n]; break;
		case IR_vnot: r.d[n] = ~a->d[n]; break;
		default: r.d[n] = (b->d[n] & a->d[n]) | (c->d[n] & ~a->d[n]); break; /* vbsl */
		}
	}
	return r;
}

static union vec128
lane_by_lane(enum ir_op op, unsigned lane, const union vec128 *a, const union vec128 *b)
{
	union vec128 r;

	for (unsigned n = 0; n < 16u >> lane; n++) {
		int64_t x = vec128_signed_lane(a, lane, n), y = vec128_signed_lane(b, lane, n);
		uint64_t v;

		switch (op) {
		case IR_vadd: v = (uint64_t)x + (uint64_t)y; break;
		case IR_vsub: v = (uint64_t)x - (uint64_t)y; break;
		case IR_vcmpeq: v = -(uint64_t)(x == y); break;
		case IR_vcmpgts: v = -(uint64_t)(x > y); break;
		default: v = -(uint64_t)(x >= y); break; /* vcmpges */
		}
		vec128_set_lane(&r, lane, n, v);
	}
	return r;
}

static union vec128
duplicate(unsigned lane, uint64_t value)
{
	union vec128 r;

	for (unsigned n = 0; n < 16u >> lane; n++)
		vec128_set_lane(&r, lane, n, value);
	return r;
}

static union vec128
insert(const union vec128 *a, unsigned lane, unsigned index, uint64_t value)
{
	union vec128 r = *a;

	vec128_set_lane(&r, lane, index, value);
	return r;
}

static union vec128
extract(const struct ir_insn *i, const union vec128 *a)
{
	unsigned lane = i->aux & 3, index = i->aux >> 8;

	if (i->aux & IR_V_SIGNED)
		return from_integer((uint64_t)vec128_signed_lane(a, lane, index) &
				    ir_low_mask(ir_type_bits(i->type)));
	return from_integer(vec128_lane(a, lane, index));
}

static union vec128
table_lookup(const union vec128 *table, const union vec128 *indices)
{
	union vec128 r;

	for (unsigned n = 0; n < 16; n++)
		r.b[n] = indices->b[n] < 16 ? table->b[indices->b[n]] : 0;
	return r;
}

/* Products over GF(2) of the low halves. */
static union vec128
carryless_product(uint64_t a, uint64_t b)
{
	unsigned __int128 wide = a, sum = 0;

	for (unsigned n = 0; n < 64; n++)
		if (b >> n & 1)
			sum ^= wide << n;
	return (union vec128){ .d = { (uint64_t)sum, (uint64_t)(sum >> 64) } };
}

static uint64_t
low_bits_of_type(enum ir_type t, uint64_t v)
{
	return t == F32 || t == I32 ? (uint32_t)v : v;
}

bool
ir_interpret_vector(const struct ir_insn *i, union vec128 *d, const union vec128 *a,
	const union vec128 *b, const union vec128 *c)
{
	unsigned lane = i->aux & 3, number = i->aux >> 8;

	switch (i->op) {
	case IR_vconst:
		d->d[0] = (uint64_t)i->imm;
		d->d[1] = i->aux == 1 ? 0 : (uint64_t)i->imm;
		break;
	case IR_f_from_bits:
	case IR_bits_from_f:
	case IR_f_from_v: *d = from_integer(low_bits_of_type(i->type, a->d[0])); break;
	case IR_v_from_f:
	case IR_vlow: *d = from_integer(a->d[0]); break;
	case IR_vhigh: *d = from_integer(a->d[1]); break;
	case IR_vcombine: *d = (union vec128){ .d = { a->d[0], b->d[0] } }; break;
	case IR_vdup: *d = duplicate(lane, a->d[0]); break;
	case IR_vdup_lane: *d = duplicate(lane, vec128_lane(a, lane, number)); break;
	case IR_vinsert: *d = insert(a, lane, number, b->d[0]); break;
	case IR_vinsert_lane:
		*d = insert(a, lane, number & 15, vec128_lane(b, lane, i->aux >> 12));
		break;
	case IR_vextract: *d = extract(i, a); break;
	case IR_vand:
	case IR_vor:
	case IR_vxor:
	case IR_vandn:
	case IR_vnot:
	case IR_vbsl: *d = bit_logic(i->op, a, b, c); break;
	case IR_vadd:
	case IR_vsub:
	case IR_vcmpeq:
	case IR_vcmpgts:
	case IR_vcmpges: *d = lane_by_lane(i->op, lane, a, b); break;
	case IR_vtbl: *d = table_lookup(a, b); break;
	case IR_sha256_low:
		*d = (union vec128){ .s = { b->s[1], b->s[0], a->s[1], a->s[0] } };
		break;
	case IR_sha256_high:
		*d = (union vec128){ .s = { b->s[3], b->s[2], a->s[3], a->s[2] } };
		break;
	case IR_pmull64: *d = carryless_product(a->d[0], b->d[0]); break;
	default: return call_helper(i, d, a, b, c);
	}
	return true;
}
