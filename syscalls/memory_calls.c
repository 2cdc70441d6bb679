// SPDX-License-Identifier: Apache-2.0
//
// The system calls of the guest's address space: runtime/guest_memory.h does the work; here are its arguments as the
// kernel takes them, and the calls that concern pages but leave the mappings alone.

#include "runtime/guest_memory.h"
#include "syscalls/arguments.h"
#include "syscalls/dispatch.h"
#include "syscalls/fd_guard.h"
#include "syscalls/handlers.h"
#include "syscalls/io_rings.h"
#include "syscalls/limits.h"

#include <string.h>
#include <sys/mman.h>

/*
 * arm64's untagged_addr: the calls that look for mappings ignore the top byte of an address in the lower half
 * (Documentation/arch/arm64/tagged-address-abi.rst; mmap, brk and mremap's new address do not).
 */
static uint64_t
untagged(uint64_t address)
{
	return address & (uint64_t)((int64_t)(address << 8) >> 8);
}

/* Copies the arguments, the first being an address that may be tagged. */
static void
untag_first(uint64_t to[6], const uint64_t argument[6])
{
	memcpy(to, argument, 6 * sizeof(to[0]));
	to[0] = untagged(argument[0]);
}

/* True when the whole pages of a range, as the kernel rounds it, include some of the host's, which the guest has not. */
static bool
reaches_host(uint64_t address, uint64_t length)
{
	uint64_t start = address & ~(uint64_t)(GUEST_PAGE_SIZE - 1);
	uint64_t end = start + ((length + (address - start) + GUEST_PAGE_SIZE - 1) &
				       ~(uint64_t)(GUEST_PAGE_SIZE - 1));

	return start < end && end > GUEST_ADDRESS_END;
}

int64_t
sys_mmap(struct guest_thread *t, const uint64_t argument[6])
{
	int fd = (int)argument[4];
	int64_t result;

	(void)t;
	/* arm64's sys_mmap: the offset is in bytes. */
	if (argument[5] % GUEST_PAGE_SIZE)
		return -EINVAL;
	if (!(argument[3] & MAP_ANONYMOUS) && fd_guard_hides(fd))
		return -EBADF;
	if (!limits_allow_mapping(argument[1],
		    (argument[3] & MAP_TYPE) == MAP_PRIVATE && argument[2] & PROT_WRITE))
		return -ENOMEM;
	result = guest_memory_map(
		argument[0], argument[1], argument[2], argument[3], fd, argument[5]);
	if (result > 0 && !(argument[3] & MAP_ANONYMOUS))
		io_rings_note_mapping(fd, argument[5], (uint64_t)result);
	return result;
}

int64_t
sys_munmap(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return guest_memory_unmap(untagged(argument[0]), argument[1]);
}

int64_t
sys_mprotect(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if (argument[2] & PROT_WRITE && !limits_allow_writing(untagged(argument[0]), argument[1]))
		return -ENOMEM;
	return guest_memory_protect(untagged(argument[0]), argument[1], argument[2]);
}

/* Key -1 stands for none, and 0 is everybody's; there are no others. What is wrong otherwise is looked at first. */
int64_t
sys_pkey_mprotect(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t address = untagged(argument[0]), pages;
	int key = (int)argument[3];

	(void)t;
	if (key != -1 && key != 0 && address % GUEST_PAGE_SIZE == 0 && argument[1] != 0) {
		if (argument[2] & PROT_GROWSDOWN && argument[2] & PROT_GROWSUP)
			return -EINVAL;
		pages = (argument[1] + GUEST_PAGE_SIZE - 1) / GUEST_PAGE_SIZE;
		return address + pages * GUEST_PAGE_SIZE <= address ? -ENOMEM : -EINVAL;
	}
	return guest_memory_protect(address, argument[1], argument[2]);
}

/* There are no keys to be had; what is wrong with the arguments is said first (arm64's Permission Overlays: two bits). */
int64_t
sys_pkey_alloc(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return argument[0] || argument[1] & ~(uint64_t)(PKEY_DISABLE_ACCESS | PKEY_DISABLE_WRITE)
		       ? -EINVAL
		       : -ENOSPC;
}

int64_t
sys_mremap(struct guest_thread *t, const uint64_t argument[6])
{
	struct guest_mapping mapping;

	(void)t;
	if (argument[2] > argument[1] &&
		!limits_allow_mapping(argument[2] - argument[1],
			guest_memory_query(untagged(argument[0]), &mapping) && !mapping.shared &&
				mapping.protection & PROT_WRITE))
		return -ENOMEM;
	return guest_memory_remap(
		untagged(argument[0]), argument[1], argument[2], argument[3], argument[4]);
}

int64_t
sys_brk(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if (argument[0]) {
		int64_t now = guest_memory_brk(0);

		if ((int64_t)argument[0] > now &&
			(!limits_allow_break(argument[0] - guest_memory_brk_start()) ||
				!limits_allow_mapping(argument[0] - (uint64_t)now, true)))
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
	return guest_memory_advise(untagged(argument[0]), argument[1], (int)argument[2]);
}

int64_t
sys_msync(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6];

	untag_first(host, argument);
	/* What is wrong with the flags is said first: of no bytes at all, the host's call says nothing else. */
	if (reaches_host(host[0], host[1])) {
		host[1] = 0;
		return host[0] % GUEST_PAGE_SIZE ? -EINVAL
						 : (system_call_quick(SYS_msync, host) ?: -ENOMEM);
	}
	return system_call_wait(t, SYS_msync, RESTART_SYS, host);
}

int64_t
sys_mincore(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6];

	(void)t;
	untag_first(host, argument);
	if (reaches_host(host[0], host[1]))
		return host[0] % GUEST_PAGE_SIZE ? -EINVAL : -ENOMEM;
	return system_call_quick(SYS_mincore, host);
}

/* mlock, munlock and mlock2 differ in nothing but the host's number here. */
static int64_t
lock_pages(long number, const uint64_t argument[6])
{
	uint64_t host[6];

	untag_first(host, argument);
	if (!reaches_host(host[0], host[1]))
		return system_call_quick(number, host);
	/* The host's other errors, of no bytes, come first. */
	host[1] = 0;
	return system_call_quick(number, host) ?: -ENOMEM;
}

int64_t
sys_mseal(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return guest_memory_seal(untagged(argument[0]), argument[1], argument[2]);
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
	if (reaches_host(start, size) || !guest_memory_query(start, &mapping) ||
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

/* Between processes: of the calling one, the translator's memory is not there. */
static int64_t
copy_between(long number, const uint64_t argument[6], bool written)
{
	uint64_t host[6];

	memcpy(host, argument, sizeof(host));
	if ((int)argument[0] == host_syscall(SYS_getpid) &&
		!arguments_check_iovec(argument[3], argument[4], written))
		host[3] = arguments_refused_address(GUEST_ADDRESS_END);
	return system_call_quick(number, host);
}

int64_t
sys_process_vm_readv(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return copy_between(SYS_process_vm_readv, argument, false);
}

int64_t
sys_process_vm_writev(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return copy_between(SYS_process_vm_writev, argument, true);
}
