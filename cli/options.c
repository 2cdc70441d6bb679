// SPDX-License-Identifier: Apache-2.0
// dragoman's command line (see options.h).
#include "cli/options.h"

#include "cli/environment.h"
#include "loader/descriptors.h"
#include "loader/sysroot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

enum cli_action
cli_fail(struct cli_command *command, const char *format, ...)
{
	va_list arguments;

	fputs("dragoman: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	command->status = 126;
	return CLI_ERROR;
}

/* -- what -d takes -- */

static const struct {
	const char *name;
	uint32_t bit;
	const char *help;
} log_items[] = {
	{ "strace", RUN_LOG_STRACE, "system calls (as -strace)" },
	{ "in_asm", RUN_LOG_IN_ASM, "guest instructions of each unit that is translated" },
	{ "ir", RUN_LOG_IR, "intermediate representation of each unit" },
	{ "op", RUN_LOG_IR, "the same (qemu's name)" },
	{ "out_asm", RUN_LOG_OUT_ASM, "host instructions made of each unit" },
	{ "exec", RUN_LOG_EXEC, "each unit that the dispatcher enters" },
	{ "stats", RUN_LOG_STATS, "counters, at exit" },
	{ "stats=json", RUN_LOG_STATS_JSON, "the same, one JSON object a process" },
	{ "signal", RUN_LOG_SIGNAL, "signals queued and delivered" },
	{ "loader", RUN_LOG_LOADER, "what was loaded where" },
	{ "cache", RUN_LOG_CACHE, "cache files that are passed over, and why" },
};

enum { LOG_ITEM_COUNT = sizeof(log_items) / sizeof(log_items[0]) };

static enum cli_action
print_log_items(struct cli_command *command)
{
	puts("Items of -d, separated by commas:");
	for (size_t i = 0; i < LOG_ITEM_COUNT; i++)
		printf("  %-10s %s\n", log_items[i].name, log_items[i].help);
	command->status = 0;
	return CLI_DONE;
}

static const uint32_t *
find_log_item(const char *name, size_t length)
{
	for (size_t i = 0; i < LOG_ITEM_COUNT; i++)
		if (strlen(log_items[i].name) == length &&
			memcmp(log_items[i].name, name, length) == 0)
			return &log_items[i].bit;
	return NULL;
}

static enum cli_action
set_log(struct cli_command *command, const char *items)
{
	if (strcmp(items, "help") == 0 || strcmp(items, "?") == 0)
		return print_log_items(command);
	while (*items != '\0') {
		size_t length = strcspn(items, ",");
		const uint32_t *bit = find_log_item(items, length);

		if (bit == NULL)
			return cli_fail(command, "-d %.*s: no such item; see dragoman -d help",
				(int)length, items);
		command->options.log |= *bit;
		items += length + (items[length] == ',');
	}
	return CLI_RUN;
}

/* -- one function for each option -- */

static enum cli_action
set_sysroot(struct cli_command *command, const char *value)
{
	char *path = realpath(value, NULL);
	long result = path != NULL ? sysroot_set(&command->options, path) : -errno;

	if (result < 0)
		return cli_fail(command,
			"%s: no system tree; %s; -L wants the root folder of an "
			"arm64 system",
			value, strerror((int)-result));
	return CLI_RUN;
}

static enum cli_action
set_strace(struct cli_command *command, const char *value)
{
	(void)value;
	command->options.log |= RUN_LOG_STRACE;
	return CLI_RUN;
}

static enum cli_action
set_strace_json(struct cli_command *command, const char *value)
{
	(void)value;
	command->options.log |= RUN_LOG_STRACE | RUN_LOG_STRACE_JSON;
	return CLI_RUN;
}

static enum cli_action
set_log_file(struct cli_command *command, const char *value)
{
	int fd = open(value, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd < 0)
		return cli_fail(command, "%s: log cannot be written; %s; give -D another file",
			value, strerror(errno));
	command->options.log_fd = descriptor_move_high(fd);
	return CLI_RUN;
}

static enum cli_action
set_variable(struct cli_command *command, const char *value)
{
	char **envp;

	if (strchr(value, '=') == NULL || value[0] == '=')
		return cli_fail(
			command, "-E %s: not NAME=VALUE; use -U to remove a variable", value);
	envp = environment_set(command->envp, value);
	if (envp == NULL)
		return cli_fail(command, "-E %s: out of memory", value);
	command->envp = envp;
	return CLI_RUN;
}

static enum cli_action
unset_variable(struct cli_command *command, const char *value)
{
	environment_unset(command->envp, value);
	return CLI_RUN;
}

static enum cli_action
set_argv0(struct cli_command *command, const char *value)
{
	command->argv0 = value;
	return CLI_RUN;
}

/* Reads a number of bytes, from 1 to `limit`, which may end in K, M or G. */
static bool
parse_size(const char *value, uint64_t limit, uint64_t *result)
{
	char *end;
	unsigned long long size;
	unsigned shift = 0;

	errno = 0;
	size = strtoull(value, &end, 0);
	if (*end == 'K' || *end == 'k')
		shift = 10;
	else if (*end == 'M' || *end == 'm')
		shift = 20;
	else if (*end == 'G' || *end == 'g')
		shift = 30;
	if (end == value || value[0] == '-' || errno != 0 ||
		(shift != 0 ? end[1] : end[0]) != '\0' || size == 0 || size > limit >> shift)
		return false;
	*result = (uint64_t)size << shift;
	return true;
}

static enum cli_action
set_stack_size(struct cli_command *command, const char *value)
{
	if (!parse_size(value, UINT64_C(1) << 40, &command->options.stack_size))
		return cli_fail(command,
			"-s %s: not a stack size; give bytes, or a number with "
			"K, M or G",
			value);
	return CLI_RUN;
}

static enum cli_action
set_code_size(struct cli_command *command, const char *value)
{
	if (!parse_size(value, RUN_CODE_SIZE_MAX, &command->options.code_size) ||
		command->options.code_size < RUN_CODE_SIZE_MIN)
		return cli_fail(command,
			"-tb-size %s: not a size of the code buffer; give 1200K to 512M", value);
	return CLI_RUN;
}

static enum cli_action
set_no_aslr(struct cli_command *command, const char *value)
{
	(void)value;
	command->options.no_aslr = true;
	return CLI_RUN;
}

static enum cli_action
set_single_instruction(struct cli_command *command, const char *value)
{
	(void)value;
	command->options.single_instruction = true;
	return CLI_RUN;
}

static enum cli_action
set_regions(struct cli_command *command, const char *value)
{
	command->options.no_regions = strcmp(value, "off") == 0;
	command->options.eager_regions = strcmp(value, "eager") == 0;
	if (command->options.no_regions || command->options.eager_regions ||
		strcmp(value, "on") == 0)
		return CLI_RUN;
	return cli_fail(command, "-regions %s: not on, off or eager", value);
}

static enum cli_action
set_perf_map(struct cli_command *command, const char *value)
{
	(void)value;
	command->options.perf_map = true;
	return CLI_RUN;
}

static enum cli_action
set_jit_dump(struct cli_command *command, const char *value)
{
	(void)value;
	command->options.jit_dump = true;
	return CLI_RUN;
}

static enum cli_action
set_cpu(struct cli_command *command, const char *value)
{
	if (strcmp(value, "help") == 0 || strcmp(value, "?") == 0) {
		puts("Processors of -cpu:\n"
		     "  armv8.0+lse  Armv8.0-A with AES, PMULL, SHA1, SHA2, CRC32 and LSE atomics\n"
		     "  max          all that dragoman has: the same");
		command->status = 0;
		return CLI_DONE;
	}
	if (strcmp(value, "max") != 0 && strcmp(value, "armv8.0+lse") != 0)
		return cli_fail(
			command, "-cpu %s: no such processor; see dragoman -cpu help", value);
	return CLI_RUN;
}

static enum cli_action
set_release(struct cli_command *command, const char *value)
{
	if (strlen(value) > 64 || strchr(value, ',') != NULL)
		return cli_fail(command,
			"-r %s: not a kernel release; at most 64 characters, no "
			"comma",
			value);
	command->options.uname_release = value;
	return CLI_RUN;
}

static enum cli_action
show_help(struct cli_command *command, const char *value)
{
	(void)value;
	cli_print_help(stdout);
	command->status = 0;
	return CLI_DONE;
}

static enum cli_action
show_version(struct cli_command *command, const char *value)
{
	(void)value;
	cli_print_version(stdout);
	command->status = 0;
	return CLI_DONE;
}

/* -- the table -- */

struct option {
	const char *name;     /* after one dash or two */
	const char *argument; /* its argument's name, NULL: takes none */
	enum cli_action (*set)(struct cli_command *command, const char *value);
	/* NULL set: refused with this; else the line in the help, NULL: not listed */
	const char *text;
};

static const struct option options[] = {
	{ "L", "DIR", set_sysroot, "look for the program's interpreter and files under DIR first" },
	{ "E", "NAME=VALUE", set_variable, "set a variable in the program's environment" },
	{ "U", "NAME", unset_variable, "remove a variable from the program's environment" },
	{ "0", "NAME", set_argv0, "give the program NAME as argv[0]" },
	{ "s", "SIZE", set_stack_size, "size of the program's stack (default: ulimit -s)" },
	{ "r", "RELEASE", set_release, "kernel release that uname shows" },
	{ "cpu", "NAME", set_cpu, "processor to be (\"help\" lists them)" },
	{ "no-aslr", NULL, set_no_aslr, "the same addresses in every run" },
	{ "strace", NULL, set_strace, "log system calls" },
	{ "strace=json", NULL, set_strace_json, "log system calls, one JSON object a line" },
	{ "d", "ITEMS", set_log,
		"log translation; ITEMS as in -d in_asm,ir (\"help\" lists them)" },
	{ "D", "FILE", set_log_file, "write the log to FILE instead of standard error" },
	{ "perfmap", NULL, set_perf_map, "write /tmp/perf-PID.map, for perf report" },
	{ "jitdump", NULL, set_jit_dump, "write /tmp/jit-PID.dump, for perf inject --jit" },
	{ "regions", "WHEN", set_regions,
		"translate hot loops anew as a whole: on, off, or eager: all loops" },
	{ "one-insn-per-tb", NULL, set_single_instruction,
		"translate each instruction alone (to find bugs)" },
	{ "tb-size", "SIZE", set_code_size,
		"room for translated code, 1200K to 512M (default: 512M)" },
	{ "singlestep", NULL, set_single_instruction, NULL },
	{ "help", NULL, show_help, "show this help" },
	{ "h", NULL, show_help, NULL },
	{ "version", NULL, show_version, "show the version" },
	{ "g", "PORT", NULL, "there is no debugger stub" },
	{ "B", "ADDRESS", NULL, "guest addresses are host addresses" },
	{ "R", "SIZE", NULL, "guest addresses are host addresses" },
	{ "p", "SIZE", NULL, "pages are 4096 bytes" },
	{ "dfilter", "RANGE", NULL, "-d logs all addresses" },
	{ "plugin", "FILE", NULL, "there are no plugins" },
	{ "trace", "ITEMS", NULL, "-d logs what dragoman does" },
	{ "seed", "NUMBER", NULL, "AT_RANDOM comes from the kernel; see -no-aslr" },
};

enum { OPTION_COUNT = sizeof(options) / sizeof(options[0]) };

void
cli_print_help(FILE *stream)
{
	fputs("Usage: dragoman [OPTIONS] PROGRAM [ARGUMENTS]\n"
	      "       dragoman profile [-o FILE.html] [OPTIONS] PROGRAM [ARGUMENTS]\n"
	      "       dragoman binfmt install|remove|status\n"
	      "       dragoman cache stat|verify|prune|clear|warm|export|import (--help says "
	      "more)\n"
	      "Runs an arm64 (AArch64) Linux program on this machine.\n\nOptions:\n",
		stream);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &options[i];
		char left[40];

		if (option->set == NULL || option->text == NULL)
			continue;
		snprintf(left, sizeof(left), "%s%s %s", strlen(option->name) > 4 ? "--" : "-",
			option->name, option->argument != NULL ? option->argument : "");
		fprintf(stream, "  %-20s %s\n", left, option->text);
	}
	fputs("\nEnvironment:\n"
	      "  DRAGOMAN_SYSROOT     as -L (QEMU_LD_PREFIX is understood too)\n"
	      "  DRAGOMAN_NO_ASLR     not empty: as --no-aslr\n"
	      "  DRAGOMAN_STRACE      not empty: as --strace\n"
	      "  DRAGOMAN_REGIONS     as --regions\n"
	      "  DRAGOMAN_CACHE       directory of the translation cache; off: none; see dragoman "
	      "cache --help\n"
	      "  DRAGOMAN_CACHE_SIZE  what it may hold; bytes, or a number with K, M, G or T (1G)\n"
	      "\nExit status: the program's; 127 when it was not found, 126 when it cannot be "
	      "executed.\n",
		stream);
}

