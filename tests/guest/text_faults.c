// SPDX-License-Identifier: Apache-2.0
//
// Text that cannot be fetched for a while: read-only, inaccessible, and, with a FILE that is the program itself, cut off (which
// the program does not survive: what it calls next, and much of what a handler needs, is gone).
// `text_faults once` leaves it at that; without arguments the text becomes executable again and is called.

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 65536

int far(int value);

/* On pages of its own: gives its argument plus 5. */
__asm__(".pushsection .text.far,\"ax\",%progbits\n"
	".balign 65536\n"
	".globl far\n"
	"far:\n"
#ifdef __aarch64__
	"add w0, w0, #5\n"
	"ret\n"
#else
	".byte 0x8d, 0x87, 5, 0, 0, 0, 0xc3\n"
#endif
	".balign 65536\n"
	".popsection\n");

static sigjmp_buf back;

static void
handler(int signo)
{
	siglongjmp(back, signo);
}

static void
call(const char *what)
{
	int signo = sigsetjmp(back, 1);

	if (signo == 0)
		printf("%s: %d\n", what, far(1));
	else
		printf("%s: %s\n", what, signo == SIGBUS ? "SIGBUS" : "SIGSEGV");
	fflush(stdout);
}

static void
call_protected(const char *what, int protection)
{
	mprotect((void *)far, PAGE, protection);
	call(what);
}

/* Only the page of `far` is cut off, and what lies behind it in the file. */
static int
cut_off(const char *path)
{
	extern const char __ehdr_start[];

	return truncate(path, (const char *)far - __ehdr_start);
}

int
main(int argc, char **argv)
{
	signal(SIGSEGV, handler);
	signal(SIGBUS, handler);
	call_protected("read-only", PROT_READ);
	call_protected("inaccessible", PROT_NONE);
	if (argc > 1 && strcmp(argv[1], "once") == 0)
		return 0;
	if (argc > 1) {
		mprotect((void *)far, PAGE, PROT_READ | PROT_EXEC);
		signal(SIGBUS, SIG_DFL);
		return cut_off(argv[1]) == 0 ? far(1) : 100;
	}
	call_protected("executable", PROT_READ | PROT_EXEC);
	call_protected("read-only again", PROT_READ);
	call_protected("executable again", PROT_READ | PROT_EXEC);
	return 0;
}
