// SPDX-License-Identifier: Apache-2.0
// The lifters of Advanced SIMD and cryptography: for each row, the row fuzzer's first records are lifted, verified and
// interpreted, and the digest of the states that they leave must be that of qemu's results (a64_simd_digests.def). The
// row fuzzer (tests/fuzz) compares with qemu itself.
//
// When tests/fuzz/row_generate.c makes other records, the digests are made again by
//   row_fuzz --digests --words 200 --seed 1 > NEW, from which the rows of a64_simd_digests.def are taken.
#include <criterion/criterion.h>

#include <stdio.h>

#include "tests/fuzz/row_execute.h"
#include "tests/fuzz/row_generate.h"

#include "tests/fuzz/row_generate.c"
#include "tests/fuzz/row_interpret.c"

#define RECORDS_A_ROW 200
#define SEED          1

static const struct {
	enum a64_row row;
	uint64_t digest;
} digests[] = {
#define DIGEST(row, digest) { A64_ROW_##row, UINT64_C(digest) },
#include "tests/unit/a64_simd_digests.def"
#undef DIGEST
};

static struct row_record test_records[RECORDS_A_ROW];
static struct row_state test_results[RECORDS_A_ROW];

static uint64_t
digest_of_row(enum a64_row row)
{
	uint64_t digest = ROW_DIGEST_START;
	unsigned count = 0;

	for (uint32_t number = 0; number < RECORDS_A_ROW; number++)
		count += row_generate(&test_records[count], SEED, row, number, false);
	row_execute_interpreted(test_records, count, test_results);
	for (unsigned i = 0; i < count; i++) {
		cr_expect_neq(test_results[i].signal, ROW_UNSOUND, "%s: unsound unit for %08x",
			a64_rows[row].name, test_records[i].words[0]);
		row_normalize(&test_results[i], ROW_FPSR_MASK);
		digest = row_digest(digest, &test_results[i]);
	}
	return digest;
}

Test(a64_lift_simd, rows_do_what_qemu_does)
{
	for (unsigned i = 0; i < COUNT_OF(digests); i++)
		cr_expect_eq(digest_of_row(digests[i].row), digests[i].digest,
			"%s: results differ from qemu's", a64_rows[digests[i].row].name);
}

static bool
has_digest(enum a64_row row)
{
	for (unsigned i = 0; i < COUNT_OF(digests); i++)
		if (digests[i].row == row)
			return true;
	return false;
}

Test(a64_lift_simd, every_row_has_a_digest)
{
	for (enum a64_row row = 0; row < A64_ROW_COUNT; row++)
		if (a64_rows[row].section >= A64_SECTION_crypto &&
			a64_rows[row].section <= A64_SECTION_simd_element)
			cr_expect(has_digest(row), "%s", a64_rows[row].name);
}
