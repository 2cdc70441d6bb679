// SPDX-License-Identifier: Apache-2.0
// Everything at once, self-checking: processes of many threads that compute, fork, spawn, send each other signals, change code,
// map and unmap memory, hand over data through pipes and futexes. Each piece of work knows its result. A thread that makes no
// progress for PATIENCE seconds is a hang. Usage: stress SECONDS SEED; exit status 0 when nothing was wrong.
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES 3
#define PATIENCE  60

extern char **environ;

/* A kind of work: a thread runs `step` again and again; it gives the number of wrong results. */
struct work {
	const char *name;
	unsigned (*step)(unsigned *seed);
	unsigned long done, wrong;
	pthread_t thread;
};

static volatile int stop;
static volatile unsigned long signals_seen;
static __thread sigjmp_buf fault_return;
static __thread volatile int fault_expected;
static __thread uintptr_t fault_address;

static unsigned
pick(unsigned *seed, unsigned n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 10) % n;
}

/* ---- computing ----------------------------------------------------------------------------------------------- */

static uint64_t
mix(uint64_t x, unsigned rounds)
{
	double d = 1.5;

	for (unsigned i = 0; i < rounds; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		d = d * 1.0000001 + 1;
		if ((x & 1023) == 0)
			x += (uint64_t)d;
	}
	return x + (uint64_t)d;
}

static unsigned
compute(unsigned *seed)
{
	uint64_t start = pick(seed, 1000000) + 1;
	unsigned rounds = 20000 + pick(seed, 20000);

	return mix(start, rounds) != mix(start, rounds); /* NOLINT: twice on purpose */
}

/* ---- code that changes ---------------------------------------------------------------------------------------- */

/* mov w0, n; ret */
static void
write_constant(uint32_t *code, unsigned n)
{
#ifdef __aarch64__
	code[0] = 0x52800000 | (n & 0xffff) << 5;
	code[1] = 0xd65f03c0;
#else
	uint8_t bytes[] = { 0xb8, (uint8_t)n, (uint8_t)(n >> 8), 0, 0, 0xc3 };

	memcpy(code, bytes, sizeof(bytes));
#endif
	__builtin___clear_cache((char *)code, (char *)(code + 2));
}

static unsigned
change_code(unsigned *seed)
{
	static __thread uint32_t *code;
	unsigned wrong = 0;

	if (!code)
		code = mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 20; i++) {
		unsigned place = pick(seed, 4096) * 4, n = pick(seed, 65536);

		write_constant(code + place, n);
		for (int k = 0; k < 3; k++)
			wrong += ((unsigned (*)(void))(code + place))() != n;
	}
	return wrong;
}

/* Code in memory that is mapped anew each time at, often, the same address. */
static unsigned
map_code(unsigned *seed)
{
	uint32_t *code =
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned n = pick(seed, 65536), wrong;

	write_constant(code, n);
	mprotect(code, 8192, PROT_READ | PROT_EXEC);
	wrong = ((unsigned (*)(void))code)() != n;
	if (pick(seed, 2)) {
		uint32_t *moved = mremap(code, 8192, 16384, MREMAP_MAYMOVE);

		if (moved == MAP_FAILED)
			wrong++;
		else
			wrong += ((unsigned (*)(void))(code = moved))() != n;
		munmap(code + 2048, 8192);
	}
	munmap(code, 8192);
	return wrong;
}

/* ---- memory and faults ----------------------------------------------------------------------------------------- */

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	(void)context;
	if (!fault_expected) {
		static const char message[] = "stress: unexpected fault\n";

		write(2, message, sizeof(message) - 1);
		signal(signo, SIG_DFL);
		return;
	}
	fault_address = (uintptr_t)info->si_addr;
	siglongjmp(fault_return, signo);
}

static unsigned
fault(unsigned *seed)
{
	char *memory =
		mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile unsigned wrong = 0;
	volatile char *at = memory + 4096 + pick(seed, 4096);

	memset(memory, 1, 16384);
	mprotect(memory + 4096, 4096, PROT_READ);
	fault_expected = 1;
	if (sigsetjmp(fault_return, 1) == 0) {
		*at = 5;
		wrong++;
	} else if (fault_address != (uintptr_t)at || *at != 1) {
		wrong++;
	}
	mprotect(memory + 4096, 4096,
		PROT_NONE); /* not unmapped: somebody else would get the room */
	if (sigsetjmp(fault_return, 1) == 0) {
		wrong += *at;
		wrong++;
	} else if (fault_address != (uintptr_t)at) {
		wrong++;
	}
	fault_expected = 0;
	wrong += memory[0] != 1 || memory[16383] != 1;
	munmap(memory, 16384);
	return wrong;
}

