// SPDX-License-Identifier: Apache-2.0
// The row fuzzer: for every row of the A64 decode table, random legal words are executed from random states by qemu
// and by dragoman, and the states that they leave are compared bit for bit: registers, flags, FPSR, FPCR, memory, pc and the
// signal raised. Each record follows from (seed, row, number), so that one line reproduces a difference.
#include "tests/fuzz/row_execute.h"
#include "tests/fuzz/row_generate.h"
#include "tests/fuzz/row_loop.h"

#include "frontend/a64/lift_table.h"

#include <capstone/capstone.h>

#include <getopt.h>
#include <limits.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORDS_DEFAULT   250
#define REPORTS_A_ROW   3
#define AGE_US          30000
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

struct options {
	bool interpret, digests, exact, sequences, loops, statistics;
	const char *dragoman, *qemu, *runner, *rows;
	const char *warm; /* folder, or NULL */
	unsigned words, seconds;
	uint64_t seed;
	int64_t number; /* >= 0: only this record */
};

struct totals {
	unsigned rows, differing_rows, missing_rows, excluded_rows;
	uint64_t words;
};

struct fuzzer {
	const struct options *options;
	struct row_process reference, tested;
	struct totals totals;
	bool differs[A64_ROW_COUNT];
	unsigned reports[A64_ROW_COUNT];
};

static struct row_record records[ROW_MAX_BATCH];
static uint32_t numbers[ROW_MAX_BATCH];
static struct row_state expected[ROW_MAX_BATCH], got[ROW_MAX_BATCH];

/* ---- reports ---------------------------------------------------------------------------------------------------- */

static void
print_disassembly(uint64_t pc, uint32_t word)
{
	csh handle;
	cs_insn *insn;

	if (cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &handle) != CS_ERR_OK)
		return;
	if (cs_disasm(handle, (const uint8_t *)&word, sizeof word, pc, 1, &insn) == 1) {
		printf("%s %s", insn->mnemonic, insn->op_str);
		cs_free(insn, 1);
	}
	cs_close(&handle);
}

static const char *
name_of_end(uint32_t end)
{
	static char text[32];

	switch (end) {
	case SIGTRAP: return "no signal";
	case SIGILL: return "SIGILL";
	case SIGSEGV: return "SIGSEGV";
	case SIGBUS: return "SIGBUS";
	case SIGFPE: return "SIGFPE";
	case ROW_DIED: return "the process died";
	case ROW_HUNG: return "no answer";
	case ROW_UNSOUND: return "unsound IR";
	case ROW_ENDLESS: return "does not end";
	case ROW_SYSTEM_CALL: return "a system call";
	default: snprintf(text, sizeof text, "signal %u", end); return text;
	}
}

static void
print_number(const char *name, uint64_t start, uint64_t want, uint64_t have)
{
	if (want != have)
		printf("    %-5s from %016llx: qemu %016llx, dragoman %016llx\n", name,
			(unsigned long long)start, (unsigned long long)want,
			(unsigned long long)have);
}

static void
print_vector(unsigned n, const uint64_t *start, const uint64_t *want, const uint64_t *have)
{
	if (memcmp(want, have, 16) != 0)
		printf("    v%-4u from %016llx_%016llx: qemu %016llx_%016llx, dragoman "
		       "%016llx_%016llx\n",
			n, (unsigned long long)start[1], (unsigned long long)start[0],
			(unsigned long long)want[1], (unsigned long long)want[0],
			(unsigned long long)have[1], (unsigned long long)have[0]);
}

/* What registers the word names hold before. */
static void
print_operands(const struct row_record *record, uint32_t word)
{
	const struct a64_row_info *row = &a64_rows[a64_decode(word)];

	for (unsigned i = 0; i < row->field_count; i++) {
		const struct a64_field *f = &row->bit_fields[i];
		unsigned n = word >> f->lsb & 31;

		if (f->name[0] != 'r' || f->width < 4)
			continue;
		printf("    %s: v%u %016llx_%016llx", f->name, n,
			(unsigned long long)record->state.v[n][1],
			(unsigned long long)record->state.v[n][0]);
		if (n < 31)
			printf("  x%u %016llx", n, (unsigned long long)record->state.x[n]);
		printf("\n");
	}
	printf("    sp %016llx fpcr %08x fpsr %08x nzcv %x\n", (unsigned long long)record->state.sp,
		record->state.fpcr, record->state.fpsr, record->state.nzcv >> 28);
}

