// SPDX-License-Identifier: Apache-2.0
// Signals without translated code: the frame's layout against the arm64 compiler's headers, the race between a signal
// and a call that blocks, what the host's queue keeps, masks, stacks and sigreturn with an edited context.
//
// Each test body runs in a child of its own, on a guest thread's C stack, with real host signals; the child's exit
// status is 0, or the number of the line whose check failed (modulo 255, plus 1).
#include "backend/backend.h"
#include "frontend/a64/lift.h"
#include "frontend/a64/state.h"
#include "ir/guest_isa.h"
#include "runtime/guest_access.h"
#include "runtime/host_syscall.h"
#include "runtime/interruptible_syscall.h"
#include "runtime/signal_frame.h"
#include "runtime/signals.h"
#include "runtime/signals_internal.h"
#include "runtime/threads.h"
#include "runtime/units.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUEST_STACK      UINT64_C(0x200000000000)
#define GUEST_STACK_SIZE 0x40000
#define ALTERNATE        (GUEST_STACK + 0x10000)
#define HANDLER          UINT64_C(0x123456)
#define PC               UINT64_C(0x400100)
#define FORK_LIMIT       20 /* seconds for one test body */

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			static const char text[] = "failed: " #condition "\n"; \
			host_syscall(SYS_write, 2, text, sizeof(text) - 1);    \
			host_syscall(SYS_exit_group, __LINE__ % 255 + 1);      \
		}                                                              \
	} while (0)

static void (*body)(struct guest_thread *t);

static void
run_body(struct guest_thread *t)
{
	signals_enter_task(t);
	signals_unblock(t);
	body(t);
	host_syscall(SYS_exit_group, 0);
}

/* The backend is set up for a guest with arm64's state, so that threads can be made; no code is ever compiled. */
static bool
start_backend(void)
{
	static const struct guest_isa isa = {
		.name = "aarch64",
		.layout = &a64_layout,
		.runtime_calls = a64_runtime_calls,
		.runtime_call_count = A64_CALL_COUNT,
	};
	uint8_t *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct code_space space = {
		.code = memory,
		.code_end = memory + (1 << 19),
		.data = memory + (1 << 19),
		.data_end = memory + (1 << 20),
	};
	char why[128];

	return memory != MAP_FAILED && backend_init(&space, &isa, why, sizeof(why));
}

static void
start_body(void)
{
	struct guest_thread *t;

	alarm(FORK_LIMIT);
	if (mmap((void *)GUEST_STACK, GUEST_STACK_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
		_exit(250);
	if (!start_backend())
		_exit(252);
	t = thread_create();
	if (!t)
		_exit(251);
	signals_init_process(t);
	a64_state(&t->cpu)->sp = GUEST_STACK + GUEST_STACK_SIZE;
	t->cpu.hot.pc = PC;
	thread_run_on_stack(t, run_body);
}

static void
in_child(void (*function)(struct guest_thread *t))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		body = function;
		start_body();
	}
	cr_assert(waitpid(child, &status, 0) == child);
	cr_assert(WIFEXITED(status), "killed by signal %d", WTERMSIG(status));
	cr_assert(WEXITSTATUS(status) == 0, "line %d (modulo 255)", WEXITSTATUS(status) - 1);
}

static void
set_action(struct guest_thread *t, int signo, uint64_t handler, uint64_t flags, uint64_t mask)
{
	struct guest_sigaction action = { .handler = handler, .flags = flags, .mask = mask };

	CHECK(signals_action(t, signo, &action, NULL) == 0);
}

static void
send(int signo, int value)
{
	union signal_info info = { .bytes = { 0 } };

	info.info.si_signo = signo;
	info.info.si_code = SI_QUEUE;
	info.info.si_value.sival_int = value;
	CHECK(host_syscall(SYS_rt_tgsigqueueinfo, getpid(), host_syscall(SYS_gettid), signo,
		      &info) == 0);
}

static uint64_t
host_mask(void)
{
	uint64_t mask;

	host_syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, sizeof(mask));
	return mask;
}

static struct a64_signal_frame *
frame_at(const struct guest_thread *t)
{
	return (struct a64_signal_frame *)((const struct a64_state *)&t->cpu)->sp;
}

// ---- layout

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

