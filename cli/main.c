// SPDX-License-Identifier: Apache-2.0
// Entry of dragoman: finds out how it was started, loads the program and runs it. Three ways lead here:
//
//	the command line                        dragoman [options] PROGRAM [arguments]
//	the kernel, through binfmt_misc         AT_FLAGS or AT_EXECFD say so; see binfmt/binfmt.h for the flags
//	execve of a guest (exec_protocol.h)     dragoman --exec-state=... PATH [argv[0] arguments...]
#include "binfmt/binfmt.h"
#include "cache/cache.h"
#include "cli/options.h"
#include "loader/descriptors.h"
#include "loader/exec_protocol.h"
#include "loader/identity.h"
#include "loader/loader.h"
#include "profile/profile.h"
#include "runtime/guest_memory.h"
#include "runtime/run.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* In AT_FLAGS: binfmt_misc kept the program's argv[0] (include/uapi/linux/binfmts.h). */
#define AT_FLAGS_PRESERVE_ARGV0 1

enum { STATUS_CANNOT_EXECUTE = 126 };

static void
init_command(struct cli_command *command)
{
	memset(command, 0, sizeof(*command));
	command->options.sysroot_fd = -1;
	command->options.log_fd = STDERR_FILENO;
	command->options.self_fd = -1;
	command->options.cache_fd = command->options.cache_system_fd = -1;
	command->program_fd = -1;
}

/* Started by the kernel in place of an arm64 program: argv is dragoman, path, [original argv[0],] arguments. */
static enum cli_action
parse_binfmt(int argc, char **argv, char **envp, struct cli_command *command)
{
	bool keeps_argv0 = getauxval(AT_FLAGS) & AT_FLAGS_PRESERVE_ARGV0;
	int first = keeps_argv0 ? 2 : 1;
	unsigned long fd;

	command->envp = envp;
	command->path = argv[1];
	command->argc = argc - first;
	command->argv = argv + first;
	command->options.binfmt = true;
	errno = 0;
	fd = getauxval(AT_EXECFD);
	if (errno == 0)
		command->program_fd = descriptor_move_high((int)fd);
	return cli_parse_environment(command);
}

/* Started by a guest's execve. */
static enum cli_action
parse_exec_state(int argc, char **argv, char **envp, struct cli_command *command)
{
	if (argc < 3 || !exec_state_parse(argv[1], &command->options, &command->program_fd))
		return cli_fail(command,
			"%s: not understood; it is for dragoman's own use; see "
			"dragoman --help",
			argv[1]);
	command->envp = envp;
	command->path = argv[2];
	command->argc = argc - 3;
	command->argv = argv + 3;
	return CLI_RUN;
}

/* The profiler stays behind in the parent process; the child goes on here. */
static enum cli_action
parse_profile(int argc, char **argv, char **envp, struct cli_command *command)
{
	int first;

	if (profile_start(argc, argv, &first, &command->options.recording_fd, &command->status) ==
		PROFILE_DONE)
		return CLI_DONE;
	return cli_parse(argc - first + 1, argv + first - 1, envp, command);
}

static enum cli_action
parse(int argc, char **argv, char **envp, struct cli_command *command)
{
	bool has_fd;

	errno = 0;
	getauxval(AT_EXECFD);
	has_fd = errno == 0;
	if (argc >= 2 && (has_fd || getauxval(AT_FLAGS) & AT_FLAGS_PRESERVE_ARGV0))
		return parse_binfmt(argc, argv, envp, command);
	if (argc >= 2 && strncmp(argv[1], EXEC_STATE_PREFIX, strlen(EXEC_STATE_PREFIX)) == 0)
		return parse_exec_state(argc, argv, envp, command);
	if (argc >= 2 && strcmp(argv[1], "cache") == 0) {
		command->status = cache_main(argc - 1, argv + 1);
		return CLI_DONE;
	}
	if (argc >= 2 && strcmp(argv[1], "binfmt") == 0) {
		command->status = binfmt_main(argc - 1, argv + 1);
		return CLI_DONE;
	}
	if (argc >= 2 && strcmp(argv[1], "profile") == 0)
		return parse_profile(argc, argv, envp, command);
	return cli_parse(argc, argv, envp, command);
}

