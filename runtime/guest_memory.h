// SPDX-License-Identifier: Apache-2.0
// The guest's address space. Guest addresses are host addresses below GUEST_ADDRESS_END; this module performs the
// host's mmap family with the guest's semantics and remembers each mapping with the protection as the guest sees it.
//
// Host protections differ from the guest's in two ways: guest PROT_EXEC is never given to the host (the translator
// only reads guest code, so executable pages are readable), and writable pages that hold translated code are
// write-protected, so that the first write is noticed and the translations are thrown away.
//
// One lock guards everything; no function calls malloc; all may be called by any task and by the handler of a
// synchronous fault of guest code or of marshalling code (never by an asynchronous signal handler).
// Results are as the kernel's: a value, or -errno.
#ifndef RUNTIME_GUEST_MEMORY_H
#define RUNTIME_GUEST_MEMORY_H

#include "runtime/host_memory.h"
#include "runtime/page_set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_PAGE_SIZE 4096u

/* What a mapping shows, besides what its object says: names as in /proc/PID/maps. */
enum guest_mapping_kind {
	GUEST_MAPPING_PLAIN,
	GUEST_MAPPING_HEAP,
	GUEST_MAPPING_STACK,
	GUEST_MAPPING_VDSO,
	GUEST_MAPPING_SHM, /* System V segment: inode is its identifier */
};

/* One mapping: [start, end) with the same attributes throughout. */
struct guest_mapping {
	uint64_t start;
	uint64_t end;
	uint64_t device; /* st_dev of the file; GUEST_DEVICE_ANONYMOUS when there is none */
	uint64_t
		inode; /* st_ino of the file; a serial number for shared anonymous memory, else 0 */
	uint64_t offset;    /* of start in the object, in bytes */
	uint8_t protection; /* PROT_READ|PROT_WRITE|PROT_EXEC as the guest asked */
	uint8_t kind;       /* enum guest_mapping_kind */
	bool shared; /* MAP_SHARED: writes through other mappings of the object are seen here */
	bool grows_down;
	bool sealed;         /* mseal: stays as it is */
	bool not_in_child;   /* MADV_DONTFORK */
	bool empty_in_child; /* MADV_WIPEONFORK */
};

#define GUEST_DEVICE_ANONYMOUS UINT64_MAX

static inline bool
guest_mapping_is_file(const struct guest_mapping *mapping)
{
	return mapping->device != GUEST_DEVICE_ANONYMOUS && mapping->kind != GUEST_MAPPING_SHM;
}

/* Whether two mappings show the same part of the same object at the same place. */
static inline bool
guest_mapping_shows_same(const struct guest_mapping *a, const struct guest_mapping *b)
{
	return a->start == b->start && a->end == b->end && a->device == b->device &&
	       a->inode == b->inode && a->offset == b->offset;
}

/*
 * Called, without any lock of ours held, after pages [start, end) that held translated code were written to,
 * unmapped, replaced or made non-executable: translations of code in them must not run any more.
 */
typedef void (*guest_memory_invalidate_function)(uint64_t start, uint64_t end);

/*
 * Must come first. Checks that nothing of the host lies in the guest's range.
 * Gives 0, or -EEXIST when something does.
 */
int guest_memory_init(void);

/* Sets the function that throws translations away; until then none are expected to exist. */
void guest_memory_on_invalidate(guest_memory_invalidate_function function);

/*
 * Called after a private mapping of a file that may be executed and not written was made: [start, end) shows `fd` from
 * `offset` on. With fd -1: what was there is gone, or may be written from now on. Set before the first mapping; called
 * without any lock of ours held.
 */
typedef void (*guest_memory_code_mapped_function)(
	int fd, uint64_t start, uint64_t end, uint64_t offset);
void guest_memory_on_code_mapped(guest_memory_code_mapped_function function);

/* Sets where the downward search for free room starts (exclusive upper end; page aligned). */
void guest_memory_set_mmap_base(uint64_t base);

/* Lowest address a guest may map (vm.mmap_min_addr). */
uint64_t guest_memory_lowest(void);

/*
 * The system calls, with the guest's (arm64 Linux) argument values; each gives what the kernel would.
 * MAP_32BIT and other bits that only x86 knows are not flags here and are ignored.
 */
int64_t guest_memory_map(uint64_t address, uint64_t length, uint64_t protection, uint64_t flags,
	int fd, uint64_t offset);
