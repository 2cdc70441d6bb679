// SPDX-License-Identifier: Apache-2.0
// Selectors of the cryptographic operations: AES-NI, PCLMULQDQ and SHA-NI do what the Arm instructions do, with the
// work of a round cut differently.
#include "backend/x86_64/select_vector.h"
#include "ir/vector_helpers.h"

/* ---- AES --------------------------------------------------------------------------------------------------------- */

/*
 * Arm's AESE is AddRoundKey, ShiftRows, SubBytes and AESMC is MixColumns; x86's aesenc is ShiftRows, SubBytes, MixColumns,
 * AddRoundKey. So AESE and its AESMC become an exclusive or, and an aesenc with a zero key. Whether value `ref` is an
 * aese (aesd) of which only the mix_op that follows at once knows; its register then holds a ^ b.
 */
static bool
is_mixed_next(const struct compiler *c, ir_ref ref, enum ir_op mix_op)
{
	ir_ref next = ref + 1;

	if (c->values[ref].uses != 1)
		return false;
	while (next < c->u->count && c->u->insns[next].op == IR_guest_pc)
		next++;
	return next < c->u->count && c->u->insns[next].op == mix_op && canon(c, c->u->insns[next].a) == ref;
}

static void
select_sub_bytes(struct compiler *c, ir_ref i, const struct ir_insn *in, enum ir_op mix_op, enum x86_vector_op last)
{
	struct vector_operand b;
	host_reg a, t, zero;

	keep_eflags(c);
	if (is_mixed_next(c, i, mix_op)) {
		select_vector_binary(c, i, in, X86_VPXOR, true);
		return;
	}
	b = vector_operand(c, in->b);
	a = use_vec(c, in->a);
	t = temp_vec(c);
	zero = temp_vec(c);
	vec_rro(c, X86_VPXOR, t, a, b);
	vec_zero(c, zero);
	vec_rrr(c, last, def_vec_over(c, i), t, zero);
}

/* dst = op(a, 0) */
static void
select_with_zero_key(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op)
{
	host_reg a = use_vec(c, in->a), zero = temp_vec(c);

	vec_zero(c, zero);
	vec_rrr(c, op, def_vec_over(c, i), a, zero);
}

void
select_aese(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_sub_bytes(c, i, in, IR_aesmc, X86_VAESENCLAST);
}

void
select_aesd(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_sub_bytes(c, i, in, IR_aesimc, X86_VAESDECLAST);
}

/* MixColumns alone: aesenc after what undoes its other steps. */
void
select_aesmc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	ir_ref from = canon(c, in->a);
	host_reg a, zero, t;

	keep_eflags(c);
	if (c->u->insns[from].op == IR_aese && is_mixed_next(c, from, IR_aesmc)) {
		select_with_zero_key(c, i, in, X86_VAESENC);
		return;
	}
	a = use_vec(c, in->a);
	zero = temp_vec(c);
	t = temp_vec(c);
	vec_zero(c, zero);
	vec_rrr(c, X86_VAESDECLAST, t, a, zero);
	vec_rrr(c, X86_VAESENC, def_vec_over(c, i), t, zero);
}

void
select_aesimc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	ir_ref from = canon(c, in->a);

	keep_eflags(c);
	if (c->u->insns[from].op == IR_aesd && is_mixed_next(c, from, IR_aesimc))
		select_with_zero_key(c, i, in, X86_VAESDEC);
	else
		select_vector_unary(c, i, in, X86_VAESIMC);
}

void
select_pmull64(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct vector_operand b = vector_operand(c, in->b);
	host_reg a = use_vec(c, in->a);

	vec_rroi(c, X86_VPCLMULQDQ, def_vec_over(c, i), a, b, 0);
	keep_eflags(c);
}

/* ---- SHA-256 ------------------------------------------------------------------------------------------------------ */

/* Without SHA-NI: the same C function that the interpreter uses. */
static void
call_sha_helper(struct compiler *c, ir_ref i, const struct ir_insn *in, unsigned helper)
{
	const ir_ref operands[3] = { in->a, in->b, in->c };

	claim(c, X86_RAX);
	for (unsigned k = 0; k < ir_op_info[in->op].operands; k++)
		x86_vec_mr(&c->w, X86_VMOVAPS, helper_argument(k), XMM(use_vec(c, operands[k])));
	emit_helper_call(c, helper, helper_imm(HELPER_VECTOR128, 0, 0));
	x86_vec_rm(&c->w, X86_VMOVAPS, XMM(def_vec_over(c, i)), helper_argument(3));
}

/*
 * Four rounds. Arm has the working variables as abcd and efgh (lane 0 first); sha256rnds2 wants feba and hgdc, makes the
 * next feba out of its first operand hgdc, and the old feba is the next hgdc. It takes two words from xmm0.
 */
static void
select_sha256_rounds(struct compiler *c, ir_ref i, ir_ref abcd, ir_ref efgh, ir_ref words, bool want_efgh)
{
	host_reg xmm0 = REG_XMM + 0;
	host_reg x, y, w, feba, hgdc, dst;

	claim(c, xmm0);
	x = use_vec(c, abcd);
	y = use_vec(c, efgh);
	w = use_vec(c, words);
	feba = temp_vec(c);
	hgdc = temp_vec(c);
	vec_rroi(c, X86_VSHUFPS, feba, y, in_register(x), 0x11);
	vec_rroi(c, X86_VSHUFPS, hgdc, y, in_register(x), 0xbb);
	vec_ro(c, X86_VMOVAPS, xmm0, in_register(w));
	vec_ro(c, X86_SHA256RNDS2, hgdc, in_register(feba));
	vec_roi(c, X86_VPSHUFD, xmm0, in_register(w), 0xee);
	vec_ro(c, X86_SHA256RNDS2, feba, in_register(hgdc));
	dst = def_vec_over(c, i);
	vec_rroi(c, X86_VSHUFPS, dst, feba, in_register(hgdc), want_efgh ? 0x11 : 0xbb);
	keep_eflags(c);
}

void
select_sha256h(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	if (host_features.sha)
		select_sha256_rounds(c, i, in->a, in->b, in->c, false);
	else
		call_sha_helper(c, i, in, HELPER_sha256h);
}

void
select_sha256h2(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	if (host_features.sha)
		select_sha256_rounds(c, i, in->b, in->a, in->c, true);
	else
		call_sha_helper(c, i, in, HELPER_sha256h2);
}

void
select_sha256su0(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg b;

	if (!host_features.sha) {
		call_sha_helper(c, i, in, HELPER_sha256su0);
		return;
	}
	b = use_vec(c, in->b);
	vec_ro(c, X86_SHA256MSG1, def_vec_from(c, i, in->a), in_register(b));
	keep_eflags(c);
}

/* sha256msg2 adds the sigma terms to a + the words of c:b from b's second one on. */
void
select_sha256su1(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a, b, words, dst;

	if (!host_features.sha) {
		call_sha_helper(c, i, in, HELPER_sha256su1);
		return;
	}
	a = use_vec(c, in->a);
	b = use_vec(c, in->b);
	words = use_vec(c, in->c);
	dst = def_vec(c, i);
	vec_rroi(c, X86_VPALIGNR, dst, words, in_register(b), 4);
	vec_rrr(c, X86_VPADDD, dst, dst, a);
	vec_ro(c, X86_SHA256MSG2, dst, in_register(words));
	keep_eflags(c);
}
