// SPDX-License-Identifier: Apache-2.0
// Restartable sequences: the registration, the processor numbers that the kernel keeps, and what aborts a critical section.
#include "cases.h"

#include <linux/membarrier.h>
#include <linux/rseq.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/time.h>
#include <sys/ucontext.h>

#define AREA_SIZE 32

/* How an attempt at a section ended. */
enum outcome { DONE, OTHER_CPU, ABORTED };

static struct rseq *
own_area(void)
{
	return (struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);
}

/*
 * A section's frame: DESCRIPTOR names its start 1, end 2 and abort 4; ARM points the thread's rseq_cs at it; ABORT is
 * where it goes on in C when it is aborted, behind the signature.
 */
#define DESCRIPTOR                         \
	".pushsection __rseq_cs, \"aw\"\n" \
	".balign 32\n"                     \
	"99:	.long	0, 0\n"                 \
	"	.quad	1f, (2f - 1f), 4f\n"       \
	".popsection\n"

#ifdef __aarch64__
#define ARM                        \
	"	adrp	x9, 99b\n"          \
	"	add	x9, x9, :lo12:99b\n" \
	"	str	x9, [%[cs]]\n"
#define ABORT                 \
	"	b	5f\n"             \
	"	.inst	0xd428bc00\n" \
	"4:	b	%l[aborted]\n"  \
	"5:\n"
#define CLOBBERS "x9", "x10", "x11", "cc", "memory"
#else
#define ARM                         \
	"	leaq	99b(%%rip), %%rax\n" \
	"	movq	%%rax, (%[cs])\n"
#define ABORT                       \
	"	jmp	5f\n"                 \
	"	.byte	0x0f, 0xb9, 0x3d\n" \
	"	.long	0x53053053\n"       \
	"4:	jmp	%l[aborted]\n"      \
	"5:\n"
#define CLOBBERS "rax", "rcx", "cc", "memory"
#endif

/* *counter += 1 on processor `cpu`, taking its time between load and store. */
static enum outcome
increment(struct rseq *area, unsigned cpu, long *counter)
{
#ifdef __aarch64__
	__asm__ goto(DESCRIPTOR ARM "1:	ldr	w10, [%[id]]\n"
				    "	cmp	w10, %w[cpu]\n"
				    "	b.ne	%l[other]\n"
				    "	ldr	x10, [%[counter]]\n"
				    "	mov	x11, #20\n"
				    "6:	subs	x11, x11, #1\n"
				    "	b.ne	6b\n"
				    "	add	x10, x10, #1\n"
				    "	str	x10, [%[counter]]\n"
				    "2:\n" ABORT
		     :
		     : [cs] "r"(&area->rseq_cs), [id] "r"(&area->cpu_id), [cpu] "r"(cpu),
		     [counter] "r"(counter)
		     : CLOBBERS
		     : other, aborted);
#else
	__asm__ goto(DESCRIPTOR ARM "1:	cmpl	%[cpu], (%[id])\n"
				    "	jne	%l[other]\n"
				    "	movq	(%[counter]), %%rax\n"
				    "	movl	$20, %%ecx\n"
				    "6:	subl	$1, %%ecx\n"
				    "	jne	6b\n"
				    "	addq	$1, %%rax\n"
				    "	movq	%%rax, (%[counter])\n"
				    "2:\n" ABORT
		     :
		     : [cs] "r"(&area->rseq_cs), [id] "r"(&area->cpu_id), [cpu] "r"(cpu),
		     [counter] "r"(counter)
		     : CLOBBERS
		     : other, aborted);
#endif
	return DONE;
other:
	return OTHER_CPU;
aborted:
	return ABORTED;
}

/* Waits inside a section for *go; then writes 1 to *result and, as the last store, to result[1]. */
static enum outcome
wait_inside(struct rseq *area, const uint32_t *go, uint32_t *result)
{
#ifdef __aarch64__
	__asm__ goto(DESCRIPTOR ARM "1:	mov	w10, #1\n"
				    "	str	w10, [%[result], #8]\n"
				    "6:	ldr	w10, [%[go]]\n"
				    "	cbz	w10, 6b\n"
				    "	mov	w10, #1\n"
				    "	stp	w10, w10, [%[result]]\n"
				    "2:\n" ABORT
		     :
		     : [cs] "r"(&area->rseq_cs), [go] "r"(go), [result] "r"(result)
		     : CLOBBERS
		     : aborted);
#else
	__asm__ goto(DESCRIPTOR ARM "1:	movl	$1, 8(%[result])\n"
				    "6:	cmpl	$0, (%[go])\n"
				    "	je	6b\n"
				    "	movl	$1, (%[result])\n"
				    "	movl	$1, 4(%[result])\n"
				    "2:\n" ABORT
		     :
		     : [cs] "r"(&area->rseq_cs), [go] "r"(go), [result] "r"(result)
		     : CLOBBERS
		     : aborted);
#endif
	return DONE;
aborted:
	return ABORTED;
}

