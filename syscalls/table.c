// SPDX-License-Identifier: Apache-2.0
//
// The table of system calls, made from linux.def. A row is all that the path of a call needs: handler or host number,
// and masks of the arguments that have to be looked at. Names are kept apart, for logs alone.

#include "syscalls/argument.h"
#include "syscalls/handlers.h"
#include "syscalls/system_call.h"

#include <sys/syscall.h>

/* Signatures, as linux.def writes them. */
#define FD                          ARGUMENT(ARGUMENT_FD, 0, 0)
#define DIRFD                       ARGUMENT(ARGUMENT_DIRFD, 0, 0)
#define NEWFD                       ARGUMENT(ARGUMENT_NEW_DESCRIPTOR, 0, 0)
#define PATH                        ARGUMENT(ARGUMENT_PATH, 0, 0)
#define LOOKUP                      ARGUMENT(ARGUMENT_LOOKUP, 0, 0)
#define STRING                      ARGUMENT(ARGUMENT_STRING, 0, 0)
#define STRINGS                     ARGUMENT(ARGUMENT_STRINGS, 0, 0)
#define INT                         ARGUMENT(ARGUMENT_INT, 0, 0)
#define UINT                        ARGUMENT(ARGUMENT_UINT, 0, 0)
#define LONG                        ARGUMENT(ARGUMENT_LONG, 0, 0)
#define SIZE                        ARGUMENT(ARGUMENT_SIZE, 0, 0)
#define HEX                         ARGUMENT(ARGUMENT_HEX, 0, 0)
#define PLACE                       ARGUMENT(ARGUMENT_PLACE, 0, 0)
#define MODE                        ARGUMENT(ARGUMENT_MODE, 0, 0)
#define SIGNAL                      ARGUMENT(ARGUMENT_SIGNAL, 0, 0)
#define DEVICE                      ARGUMENT(ARGUMENT_DEVICE, 0, 0)
#define F(set)                      ARGUMENT(ARGUMENT_FLAGS, FLAGS_##set, 0)
#define IN(structure)               ARGUMENT(ARGUMENT_IN, STRUCTURE_##structure, 0)
#define IN_ARRAY(structure, count)  ARGUMENT(ARGUMENT_IN_ARRAY, STRUCTURE_##structure, count)
#define IN_BYTES(length)            ARGUMENT(ARGUMENT_IN_BYTES, 0, length)
#define IN_BITS(length)             ARGUMENT(ARGUMENT_IN_BITS, 0, length)
#define IN_IOVEC(count)             ARGUMENT(ARGUMENT_IN_IOVEC, STRUCTURE_iovec, count)
#define IN_MESSAGE                  ARGUMENT(ARGUMENT_IN_MESSAGE, STRUCTURE_msghdr, 0)
#define IN_MESSAGES(count)          ARGUMENT(ARGUMENT_IN_MESSAGES, STRUCTURE_mmsghdr, count)
#define IN_OPAQUE                   ARGUMENT(ARGUMENT_IN_OPAQUE, 0, 0)
#define OUT(structure)              ARGUMENT(ARGUMENT_OUT, STRUCTURE_##structure, 0)
#define OUT_ARRAY(structure, count) ARGUMENT(ARGUMENT_OUT_ARRAY, STRUCTURE_##structure, count)
#define OUT_BYTES(length)           ARGUMENT(ARGUMENT_OUT_BYTES, 0, length)
#define OUT_BITS(length)            ARGUMENT(ARGUMENT_OUT_BITS, 0, length)
#define OUT_PAGES(length)           ARGUMENT(ARGUMENT_OUT_PAGES, 0, length)
#define OUT_VALUE_BYTES(length)     ARGUMENT(ARGUMENT_OUT_VALUE_BYTES, 0, length)
#define OUT_IOVEC(count)            ARGUMENT(ARGUMENT_OUT_IOVEC, STRUCTURE_iovec, count)
#define OUT_MESSAGE                 ARGUMENT(ARGUMENT_OUT_MESSAGE, STRUCTURE_msghdr, 0)
#define OUT_MESSAGES(count)         ARGUMENT(ARGUMENT_OUT_MESSAGES, STRUCTURE_mmsghdr, count)
#define OUT_OPAQUE                  ARGUMENT(ARGUMENT_OUT_OPAQUE, 0, 0)
#define CHANGED(structure)          ARGUMENT(ARGUMENT_CHANGED, STRUCTURE_##structure, 0)
#define CHANGED_ARRAY(structure, count) \
	ARGUMENT(ARGUMENT_CHANGED_ARRAY, STRUCTURE_##structure, count)
#define CHANGED_BYTES(length) ARGUMENT(ARGUMENT_CHANGED_BYTES, 0, length)
#define CHANGED_BITS(length)  ARGUMENT(ARGUMENT_CHANGED_BITS, 0, length)
#define CHANGED_OPAQUE        ARGUMENT(ARGUMENT_CHANGED_OPAQUE, 0, 0)

/* How calls wait. */
#define WAITS_QUICK  false, RESTART_NEVER
#define WAITS_SYS    true, RESTART_SYS
#define WAITS_NOHAND true, RESTART_NOHAND
#define WAITS_BLOCK  true, RESTART_BLOCK
#define WAITS_NEVER  true, RESTART_NEVER

/* A signature of up to six arguments: their number, the masks, and the arguments. */
#define ADDRESS_BIT(argument, n) (((argument)&ARGUMENT_ADDRESS) ? 1u << (n) : 0)
#define DESCRIPTOR_BIT(argument, n) \
	(((argument)&ARGUMENT_ADDRESS) == 0 && ((argument)&ARGUMENT_DESCRIPTOR) ? 1u << (n) : 0)
#define WRITTEN_BIT(argument, n)                                      \
	(((argument) & (ARGUMENT_ADDRESS | ARGUMENT_WRITTEN)) ==      \
				(ARGUMENT_ADDRESS | ARGUMENT_WRITTEN) \
			? 1u << (n)                                   \
			: 0)
#define LOOKUP_BIT(argument, n) (((argument)&0xff) == ARGUMENT_LOOKUP ? 1u << (n) : 0)
#define IS_ARGUMENT(argument)   ((argument) != 0)
#define MASK(bit, a, b, c, d, e, f) \
	(bit(a, 0) | bit(b, 1) | bit(c, 2) | bit(d, 3) | bit(e, 4) | bit(f, 5))
#define SIGNATURE_OF_SIX(unused, a, b, c, d, e, f, ...)                                       \
	.argument_count = IS_ARGUMENT(a) + IS_ARGUMENT(b) + IS_ARGUMENT(c) + IS_ARGUMENT(d) + \
			  IS_ARGUMENT(e) + IS_ARGUMENT(f),                                    \
	.addresses = MASK(ADDRESS_BIT, a, b, c, d, e, f),                                     \
	.written = MASK(WRITTEN_BIT, a, b, c, d, e, f),                                       \
	.descriptors = MASK(DESCRIPTOR_BIT, a, b, c, d, e, f),                                \
	.lookups = MASK(LOOKUP_BIT, a, b, c, d, e, f), .arguments = { a, b, c, d, e, f }
#define SIGNATURE(...) SIGNATURE_OF_SIX(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

#define ROW_WAITS(...)   ROW_WAITS_(__VA_ARGS__)
#define ROW_WAITS_(w, r) .waits = (w), .restart = (r)

/* What a call that is passed on asks for: nothing, plain addresses and descriptors, or more (paths, addresses in memory). */
#define IS_NESTED(argument, n)                                                            \
	(((argument)&0xff) == ARGUMENT_LOOKUP || ((argument)&0xff) == ARGUMENT_STRINGS || \
				((argument)&0xff) == ARGUMENT_IN_IOVEC ||                 \
				((argument)&0xff) == ARGUMENT_OUT_IOVEC ||                \
				((argument)&0xff) == ARGUMENT_IN_MESSAGE ||               \
				((argument)&0xff) == ARGUMENT_OUT_MESSAGE ||              \
				((argument)&0xff) == ARGUMENT_IN_MESSAGES ||              \
				((argument)&0xff) == ARGUMENT_OUT_MESSAGES                \
			? 1u << (n)                                                       \
			: 0)
#define ANY_BIT(argument, n) ((argument) & (ARGUMENT_ADDRESS | ARGUMENT_DESCRIPTOR) ? 1u << (n) : 0)
#define DIRECT(wait, ...)    DIRECT_OF_SIX(wait, __VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define DIRECT_OF_SIX(wait, unused, a, b, c, d, e, f, ...)                   \
	(MASK(IS_NESTED, a, b, c, d, e, f)                  ? DIRECT_NEVER   \
		: (wait) || MASK(ANY_BIT, a, b, c, d, e, f) ? DIRECT_OUTSIDE \
							    : DIRECT_AT_ONCE)
#define DIRECT_BY_NUMBER(host, otherwise)                          \
	((host) == SYS_futex                  ? DIRECT_FUTEX       \
		: (host) == SYS_clock_gettime ? DIRECT_CLOCK       \
		: (host) == SYS_gettimeofday  ? DIRECT_TIME_OF_DAY \
					      : (otherwise))
#define FIRST(...)     FIRST_(__VA_ARGS__)
#define FIRST_(a, ...) (a)

/* A refused call keeps its errno where the host's number would be; sys_refused gives it. */
#define PASS(number, name, host, wait, ...)                                                      \
	[number] = { .host_number = (host),                                                      \
		.disposition = DISPOSITION_PASS,                                                 \
		ROW_WAITS(WAITS_##wait),                                                         \
		.direct = DIRECT_BY_NUMBER(host, DIRECT(FIRST(WAITS_##wait), 0, ##__VA_ARGS__)), \
		SIGNATURE(0, ##__VA_ARGS__) },
#define MARSHALLED(number, name, host, wait, why, ...)          \
	[number] = { .function = sys_##name,                    \
		.host_number = (host),                          \
		.disposition = DISPOSITION_MARSHALLED,          \
		.direct = DIRECT_BY_NUMBER(host, DIRECT_NEVER), \
		ROW_WAITS(WAITS_##wait),                        \
		SIGNATURE(0, ##__VA_ARGS__) },
#define EMULATED(number, name, host, wait, why, ...) \
	[number] = { .function = sys_##name,         \
		.host_number = (host),               \
		.disposition = DISPOSITION_EMULATED, \
		ROW_WAITS(WAITS_##wait),             \
		SIGNATURE(0, ##__VA_ARGS__) },
#define REFUSED(number, name, error, why, ...)      \
	[number] = { .host_number = (error),        \
		.disposition = DISPOSITION_REFUSED, \
		SIGNATURE(0, ##__VA_ARGS__) },

const struct system_call system_calls[SYSTEM_CALL_COUNT] = {
#include "syscalls/linux.def"
};

#undef PASS
#undef MARSHALLED
#undef EMULATED
#undef REFUSED
#define PASS(number, name, ...) [number] = #name,
#define MARSHALLED              PASS
#define EMULATED                PASS
#define REFUSED                 PASS

const char *const system_call_names[SYSTEM_CALL_COUNT] = {
#include "syscalls/linux.def"
};
