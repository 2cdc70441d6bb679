// SPDX-License-Identifier: Apache-2.0
// Threads: found by their stacks, and used again.
#include "tests/unit/guest_thread_child.h"

static struct guest_thread *seen_in_handler;

static void
native_handler(int signo)
{
	(void)signo;
	seen_in_handler = thread_current();
}

static void
thread_is_found(struct guest_thread *t)
{
	struct sigaction action = { .sa_handler = native_handler, .sa_flags = SA_ONSTACK };
	struct guest_thread *other = thread_create();

	CHECK(thread_current() == t);
	CHECK(other && other != t);
	CHECK(((uintptr_t)other & (THREAD_BLOCK_SIZE - 1)) == 0);
	CHECK(threads_first() == other && other->next == t);
	sigaction(SIGUSR2, &action, NULL);
	host_syscall(SYS_tgkill, getpid(), host_syscall(SYS_gettid), SIGUSR2);
	CHECK(seen_in_handler == t);
	thread_free(other);
	CHECK(threads_first() == t && !t->next);
	CHECK(thread_create() == other);
	CHECK(other->cpu.hot.indirect_table == other->indirect_table);
}

Test(threads, a_thread_is_found_by_its_stacks)
{
	in_child(thread_is_found);
}