int64_t guest_memory_unmap(uint64_t address, uint64_t length);
int64_t guest_memory_protect(uint64_t address, uint64_t length, uint64_t protection);
int64_t guest_memory_remap(uint64_t old_address, uint64_t old_length, uint64_t new_length,
	uint64_t flags, uint64_t new_address);
int64_t guest_memory_brk(uint64_t new_break);
int64_t guest_memory_shmat(int id, uint64_t address, int flags);
int64_t guest_memory_shmdt(uint64_t address);
/* madvise; advice that changes contents (MADV_DONTNEED...) also drops the translations of the range. */
int64_t guest_memory_advise(uint64_t address, uint64_t length, int advice);

/* mseal: the mappings of the range can no longer be unmapped, moved, replaced or given another protection. */
int64_t guest_memory_seal(uint64_t address, uint64_t length, uint64_t flags);

/* Maps for the loader: as guest_memory_map, then names the mapping. */
int64_t guest_memory_map_kind(uint64_t address, uint64_t length, uint64_t protection,
	uint64_t flags, int fd, uint64_t offset, enum guest_mapping_kind kind);

/* Sets the initial program break; brk never goes below it. */
void guest_memory_set_brk(uint64_t start);
uint64_t guest_memory_brk_start(void);

/*
 * Finds free room for `length` bytes at a multiple of `alignment` (a power of two, at least a page), at `hint` if
 * that is free (0: none), else top-down from the mmap base. Gives the address or -ENOMEM. The room is not reserved.
 */
int64_t guest_memory_find_free(uint64_t hint, uint64_t length, uint64_t alignment);

/* Copies out the mapping that holds `address`; false when there is none. */
bool guest_memory_query(uint64_t address, struct guest_mapping *mapping);

/* Copies out the first mapping that ends after `address` (iterate with address = mapping->end); false at the end. */
bool guest_memory_next(uint64_t address, struct guest_mapping *mapping);

/* True when every page of the range is mapped with all of `protection` (PROT_*) as the guest sees it. */
bool guest_memory_accessible(uint64_t address, uint64_t length, uint64_t protection);

/*
 * The name that /proc/PID/maps shows for the file mapped at `address`, read from the host's own list; needs /proc.
 * Gives its length (0: none or not known); `buffer` is NUL-terminated and the name cut when it does not fit.
 */
size_t guest_memory_path(uint64_t address, char *buffer, size_t size);

/*
 * Marks the pages of [start, end) as holding translated code; to be called before the translator reads the code.
 * Pages that the guest may write (here, or through another shared mapping of the same object) are write-protected
 * on the host. A write may come between this call and the translation's entry into the tables: take the count of
 * invalidations before the call, and throw the translation away when it has changed by then. Gives 0; -EFAULT when part of the range is not mapped, -EACCES when it is not executable.
 */
int guest_memory_protect_code(uint64_t start, uint64_t end);

/* Cheap test, without a lock: does the page of `address` hold translated code? */
bool guest_memory_holds_code(uint64_t address);

/*
 * To be asked on a write fault at `address`: true when only our write protection stood in the way (the guest may
 * write there). The permission has then been restored, the page no longer counts as holding code, and translations
 * from it and its aliases have been reported to the invalidation function: repeat the write.
 */
bool guest_memory_code_write_fault(uint64_t address);

/*
 * The host kernel will write to these pages at any time: they are never write-protected for code in them, which has to be
 * checked each time instead / whether the page of `address` is such a page.
 */
void guest_memory_keep_writable(uint64_t address, uint64_t length);
bool guest_memory_is_kept_writable(uint64_t address);

/*
 * To be called before the host kernel is let write to guest memory: lifts the write protection of code in the range.
 * Costs one load when no writable page holds code.
 */
void guest_memory_prepare_write(uint64_t address, uint64_t length);

/* Writable pages that hold code. */
extern struct page_set guest_memory_watched;

/* False when guest_memory_prepare_write would do nothing for any memory. */
static inline bool
guest_memory_watches_writes(void)
{
	return __atomic_load_n(&guest_memory_watched.count, __ATOMIC_RELAXED) != 0;
}

/*
 * Records what a system call made by others did to the address space at a place that this module chose or knew
 * (io_uring rings, KVM and the like): [address, address + length) is now mapped so.
 */
int guest_memory_record(const struct guest_mapping *mapping);

/* Around fork: lock before, unlock in parent and child. */
void guest_memory_fork_lock(void);
void guest_memory_fork_unlock(void);

/* In the child, then: forgets mappings that madvise has kept from it. */
void guest_memory_after_fork(void);

#endif