static void
print_differences(
	const struct row_state *start, const struct row_state *want, const struct row_state *have)
{
	char name[8];

	if (want->signal != have->signal) {
		printf("    ends: qemu with %s, ", name_of_end(want->signal));
		printf("dragoman with %s\n", name_of_end(have->signal));
	}
	if (have->signal >= ROW_DIED || want->signal >= ROW_DIED)
		return;
	for (unsigned i = 0; i < 31; i++) {
		snprintf(name, sizeof name, "x%u", i);
		print_number(name, start->x[i], want->x[i], have->x[i]);
	}
	print_number("sp", start->sp, want->sp, have->sp);
	print_number("pc", start->pc, want->pc, have->pc);
	print_number("nzcv", start->nzcv, want->nzcv, have->nzcv);
	print_number("fpcr", start->fpcr, want->fpcr, have->fpcr);
	print_number("fpsr", start->fpsr, want->fpsr, have->fpsr);
	for (unsigned i = 0; i < 32; i++)
		print_vector(i, start->v[i], want->v[i], have->v[i]);
	for (unsigned i = 0; i < ROW_WINDOW_SIZE; i++)
		if (want->memory[i] != have->memory[i])
			printf("    memory[%u] from %02x: qemu %02x, dragoman %02x\n", i,
				start->memory[i], want->memory[i], have->memory[i]);
}

static void
report(struct fuzzer *f, enum a64_row row, unsigned i)
{
	const struct options *o = f->options;

	f->differs[row] = true;
	if (f->reports[row]++ >= REPORTS_A_ROW)
		return;
	printf("%s differs:", a64_rows[row].name);
	for (unsigned n = 0; n < records[i].count; n++) {
		printf("%s %08x ", n ? ";" : "", records[i].words[n]);
		print_disassembly(row_entry(records[i].slot) + 4 * n, records[i].words[n]);
	}
	printf("\n");
	print_differences(&records[i].state, &expected[i], &got[i]);
	for (unsigned n = 0; n < records[i].count; n++)
		print_operands(&records[i], records[i].words[n]);
	printf("    again: row_fuzz%s%s%s%s --rows '^%s$' --seed %llu --number %u\n",
		o->interpret ? " --interpret" : "", o->exact ? " --exact-flags" : "",
		o->sequences ? " --sequences" : "", o->loops ? " --loops" : "", a64_rows[row].name,
		(unsigned long long)o->seed, numbers[i]);
}

/* ---- running ------------------------------------------------------------------------------------------------------ */

static uint32_t
fpsr_mask(const struct options *o)
{
	bool exact = o->exact || o->interpret || o->digests;

	return exact ? ROW_FPSR_MASK : ROW_FPSR_MASK & ~ROW_FPSR_UFC;
}

/* Options of dragoman from words[n] on. */
static unsigned
add_statistics(const struct options *o, const char **words, unsigned n)
{
	if (o->statistics) {
		words[n++] = "-d";
		words[n++] = "stats=json";
	}
	return n;
}

/* Arguments of row_runner from words[n] on, and the end. */
static void
add_arguments(const struct options *o, const char **words, unsigned n)
{
	if (o->exact)
		words[n++] = "exact";
	if (o->loops)
		words[n++] = "clear";
	if (o->warm)
		words[n++] = "read-only";
	words[n] = NULL;
}

static void
compare_batch(struct fuzzer *f, enum a64_row row, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		row_normalize(&got[i], fpsr_mask(f->options));
		f->totals.words += records[i].count;
		if (memcmp(&expected[i], &got[i], sizeof got[i]) != 0)
			report(f, row, i);
	}
}

/* The file with the code of a row's `round`-th lot. */
static void
name_code_file(char name[PATH_MAX], const struct options *o, enum a64_row row, unsigned round)
{
	snprintf(name, PATH_MAX, "%s/%s-%u.code", o->warm, a64_rows[row].name, round);
}

/* One run of dragoman with the code of a file. */
static void
run_file(struct fuzzer *f, const char *path, enum a64_row row, unsigned count)
{
	const struct options *o = f->options;
	char code[PATH_MAX + 8];
	const char *words[16] = { o->dragoman };
	unsigned n = 1;

	snprintf(code, sizeof code, "code=%s", path);
	n = add_statistics(o, words, n);
	words[n++] = o->runner;
	words[n++] = code;
	add_arguments(o, words, n);
	f->tested.command = words;
	row_execute_in_process(&f->tested, records, count, got);
	row_finish_process(&f->tested);
	compare_batch(f, row, count);
}

static void
run_batch(struct fuzzer *f, enum a64_row row, unsigned count, unsigned round)
{
	const struct options *o = f->options;

	row_execute_in_process(&f->reference, records, count, expected);
	for (unsigned i = 0; i < count; i++)
		row_normalize(&expected[i], fpsr_mask(o));
	if (o->warm) {
		char path[PATH_MAX];

		/* the first one leaves its translations to the second */
		name_code_file(path, o, row, round);
		run_file(f, path, row, count);
		run_file(f, path, row, count);
		return;
	}
	if (o->interpret)
		row_execute_interpreted(records, count, got);
	else
		row_execute_in_process(&f->tested, records, count, got);
	compare_batch(f, row, count);
	/* No regions are made of code that changes over and over. */
	if (o->loops)
		row_finish_process(&f->tested);
}

