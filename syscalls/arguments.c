// SPDX-License-Identifier: Apache-2.0
//
// What the signature of a call says about its arguments, applied: addresses that no guest can have become ones that
// the kernel refuses, so that it reports EFAULT in its own order of checks; memory that the kernel will write to is
// prepared; hidden descriptors become -1.

#include "syscalls/arguments.h"

#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "syscalls/argument.h"
#include "syscalls/fd_guard.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Bytes that are prepared when the size of what the kernel writes is not known: more than any such structure has. */
#define OPAQUE_SIZE 4096
#define IOVEC_LIMIT 1024 /* UIO_MAXIOV: the kernel refuses more */
#define IOVEC_CHUNK 64

/* The value of a length or count: arguments of 32 bits have no defined upper half. */
static uint64_t
length_value(const struct system_call *call, unsigned n, const uint64_t value[6])
{
	unsigned kind = argument_kind(call->arguments[n]);

	return kind == ARGUMENT_INT || kind == ARGUMENT_UINT ? (uint32_t)value[n] : value[n];
}

/* The socklen_t at the address in argument n; 0 when it cannot be read (the kernel will report that). */
static uint64_t
length_behind(uint64_t address)
{
	uint32_t length;

	if (address >= GUEST_ADDRESS_END || guest_copy_from(&length, address, sizeof(length)) != 0)
		return 0;
	return length;
}

uint64_t
arguments_extent(const struct system_call *call, unsigned n, const uint64_t value[6])
{
	uint32_t argument = call->arguments[n];
	unsigned detail = argument_detail(argument), index = argument_index(argument);
	uint64_t length;

	switch (argument_kind(argument)) {
	case ARGUMENT_IN:
	case ARGUMENT_OUT:
	case ARGUMENT_CHANGED:
	case ARGUMENT_IN_MESSAGE:
	case ARGUMENT_OUT_MESSAGE: return structure_sizes[detail];
	case ARGUMENT_IN_BYTES:
	case ARGUMENT_OUT_BYTES:
	case ARGUMENT_CHANGED_BYTES: return length_value(call, index, value);
	case ARGUMENT_IN_ARRAY:
	case ARGUMENT_OUT_ARRAY:
	case ARGUMENT_CHANGED_ARRAY:
	case ARGUMENT_IN_IOVEC:
	case ARGUMENT_OUT_IOVEC:
	case ARGUMENT_IN_MESSAGES:
	case ARGUMENT_OUT_MESSAGES:
		if (__builtin_mul_overflow(length_value(call, index, value),
			    (uint64_t)structure_sizes[detail], &length))
			return UINT64_MAX;
		return length;
	case ARGUMENT_IN_BITS:
	case ARGUMENT_OUT_BITS:
	case ARGUMENT_CHANGED_BITS: return (length_value(call, index, value) / 64 + 1) * 8;
	case ARGUMENT_OUT_PAGES: return length_value(call, index, value) / GUEST_PAGE_SIZE + 1;
	case ARGUMENT_OUT_VALUE_BYTES: return length_behind(value[index]);
	case ARGUMENT_OUT_OPAQUE:
	case ARGUMENT_CHANGED_OPAQUE: return OPAQUE_SIZE;
	default: return 1;
	}
}

void
arguments_prepare_write(uint64_t address, uint64_t length)
{
	if (address == 0 || address >= GUEST_ADDRESS_END || length == 0)
		return;
	if (length > GUEST_ADDRESS_END - address)
		length = GUEST_ADDRESS_END - address;
	guest_memory_prepare_write(address, length);
}

/* The kernel fails the whole call when one of them is bad. */
bool
arguments_check_iovec(uint64_t address, uint64_t count, bool written)
{
	struct iovec chunk[IOVEC_CHUNK];

	if (count > IOVEC_LIMIT)
		return true;
	while (count > 0) {
		size_t n = count < IOVEC_CHUNK ? count : IOVEC_CHUNK;

		if (guest_copy_from(chunk, address, n * sizeof(chunk[0])) != 0)
			return true;
		for (size_t i = 0; i < n; i++) {
			uint64_t base = (uint64_t)chunk[i].iov_base;

			if (base >= GUEST_ADDRESS_END)
				return false;
			if (written)
				arguments_prepare_write(base, chunk[i].iov_len);
		}
		address += n * sizeof(chunk[0]);
		count -= n;
	}
	return true;
}

