// SPDX-License-Identifier: Apache-2.0
// The logs of translation (see translation_log.h). Called under the translation lock.
#include "runtime/translation_log.h"

#include <capstone/capstone.h>
#include <stdio.h>
#include <string.h>

#include "runtime/disassembler_memory.h"
#include "runtime/host_syscall.h"

static const struct guest_isa *guest;
static uint32_t wanted;
static int log_fd = 2;
static csh host_disassembler;

void
translation_log_init(const struct run_options *options, const struct guest_isa *isa)
{
	guest = isa;
	wanted = options->log;
	log_fd = options->log_fd;
	if ((wanted & RUN_LOG_OUT_ASM) &&
		(!disassembler_memory_init() ||
			cs_open(CS_ARCH_X86, CS_MODE_64, &host_disassembler) != CS_ERR_OK))
		wanted &= ~(uint32_t)RUN_LOG_OUT_ASM;
}

void
translation_log_text(const char *text)
{
	host_syscall(SYS_write, log_fd, text, strlen(text));
}

static void
log_guest_code(const struct ir_unit *u)
{
	char line[256], text[160];

	for (unsigned r = 0; r < u->code_range_count; r++)
		for (uint64_t pc = u->ranges[r].start; pc < u->ranges[r].end;) {
			unsigned length = guest->disassemble(
				pc, (const void *)(uintptr_t)pc, text, sizeof(text));

			snprintf(
				line, sizeof(line), "%#14llx:  %s\n", (unsigned long long)pc, text);
			translation_log_text(line);
			pc += length ? length : 4;
		}
}

void
translation_log_lifted(const struct ir_unit *u)
{
	static char text[1 << 18];
	char line[96];

	snprintf(line, sizeof(line), "---- unit %#llx mode %#x: %u instructions\n",
		(unsigned long long)u->guest_pc, u->mode, u->guest_insns);
	translation_log_text(line);
	if ((wanted & RUN_LOG_IN_ASM) && u->guest_insns) /* none: the code could not be fetched */
		log_guest_code(u);
	if (wanted & RUN_LOG_IR) {
		ir_print(u, text, sizeof(text));
		translation_log_text(text);
	}
}

void
translation_log_compiled(const struct code_unit *unit)
{
	const uint8_t *code = unit->code;
	size_t left = unit->code_size;
	uint64_t address = (uint64_t)code;
	cs_insn *insn;
	char line[320];

	if (!(wanted & RUN_LOG_OUT_ASM))
		return;
	insn = cs_malloc(host_disassembler);
	while (left && insn) {
		if (!cs_disasm_iter(host_disassembler, &code, &left, &address, insn)) {
			snprintf(line, sizeof(line), "    %#llx:  .byte %#x\n",
				(unsigned long long)address, *code);
			code++;
			left--;
			address++;
		} else {
			snprintf(line, sizeof(line), "    %#llx:  %s %s\n",
				(unsigned long long)insn->address, insn->mnemonic, insn->op_str);
		}
		translation_log_text(line);
	}
	if (insn)
		cs_free(insn, 1);
}
