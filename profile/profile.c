// SPDX-License-Identifier: Apache-2.0
// The command (see profile.h). The child waits on a pipe until its sampler is there; the recording is a memory file that it and all
// that it makes map.
#include "profile/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "loader/descriptors.h"
#include "profile/analysis.h"
#include "profile/listing.h"
#include "profile/report.h"
#include "profile/sampler.h"
#include "runtime/host_syscall.h"
#include "runtime/recording.h"

#define STATUS_FAILED     126
#define READ_MILLISECONDS 20
#define TIMER_PERIOD      1000000 /* nanoseconds; the kernel makes a clock tick of it */

struct settings {
	const char *html, *json; /* files, or NULL */
	unsigned frequency;      /* samples a second */
	unsigned top;
	bool warm;   /* with the persistent cache, without counting exits */
	bool timers; /* do not ask for perf events */
};

struct run {
	const struct settings *settings;
	char **command;
	int child, pidfd;
	int recording_fd;
	uint8_t *recording;
	struct sampler *sampler; /* NULL: timers */
	struct samples samples;
	bool sees_kernel;
	struct timespec start;
};

static const char help[] =
	"Usage: dragoman profile [-o FILE.html] [-json FILE] [OPTIONS] [DRAGOMAN'S OPTIONS] "
	"PROGRAM "
	"[ARGUMENTS]\n"
	"Runs the program and writes where its time went, with guest code, IR and host code of the "
	"hottest units.\n\n"
	"  -o FILE     the page (default: dragoman-profile.html, unless there is -json)\n"
	"  -json FILE  numbers for programs (docs/profiling.md has the keys)\n"
	"  -F HZ       samples a second of processor time, 1 to 20000 (1000)\n"
	"  -top N      how many units are shown (60)\n"
	"  -warm       with the persistent cache as always, and without counting exits\n"
	"  -timers     sample by timers of the threads, even where the kernel allows perf events\n";

/* ---- command line ---------------------------------------------------------------------------------------------------------- */

static bool
complain(const char *format, const char *text)
{
	fputs("dragoman: profile: ", stderr);
	fprintf(stderr, format, text);
	fputc('\n', stderr);
	return false;
}

static bool
read_number(const char *option, const char *text, unsigned most, unsigned *number)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || value < 1 || value > most || text[0] == '-') {
		fprintf(stderr, "dragoman: profile: %s %s: not a number from 1 to %u\n", option,
			text, most);
		return false;
	}
	*number = (unsigned)value;
	return true;
}

static bool
set_value(struct settings *settings, const char *option, const char *value)
{
	if (!value)
		return complain("%s: its argument is missing; see dragoman profile -help", option);
	if (!strcmp(option, "-o"))
		settings->html = value;
	else if (!strcmp(option, "-json"))
		settings->json = value;
	else if (!strcmp(option, "-F"))
		return read_number(option, value, 20000, &settings->frequency);
	else
		return read_number(option, value, 100000, &settings->top);
	return true;
}

static bool
takes_value(const char *option)
{
	return !strcmp(option, "-o") || !strcmp(option, "-json") || !strcmp(option, "-F") ||
	       !strcmp(option, "-top");
}

/* Reads our own options; *first is the first argument that is not one. */
static bool
read_options(int argc, char **argv, struct settings *settings, int *first)
{
	int at = 2;

	while (at < argc) {
		const char *option = argv[at];

		if (option[0] == '-' && option[1] == '-' && option[2])
			option++;
		if (takes_value(option)) {
			if (!set_value(settings, option, argv[at + 1]))
				return false;
			at += 2;
		} else if (!strcmp(option, "-warm")) {
			settings->warm = true;
			at++;
		} else if (!strcmp(option, "-timers")) {
			settings->timers = true;
			at++;
		} else {
			break;
		}
	}
	*first = at;
	if (!settings->html && !settings->json)
		settings->html = "dragoman-profile.html";
	return at < argc || complain("no program; see dragoman profile -help%s", "");
}

/* ---- the run --------------------------------------------------------------------------------------------------------------- */

static bool
make_recording(struct run *run)
{
	struct recording_header *header;
	int fd = (int)syscall(SYS_memfd_create, "dragoman profile", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)RECORDING_SIZE) != 0)
		return complain("no memory for the recording: %s", strerror(errno));
	run->recording = mmap(
		NULL, RECORDING_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (run->recording == MAP_FAILED)
		return complain("no memory for the recording: %s", strerror(errno));
	run->recording_fd = descriptor_move_high(fd);
	header = (struct recording_header *)run->recording;
	header->magic = RECORDING_MAGIC;
	header->next_counter = RECORDING_FIRST_COUNTER;
	header->stream_end = RECORDING_STREAM_START;
	header->count_exits = !run->settings->warm;
	return true;
}

static void
open_sampler(struct run *run)
{
	char why[128] = "";

	if (!run->settings->timers)
		run->sampler = sampler_open(run->child, 1000000000u / run->settings->frequency,
			&run->sees_kernel, why, sizeof(why));
	if (run->sampler)
		return;
	((struct recording_header *)run->recording)->timer_period = TIMER_PERIOD;
	if (!run->settings->timers)
		fprintf(stderr,
			"dragoman: profile: the kernel refuses perf events: %s; sampling by timers "
			"of "
			"the threads instead, which is coarser\n",
			why);
}

