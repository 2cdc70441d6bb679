// SPDX-License-Identifier: Apache-2.0
// The host's clone and clone3 for tasks that start on a stack of their own. Raw: the new task has no C library state.
#ifndef RUNTIME_TASK_CLONE_H
#define RUNTIME_TASK_CLONE_H

#include <linux/sched.h>
#include <stddef.h>
#include <stdint.h>

/**
 * clone with the host's arguments. With `stack` (its top, 16-byte aligned) the child runs function(argument) there
 * and must not return; with NULL the child returns 0 from this call, on its copy of the caller's stack.
 * Gives the child's id in the parent, or -errno.
 */
long task_clone(uint64_t flags, void *stack, uint64_t parent_tid, uint64_t child_tid,
	void (*function)(void *), void *argument);

/** The same by clone3; when arguments->stack is set, its top 16 bytes are used. */
long task_clone3(
	struct clone_args *arguments, size_t size, void (*function)(void *), void *argument);

#endif
