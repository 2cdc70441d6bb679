// SPDX-License-Identifier: Apache-2.0
// Command line, environment and exec protocol: options in, the same options out of the other end of an exec.
#include "binfmt/binfmt.h"
#include "cli/environment.h"
#include "cli/options.h"
#include "loader/exec_protocol.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MAX 32

static struct cli_command command;
static char *envp[] = { "A=1", "B=2", "AB=3", NULL };

/* Parses a command line; the command points into the copy that is kept here, until the next one. */
static enum cli_action
parse(char *const *given)
{
	static char *argv[ARGUMENTS_MAX];
	int argc = 0;

	while (given[argc] != NULL) {
		argv[argc] = given[argc];
		argc++;
		cr_assert_lt(argc, ARGUMENTS_MAX);
	}
	argv[argc] = NULL;
	memset(&command, 0, sizeof(command));
	command.options.sysroot_fd = command.options.self_fd = command.program_fd = -1;
	command.options.cache_fd = command.options.cache_system_fd = -1;
	command.options.log_fd = 2;
	return cli_parse(argc, argv, envp, &command);
}

#define PARSE(...) parse((char *[]){ "dragoman", __VA_ARGS__, NULL })

TestSuite(cli, .init = cr_redirect_stderr, .timeout = 20);

Test(cli, takes_program_and_arguments)
{
	cr_assert_eq(PARSE("/bin/prog", "-L", "x"), CLI_RUN);
	cr_assert_str_eq(command.path, "/bin/prog");
	cr_assert_eq(command.argc, 3);
	cr_assert_str_eq(command.argv[0], "/bin/prog");
	cr_assert_str_eq(command.argv[1], "-L");
	cr_assert_eq(command.options.sysroot, NULL);
}

Test(cli, takes_options_with_one_dash_or_two)
{
	cr_assert_eq(PARSE("-L", "/tmp/", "--strace", "-no-aslr", "-0", "zero", "-s", "4M", "-d",
			     "in_asm,ir,out_asm,stats", "-r", "6.1", "-cpu", "max",
			     "-one-insn-per-tb", "--", "-prog"),
		CLI_RUN);
	cr_assert_str_eq(command.options.sysroot, "/tmp");
	cr_assert_geq(command.options.sysroot_fd, 0);
	cr_assert_eq(command.options.log,
		RUN_LOG_STRACE | RUN_LOG_IN_ASM | RUN_LOG_IR | RUN_LOG_OUT_ASM | RUN_LOG_STATS);
	cr_assert(command.options.no_aslr);
	cr_assert(command.options.single_instruction);
	cr_assert_eq(command.options.stack_size, 4 << 20);
	cr_assert_str_eq(command.options.uname_release, "6.1");
	cr_assert_str_eq(command.path, "-prog");
	cr_assert_str_eq(command.argv[0], "zero");
}