/* Writes to *address inside a section, pre-indexed where the processor has that: an abort leaves the register alone. */
static enum outcome
write_inside(struct rseq *area, long *address, long **left)
{
	long *at = address;
#ifdef __aarch64__
	register long *base __asm__("x12") = at;

	__asm__ goto(DESCRIPTOR ARM "1:	mov	x10, #7\n"
				    "	str	x10, [%[base], #16]!\n"
				    "2:\n"
				    "	str	%[base], [%[left]]\n"
				    "	b	7f\n" ABORT "7:\n"
		     :
		     : [cs] "r"(&area->rseq_cs), [base] "r"(base), [left] "r"(left)
		     : CLOBBERS
		     : aborted);
#else
	__asm__ goto(DESCRIPTOR ARM "1:	nop\n"
				    "	movq	%[base], 16(%[base])\n"
				    "2:\n"
				    "	leaq	16(%[base]), %%rax\n"
				    "	movq	%%rax, (%[left])\n"
				    "	jmp	7f\n" ABORT "7:\n"
		     :
		     : [cs] "r"(&area->rseq_cs), [base] "r"(at), [left] "r"(left)
		     : CLOBBERS
		     : aborted);
#endif
	return DONE;
aborted:
	return ABORTED;
}

static const char *
outcome_name(enum outcome o)
{
	return o == DONE ? "done" : o == ABORTED ? "aborted" : "other processor";
}

/* Increments with a descriptor that is made at run time, armed inside the section. */
static enum outcome
increment_by_itself(struct rseq *area, long *counter)
{
	static __thread struct rseq_cs cs __attribute__((aligned(32)));

#ifdef __aarch64__
	__asm__ goto("	adr	x9, 1f\n"
		     "	adr	x10, 2f\n"
		     "	sub	x10, x10, x9\n"
		     "	stp	x9, x10, [%[cs], #8]\n"
		     "	adr	x9, 4f\n"
		     "	str	x9, [%[cs], #24]\n"
		     "1:	nop\n"
		     "	str	%[cs], [%[pointer]]\n"
		     "	ldr	x10, [%[counter]]\n"
		     "	mov	x11, #20\n"
		     "6:	subs	x11, x11, #1\n"
		     "	b.ne	6b\n"
		     "	add	x10, x10, #1\n"
		     "	str	x10, [%[counter]]\n"
		     "2:\n" ABORT
		     :
		     : [cs] "r"(&cs), [pointer] "r"(&area->rseq_cs), [counter] "r"(counter)
		     : CLOBBERS
		     : aborted);
#else
	__asm__ goto("	leaq	1f(%%rip), %%rax\n"
		     "	movq	%%rax, 8(%[cs])\n"
		     "	leaq	2f(%%rip), %%rcx\n"
		     "	subq	%%rax, %%rcx\n"
		     "	movq	%%rcx, 16(%[cs])\n"
		     "	leaq	4f(%%rip), %%rax\n"
		     "	movq	%%rax, 24(%[cs])\n"
		     "1:	movq	%[cs], (%[pointer])\n"
		     "	movq	(%[counter]), %%rax\n"
		     "	movl	$20, %%ecx\n"
		     "6:	subl	$1, %%ecx\n"
		     "	jne	6b\n"
		     "	addq	$1, %%rax\n"
		     "	movq	%%rax, (%[counter])\n"
		     "2:\n" ABORT
		     :
		     : [cs] "r"(&cs), [pointer] "r"(&area->rseq_cs), [counter] "r"(counter)
		     : CLOBBERS
		     : aborted);
#endif
	return DONE;
aborted:
	return ABORTED;
}

/* ---- registration ---------------------------------------------------------------------------------------- */

static long
rseq(void *area, unsigned size, int flags)
{
	return syscall(SYS_rseq, area, size, flags, RSEQ_SIG);
}

