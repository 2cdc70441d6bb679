// SPDX-License-Identifier: Apache-2.0
//
// System V IPC: of its structures, struct semid64_ds alone is laid out differently on x86-64.

#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/arguments.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"
#include "syscalls/marshal.h"

#include <linux/sem.h>

/* The largest set's values (SEMMSL of 16-bit words). */
#define ALL_VALUES_SIZE  (32000 * 2)
#define GUEST_SEMID_SIZE 104

_Static_assert(sizeof(struct semid64_ds) == 104, "the host's layout, with a word after each time");

/* IPC_STAT and its kin. */
static int64_t
stat_set(const uint64_t argument[6])
{
	struct semid64_ds host;
	uint8_t guest[GUEST_SEMID_SIZE];
	int64_t result = host_syscall(SYS_semctl, argument[0], argument[1], argument[2], &host);
	int64_t error;

	if (result < 0)
		return result;
	marshal_to_guest(&marshal_semid, &abi_arm64, guest, &host);
	error = guest_copy_to(argument[3], guest, marshal_guest_size(&marshal_semid, &abi_arm64));
	return error ? error : result;
}

/* IPC_SET. */
static int64_t
change_set(const uint64_t argument[6])
{
	struct semid64_ds host = { 0 };
	uint8_t guest[GUEST_SEMID_SIZE];

	if (guest_copy_from(guest, argument[3], marshal_guest_size(&marshal_semid, &abi_arm64)))
		return -EFAULT;
	marshal_from_guest(&marshal_semid, &abi_arm64, &host, guest);
	return host_syscall(SYS_semctl, argument[0], argument[1], argument[2], &host);
}

int64_t
sys_semctl(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	switch ((int)argument[2]) {
	case IPC_STAT:
	case SEM_STAT:
	case SEM_STAT_ANY: return argument[3] >= GUEST_ADDRESS_END ? -EFAULT : stat_set(argument);
	case IPC_SET: return argument[3] >= GUEST_ADDRESS_END ? -EFAULT : change_set(argument);
	case IPC_INFO:
	case SEM_INFO:
	case GETALL:
	case SETALL:
		if (argument[3] >= GUEST_ADDRESS_END)
			return -EFAULT;
		arguments_prepare_write(argument[3], ALL_VALUES_SIZE);
		return system_call_quick(SYS_semctl, argument);
	default: return system_call_quick(SYS_semctl, argument);
	}
}