// ---- threads

static struct guest_thread *seen_in_handler;

static void
native_handler(int signo)
{
	(void)signo;
	seen_in_handler = thread_current();
}

static void
thread_is_found(struct guest_thread *t)
{
	struct sigaction action = { .sa_handler = native_handler, .sa_flags = SA_ONSTACK };
	struct guest_thread *other = thread_create();

	CHECK(thread_current() == t);
	CHECK(other && other != t);
	CHECK(((uintptr_t)other & (THREAD_BLOCK_SIZE - 1)) == 0);
	CHECK(threads_first() == other && other->next == t);
	sigaction(SIGUSR2, &action, NULL);
	host_syscall(SYS_tgkill, getpid(), host_syscall(SYS_gettid), SIGUSR2);
	CHECK(seen_in_handler == t);
	thread_free(other);
	CHECK(threads_first() == t && !t->next);
	CHECK(thread_create() == other);
	CHECK(other->cpu.hot.indirect_table == other->indirect_table);
}

Test(threads, a_thread_is_found_by_its_stacks)
{
	in_child(thread_is_found);
}

// ---- guarded access

static void
access_is_guarded(struct guest_thread *t)
{
	char buffer[64] = "abcdef";
	uint64_t end = GUEST_STACK + GUEST_STACK_SIZE;

	(void)t;
	CHECK(guest_copy_to(end - 6, buffer, 6) == 0);
	CHECK(guest_copy_to(end - 5, buffer, 6) == -EFAULT);
	CHECK(guest_copy_from(buffer, end - 8, 9) == -EFAULT);
	CHECK(guest_copy_from(buffer, 0, 1) == -EFAULT);
	CHECK(guest_copy_from(buffer, UINT64_MAX - 3, 8) == -EFAULT);
	CHECK(guest_copy_from(buffer, (uint64_t)buffer, 1) == -EFAULT);
	CHECK(guest_clear(end - 4, 8) == -EFAULT);
	CHECK(guest_copy_to(end - 4, "xyz", 4) == 0);
	CHECK(guest_string_length(end - 4, 100) == 3);
	CHECK(guest_string_length(end - 4, 2) == 2);
	CHECK(guest_copy_string(buffer, end - 4, 4) == 3 && !strcmp(buffer, "xyz"));
	CHECK(guest_copy_string(buffer, end - 4, 3) == -ENAMETOOLONG);
	CHECK(guest_copy_to(end - 4, "wxyz", 4) == 0);
	CHECK(guest_string_length(end - 4, 100) == -EFAULT);
}

Test(guest_access, bad_addresses_give_efault)
{
	in_child(access_is_guarded);
}

// ---- queueing and masks

static void
first_is_queued_others_wait(struct guest_thread *t)
{
	uint64_t pending = 0;

	set_action(t, SIGUSR1, HANDLER, SA_SIGINFO, 0);
	set_action(t, 34, HANDLER, SA_SIGINFO, 0);
	send(SIGUSR1, 1);
	CHECK(t->signals.queued && t->signals.info.info.si_signo == SIGUSR1);
	CHECK(t->signals.info.info.si_value.sival_int == 1);
	CHECK(t->cpu.hot.signal_pending == 1);
	CHECK(t->cpu.hot.indirect_table == threads_empty_table);
	CHECK(host_mask() == signals_host_mask(UINT64_MAX));
	send(34, 7);
	send(34, 8);
	host_syscall(SYS_rt_sigpending, &pending, sizeof(pending));
	CHECK(pending == SIGNAL_BIT(34));

	/* The frame of SIGUSR1, and then, as it is not blocked in the handler, those of signal 34. */
	signals_deliver(t);
	CHECK(frame_at(t)->info.info.si_signo == SIGUSR1);
	CHECK(frame_at(t)->ucontext.sigmask == 0);
	CHECK(t->signals.mask == SIGNAL_BIT(SIGUSR1));
	CHECK(t->cpu.hot.pc == HANDLER);
	CHECK(t->signals.queued);
	signals_deliver(t);
	CHECK(frame_at(t)->info.info.si_signo == 34);
	CHECK(frame_at(t)->info.info.si_value.sival_int == 7);
	CHECK(!t->signals.queued && !t->cpu.hot.signal_pending);
	CHECK(t->cpu.hot.indirect_table == t->indirect_table);
	CHECK(host_mask() == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(34)));
	host_syscall(SYS_rt_sigpending, &pending, sizeof(pending));
	CHECK(pending == SIGNAL_BIT(34));

	/* Returning unblocks 34: its second comes at once, with the first handler's registers in the frame. */
	signals_return(t);
	CHECK(t->cpu.hot.pc == HANDLER && t->signals.queued);
	signals_deliver(t);
	CHECK(frame_at(t)->info.info.si_value.sival_int == 8);
	signals_return(t);
	CHECK(t->signals.mask == SIGNAL_BIT(SIGUSR1));
	signals_return(t);
	CHECK(t->signals.mask == 0 && t->cpu.hot.pc == PC);
	CHECK(a64_state(&t->cpu)->sp == GUEST_STACK + GUEST_STACK_SIZE);
	CHECK(host_mask() == 0);
}

