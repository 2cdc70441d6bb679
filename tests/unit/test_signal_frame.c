// SPDX-License-Identifier: Apache-2.0
// The frame of a signal: its layout against the arm64 compiler's headers, and sigreturn with an edited or damaged one.
#include "tests/unit/guest_thread_child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Compiles `source` for arm64 to assembly and gives the number behind "->NAME ". */
static long
guest_constant(const char *assembly, const char *name)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "->%s ", name);
	at = strstr(assembly, key);
	cr_assert(at != NULL, "%s", name);
	return strtol(at + strlen(key), NULL, 10);
}

Test(signal_frame, layout_is_the_guests)
{
	static char assembly[65536];
	char folder[] = "/tmp/dragoman-frame-XXXXXX", command[512], path[64];
	FILE *file;
	size_t size;

	cr_assert(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/frame.c", folder);
	file = fopen(path, "w");
	fputs("#include <stddef.h>\n#include <asm/signal.h>\n#include <asm/siginfo.h>\n"
	      "#include <asm/sigcontext.h>\n#include <asm/ucontext.h>\n"
	      "struct rt_sigframe { struct siginfo info; struct ucontext uc; };\n"
	      "#define SAY(name, value) asm volatile(\".ascii \\\"->\" #name \" %c0 \\\"\" :: "
	      "\"i\"(value))\n"
	      "void f(void) {\n"
	      "SAY(uc, offsetof(struct rt_sigframe, uc)); SAY(size, sizeof(struct rt_sigframe));\n"
	      "SAY(mask, offsetof(struct ucontext, uc_sigmask)); SAY(stack, offsetof(struct "
	      "ucontext, uc_stack));\n"
	      "SAY(context, offsetof(struct ucontext, uc_mcontext));\n"
	      "SAY(fault, offsetof(struct sigcontext, fault_address)); SAY(regs, offsetof(struct "
	      "sigcontext, regs));\n"
	      "SAY(sp, offsetof(struct sigcontext, sp)); SAY(pc, offsetof(struct sigcontext, "
	      "pc));\n"
	      "SAY(pstate, offsetof(struct sigcontext, pstate));\n"
	      "SAY(reserved, offsetof(struct sigcontext, __reserved));\n"
	      "SAY(fpsimd, sizeof(struct fpsimd_context)); SAY(vregs, offsetof(struct "
	      "fpsimd_context, vregs));\n"
	      "SAY(fpsr, offsetof(struct fpsimd_context, fpsr)); SAY(esr, sizeof(struct "
	      "esr_context));\n"
	      "SAY(fpmagic, FPSIMD_MAGIC); SAY(esrmagic, ESR_MAGIC); SAY(sigaction, sizeof(struct "
	      "sigaction));\n"
	      "SAY(samask, offsetof(struct sigaction, sa_mask)); SAY(minstack, MINSIGSTKSZ);\n"
	      "}\n",
		file);
	fclose(file);
	snprintf(command, sizeof(command), "aarch64-linux-gnu-gcc -O1 -S -o - %s; rm -rf %s", path,
		folder);
	file = popen(command, "r");
	size = fread(assembly, 1, sizeof(assembly) - 1, file);
	assembly[size] = 0;
	cr_assert(pclose(file) == 0);

#define SAME(name, value) cr_expect(guest_constant(assembly, #name) == (long)(value), #name)
	SAME(uc, offsetof(struct a64_signal_frame, ucontext));
	SAME(size, sizeof(struct a64_signal_frame));
	SAME(mask, offsetof(struct a64_ucontext, sigmask));
	SAME(stack, offsetof(struct a64_ucontext, stack));
	SAME(context, offsetof(struct a64_ucontext, context));
	SAME(fault, offsetof(struct a64_sigcontext, fault_address));
	SAME(regs, offsetof(struct a64_sigcontext, x));
	SAME(sp, offsetof(struct a64_sigcontext, sp));
	SAME(pc, offsetof(struct a64_sigcontext, pc));
	SAME(pstate, offsetof(struct a64_sigcontext, pstate));
	SAME(reserved, offsetof(struct a64_sigcontext, reserved));
	SAME(fpsimd, sizeof(struct a64_fpsimd_context));
	SAME(vregs, offsetof(struct a64_fpsimd_context, v));
	SAME(fpsr, offsetof(struct a64_fpsimd_context, fpsr));
	SAME(esr, sizeof(struct a64_esr_context));
	SAME(fpmagic, A64_FPSIMD_MAGIC);
	SAME(esrmagic, A64_ESR_MAGIC);
	SAME(sigaction, sizeof(struct guest_sigaction));
	SAME(samask, offsetof(struct guest_sigaction, mask));
	SAME(minstack, 5120);
#undef SAME
}

static void
edited_context_is_restored(struct guest_thread *t)
{
	struct a64_state *cpu = a64_state(&t->cpu);
	struct a64_sigcontext *context;
	struct a64_fpsimd_context *fpsimd;

	for (unsigned i = 0; i < 31; i++)
		cpu->x[i] = 1000 + i;
	cpu->v[31].d[1] = 0x1122334455667788;
	t->cpu.hot.flags = backend_flags_from_nzcv(5);
	set_action(t, SIGUSR1, HANDLER, SA_SIGINFO, 0);
	send(SIGUSR1, 3);
	signals_deliver(t);
	context = &frame_at(t)->ucontext.context;
	fpsimd = (struct a64_fpsimd_context *)context->reserved;
	CHECK(cpu->x[1] == (uint64_t)&frame_at(t)->info &&
		cpu->x[2] == (uint64_t)&frame_at(t)->ucontext);
	for (unsigned i = 0; i < 31; i++)
		CHECK(context->x[i] == 1000 + i);
	CHECK(context->pc == PC && context->sp == GUEST_STACK + GUEST_STACK_SIZE);
	CHECK(context->pstate == UINT64_C(5) << 28);
	CHECK(fpsimd->head.magic == A64_FPSIMD_MAGIC && fpsimd->v[31].d[1] == 0x1122334455667788);
	CHECK(((struct a64_context_head *)(fpsimd + 1))->magic == 0);
	CHECK(((struct a64_frame_record *)cpu->x[29])->fp == 1029);
	CHECK(((struct a64_frame_record *)cpu->x[29])->lr == 1030);
	context->pc = PC + 0x100;
	context->x[7] = 7;
	context->sp -= 64;
	context->pstate = UINT64_C(10) << 28;
	fpsimd->v[31].d[1] = 42;
	frame_at(t)->ucontext.sigmask = SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGKILL);
	cpu->v[31].d[1] = 0;
	signals_return(t);
	CHECK(t->cpu.hot.pc == PC + 0x100 && cpu->x[7] == 7 && cpu->x[8] == 1008);
	CHECK(cpu->sp == GUEST_STACK + GUEST_STACK_SIZE - 64);
	CHECK(backend_flags_to_nzcv(t->cpu.hot.flags) == 10);
	CHECK(cpu->v[31].d[1] == 42);
	CHECK(t->signals.mask == SIGNAL_BIT(SIGTERM) && host_mask() == SIGNAL_BIT(SIGTERM));
}

