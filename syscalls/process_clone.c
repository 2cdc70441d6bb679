// SPDX-License-Identifier: Apache-2.0
//
// clone and clone3: threads, vfork and fork. The kernel gets the guest's own flags; what the guest's new task needs
// of the translator is a struct guest_thread.
//
// With CLONE_VM (threads, vfork, posix_spawn) the new task runs on a thread block made beforehand. A vfork child is such
// a task too: it has its own registers and shares all memory, while the kernel suspends its parent. Without CLONE_VM
// (fork) the child goes on, on its copy of the caller's block, as the only task of its address space.

#include <linux/kcmp.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <string.h>

#include "cache/cache.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/recording.h"
#include "runtime/statistics.h"
#include "runtime/stop_world.h"
#include "runtime/task_clone.h"
#include "runtime/threads.h"
#include "runtime/trace_recorder.h"
#include "runtime/units.h"
#include "syscalls/handlers.h"

/* What the host must not do: its tasks share one TLS block, and its handlers are not the guest's. */
#define FLAGS_NOT_FOR_HOST (CLONE_SETTLS | CLONE_CLEAR_SIGHAND)

/* A new task as the guest wants it. */
struct new_task {
	uint64_t flags;
	uint64_t stack_pointer; /* 0: the caller's */
	uint64_t tls;
	uint64_t parent_tid; /* addresses for clone */
	uint64_t child_tid;
	struct clone_args *arguments; /* for clone3, else NULL */
	size_t size;
};

/* CLONE_CLEAR_SIGHAND: handlers go back to the default, what is ignored stays so. */
static void
clear_handlers(struct guest_thread *t)
{
	for (int signo = 1; signo <= GUEST_SIGNAL_COUNT; signo++) {
		const struct guest_sigaction none = { .handler = GUEST_SIG_DFL };
		struct guest_sigaction action;

		if (signals_action(t, signo, NULL, &action) == 0 && action.handler > GUEST_SIG_IGN)
			signals_action(t, signo, &none, NULL);
	}
}

/* First code of a task with its own thread block; all signals are blocked. */
static void
run_task(void *argument)
{
	struct guest_thread *t = argument;

	signals_enter_task(t);
	if (recording_wanted) {
		recording_share();
		recording_start_timer();
	}
	t->tid = (int)host_syscall(SYS_gettid);
	if (!thread_task(t)->own_numbers)
		thread_task(t)->process = (int)host_syscall(SYS_getpid);
	if (thread_task(t)->clear_handlers)
		clear_handlers(t);
	signals_unblock(t);
	dispatch_run(t);
}

/* The registers of a new task that differ from its parent's. */
static void
set_child_registers(struct guest_thread *child, const struct new_task *task)
{
	struct a64_state *cpu = a64_state(&child->cpu);

	cpu->x[0] = 0;
	cpu->exclusive_address = A64_NO_EXCLUSIVE;
	if (task->stack_pointer)
		cpu->sp = task->stack_pointer;
	if (task->flags & CLONE_SETTLS)
		cpu->tpidr_el0 = task->tls;
}

static void
copy_registers(struct guest_thread *child, const struct guest_thread *parent)
{
	struct cpu_hot hot = child->cpu.hot;

	memcpy(child->cpu.guest, parent->cpu.guest, sizeof(child->cpu.guest));
	child->cpu.hot.indirect_table = hot.indirect_table;
	child->cpu.hot.signal_pending = 0;
	child->cpu.hot.loop_fuel = hot.loop_fuel;
}

static long
host_clone(const struct new_task *task, void *stack, struct guest_thread *child)
{
	if (!task->arguments)
		return task_clone(task->flags & ~FLAGS_NOT_FOR_HOST, stack, task->parent_tid,
			task->child_tid, run_task, child);
	task->arguments->flags &= ~FLAGS_NOT_FOR_HOST;
	task->arguments->tls = 0;
	task->arguments->stack = 0;
	task->arguments->stack_size = 0;
	if (stack) {
		task->arguments->stack = (uint64_t)child + THREAD_C_STACK_OFFSET;
		task->arguments->stack_size = (uint64_t)stack - task->arguments->stack;
	}
	return task_clone3(task->arguments, task->size, run_task, child);
}

