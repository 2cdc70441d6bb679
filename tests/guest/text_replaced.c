// SPDX-License-Identifier: Apache-2.0
//
// Code that changes while other code has called it before, by direct calls within one file: its page is patched, mapped over,
// unmapped, made unexecutable, written to through /proc/self/mem, in a child, and while another thread calls it in a loop.
// Warm, the persistent cache has linked caller and callee for good, and the dispatcher never sees the call.

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096

int callee(int value);                    /* gives value + 5 */
int caller(int value);                    /* callee(value) + 1 */
int loader(const int *from);              /* calls load_it */
void spin(int *result, const int *until); /* stores callee(0) until *until is not 0 */

/* The callees are on a page of their own, their callers on the next. */
__asm__(".pushsection .text.replaced,\"ax\",%progbits\n"
	".balign 4096\n"
	".globl callee, caller, loader, spin\n"
#ifdef __aarch64__
	"callee:	add	w0, w0, #5\n"
	"	ret\n"
	"	.balign	64\n"
	"load_it:	ldr	w0, [x0]\n"
	"	ret\n"
	"	.balign	4096\n"
	"caller:	stp	x29, x30, [sp, #-16]!\n"
	"	bl	callee\n"
	"	add	w0, w0, #1\n"
	"	ldp	x29, x30, [sp], #16\n"
	"	ret\n"
	"loader:	stp	x29, x30, [sp, #-16]!\n"
	"	mov	w9, #77\n"
	"	bl	load_it\n"
	"	ldp	x29, x30, [sp], #16\n"
	"	ret\n"
	"spin:	stp	x29, x30, [sp, #-32]!\n"
	"	stp	x0, x1, [sp, #16]\n"
	"1:	mov	w0, #0\n"
	"	bl	callee\n"
	"	ldp	x9, x10, [sp, #16]\n"
	"	str	w0, [x9]\n"
	"	ldr	w10, [x10]\n"
	"	cbz	w10, 1b\n"
	"	ldp	x29, x30, [sp], #32\n"
	"	ret\n"
#else
	"callee:	lea	5(%rdi), %eax\n"
	"	ret\n"
	"	.balign	64\n"
	"load_it:	mov	(%rdi), %eax\n"
	"	ret\n"
	"	.balign	4096\n"
	"caller:	call	callee\n"
	"	inc	%eax\n"
	"	ret\n"
	"loader:	call	load_it\n"
	"	ret\n"
	"spin:	push	%rbx\n"
	"	push	%rbp\n"
	"	mov	%rdi, %rbx\n"
	"	mov	%rsi, %rbp\n"
	"1:	xor	%edi, %edi\n"
	"	call	callee\n"
	"	mov	%eax, (%rbx)\n"
	"	cmpl	$0, (%rbp)\n"
	"	je	1b\n"
	"	pop	%rbp\n"
	"	pop	%rbx\n"
	"	ret\n"
#endif
	".balign 4096\n"
	".popsection\n");

static unsigned char *const page = (unsigned char *)callee;
static sigjmp_buf back;
static volatile uint64_t fault_pc, fault_address, fault_ninth;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

#ifdef __aarch64__
	fault_pc = uc->uc_mcontext.pc;
	fault_ninth = uc->uc_mcontext.regs[9];
#else
	fault_pc = (uint64_t)uc->uc_mcontext.gregs[REG_RIP];
	fault_ninth = 77;
#endif
	fault_address = (uint64_t)info->si_addr;
	siglongjmp(back, signo);
}

static size_t
write_adder(unsigned char *code, unsigned value)
{
#ifdef __aarch64__
	uint32_t words[2] = { 0x11000000 | value << 10, 0xd65f03c0 };

	memcpy(code, words, sizeof(words));
	return sizeof(words);
#else
	unsigned char bytes[4] = { 0x8d, 0x47, (unsigned char)value, 0xc3 };

	memcpy(code, bytes, sizeof(bytes));
	return sizeof(bytes);
#endif
}

