// SPDX-License-Identifier: Apache-2.0
// RLIMIT_AS and RLIMIT_DATA: a limit that a guest sets is for its own mappings, not for the translator's beside them.
#ifndef SYSCALLS_LIMITS_H
#define SYSCALLS_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What the host's limit has on top of the guest's. It is the same in every process, so that the limit goes through fork
 * and exec as the guest set it, and is more than the translator ever maps. A limit below it was set outside: it holds
 * for both together, and is shown as it is.
 */
#define LIMITS_ALLOWANCE (UINT64_C(64) << 30)

/* The host's value of a limit for the guest's, and back; RLIM_INFINITY stays. */
uint64_t limits_to_host(uint64_t guest);
uint64_t limits_to_guest(uint64_t host);

/* Reads the limits that the process was started with. */
void limits_init(void);

/*
 * False when the guest may not map `length` bytes more, private and writable ones if `data`. Costs a load or two where
 * there is no limit.
 */
bool limits_allow_mapping(uint64_t length, bool data);

/* False when making [address, address + length) writable would be more data than the guest may have. */
bool limits_allow_writing(uint64_t address, uint64_t length);

/* False when the heap that brk sets may not have `heap` bytes. */
bool limits_allow_break(uint64_t heap);

#endif
