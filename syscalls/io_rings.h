// SPDX-License-Identifier: Apache-2.0
// What mmap tells io_uring_calls.c: where the guest sees the rings whose entries are looked at.
#ifndef SYSCALLS_IO_RINGS_H
#define SYSCALLS_IO_RINGS_H

#include <stdint.h>

/* A descriptor was mapped at `address`, from `offset`; those that are not rings are ignored. */
void io_rings_note_mapping(int fd, uint64_t offset, uint64_t address);

#endif