static void
clear_cache(void)
{
	__builtin___clear_cache((char *)page, (char *)page + PAGE);
}

static void
patched(void)
{
	mprotect(page, PAGE, PROT_READ | PROT_WRITE);
	write_adder(page, 40);
	mprotect(page, PAGE, PROT_READ | PROT_EXEC);
	clear_cache();
	printf("patched %d\n", caller(1));
}

static void
patched_while_executable(void)
{
	mprotect(page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
	printf("writable %d\n", caller(1));
	write_adder(page, 41);
	clear_cache();
	printf("patched %d\n", caller(1));
	write_adder(page, 42);
	clear_cache();
	printf("again %d\n", caller(1));
}

static void
mapped_over(void)
{
	mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	write_adder(page, 43);
	mprotect(page, PAGE, PROT_READ | PROT_EXEC);
	clear_cache();
	printf("mapped over %d\n", caller(1));
}

static void
moved_over(void)
{
	unsigned char *other = mmap(
		NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	write_adder(other, 44);
	mremap(other, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page);
	clear_cache();
	printf("moved over %d\n", caller(1));
}

static void
expect_fault(const char *what)
{
	int signo = sigsetjmp(back, 1);

	if (signo == 0)
		printf("%s: no fault, %d\n", what, caller(1));
	else
		printf("%s: signal %d, pc %d, address %d\n", what, signo,
			fault_pc == (uint64_t)page, fault_address == (uint64_t)page);
}

static void
unmapped(void)
{
	munmap(page, PAGE);
	expect_fault("unmapped");
}

static void
not_executable(void)
{
	mprotect(page, PAGE, PROT_READ);
	expect_fault("not executable");
	mprotect(page, PAGE, PROT_READ | PROT_EXEC);
	printf("executable again %d\n", caller(1));
	mprotect(page, PAGE, PROT_NONE);
	expect_fault("nothing");
}

static void
written_by_the_kernel(void)
{
	unsigned char code[16];
	size_t size = write_adder(code, 45);
	int fd = open("/proc/self/mem", O_RDWR);

	if (fd < 0 || pwrite(fd, code, size, (off_t)(uintptr_t)page) != (ssize_t)size)
		printf("cannot write\n");
	clear_cache();
	printf("written by the kernel %d\n", caller(1));
	close(fd);
}

static void
faults(void)
{
	int signo = sigsetjmp(back, 1);

	if (signo == 0)
		printf("no fault %d\n", loader((const int *)16));
	else
		printf("fault: signal %d, address %d, pc %d, x9 %d\n", signo, (int)fault_address,
			fault_pc - (uint64_t)page == 64, (int)fault_ninth);
}

static int spin_result, spin_until;

static void *
spin_thread(void *argument)
{
	spin(&spin_result, &spin_until);
	return argument;
}

static void
wait_for(int value)
{
	while (__atomic_load_n(&spin_result, __ATOMIC_ACQUIRE) != value)
		usleep(100);
}

/* The page is exchanged as a whole, so that the other thread finds one function or the other. */
static void
exchanged_under_a_thread(void)
{
	unsigned char *other = mmap(
		NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;

	write_adder(other, 46);
	pthread_create(&thread, NULL, spin_thread, NULL);
	wait_for(5);
	mremap(other, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page);
	wait_for(46);
	__atomic_store_n(&spin_until, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	printf("exchanged under a thread %d\n", caller(1));
}

static void
unchanged(void)
{
	printf("unchanged %d\n", caller(1));
}

static void (*const cases[])(void) = { unchanged, patched, patched_while_executable, mapped_over,
	moved_over, unmapped, not_executable, written_by_the_kernel, faults,
	exchanged_under_a_thread };

static void
run_case(void (*function)(void))
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		function();
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, &status, 0);
	/* what the child did is its own affair */
	printf("status %d, here %d\n", status, caller(1));
}

int
main(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	for (int k = 0; k < 3; k++)
		unchanged();
	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++)
		run_case(cases[k]);
	patched_while_executable();
	faults();
	return 0;
}
