// SPDX-License-Identifier: Apache-2.0
// Lifters of the cryptographic instructions: AES rounds, SHA-1 and SHA-256. (PMULL is among "three different".)
// Arm ARM C4.1.6.
#include "frontend/a64/lift_simd.h"

/* Operands of IR operations and helpers: Vd (old value), Vn, Vm, as far as the instruction has them. */
#define DN(row, op)                                                       \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		put_v(l, d->rd, op(l, get_v(l, d->rd), get_v(l, d->rn))); \
	}                                                                 \
	A64_LIFTER(row)
#define DNM(row, op)                                                                       \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                  \
	{                                                                                  \
		put_v(l, d->rd, op(l, get_v(l, d->rd), get_v(l, d->rn), get_v(l, d->rm))); \
	}                                                                                  \
	A64_LIFTER(row)
#define N(row, op)                                                        \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		put_v(l, d->rd, op(l, get_v(l, d->rn)));                  \
	}                                                                 \
	A64_LIFTER(row)

DN(aese, ir_aese);
DN(aesd, ir_aesd);
N(aesmc, ir_aesmc);
N(aesimc, ir_aesimc);

/* The working variables a to d and e to h after four rounds, as a f e b and so on (ir/ops.h). */
struct sha256_variables {
	ir_ref abef, cdgh;
};

static struct sha256_variables
sha256_rounds(struct lift *l, ir_ref abcd, ir_ref efgh, ir_ref words)
{
	ir_ref abef = ir_sha256_low(l, abcd, efgh), cdgh = ir_sha256_high(l, abcd, efgh);
	ir_ref half = ir_sha256_rounds2(l, cdgh, abef, words);

	return (struct sha256_variables){
		.abef = ir_sha256_rounds2(l, abef, half, ir_vhigh(l, words)),
		.cdgh = half,
	};
}

static ir_ref
sha256h(struct lift *l, ir_ref d, ir_ref n, ir_ref m)
{
	struct sha256_variables after = sha256_rounds(l, d, n, m);

	return ir_sha256_high(l, after.cdgh, after.abef);
}

/* Behind a SHA256H on the same values nothing but the order of the words is left to do. */
static ir_ref
sha256h2(struct lift *l, ir_ref d, ir_ref n, ir_ref m)
{
	struct sha256_variables after = sha256_rounds(l, n, d, m);

	return ir_sha256_low(l, after.cdgh, after.abef);
}

DNM(sha256h, sha256h);
DNM(sha256h2, sha256h2);
DN(sha256su0, ir_sha256su0);
DNM(sha256su1, ir_sha256su1);

/* SHA-1 through helpers. */
static ir_ref
sha1c(struct lift *l, ir_ref d, ir_ref n, ir_ref m)
{
	return simd_helper(l, HELPER_sha1c, 0, d, n, m);
}

static ir_ref
sha1p(struct lift *l, ir_ref d, ir_ref n, ir_ref m)
{
	return simd_helper(l, HELPER_sha1p, 0, d, n, m);
}

static ir_ref
sha1m(struct lift *l, ir_ref d, ir_ref n, ir_ref m)
{
	return simd_helper(l, HELPER_sha1m, 0, d, n, m);
}

static ir_ref
sha1su0(struct lift *l, ir_ref d, ir_ref n, ir_ref m)
{
	return simd_helper(l, HELPER_sha1su0, 0, d, n, m);
}

static ir_ref
sha1su1(struct lift *l, ir_ref d, ir_ref n)
{
	return simd_helper(l, HELPER_sha1su1, 0, d, n, IR_NONE);
}

static ir_ref
sha1h(struct lift *l, ir_ref n)
{
	return simd_helper(l, HELPER_sha1h, 0, n, IR_NONE, IR_NONE);
}

DNM(sha1c, sha1c);
DNM(sha1p, sha1p);
DNM(sha1m, sha1m);
DNM(sha1su0, sha1su0);
DN(sha1su1, sha1su1);
N(sha1h, sha1h);