Test(signals, an_edited_context_is_restored)
{
	in_child(edited_context_is_restored);
}

/* Damages the frame of a handler by `damage`; the return must end in the SIGSEGV handler. */
static void
check_damage(struct guest_thread *t, void (*damage)(struct guest_thread *t))
{
	struct a64_state *cpu = a64_state(&t->cpu);

	cpu->sp = GUEST_STACK + GUEST_STACK_SIZE;
	signals_set_mask(t, 0);
	send(SIGUSR1, 0);
	signals_deliver(t);
	CHECK(t->cpu.hot.pc == HANDLER);
	damage(t);
	signals_return(t);
	CHECK(t->cpu.hot.pc == HANDLER + 4);
	CHECK(frame_at(t)->info.info.si_signo == SIGSEGV);
}

static void
damage_magic(struct guest_thread *t)
{
	((struct a64_context_head *)frame_at(t)->ucontext.context.reserved)->magic++;
}

static void
damage_size(struct guest_thread *t)
{
	((struct a64_context_head *)frame_at(t)->ucontext.context.reserved)->size = 0;
}

static void
damage_end(struct guest_thread *t)
{
	((struct a64_context_head *)(frame_at(t)->ucontext.context.reserved + 528))->size = 8;
}

static void
damage_mode(struct guest_thread *t)
{
	frame_at(t)->ucontext.context.pstate = 5;
}

static void
damage_alignment(struct guest_thread *t)
{
	a64_state(&t->cpu)->sp += 8;
}

static void
bad_frames(struct guest_thread *t)
{
	struct guest_stack stack = { .sp = ALTERNATE, .size = 0x8000 };

	CHECK(signals_alternate_stack(t, &stack, NULL, GUEST_STACK, 5120) == 0);
	set_action(t, SIGUSR1, HANDLER, 0, 0);
	set_action(t, SIGSEGV, HANDLER + 4, SA_SIGINFO | SA_ONSTACK, 0);
	check_damage(t, damage_magic);
	check_damage(t, damage_size);
	check_damage(t, damage_end);
	check_damage(t, damage_mode);
	check_damage(t, damage_alignment);
	/* No room for the frame: SIGSEGV instead, on its own stack. */
	a64_state(&t->cpu)->sp = GUEST_STACK + 0x100;
	signals_set_mask(t, 0);
	send(SIGUSR1, 0);
	signals_deliver(t);
	CHECK(t->cpu.hot.pc == HANDLER + 4);
	CHECK(frame_at(t)->info.info.si_code == SI_KERNEL);
}

Test(signals, bad_frames_are_faults)
{
	in_child(bad_frames);
}

static void
fault_record(struct guest_thread *t)
{
	struct a64_esr_context *esr;
	struct a64_sigcontext *context;

	set_action(t, SIGSEGV, HANDLER, SA_SIGINFO, 0);
	t->signals.fault = (struct signal_fault){
		.signo = SIGSEGV,
		.code = SEGV_ACCERR,
		.address = 0x1234,
		.esr = signals_data_abort_syndrome(SIGSEGV, SEGV_ACCERR, true),
	};
	signals_raise_fault(t);
	context = &frame_at(t)->ucontext.context;
	esr = (struct a64_esr_context *)(context->reserved + 528);
	CHECK(frame_at(t)->info.info.si_code == SEGV_ACCERR);
	CHECK((uint64_t)frame_at(t)->info.info.si_addr == 0x1234);
	CHECK(context->fault_address == 0x1234);
	CHECK(esr->head.magic == A64_ESR_MAGIC && esr->head.size == 16);
	CHECK(esr->esr == 0x9200004f);
	CHECK(context->pc == PC);
	signals_return(t);
	CHECK(t->cpu.hot.pc == PC);
}

Test(signals, a_fault_has_address_and_syndrome)
{
	in_child(fault_record);
}
