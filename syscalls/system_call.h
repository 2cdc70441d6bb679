// SPDX-License-Identifier: Apache-2.0
// The system calls of a guest: what the table (linux.def) says of each, and how handlers look. Handlers are found by
// name: sys_NAME in the file of its topic. Everything here runs on the thread's C stack, outside translated code.
#ifndef SYSCALLS_SYSTEM_CALL_H
#define SYSCALLS_SYSTEM_CALL_H

#include "runtime/thread.h"
#include "runtime/run_options.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What becomes of a call. */
enum disposition {
	DISPOSITION_UNKNOWN, /* no such number on arm64: ENOSYS */
	DISPOSITION_PASS, /* to the host as it is: arguments and structures look the same on both */
	DISPOSITION_MARSHALLED, /* to the host, with arguments or structures translated */
	DISPOSITION_EMULATED,   /* done by dragoman */
	DISPOSITION_REFUSED, /* fails with the errno of a kernel or a processor that lacks the feature */
};

/* Whether the host's call may be made without leaving translated code first: direct.c. */
enum direct {
	DIRECT_NEVER,
	DIRECT_AT_ONCE, /* touches neither descriptors nor memory, and does not wait */
	DIRECT_OUTSIDE, /* the thread counts as outside of translated code meanwhile */
	DIRECT_FUTEX,   /* plain waits and wakes are as DIRECT_OUTSIDE, the rest DIRECT_NEVER */
	/* by the host's vDSO, when it serves that clock, else as DIRECT_OUTSIDE */
	DIRECT_CLOCK,
	DIRECT_TIME_OF_DAY,
};

/*
 * Carries out a call: `argument` holds x0..x5, with addresses that the guest cannot have replaced by ones that the
 * kernel refuses with EFAULT. Gives the result for x0: a value or -errno.
 */
typedef int64_t (*system_call_function)(struct guest_thread *t, const uint64_t argument[6]);

/* One row of the table. */
struct system_call {
	system_call_function function; /* NULL: the host's call host_number */
	uint16_t host_number;
	bool waits;          /* may sleep: made with interruptible_syscall */
	uint8_t restart;     /* enum restart_class of runtime/signals.h, when it waits */
	uint8_t disposition; /* enum disposition */
	uint8_t direct;      /* enum direct */
	uint8_t argument_count;
	uint8_t addresses;   /* bit n: argument n is an address that the kernel reads or writes */
	uint8_t written;     /* bit n: one that the kernel writes */
	uint8_t descriptors; /* bit n: argument n is a file descriptor */
	uint8_t lookups; /* bit n: argument n is a path that is looked up (-L and /proc apply) */
	uint32_t arguments[6]; /* see argument.h */
};

#define SYSTEM_CALL_COUNT 463 /* Linux 6.12: 0..462 */

extern const struct system_call system_calls[SYSTEM_CALL_COUNT];
/* Names by number; NULL where there is no such call. */
extern const char *const system_call_names[SYSTEM_CALL_COUNT];

/* Carries out the call whose number is in x8 and puts its result in x0; pc is already past the SVC. */
void system_call(struct guest_thread *t);

/*
 * For backend_set_system_call: makes the call if it is one that direct.c knows how to. Where it gives NULL, the call is
 * system_call's, or, with CPU_EXIT_CALL_MADE, system_call_conclude's.
 */
const uint8_t *system_call_direct(struct cpu *cpu);

/* The rest of a call whose result is in t->call_result: x0, and how it goes on when a signal ended it. */
void system_call_conclude(struct guest_thread *t);

/* False makes system_call_direct leave every call to system_call, which logs them. */
extern bool system_calls_are_direct;

struct loaded_program;

/*
 * To be called once before the guest runs. Both stay the caller's and must live as long as the guest. Makes the host
 * kernel show the guest's argument vector, environment and auxiliary vector in /proc/PID, and hides the
 * descriptors named in them from the guest.
 */
void system_calls_init(const struct run_options *options, const struct loaded_program *program);

/* What system_calls_init was given. */
extern const struct run_options *guest_options;
extern const struct loaded_program *guest_program;

#endif