static unsigned
map_memory(unsigned *seed)
{
	char *blocks[16];
	size_t sizes[16];
	unsigned wrong = 0;

	for (int i = 0; i < 16; i++) {
		sizes[i] = 4096 * (1 + pick(seed, 20));
		blocks[i] = mmap(
			NULL, sizes[i], PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		for (size_t k = 0; k < sizes[i]; k += 4096)
			blocks[i][k] = (char)(i + k / 4096);
	}
	for (int i = 0; i < 16; i++) {
		for (size_t k = 0; k < sizes[i]; k += 4096)
			wrong += blocks[i][k] != (char)(i + k / 4096) || blocks[i][k + 1] != 0;
		munmap(blocks[i], sizes[i]);
	}
	return wrong;
}

/* ---- processes ------------------------------------------------------------------------------------------------- */

static unsigned
check_child(pid_t pid, int wanted)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return 1;
	}
	return status != wanted << 8;
}

static void *
child_thread(void *argument)
{
	return (void *)(uintptr_t)mix((uintptr_t)argument, 1000);
}

/* A child of fork uses malloc, makes a thread and maps memory. */
static unsigned
fork_child(unsigned *seed)
{
	unsigned code = pick(seed, 100);
	pid_t pid = fork();

	if (pid == 0) {
		unsigned wrong = change_code(seed);
		char *memory = malloc(10000);
		pthread_t thread;
		void *result;

		memset(memory, 3, 10000);
		if (pthread_create(&thread, NULL, child_thread, (void *)5) != 0)
			_exit(101);
		pthread_join(thread, &result);
		wrong += (uintptr_t)result != mix(5, 1000);
		wrong += map_memory(seed);
		free(memory);
		_exit(wrong ? 102 : (int)code);
	}
	return pid < 0 || check_child(pid, (int)code);
}

static unsigned
vfork_child(unsigned *seed)
{
	volatile unsigned shared = 0, code = pick(seed, 100);
	pid_t pid = vfork();

	if (pid == 0) {
		shared = code + 1;
		_exit((int)code);
	}
	return pid < 0 || check_child(pid, (int)code) || shared != code + 1;
}

static unsigned
spawn_child(unsigned *seed)
{
	char number[16];
	char *argv[] = { "stress", "child", number, NULL };
	unsigned code = pick(seed, 100);
	pid_t pid;

	if (pick(seed, 4) == 0)
		return posix_spawn(&pid, "/no/such/program", NULL, NULL, argv, environ) != ENOENT;
	snprintf(number, sizeof(number), "%u", code);
	if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ) != 0)
		return 1;
	return check_child(pid, (int)code);
}

/* ---- threads --------------------------------------------------------------------------------------------------- */

