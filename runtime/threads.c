// SPDX-License-Identifier: Apache-2.0
//
// See threads.h. Blocks of threads that ended are kept for the next ones, up to a limit; a block whose task is still
// on its way out waits in the list of exiting threads until the task has said that it uses it no more.

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "backend/backend.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/lock.h"
#include "runtime/threads.h"
#include "runtime/trace_recorder.h"

_Static_assert(sizeof(struct guest_thread) <= THREAD_TASK_OFFSET, "guest_thread fits");
_Static_assert(
	sizeof(struct thread_task) <= THREAD_TABLE_OFFSET - THREAD_TASK_OFFSET, "thread_task fits");
_Static_assert(sizeof(struct indirect_entry) << INDIRECT_TABLE_BITS == THREAD_TABLE_SIZE,
	"the table fits");

/* As many free blocks as are kept mapped. */
#define FREE_BLOCKS_KEPT 64
/* Places tried for one new block; a place may be taken by a mapping that the kernel put there. */
#define PLACES_TRIED 4096

struct indirect_entry threads_empty_table[1 << INDIRECT_TABLE_BITS] __attribute__((aligned(64))) = {
	/* As in thread_clear_indirect_table. */
	[0] = { .guest_pc = INDIRECT_NEVER_FIRST },
	[1] = { .guest_pc = INDIRECT_NEVER_FIRST },
};

static struct lock list_lock;
static struct guest_thread *first_thread;
static struct guest_thread *first_exiting;
static void *free_blocks[FREE_BLOCKS_KEPT];
static unsigned free_block_count;
static uint64_t next_place = THREAD_BLOCKS_START;

struct guest_thread *
thread_current(void)
{
	return thread_of_stack((uintptr_t)__builtin_frame_address(0));
}

void
threads_lock(void)
{
	lock_acquire(&list_lock);
}

void
threads_unlock(void)
{
	lock_release(&list_lock);
}

struct guest_thread *
threads_first(void)
{
	return first_thread;
}

static const uint32_t guard_offsets[] = {
	THREAD_TABLE_OFFSET + THREAD_TABLE_SIZE,
	THREAD_RETURN_STACK_OFFSET + THREAD_RETURN_STACK_SIZE,
	THREAD_C_STACK_OFFSET + THREAD_C_STACK_SIZE,
};

static bool
protect_guards(uint8_t *block)
{
	for (size_t i = 0; i < sizeof(guard_offsets) / sizeof(guard_offsets[0]); i++) {
		if (host_syscall(SYS_mprotect, block + guard_offsets[i], HOST_PAGE_SIZE, PROT_NONE))
			return false;
	}
	return true;
}

static void *
map_block(void)
{
	for (unsigned i = 0; i < PLACES_TRIED; i++) {
		uint64_t place = next_place;
		uint8_t *block;

		next_place += THREAD_BLOCK_SIZE;
		if (next_place >= THREAD_BLOCKS_END)
			next_place = THREAD_BLOCKS_START;
		block = host_memory_map_at(place, THREAD_BLOCK_SIZE, PROT_READ | PROT_WRITE);
		if (!block)
			continue;
		if (protect_guards(block))
			return block;
		host_memory_unmap(block, THREAD_BLOCK_SIZE);
		return NULL;
	}
	return NULL;
}

static void
release_block(void *block)
{
	if (free_block_count < FREE_BLOCKS_KEPT)
		free_blocks[free_block_count++] = block;
	else
		host_memory_unmap(block, THREAD_BLOCK_SIZE);
}

/* Frees the blocks of tasks that have ended. */
static void
reap_exited(void)
{
	struct guest_thread **link = &first_exiting;

	while (*link) {
		struct guest_thread *t = *link;

		if (__atomic_load_n(&thread_task(t)->gone, __ATOMIC_ACQUIRE) &&
			!__atomic_load_n(&thread_task(t)->awaited, __ATOMIC_ACQUIRE)) {
			*link = thread_task(t)->next_exiting;
			release_block(t);
		} else {
			link = &thread_task(t)->next_exiting;
		}
	}
}

static void
list_remove(struct guest_thread *t)
{
	if (t->previous)
		t->previous->next = t->next;
	else
		first_thread = t->next;
	if (t->next)
		t->next->previous = t->previous;
	t->next = NULL;
	t->previous = NULL;
}