/*
 * After a task has left our memory: by exec (or by being killed) it left its block as well. One that came to its own end
 * has put it in the list of exiting threads.
 */
static void
reclaim(struct guest_thread *child)
{
	struct thread_task *task = thread_task(child);

	if (task->exec_memory)
		host_memory_unmap(task->exec_memory, task->exec_memory_size);
	task->exec_memory = NULL;
	if (!task->ended) {
		signals_free_thread(child);
		thread_free(child);
	} else {
		__atomic_store_n(&task->awaited, 0, __ATOMIC_RELEASE);
	}
}

/*
 * Whether a task that may depart shares our memory no more. Where kcmp is not to be had (ENOSYS, EPERM in containers) only
 * the end of the task can be seen.
 */
static bool
has_departed(int number)
{
	long own = host_syscall(SYS_gettid);

	if (host_syscall(SYS_kcmp, own, number, KCMP_VM, 0, 0) > 0)
		return true;
	return host_syscall(SYS_kill, number, 0) == -ESRCH;
}

/* Takes the block of a task that has departed; NULL when there is none. */
static struct guest_thread *
take_departed(void)
{
	struct guest_thread *t;

	threads_lock();
	for (t = threads_first(); t; t = t->next) {
		struct thread_task *task = thread_task(t);
		int number =
			task->may_depart ? __atomic_load_n(&task->number, __ATOMIC_ACQUIRE) : 0;

		if (number && has_departed(number)) {
			task->may_depart = false;
			break;
		}
	}
	threads_unlock();
	return t;
}

/* Set when there ever was a task that may depart. */
static bool may_depart;

/* Gives back the blocks of tasks that were neither threads nor waited for, and left by exec or were killed. */
static void
reclaim_departed(void)
{
	struct guest_thread *t;

	if (!__atomic_load_n(&may_depart, __ATOMIC_RELAXED))
		return;
	while ((t = take_departed()))
		reclaim(t);
}

static struct guest_thread *
create_child(struct guest_thread *t, const struct new_task *task)
{
	struct guest_thread *child = thread_create();

	if (!child)
		return NULL;
	if (!signals_init_thread(
		    child, t, task->flags & CLONE_SIGHAND, task->flags & CLONE_VFORK)) {
		thread_free(child);
		return NULL;
	}
	copy_registers(child, t);
	child->tagged_addresses = t->tagged_addresses;
	set_child_registers(child, task);
	return child;
}

/* Its number is known from here on, and its block is its own. */
static void
know_child(struct guest_thread *child, int number)
{
	__atomic_store_n(&thread_task(child)->number, number, __ATOMIC_RELEASE);
	__atomic_store_n(&thread_task(child)->awaited, 0, __ATOMIC_RELEASE);
}

static int64_t
clone_sharing_memory(struct guest_thread *t, const struct new_task *task)
{
	bool departs = !(task->flags & (CLONE_THREAD | CLONE_VFORK));
	struct guest_thread *child;
	long result;

	reclaim_departed();
	child = create_child(t, task);
	if (!child) {
		signals_unblock(t);
		return -EAGAIN;
	}
	if (task->flags & CLONE_CLEAR_SIGHAND)
		thread_task(child)->clear_handlers = true;
	if (!(task->flags & CLONE_THREAD))
		thread_task(child)->awaited = 1;
	if (departs) {
		thread_task(child)->may_depart = true;
		__atomic_store_n(&may_depart, true, __ATOMIC_RELAXED);
	}
	if (task->flags & CLONE_NEWPID)
		thread_task(child)->own_numbers = true;
	signals_block_everything();
	result = host_clone(task, (uint8_t *)child + THREAD_C_STACK_TOP, child);
	if (result < 0 || (task->flags & CLONE_VFORK))
		reclaim(child);
	else if (departs)
		know_child(child, (int)result);
	signals_unblock(t);
	return result;
}

static void
lock_for_fork(struct guest_thread *t)
{
	world_lock_for_fork();
	units_lock_for_fork();
	threads_lock();
	guest_memory_fork_lock();
	host_memory_fork_lock();
	lock_acquire(&t->signals.actions->lock);
}

