// SPDX-License-Identifier: Apache-2.0
// `dragoman profile [OPTIONS] PROGRAM ARGUMENTS`: runs a program as always, while this process watches, and writes a report of
// where its time went.
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

/** What profile_start leaves to its caller. */
enum profile_action {
	PROFILE_RUN, /* this is the process that is to run the program: argv[*first] begins dragoman's own options */
	PROFILE_DONE, /* *status is the exit status */
};

/**
 * argv[1] is "profile". Forks: in the child, *recording_fd is for run_options, and the caller goes on as if `dragoman
 * argv[*first]...` had been typed. In the parent it returns when the program has ended and the report is written.
 */
enum profile_action profile_start(
	int argc, char **argv, int *first, int *recording_fd, int *status);

#endif
