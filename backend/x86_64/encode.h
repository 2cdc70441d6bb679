// SPDX-License-Identifier: Apache-2.0
// The x86-64 encoder, all of it: include this one.  Each part says what it holds; none of them
// keeps any state but the caller's write cursor, and none allocates.
#ifndef DRAGOMAN_BACKEND_X86_64_ENCODE_H
#define DRAGOMAN_BACKEND_X86_64_ENCODE_H

#include "encode_core.h"    /* write cursor, registers, conditions, memory operands */
#include "encode_integer.h" /* moves, ALU, shifts, bit operations, lock-prefixed operations */
#include "encode_control.h" /* jumps, calls, setcc/cmovcc, flags, fences, nops */
#include "encode_vector.h"  /* SSE/AVX/AVX-512VL at 128 bits, from vector_ops.def */

#endif
