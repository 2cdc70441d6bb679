// SPDX-License-Identifier: Apache-2.0
// Copies between our memory and the guest's that may fail: an address that the guest may not touch gives -EFAULT, as
// the kernel's copy_from_user does. A fault in the copying instructions is recognised by our SIGSEGV handler, which
// continues behind them. Write faults on pages that hold translated code are resolved there too.
//
// No lock of ours may be held (the fault handler takes them).
#ifndef RUNTIME_GUEST_ACCESS_H
#define RUNTIME_GUEST_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

/** Copies `size` bytes from the guest. 0, or -EFAULT (part of the bytes may have been copied). */
int guest_copy_from(void *to, uint64_t from, size_t size);

/** Copies `size` bytes to the guest. 0, or -EFAULT (part of the bytes may have been written). */
int guest_copy_to(uint64_t to, const void *from, size_t size);

/** Writes two words at `to`, which must be below GUEST_ADDRESS_END. False after a fault. Changes no vector register. */
bool guest_access_store(uint64_t to, uint64_t first, uint64_t second);

/** Writes `size` zero bytes to the guest. 0 or -EFAULT. */
int guest_clear(uint64_t to, size_t size);

/**
 * Copies a string with its NUL into `size` bytes. Gives its length, -EFAULT, or -ENAMETOOLONG when it does not fit.
 */
int64_t guest_copy_string(char *to, uint64_t from, size_t size);

/** Length of a string of at most `limit` bytes (then `limit`); -EFAULT. */
int64_t guest_string_length(uint64_t from, size_t limit);

/** For the fault handler: if `context` faulted in a copy, continues behind it and gives true. */
bool guest_access_fixup(ucontext_t *context);

#endif
