// SPDX-License-Identifier: Apache-2.0
// Capstone's allocator (see disassembler_memory.h): the translator's own memory.
#include "runtime/disassembler_memory.h"

#include <capstone/capstone.h>
#include <stdio.h>

#include "runtime/host_memory.h"

/* host_allocate gives zeroed memory. */
static void *
allocate_zeroed(size_t count, size_t size)
{
	return host_allocate(count * size);
}

bool
disassembler_memory_init(void)
{
	static cs_opt_mem memory = { host_allocate, allocate_zeroed, host_reallocate, host_free,
		vsnprintf };

	return cs_option(0, CS_OPT_MEM, (size_t)&memory) == CS_ERR_OK;
}
