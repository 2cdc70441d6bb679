// SPDX-License-Identifier: Apache-2.0
// User and group numbers, and what an exec tells the new program about them (AT_SECURE, AT_UID ...).
#include "cases.h"

#include <elf.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/stat.h>

static void
print_ids(void)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	printf("uid %u %u %u gid %u %u %u\n", r, e, s, rg, eg, sg);
}

static void
drop(void)
{
	gid_t groups[] = { 11, 12 }, got[4];

	print_result("setgroups", setgroups(2, groups));
	print_result("getgroups", getgroups(4, got));
	print_result("too small", getgroups(1, got));
	print_result("setresgid", setresgid(101, 102, 103));
	print_result("setresuid", setresuid(201, 202, 203));
	print_ids();
	print_result("back", setuid(0));
	print_result("to real", seteuid(201));
	print_ids();
	print_result("setgroups", setgroups(0, NULL));
}

static void
set_uid_of_root(void)
{
	print_result("setuid", setuid(300));
	print_ids();
	print_result("setreuid", setreuid(-1, 300));
	print_result("regain", setreuid(0, 0));
}

static void
file_system_ids(void)
{
	print_result("setfsuid", setfsuid(500));
	print_result("setfsuid", setfsuid(-1));
	print_result("setfsgid", setfsgid(500));
	print_result("setfsgid", setfsgid(-1));
	close(open("owned", O_CREAT | O_WRONLY, 0600));
}

/* Runs this program again, which then prints its auxiliary vector. */
static void
run_self(void)
{
	fflush(stdout);
	execl("/proc/self/exe", "self", "show", NULL);
	print_result("exec", -1);
}

static void
show(void)
{
	printf("secure %lu uid %lu %lu gid %lu %lu\n", getauxval(AT_SECURE), getauxval(AT_UID),
		getauxval(AT_EUID), getauxval(AT_GID), getauxval(AT_EGID));
	printf("LD_LIBRARY_PATH %s\n",
		getenv("LD_LIBRARY_PATH") ? getenv("LD_LIBRARY_PATH") : "removed");
}

static void
plain_exec(void)
{
	setenv("LD_LIBRARY_PATH", "/none", 1);
	run_self();
}

static void
exec_with_other_uid(void)
{
	setenv("LD_LIBRARY_PATH", "/none", 1);
	print_result("setresuid", setresuid(65534, -1, -1));
	run_self();
}

static void
exec_with_other_gid(void)
{
	print_result("setresgid", setresgid(65534, -1, -1));
	run_self();
}

static void
as_nobody(void)
{
	print_result("setresgid", setresgid(65534, 65534, 65534));
	print_result("setresuid", setresuid(65534, 65534, 65534));
	print_result("kill init", kill(1, 0));
	print_result("chroot", chroot("/"));
	print_result("setpriority", setpgid(1, 1));
	print_result("open", open("/etc/shadow", O_RDONLY));
}

static const struct test_case cases[] = {
	{ "drop", drop },
	{ "setuid of root", set_uid_of_root },
	{ "file system ids", file_system_ids },
	{ "plain exec", plain_exec },
	{ "exec with other uid", exec_with_other_uid },
	{ "exec with other gid", exec_with_other_gid },
	{ "as nobody", as_nobody },
};

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "show") == 0) {
		show();
		return 0;
	}
	return run_cases(cases, sizeof(cases) / sizeof(cases[0]));
}
