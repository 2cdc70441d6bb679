// SPDX-License-Identifier: Apache-2.0
// Disassembly of guest code for logs and reports, by capstone. Capstone gets its memory from a
// fixed arena here: it is called while guest threads run, when the C library's malloc must not be.
#include "frontend/a64/lift.h"
#include "runtime/disassembler_memory.h"
#include "runtime/lock.h"

#include <capstone/capstone.h>
#include <stdio.h>
#include <string.h>

static struct lock disassembler_lock = LOCK_INITIALIZER;
static csh disassembler;
static cs_insn *insn;

static bool
open_disassembler(void)
{
	if (insn != NULL)
		return true;
	if (!disassembler_memory_init() ||
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