Test(signals, one_is_queued_and_the_kernel_keeps_the_others)
{
	in_child(first_is_queued_others_wait);
}

static void
synchronous_is_held(struct guest_thread *t)
{
	set_action(t, SIGSEGV, HANDLER, SA_SIGINFO, 0);
	signals_set_mask(t, SIGNAL_BIT(SIGSEGV));
	send(SIGSEGV, 5);
	send(SIGSEGV, 6);
	CHECK(!t->cpu.hot.signal_pending && t->signals.held == SIGNAL_BIT(SIGSEGV));
	CHECK((host_mask() & SIGNAL_BIT(SIGSEGV)) == 0);
	signals_set_mask(t, 0);
	CHECK(t->cpu.hot.signal_pending);
	signals_deliver(t);
	CHECK(frame_at(t)->info.info.si_signo == SIGSEGV);
	CHECK(frame_at(t)->info.info.si_value.sival_int == 5);
	CHECK(!t->signals.held);
}

Test(signals, a_blocked_synchronous_number_is_held)
{
	in_child(synchronous_is_held);
}

static void
flags_are_obeyed(struct guest_thread *t)
{
	struct guest_sigaction action;

	set_action(t, SIGUSR1, HANDLER,
		SA_NODEFER | (uint64_t)(uint32_t)SA_RESETHAND | GUEST_SA_RESTORER,
		SIGNAL_BIT(SIGUSR2) | SIGNAL_BIT(SIGKILL));
	send(SIGUSR1, 0);
	a64_state(&t->cpu)->x[1] = 77;
	signals_deliver(t);
	CHECK(t->signals.mask == SIGNAL_BIT(SIGUSR2));
	CHECK(a64_state(&t->cpu)->x[0] == SIGUSR1);
	CHECK(a64_state(&t->cpu)->x[1] == 77);
	CHECK(a64_state(&t->cpu)->x[30] == 0);
	CHECK(signals_action(t, SIGUSR1, NULL, &action) == 0 && action.handler == GUEST_SIG_DFL);
	CHECK(signals_action(t, SIGKILL, &action, NULL) == -EINVAL);
	CHECK(signals_action(t, 65, NULL, &action) == -EINVAL);
}

Test(signals, nodefer_resethand_and_masks)
{
	in_child(flags_are_obeyed);
}

static void
temporary_mask_is_the_handlers(struct guest_thread *t)
{
	uint64_t mask = 0;

	set_action(t, SIGUSR1, HANDLER, 0, 0);
	signals_set_mask(t, SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGINT));
	send(SIGUSR1, 0);
	CHECK(!t->signals.queued);
	mask = SIGNAL_BIT(SIGTERM);
	signals_use_temporary_mask(t, mask);
	long result = interruptible_syscall(t, SYS_rt_sigsuspend, (uint64_t)&mask, 8, 0, 0, 0, 0);
	CHECK(result == -EINTR && t->signals.queued);
	CHECK(signals_after_system_call(t, RESTART_NOHAND, 1, result) == -EINTR);
	signals_deliver(t);
	CHECK(frame_at(t)->ucontext.sigmask == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGINT)));
	CHECK(t->signals.mask == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGTERM)));
	CHECK(t->cpu.hot.pc == HANDLER);
	signals_return(t);
	CHECK(t->signals.mask == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGINT)));
	CHECK(t->cpu.hot.pc == PC);
}

