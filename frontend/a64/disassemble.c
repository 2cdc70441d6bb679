// SPDX-License-Identifier: Apache-2.0
// Disassembly of guest code for logs and reports, by capstone. Capstone gets its memory from a fixed arena here: it is
// called while guest threads run, when the C library's malloc must not be.
#include "frontend/a64/lift.h"
#include "runtime/lock.h"

#include <capstone/capstone.h>
#include <stdio.h>
#include <string.h>

#define ARENA_SIZE (256 * 1024)

static struct lock disassembler_lock = LOCK_INITIALIZER;
static csh disassembler;
static cs_insn *insn;

static uint8_t arena[ARENA_SIZE] __attribute__((aligned(16)));
static size_t arena_used;

/* Blocks are preceded by their size; they are never reused, as capstone allocates only when it is opened. */
static void *
arena_allocate(size_t size)
{
	size_t whole = (size + 31) & ~(size_t)15;
	uint8_t *block = arena + arena_used;

	if (whole > ARENA_SIZE - arena_used)
		return NULL;
	arena_used += whole;
	memcpy(block, &size, sizeof size);
	return block + 16;
}

static void *
arena_allocate_zeroed(size_t count, size_t size)
{
	/* The arena is zero to begin with. */
	return arena_allocate(count * size);
}

static void *
arena_reallocate(void *old, size_t size)
{
	void *new = arena_allocate(size);
	size_t old_size;

	if (old == NULL || new == NULL)
		return new;
	memcpy(&old_size, (uint8_t *)old - 16, sizeof old_size);
	return memcpy(new, old, old_size < size ? old_size : size);
}

static void
arena_free(void *block)
{
	(void)block;
}

static bool
open_disassembler(void)
{
	static cs_opt_mem memory = { arena_allocate, arena_allocate_zeroed, arena_reallocate,
		arena_free, vsnprintf };

	if (insn != NULL)
		return true;
	if (cs_option(0, CS_OPT_MEM, (size_t)&memory) != CS_ERR_OK ||
		cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &disassembler) != CS_ERR_OK)
		return false;
	insn = cs_malloc(disassembler);
	return insn != NULL;
}

unsigned
a64_disassemble(uint64_t pc, const void *code, char *text, size_t size)
{
	const uint8_t *bytes = code;
	size_t left = 4;
	uint32_t word;

	memcpy(&word, code, sizeof word);
	lock_acquire(&disassembler_lock);
	if (open_disassembler() && cs_disasm_iter(disassembler, &bytes, &left, &pc, insn))
		snprintf(text, size, "%s %s", insn->mnemonic, insn->op_str);
	else
		snprintf(text, size, ".inst 0x%08x", word);
	lock_release(&disassembler_lock);
	return 4;
}
