// SPDX-License-Identifier: Apache-2.0
// Where a thread lives, how tasks are made and end, and the list of all threads that share this address space.
//
// All tasks share one TLS block, so a thread is found by its stack: everything of a thread is in one block of memory
// of THREAD_BLOCK_SIZE bytes, aligned to its size, and every stack that its task ever runs on lies in it: C stack,
// return-prediction stack, and the host's signal stack. Masking rsp gives the block, at whose start the struct
// guest_thread is.
//
//	0        struct guest_thread, struct thread_task
//	TABLE    indirect-branch table
//	         guard page
//	RETURN   return-prediction stack (rsp of translated code)
//	         guard page
//	C        stack of C code
//	         guard page
//	SIGNAL   alternate stack of the host's signal handlers
#ifndef RUNTIME_THREADS_H
#define RUNTIME_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
#include "runtime/thread.h"

#define THREAD_BLOCK_SIZE UINT64_C(0x80000)

#define THREAD_TASK_OFFSET         0x3000
#define THREAD_TABLE_OFFSET        0x4000
#define THREAD_TABLE_SIZE          0x10000
#define THREAD_RETURN_STACK_OFFSET 0x15000
#define THREAD_RETURN_STACK_SIZE   0x10000
#define THREAD_C_STACK_OFFSET      0x26000
#define THREAD_C_STACK_SIZE        0x39000
#define THREAD_SIGNAL_STACK_OFFSET 0x60000
#define THREAD_SIGNAL_STACK_SIZE   0x20000

/** Above where the C stack begins: enum thread_activity in the last word. */
#define THREAD_C_STACK_TOP (THREAD_C_STACK_OFFSET + THREAD_C_STACK_SIZE - 64)
#define THREAD_ACTIVITY    (THREAD_C_STACK_OFFSET + THREAD_C_STACK_SIZE - 8)

/** What a thread's C code works for. */
enum thread_activity {
	ACTIVITY_DISPATCH, /* none of the following */
	ACTIVITY_CODE,     /* runs translated code, or C code that this calls */
	ACTIVITY_TRANSLATE,
	ACTIVITY_CACHE, /* takes a unit from the persistent cache */
	ACTIVITY_SYSTEM_CALL,
	ACTIVITY_SIGNAL, /* delivers signals */
	ACTIVITY_REPORT, /* writes down units for perf or dragoman profile */
	ACTIVITY_COUNT,
};

/** Addresses that blocks are taken from: beside host_memory's range. */
#define THREAD_BLOCKS_START UINT64_C(0x7c0000000000)
#define THREAD_BLOCKS_END   UINT64_C(0x7d0000000000)

/** What this module keeps for a thread besides struct guest_thread. */
struct thread_task {
	uint32_t gone; /* the task has stopped using the block */
	int process;   /* its thread group's number, 0: not known or not to be used from here */
	bool ended; /* the task has come to its own end (not by exec): thread_exit frees the block */
	bool may_depart; /* CLONE_VM alone: may leave our memory by exec or be killed, without thread_exit */
	int number; /* of a task that may depart, as its creator knows it */
	uint32_t
		awaited; /* its creator will look at the block once more, so it is not to be reused before */
	bool own_numbers;    /* the task is in a PID namespace of its own */
	bool clear_handlers; /* CLONE_CLEAR_SIGHAND: to be done by the new task */
	void *exec_memory; /* argument vector of an execve in progress: left behind by a vfork child */
	size_t exec_memory_size;
	struct guest_thread *next_exiting;
};

/** The thread whose stack holds `sp`. */
static inline struct guest_thread *
thread_of_stack(uintptr_t sp)
{
	return (struct guest_thread *)(sp & ~(THREAD_BLOCK_SIZE - 1));
}

static inline struct thread_task *
thread_task(struct guest_thread *t)
{
	return (struct thread_task *)((uint8_t *)t + THREAD_TASK_OFFSET);
}

/**
 * Says what the thread does from now on, where a profiler that samples its stack finds it: at the end of the C stack. A
 * plain store, so it is done always.
 */
static inline void
thread_set_activity(struct guest_thread *t, enum thread_activity activity)
{
	*(volatile uint64_t *)((uint8_t *)t + THREAD_ACTIVITY) = activity;
}

static inline enum thread_activity
thread_activity(const struct guest_thread *t)
{
	return (enum thread_activity) *
	       (const volatile uint64_t *)((const uint8_t *)t + THREAD_ACTIVITY);
}

/** The list of threads that share this address space, by guest_thread.next; hold the lock while walking. */
void threads_lock(void);
void threads_unlock(void);
struct guest_thread *threads_first(void);

/** The table in place of a thread's own while a signal pends: no entry matches. */
extern struct indirect_entry threads_empty_table[];

/** Whether the thread's code uses the thread's own table, or an empty one; a signal that pends leaves it the empty one. */
void thread_use_indirect_table(struct guest_thread *t, bool own);

/** Forgets all entries of a thread's indirect-branch table. */
void thread_clear_indirect_table(struct guest_thread *t);

/** Runs `function(t)`, which must not return, at the top of the thread's C stack. */
_Noreturn void thread_run_on_stack(
	struct guest_thread *t, void (*function)(struct guest_thread *t));

/** After fork: `t` is the only task of the new process. The lock is held, and is released. */
void threads_after_fork(struct guest_thread *t);

/**
 * Ends the calling task, whose thread is `t`, by the host's exit or exit_group (`number`). The block is freed by the
 * next creator of a thread.
 */
_Noreturn void thread_exit(struct guest_thread *t, long number, int status);

#endif
