// SPDX-License-Identifier: Apache-2.0
// Guarded access to guest memory: bad addresses are errors.
#include "tests/unit/guest_thread_child.h"

#include <errno.h>
#include <string.h>

#include "runtime/guest_access.h"

static void
access_is_guarded(struct guest_thread *t)
{
	char buffer[64] = "abcdef";
	uint64_t end = GUEST_STACK + GUEST_STACK_SIZE;

	(void)t;
	CHECK(guest_copy_to(end - 6, buffer, 6) == 0);
	CHECK(guest_copy_to(end - 5, buffer, 6) == -EFAULT);
	CHECK(guest_copy_from(buffer, end - 8, 9) == -EFAULT);
	CHECK(guest_copy_from(buffer, 0, 1) == -EFAULT);
	CHECK(guest_copy_from(buffer, UINT64_MAX - 3, 8) == -EFAULT);
	CHECK(guest_copy_from(buffer, (uint64_t)buffer, 1) == -EFAULT);
	CHECK(guest_clear(end - 4, 8) == -EFAULT);
	CHECK(guest_copy_to(end - 4, "xyz", 4) == 0);
	CHECK(guest_string_length(end - 4, 100) == 3);
	CHECK(guest_string_length(end - 4, 2) == 2);
	CHECK(guest_copy_string(buffer, end - 4, 4) == 3 && !strcmp(buffer, "xyz"));
	CHECK(guest_copy_string(buffer, end - 4, 3) == -ENAMETOOLONG);
	CHECK(guest_copy_to(end - 4, "wxyz", 4) == 0);
	CHECK(guest_string_length(end - 4, 100) == -EFAULT);
}

Test(guest_access, bad_addresses_give_efault)
{
	in_child(access_is_guarded);
}