Test(signals, a_handler_after_sigsuspend_runs_under_its_mask)
{
	in_child(temporary_mask_is_the_handlers);
}

// ---- restarting

static void
restart_one(struct guest_thread *t, enum restart_class class, uint64_t flags, long result,
	bool repeated)
{
	uint64_t sp = a64_state(&t->cpu)->sp;

	set_action(t, SIGUSR1, HANDLER, flags, 0);
	t->cpu.hot.pc = PC;
	send(SIGUSR1, 0);
	a64_state(&t->cpu)->x[0] = (uint64_t)signals_after_system_call(t, class, 1234, result);
	signals_deliver(t);
	CHECK(frame_at(t)->ucontext.context.pc == (repeated ? PC - 4 : PC));
	CHECK(frame_at(t)->ucontext.context.x[0] == (uint64_t)(repeated ? 1234 : result));
	signals_return(t);
	CHECK(a64_state(&t->cpu)->sp == sp);
}

static void
classes_restart(struct guest_thread *t)
{
	/* What SA_RESTART repeats comes back as INTERRUPTED_BEFORE; EINTR in spite of it is the call's answer. */
	restart_one(t, RESTART_SYS, SA_RESTART, INTERRUPTED_BEFORE, true);
	restart_one(t, RESTART_SYS, SA_RESTART, -EINTR, false);
	restart_one(t, RESTART_SYS, 0, -EINTR, false);
	restart_one(t, RESTART_NOHAND, SA_RESTART, -EINTR, false);
	restart_one(t, RESTART_BLOCK, SA_RESTART, -EINTR, false);
	restart_one(t, RESTART_NEVER, SA_RESTART, -EINTR, false);
	restart_one(t, RESTART_ALWAYS, 0, -EINTR, true);
	restart_one(t, RESTART_NEVER, 0, INTERRUPTED_BEFORE, true);
	restart_one(t, RESTART_SYS, SA_RESTART, 17, false);

	/* The signal became ignored before it could be delivered: as if it had never come. */
	set_action(t, SIGUSR1, HANDLER, 0, 0);
	t->cpu.hot.pc = PC;
	send(SIGUSR1, 0);
	set_action(t, SIGUSR1, GUEST_SIG_IGN, 0, 0);
	signals_after_system_call(t, RESTART_NOHAND, 99, -EINTR);
	signals_deliver(t);
	CHECK(t->cpu.hot.pc == PC - 4 && a64_state(&t->cpu)->x[0] == 99);
}

Test(signals, interrupted_calls_restart_by_class)
{
	in_child(classes_restart);
}

/* The state letter of a process: behind its name in stat. */
static char
process_state(pid_t pid)
{
	char path[32], text[256] = { 0 };
	const char *end;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		_exit(1);
	close(fd);
	end = strrchr(text, ')');
	return end ? end[2] : 0;
}

/* Reads from a pipe that nobody writes to while a child sends SIGUSR1 once the read sleeps. */
static long
interrupted_read(struct guest_thread *t)
{
	pid_t parent = getpid(), child;
	int silent[2], status;
	char byte;
	long result;

	CHECK(pipe(silent) == 0);
	child = (pid_t)host_syscall(SYS_fork);
	if (child == 0) {
		while (process_state(parent) != 'S')
			usleep(1000);
		kill(parent, SIGUSR1);
		_exit(0);
	}
	result = interruptible_syscall(
		t, SYS_read, (uint64_t)silent[0], (uint64_t)&byte, 1, 0, 0, 0);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	close(silent[0]);
	close(silent[1]);
	return result;
}

static void
host_restarts_as_the_guest_asks(struct guest_thread *t)
{
	set_action(t, SIGUSR1, HANDLER, 0, 0);
	CHECK(interrupted_read(t) == -EINTR);
	signals_deliver(t);
	signals_return(t);
	set_action(t, SIGUSR1, HANDLER, SA_RESTART, 0);
	CHECK(interrupted_read(t) == INTERRUPTED_BEFORE);
	signals_deliver(t);
	CHECK(t->cpu.hot.pc == HANDLER);
}

