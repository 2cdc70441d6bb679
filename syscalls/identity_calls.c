// SPDX-License-Identifier: Apache-2.0
//
// Who and what the guest is: uname and personality. (prctl is in process_prctl.c.)

#include "runtime/guest_access.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"

#include <linux/utsname.h>
#include <string.h>
#include <sys/personality.h>

int64_t
sys_uname(struct guest_thread *t, const uint64_t argument[6])
{
	struct new_utsname name;
	int64_t result = host_syscall(SYS_uname, &name);

	(void)t;
	if (result < 0)
		return result;
	memset(name.machine, 0, sizeof(name.machine));
	memcpy(name.machine, "aarch64", sizeof("aarch64"));
	if (guest_options->uname_release) {
		memset(name.release, 0, sizeof(name.release));
		strncpy(name.release, guest_options->uname_release, sizeof(name.release) - 1);
	}
	return guest_copy_to(argument[0], &name, sizeof(name));
}

/*
 * Bits that move or change the host's own mappings, at once or at the next exec. The guest gets them back when it asks,
 * as long as the process lives.
 */
#define PERSONALITY_KEPT                                                              \
	(MMAP_PAGE_ZERO | ADDR_COMPAT_LAYOUT | READ_IMPLIES_EXEC | ADDR_LIMIT_32BIT | \
		ADDR_LIMIT_3GB)
#define PERSONALITY_QUERY 0xffffffffu

static uint32_t personality_kept;

int64_t
sys_personality(struct guest_thread *t, const uint64_t argument[6])
{
	uint32_t wanted = (uint32_t)argument[0];
	uint32_t kept = __atomic_load_n(&personality_kept, __ATOMIC_RELAXED);
	int64_t before;

	(void)t;
	if (wanted == PERSONALITY_QUERY) {
		before = host_syscall(SYS_personality, PERSONALITY_QUERY);
		return before < 0 ? before : before | kept;
	}
	/* A processor without AArch32 (arch/arm64/kernel/sys.c). */
	if ((wanted & PER_MASK) == PER_LINUX32)
		return -EINVAL;
	before = host_syscall(SYS_personality, wanted & ~(uint32_t)PERSONALITY_KEPT);
	if (before < 0)
		return before;
	__atomic_store_n(&personality_kept, wanted & PERSONALITY_KEPT, __ATOMIC_RELAXED);
	return before | kept;
}
