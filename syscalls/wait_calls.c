// SPDX-License-Identifier: Apache-2.0
//
// Calls that wait for descriptors or for time: those that wait under another signal mask, those whose events are laid
// out differently, and sleeps that have to go on for the time that is left.

#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/arguments.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"
#include "syscalls/marshal.h"

#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#define SIGNAL_SET_SIZE 8

/* epoll events that are taken by way of our stack; room for more is lent to the kernel by the guest. */
#define EPOLL_CHUNK      64
#define EPOLL_GUEST_SIZE 16
/* EP_MAX_EVENTS: more than this is EINVAL. */
#define EPOLL_GUEST_LIMIT (INT_MAX / EPOLL_GUEST_SIZE)

/* The { mask, size } that pselect6 and io_pgetevents have as one argument. */
struct mask_argument {
	uint64_t address;
	uint64_t size;
};

/*
 * Takes a call's signal mask from the guest (address 0: none, *host stays 0) and has the thread wait under it.
 * Gives 0 or -errno; *host is the address of the mask for the host's call, kept in *mask.
 */
static int64_t
use_mask(struct guest_thread *t, uint64_t address, uint64_t size, uint64_t *mask, uint64_t *host)
{
	*host = 0;
	if (address == 0)
		return 0;
	if (size != SIGNAL_SET_SIZE)
		return -EINVAL;
	if (address >= GUEST_ADDRESS_END || guest_copy_from(mask, address, sizeof(*mask)) != 0)
		return -EFAULT;
	signals_use_temporary_mask(t, *mask);
	*mask = signals_host_mask(*mask);
	*host = (uint64_t)mask;
	return 0;
}

/* The kernel takes the time before the mask: its errors come first. 0 is no time. */
static int64_t
check_timeout(uint64_t address)
{
	struct timespec time;

	if (address == 0)
		return 0;
	if (address >= GUEST_ADDRESS_END || guest_copy_from(&time, address, sizeof(time)) != 0)
		return -EFAULT;
	return time.tv_sec < 0 || (uint64_t)time.tv_nsec >= 1000000000 ? -EINVAL : 0;
}

int64_t
sys_ppoll(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6], mask;
	int64_t result = check_timeout(argument[2]);

	if (result < 0)
		return result;
	memcpy(host, argument, sizeof(host));
	host[4] = SIGNAL_SET_SIZE;
	result = use_mask(t, argument[3], argument[4], &mask, &host[3]);
	if (result < 0)
		return result;
	return system_call_wait(t, SYS_ppoll, RESTART_NOHAND, host);
}

/* The last argument of pselect6 and io_pgetevents, with the mask behind it, and the time that comes between them. */
static int64_t
use_mask_argument(struct guest_thread *t, uint64_t address, uint64_t timeout, uint64_t *mask,
	struct mask_argument *host)
{
	struct mask_argument guest = { 0 };
	int64_t result;

	*host = (struct mask_argument){ .size = SIGNAL_SET_SIZE };
	if (address >= GUEST_ADDRESS_END ||
		(address && guest_copy_from(&guest, address, sizeof(guest)) != 0))
		return -EFAULT;
	result = check_timeout(timeout);
	return result < 0 ? result : use_mask(t, guest.address, guest.size, mask, &host->address);
}

int64_t
sys_pselect6(struct guest_thread *t, const uint64_t argument[6])
{
	struct mask_argument last;
	uint64_t host[6], mask;
	int64_t result;

	result = use_mask_argument(t, argument[5], argument[4], &mask, &last);
	if (result < 0)
		return result;
	memcpy(host, argument, sizeof(host));
	host[5] = (uint64_t)&last;
	return system_call_wait(t, SYS_pselect6, RESTART_NOHAND, host);
}

int64_t
sys_io_pgetevents(struct guest_thread *t, const uint64_t argument[6])
{
	struct mask_argument last;
	uint64_t host[6], mask;
	int64_t result;

	/* A time that makes no sense is not refused here. */
	if (check_timeout(argument[4]) == -EFAULT)
		return -EFAULT;
	result = use_mask_argument(t, argument[5], 0, &mask, &last);
	if (result < 0)
		return result;
	memcpy(host, argument, sizeof(host));
	host[5] = (uint64_t)&last;
	return system_call_wait(t, SYS_io_pgetevents, RESTART_NEVER, host);
}

int64_t
sys_epoll_ctl(struct guest_thread *t, const uint64_t argument[6])
{
	struct epoll_event event;
	uint8_t guest[EPOLL_GUEST_SIZE];

	(void)t;
	if ((int)argument[1] == EPOLL_CTL_DEL || argument[3] == 0 ||
		argument[3] >= GUEST_ADDRESS_END)
		return system_call_quick(SYS_epoll_ctl, argument);
	if (guest_copy_from(guest, argument[3], sizeof(guest)) != 0)
		return -EFAULT;
	marshal_from_guest(&marshal_epoll_event, &abi_arm64, &event, guest);
	return host_syscall(SYS_epoll_ctl, argument[0], argument[1], argument[2], &event);
}