static void
unlock_after_fork(struct guest_thread *t, bool child)
{
	lock_release(&t->signals.actions->lock);
	host_memory_fork_unlock();
	guest_memory_fork_unlock();
	if (child)
		threads_after_fork(t);
	else
		threads_unlock();
	units_unlock_after_fork();
	world_unlock_after_fork();
}

static int64_t
clone_copying_memory(struct guest_thread *t, const struct new_task *task)
{
	long result;

	lock_for_fork(t);
	signals_block_everything();
	result = host_clone(task, NULL, NULL);
	if (result == 0) {
		t->tid = (int)host_syscall(SYS_gettid);
		thread_task(t)->process = (int)host_syscall(SYS_getpid);
		t->signals.actions->users = 1;
		cache_after_fork();
		statistics_after_fork(t);
		trace_recorder_after_fork(t);
		units_after_fork(task->flags & CLONE_FILES);
	}
	unlock_after_fork(t, result == 0);
	if (result == 0) {
		guest_memory_after_fork();
		set_child_registers(t, task);
		if (task->flags & CLONE_CLEAR_SIGHAND)
			clear_handlers(t);
	}
	signals_unblock(t);
	return result;
}

static int64_t
start(struct guest_thread *t, const struct new_task *task)
{
	if (!signals_begin_change(t))
		return (int64_t)a64_state(&t->cpu)->x[0];
	if (task->flags & CLONE_VM) {
		world_will_be_shared();
		return clone_sharing_memory(t, task);
	}
	return clone_copying_memory(t, task);
}

/* An address that the kernel writes a thread or descriptor number to; 0, which it cannot write to, if not the guest's. */
static uint64_t
place_for_number(uint64_t address)
{
	if (address >= GUEST_ADDRESS_END)
		return 0;
	guest_memory_prepare_write(address, sizeof(uint32_t));
	return address;
}

int64_t
sys_clone(struct guest_thread *t, const uint64_t argument[6])
{
	struct new_task task = {
		/* only 32 bits are flags here: CLONE_CLEAR_SIGHAND cannot be asked for */
		.flags = (uint32_t)argument[0],
		.stack_pointer = argument[1],
		.parent_tid = place_for_number(argument[2]),
		.tls = argument[3],
		.child_tid = place_for_number(argument[4]),
	};

	return start(t, &task);
}

/* Copies in a structure that may be shorter or longer than the one we know; kernel: copy_struct_from_user. */
static int
copy_arguments(struct clone_args *arguments, uint64_t address, uint64_t size)
{
	uint8_t byte;

	if (size > GUEST_PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	memset(arguments, 0, sizeof(*arguments));
	for (uint64_t i = sizeof(*arguments); i < size; i++) {
		if (guest_copy_from(&byte, address + i, 1) < 0)
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return guest_copy_from(
		arguments, address, size < sizeof(*arguments) ? size : sizeof(*arguments));
}

int64_t
sys_clone3(struct guest_thread *t, const uint64_t argument[6])
{
	struct clone_args arguments;
	struct new_task task = { .arguments = &arguments, .size = sizeof(arguments) };
	int error = copy_arguments(&arguments, argument[0], argument[1]);

	if (error)
		return error;
	if ((arguments.stack == 0) != (arguments.stack_size == 0) ||
		arguments.stack > GUEST_ADDRESS_END ||
		arguments.stack_size > GUEST_ADDRESS_END - arguments.stack)
		return -EINVAL;
	/* FLAGS_NOT_FOR_HOST hides this from the host's own check. */
	if ((arguments.flags & CLONE_CLEAR_SIGHAND) && (arguments.flags & CLONE_SIGHAND))
		return -EINVAL;
	task.flags = arguments.flags;
	task.stack_pointer = arguments.stack + arguments.stack_size;
	task.tls = arguments.tls;
	arguments.parent_tid = place_for_number(arguments.parent_tid);
	arguments.child_tid = place_for_number(arguments.child_tid);
	arguments.pidfd = place_for_number(arguments.pidfd);
	return start(t, &task);
}