/* Whether `size` bytes at `offset` of the file are those in memory. */
static bool
file_has(int fd, const uint8_t *memory, size_t size, off_t offset)
{
	uint8_t piece[256];

	for (size_t done = 0; done < size;) {
		size_t length = size - done < sizeof(piece) ? size - done : sizeof(piece);

		if (pread(fd, piece, length, offset + (off_t)done) != (ssize_t)length ||
			memcmp(piece, memory + done, length) != 0)
			return false;
		done += length;
	}
	return true;
}

/* Whether the file is this program: it has the same notes, among them the linker's sum of the whole, at the same place. */
static bool
is_self(int fd)
{
	const Elf64_Phdr *header = (const Elf64_Phdr *)getauxval(AT_PHDR);
	bool same = false;

	for (unsigned long k = 0; k < getauxval(AT_PHNUM); k++)
		if (header[k].p_type == PT_NOTE) {
			if (!file_has(fd, (const uint8_t *)header[k].p_vaddr, header[k].p_filesz,
				    (off_t)header[k].p_offset))
				return false;
			same = true;
		}
	return same;
}

/* Without /proc, as in a chroot: the name that it was executed by. */
static int
open_self_by_name(void)
{
	const char *name = (const char *)getauxval(AT_EXECFN);
	int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0 && !is_self(fd)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* dragoman's own executable is kept open, so that a guest can execute others where it has no name. */
static void
open_self(struct run_options *options)
{
	int fd;

	if (options->self_fd >= 0)
		return;
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = open_self_by_name();
	if (fd >= 0)
		options->self_fd = descriptor_move_high(fd);
}

static void
log_program(const struct run_options *options, const struct loaded_program *program)
{
	if (!(options->log & RUN_LOG_LOADER))
		return;
	dprintf(options->log_fd,
		"loader: %s bias 0x%llx entry 0x%llx interpreter 0x%llx vdso 0x%llx brk 0x%llx "
		"stack 0x%llx-0x%llx sp 0x%llx\n",
		program->exe, (unsigned long long)program->load_bias,
		(unsigned long long)program->entry, (unsigned long long)program->interpreter_base,
		(unsigned long long)program->vdso, (unsigned long long)program->brk,
		(unsigned long long)program->stack_low, (unsigned long long)program->stack_high,
		(unsigned long long)program->stack_pointer);
}

static int
run_native(const struct native_program *native, char **envp)
{
	execve(native->path, native->argv, envp);
	dprintf(STDERR_FILENO,
		"dragoman: %s: cannot be executed; it is a program of the host: %s\n", native->path,
		strerror(errno));
	return STATUS_CANNOT_EXECUTE;
}

static int
load_and_run(struct cli_command *command)
{
	struct load_request request = {
		.path = command->path,
		.fd = command->program_fd,
		.argc = command->argc,
		.argv = command->argv,
		.envp = command->envp,
		.sysroot_fd = command->options.sysroot_fd,
		.no_aslr = command->options.no_aslr,
		.secure = getauxval(AT_SECURE) != 0,
		.stack_size = command->options.stack_size,
	};
	struct loaded_program program;
	struct native_program native;
	struct loader_error error;

	cache_init(&command->options);
	guest_memory_on_code_mapped(cache_note_mapping);
	switch (loader_load(&request, &program, &native, &error)) {
	case LOAD_NATIVE: return run_native(&native, command->envp);
	case LOAD_FAILED:
		dprintf(STDERR_FILENO, "dragoman: %s\n", error.message);
		return error.status;
	case LOAD_DONE: break;
	}
	if (command->program_fd >= 0)
		close(command->program_fd);
	open_self(&command->options);
	log_program(&command->options, &program);
	identity_assume(&program);
	return runtime_run(&program, &command->options);
}

int
main(int argc, char **argv, char **envp)
{
	struct cli_command command;

	init_command(&command);
	if (parse(argc, argv, envp, &command) != CLI_RUN)
		return command.status;
	/*
	 * With an unlimited stack (ulimit -s unlimited) the kernel puts its own vDSO among the guest's addresses. That is
	 * harmless: free room is searched around it.
	 */
	if (guest_memory_init() != 0 && command.options.log & RUN_LOG_LOADER)
		dprintf(command.options.log_fd,
			"loader: mappings of the host lie among the guest's\n");
	return load_and_run(&command);
}
