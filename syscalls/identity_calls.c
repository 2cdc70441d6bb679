// SPDX-License-Identifier: Apache-2.0
//
// Who and what the guest is: uname, personality, prctl.

#include "frontend/a64/state.h"
#include "loader/loader.h"
#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/arguments.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"

#include <linux/prctl.h>
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
#define PERSONALITY_KEPT                                                                           \
	(MMAP_PAGE_ZERO | ADDR_COMPAT_LAYOUT | READ_IMPLIES_EXEC | ADDR_LIMIT_32BIT |              \
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

/* prctl(PR_GET_AUXV): newer than the headers of Debian 12. */
#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

/* What is the matter with an option. */
enum prctl_kind {
	PRCTL_PASS,
	PRCTL_INVALID, /* EINVAL, as where the feature does not exist */
	PRCTL_WRITES, /* the kernel writes `size` bytes to the address in argument 1 */
};

static const struct {
	uint32_t option;
	uint8_t kind; /* enum prctl_kind */
	uint8_t size;
} prctl_options[] = {
	{ PR_GET_PDEATHSIG, PRCTL_WRITES, 4 },
	{ PR_GET_NAME, PRCTL_WRITES, 16 },
	{ PR_GET_CHILD_SUBREAPER, PRCTL_WRITES, 4 },
	/* Not on arm64. */
	{ PR_GET_UNALIGN, PRCTL_INVALID, 0 },
	{ PR_SET_UNALIGN, PRCTL_INVALID, 0 },
	{ PR_GET_TSC, PRCTL_INVALID, 0 },
	{ PR_SET_TSC, PRCTL_INVALID, 0 },
	{ PR_SET_SYSCALL_USER_DISPATCH, PRCTL_INVALID, 0 },
	/* On processors after Armv8.0 alone. */
	{ PR_SVE_SET_VL, PRCTL_INVALID, 0 },
	{ PR_SVE_GET_VL, PRCTL_INVALID, 0 },
	{ PR_SME_SET_VL, PRCTL_INVALID, 0 },
	{ PR_SME_GET_VL, PRCTL_INVALID, 0 },
	{ PR_PAC_RESET_KEYS, PRCTL_INVALID, 0 },
	{ PR_PAC_SET_ENABLED_KEYS, PRCTL_INVALID, 0 },
	{ PR_PAC_GET_ENABLED_KEYS, PRCTL_INVALID, 0 },
	{ PR_SET_TAGGED_ADDR_CTRL, PRCTL_INVALID, 0 },
	{ PR_GET_TAGGED_ADDR_CTRL, PRCTL_INVALID, 0 },
	/* Filters would see the host's numbers; a ban on new code would hit the translator. */
	{ PR_SET_SECCOMP, PRCTL_INVALID, 0 },
	{ PR_SET_MDWE, PRCTL_INVALID, 0 },
};

/* PR_GET_AUXV: the guest's vector; the kernel's copy is the translator's where PR_SET_MM_MAP was refused. */
static int64_t
get_auxiliary_vector(uint64_t address, uint64_t size)
{
	uint64_t length = guest_program->auxv_size < size ? guest_program->auxv_size : size;
	uint8_t vector[1024];

	if (length > sizeof(vector))
		length = sizeof(vector);
	if (address >= GUEST_ADDRESS_END ||
		guest_copy_from(vector, guest_program->auxv, length) != 0 ||
		guest_copy_to(address, vector, length) != 0)
		return -EFAULT;
	return (int64_t)guest_program->auxv_size;
}

int64_t
sys_prctl(struct guest_thread *t, const uint64_t argument[6])
{
	uint32_t option = (uint32_t)argument[0];
	uint64_t host[6];

	memcpy(host, argument, sizeof(host));
	if (option == PR_GET_AUXV) {
		if (argument[3] || argument[4])
			return -EINVAL;
		return get_auxiliary_vector(argument[1], argument[2]);
	}
	if (option == PR_GET_TID_ADDRESS)
		return argument[1] >= GUEST_ADDRESS_END
			       ? -EFAULT
			       : guest_copy_to(argument[1], &t->clear_child_tid,
					 sizeof(t->clear_child_tid));
	for (size_t i = 0; i < sizeof(prctl_options) / sizeof(prctl_options[0]); i++) {
		if (prctl_options[i].option != option)
			continue;
		if (prctl_options[i].kind == PRCTL_INVALID)
			return -EINVAL;
		if (argument[1] >= GUEST_ADDRESS_END)
			host[1] = arguments_refused_address(argument[1]);
		else
			arguments_prepare_write(argument[1], prctl_options[i].size);
	}
	if (option == PR_SET_NAME && argument[1] >= GUEST_ADDRESS_END)
		host[1] = arguments_refused_address(argument[1]);
	return system_call_quick(SYS_prctl, host);
}