/* Gives `count` events to the guest. */
static int64_t
events_to_guest(uint64_t address, const struct epoll_event *events, int64_t count)
{
	uint8_t guest[EPOLL_GUEST_SIZE];

	for (int64_t i = 0; i < count; i++) {
		marshal_to_guest(&marshal_epoll_event, &abi_arm64, guest, &events[i]);
		if (guest_copy_to(address + (uint64_t)i * sizeof(guest), guest, sizeof(guest)))
			return i > 0 ? i : -EFAULT;
	}
	return count;
}

/*
 * The host's events, which are packed, lie where the guest wants its own, which are larger: each is put in its place, the last
 * one first.
 */
static int64_t
spread_events(uint64_t address, int64_t count)
{
	struct epoll_event event;

	for (int64_t i = count - 1; i >= 0; i--) {
		if (guest_copy_from(&event, address + (uint64_t)i * sizeof(event), sizeof(event)))
			return -EFAULT;
		if (events_to_guest(address + (uint64_t)i * EPOLL_GUEST_SIZE, &event, 1) < 0)
			count = i;
	}
	return count > 0 ? count : -EFAULT;
}

/* epoll_pwait and epoll_pwait2: only the timeout differs, and that is passed through. */
static int64_t
wait_for_events(struct guest_thread *t, long number, const uint64_t argument[6])
{
	struct epoll_event events[EPOLL_CHUNK];
	uint64_t host[6], mask;
	int64_t result;

	memcpy(host, argument, sizeof(host));
	host[5] = SIGNAL_SET_SIZE;
	result = number == SYS_epoll_pwait2 ? check_timeout(argument[3]) : 0;
	if (result == 0)
		result = use_mask(t, argument[4], argument[5], &mask, &host[4]);
	if (result < 0)
		return result;
	/* A bad address or count is for the kernel to refuse. */
	if (argument[1] != 0 && argument[1] < GUEST_ADDRESS_END && (int)argument[2] <= EPOLL_CHUNK)
		host[1] = (uint64_t)events;
	if ((int)argument[2] > EPOLL_GUEST_LIMIT)
		host[2] = INT_MAX;
	result = system_call_wait(t, number, RESTART_NEVER, host);
	if (result <= 0)
		return result;
	return host[1] == (uint64_t)events ? events_to_guest(argument[1], events, result)
					   : spread_events(argument[1], result);
}

int64_t
sys_epoll_pwait(struct guest_thread *t, const uint64_t argument[6])
{
	return wait_for_events(t, SYS_epoll_pwait, argument);
}

int64_t
sys_epoll_pwait2(struct guest_thread *t, const uint64_t argument[6])
{
	return wait_for_events(t, SYS_epoll_pwait2, argument);
}

/*
 * Sleeps for *request as the host's call does, which takes it as argument `n` and the time left as the next. When our
 * handler ended it for a signal that the guest is not to see, it goes on for the time left.
 */
static int64_t
sleep_relative(struct guest_thread *t, long number, const uint64_t argument[6], unsigned n)
{
	uint64_t host[6], first = a64_state(&t->cpu)->x[0];
	struct timespec request, left;
	int64_t result;

	memcpy(host, argument, sizeof(host));
	/* Which clock it is, is looked at before the time. */
	if (argument[n] == 0 || argument[n] >= GUEST_ADDRESS_END ||
		guest_copy_from(&request, argument[n], sizeof(request)) != 0)
		return system_call_quick(number, argument);
	host[n] = (uint64_t)&request;
	host[n + 1] = (uint64_t)&left;
	for (;;) {
		result = interruptible_syscall(
			t, number, host[0], host[1], host[2], host[3], host[4], host[5]);
		if (result != -EINTR || !t->signals.spurious || t->signals.queued)
			break;
		t->signals.spurious = false;
		request = left;
	}
	if (result == -EINTR && argument[n + 1] != 0 &&
		guest_copy_to(argument[n + 1], &left, sizeof(left)) != 0)
		result = -EFAULT;
	return signals_after_system_call(t, RESTART_BLOCK, first, result);
}

int64_t
sys_nanosleep(struct guest_thread *t, const uint64_t argument[6])
{
	return sleep_relative(t, SYS_nanosleep, argument, 0);
}

int64_t
sys_clock_nanosleep(struct guest_thread *t, const uint64_t argument[6])
{
	if (argument[1] & TIMER_ABSTIME)
		return system_call_wait(t, SYS_clock_nanosleep, RESTART_NOHAND, argument);
	return sleep_relative(t, SYS_clock_nanosleep, argument, 2);
}