/* The digest of what qemu makes of the row's records, as a line of tests/unit/a64_simd_digests.def. */
static void
print_digest(struct fuzzer *f, enum a64_row row, unsigned count)
{
	uint64_t digest = ROW_DIGEST_START;

	row_execute_in_process(&f->reference, records, count, expected);
	for (unsigned i = 0; i < count; i++) {
		row_normalize(&expected[i], fpsr_mask(f->options));
		digest = row_digest(digest, &expected[i]);
	}
	printf("DIGEST(%s, 0x%016llx)\n", a64_rows[row].name, (unsigned long long)digest);
}

/* The `round`-th lot of words of a row; gives how many. */
static unsigned
make_records(const struct options *o, enum a64_row row, unsigned round)
{
	uint32_t number = o->number >= 0 ? (uint32_t)o->number : round * o->words;
	unsigned wanted = o->number >= 0 ? 1 : o->words, count = 0;

	for (unsigned i = 0; i < wanted; i++, number++) {
		if (!row_generate(&records[count], o->seed, row, number, o->sequences) ||
			(o->loops && !row_make_loop(&records[count])))
			continue;
		numbers[count++] = number;
	}
	return count;
}

static void
fuzz_row(struct fuzzer *f, enum a64_row row, unsigned round)
{
	unsigned count = make_records(f->options, row, round);

	if (count > 0 && f->options->digests)
		print_digest(f, row, count);
	else if (count > 0)
		run_batch(f, row, count, round);
}

static void
write_code_file(const struct options *o, enum a64_row row, unsigned round)
{
	static uint32_t code[ROW_CODE_SIZE / 4];
	unsigned count = make_records(o, row, round), last = 0;
	char path[PATH_MAX];
	FILE *file;

	for (unsigned i = 0; i < ROW_CODE_SIZE / 4; i++)
		code[i] = ROW_BRK;
	for (unsigned i = 0; i < count; i++) {
		row_write_slot(&records[i], code + records[i].slot * (ROW_SLOT_SIZE / 4));
		last = records[i].slot > last ? records[i].slot : last;
	}
	name_code_file(path, o, row, round);
	file = fopen(path, "w");
	if (!file || fwrite(code, row_code_size(last), 1, file) != 1 || fclose(file) != 0) {
		perror(path);
		exit(2);
	}
}

static bool
is_chosen(struct fuzzer *f, const regex_t *pattern, enum a64_row row, bool count)
{
	if (regexec(pattern, a64_rows[row].name, 0, NULL, 0) != 0)
		return false;
	if (row_exclusion(row) != NULL) {
		f->totals.excluded_rows += count;
		return false;
	}
	if (a64_lift_table[row] == NULL) {
		if (count)
			printf("%s has no lifter\n", a64_rows[row].name);
		f->totals.missing_rows += count;
		return false;
	}
	f->totals.rows += count;
	return true;
}

/* The code of a whole round. Files that have only just been written are not kept in the cache (docs/cache.md). */
static void
write_code_files(struct fuzzer *f, const regex_t *pattern, unsigned round)
{
	for (enum a64_row row = 0; row < A64_ROW_COUNT; row++)
		if (is_chosen(f, pattern, row, false))
			write_code_file(f->options, row, round);
	usleep(AGE_US);
}

static double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
fuzz(struct fuzzer *f, const regex_t *pattern)
{
	const struct options *o = f->options;
	double end = seconds_now() + o->seconds;
	unsigned round = 0;

	do {
		if (o->warm)
			write_code_files(f, pattern, round);
		for (enum a64_row row = 0; row < A64_ROW_COUNT; row++) {
			if (is_chosen(f, pattern, row, round == 0))
				fuzz_row(f, row, round);
			if (o->seconds != 0 && round > 0 && seconds_now() > end)
				break;
		}
		round++;
	} while (o->seconds != 0 && o->number < 0 && seconds_now() < end);
}

static int
summarize(struct fuzzer *f)
{
	const struct totals *t = &f->totals;
	unsigned differing = 0;

	for (enum a64_row row = 0; row < A64_ROW_COUNT; row++) {
		if (!f->differs[row])
			continue;
		printf("%s %s", differing == 0 ? "rows that differ:" : "", a64_rows[row].name);
		differing++;
	}
	printf("%s%u rows, %llu words, seed %llu: %u rows differ, %u without a lifter, %u "
	       "excluded\n",
		differing ? "\n" : "", t->rows, (unsigned long long)t->words,
		(unsigned long long)f->options->seed, differing, t->missing_rows, t->excluded_rows);
	return differing + t->missing_rows > 0 || t->words == 0 ? 1 : 0;
}