static void
registration(void)
{
	static struct rseq mine __attribute__((aligned(AREA_SIZE)));
	static char odd[64] __attribute__((aligned(AREA_SIZE)));
	struct rseq *area = own_area();

	printf("the C library registers: %d\n", __rseq_size > 0);
	print_result("again", rseq(area, AREA_SIZE, 0));
	print_result("another", rseq(&mine, AREA_SIZE, 0));
	print_result("unregister another", rseq(&mine, AREA_SIZE, RSEQ_FLAG_UNREGISTER));
	print_result("wrong signature",
		syscall(SYS_rseq, area, AREA_SIZE, RSEQ_FLAG_UNREGISTER, 0x12345678));
	print_result("unknown flag", rseq(area, AREA_SIZE, 8));
	print_result("unregister", rseq(area, AREA_SIZE, RSEQ_FLAG_UNREGISTER));
	printf("cpu_id %d\n", (int)area->cpu_id);
	print_result("unregister twice", rseq(area, AREA_SIZE, RSEQ_FLAG_UNREGISTER));
	print_result("too small", rseq(&mine, 16, 0));
	print_result("misaligned", rseq(odd + 4, AREA_SIZE, 0));
	print_result("address of nobody", rseq((void *)-4096, AREA_SIZE, 0));
	print_result("mine", rseq(&mine, AREA_SIZE, 0));
	printf("cpu_id %d\n", mine.cpu_id == mine.cpu_id_start && (int)mine.cpu_id >= 0);
}

static void
fork_inherits(void)
{
	pid_t child = fork();

	if (child == 0) {
		print_result("in the child", rseq(own_area(), AREA_SIZE, 0));
		_exit(0);
	}
	wait_and_print("child", child);
}

static void
processor_numbers(void)
{
	struct rseq *area = own_area();
	cpu_set_t all, one;
	int wrong = 0;

	sched_getaffinity(0, sizeof(all), &all);
	for (int round = 0; round < 50; round++)
		for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
			if (!CPU_ISSET(cpu, &all))
				continue;
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			sched_setaffinity(0, sizeof(one), &one);
			wrong += (int)area->cpu_id != cpu || (int)area->cpu_id_start != cpu ||
				 sched_getcpu() != cpu;
		}
	printf("%d wrong\n", wrong);
}

/* ---- sections --------------------------------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 20000 };

static struct {
	long value;
	long padding[15];
} counters[CPU_SETSIZE];
static long elsewhere;

static void *
count_up(void *argument)
{
	struct rseq *area = own_area();

	for (int k = 0; k < ROUNDS; k++) {
		enum outcome o;

		do {
			unsigned cpu = *(volatile uint32_t *)&area->cpu_id_start;

			o = increment(area, cpu, &counters[cpu].value);
			if (o == OTHER_CPU)
				__atomic_fetch_add(&elsewhere, 1, __ATOMIC_RELAXED);
		} while (o != DONE);
	}
	return argument;
}

static void
ignore(int signo)
{
	(void)signo;
}

/* Without atomicity updates would get lost: the threads share one processor, and the timer's signals come in between. */
static void
counting(void)
{
	const struct itimerval often = { { 0, 500 }, { 0, 500 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct sigaction action = { .sa_handler = ignore, .sa_flags = SA_RESTART };
	pthread_t thread[THREADS];
	cpu_set_t one;
	long sum = 0;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int k = 0; k < THREADS; k++)
		pthread_create(&thread[k], NULL, count_up, NULL);
	for (int k = 0; k < THREADS; k++)
		pthread_join(thread[k], NULL);
	setitimer(ITIMER_REAL, &never, NULL);
	for (int k = 0; k < CPU_SETSIZE; k++)
		sum += counters[k].value;
	printf("%ld of %d\n", sum, THREADS * ROUNDS);
}

static void *
count_up_alone(void *argument)
{
	for (int k = 0; k < ROUNDS; k++)
		while (increment_by_itself(own_area(), &counters[0].value) != DONE)
			;
	return argument;
}

/* All threads on one processor, so that one counter serves. */
static void
counting_with_own_descriptor(void)
{
	pthread_t thread[THREADS];
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	for (int k = 0; k < THREADS; k++)
		pthread_create(&thread[k], NULL, count_up_alone, NULL);
	for (int k = 0; k < THREADS; k++)
		pthread_join(thread[k], NULL);
	printf("%ld of %d\n", counters[0].value, THREADS * ROUNDS);
}

static void
counting_on_all(void)
{
	pthread_t thread[THREADS];
	long sum = 0;

	for (int k = 0; k < THREADS; k++)
		pthread_create(&thread[k], NULL, count_up, NULL);
	for (int k = 0; k < THREADS; k++)
		pthread_join(thread[k], NULL);
	for (int k = 0; k < CPU_SETSIZE; k++)
		sum += counters[k].value;
	printf("%ld of %d\n", sum, THREADS * ROUNDS);
}

static volatile uint32_t go;
static volatile sig_atomic_t handled;

static void
open_gate(int signo)
{
	(void)signo;
	handled++;
	go = 1;
}

/* The section waits for what the handler does, so it cannot end but by being aborted. */
static void
signal_aborts(void)
{
	struct sigaction action = { .sa_handler = open_gate };
	const struct itimerval soon = { { 0, 0 }, { 0, 20000 } };
	uint32_t result[3] = { 0 };
	enum outcome o;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	do
		o = wait_inside(own_area(), (const uint32_t *)&go, result);
	while (o == ABORTED && !handled);
	printf("%s, handled %d, stored %u %u, before %u\n", outcome_name(o), (int)handled,
		result[0], result[1], result[2]);
	printf("rseq_cs %s\n", own_area()->rseq_cs ? "left" : "cleared");
	do
		o = wait_inside(own_area(), (const uint32_t *)&go, result);
	while (o == ABORTED);
	printf("%s\n", outcome_name(o));
}

static uint32_t ready;
static uint32_t barrier_result[3];

static void *
wait_for_barrier(void *argument)
{
	enum outcome o;

	__atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
	o = wait_inside(own_area(), (const uint32_t *)&go, barrier_result);
	__atomic_store_n((int *)argument, (int)o, __ATOMIC_RELEASE);
	return NULL;
}

/* Aborts the section of a running thread: what that thread read before is not acted upon any more. */
static void
barrier_aborts(void)
{
	int outcome = -1;
	pthread_t thread;

	print_result("unregistered",
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, 0, 0));
	print_result("register",
		syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0));
	pthread_create(&thread, NULL, wait_for_barrier, &outcome);
	while (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE))
		sched_yield();
	/* Its section waits for what never comes, so it ends by being aborted: by this, or by preemption. */
	while (__atomic_load_n(&outcome, __ATOMIC_ACQUIRE) == -1)
		if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, 0, 0))
			printf("membarrier: error %d\n", errno);
	pthread_join(thread, NULL);
	printf("%s, stored %u %u\n", outcome_name((enum outcome)outcome), barrier_result[0],
		barrier_result[1]);
}