/* The signals that end a program in a terminal are for the program; this process waits for it and writes the report. */
static volatile sig_atomic_t forward_to;

static void
forward(int signo)
{
	if (forward_to)
		kill((pid_t)forward_to, signo);
}

static void
leave_signals_to_child(const struct run *run)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, pass = { .sa_handler = forward };

	forward_to = run->child;
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	sigaction(SIGTERM, &pass, NULL);
	sigaction(SIGHUP, &pass, NULL);
}

static int
wait_for_child(struct run *run, struct rusage *usage)
{
	int status = 0;

	for (;;) {
		pid_t got;

		if (run->sampler)
			sampler_read(run->sampler, &run->samples, run->pidfd, READ_MILLISECONDS);
		got = wait4(run->child, &status, run->sampler ? WNOHANG : 0, usage);
		if (got == run->child || (got < 0 && errno != EINTR))
			break;
	}
	if (run->sampler)
		sampler_read(run->sampler, &run->samples, -1, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool
write_file(
	const char *name, bool (*write)(const struct report *, FILE *), const struct report *report)
{
	FILE *file = fopen(name, "we");
	bool written = file && write(report, file);

	if (file && fclose(file) != 0)
		written = false;
	if (!written)
		fprintf(stderr, "dragoman: profile: %s: cannot be written; %s\n", name,
			strerror(errno));
	return written;
}

static double
seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static double
seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static bool
write_reports(struct run *run, int status, const struct rusage *usage, double wall)
{
	struct symbol_table symbols = { 0 };
	struct report report = {
		.command = run->command,
		.symbols = &symbols,
		.top = run->settings->top,
		.wall = wall,
		.user = seconds(usage->ru_utime),
		.kernel = seconds(usage->ru_stime),
		.timers = !run->sampler,
		.sees_kernel = run->sampler && run->sees_kernel,
		.counts = !run->settings->warm,
		.status = status,
	};
	const struct profile *profile = profile_analyze(run->recording, &run->samples);

	if (!profile || !listing_init())
		return complain("no memory for the report%s", "");
	if (!profile->images)
		return complain("%s was not run by dragoman; there is no report", run->command[0]);
	report.profile = profile;
	symbol_table_read(&symbols, "/proc/self/exe");
	report.lost = run->samples.lost;
	report.period = run->sampler     ? 1.0 / run->settings->frequency
			: profile->total ? (report.user + report.kernel) / (double)profile->total
					 : 0;
	return (!run->settings->html || write_file(run->settings->html, report_html, &report)) &&
	       (!run->settings->json || write_file(run->settings->json, report_json, &report));
}

static enum profile_action
watch(struct run *run, int go, int *status)
{
	struct rusage usage;
	bool written;

	leave_signals_to_child(run);
	run->pidfd = (int)syscall(SYS_pidfd_open, run->child, 0);
	open_sampler(run);
	clock_gettime(CLOCK_MONOTONIC, &run->start);
	close(go);
	*status = wait_for_child(run, &usage);
	written = write_reports(run, *status, &usage, seconds_since(&run->start));
	if (!written && *status == 0)
		*status = STATUS_FAILED;
	if (written && run->settings->html)
		fprintf(stderr, "dragoman: profile: %s\n", run->settings->html);
	return PROFILE_DONE;
}

/* Until the parent closes its end. */
static void
wait_for_go(int fd)
{
	char byte;

	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		;
	close(fd);
}

/* The C library's fork cannot be linked at our address; what it does besides is for threads. */
static int
start_process(void)
{
	long result = host_syscall(SYS_fork);

	if (host_syscall_failed(result)) {
		errno = (int)-result;
		return -1;
	}
	return (int)result;
}

enum profile_action
profile_start(int argc, char **argv, int *first, int *recording_fd, int *status)
{
	static struct settings settings = { .frequency = 1000, .top = 60 };
	static struct run run;
	int go[2];

	*status = STATUS_FAILED;
	if (argc >= 3 && (!strcmp(argv[2], "-help") || !strcmp(argv[2], "--help") ||
				 !strcmp(argv[2], "-h"))) {
		fputs(help, stdout);
		*status = 0;
		return PROFILE_DONE;
	}
	run.settings = &settings;
	if (!read_options(argc, argv, &settings, first))
		return PROFILE_DONE;
	run.command = argv + *first;
	if (!make_recording(&run))
		return PROFILE_DONE;
	if (pipe2(go, O_CLOEXEC) != 0 || (run.child = start_process()) < 0) {
		complain("cannot start a process: %s", strerror(errno));
		return PROFILE_DONE;
	}
	if (run.child) {
		close(go[0]);
		return watch(&run, go[1], status);
	}
	close(go[1]);
	wait_for_go(go[0]);
	munmap(run.recording, RECORDING_SIZE);
	*recording_fd = run.recording_fd;
	return PROFILE_RUN;
}
