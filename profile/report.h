// SPDX-License-Identifier: Apache-2.0
// What is written of a profile: a page for people (report_html.c) and JSON for programs (report_json.c).
#ifndef PROFILE_REPORT_H
#define PROFILE_REPORT_H

#include <stdio.h>

#include "profile/analysis.h"
#include "runtime/symbol_table.h"

/** A profile with what is known of the run besides. */
struct report {
	const struct profile *profile;
	const struct symbol_table
		*symbols; /* of dragoman, at the one address that all processes have it at */
	char **command;   /* as after `dragoman profile`, NULL-terminated */
	unsigned top;     /* how many units are shown */
	double period;    /* seconds of processor time that a sample stands for */
	double wall;      /* seconds that the program ran */
	double user,
		kernel; /* processor time of the program and its waited-for children, by the kernel's account */
	uint64_t lost;    /* samples */
	bool timers;      /* samples come from timers of the threads */
	bool sees_kernel; /* samples in the kernel are among them */
	bool counts;      /* entries and exits were counted */
	int status;       /* the program's exit status as a shell sees it */
};

/** Both give false when writing failed. */
bool report_html(const struct report *report, FILE *file);
bool report_json(const struct report *report, FILE *file);

#endif
