// SPDX-License-Identifier: Apache-2.0
// The vDSO that guests see: a small arm64 ELF shared object with the names and versions of the arm64 kernel's.
#ifndef LOADER_VDSO_IMAGE_H
#define LOADER_VDSO_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/* The bytes to be mapped, readable and executable, at any page; no larger than a page. */
extern const void *const vdso_image;
extern const size_t vdso_image_size;

/* Where __kernel_rt_sigreturn is in it. */
extern const uint64_t vdso_sigreturn_offset;

#endif
