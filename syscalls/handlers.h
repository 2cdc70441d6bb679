// SPDX-License-Identifier: Apache-2.0
// Declares sys_NAME for every call that linux.def says is marshalled or emulated.
#ifndef SYSCALLS_HANDLERS_H
#define SYSCALLS_HANDLERS_H

#include "syscalls/system_call.h"

#define PASS(...)
#define REFUSED(...)
#define MARSHALLED(number, name, ...) \
	int64_t sys_##name(struct guest_thread *t, const uint64_t argument[6]);
#define EMULATED MARSHALLED
#include "syscalls/linux.def"
#undef PASS
#undef REFUSED
#undef MARSHALLED
#undef EMULATED

#endif
