// SPDX-License-Identifier: Apache-2.0
// The guest side of the row fuzzer: an arm64 program that reads records (row_record.h) from stdin, executes each one's
// words with the record's whole state loaded, and writes the state that they leave to stdout.
//
// State is loaded and saved by the kernel: a signal handler replaces the interrupted context by the record's and
// returns into the words; the BRK behind them, or whatever signal they raise, enters the handler again, which sends the
// context off and loads the next record. So no register is needed for our own use, and branches, illegal words and bad
// addresses all end in the same place. The words of a batch are written before any runs: no code is ever changed between
// two records.
//
// usage: row_runner [exact] [clear] [code=FILE]: FPSR is looked at; all of the records' memory is cleared before each, which may
// be loops that get around in it; the words are not written, but those of FILE are mapped.
#include <asm/sigcontext.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/ucontext.h>
#include <unistd.h>

#include "tests/fuzz/row_record.h"

#define NZCV_MASK 0xf0000000u

static struct row_record records[ROW_MAX_BATCH];
static unsigned record_count;
static unsigned current; /* the record being executed */
static volatile sig_atomic_t running;
static bool clear;

/* What to go back to after the batch. */
static ucontext_t caller;

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

/* The floating-point part of a signal frame. */
static struct fpsimd_context *
fpsimd_of(ucontext_t *uc)
{
	char *p = (char *)uc->uc_mcontext.__reserved;
	struct _aarch64_ctx *head = (struct _aarch64_ctx *)p;

	while (head->magic != FPSIMD_MAGIC) {
		if (head->magic == 0 || head->size == 0)
			_exit(3);
		p += head->size;
		head = (struct _aarch64_ctx *)p;
	}
	return (struct fpsimd_context *)head;
}

static void
load_record(ucontext_t *uc)
{
	const struct row_state *s = &records[current].state;
	struct fpsimd_context *fp = fpsimd_of(uc);

	memcpy(uc->uc_mcontext.regs, s->x, sizeof s->x);
	uc->uc_mcontext.sp = s->sp;
	uc->uc_mcontext.pc = row_entry(records[current].slot);
	uc->uc_mcontext.pstate = (uc->uc_mcontext.pstate & ~(uint64_t)NZCV_MASK) | s->nzcv;
	fp->fpcr = s->fpcr;
	fp->fpsr = s->fpsr;
	memcpy(fp->vregs, s->v, sizeof s->v);
	if (clear)
		memset((void *)ROW_AREA_BASE, 0, ROW_AREA_SIZE);
	memcpy((void *)ROW_WINDOW, s->memory, ROW_WINDOW_SIZE);
}

static void
send_result(ucontext_t *uc, int signal_number)
{
	static struct row_state s;
	const char *p = (const char *)&s;
	size_t left = sizeof s;
	struct fpsimd_context *fp = fpsimd_of(uc);

	memcpy(s.x, uc->uc_mcontext.regs, sizeof s.x);
	s.sp = uc->uc_mcontext.sp;
	s.pc = uc->uc_mcontext.pc;
	s.nzcv = uc->uc_mcontext.pstate & NZCV_MASK;
	s.fpcr = fp->fpcr;
	s.fpsr = fp->fpsr;
	s.signal = (uint32_t)signal_number;
	memcpy(s.v, fp->vregs, sizeof s.v);
	memcpy(s.memory, (void *)ROW_WINDOW, ROW_WINDOW_SIZE);
	while (left > 0) {
		ssize_t n = write(STDOUT_FILENO, p, left);

		if (n <= 0)
			_exit(4);
		p += n;
		left -= (size_t)n;
	}
}

static void
handle_signal(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)info;
	if (!running) {
		if (signal_number != SIGTRAP)
			_exit(5); /* a bug of this program */
		caller.uc_mcontext = uc->uc_mcontext;
		running = 1;
		current = 0;
	} else {
		send_result(uc, signal_number);
		current++;
	}
	if (current < record_count) {
		load_record(uc);
	} else {
		uc->uc_mcontext = caller.uc_mcontext;
		uc->uc_mcontext.pc += 4;
		running = 0;
	}
}

static void
install_handlers(void)
{
	static const int signals[] = { SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGFPE };
	static char stack[1 << 18] __attribute__((aligned(16)));
	const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK };

	if (sigaltstack(&alternate, NULL) != 0)
		die("sigaltstack");
	action.sa_sigaction = handle_signal;
	for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++)
		if (sigaction(signals[i], &action, NULL) != 0)
			die("sigaction");
}

static void
map(uint64_t address, size_t size, int protection)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;

	if (mmap((void *)address, size, protection, flags, -1, 0) != (void *)address)
		die("mmap");
}

static void
map_code(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), flags = MAP_PRIVATE | MAP_FIXED;
	struct stat status;

	if (fd < 0 || fstat(fd, &status) != 0 || status.st_size > ROW_CODE_SIZE ||
		mmap((void *)ROW_CODE_BASE, (size_t)status.st_size, PROT_READ | PROT_EXEC, flags,
			fd, 0) == MAP_FAILED)
		die(path);
	close(fd);
}

/* Words may load each other's, so what no record of this batch wrote is the same under all that execute it. */
static void
fill_code(void)
{
	for (uint64_t at = ROW_CODE_BASE; at < ROW_CODE_BASE + ROW_CODE_SIZE; at += 4)
		*(uint32_t *)at = ROW_BRK;
}

static void
protect_code(int protection)
{
	if (mprotect((void *)ROW_CODE_BASE, ROW_CODE_SIZE, protection) != 0)
		die("mprotect");
}

static void
write_code(void)
{
	protect_code(PROT_READ | PROT_WRITE | PROT_EXEC);
	fill_code();
	for (unsigned i = 0; i < record_count; i++)
		row_write_slot(&records[i], (uint32_t *)(row_entry(records[i].slot) - ROW_ENTRY));
	__builtin___clear_cache((char *)ROW_CODE_BASE, (char *)ROW_CODE_BASE + ROW_CODE_SIZE);
}

/* False at the end of the input. */
static int
read_all(void *to, size_t size)
{
	return fread(to, 1, size, stdin) == size;
}

int
main(int argc, char **argv)
{
	bool mapped = false, read_only = false;

	map(ROW_CODE_BASE, ROW_CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	map(ROW_AREA_BASE, ROW_AREA_SIZE, PROT_READ | PROT_WRITE);
	fill_code();
	for (int i = 1; i < argc; i++) {
		/* A program that touches FPSR is one for which dragoman keeps all of its flags exact. */
		if (!strcmp(argv[i], "exact"))
			__asm__ volatile("msr fpsr, xzr");
		clear |= !strcmp(argv[i], "clear");
		/* where others have the code from a file, words cannot store there */
		read_only |= !strcmp(argv[i], "read-only");
		if (!strncmp(argv[i], "code=", 5)) {
			map_code(argv[i] + 5);
			mapped = true;
		}
	}
	install_handlers();
	while (read_all(&record_count, sizeof record_count)) {
		if (record_count > ROW_MAX_BATCH ||
			!read_all(records, record_count * sizeof records[0]))
			return 1;
		for (unsigned i = 0; i < record_count; i++)
			if (records[i].slot >= ROW_MAX_BATCH ||
				records[i].count > ROW_MAX_WORDS + ROW_LOOP_WORDS)
				return 1;
		if (!mapped)
			write_code();
		if (read_only)
			protect_code(PROT_READ | PROT_EXEC);
		__asm__ volatile("brk #0" ::: "memory");
	}
	return 0;
}
