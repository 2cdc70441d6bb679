// Pointers with a tag in their top byte: AArch64 ignores it in loads and stores (TBI).
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
tagged(void *pointer, uint64_t tag)
{
#ifdef __aarch64__
	return (void *)((uint64_t)pointer | tag << 56);
#else
	(void)tag;
	return pointer;
#endif
}

static sigjmp_buf back;

static void
on_fault(int signo)
{
	siglongjmp(back, signo);
}

int
main(void)
{
	volatile long *numbers = calloc(100, sizeof(*numbers));
	long sum = 0;
	char text[32];

	for (unsigned k = 0; k < 100; k++)
		((volatile long *)tagged((void *)numbers, k))[k] = k;
	for (unsigned k = 0; k < 100; k++)
		sum += *(volatile long *)tagged((void *)&numbers[k], 255 - k);
	printf("sum %ld\n", sum);
	memset(text, 0, sizeof(text));
	memcpy(tagged(text, 0x5a), tagged("through tags", 0xa5), 13);
	printf("%s\n", text);
	__atomic_fetch_add((long *)tagged((void *)numbers, 0x77), 41, __ATOMIC_SEQ_CST);
	printf("atomic %ld\n", numbers[0]);
	/* an address that is wrong below the tag still faults */
	signal(SIGSEGV, on_fault);
	int signo = sigsetjmp(back, 1);
	if (!signo)
		*(volatile char *)tagged((void *)64, 0x11) = 1;
	printf("fault %d\n", signo);
	return 0;
}
