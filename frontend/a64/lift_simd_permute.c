// SPDX-License-Identifier: Apache-2.0
// Lifters of "Advanced SIMD permute", "extract" and "table lookup". Arm ARM C4.1.6.
#include "frontend/a64/lift_simd.h"

/* ---- permute: 64-bit forms from 128-bit operations ------------------------------------------------------------- */

/* `op` for 128 bits, `op64` for 64. */
#define PERMUTE(row, op, op64)                                                         \
	static void lift_##row(struct lift *l, const struct a64_##row *d)              \
	{                                                                              \
		ir_ref n = get_v(l, d->rn), m = get_v(l, d->rm);                       \
                                                                                       \
		put_v(l, d->rd, d->Q ? op(l, d->size, n, m) : op64(l, d->size, n, m)); \
	}                                                                              \
	A64_LIFTER(row)

static ir_ref
zip1_64(struct lift *l, unsigned lane, ir_ref n, ir_ref m)
{
	return ir_vlow(l, ir_vzip1(l, lane, n, m));
}

/* The low halves, interleaved, end in the upper half. */
static ir_ref
zip2_64(struct lift *l, unsigned lane, ir_ref n, ir_ref m)
{
	return ir_vhigh(l, ir_vzip1(l, lane, n, m));
}

static ir_ref
uzp1_64(struct lift *l, unsigned lane, ir_ref n, ir_ref m)
{
	ir_ref both = ir_vcombine(l, n, m);

	return ir_vlow(l, ir_vuzp1(l, lane, both, both));
}

static ir_ref
uzp2_64(struct lift *l, unsigned lane, ir_ref n, ir_ref m)
{
	ir_ref both = ir_vcombine(l, n, m);

	return ir_vlow(l, ir_vuzp2(l, lane, both, both));
}

static ir_ref
trn1_64(struct lift *l, unsigned lane, ir_ref n, ir_ref m)
{
	return ir_vlow(l, ir_vtrn1(l, lane, n, m));
}

static ir_ref
trn2_64(struct lift *l, unsigned lane, ir_ref n, ir_ref m)
{
	return ir_vlow(l, ir_vtrn2(l, lane, n, m));
}

PERMUTE(zip1, ir_vzip1, zip1_64);
PERMUTE(zip2, ir_vzip2, zip2_64);
PERMUTE(uzp1, ir_vuzp1, uzp1_64);
PERMUTE(uzp2, ir_vuzp2, uzp2_64);
PERMUTE(trn1, ir_vtrn1, trn1_64);
PERMUTE(trn2, ir_vtrn2, trn2_64);

/* EXT: bytes of Vm:Vn from byte imm4 on. */
static void
lift_ext(struct lift *l, const struct a64_ext *d)
{
	ir_ref n = get_v(l, d->rn), m = get_v(l, d->rm);

	if (!d->Q)
		n = m = ir_vcombine(l, n, m);
	simd_put(l, simd_shape(d->Q), d->rd, ir_vext(l, d->imm4 << 8, n, m));
}
A64_LIFTER(ext);

/* ---- table lookup -------------------------------------------------------------------------------------------------- */

/*
 * The table of `len` + 1 registers from Vn on, indexed by bytes; 0 beyond. Each register is looked up with the indices
 * less its place: those of other registers are out of range there.
 */
static ir_ref
look_up(struct lift *l, unsigned len, unsigned rn, ir_ref indices)
{
	ir_ref result = ir_vtbl(l, get_v(l, rn), indices);

	for (unsigned i = 1; i <= len; i++) {
		ir_ref local = ir_vsub(l, 0, indices, simd_constant(l, 0, 16 * i));

		result = ir_vor(l, result, ir_vtbl(l, get_v(l, (rn + i) % 32), local));
	}
	return result;
}

static void
lift_tbl(struct lift *l, const struct a64_tbl *d)
{
	simd_put(l, simd_shape(d->Q), d->rd, look_up(l, d->len, d->rn, get_v(l, d->rm)));
}
A64_LIFTER(tbl);

/* TBX: out of range keeps Vd's byte. */
static void
lift_tbx(struct lift *l, const struct a64_tbx *d)
{
	ir_ref indices = get_v(l, d->rm);
	ir_ref in_range = ir_vcmpgtu(l, 0, simd_constant(l, 0, 16 * (d->len + 1)), indices);
	ir_ref found = look_up(l, d->len, d->rn, indices);

	simd_put(l, simd_shape(d->Q), d->rd, ir_vbsl(l, in_range, found, get_v(l, d->rd)));
}
A64_LIFTER(tbx);