static unsigned
churn_threads(unsigned *seed)
{
	pthread_t threads[8];
	unsigned wrong = 0;
	uintptr_t base = pick(seed, 1000) + 1;

	for (uintptr_t i = 0; i < 8; i++) {
		if (pthread_create(&threads[i], NULL, child_thread, (void *)(base + i)) != 0)
			return 1;
	}
	for (uintptr_t i = 0; i < 8; i++) {
		void *result;

		pthread_join(threads[i], &result);
		wrong += (uintptr_t)result != mix(base + i, 1000);
	}
	return wrong;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t guarded[2];

static unsigned
lock(unsigned *seed)
{
	unsigned wrong = 0;

	for (int i = 0; i < 200; i++) {
		pthread_mutex_lock(&mutex);
		wrong += guarded[0] != guarded[1];
		guarded[0] += pick(seed, 100);
		if (i % 50 == 0)
			sched_yield();
		guarded[1] = guarded[0];
		pthread_mutex_unlock(&mutex);
	}
	return wrong;
}

/* ---- handing over ---------------------------------------------------------------------------------------------- */

static int pipe_to[2], pipe_from[2];

static int
transfer(int fd, void *data, size_t size, int writes)
{
	uint8_t *at = data;

	while (size > 0) {
		ssize_t done = writes ? write(fd, at, size) : read(fd, at, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return 0;
		at += done;
		size -= (size_t)done;
	}
	return 1;
}

static void *
answer(void *argument)
{
	uint64_t number;

	while (transfer(pipe_to[0], &number, sizeof(number), 0)) {
		number = number * 3 + 1;
		if (!transfer(pipe_from[1], &number, sizeof(number), 1))
			break;
	}
	return argument;
}

static unsigned
ask(unsigned *seed)
{
	unsigned wrong = 0;

	for (int i = 0; i < 50; i++) {
		uint64_t number = pick(seed, 1 << 20), answered = 0;

		if (!transfer(pipe_to[1], &number, sizeof(number), 1) ||
			!transfer(pipe_from[0], &answered, sizeof(answered), 0))
			return 1;
		wrong += answered != number * 3 + 1;
	}
	return wrong;
}

/* ---- signals --------------------------------------------------------------------------------------------------- */

static void
on_signal(int signo, siginfo_t *info, void *context)
{
	volatile double d = signo;

	(void)info;
	(void)context;
	d = d * 2.5 + 1;
	__atomic_fetch_add(&signals_seen, d > 0, __ATOMIC_RELAXED);
}

static struct work works[];
static unsigned count_works(void);

static unsigned
send_signals(unsigned *seed)
{
	static const int numbers[] = { SIGUSR1, SIGURG, SIGUSR2 };

	for (int i = 0; i < 20; i++) {
		int signo = i % 4 == 3 ? SIGRTMIN + 3 : numbers[i % 3];
		struct work *work = &works[pick(seed, count_works())];

		if (__atomic_load_n(&work->thread, __ATOMIC_ACQUIRE))
			pthread_kill(work->thread, signo);
	}
	kill(getpid(), SIGURG);
	usleep(500 + pick(seed, 1000));
	return 0;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static struct work works[] = {
	{ .name = "compute", .step = compute },
	{ .name = "change code", .step = change_code },
	{ .name = "change code, too", .step = change_code },
	{ .name = "map code", .step = map_code },
	{ .name = "fault", .step = fault },
	{ .name = "map memory", .step = map_memory },
	{ .name = "fork", .step = fork_child },
	{ .name = "vfork", .step = vfork_child },
	{ .name = "spawn", .step = spawn_child },
	{ .name = "churn threads", .step = churn_threads },
	{ .name = "lock", .step = lock },
	{ .name = "lock, too", .step = lock },
	{ .name = "ask", .step = ask },
	{ .name = "send signals", .step = send_signals },
};

static unsigned
count_works(void)
{
	return sizeof(works) / sizeof(works[0]);
}

static unsigned base_seed;

static void *
run_work(void *argument)
{
	struct work *work = argument;
	unsigned seed = base_seed + (unsigned)(work - works) * 7919;

	while (!stop) {
		work->wrong += work->step(&seed);
		__atomic_fetch_add(&work->done, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Watches that all go on; true when one does not. */
static int
watch(int seconds)
{
	unsigned long last[sizeof(works) / sizeof(works[0])] = { 0 };
	int idle[sizeof(works) / sizeof(works[0])] = { 0 };

	for (int second = 0; second < seconds; second++) {
		struct timespec time = { 1, 0 };

		while (nanosleep(&time, &time) < 0 && errno == EINTR)
			;
		for (unsigned i = 0; i < count_works(); i++) {
			unsigned long done = __atomic_load_n(&works[i].done, __ATOMIC_RELAXED);

			idle[i] = done == last[i] ? idle[i] + 1 : 0;
			last[i] = done;
			if (idle[i] == PATIENCE) {
				printf("stress: %s hangs\n", works[i].name);
				return 1;
			}
		}
	}
	return 0;
}

static void
install_handlers(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_flags = SA_SIGINFO | SA_RESTART;
	action.sa_sigaction = on_signal;
	sigaction(SIGURG, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGRTMIN + 3, &action, NULL);
	action.sa_flags = SA_SIGINFO; /* this one interrupts */
	sigaction(SIGUSR2, &action, NULL);
	action.sa_sigaction = on_fault;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

static int
run_process(int seconds, unsigned seed)
{
	unsigned long done = 0, wrong = 0;
	pthread_t answerer;

	base_seed = seed;
	install_handlers();
	if (pipe(pipe_to) != 0 || pipe(pipe_from) != 0)
		return 1;
	pthread_create(&answerer, NULL, answer, NULL);
	for (unsigned i = 0; i < count_works(); i++) {
		pthread_t thread;

		pthread_create(&thread, NULL, run_work, &works[i]);
		__atomic_store_n(&works[i].thread, thread, __ATOMIC_RELEASE);
	}
	if (watch(seconds)) {
		fflush(stdout);
		abort();
	}
	stop = 1;
	alarm(PATIENCE);
	for (unsigned i = 0; i < count_works(); i++) {
		pthread_join(works[count_works() - 1 - i].thread, NULL);
		done += works[count_works() - 1 - i].done;
	}
	for (unsigned i = 0; i < count_works(); i++) {
		wrong += works[i].wrong;
		if (works[i].wrong || !works[i].done)
			printf("stress: %s: %lu steps, %lu wrong\n", works[i].name, works[i].done,
				works[i].wrong);
	}
	printf("stress: %lu steps, %lu signals, %lu wrong\n", done, signals_seen, wrong);
	fflush(stdout);
	return wrong != 0 || done == 0;
}

int
main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 10, failed = 0, status;
	unsigned seed = argc > 2 ? (unsigned)atoi(argv[2]) : 1;

	if (argc > 2 && strcmp(argv[1], "child") == 0)
		return atoi(argv[2]);
	for (unsigned i = 0; i < PROCESSES; i++) {
		fflush(stdout);
		if (fork() == 0)
			_exit(run_process(seconds, seed + i * 1000003));
	}
	for (unsigned i = 0; i < PROCESSES; i++) {
		wait(&status);
		if (status) {
			printf("stress: a process ended with status %#x\n", (unsigned)status);
			failed = 1;
		}
	}
	return failed;
}
