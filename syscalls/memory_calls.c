// SPDX-License-Identifier: Apache-2.0
//
// The system calls of the guest's address space: runtime/guest_memory.h does the work; here are its arguments as the
// kernel takes them, and the calls that concern pages but leave the mappings alone.

#include "runtime/guest_memory.h"
#include "syscalls/dispatch.h"
#include "syscalls/fd_guard.h"
#include "syscalls/handlers.h"
#include "syscalls/limits.h"

#include <sys/mman.h>

/* A range that is not wholly the guest's is, to the guest, not mapped. */
static bool
is_guest_range(uint64_t address, uint64_t length)
{
	return address < GUEST_ADDRESS_END && length <= GUEST_ADDRESS_END - address;
}

int64_t
sys_mmap(struct guest_thread *t, const uint64_t argument[6])
{
	int fd = (int)argument[4];

	(void)t;
	/* arm64's sys_mmap: the offset is in bytes. */
	if (argument[5] % GUEST_PAGE_SIZE)
		return -EINVAL;
	if (!(argument[3] & MAP_ANONYMOUS) && fd_guard_hides(fd))
		return -EBADF;
	if (!limits_allow_mapping(argument[1]))
		return -ENOMEM;
	return guest_memory_map(
		argument[0], argument[1], argument[2], argument[3], fd, argument[5]);
}

int64_t
sys_munmap(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return guest_memory_unmap(argument[0], argument[1]);
}

int64_t
sys_mprotect(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return guest_memory_protect(argument[0], argument[1], argument[2]);
}

/* Key -1 stands for none; there are no others. */
int64_t
sys_pkey_mprotect(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if ((int)argument[3] != -1)
		return -EINVAL;
	return guest_memory_protect(argument[0], argument[1], argument[2]);
}

int64_t
sys_mremap(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if (argument[2] > argument[1] && !limits_allow_mapping(argument[2] - argument[1]))
		return -ENOMEM;
	return guest_memory_remap(argument[0], argument[1], argument[2], argument[3], argument[4]);
}

int64_t
sys_brk(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if (argument[0]) {
		int64_t now = guest_memory_brk(0);

		if ((int64_t)argument[0] > now &&
			!limits_allow_mapping(argument[0] - (uint64_t)now))
			return now;
	}
	return guest_memory_brk(argument[0]);
}

int64_t
sys_shmat(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return guest_memory_shmat((int)argument[0], argument[1], (int)argument[2]);
}

int64_t
sys_shmdt(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return guest_memory_shmdt(argument[0]);
}

int64_t
sys_madvise(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return guest_memory_advise(argument[0], argument[1], (int)argument[2]);
}

int64_t
sys_msync(struct guest_thread *t, const uint64_t argument[6])
{
	if (!is_guest_range(argument[0], argument[1]))
		return argument[0] % GUEST_PAGE_SIZE ? -EINVAL : -ENOMEM;
	return system_call_wait(t, SYS_msync, RESTART_SYS, argument);
}

int64_t
sys_mincore(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if (!is_guest_range(argument[0], argument[1]))
		return argument[0] % GUEST_PAGE_SIZE ? -EINVAL : -ENOMEM;
	return system_call_quick(SYS_mincore, argument);
}

/* mlock, munlock and mlock2 differ in nothing but the host's number here. */
static int64_t
lock_pages(long number, const uint64_t argument[6])
{
	if (!is_guest_range(argument[0], argument[1]))
		return -ENOMEM;
	return system_call_quick(number, argument);
}

int64_t
sys_mlock(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return lock_pages(SYS_mlock, argument);
}

int64_t
sys_munlock(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return lock_pages(SYS_munlock, argument);
}

int64_t
sys_mlock2(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return lock_pages(SYS_mlock2, argument);
}

/*
 * Locking what is mapped now goes mapping by mapping, so that the translator's reserve of address space is not locked
 * and RLIMIT_MEMLOCK counts the guest's pages. What is mapped in future is left to the kernel.
 */
int64_t
sys_mlockall(struct guest_thread *t, const uint64_t argument[6])
{
	unsigned flags = (unsigned)argument[0];
	struct guest_mapping mapping;
	uint64_t address = 0;
	int64_t result;

	(void)t;
	if (flags == 0 || flags & ~(unsigned)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) ||
		flags == MCL_ONFAULT)
		return -EINVAL;
	if (flags & MCL_FUTURE) {
		result = host_syscall(SYS_mlockall, flags & ~(unsigned)MCL_CURRENT);
		if (result < 0)
			return result;
	}
	while (flags & MCL_CURRENT && guest_memory_next(address, &mapping)) {
		result = host_syscall(SYS_mlock2, mapping.start, mapping.end - mapping.start,
			flags & MCL_ONFAULT ? MLOCK_ONFAULT : 0);
		/* Pages that cannot be faulted in (PROT_NONE) are no error of mlockall's. */
		if (result == -EPERM || result == -EAGAIN)
			return result;
		address = mapping.end;
	}
	return 0;
}

/*
 * remap_file_pages: the kernel has replaced it by one mmap of the file at another offset (mm/mmap.c); what it did is
 * recorded afterwards.
 */
int64_t
sys_remap_file_pages(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t start = argument[0] & ~(uint64_t)(GUEST_PAGE_SIZE - 1);
	uint64_t size = argument[1] & ~(uint64_t)(GUEST_PAGE_SIZE - 1);
	struct guest_mapping mapping;
	int64_t result;

	(void)t;
	if (!is_guest_range(start, size) || !guest_memory_query(start, &mapping) ||
		size > mapping.end - start || !mapping.shared)
		return -EINVAL;
	result = host_syscall(
		SYS_remap_file_pages, start, size, argument[2], argument[3], argument[4]);
	if (result < 0)
		return result;
	mapping.start = start;
	mapping.end = start + size;
	mapping.offset = argument[3] * GUEST_PAGE_SIZE;
	result = guest_memory_record(&mapping);
	return result;
}