/* ---- command line ------------------------------------------------------------------------------------------------- */

static void
usage(void)
{
	fputs("usage: row_fuzz [options]\n"
	      "  --interpret        test the IR interpreter in this process instead of dragoman\n"
	      "  --dragoman PATH    the dragoman to test (./dragoman)\n"
	      "  --qemu PATH        the reference (qemu-aarch64-static)\n"
	      "  --runner PATH      row_runner, built for arm64 (build/fuzz/row_runner)\n"
	      "  --rows REGEX       rows of the decode table (all)\n"
	      "  --words N          words a row and round (250)\n"
	      "  --seconds N        go on with further rounds for so long (one round)\n"
	      "  --seed N           (1)\n"
	      "  --number N         only this record of each row\n"
	      "  --sequences        let random data-processing words follow each word\n"
	      "  --exact-flags      the program looks at FPSR: compare underflow flags too\n"
	      "  --loops            let the words be passed over and over, so that regions are "
	      "made of them\n"
	      "  --warm FOLDER      execute the words from files there, twice: the second time "
	      "with the\n"
	      "                     translations that the cache has of the first\n"
	      "  --statistics       let dragoman write its statistics to standard error, as JSON\n"
	      "  --digests          print digests of qemu's results only\n",
		stderr);
	exit(2);
}

static void
parse_options(struct options *o, int argc, char **argv)
{
	static const struct option names[] = { { "interpret", no_argument, NULL, 'i' },
		{ "dragoman", required_argument, NULL, 'd' },
		{ "qemu", required_argument, NULL, 'q' },
		{ "runner", required_argument, NULL, 'r' },
		{ "rows", required_argument, NULL, 'R' }, { "words", required_argument, NULL, 'w' },
		{ "seconds", required_argument, NULL, 's' },
		{ "seed", required_argument, NULL, 'S' },
		{ "number", required_argument, NULL, 'n' }, { "sequences", no_argument, NULL, 'Q' },
		{ "exact-flags", no_argument, NULL, 'e' }, { "digests", no_argument, NULL, 'D' },
		{ "loops", no_argument, NULL, 'l' }, { "warm", required_argument, NULL, 'W' },
		{ "statistics", no_argument, NULL, 't' }, { NULL, 0, NULL, 0 } };
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'i': o->interpret = true; break;
		case 'd': o->dragoman = optarg; break;
		case 'q': o->qemu = optarg; break;
		case 'r': o->runner = optarg; break;
		case 'R': o->rows = optarg; break;
		case 'w': o->words = (unsigned)strtoul(optarg, NULL, 0); break;
		case 's': o->seconds = (unsigned)strtoul(optarg, NULL, 0); break;
		case 'S': o->seed = strtoull(optarg, NULL, 0); break;
		case 'Q': o->sequences = true; break;
		case 'e': o->exact = true; break;
		case 'D': o->digests = true; break;
		case 'l': o->loops = true; break;
		case 'W': o->warm = optarg; break;
		case 't': o->statistics = true; break;
		case 'n': o->number = strtoll(optarg, NULL, 0); break;
		default: usage();
		}
	}
	if (optind != argc || o->words == 0 || o->words > ROW_MAX_BATCH)
		usage();
}

int
main(int argc, char **argv)
{
	static struct fuzzer f;
	struct options options = { .dragoman = "./dragoman",
		.qemu = "qemu-aarch64-static",
		.runner = "build/fuzz/row_runner",
		.rows = ".",
		.words = WORDS_DEFAULT,
		.seed = 1,
		.number = -1 };
	regex_t pattern;

	parse_options(&options, argc, argv);
	if (regcomp(&pattern, options.rows, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0) {
		fprintf(stderr, "row_fuzz: bad regular expression: %s\n", options.rows);
		return 2;
	}
	/* A CPU with LSE and cryptography, but without later extensions of floating point (AFP ...). */
	const char *reference[8] = { options.qemu, "-cpu", "cortex-a76", options.runner };
	const char *tested[16] = { options.dragoman };
	unsigned n = add_statistics(&options, tested, 1);

	tested[n] = options.runner;
	add_arguments(&options, tested, n + 1);
	add_arguments(&options, reference, 4);
	f.options = &options;
	f.reference.command = reference;
	f.tested.command = tested;
	fuzz(&f, &pattern);
	row_stop_process(&f.reference);
	row_finish_process(&f.tested);
	regfree(&pattern);
	return options.digests ? 0 : summarize(&f);
}
