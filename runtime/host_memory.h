// SPDX-License-Identifier: Apache-2.0
// The translator's own memory: pages at addresses that we choose above the guest's address space, and a small
// general allocator on top of them, for code that must not use malloc (it runs on tasks that share one TLS block,
// in signal handlers, and between fork and exec).
//
// All functions are safe from every task; none is to be called by a signal handler that may have interrupted one
// of them (handlers of synchronous faults of guest code are fine).
#ifndef RUNTIME_HOST_MEMORY_H
#define RUNTIME_HOST_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* First address that a guest can never name; guest memory is [vm.mmap_min_addr, GUEST_ADDRESS_END). */
#define GUEST_ADDRESS_END UINT64_C(0x6ff000000000)
/* The code buffer: within 2 GiB of the text of the executable, which is linked at 0x700000000000. */
#define CODE_BUFFER_ADDRESS UINT64_C(0x6fff80000000)
/* Where cache files are executed in place: within reach of the text, and of the code buffer's upper half, which is used. */
#define CACHE_LOW_START  UINT64_C(0x6fff82000000)
#define CACHE_LOW_END    UINT64_C(0x6fffa0000000)
#define CACHE_HIGH_START UINT64_C(0x700008000000)
#define CACHE_HIGH_END   UINT64_C(0x70001f000000)
/* Range from which host_memory_map takes addresses. */
#define HOST_MEMORY_START UINT64_C(0x710000000000)
#define HOST_MEMORY_END   UINT64_C(0x7c0000000000)

#define HOST_PAGE_SIZE 4096u

/*
 * Maps `size` bytes (rounded up to pages) of zeroed private memory, readable and writable, in the range above.
 * Gives NULL when the host refuses. Freed by host_memory_unmap with the same size.
 */
void *host_memory_map(size_t size);

/* As host_memory_map, with `guard` bytes (pages) at either end left inaccessible, outside the range returned. */
void *host_memory_map_guarded(size_t size, size_t guard);

/* As host_memory_map, at exactly `address` (page aligned, not below GUEST_ADDRESS_END) with `protection` (PROT_*). */
void *host_memory_map_at(uint64_t address, size_t size, int protection);

/* Maps an open file privately and read-only in the range above; NULL when the host refuses. */
void *host_memory_map_file(int fd, uint64_t offset, size_t size);

/*
 * Maps `size` bytes of an open file shared and writable: at exactly `address` if that is not 0, else in the range above. NULL
 * when the host refuses.
 */
void *host_memory_map_shared(uint64_t address, int fd, uint64_t offset, size_t size);

/* As host_memory_map_file from offset 0, at exactly `address` if nothing is there; pages in memory are mapped at once. */
void *host_memory_map_file_at(int fd, uint64_t address, size_t size);

/* Gives back what host_memory_map, _at or _file gave. */
void host_memory_unmap(void *memory, size_t size);

/* Gives back what host_memory_map_guarded gave, guards included. */
void host_memory_unmap_guarded(void *memory, size_t size, size_t guard);

/* Gives `size` zeroed bytes, 16-byte aligned, freed by host_free; NULL when out of memory. */
void *host_allocate(size_t size);

/* Grows or shrinks what host_allocate gave (NULL: as host_allocate); new bytes are zero. NULL: nothing changed. */
void *host_reallocate(void *memory, size_t size);

/* Gives back what host_allocate gave; NULL is ignored. */
void host_free(void *memory);

/* Around fork, so that the child finds the allocator consistent: lock before, unlock in parent and child. */
void host_memory_fork_lock(void);
void host_memory_fork_unlock(void);

#endif