Test(cli, refuses_what_it_does_not_know)
{
	cr_expect_eq(PARSE("-g", "1234", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-nonsense", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-d", "nonsense", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-cpu", "cortex-a76", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-s", "12x", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-s", "-1", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-s", "99999999G", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-E", "novalue", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-L", "/no/such/folder", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-D", "/no/such/folder/log", "prog"), CLI_ERROR);
	cr_expect_eq(PARSE("-L"), CLI_ERROR);
	cr_expect_eq(PARSE("-no-aslr"), CLI_ERROR);
	cr_expect_eq(command.status, 126);
}

Test(cli, changes_the_environment)
{
	cr_assert_eq(PARSE("-E", "A=new", "-U", "B", "-E", "C=x=y", "prog"), CLI_RUN);
	cr_assert_str_eq(environment_get(command.envp, "A"), "new");
	cr_assert_null(environment_get(command.envp, "B"));
	cr_assert_str_eq(environment_get(command.envp, "AB"), "3");
	cr_assert_str_eq(environment_get(command.envp, "C"), "x=y");
}

Test(cli, takes_options_from_the_environment)
{
	static char *with[] = { "QEMU_LD_PREFIX=/usr", "DRAGOMAN_NO_ASLR=1", NULL };
	char *argv[] = { "dragoman", "prog", NULL };

	memset(&command, 0, sizeof(command));
	cr_assert_eq(cli_parse(2, argv, with, &command), CLI_RUN);
	cr_assert_str_eq(command.options.sysroot, "/usr");
	cr_assert(command.options.no_aslr);
}

Test(exec_state, survives_an_exec)
{
	struct run_options options = {
		.sysroot = "/a,b/c d",
		.sysroot_fd = open("/usr", O_PATH),
		.log_fd = open("/dev/null", O_WRONLY),
		.self_fd = open("/proc/self/exe", O_RDONLY),
		.cache_fd = open("/tmp", O_PATH),
		.cache_system_fd = open("/var", O_PATH),
		.log = RUN_LOG_STRACE | RUN_LOG_STATS,
		.no_aslr = true,
		.binfmt = true,
		.stack_size = UINT64_C(0x123456789000),
		.uname_release = "6.12-test",
	};
	struct run_options read = {
		.sysroot_fd = -1, .log_fd = 2, .self_fd = -1, .cache_fd = -1, .cache_system_fd = -1
	};
	struct exec_descriptors descriptors;
	char state[EXEC_STATE_SIZE];
	int program;

	cr_assert_eq(exec_state_open(&options, options.self_fd, &descriptors), 0);
	/* They survive the exec... */
	cr_assert_eq(fcntl(descriptors.self, F_GETFD), 0);
	cr_assert_eq(fcntl(descriptors.log, F_GETFD), 0);
	cr_assert_eq(fcntl(descriptors.program, F_GETFD), 0);
	cr_assert_eq(fcntl(descriptors.sysroot, F_GETFD), 0);
	cr_assert(exec_state_format(&options, &descriptors, state, sizeof(state)));
	cr_assert(exec_state_parse(state, &read, &program), "%s", state);
	/* ...but not the next one by itself. */
	cr_assert_eq(fcntl(read.self_fd, F_GETFD), FD_CLOEXEC);
	cr_assert_eq(fcntl(read.log_fd, F_GETFD), FD_CLOEXEC);
	cr_assert_eq(fcntl(program, F_GETFD), FD_CLOEXEC);
	cr_assert_eq(read.sysroot_fd, descriptors.sysroot);
	cr_assert_eq(read.cache_fd, descriptors.cache);
	cr_assert_eq(read.cache_system_fd, descriptors.cache_system);
	cr_assert_eq(fcntl(read.cache_fd, F_GETFD), FD_CLOEXEC);
	cr_assert_str_eq(read.sysroot, options.sysroot);
	cr_assert_str_eq(read.uname_release, options.uname_release);
	cr_assert_eq(read.log, options.log);
	cr_assert(read.no_aslr);
	cr_assert(read.binfmt);
	cr_assert_not(read.single_instruction);
	cr_assert_eq(read.stack_size, options.stack_size);
	exec_state_close(&descriptors);
	cr_assert_eq(fcntl(program, F_GETFD), -1);
	cr_assert_eq(fcntl(options.log_fd, F_GETFD), 0);
}

Test(exec_state, needs_little)
{
	struct run_options options = {
		.sysroot_fd = -1, .log_fd = 2, .self_fd = -1, .cache_fd = -1, .cache_system_fd = -1
	};
	struct run_options read = options;
	struct exec_descriptors descriptors;
	char state[EXEC_STATE_SIZE];
	int program;

	cr_assert_eq(exec_state_open(&options, -1, &descriptors), 0);
	cr_assert(exec_state_format(&options, &descriptors, state, sizeof(state)));
	cr_assert_not(exec_state_format(&options, &descriptors, state, 16));
	cr_assert(exec_state_format(&options, &descriptors, state, sizeof(state)));
	cr_assert(exec_state_parse(state, &read, &program));
	cr_assert_eq(program, -1);
	cr_assert_eq(read.log_fd, 2);
	cr_assert_eq(read.self_fd, -1);
	exec_state_close(&descriptors);
	cr_assert_neq(fcntl(2, F_GETFD), -1);
}

Test(exec_state, refuses_nonsense)
{
	static const char *const bad[] = {
		"--exec-state=",
		"--exec-state=2,",
		"--exec-state=1,z5,",
		"--exec-state=1,s",
		"--exec-state=1,s5",
		"--exec-state=1,sxyz,",
		"--exec-state=1,s3e7,",
		"--exec-state=1,s11111111111111111,",
		"--exec-state=1,L/x",
		"--exec-state=1,,",
		"--exec-state=1,u",
		"--exec",
		"",
		"--exec-state=1,sffffffffffffffff,",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct run_options read = { .sysroot_fd = -1,
			.log_fd = 2,
			.self_fd = -1,
			.cache_fd = -1,
			.cache_system_fd = -1 };
		int program;

		cr_expect_not(exec_state_parse(bad[i], &read, &program), "%s", bad[i]);
	}
}

Test(binfmt, line_is_what_the_kernel_documents)
{
	char line[1920];
	char path[200];

	cr_assert(binfmt_format("/usr/bin/dragoman", line, sizeof(line)));
	cr_assert_eq(strncmp(line, ":dragoman-aarch64:M::\\x7fELF\\x02\\x01\\x01", 36), 0);
	cr_assert_not_null(strstr(line, "\\x02\\x00\\xb7\\x00:\\xff"));
	cr_assert_not_null(strstr(line, ":/usr/bin/dragoman:FPOC"));
	cr_assert_not(binfmt_format("/usr:bin/dragoman", line, sizeof(line)));
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	cr_assert_not(binfmt_format(path, line, sizeof(line)));
	cr_assert_not(binfmt_format("/usr/bin/dragoman", line, 50));
}
