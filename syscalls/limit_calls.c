// SPDX-License-Identifier: Apache-2.0
//
// getrlimit, setrlimit and prlimit64: all as the host's, save for RLIMIT_AS (see limits.h), which is enforced here for
// the guest's mappings.

#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"
#include "syscalls/limits.h"

#include <sys/resource.h>

/* The guest's own RLIMIT_AS; RLIM_INFINITY when there is none, or one that the host enforces. */
static uint64_t own_limit = RLIM_INFINITY;

uint64_t
limits_to_host(uint64_t guest)
{
	uint64_t host;

	if (guest == RLIM_INFINITY || __builtin_add_overflow(guest, LIMITS_ALLOWANCE, &host))
		return RLIM_INFINITY;
	return host;
}

uint64_t
limits_to_guest(uint64_t host)
{
	return host == RLIM_INFINITY || host < LIMITS_ALLOWANCE ? host : host - LIMITS_ALLOWANCE;
}

void
limits_init(void)
{
	struct rlimit host = { RLIM_INFINITY, RLIM_INFINITY };

	if (host_syscall(SYS_prlimit64, 0, RLIMIT_AS, NULL, &host) == 0)
		own_limit = host.rlim_cur < LIMITS_ALLOWANCE ? RLIM_INFINITY
							     : limits_to_guest(host.rlim_cur);
}

bool
limits_allow_mapping(uint64_t length)
{
	uint64_t limit = __atomic_load_n(&own_limit, __ATOMIC_RELAXED);
	uint64_t total = 0, address = 0;
	struct guest_mapping mapping;

	if (limit == RLIM_INFINITY)
		return true;
	for (; guest_memory_next(address, &mapping); address = mapping.end)
		total += mapping.end - mapping.start;
	return total <= limit && length <= limit - total;
}

/* prlimit of RLIMIT_AS; `new` and `old` are guest addresses or 0. */
static int64_t
limit_address_space(uint64_t pid, uint64_t new, uint64_t old)
{
	struct rlimit before = { 0 }, guest, host;
	int64_t result = host_syscall(SYS_prlimit64, pid, RLIMIT_AS, NULL, &before);
	bool outside;

	if (result < 0)
		return result;
	outside = before.rlim_max < LIMITS_ALLOWANCE;
	if (new) {
		if (guest_copy_from(&guest, new, sizeof(guest)) != 0)
			return -EFAULT;
		if (guest.rlim_cur > guest.rlim_max)
			return -EINVAL;
		host.rlim_cur = outside ? guest.rlim_cur : limits_to_host(guest.rlim_cur);
		host.rlim_max = outside ? guest.rlim_max : limits_to_host(guest.rlim_max);
		result = host_syscall(SYS_prlimit64, pid, RLIMIT_AS, &host, NULL);
		if (result < 0)
			return result;
		if (!outside && ((int)pid == 0 || (int)pid == host_syscall(SYS_getpid)))
			__atomic_store_n(&own_limit, guest.rlim_cur, __ATOMIC_RELAXED);
	}
	if (old) {
		guest.rlim_cur = limits_to_guest(before.rlim_cur);
		guest.rlim_max = limits_to_guest(before.rlim_max);
		return guest_copy_to(old, &guest, sizeof(guest));
	}
	return 0;
}

int64_t
sys_prlimit64(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if ((unsigned)argument[1] == RLIMIT_AS)
		return limit_address_space(argument[0], argument[2], argument[3]);
	return system_call_quick(SYS_prlimit64, argument);
}

int64_t
sys_getrlimit(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if ((unsigned)argument[0] != RLIMIT_AS)
		return system_call_quick(SYS_getrlimit, argument);
	return argument[1] ? limit_address_space(0, 0, argument[1]) : -EFAULT;
}

int64_t
sys_setrlimit(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if ((unsigned)argument[0] != RLIMIT_AS)
		return system_call_quick(SYS_setrlimit, argument);
	return argument[1] ? limit_address_space(0, argument[1], 0) : -EFAULT;
}
