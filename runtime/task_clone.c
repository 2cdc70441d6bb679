// SPDX-License-Identifier: Apache-2.0
//
// See task_clone.h. What the child is to run is put on its stack before the call, since registers do not survive a
// call that a compiler may have arranged anyhow.

#include <sys/syscall.h>

#include "runtime/host_syscall.h"
#include "runtime/task_clone.h"

/* The calls alone; a child with a stack finds function and argument at its top. */
long task_clone_enter(uint64_t flags, void *stack, uint64_t parent_tid, uint64_t child_tid);
long task_clone3_enter(struct clone_args *arguments, size_t size, void *stack);

__asm__(".text\n"
	".globl task_clone_enter\n"
	"task_clone_enter:\n"
	"	mov	$56, %eax\n"
	"	mov	%rcx, %r10\n"
	"	xor	%r8d, %r8d\n"
	"	mov	%rsi, %r9\n"
	"	syscall\n"
	"	test	%rax, %rax\n"
	"	jnz	1f\n"
	"	test	%r9, %r9\n"
	"	jz	1f\n"
	"task_clone_child:\n"
	"	xor	%ebp, %ebp\n"
	"	pop	%rax\n"
	"	pop	%rdi\n"
	"	call	*%rax\n"
	"	ud2\n"
	"1:	ret\n"

	".globl task_clone3_enter\n"
	"task_clone3_enter:\n"
	"	mov	$435, %eax\n"
	"	mov	%rdx, %r9\n"
	"	syscall\n"
	"	test	%rax, %rax\n"
	"	jnz	1b\n"
	"	test	%r9, %r9\n"
	"	jnz	task_clone_child\n"
	"	ret\n");

_Static_assert(SYS_clone == 56 && SYS_clone3 == 435, "the numbers in the code above");

static void *
push_start(void *stack, void (*function)(void *), void *argument)
{
	void **top = stack;

	top[-1] = argument;
	top[-2] = (void *)function;
	return top - 2;
}

long
task_clone(uint64_t flags, void *stack, uint64_t parent_tid, uint64_t child_tid,
	void (*function)(void *), void *argument)
{
	if (stack)
		stack = push_start(stack, function, argument);
	return task_clone_enter(flags, stack, parent_tid, child_tid);
}

long
task_clone3(struct clone_args *arguments, size_t size, void (*function)(void *), void *argument)
{
	void *stack = NULL;

	if (arguments->stack) {
		stack = push_start(
			(void *)(arguments->stack + arguments->stack_size), function, argument);
		arguments->stack_size -= 2 * sizeof(void *);
	}
	return task_clone3_enter(arguments, size, stack);
}
