// SPDX-License-Identifier: Apache-2.0
// Checks of a call's arguments that follow from its signature, done before it is carried out.
#ifndef SYSCALLS_ARGUMENTS_H
#define SYSCALLS_ARGUMENTS_H

#include "syscalls/system_call.h"

/*
 * An address that the host kernel refuses (EFAULT) in place of one that the guest cannot have. Where it checks other
 * arguments first, their errors come first, as on the guest's own kernel.
 */
static inline uint64_t
arguments_refused_address(uint64_t address)
{
	return address | UINT64_C(1) << 63;
}

/* Addresses of all arguments, and those behind them in iovec and message headers. */
void arguments_check_addresses(const struct system_call *call, uint64_t value[6]);

/* Descriptors of all arguments: hidden ones become -1. */
void arguments_check_descriptors(const struct system_call *call, uint64_t value[6]);

/* How many bytes from argument n on the kernel may access; 1 for strings. */
uint64_t arguments_extent(const struct system_call *call, unsigned n, const uint64_t value[6]);

/* guest_memory_prepare_write for what lies in the guest's address space of [address, address + length). */
void arguments_prepare_write(uint64_t address, uint64_t length);

#endif
