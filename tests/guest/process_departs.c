// SPDX-License-Identifier: Apache-2.0
// Children that share memory and leave it by being killed, by exec and by their end, a thousand times over.
// tests/cli/departed_tasks measures the process meanwhile, by giving a number of children and a line of input.
#include "cases.h"

#include <sched.h>

static char stack[65536] __attribute__((aligned(64)));

static int
leave(void *argument)
{
	int n = (int)(intptr_t)argument;

	if (n % 100 == 0)
		execl("/bin/true", "true", NULL);
	if (n % 2)
		kill(getpid(), SIGKILL);
	return 0;
}

int
main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 200, bad = 0, status;

	for (int n = 0; n < count; n++) {
		int pid = clone(
			leave, stack + sizeof(stack), CLONE_VM | SIGCHLD, (void *)(intptr_t)n);

		if (waitpid(pid, &status, 0) != pid || status != (n % 100 && n % 2 ? SIGKILL : 0))
			bad++;
	}
	printf("bad %d\n", bad);
	fflush(stdout);
	if (argc > 1)
		getchar();
	return 0;
}
