// SPDX-License-Identifier: Apache-2.0
//
// Invalid floating-point operations, many thousands of them, in two threads and with signals arriving all the time: NaNs made
// of numbers, signalling NaNs, conversions that do not fit. The digests of results are the same in every round. The expected
// output was made by qemu-aarch64.

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#ifdef __aarch64__

enum { ROUNDS = 60 };

// clang-format off
static const uint64_t corner[] = {
	0x0000000000000000, 0x8000000000000000, 0x3ff0000000000000, 0xbff8000000000000, 0x7ff0000000000000,
	0xfff0000000000000, 0x7ff8000000000123, 0x7ff0000000000456, 0xfff4000000000789, 0xfff8000000000abc,
	0x43e0000000000000, 0xc1e0000000200000,
};
// clang-format on
enum { CORNERS = sizeof(corner) / sizeof(corner[0]) };

static volatile sig_atomic_t ticks;

static void
tick(int signo)
{
	volatile double zero = 0;
	volatile double nan = zero / zero; /* in the handler, too */

	(void)signo;
	(void)nan;
	ticks = ticks + 1;
}

static uint64_t
mix(uint64_t digest, uint64_t value)
{
	digest = (digest ^ value) * 0x9e3779b97f4a7c15;
	return digest ^ digest >> 31;
}

#define SCALAR(instruction)                                                                   \
	__asm__("fmov d0, %1\n\tfmov d1, %2\n\tfmov d3, %3\n\t" instruction "\n\tfmov %0, d2" \
		: "=r"(r)                                                                     \
		: "r"(a), "r"(b), "r"(c)                                                      \
		: "v0", "v1", "v2", "v3", "cc");                                              \
	digest = mix(digest, r)
#define VECTOR(instruction)                                             \
	__asm__("dup v0.2d, %1\n\tdup v1.2d, %2\n\tdup v3.2d, %3\n\t"   \
		"mov v2.16b, v3.16b\n\tmov v1.d[1], %1\n\t" instruction \
		"\n\taddp d2, v2.2d\n\tfmov %0, d2"                     \
		: "=r"(r)                                               \
		: "r"(a), "r"(b), "r"(c)                                \
		: "v0", "v1", "v2", "v3", "cc");                        \
	digest = mix(digest, r)
#define GENERAL(instruction)                                               \
	__asm__("fmov d0, %1\n\tfmov d1, %2\n\tmov %0, %3\n\t" instruction \
		: "=&r"(r)                                                 \
		: "r"(a), "r"(b), "r"(c)                                   \
		: "v0", "v1", "v2", "cc");                                 \
	digest = mix(digest, r)

static uint64_t
operate(uint64_t digest, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t r;

	SCALAR("fadd d2, d0, d1");
	SCALAR("fsub d2, d0, d1");
	SCALAR("fmul d2, d0, d1");
	SCALAR("fdiv d2, d0, d1");
	SCALAR("fsqrt d2, d0");
	SCALAR("fadd d2, d0, d1\n\tfmul d2, d2, d3\n\tfsub d2, d3, d2");
	SCALAR("fmadd d2, d0, d1, d3");
	SCALAR("fnmsub d2, d0, d1, d3");
	SCALAR("fmsub d2, d0, d1, d3");
	SCALAR("fnmadd d2, d0, d1, d3");
	SCALAR("fmax d2, d0, d1");
	SCALAR("fminnm d2, d0, d1");
	SCALAR("fcvt s2, d0\n\tfadd s2, s2, s2\n\tfcvt d2, s2");
	SCALAR("frintm d2, d0");
	SCALAR("fcmp d0, d1\n\tfcsel d2, d0, d3, mi");
	SCALAR("fcmpe d0, d1\n\tfcsel d2, d0, d3, vs");
	VECTOR("fadd v2.2d, v0.2d, v1.2d");
	VECTOR("fmul v2.4s, v0.4s, v1.4s");
	VECTOR("fdiv v2.2d, v1.2d, v0.2d");
	VECTOR("fmla v2.2d, v0.2d, v1.2d");
	VECTOR("fmls v2.4s, v0.4s, v1.4s");
	VECTOR("fsqrt v2.2d, v1.2d");
	VECTOR("fcmgt v2.2d, v0.2d, v1.2d");
	VECTOR("fcvtzs v2.2d, v1.2d");
	VECTOR("fmaxnm v2.2d, v0.2d, v1.2d");
	GENERAL("fcvtzs %0, d0");
	GENERAL("fcvtzu %w0, d1");
	GENERAL("fcmpe d0, d1\n\tcset %0, ls");
	GENERAL("fcvtns %0, d0\n\tadds %0, %0, %3\n\tcinc %0, %0, vs");
	return digest;
}

static uint64_t
operate_all(void)
{
	uint64_t digest = 0;

	for (unsigned i = 0; i < CORNERS; i++)
		for (unsigned k = 0; k < CORNERS; k++)
			digest = operate(
				digest, corner[i], corner[k], corner[(i * 5 + k) % CORNERS]);
	return digest;
}

static void *
run(void *argument)
{
	uint64_t first = operate_all();
	unsigned same = 0;

	for (unsigned round = 0; round < ROUNDS; round++)
		same += operate_all() == first;
	*(uint64_t *)argument = same == ROUNDS ? first : 0;
	return NULL;
}

int
main(void)
{
	struct itimerval every = { { 0, 500 }, { 0, 500 } };
	uint64_t digest[2];
	pthread_t other;

	signal(SIGALRM, tick);
	setitimer(ITIMER_REAL, &every, NULL);
	pthread_create(&other, NULL, run, &digest[1]);
	run(&digest[0]);
	pthread_join(other, NULL);
	printf("%016" PRIx64 " %016" PRIx64 "\n", digest[0], digest[1]);
	return 0;
}

#else

int
main(void)
{
	return 0;
}

#endif