static volatile uint64_t fault_pc;
static volatile uintptr_t fault_address;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)signo;
	fault_address = (uintptr_t)info->si_addr;
#ifdef __aarch64__
	fault_pc = uc->uc_mcontext.pc;
#else
	fault_pc = (uint64_t)uc->uc_mcontext.gregs[REG_RIP];
#endif
	handled++;
}

/* The handler is told of the abort's address, so that the section is left by returning from it. */
static void
fault_aborts(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long *left = NULL;
	enum outcome o = DONE;

	sigaction(SIGSEGV, &action, NULL);
	for (int k = 0; k < 20 && !handled; k++)
		o = write_inside(own_area(), (long *)page, &left);
	printf("%s, handled %d, at offset %ld, left %d\n", outcome_name(o), (int)handled,
		(long)(fault_address - (uintptr_t)page), left != NULL);
#ifdef __aarch64__
	printf("%d\n", ((uint32_t *)fault_pc)[-1] == 0xd428bc00);
#else
	printf("%d\n", ((uint32_t *)fault_pc)[-1] == 0x53053053);
#endif
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
	do
		o = write_inside(own_area(), (long *)page, &left);
	while (o == ABORTED);
	printf("%s, left at %ld, wrote %d\n", outcome_name(o), (long)((char *)left - page),
		((long *)page)[2] != 0);
}

/* Code of a page that the kernel writes processor numbers to runs as it changes. */
static void
code_beside_the_area(void)
{
#ifdef __aarch64__
	static const uint32_t code[] = { 0x52800000, 0xd65f03c0 }; /* mov w0, #0; ret */
	const unsigned step = 1 << 5, place = 0;
#else
	static const uint8_t code[] = { 0xb8, 0, 0, 0, 0, 0xc3 };
	const unsigned step = 1, place = 1;
#endif
	char *page = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int sum = 0;

	print_result("unregister", rseq(own_area(), AREA_SIZE, RSEQ_FLAG_UNREGISTER));
	print_result("register", rseq(page + 2048, AREA_SIZE, 0));
	memcpy(page, code, sizeof(code));
	for (unsigned k = 0; k < 200; k++) {
		uint32_t word;

		memcpy(&word, (char *)code + place, sizeof(word));
		word += k * step;
		memcpy(page + place, &word, sizeof(word));
		__builtin___clear_cache(page, page + sizeof(code));
		sum += ((int (*)(void))(uintptr_t)page)();
		if (k % 20 == 0)
			usleep(100);
	}
	printf("%d\n", sum);
	print_result("unregister", rseq(page + 2048, AREA_SIZE, RSEQ_FLAG_UNREGISTER));
}

static const struct test_case cases[] = {
	{ "registration", registration },
	{ "fork_inherits", fork_inherits },
	{ "processor_numbers", processor_numbers },
	{ "counting", counting },
	{ "counting_on_all", counting_on_all },
	{ "counting_with_own_descriptor", counting_with_own_descriptor },
	{ "signal_aborts", signal_aborts },
	{ "barrier_aborts", barrier_aborts },
	{ "fault_aborts", fault_aborts },
	{ "code_beside_the_area", code_beside_the_area },
};

MAIN_OF_CASES(cases)
