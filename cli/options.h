// SPDX-License-Identifier: Apache-2.0
// dragoman's command line: its own options, and those of qemu-user that people type. One table (options.c) holds them
// all; help and parsing both read it.
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "runtime/run_options.h"

#include <stdio.h>

/* What the command line asks for. */
enum cli_action {
	CLI_RUN,
	CLI_DONE /* help and the like were printed */,
	CLI_ERROR /* a message was printed */
};

struct cli_command {
	struct run_options options;
	const char *path; /* of the program */
	int argc;         /* the guest's arguments, argv[0] included */
	char **argv;
	const char *argv0; /* -0, or NULL */
	char **envp;       /* the guest's environment */
	int program_fd;    /* the program's file, when already open, else -1 */
	int status;        /* exit status for CLI_DONE and CLI_ERROR */
};

/*
 * Reads the command line into *command; argv and envp are the process's, and end up in it changed or copied (malloc).
 * Options may also come from the environment (DRAGOMAN_*, QEMU_LD_PREFIX), unless the process is secure (AT_SECURE).
 */
enum cli_action cli_parse(int argc, char **argv, char **envp, struct cli_command *command);

/*
 * The part of cli_parse that reads the environment in command->envp, for starts without a command line of ours. Options
 * of the command line come later and win.
 */
enum cli_action cli_parse_environment(struct cli_command *command);

/* Prints "dragoman: " and the message, printf-like, as one line to standard error; gives CLI_ERROR. */
__attribute__((format(printf, 2, 3))) enum cli_action cli_fail(
	struct cli_command *command, const char *format, ...);

void cli_print_help(FILE *stream);
void cli_print_version(FILE *stream);

#endif
