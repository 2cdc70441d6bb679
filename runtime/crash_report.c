// SPDX-License-Identifier: Apache-2.0
//
// See crash_report.h. Everything here must work from a signal handler in a process whose state cannot be trusted: local
// buffers and raw writes alone.

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "backend/backend.h"
#include "frontend/a64/state.h"
#include "runtime/crash_report.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/run_options.h"
#include "runtime/symbolize.h"
#include "syscalls/system_call.h"

#define DESCRIPTION_SIZE 512

/* The kernel's struct sigaction: all zeros is SIG_DFL. */
static const uint64_t default_action[4];

static __attribute__((format(printf, 2, 3))) void
print(int fd, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format,
		arguments); // NOLINT(clang-analyzer-valist.Uninitialized)
	va_end(arguments);
	if (length > (int)sizeof(line) - 1)
		length = sizeof(line) - 1;
	host_syscall(SYS_write, fd, line, length);
}

void
crash_die_by_signal(int signo)
{
	/* All others stay blocked: the handler of one that pends would block this one again. */
	uint64_t others = ~SIGNAL_BIT(signo);

	host_syscall(SYS_rt_sigaction, signo, default_action, NULL, sizeof(uint64_t));
	host_syscall(SYS_rt_sigprocmask, SIG_SETMASK, &others, NULL, sizeof(others));
	host_syscall(SYS_tgkill, host_syscall(SYS_getpid), host_syscall(SYS_gettid), signo);
	for (;;)
		host_syscall(SYS_exit_group, 128 + signo);
}

static void
print_guest_registers(int fd, const struct guest_thread *t)
{
	const struct a64_state *cpu = (const struct a64_state *)&t->cpu;

	for (unsigned i = 0; i < 31; i++)
		print(fd, " x%-2u %016lx%s", i, cpu->x[i], i % 4 == 3 ? "\n" : "");
	print(fd, " sp  %016lx\n pc  %016lx nzcv %x tpidr %016lx\n", cpu->sp, t->cpu.hot.pc,
		backend_flags_to_nzcv(t->cpu.hot.flags), cpu->tpidr_el0);
}

static void
print_host_registers(int fd, const ucontext_t *context)
{
	static const struct {
		const char *name;
		int number;
	} registers[] = {
		{ "rax", REG_RAX },
		{ "rbx", REG_RBX },
		{ "rcx", REG_RCX },
		{ "rdx", REG_RDX },
		{ "rsi", REG_RSI },
		{ "rdi", REG_RDI },
		{ "rbp", REG_RBP },
		{ "rsp", REG_RSP },
		{ "r8 ", REG_R8 },
		{ "r9 ", REG_R9 },
		{ "r10", REG_R10 },
		{ "r11", REG_R11 },
		{ "r12", REG_R12 },
		{ "r13", REG_R13 },
		{ "r14", REG_R14 },
		{ "r15", REG_R15 },
	};

	for (unsigned i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		print(fd, " %s %016llx%s", registers[i].name,
			(unsigned long long)context->uc_mcontext.gregs[registers[i].number],
			i % 4 == 3 ? "\n" : "");
}

void
crash_report(struct guest_thread *t, int signo, const siginfo_t *info, const ucontext_t *context)
{
	static int reporting;
	char where[DESCRIPTION_SIZE];

	if (__atomic_exchange_n(&reporting, 1, __ATOMIC_RELAXED))
		crash_die_by_signal(signo);
	print(STDERR_FILENO,
		"dragoman " DRAGOMAN_VERSION
		": internal error: %s (code %d) at host pc %#llx, address %p; "
		"please report this with what follows\n",
		signals_name(signo), info->si_code,
		(unsigned long long)context->uc_mcontext.gregs[REG_RIP], info->si_addr);
	print_host_registers(STDERR_FILENO, context);
	if (t && (uint64_t)t >= GUEST_ADDRESS_END && t->memory == t) {
		print(STDERR_FILENO,
			"guest registers, as of the last exit from translated code:\n");
		print_guest_registers(STDERR_FILENO, t);
		symbolize(t->cpu.hot.pc, where, sizeof(where));
		print(STDERR_FILENO, "guest pc %#lx %s\n", t->cpu.hot.pc, where);
	}
	crash_die_by_signal(signo);
}

void
crash_report_message(const char *message)
{
	print(STDERR_FILENO, "dragoman " DRAGOMAN_VERSION ": internal error: %s\n", message);
	crash_die_by_signal(SIGABRT);
}

void
crash_report_guest(const struct guest_thread *t, const union signal_info *info)
{
	char where[DESCRIPTION_SIZE], address[64] = "";
	bool fault = info->info.si_code > 0 && info->info.si_signo != SIGABRT;

	symbolize(t->cpu.hot.pc, where, sizeof(where));
	if (fault)
		snprintf(address, sizeof(address), ", code %d, address %#lx", info->info.si_code,
			(unsigned long)info->info.si_addr);
	print(STDERR_FILENO, "dragoman: the program was killed by %s%s at pc %#lx%s%s\n",
		signals_name(info->info.si_signo), address, t->cpu.hot.pc, where[0] ? " " : "",
		where);
	if (guest_options && (guest_options->log & RUN_LOG_SIGNAL))
		print_guest_registers(guest_options->log_fd, t);
}