Test(signals, a_blocked_call_ends_as_the_handlers_sa_restart_says)
{
	in_child(host_restarts_as_the_guest_asks);
}

/* A child that answers each byte on `request` with one signal, after a delay that varies. */
static void
send_on_request(int request, pid_t target)
{
	unsigned seed = 1;
	char byte;

	while (read(request, &byte, 1) == 1) {
		seed = seed * 1103515245 + 12345;
		for (volatile unsigned spin = seed >> 20; spin; spin--)
			;
		kill(target, SIGUSR1);
	}
	_exit(0);
}

static void
no_wake_up_is_lost(struct guest_thread *t)
{
	int request[2], silent[2], before = 0;
	uint64_t sp = a64_state(&t->cpu)->sp;
	pid_t parent = getpid(), child;
	char byte = 0;

	CHECK(pipe(request) == 0 && pipe(silent) == 0);
	set_action(t, SIGUSR1, HANDLER, 0, 0);
	child = (pid_t)host_syscall(SYS_fork);
	if (child == 0) {
		close(request[1]);
		send_on_request(request[0], parent);
	}
	for (int i = 0; i < 30000; i++) {
		long result;

		CHECK(host_syscall(SYS_write, request[1], &byte, 1) == 1);
		for (volatile unsigned spin = (unsigned)i * 7919 % 3000; spin; spin--)
			;
		/* Nobody ever writes to it: without the signal this would sleep until the alarm. */
		result = interruptible_syscall(
			t, SYS_read, (uint64_t)silent[0], (uint64_t)&byte, 1, 0, 0, 0);
		CHECK(result == -EINTR || result == INTERRUPTED_BEFORE);
		before += result == INTERRUPTED_BEFORE;
		CHECK(t->signals.queued);
		signals_deliver(t);
		CHECK(t->cpu.hot.pc == HANDLER);
		signals_return(t);
		CHECK(a64_state(&t->cpu)->sp == sp);
	}
	kill(child, SIGKILL);
	CHECK(before > 0);
}

Test(interruptible_syscall, no_wake_up_is_lost, .timeout = 100)
{
	in_child(no_wake_up_is_lost);
}

/* Waits on a pipe that nobody writes to; the tracer sends a signal while the pc is at a chosen instruction. */
static void
traced_read(struct guest_thread *t)
{
	int silent[2];
	char byte;

	CHECK(pipe(silent) == 0);
	set_action(t, SIGUSR1, HANDLER, 0, 0);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	host_syscall(SYS_tgkill, getpid(), getpid(), SIGSTOP);
	CHECK(interruptible_syscall(t, SYS_read, (uint64_t)silent[0], (uint64_t)&byte, 1, 0, 0,
		      0) == INTERRUPTED_BEFORE);
	CHECK(t->signals.queued && t->signals.info.info.si_signo == SIGUSR1);
}

static void
run_to(pid_t child, uint64_t pc)
{
	long text = ptrace(PTRACE_PEEKTEXT, child, (void *)pc, NULL);
	struct user_regs_struct registers;
	int status;

	ptrace(PTRACE_POKETEXT, child, (void *)pc, (void *)((text & ~0xffL) | 0xcc));
	ptrace(PTRACE_CONT, child, NULL, NULL);
	cr_assert(waitpid(child, &status, 0) == child);
	cr_assert(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP, "status %x", status);
	ptrace(PTRACE_POKETEXT, child, (void *)pc, (void *)text);
	ptrace(PTRACE_GETREGS, child, NULL, &registers);
	cr_assert(registers.rip == pc + 1);
	registers.rip = pc;
	ptrace(PTRACE_SETREGS, child, NULL, &registers);
}