/* The handler of a signal that comes between sets what it finds wrong by itself, or is seen here. */
void
thread_use_indirect_table(struct guest_thread *t, bool own)
{
	void **table = &t->cpu.hot.indirect_table;

	__atomic_store_n(table, own ? t->indirect_table : threads_empty_table, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&t->cpu.hot.signal_pending, __ATOMIC_RELAXED))
		__atomic_store_n(table, (void *)threads_empty_table, __ATOMIC_RELAXED);
}

void
thread_clear_indirect_table(struct guest_thread *t)
{
	memset(t->indirect_table, 0, THREAD_TABLE_SIZE);
	/* Zero is an address that a guest may jump to, and its slot is the first: no other pc with slot 0 is 4. */
	t->indirect_table[0].guest_pc = t->indirect_table[1].guest_pc = INDIRECT_NEVER_FIRST;
}

/* Makes a block that may have belonged to another thread this new thread's. */
static void
prepare(struct guest_thread *t, bool used_before)
{
	uint8_t *block = (uint8_t *)t;

	if (used_before) {
		memset(t, 0, sizeof(*t));
		memset(thread_task(t), 0, sizeof(struct thread_task));
	}
	t->memory = block;
	t->memory_size = THREAD_BLOCK_SIZE;
	t->indirect_table = (struct indirect_entry *)(block + THREAD_TABLE_OFFSET);
	if (used_before)
		thread_clear_indirect_table(t);
	else
		t->indirect_table[0].guest_pc = t->indirect_table[1].guest_pc =
			INDIRECT_NEVER_FIRST;
	t->cpu.hot.indirect_table = t->indirect_table;
	trace_recorder_refuel(t);
	backend_init_cpu(&t->cpu, block + THREAD_RETURN_STACK_OFFSET, THREAD_RETURN_STACK_SIZE);
	t->cpu.cold.thread = t;
}

struct guest_thread *
thread_create(void)
{
	struct guest_thread *t;
	bool used_before;

	threads_lock();
	reap_exited();
	used_before = free_block_count > 0;
	t = used_before ? free_blocks[--free_block_count] : map_block();
	threads_unlock();
	if (!t)
		return NULL;
	prepare(t, used_before);
	threads_lock();
	t->next = first_thread;
	if (first_thread)
		first_thread->previous = t;
	first_thread = t;
	threads_unlock();
	return t;
}

void
thread_free(struct guest_thread *t)
{
	threads_lock();
	statistics_thread_ends(t);
	list_remove(t);
	release_block(t);
	threads_unlock();
}

void
threads_after_fork(struct guest_thread *t)
{
	struct guest_thread *other = first_thread;

	while (other) {
		struct guest_thread *next = other->next;

		if (other != t)
			release_block(other);
		other = next;
	}
	for (other = first_exiting; other;) {
		struct guest_thread *next = thread_task(other)->next_exiting;

		release_block(other);
		other = next;
	}
	first_exiting = NULL;
	first_thread = t;
	thread_task(t)->may_depart = false; /* it is a process of its own now */
	t->next = NULL;
	t->previous = NULL;
	threads_unlock();
}

/*
 * The last steps of a task: after `gone` is set another task may take the block, so no memory of it is touched any
 * more. No signal can come: all are blocked.
 */
static _Noreturn void
leave_block(uint32_t *gone, long number, int status)
{
	__asm__ volatile("movl	$1, (%[gone])\n"
			 "1:	syscall\n"
			 "	jmp	1b\n"
			 :
			 : [gone] "r"(gone), "a"(number), "D"((long)status)
			 : "rcx", "r11", "memory");
	__builtin_unreachable();
}

void
thread_exit(struct guest_thread *t, long number, int status)
{
	signals_block_everything();
	signals_free_thread(t);
	threads_lock();
	statistics_thread_ends(t);
	list_remove(t);
	thread_task(t)->ended = true;
	thread_task(t)->next_exiting = first_exiting;
	first_exiting = t;
	threads_unlock();
	leave_block(&thread_task(t)->gone, number, status);
}

void
thread_run_on_stack(struct guest_thread *t, void (*function)(struct guest_thread *t))
{
	uint8_t *top = (uint8_t *)t + THREAD_C_STACK_TOP;

	__asm__ volatile("mov	%[top], %%rsp\n"
			 "xor	%%ebp, %%ebp\n"
			 "call	*%[function]\n"
			 "ud2\n"
			 :
			 : [top] "r"(top), [function] "r"(function), "D"(t)
			 : "memory");
	__builtin_unreachable();
}
