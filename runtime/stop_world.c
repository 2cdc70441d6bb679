// SPDX-License-Identifier: Apache-2.0
//
// See stop_world.h. The poke is a queued SIGTRAP, which is never blocked on the host, with a si_code and a value that are
// ours alone.

#include <linux/kcmp.h>
#include <string.h>
#include <time.h>

#include "runtime/host_syscall.h"
#include "runtime/lock.h"
#include "runtime/stop_world.h"
#include "runtime/threads.h"

#define POKE_CODE (-0x6472) /* below all of the kernel's */

/* Between looks at threads that are still in code; they leave within microseconds if they have a processor. */
#define PATIENCE_NANOSECONDS 50000

uint32_t world_generation;
uint32_t world_stopping;
bool world_shared; /* set by the only task there is, before it makes another */
static struct lock stop_lock;
static const char poke_value;

bool
world_enter_code(struct guest_thread *t)
{
	if (world_try_enter_code(t))
		return true;
	if (world_shared) {
		lock_acquire(&stop_lock);
		lock_release(&stop_lock);
	}
	return false;
}

void
world_will_be_shared(void)
{
	world_shared = true;
}

bool
world_is_poke(const siginfo_t *info)
{
	return info->si_code == POKE_CODE && info->si_value.sival_ptr == &poke_value;
}

/*
 * A task that shares our memory without being of our thread group might be known by another number here (PID namespaces):
 * it is poked only when the kernel says that the number is one of us. It leaves the code by itself otherwise, if late.
 */
static bool
may_poke(long own, long process, long tid)
{
	return process == own || host_syscall(SYS_kcmp, own, tid, KCMP_VM, 0, 0) == 0;
}

static void
poke(struct guest_thread *t, long own)
{
	long process = thread_task(t)->process, tid = t->tid;
	siginfo_t info;

	if (!process || !tid || !may_poke(own, process, tid))
		return;
	memset(&info, 0, sizeof(info));
	info.si_signo = SIGTRAP;
	info.si_code = POKE_CODE;
	info.si_value.sival_ptr = (void *)&poke_value;
	host_syscall(SYS_rt_tgsigqueueinfo, process, tid, SIGTRAP, &info);
}

/* Pokes all threads that are in code; gives how many there are. */
static unsigned
poke_all(struct guest_thread *self)
{
	long own = host_syscall(SYS_getpid);
	unsigned count = 0;

	threads_lock();
	for (struct guest_thread *t = threads_first(); t; t = t->next) {
		if (t == self || !__atomic_load_n(&t->in_code, __ATOMIC_SEQ_CST))
			continue;
		count++;
		poke(t, own);
	}
	threads_unlock();
	return count;
}

void
world_stop(struct guest_thread *t)
{
	const struct timespec patience = { 0, PATIENCE_NANOSECONDS };

	lock_acquire(&stop_lock);
	__atomic_store_n(&world_stopping, 1, __ATOMIC_SEQ_CST);
	while (poke_all(t))
		host_syscall(SYS_nanosleep, &patience, NULL);
}

void
world_resume(void)
{
	__atomic_store_n(&world_stopping, 0, __ATOMIC_SEQ_CST);
	lock_release(&stop_lock);
}

void
world_forget_code(void)
{
	__atomic_store_n(&world_generation, world_generation + 1, __ATOMIC_RELAXED);
}

void
world_lock_for_fork(void)
{
	lock_acquire(&stop_lock);
}

void
world_unlock_after_fork(void)
{
	lock_release(&stop_lock);
}
