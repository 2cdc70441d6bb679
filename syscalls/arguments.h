// SPDX-License-Identifier: Apache-2.0
// Checks of a call's arguments that follow from its signature, done before it is carried out.
#ifndef SYSCALLS_ARGUMENTS_H
#define SYSCALLS_ARGUMENTS_H

#include "runtime/guest_memory.h"
#include "syscalls/system_call.h"

/* arm64's TASK_SIZE with addresses of 48 bits. */
#define ARGUMENTS_ADDRESS_LIMIT (UINT64_C(1) << 48)
/* Amid the gap between the guest's addresses and the code buffer. */
#define ARGUMENTS_NOTHING (GUEST_ADDRESS_END + (UINT64_C(1) << 30))

/*
 * What the host kernel is given in place of an address that the guest has nothing at. One that an arm64 process could
 * have (48 bits) becomes one in a part of the address space where the host never has anything: it is looked at as late
 * as on the guest's own kernel, and not at all for nothing. Others become ones that the kernel refuses at once.
 */
static inline uint64_t
arguments_refused_address(uint64_t address)
{
	if (address < ARGUMENTS_ADDRESS_LIMIT)
		return ARGUMENTS_NOTHING + address % GUEST_PAGE_SIZE;
	return address | UINT64_C(1) << 63;
}

/* Cuts the tags off the addresses, for a thread that has asked for that. */
void arguments_untag(const struct system_call *call, uint64_t value[6]);

/* Addresses of all arguments, and those behind them in iovec and message headers. */
void arguments_check_addresses(const struct system_call *call, uint64_t value[6]);

/* Descriptors of all arguments: hidden ones become -1. */
void arguments_check_descriptors(const struct system_call *call, uint64_t value[6]);

/* How many bytes from argument n on the kernel may access; 1 for strings. */
uint64_t arguments_extent(const struct system_call *call, unsigned n, const uint64_t value[6]);

/*
 * Looks at the buffers of `count` iovecs at `address`, and prepares them if the kernel will write there. False when one is
 * not in the guest's address space. What cannot be read is left to the kernel.
 */
bool arguments_check_iovec(uint64_t address, uint64_t count, bool written);

/* guest_memory_prepare_write for what lies in the guest's address space of [address, address + length). */
void arguments_prepare_write(uint64_t address, uint64_t length);

#endif
