// SPDX-License-Identifier: Apache-2.0
// The table of indirect branches: each thread's own, of pairs of guest pc and code, probed inline by translated code and filled by
// the dispatcher when a probe missed.
#include "backend/x86_64/select.h"

/* Functions that call each other often lie a power of two apart often enough: the index takes higher bits of the pc in. */
#define INDIRECT_FOLD 13

uint8_t *
emit_hash_probe(struct x86_writer *w, struct x86_mem *code)
{
	struct x86_mem entry = x86_mem_index(X86_RDX, X86_RCX, 2, 0);

	x86_load(w, 8, X86_RDX, x86_mem_base(X86_RBP, CPU_HOT(indirect_table)));
	x86_rorx_rri(w, 4, X86_RCX, X86_RAX, INDIRECT_FOLD);
	x86_alu_rr(w, X86_XOR, 4, X86_RCX, X86_RAX);
	x86_alu_ri(w, X86_AND, 4, X86_RCX, ((1 << INDIRECT_TABLE_BITS) - 1) << 2);
	x86_alu_rm(w, X86_CMP, 8, X86_RAX, entry);
	*code = x86_mem_offset(entry, 8);
	return x86_jcc_rel32(w, X86_NE);
}

static void
emit_leave_indirect(struct x86_writer *w)
{
	x86_jmp_m(w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_INDIRECT * 8));
}

void
emit_second_probe(struct x86_writer *w)
{
	struct x86_mem entry = x86_mem_index(X86_RDX, X86_RCX, 2, 0);
	uint8_t *miss;

	x86_alu_ri(w, X86_XOR, 4, X86_RCX, sizeof(struct indirect_entry) / 4);
	x86_alu_rm(w, X86_CMP, 8, X86_RAX, entry);
	miss = x86_jcc_rel8(w, X86_NE);
	x86_jmp_m(w, x86_mem_offset(entry, 8));
	x86_patch_rel8(miss, w->at);
	emit_leave_indirect(w);
}

static struct indirect_entry *
indirect_entry(struct indirect_entry *table, uint64_t pc)
{
	return &table[(pc ^ (uint32_t)pc >> INDIRECT_FOLD) >> 2 & ((1 << INDIRECT_TABLE_BITS) - 1)];
}

/* A pc that another has taken the place of is beside it. */
static struct indirect_entry *
second_entry(struct indirect_entry *table, const struct indirect_entry *entry)
{
	return &table[(entry - table) ^ 1];
}

void
backend_indirect_insert(struct indirect_entry *table, uint64_t pc, const struct code_unit *unit)
{
	struct indirect_entry *entry = indirect_entry(table, pc),
			      *other = second_entry(table, entry);

	if (entry->guest_pc != pc && entry->code)
		*other = *entry;
	entry->guest_pc = pc;
	entry->code = unit->code;
}

/*
 * The owning thread may be reading the entry: its code stays valid to run, only no pc matches any more. Every 64-bit
 * number is a pc that a guest may jump to, but only some belong to this entry: one that does not takes its place.
 */
static void
empty_entry(struct indirect_entry *table, struct indirect_entry *entry)
{
	__atomic_store_n(
		&entry->guest_pc, entry < table + 2 ? INDIRECT_NEVER_FIRST : 0, __ATOMIC_RELAXED);
}

void
backend_indirect_remove(struct indirect_entry *table, uint64_t pc)
{
	struct indirect_entry *entry = indirect_entry(table, pc),
			      *other = second_entry(table, entry);

	if (__atomic_load_n(&entry->guest_pc, __ATOMIC_RELAXED) == pc)
		empty_entry(table, entry);
	if (__atomic_load_n(&other->guest_pc, __ATOMIC_RELAXED) == pc)
		empty_entry(table, other);
}

void
backend_indirect_remove_code(struct indirect_entry *table, const uint8_t *code, size_t size)
{
	for (uint32_t k = 0; k < 1u << INDIRECT_TABLE_BITS; k++)
		if ((uintptr_t)table[k].code - (uintptr_t)code < size)
			empty_entry(table, &table[k]);
}

void
emit_indirect_lookup(struct x86_writer *w)
{
	struct x86_mem code;
	uint8_t *miss = emit_hash_probe(w, &code);

	x86_jmp_m(w, code);
	x86_patch_rel32(miss, w->at);
	emit_second_probe(w);
}