Test(interruptible_syscall, each_instruction_of_the_range_sees_a_signal)
{
	uint64_t pc = (uint64_t)interruptible_syscall_begin;
	unsigned instructions = 0;

	for (bool more = true; more; instructions++) {
		struct user_regs_struct registers;
		int status;
		pid_t child = fork();

		if (child == 0) {
			body = traced_read;
			start_body();
		}
		cr_assert(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
		run_to(child, (uint64_t)interruptible_syscall_begin);
		for (unsigned i = 0; i < instructions; i++) {
			ptrace(PTRACE_SINGLESTEP, child, NULL, NULL);
			waitpid(child, &status, 0);
		}
		ptrace(PTRACE_GETREGS, child, NULL, &registers);
		pc = registers.rip;
		/* `syscall` has two bytes and is the last. */
		more = pc + 2 < (uint64_t)interruptible_syscall_end;
		kill(child, SIGUSR1);
		ptrace(PTRACE_CONT, child, NULL, NULL);
		cr_assert(waitpid(child, &status, 0) == child);
		cr_assert(WIFSTOPPED(status) && WSTOPSIG(status) == SIGUSR1);
		ptrace(PTRACE_CONT, child, NULL, (void *)(long)SIGUSR1);
		cr_assert(waitpid(child, &status, 0) == child);
		cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "at %u: status %x",
			instructions, status);
	}
	cr_assert(instructions == 3);
}

// ---- stacks and contexts

static void
alternate_stack_is_used(struct guest_thread *t)
{
	struct a64_state *cpu = a64_state(&t->cpu);
	struct guest_stack stack = { .sp = ALTERNATE, .size = 0x4000 }, old;

	CHECK(signals_alternate_stack(t, &stack, &old, cpu->sp, 5120) == 0);
	CHECK(old.flags == SS_DISABLE);
	set_action(t, SIGUSR1, HANDLER, SA_ONSTACK | SA_NODEFER, 0);
	send(SIGUSR1, 0);
	signals_deliver(t);
	CHECK(cpu->sp == ALTERNATE + 0x4000 - 16 - sizeof(struct a64_signal_frame));
	CHECK(cpu->x[29] == ALTERNATE + 0x4000 - 16);
	signals_alternate_stack(t, NULL, &old, cpu->sp, 5120);
	CHECK(old.flags == SS_ONSTACK && old.sp == ALTERNATE);
	CHECK(signals_alternate_stack(t, &stack, NULL, cpu->sp, 5120) == -EPERM);
	/* Nested: goes on below. */
	send(SIGUSR1, 0);
	signals_deliver(t);
	CHECK(cpu->sp == ALTERNATE + 0x4000 - 2 * (16 + sizeof(struct a64_signal_frame)));
	signals_return(t);
	signals_return(t);
	CHECK(cpu->sp == GUEST_STACK + GUEST_STACK_SIZE);

	stack.size = 5119;
	CHECK(signals_alternate_stack(t, &stack, NULL, cpu->sp, 5120) == -ENOMEM);
	stack.size = 0x4000;
	stack.flags = 4;
	CHECK(signals_alternate_stack(t, &stack, NULL, cpu->sp, 5120) == -EINVAL);
	stack.flags = GUEST_SS_AUTODISARM;
	CHECK(signals_alternate_stack(t, &stack, NULL, cpu->sp, 5120) == 0);
	send(SIGUSR1, 0);
	signals_deliver(t);
	CHECK(frame_at(t)->ucontext.stack.flags == GUEST_SS_AUTODISARM);
	CHECK(t->signals.stack.flags == SS_DISABLE && t->signals.stack.size == 0);
	signals_return(t);
	CHECK(t->signals.stack.flags == GUEST_SS_AUTODISARM && t->signals.stack.sp == ALTERNATE);
}

Test(signals, alternate_stack_nested_and_autodisarm)
{
	in_child(alternate_stack_is_used);
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

/* A forced signal that is blocked or ignored kills, by that signal. */
static void
blocked_fault(struct guest_thread *t)
{
	set_action(t, SIGSEGV, HANDLER, SA_SIGINFO, 0);
	signals_set_mask(t, SIGNAL_BIT(SIGSEGV));
	t->signals.fault = (struct signal_fault){ .signo = SIGSEGV, .code = SEGV_MAPERR };
	signals_raise_fault(t);
}

static void
default_exception(struct guest_thread *t)
{
	signals_raise_exception(t, IR_EXCEPTION_BREAKPOINT);
}

static void
check_death(void (*function)(struct guest_thread *t), int signo)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		close(2);
		body = function;
		start_body();
	}
	cr_assert(waitpid(child, &status, 0) == child);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == signo, "status %x", status);
}

Test(signals, uncaught_ones_kill)
{
	check_death(blocked_fault, SIGSEGV);
	check_death(default_exception, SIGTRAP);
}