/* The same for the addresses in a struct msghdr. */
static bool
check_message(uint64_t address, bool written)
{
	struct msghdr message;

	if (guest_copy_from(&message, address, sizeof(message)) != 0)
		return true;
	if ((uint64_t)message.msg_name >= GUEST_ADDRESS_END ||
		(uint64_t)message.msg_iov >= GUEST_ADDRESS_END ||
		(uint64_t)message.msg_control >= GUEST_ADDRESS_END)
		return false;
	if (written) {
		arguments_prepare_write((uint64_t)message.msg_name, message.msg_namelen);
		arguments_prepare_write((uint64_t)message.msg_control, message.msg_controllen);
	}
	return arguments_check_iovec((uint64_t)message.msg_iov, message.msg_iovlen, written);
}

/*
 * The same for an array of struct mmsghdr. Messages before a bad one are still sent or received: the count is cut.
 * False when the first is bad.
 */
static bool
check_messages(uint64_t address, uint64_t *count, bool written)
{
	uint32_t messages = (uint32_t)*count;

	if (messages > IOVEC_LIMIT)
		messages = IOVEC_LIMIT;
	/* The kernel writes the length of each message, sent or received. */
	arguments_prepare_write(address, messages * sizeof(struct mmsghdr));
	for (uint32_t i = 0; i < messages; i++) {
		if (check_message(address + (uint64_t)i * sizeof(struct mmsghdr), written))
			continue;
		if (i == 0)
			return false;
		*count = i;
		return true;
	}
	return true;
}

/* True when a message that is to be sent hands over a descriptor of the translator's (SCM_RIGHTS). */
static bool
sends_hidden_descriptor(uint64_t address)
{
	uint8_t control[1024]; /* SCM_MAX_FD descriptors, and credentials */
	struct msghdr message;
	size_t length;

	if (guest_copy_from(&message, address, sizeof(message)) != 0 ||
		message.msg_controllen < sizeof(struct cmsghdr))
		return false;
	length =
		message.msg_controllen < sizeof(control) ? message.msg_controllen : sizeof(control);
	if (guest_copy_from(control, (uint64_t)message.msg_control, length) != 0)
		return false;
	message.msg_control = control;
	message.msg_controllen = length;
	for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL;
		part = CMSG_NXTHDR(&message, part)) {
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = CMSG_LEN(0); at + sizeof(int) <= part->cmsg_len;
			at += sizeof(int)) {
			int fd;

			if ((uint8_t *)part + at + sizeof(int) > control + length)
				break;
			memcpy(&fd, (uint8_t *)part + at, sizeof(fd));
			if (fd_guard_hides(fd))
				return true;
		}
	}
	return false;
}

/* The nested addresses of argument n. */
static bool
check_nested(const struct system_call *call, unsigned n, uint64_t value[6])
{
	unsigned index = argument_index(call->arguments[n]);

	switch (argument_kind(call->arguments[n])) {
	case ARGUMENT_IN_IOVEC: return arguments_check_iovec(value[n], value[index], false);
	case ARGUMENT_OUT_IOVEC: return arguments_check_iovec(value[n], value[index], true);
	case ARGUMENT_IN_MESSAGE:
		if (sends_hidden_descriptor(value[n]))
			value[0] = (uint64_t)-1; /* EBADF, as for one that is not open */
		return check_message(value[n], false);
	case ARGUMENT_OUT_MESSAGE: return check_message(value[n], true);
	case ARGUMENT_IN_MESSAGES: return check_messages(value[n], &value[index], false);
	case ARGUMENT_OUT_MESSAGES: return check_messages(value[n], &value[index], true);
	default: return true;
	}
}

void
arguments_untag(const struct system_call *call, uint64_t value[6])
{
	for (unsigned n = 0; n < call->argument_count; n++) {
		unsigned kind = argument_kind(call->arguments[n]);

		/* Bit 55 says which half of the address space it is (kernel: untagged_addr). */
		if ((kind & ARGUMENT_ADDRESS) || kind == ARGUMENT_PLACE)
			value[n] = (uint64_t)((int64_t)(value[n] << 8) >> 8);
	}
}

void
arguments_check_addresses(const struct system_call *call, uint64_t value[6])
{
	for (unsigned mask = call->addresses; mask != 0; mask &= mask - 1) {
		unsigned n = (unsigned)__builtin_ctz(mask);

		if (value[n] == 0)
			continue;
		if (value[n] >= GUEST_ADDRESS_END) {
			value[n] = arguments_refused_address(value[n]);
			continue;
		}
		if (call->arguments[n] & ARGUMENT_WRITTEN)
			arguments_prepare_write(value[n], arguments_extent(call, n, value));
		if (!check_nested(call, n, value))
			value[n] = arguments_refused_address(value[n]);
	}
}

void
arguments_check_descriptors(const struct system_call *call, uint64_t value[6])
{
	for (unsigned mask = call->descriptors; mask != 0; mask &= mask - 1) {
		unsigned n = (unsigned)__builtin_ctz(mask);

		if (fd_guard_hides((int)value[n]))
			value[n] = (uint64_t)-1;
	}
}
