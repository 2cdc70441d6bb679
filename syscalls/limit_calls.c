// SPDX-License-Identifier: Apache-2.0
//
// getrlimit, setrlimit and prlimit64: all as the host's, save for RLIMIT_AS and RLIMIT_DATA (see limits.h), which are
// enforced here for the guest's mappings.

#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"
#include "syscalls/limits.h"

#include <sys/mman.h>
#include <sys/resource.h>

/* The guest's own limits of its address space and of its data; RLIM_INFINITY when there is none, or the host's holds. */
static struct own_limit {
	unsigned resource;
	uint64_t value;
} own_limits[] = { { RLIMIT_AS, RLIM_INFINITY }, { RLIMIT_DATA, RLIM_INFINITY } };

static struct own_limit *const own_space = &own_limits[0], *const own_data = &own_limits[1];

static struct own_limit *
find_own_limit(unsigned resource)
{
	for (size_t i = 0; i < sizeof(own_limits) / sizeof(own_limits[0]); i++) {
		if (own_limits[i].resource == resource)
			return &own_limits[i];
	}
	return NULL;
}

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
	for (size_t i = 0; i < sizeof(own_limits) / sizeof(own_limits[0]); i++) {
		struct rlimit host = { RLIM_INFINITY, RLIM_INFINITY };

		if (host_syscall(SYS_prlimit64, 0, own_limits[i].resource, NULL, &host) == 0)
			own_limits[i].value = host.rlim_cur < LIMITS_ALLOWANCE
						      ? RLIM_INFINITY
						      : limits_to_guest(host.rlim_cur);
	}
}

/* The kernel's is_data_mapping. */
static bool
is_data(const struct guest_mapping *mapping)
{
	return mapping->protection & PROT_WRITE && !mapping->shared && !mapping->grows_down;
}

/* True when `length` bytes more of address space, or of data, go into a limit. */
static bool
allows(const struct own_limit *own, uint64_t length)
{
	uint64_t limit = __atomic_load_n(&own->value, __ATOMIC_RELAXED);
	uint64_t total = 0, address = 0;
	struct guest_mapping mapping;

	if (limit == RLIM_INFINITY)
		return true;
	for (; guest_memory_next(address, &mapping); address = mapping.end) {
		if (own == own_space || is_data(&mapping))
			total += mapping.end - mapping.start;
	}
	return total <= limit && length <= limit - total;
}

bool
limits_allow_mapping(uint64_t length, bool data)
{
	return allows(own_space, length) && (!data || allows(own_data, length));
}

bool
limits_allow_writing(uint64_t address, uint64_t length)
{
	uint64_t end = address + length, more = 0, from, to;
	struct guest_mapping mapping;

	if (__atomic_load_n(&own_data->value, __ATOMIC_RELAXED) == RLIM_INFINITY || end < address)
		return true;
	for (; guest_memory_next(address, &mapping) && mapping.start < end; address = mapping.end) {
		from = mapping.start > address ? mapping.start : address;
		to = mapping.end < end ? mapping.end : end;
		if (!mapping.shared && !(mapping.protection & PROT_WRITE))
			more += to - from;
	}
	return allows(own_data, more);
}

bool
limits_allow_break(uint64_t heap)
{
	return heap <= __atomic_load_n(&own_data->value, __ATOMIC_RELAXED);
}

/* prlimit of one of the guest's own limits; `new` and `old` are guest addresses or 0. */
static int64_t
change_own_limit(struct own_limit *own, uint64_t pid, uint64_t new, uint64_t old)
{
	struct rlimit before = { 0 }, guest, host;
	int64_t result = host_syscall(SYS_prlimit64, pid, own->resource, NULL, &before);
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
		result = host_syscall(SYS_prlimit64, pid, own->resource, &host, NULL);
		if (result < 0)
			return result;
		if (!outside && ((int)pid == 0 || (int)pid == host_syscall(SYS_getpid)))
			__atomic_store_n(&own->value, guest.rlim_cur, __ATOMIC_RELAXED);
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
	struct own_limit *own = find_own_limit((unsigned)argument[1]);

	(void)t;
	if (own)
		return change_own_limit(own, argument[0], argument[2], argument[3]);
	return system_call_quick(SYS_prlimit64, argument);
}

int64_t
sys_getrlimit(struct guest_thread *t, const uint64_t argument[6])
{
	struct own_limit *own = find_own_limit((unsigned)argument[0]);

	(void)t;
	if (!own)
		return system_call_quick(SYS_getrlimit, argument);
	return argument[1] ? change_own_limit(own, 0, 0, argument[1]) : -EFAULT;
}

int64_t
sys_setrlimit(struct guest_thread *t, const uint64_t argument[6])
{
	struct own_limit *own = find_own_limit((unsigned)argument[0]);

	(void)t;
	if (!own)
		return system_call_quick(SYS_setrlimit, argument);
	return argument[1] ? change_own_limit(own, 0, argument[1], 0) : -EFAULT;
}
