// SPDX-License-Identifier: Apache-2.0
// Encoder tests: every row of vector_ops.def, in every form its shape has, with registers from each
// class that is encoded differently and memory operands of every kind, against the assembler.
#include "encode_check.h"

#include <ctype.h>
#include <signal.h>

struct vector_case {
	const char *name;
	const char *shape;
	const char *evex;
	const char *vex;
	unsigned mem_bytes;
};

static const struct vector_case table[] = {
#define VECTOR_OP(name, shape, prefix, map, opcode, extra, vex, evex, evex_w, mem_bytes) \
	{ #name, #shape, #evex, #vex, mem_bytes },
#include "backend/x86_64/vector_ops.def"
#undef VECTOR_OP
};

/* dst, a, b: what VEX encodes in two bytes, what takes three, and what only EVEX has. */
static const uint8_t low_registers[][3] = {
	{ 0, 1, 2 },
	{ 7, 7, 7 },
	{ 8, 1, 2 },
	{ 1, 9, 3 },
	{ 1, 2, 10 },
	{ 15, 14, 13 },
	{ 3, 12, 11 },
	{ 12, 3, 8 },
};
static const uint8_t high_registers[][3] = {
	{ 16, 1, 2 },
	{ 1, 17, 2 },
	{ 1, 2, 18 },
	{ 31, 30, 29 },
	{ 8, 24, 9 },
	{ 23, 8, 31 },
};

/* The row being checked, and what its forms need of it. */
static unsigned op;
static const struct vector_case *row;
static bool evex;
static char mnemonic[32];

static bool
shape_is(const char *shape)
{
	return strcmp(row->shape, shape) == 0;
}

/* The mnemonic of the row: EVEX has other ones where it has an element size for masking. */
static void
set_mnemonic(bool high)
{
	static const char *const renamed[][2] = {
		{ "vpand", "vpandd" },
		{ "vpandn", "vpandnd" },
		{ "vpor", "vpord" },
		{ "vpxor", "vpxord" },
		{ "vmovdqa", "vmovdqa32" },
		{ "vmovdqu", "vmovdqu32" },
		{ "vroundss", "vrndscaless" },
		{ "vroundsd", "vrndscalesd" },
		{ "vroundps", "vrndscaleps" },
		{ "vroundpd", "vrndscalepd" },
	};
	unsigned i = 0;

	evex = high;
	for (; row->name[i] && row->name[i] != '_'; i++)
		mnemonic[i] = (char)tolower(row->name[i]);
	mnemonic[i] = 0;
	for (i = 0; high && i < sizeof(renamed) / sizeof(*renamed); i++) {
		if (strcmp(mnemonic, renamed[i][0]) == 0) {
			snprintf(mnemonic, sizeof(mnemonic), "%s", renamed[i][1]);
			break;
		}
	}
}

static void
check_registers(unsigned d, unsigned a, unsigned b)
{
	if (shape_is("MOVE") || shape_is("LOAD") || shape_is("SSE"))
		CHECK(x86_vec_rr(w, op, d, b), "%s xmm%u, xmm%u", mnemonic, d, b);
	if (shape_is("RRR") || shape_is("COMM") || shape_is("REG") || shape_is("MOVE_LOW"))
		CHECK(x86_vec_rrr(w, op, d, a, b), "%s xmm%u, xmm%u, xmm%u", mnemonic, d, a, b);
	if (shape_is("COMM"))
		ALSO("%s xmm%u, xmm%u, xmm%u", mnemonic, d, b, a);
	if (shape_is("RRI") || shape_is("STORE_RI") || shape_is("SSE_I"))
		for (unsigned imm = 0; imm < 4; imm++)
			CHECK(x86_vec_rri8(w, op, d, b, imm), "%s xmm%u, xmm%u, %u", mnemonic, d, b,
				imm);
	if (shape_is("MASK_RRR"))
		CHECK(x86_vec_mask_rrr(w, op, d & 7, a, b), "%s k%u, xmm%u, xmm%u", mnemonic, d & 7,
			a, b);
	if (shape_is("MASK_RRI"))
		CHECK(x86_vec_mask_rri8(w, op, d & 7, b, 0x81), "%s k%u, xmm%u, 0x81", mnemonic,
			d & 7, b);
	if (shape_is("MASKS"))
		CHECK(x86_vec_masks(w, op, d & 7, b & 7), "%s k%u, k%u", mnemonic, d & 7, b & 7);
	if (shape_is("SHIFT"))
		CHECK(x86_vec_rri(w, op, d, b, 13), "%s xmm%u, xmm%u, 13", mnemonic, d, b);
	if (shape_is("RRRI"))
		for (unsigned imm = 1; imm < 16; imm *= 3)
			CHECK(x86_vec_rrri8(w, op, d, a, b, imm), "%s xmm%u, xmm%u, xmm%u, %u",
				mnemonic, d, a, b, imm);
	if (shape_is("RRRR"))
		for (unsigned s = 0; s < 16; s += 5)
			CHECK(x86_vec_rrrr(w, op, d, a, b, s), "%s xmm%u, xmm%u, xmm%u, xmm%u",
				mnemonic, d, a, b, s);
}

/* Forms with a general-purpose register g, one with a memory operand or none. */
static void
check_gpr(unsigned d, unsigned a, unsigned g)
{
	unsigned wide =
		row->name[strlen(row->name) - 1] == 'Q' || strstr(row->name, "Q_GPR") ? 8 : 4;
	unsigned last = row->mem_bytes ? 16 / row->mem_bytes - 1 : 0;

	if (shape_is("GPR_MOVE") || shape_is("FROM_GPR"))
		CHECK(x86_vec_from_gpr(w, op, d, g), "%s xmm%u, %s", mnemonic, d, gpr(wide, g));
	if (shape_is("GPR_MOVE") || shape_is("TO_GPR"))
		CHECK(x86_vec_to_gpr(w, op, wide, g, d), "%s %s, xmm%u", mnemonic,
			gpr(shape_is("TO_GPR") ? 4 : wide, g), d);
	for (unsigned size = 4; size <= 8; size += 4) {
		if (shape_is("CVT_TO_GPR"))
			CHECK(x86_vec_to_gpr(w, op, size, g, d), "%s %s, xmm%u", mnemonic,
				gpr(size, g), d);
		if (shape_is("CVT_FROM_GPR"))
			CHECK(x86_vec_cvt_from_gpr(w, op, size, d, a, g), "%s xmm%u, xmm%u, %s",
				mnemonic, d, a, gpr(size, g));
	}
	if (shape_is("EXTRACT"))
		CHECK(x86_vec_extract_r(w, op, g, d, last), "%s %s, xmm%u, %u", mnemonic,
			gpr(wide, g), d, last);
	if (shape_is("INSERT"))
		CHECK(x86_vec_insert_r(w, op, d, a, g, last), "%s xmm%u, xmm%u, %s, %u", mnemonic,
			d, a, gpr(wide, g), last);
}

static void
check_two_operand_memory(const struct operand *o, unsigned d)
{
	const char *p = ptr(row->mem_bytes);

	if (shape_is("MOVE") || shape_is("LOAD") || shape_is("MOVE_LOW") || shape_is("GPR_MOVE") ||
		shape_is("SSE"))
		CHECK_MEM(o, x86_vec_rm(w, op, d, m), "%s xmm%u, %s %s", mnemonic, d, p, mem_text);
	if (shape_is("MOVE") || shape_is("MOVE_LOW") || shape_is("MOVE_HALF") ||
		shape_is("GPR_MOVE"))
		CHECK_MEM(o, x86_vec_mr(w, op, m, d), "%s %s %s, xmm%u", mnemonic, p, mem_text, d);
	if (shape_is("RRI") || shape_is("SSE_I"))
		CHECK_MEM(o, x86_vec_rmi8(w, op, d, m, 2), "%s xmm%u, %s %s, 2", mnemonic, d, p,
			mem_text);
	if (shape_is("STORE_RI"))
		CHECK_MEM(o, x86_vec_mri8(w, op, m, d, 3), "%s %s %s, xmm%u, 3", mnemonic, p,
			mem_text, d);
	if (shape_is("EXTRACT"))
		CHECK_MEM(o, x86_vec_extract_m(w, op, m, d, 1), "%s %s %s, xmm%u, 1", mnemonic, p,
			mem_text, d);
}

static void
check_three_operand_memory(const struct operand *o, unsigned d, unsigned a)
{
	const char *p = ptr(row->mem_bytes);

	if (shape_is("RRR") || shape_is("COMM") || shape_is("MOVE_HALF"))
		CHECK_MEM(o, x86_vec_rrm(w, op, d, a, m), "%s xmm%u, xmm%u, %s %s", mnemonic, d, a,
			p, mem_text);
	if (shape_is("MASK_RRR"))
		CHECK_MEM(o, x86_vec_mask_rrm(w, op, d & 7, a, m), "%s k%u, xmm%u, %s %s", mnemonic,
			d & 7, a, p, mem_text);
	if (shape_is("RRRI"))
		CHECK_MEM(o, x86_vec_rrmi8(w, op, d, a, m, 5), "%s xmm%u, xmm%u, %s %s, 5",
			mnemonic, d, a, p, mem_text);
	if (shape_is("RRRR"))
		CHECK_MEM(o, x86_vec_rrmr(w, op, d, a, m, 14), "%s xmm%u, xmm%u, %s %s, xmm14",
			mnemonic, d, a, p, mem_text);
	if (shape_is("INSERT"))
		CHECK_MEM(o, x86_vec_insert_m(w, op, d, a, m, 1), "%s xmm%u, xmm%u, %s %s, 1",
			mnemonic, d, a, p, mem_text);
	for (unsigned size = 4; size <= 8; size += 4) {
		if (shape_is("CVT_FROM_GPR"))
			CHECK_MEM(o, x86_vec_cvt_from_mem(w, op, size, d, a, m),
				"%s xmm%u, xmm%u, %s %s", mnemonic, d, a, ptr(size), mem_text);
		if (shape_is("CVT_TO_GPR") && !(d & 16))
			CHECK_MEM(o, x86_vec_mem_to_gpr(w, op, size, d, m), "%s %s, %s %s",
				mnemonic, gpr(size, d), p, mem_text);
	}
}

/* The displacements around which EVEX changes from one byte to four. */
static void
check_compressed_displacements(unsigned d, unsigned a)
{
	int n = row->mem_bytes ? (int)row->mem_bytes : 4;
	const int disps[] = { n, -n, 127 * n, 128 * n, -128 * n, -129 * n, n / 2, n + 1, 64, 1 };

	for (unsigned i = 0; i < sizeof(disps) / sizeof(*disps); i++) {
		struct operand o = operand_of(i % 2 ? X86_RDX : X86_R12, X86_NO_GPR, 0, disps[i]);

		check_two_operand_memory(&o, d);
		check_three_operand_memory(&o, d, a);
	}
}

static void
check_all_forms(const uint8_t (*registers)[3], unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		check_registers(registers[i][0], registers[i][1], registers[i][2]);
	for (unsigned g = 0; g < 16; g++)
		check_gpr(registers[g % count][0], registers[g % count][1], g);
	if (row->mem_bytes == 0 && !shape_is("CVT_FROM_GPR"))
		return;
	for (unsigned i = 0; i < OPERANDS; i++) {
		const uint8_t *r = registers[i % count];

		/* with only the source high, operations of two operands would not be EVEX */
		check_two_operand_memory(&operands[i], evex ? r[0] | 16 : r[0]);
		check_three_operand_memory(
			&operands[i], r[0], evex && !(r[0] & 16) ? r[1] | 16 : r[1]);
	}
	check_compressed_displacements(registers[0][0], registers[0][1]);
}

static void
check_row(unsigned number)
{
	op = number;
	row = &table[number];
	set_mnemonic(false);
	check_all_forms(low_registers, sizeof(low_registers) / sizeof(*low_registers));
	if (strcmp(row->evex, "NONE") == 0)
		return;
	set_mnemonic(true);
	check_all_forms(high_registers + 3, 1);
	for (unsigned i = 0; i < sizeof(high_registers) / sizeof(*high_registers); i++) {
		const uint8_t *r = high_registers[i];

		/* two-operand operations need one of the two they use to be high to get this name */
		if (shape_is("MOVE") || shape_is("LOAD") || shape_is("RRI"))
			check_registers(r[0] | 16, r[1], r[2]);
		else
			check_registers(r[0], r[1], r[2]);
	}
	check_all_forms(high_registers, 1);
}

Test(encode_vector, every_row_in_every_form)
{
	make_operands();
	for (unsigned i = 0; i < X86_VECTOR_OPS; i++)
		check_row(i);
	check_cases(20000);
}

Test(encode_vector, the_queries_answer_as_the_table)
{
	for (unsigned i = 0; i < X86_VECTOR_OPS; i++) {
		cr_expect_str_eq(x86_vec_name(i), table[i].name);
		cr_expect_eq(x86_vec_has_evex(i), strcmp(table[i].evex, "NONE") != 0);
		cr_expect_eq(x86_vec_has_vex(i), strcmp(table[i].vex, "NONE") != 0);
	}
	cr_expect_eq(x86_vec_evex_feature(X86_VPADDB), X86_EVEX_BW);
	cr_expect_eq(x86_vec_evex_feature(X86_VPCMPEQB), X86_EVEX_NONE);
	cr_expect_eq(x86_vec_evex_feature(X86_VPERMB), X86_EVEX_VBMI);
	cr_expect_not(x86_vec_has_vex(X86_VPERMB));
}

/* How many errors the assembler reports for the cases when it knows AVX512VL and these features. */
static unsigned
count_errors(const char *const *features)
{
	char path[] = "/tmp/dragoman-features-XXXXXX", command[160];
	int fd = mkstemp(path);
	unsigned errors = 0;
	FILE *f;

	cr_assert_geq(fd, 0);
	f = fdopen(fd, "w");
	cr_assert_not_null(f);
	fprintf(f, ".intel_syntax noprefix\n");
	for (unsigned i = 0; i < case_count; i++)
		fprintf(f, ".arch generic64\n.arch .avx512vl\n%s%s\n%s\n",
			*features[i] ? ".arch ." : "", features[i], cases[i].text);
	fclose(f);
	snprintf(command, sizeof(command), "as --64 -o /dev/null %s 2>&1 | grep -c Error:", path);
	f = popen(command, "r");
	cr_assert_not_null(f);
	cr_assert_eq(fscanf(f, "%u", &errors), 1);
	pclose(f);
	unlink(path);
	return errors;
}

/* The EVEX forms need what their rows say and no more: AVX512VL, and the feature where one is named. */
Test(encode_vector, evex_features)
{
	static const char *const feature_names[] = {
		[X86_EVEX_NONE] = "",
		[X86_EVEX_F] = "",
		[X86_EVEX_BW] = "avx512bw",
		[X86_EVEX_DQ] = "avx512dq",
		[X86_EVEX_CD] = "avx512cd",
		[X86_EVEX_VBMI] = "avx512vbmi",
		[X86_EVEX_BITALG] = "avx512_bitalg",
		[X86_EVEX_GFNI] = "gfni",
		[X86_EVEX_VAES] = "vaes",
		[X86_EVEX_VPCLMULQDQ] = "vpclmulqdq",
	};
	static const char *needed[8 * X86_VECTOR_OPS], *none[8 * X86_VECTOR_OPS];
	const struct operand o = operand_of(X86_RAX, X86_NO_GPR, 0, 0);
	unsigned with_feature = 0;

	for (unsigned i = 0, first = 0; i < X86_VECTOR_OPS; i++, first = case_count) {
		op = i;
		row = &table[i];
		if (x86_vec_evex_feature(i) == X86_EVEX_NONE)
			continue;
		set_mnemonic(true);
		check_registers(31, 30, 29);
		check_gpr(31, 30, X86_RBX);
		if (row->mem_bytes && !shape_is("CVT_TO_GPR"))
			check_two_operand_memory(&o, 31);
		for (unsigned k = first; k < case_count; k++) {
			cr_assert_lt(k, 8 * X86_VECTOR_OPS);
			needed[k] = feature_names[x86_vec_evex_feature(i)];
			none[k] = "";
			with_feature += *needed[k] != 0;
		}
	}
	cr_expect_gt(with_feature, 100);
	cr_expect_eq(count_errors(needed), 0);
	cr_expect_eq(count_errors(none), with_feature);
	free(cases);
}

/* Forms that do not exist are refused, rather than encoded as something else. */
Test(encode_vector, no_register_above_15_without_evex, .signal = SIGABRT)
{
	struct x86_writer w = fresh_writer();

	x86_vec_rrr(&w, X86_VPCMPEQB, 1, 2, 16);
}

Test(encode_vector, no_register_above_15_in_legacy_sse, .signal = SIGABRT)
{
	struct x86_writer w = fresh_writer();

	x86_vec_rr(&w, X86_SHA256MSG1, 1, 16);
}

Test(encode_vector, no_memory_operand_where_there_is_none, .signal = SIGABRT)
{
	struct x86_writer w = fresh_writer();

	x86_vec_rm(&w, X86_VMOVQ_GPR, 1, x86_mem_base(X86_RAX, 0));
}

Test(encode_vector, no_other_shape_than_the_row_has, .signal = SIGABRT)
{
	struct x86_writer w = fresh_writer();

	x86_vec_rr(&w, X86_VPADDD, 1, 2);
}
