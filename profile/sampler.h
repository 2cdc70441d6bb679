// SPDX-License-Identifier: Apache-2.0
// Samples of a process and all that it makes, taken by the host kernel (perf_event_open, a clock on each processor) and read
// here from rings of shared memory. The processes themselves notice nothing.
#ifndef PROFILE_SAMPLER_H
#define PROFILE_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Where a thread's user-space part was; what its stack pointer and stack tell. Values of sample.stack. */
enum sample_stack {
	SAMPLE_STACK_RETURN = 32, /* on the return-prediction stack: translated code */
	SAMPLE_STACK_SIGNAL,      /* on the host's signal stack */
	SAMPLE_STACK_DEEP,        /* so deep in C code that the activity was out of sight */
	SAMPLE_STACK_OTHER,       /* not a stack of a guest thread: start-up */
				  /* smaller values: enum thread_activity */
};

struct sample {
	uint64_t time; /* CLOCK_MONOTONIC, nanoseconds */
	uint64_t pc;   /* in user space */
	uint32_t process;
	uint8_t stack;  /* enum sample_stack or thread_activity */
	bool in_kernel; /* the kernel was at work for it */
};

/** All samples so far. */
struct samples {
	struct sample *at;
	size_t count, room;
	uint64_t lost; /* for which the rings had no room */
};

struct sampler;

/** Appends; false when out of memory. */
bool samples_add(struct samples *samples, const struct sample *sample);

/**
 * Begins to sample process `pid`, every `period` nanoseconds of processor time. NULL with the reason in `why` when the
 * kernel refuses. Sets *sees_kernel.
 */
struct sampler *sampler_open(int pid, uint64_t period, bool *sees_kernel, char *why, size_t size);

/** Takes what is in the rings; waits for more at most `milliseconds`, or until `pidfd` (-1: none) is readable. */
void sampler_read(struct sampler *sampler, struct samples *samples, int pidfd, int milliseconds);

void sampler_close(struct sampler *sampler);

#endif
