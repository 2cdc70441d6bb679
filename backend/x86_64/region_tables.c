// SPDX-License-Identifier: Apache-2.0
// Indirect branches inside a region that lead to several of its traces (switches, interpreters). Such a branch looks its target up
// in a table of its own, which lies behind the region's code: a multiplier is found that gives each target an entry for itself,
// so that one comparison says whether the target is in the region, and where. State stays at the region's seam.
//
// A table has the guest pcs of all its entries, then where the code of each is. Guest pcs are offsets from the bias of the unit's home, if its
// file is position-independent, and code is an offset from the table's beginning: code and table can be put elsewhere together.
#include "backend/x86_64/region.h"

#define SPARSE        4 /* entries for each target, at least */
#define MAX_BITS      9
#define TRIES         500
#define LEA_RIP_BYTES 7

static unsigned
index_of(const struct region_table *t, uint64_t guest_offset)
{
	return (uint32_t)guest_offset * t->multiplier >> (32 - t->bits);
}

static bool
separates(const struct region_table *t, const uint64_t *keys, uint32_t count)
{
	uint64_t used[(1 << MAX_BITS) / 64] = { 0 };

	for (uint32_t k = 0; k < count; k++) {
		unsigned at = index_of(t, keys[k]);

		if (used[at / 64] >> at % 64 & 1)
			return false;
		used[at / 64] |= UINT64_C(1) << at % 64;
	}
	return true;
}

/* A multiplier for the keys: always the same for the same keys, so that code does not depend on chance. */
static bool
find_multiplier(struct region_table *t, const uint64_t *keys, uint32_t count)
{
	uint32_t multiplier = 0x9e3779b1;

	for (t->bits = 2; 1u << t->bits < count * SPARSE; t->bits++)
		;
	for (; t->bits <= MAX_BITS; t->bits++)
		for (unsigned n = 0; n < TRIES; n++) {
			multiplier = multiplier * 1664525 + 1013904223;
			t->multiplier = multiplier | 1;
			if (separates(t, keys, count))
				return true;
		}
	return false;
}

static uint64_t
bias_of(const struct compiler *c)
{
	return c->home->position_independent ? c->home->bias : 0;
}

/* The targets of the current trace's branch that are traces. */
static uint32_t
find_keys(const struct compiler *c, const struct region_trace *trace, uint64_t *keys)
{
	uint32_t count = 0;

	for (uint32_t k = 0; k < trace->label_count && count < REGION_MAX_TRACES; k++)
		if (region_label_of(c, trace->labels[k]) >= 0)
			keys[count++] = trace->labels[k] - bias_of(c);
	return count;
}

/* Adds the table to those to be emitted; NULL: the branch does without. */
static struct region_table *
new_table(struct compiler *c)
{
	struct region *r = c->region;
	struct region_table *t = &r->tables[r->table_count];
	uint64_t keys[REGION_MAX_TRACES];
	uint32_t count = find_keys(c, &r->traces[r->current], keys);

	if (count == 0 || r->table_count == REGION_MAX_TABLES || !find_multiplier(t, keys, count))
		return NULL;
	t->trace = r->current;
	t->version = r->version;
	r->table_count++;
	return t;
}

/* rdx = the table, whose place is not known yet. */
static uint8_t *
emit_lea_table(struct compiler *c)
{
	static const uint8_t lea_rdx_rip[LEA_RIP_BYTES] = { 0x48, 0x8d, 0x15 };

	x86_emit_bytes(&c->w, lea_rdx_rip, sizeof(lea_rdx_rip));
	return c->w.at - 4;
}

void
region_emit_table_jump(struct compiler *c)
{
	const struct x86_mem entry = x86_mem_index(X86_RDX, X86_RCX, 3, 0);
	struct region_table *t = new_table(c);
	bool biased = c->home->position_independent;
	uint8_t *miss;

	if (!t)
		return;
	if (biased)
		x86_alu_rm(&c->w, X86_SUB, 8, X86_RAX, x86_mem_rip(&c->home->bias));
	x86_imul_rri(&c->w, 4, X86_RCX, X86_RAX, (int32_t)t->multiplier);
	t->field = emit_lea_table(c);
	x86_shift_ri(&c->w, X86_SHR, 4, X86_RCX, 32 - t->bits);
	x86_alu_rm(&c->w, X86_CMP, 8, X86_RAX, entry);
	miss = x86_jcc_rel32(&c->w, X86_NE);
	x86_alu_rm(&c->w, X86_ADD, 8, X86_RDX, x86_mem_offset(entry, 8 << t->bits));
	x86_jmp_r(&c->w, X86_RDX);
	x86_patch_rel32(miss, c->w.at);
	if (biased)
		x86_alu_rm(&c->w, X86_ADD, 8, X86_RAX, x86_mem_rip(&c->home->bias));
}

static void
emit_table(struct compiler *c, const struct region_table *t)
{
	static uint64_t guest_offsets[1 << MAX_BITS], code[1 << MAX_BITS];
	const struct region *r = c->region;
	uint64_t keys[REGION_MAX_TRACES];
	uint32_t count = find_keys(c, &r->traces[t->trace], keys);

	x86_nop(&c->w, -(uintptr_t)c->w.at & 15);
	/* entries that are nobody's have a key whose entry is another */
	for (unsigned at = 0; at < 1u << t->bits; at++)
		guest_offsets[at] = keys[0];
	memset(code, 0, sizeof(code));
	for (uint32_t k = 0; k < count; k++) {
		int label = region_label_of(c, keys[k] + bias_of(c));
		unsigned at = index_of(t, keys[k]);

		guest_offsets[at] = keys[k];
		code[at] = (uint64_t)(r->labels[t->version][label].code - c->w.at);
	}
	x86_patch_rel32(t->field, c->w.at);
	x86_emit_bytes(&c->w, guest_offsets, sizeof(*guest_offsets) << t->bits);
	x86_emit_bytes(&c->w, code, sizeof(*code) << t->bits);
}

void
region_emit_tables(struct compiler *c)
{
	for (uint32_t k = 0; k < c->region->table_count && !c->w.overflow; k++)
		emit_table(c, &c->region->tables[k]);
}
