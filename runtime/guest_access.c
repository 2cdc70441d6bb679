// SPDX-License-Identifier: Apache-2.0
//
// See guest_access.h. The instructions that may fault stand alone at known addresses; the handler steps over them, and
// the count that is left in rcx tells the caller. Fine for short structures and strings alike: rep movsb has no
// alignment rules and its progress is precise at a fault.

#include <errno.h>

#include "runtime/guest_access.h"
#include "runtime/host_memory.h"

/* Each gives the number of bytes that were not copied. */
size_t guest_access_copy(void *to, const void *from, size_t size);
size_t guest_access_fill(void *to, int byte, size_t size);
/* Gives the number of bytes before the NUL, at most `limit`; -1 after a fault. */
int64_t guest_access_length(const void *from, size_t limit);

extern const char guest_access_store_begin[], guest_access_store_end[];
extern const char guest_access_store_fault[];
extern const char guest_access_copy_begin[], guest_access_copy_end[];
extern const char guest_access_fill_begin[], guest_access_fill_end[];
extern const char guest_access_length_begin[], guest_access_length_end[];
extern const char guest_access_length_fault[];

__asm__(".text\n"
	".globl guest_access_copy\n"
	"guest_access_copy:\n"
	"	mov	%rdx, %rcx\n"
	"guest_access_copy_begin:\n"
	"	rep movsb\n"
	"guest_access_copy_end:\n"
	"	mov	%rcx, %rax\n"
	"	ret\n"

	".globl guest_access_store\n"
	"guest_access_store:\n"
	"	xor	%eax, %eax\n"
	"guest_access_store_begin:\n"
	"	mov	%rsi, (%rdi)\n"
	"	mov	%rdx, 8(%rdi)\n"
	"guest_access_store_end:\n"
	"	inc	%eax\n"
	"guest_access_store_fault:\n"
	"	ret\n"

	".globl guest_access_fill\n"
	"guest_access_fill:\n"
	"	mov	%rdx, %rcx\n"
	"	mov	%esi, %eax\n"
	"guest_access_fill_begin:\n"
	"	rep stosb\n"
	"guest_access_fill_end:\n"
	"	mov	%rcx, %rax\n"
	"	ret\n"

	".globl guest_access_length\n"
	"guest_access_length:\n"
	"	xor	%eax, %eax\n"
	"1:	cmp	%rsi, %rax\n"
	"	je	2f\n"
	"guest_access_length_begin:\n"
	"	cmpb	$0, (%rdi,%rax)\n"
	"guest_access_length_end:\n"
	"	je	2f\n"
	"	inc	%rax\n"
	"	jmp	1b\n"
	"guest_access_length_fault:\n"
	"	mov	$-1, %rax\n"
	"2:	ret\n");

static bool
in_guest(uint64_t address, size_t size)
{
	return address <= GUEST_ADDRESS_END && size <= GUEST_ADDRESS_END - address;
}

int
guest_copy_from(void *to, uint64_t from, size_t size)
{
	if (!in_guest(from, size))
		return -EFAULT;
	return guest_access_copy(to, (const void *)from, size) ? -EFAULT : 0;
}

int
guest_copy_to(uint64_t to, const void *from, size_t size)
{
	if (!in_guest(to, size))
		return -EFAULT;
	return guest_access_copy((void *)to, from, size) ? -EFAULT : 0;
}

int
guest_clear(uint64_t to, size_t size)
{
	if (!in_guest(to, size))
		return -EFAULT;
	return guest_access_fill((void *)to, 0, size) ? -EFAULT : 0;
}

int64_t
guest_string_length(uint64_t from, size_t limit)
{
	size_t room = from < GUEST_ADDRESS_END ? GUEST_ADDRESS_END - from : 0;
	int64_t length = guest_access_length((const void *)from, limit < room ? limit : room);

	if (length < 0 || (limit > room && (size_t)length == room))
		return -EFAULT;
	return length;
}

int64_t
guest_copy_string(char *to, uint64_t from, size_t size)
{
	int64_t length = guest_string_length(from, size);

	if (length < 0)
		return length;
	if ((size_t)length == size)
		return -ENAMETOOLONG;
	if (guest_copy_from(to, from, (size_t)length) < 0)
		return -EFAULT;
	to[length] = 0;
	return length;
}

bool
guest_access_fixup(ucontext_t *context)
{
	greg_t *pc = &context->uc_mcontext.gregs[REG_RIP];

	if (*pc == (greg_t)guest_access_copy_begin)
		*pc = (greg_t)guest_access_copy_end;
	else if (*pc == (greg_t)guest_access_fill_begin)
		*pc = (greg_t)guest_access_fill_end;
	else if (*pc == (greg_t)guest_access_length_begin)
		*pc = (greg_t)guest_access_length_fault;
	else if (*pc >= (greg_t)guest_access_store_begin && *pc < (greg_t)guest_access_store_end)
		*pc = (greg_t)guest_access_store_fault;
	else
		return false;
	return true;
}