void
cli_print_version(FILE *stream)
{
	fputs("dragoman " DRAGOMAN_VERSION "\n", stream);
}

/* -- parsing -- */

static const struct option *
find_option(const char *argument)
{
	const char *name = argument[1] == '-' ? argument + 2 : argument + 1;

	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

/* Handles the option at argv[*index] and moves on behind it and its argument. */
static enum cli_action
parse_option(struct cli_command *command, char **argv, int *index)
{
	const char *argument = argv[(*index)++];
	const struct option *option = find_option(argument);
	const char *value = NULL;

	if (option == NULL)
		return cli_fail(command, "%s: unknown option; see dragoman --help", argument);
	if (option->set == NULL)
		return cli_fail(
			command, "%s: not supported; %s; leave it out", argument, option->text);
	if (option->argument != NULL) {
		value = argv[(*index)];
		if (value == NULL)
			return cli_fail(command,
				"%s: its argument %s is missing; see dragoman --help", argument,
				option->argument);
		(*index)++;
	}
	return option->set(command, value);
}

static bool
is_set(const char *value)
{
	return value != NULL && *value != '\0';
}

enum cli_action
cli_parse_environment(struct cli_command *command)
{
	const char *sysroot = environment_get(command->envp, "DRAGOMAN_SYSROOT");

	if (getauxval(AT_SECURE) != 0)
		return CLI_RUN;
	if (!is_set(sysroot))
		sysroot = environment_get(command->envp, "QEMU_LD_PREFIX");
	if (is_set(environment_get(command->envp, "DRAGOMAN_NO_ASLR")))
		command->options.no_aslr = true;
	if (is_set(environment_get(command->envp, "DRAGOMAN_STRACE")))
		command->options.log |= RUN_LOG_STRACE;
	if (is_set(environment_get(command->envp, "DRAGOMAN_REGIONS")) &&
		set_regions(command, environment_get(command->envp, "DRAGOMAN_REGIONS")) != CLI_RUN)
		return CLI_ERROR;
	return is_set(sysroot) ? set_sysroot(command, sysroot) : CLI_RUN;
}

enum cli_action
cli_parse(int argc, char **argv, char **envp, struct cli_command *command)
{
	int index = 1;
	enum cli_action action;

	command->envp = envp;
	action = cli_parse_environment(command);
	while (action == CLI_RUN && index < argc && argv[index][0] == '-' &&
		argv[index][1] != '\0') {
		if (strcmp(argv[index], "--") == 0) {
			index++;
			break;
		}
		action = parse_option(command, argv, &index);
	}
	if (action != CLI_RUN)
		return action;
	if (index >= argc)
		return cli_fail(command, "no program named; give one, or see dragoman --help");
	command->path = argv[index];
	command->argc = argc - index;
	command->argv = argv + index;
	if (command->argv0 != NULL)
		command->argv[0] = (char *)command->argv0;
	return CLI_RUN;
}
