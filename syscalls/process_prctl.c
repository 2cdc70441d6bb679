// SPDX-License-Identifier: Apache-2.0
//
// prctl: which options an arm64 kernel without the optional extensions knows, and what becomes of them. Options that
// are not in the table fail with EINVAL, as for a kernel that does not know them.

#include <linux/prctl.h>

#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/interruptible_syscall.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"

enum prctl_way {
	PRCTL_UNKNOWN, /* EINVAL */
	PRCTL_PASS,    /* arguments are values */
	PRCTL_READS,   /* argument `address` is one that the kernel reads from */
	PRCTL_WRITES,  /* ... writes to, `size` bytes */
	PRCTL_RANGE,   /* ... names memory, which must be the guest's */
};

struct prctl_option {
	uint32_t option;
	uint8_t way;
	uint8_t address;
	uint16_t size;
};

/* Left out on purpose: what other processors have (PR_SET_TSC, PR_SET_FPEMU, PR_SET_UNALIGN, PR_MPX_*), arm64's SVE, SME,
 * pointer authentication and memory tagging, which AT_HWCAP does not announce; PR_SET_SYSCALL_USER_DISPATCH, which arm64
 * does not have; PR_SET_SECCOMP, whose filters would judge the host's calls; PR_SET_MM, which would change what is
 * recorded of the translator; PR_SET_MDWE, which would keep the translator from making code. */
static const struct prctl_option options[] = {
	{ PR_SET_PDEATHSIG, PRCTL_PASS, 0, 0 },
	{ PR_GET_PDEATHSIG, PRCTL_WRITES, 1, 4 },
	{ PR_GET_DUMPABLE, PRCTL_PASS, 0, 0 },
	{ PR_SET_DUMPABLE, PRCTL_PASS, 0, 0 },
	{ PR_GET_KEEPCAPS, PRCTL_PASS, 0, 0 },
	{ PR_SET_KEEPCAPS, PRCTL_PASS, 0, 0 },
	{ PR_GET_TIMING, PRCTL_PASS, 0, 0 },
	{ PR_SET_TIMING, PRCTL_PASS, 0, 0 },
	{ PR_SET_NAME, PRCTL_READS, 1, 0 },
	{ PR_GET_NAME, PRCTL_WRITES, 1, 16 },
	{ PR_GET_SECCOMP, PRCTL_PASS, 0, 0 },
	{ PR_CAPBSET_READ, PRCTL_PASS, 0, 0 },
	{ PR_CAPBSET_DROP, PRCTL_PASS, 0, 0 },
	{ PR_GET_SECUREBITS, PRCTL_PASS, 0, 0 },
	{ PR_SET_SECUREBITS, PRCTL_PASS, 0, 0 },
	{ PR_SET_TIMERSLACK, PRCTL_PASS, 0, 0 },
	{ PR_GET_TIMERSLACK, PRCTL_PASS, 0, 0 },
	{ PR_TASK_PERF_EVENTS_DISABLE, PRCTL_PASS, 0, 0 },
	{ PR_TASK_PERF_EVENTS_ENABLE, PRCTL_PASS, 0, 0 },
	{ PR_MCE_KILL, PRCTL_PASS, 0, 0 },
	{ PR_MCE_KILL_GET, PRCTL_PASS, 0, 0 },
	{ PR_SET_PTRACER, PRCTL_PASS, 0, 0 },
	{ PR_SET_CHILD_SUBREAPER, PRCTL_PASS, 0, 0 },
	{ PR_GET_CHILD_SUBREAPER, PRCTL_WRITES, 1, 4 },
	{ PR_SET_NO_NEW_PRIVS, PRCTL_PASS, 0, 0 },
	{ PR_GET_NO_NEW_PRIVS, PRCTL_PASS, 0, 0 },
	{ PR_GET_TID_ADDRESS, PRCTL_WRITES, 1, 8 },
	{ PR_SET_THP_DISABLE, PRCTL_PASS, 0, 0 },
	{ PR_GET_THP_DISABLE, PRCTL_PASS, 0, 0 },
	{ PR_CAP_AMBIENT, PRCTL_PASS, 0, 0 },
	{ PR_GET_SPECULATION_CTRL, PRCTL_PASS, 0, 0 },
	{ PR_SET_SPECULATION_CTRL, PRCTL_PASS, 0, 0 },
	{ PR_SET_IO_FLUSHER, PRCTL_PASS, 0, 0 },
	{ PR_GET_IO_FLUSHER, PRCTL_PASS, 0, 0 },
	{ PR_SCHED_CORE, PRCTL_WRITES, 4, 8 },
	{ PR_SET_VMA, PRCTL_RANGE, 2, 0 },
	/* Numbers that older headers lack. */
	{ 66 /* PR_GET_MDWE */, PRCTL_PASS, 0, 0 },
	{ 67 /* PR_SET_MEMORY_MERGE */, PRCTL_PASS, 0, 0 },
	{ 68 /* PR_GET_MEMORY_MERGE */, PRCTL_PASS, 0, 0 },
};

static const struct prctl_option *
find(uint32_t option)
{
	static const struct prctl_option unknown = { .way = PRCTL_UNKNOWN };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (options[i].option == option)
			return &options[i];
	}
	return &unknown;
}

/* The range of PR_SET_VMA: argument 2 and the length after it, and a name at argument 4. */
static bool
range_is_guests(const uint64_t argument[6])
{
	return argument[2] <= GUEST_ADDRESS_END && argument[3] <= GUEST_ADDRESS_END - argument[2] &&
	       argument[4] < GUEST_ADDRESS_END;
}

/*
 * arm64's tagged address ABI (Documentation/arch/arm64/tagged-address-abi.rst), without memory tagging. Calls made directly
 * from translated code do not look at it, so they are given up for the process.
 */
static int64_t
tagged_address_control(struct guest_thread *t, const uint64_t argument[6])
{
	bool sets = (uint32_t)argument[0] == PR_SET_TAGGED_ADDR_CTRL;

	if (argument[2] || argument[3] || argument[4] ||
		(argument[1] & ~(uint64_t)(sets ? PR_TAGGED_ADDR_ENABLE : 0)))
		return -EINVAL;
	if (!sets)
		return t->tagged_addresses ? PR_TAGGED_ADDR_ENABLE : 0;
	t->tagged_addresses = argument[1] & PR_TAGGED_ADDR_ENABLE;
	if (t->tagged_addresses)
		__atomic_store_n(&system_calls_are_direct, false, __ATOMIC_RELAXED);
	return 0;
}

int64_t
sys_prctl(struct guest_thread *t, const uint64_t argument[6])
{
	const struct prctl_option *option = find((uint32_t)argument[0]);
	uint64_t address = argument[option->address];

	if ((uint32_t)argument[0] == PR_SET_TAGGED_ADDR_CTRL ||
		(uint32_t)argument[0] == PR_GET_TAGGED_ADDR_CTRL)
		return tagged_address_control(t, argument);
	switch ((enum prctl_way)option->way) {
	case PRCTL_UNKNOWN: return -EINVAL;
	case PRCTL_PASS: break;
	case PRCTL_READS:
	case PRCTL_WRITES:
		if (address > GUEST_ADDRESS_END - option->size)
			return -EFAULT;
		if (option->way == PRCTL_WRITES && address)
			guest_memory_prepare_write(address, option->size);
		break;
	case PRCTL_RANGE:
		if (!range_is_guests(argument))
			return -EINVAL;
		break;
	}
	return system_call_quick(SYS_prctl, argument);
}
