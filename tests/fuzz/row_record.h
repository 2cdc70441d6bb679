// SPDX-License-Identifier: Apache-2.0
// What the row fuzzer and the program that executes words for it (row_runner.c) tell each other: a batch is a
// uint32_t count and that many struct row_record; the answer is as many struct row_state, each sent as soon as it is
// there. Both sides map the same two areas at the same addresses, so that addresses in results agree.
#ifndef TESTS_FUZZ_ROW_RECORD_H
#define TESTS_FUZZ_ROW_RECORD_H

#include <stdint.h>

#define ROW_MAX_WORDS  8
#define ROW_LOOP_WORDS 2 /* behind them, of a record that is a loop (row_loop.h) */
#define ROW_MAX_BATCH  4096

/* Code: one slot a record, full of BRK #0 but for the record's words, which start at ROW_ENTRY in the slot. */
#define ROW_CODE_BASE UINT64_C(0x30000000)
#define ROW_SLOT_SIZE 64
#define ROW_ENTRY     16
#define ROW_CODE_SIZE (ROW_MAX_BATCH * ROW_SLOT_SIZE)
#define ROW_BRK       0xd4200000u

/* Memory: an area of zeros with the window in it; what lies around the area is not mapped. */
#define ROW_AREA_BASE   UINT64_C(0x20000000)
#define ROW_AREA_SIZE   0x10000
#define ROW_WINDOW      (ROW_AREA_BASE + 0x8000)
#define ROW_WINDOW_SIZE 256

/* The state that a record starts from, and that it ends with. */
struct row_state {
	uint64_t x[31];
	uint64_t sp;
	uint64_t pc;   /* result: where it stopped */
	uint32_t nzcv; /* bits 31..28 */
	uint32_t fpcr;
	uint32_t fpsr;
	uint32_t signal; /* result: SIGTRAP when it got to a BRK */
	uint64_t v[32][2];
	uint8_t memory[ROW_WINDOW_SIZE];
};

struct row_record {
	uint32_t count;
	uint32_t words[ROW_MAX_WORDS + ROW_LOOP_WORDS];
	uint32_t slot; /* of ROW_MAX_BATCH; no two records of a batch share one */
	struct row_state state;
};

/* The bits of FPCR and FPSR that are compared: those that Armv8.0 defines for AArch64 without trapping. */
#define ROW_FPCR_MASK 0x07c00000u
#define ROW_FPSR_MASK 0x0800009fu

/* FPSR.UFC, which dragoman keeps exactly only for programs that look at FPSR. */
#define ROW_FPSR_UFC 0x8u

/* Leave of a result what is compared: these bits of FPSR. */
static inline void
row_normalize(struct row_state *s, uint32_t fpsr_mask)
{
	s->fpcr &= ROW_FPCR_MASK;
	s->fpsr &= fpsr_mask;
}

#define ROW_DIGEST_START UINT64_C(0xcbf29ce484222325)

/* FNV-1a of a normalized result on top of `digest`. */
static inline uint64_t
row_digest(uint64_t digest, const struct row_state *s)
{
	const unsigned char *bytes = (const unsigned char *)s;

	for (unsigned i = 0; i < sizeof *s; i++)
		digest = (digest ^ bytes[i]) * UINT64_C(0x100000001b3);
	return digest;
}

/* The pages that hold the code of slots up to `slot`, as bytes. */
static inline uint32_t
row_code_size(unsigned slot)
{
	return ((slot + 1) * ROW_SLOT_SIZE + 4095) & ~4095u;
}

/* Where the words of a slot start. */
static inline uint64_t
row_entry(unsigned slot)
{
	return ROW_CODE_BASE + (uint64_t)slot * ROW_SLOT_SIZE + ROW_ENTRY;
}

/* Write the code of a record to its slot. */
static inline void
row_write_slot(const struct row_record *record, uint32_t slot[ROW_SLOT_SIZE / 4])
{
	for (unsigned n = 0; n < ROW_SLOT_SIZE / 4; n++)
		slot[n] = ROW_BRK;
	for (unsigned n = 0; n < record->count; n++)
		slot[ROW_ENTRY / 4 + n] = record->words[n];
}

#endif
