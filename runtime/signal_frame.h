// SPDX-License-Identifier: Apache-2.0
// The signal frame of arm64 Linux, as arch/arm64/include/uapi/asm/{sigcontext,ucontext}.h lay it out.
#ifndef RUNTIME_SIGNAL_FRAME_H
#define RUNTIME_SIGNAL_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "ir/vec128.h"
#include "runtime/signals.h"

#define A64_FPSIMD_MAGIC  0x46508001u
#define A64_ESR_MAGIC     0x45535201u
#define A64_RESERVED_SIZE 4096

/** Head of every record in __reserved; magic and size 0 end the list. */
struct a64_context_head {
	uint32_t magic;
	uint32_t size;
};

struct a64_fpsimd_context {
	struct a64_context_head head;
	uint32_t fpsr;
	uint32_t fpcr;
	union vec128 v[32];
};

struct a64_esr_context {
	struct a64_context_head head;
	uint64_t esr;
};

struct a64_sigcontext {
	uint64_t fault_address;
	uint64_t x[31];
	uint64_t sp;
	uint64_t pc;
	uint64_t pstate;
	uint8_t reserved[A64_RESERVED_SIZE] __attribute__((aligned(16)));
};

struct a64_ucontext {
	uint64_t flags;
	uint64_t link;
	struct guest_stack stack;
	uint64_t sigmask;
	uint8_t unused[120];
	struct a64_sigcontext context;
};

struct a64_signal_frame {
	union signal_info info;
	struct a64_ucontext ucontext;
};

/** Above the signal frame: what a frame-pointer unwinder follows. */
struct a64_frame_record {
	uint64_t fp;
	uint64_t lr;
};

_Static_assert(sizeof(struct a64_fpsimd_context) == 528, "struct fpsimd_context");
_Static_assert(offsetof(struct a64_sigcontext, reserved) == 288, "struct sigcontext");
_Static_assert(offsetof(struct a64_ucontext, context) == 176, "struct ucontext");
_Static_assert(offsetof(struct a64_signal_frame, ucontext) == 128, "struct rt_sigframe");
_Static_assert(sizeof(struct a64_signal_frame) == 4688, "struct rt_sigframe");

#endif
