// SPDX-License-Identifier: Apache-2.0
// A progress bar with rate and time left (see progress.h).
#include "cache/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MIB                   ((double)(1 << 20))
#define BAR_WIDTH             24
#define SECONDS_BETWEEN_LINES 10.0
#define SECONDS_BETWEEN_BARS  0.2

static double
seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

void
progress_begin(struct progress *progress, uint64_t total, uint64_t files_total)
{
	*progress = (struct progress){
		.total = total, .files_total = files_total, .terminal = isatty(STDERR_FILENO)
	};
	clock_gettime(CLOCK_MONOTONIC, &progress->begin);
	progress->last = progress->begin;
}

double
progress_seconds(const struct progress *progress)
{
	return seconds_since(&progress->begin);
}

static unsigned
columns(void)
{
	struct winsize size = { .ws_col = 80 };

	ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	return size.ws_col ? size.ws_col : 80;
}

static void
format_rest(char *text, size_t size, double seconds)
{
	unsigned long whole = (unsigned long)seconds;

	if (whole >= 3600)
		snprintf(text, size, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
	else
		snprintf(text, size, "%lu:%02lu", whole / 60, whole % 60);
}

void
progress_show(struct progress *progress, uint64_t done, uint64_t files)
{
	double worked = done > progress->skipped ? (double)(done - progress->skipped) : 0;
	double part = progress->total ? (double)done / (double)progress->total : 1;
	double rate = worked / (progress_seconds(progress) + 1e-6);
	char line[256], bar[BAR_WIDTH + 1], rest[32] = "?";
	int length;

	if (seconds_since(&progress->last) <
		(progress->terminal ? SECONDS_BETWEEN_BARS : SECONDS_BETWEEN_LINES))
		return;
	clock_gettime(CLOCK_MONOTONIC, &progress->last);
	if (part > 1)
		part = 1;
	if (rate > 0)
		format_rest(rest, sizeof(rest), (double)progress->total * (1 - part) / rate);
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', (size_t)(part * BAR_WIDTH));
	bar[BAR_WIDTH] = '\0';
	length = snprintf(line, sizeof(line),
		"[%s] %3.0f %%  %llu/%llu files  %.1f/%.1f MiB  %.2f MiB/s  ETA %s", bar,
		part * 100, (unsigned long long)files, (unsigned long long)progress->files_total,
		(double)done / MIB, (double)progress->total / MIB, rate / MIB, rest);
	if (!progress->terminal) {
		fprintf(stderr, "%s\n", line + BAR_WIDTH + 3);
		return;
	}
	if (length >= (int)columns())
		line[columns() - 1] = '\0';
	fprintf(stderr, "\r%s\033[K", line);
	fflush(stderr);
	progress->drawn = true;
}

void
progress_clear(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}
