// SPDX-License-Identifier: Apache-2.0
//
// See interruptible_syscall.h. After a signal the kernel may also have put the pc back on the `syscall` instruction
// (ERESTARTNOINTR, and restarts after signals without a handler); that address belongs to the range, so that a call
// that would be repeated is not.

#include <errno.h>
#include <sys/syscall.h>

#include "runtime/interruptible_syscall.h"

/* -513 is INTERRUPTED_BEFORE. rdi pending, rsi number, rdx rcx r8 r9 and two on the stack: the six arguments. */
__asm__(".text\n"
	".globl interruptible_syscall_enter, interruptible_syscall_begin, "
	"interruptible_syscall_end\n"
	".type interruptible_syscall_enter, @function\n"
	"interruptible_syscall_enter:\n"
	"	mov	%rdi, %r11\n"
	"	mov	%rsi, %rax\n"
	"	mov	%rdx, %rdi\n"
	"	mov	%rcx, %rsi\n"
	"	mov	%r8, %rdx\n"
	"	mov	%r9, %r10\n"
	"	mov	8(%rsp), %r8\n"
	"	mov	16(%rsp), %r9\n"
	"interruptible_syscall_begin:\n"
	"	cmpl	$0, (%r11)\n"
	"	jne	1f\n"
	"	syscall\n"
	"interruptible_syscall_end:\n"
	"	ret\n"
	"1:	mov	$-513, %rax\n"
	"	ret\n"
	".size interruptible_syscall_enter, . - interruptible_syscall_enter\n");

void
interruptible_syscall_leave(ucontext_t *context)
{
	greg_t *registers = context->uc_mcontext.gregs;
	uintptr_t pc = (uintptr_t)registers[REG_RIP];

	if (pc < (uintptr_t)interruptible_syscall_begin ||
		pc >= (uintptr_t)interruptible_syscall_end)
		return;
	/* A sleep that was to go on for the rest of its time is over: with a handler, it ends with EINTR. */
	registers[REG_RAX] =
		registers[REG_RAX] == SYS_restart_syscall ? -EINTR : INTERRUPTED_BEFORE;
	registers[REG_RIP] = (greg_t)(uintptr_t)interruptible_syscall_end;
}
