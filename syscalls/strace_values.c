// SPDX-License-Identifier: Apache-2.0
//
// How -strace writes arguments: by the kind that the signature gives, as strace(1) does.

#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/argument.h"
#include "syscalls/arguments.h"
#include "syscalls/strace_line.h"
#include "syscalls/strace_sockets.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#define ARRAY_LIMIT          16 /* elements of arrays that are shown */
#define STRINGS_LIMIT        16
#define SOCKET_TYPE_MASK     0xf
#define ALT(condition, a, b) ((condition) ? (a) : (b))

enum aarch64_number {
	NR_GETCWD = 17,
	NR_FCNTL = 25,
	NR_IOCTL = 29,
	NR_GETDENTS64 = 61,
	NR_SCHED_SETAFFINITY = 122,
	NR_SCHED_GETAFFINITY = 123,
	NR_BIND = 200,
	NR_CONNECT = 203,
	NR_SENDTO = 206,
	NR_SETSOCKOPT = 208,
	NR_GETSOCKOPT = 209,
};

static void
add_address(struct strace_line *line, uint64_t address)
{
	if (address == 0)
		strace_add(line, "NULL");
	else
		strace_add(line, "%#llx", (unsigned long long)address);
}

void
strace_add_quoted(struct strace_line *line, const void *bytes, size_t length, bool cut)
{
	static const char escapes[] = "\a\b\t\n\v\f\r", letters[] = "abtnvfr";
	const unsigned char *at = bytes;

	strace_add(line, "\"");
	for (size_t i = 0; i < length; i++) {
		const char *escape = at[i] ? strchr(escapes, at[i]) : NULL;
		bool digit_follows = i + 1 < length && at[i + 1] >= '0' && at[i + 1] <= '9';

		if (escape)
			strace_add(line, "\\%c", letters[escape - escapes]);
		else if (at[i] == '"' || at[i] == '\\')
			strace_add(line, "\\%c", at[i]);
		else if (at[i] >= 0x20 && at[i] < 0x7f)
			strace_add(line, "%c", at[i]);
		else
			strace_add(line, ALT(digit_follows, "\\%03o", "\\%o"), at[i]);
	}
	strace_add(line, ALT(cut, "\"...", "\""));
}

void
strace_add_flags(struct strace_line *line, unsigned set, uint64_t value)
{
	const struct flag_name *name = flag_sets[set].names;
	uint64_t rest = value;
	bool any = false;

	if (!flag_sets[set].bits) {
		for (; name->name; name++) {
			if ((uint32_t)name->value == (uint32_t)value) {
				strace_add(line, "%s", name->name);
				return;
			}
		}
		strace_add(line, "%#llx", (unsigned long long)value);
		return;
	}
	/* Enumerations among the bits. */
	if (set == FLAGS_open && (value & O_ACCMODE) == O_RDONLY) {
		strace_add(line, "O_RDONLY");
		any = true;
	} else if (set == FLAGS_protection && value == 0) {
		strace_add(line, "PROT_NONE");
		return;
	} else if (set == FLAGS_access && value == 0) {
		strace_add(line, "F_OK");
		return;
	} else if (set == FLAGS_clone && (value & 0xff)) {
		rest &= ~UINT64_C(0xff);
	}
	for (; name->name; name++) {
		/* The low bits of a socket's type are a number. */
		if (set == FLAGS_socket_type && name->value <= SOCKET_TYPE_MASK &&
			(rest & SOCKET_TYPE_MASK) != name->value)
			continue;
		if (name->value == 0 || (rest & name->value) != name->value)
			continue;
		strace_add(line, "%s%s", any ? "|" : "", name->name);
		rest &= ~name->value;
		any = true;
	}
	if (set == FLAGS_clone && (value & 0xff)) {
		strace_add(line, "%s%s", any ? "|" : "", signals_name((int)(value & 0xff)));
		any = true;
	}
	if (rest || !any)
		strace_add(line, ALT(rest, "%s%#llx", "%s%llu"), any ? "|" : "",
			(unsigned long long)rest);
}

static void
add_string(struct strace_line *line, uint64_t address)
{
	char text[1024];
	int64_t length = address < GUEST_ADDRESS_END
				 ? guest_copy_string(text, address, sizeof(text))
				 : -EFAULT;

	if (length == -ENAMETOOLONG)
		strace_add_quoted(line, text, sizeof(text) - 1, true);
	else if (length < 0)
		add_address(line, address);
	else
		strace_add_quoted(line, text, (size_t)length, false);
}

static void
add_strings(struct strace_line *line, uint64_t address, bool count_only)
{
	unsigned count = 0;
	uint64_t string;

	if (address == 0 || address >= GUEST_ADDRESS_END) {
		add_address(line, address);
		return;
	}
	if (!count_only)
		strace_add(line, "[");
	for (;; count++, address += 8) {
		if (guest_copy_from(&string, address, sizeof(string)) != 0 || string == 0)
			break;
		if (count_only)
			continue;
		strace_add(line, "%s", count ? ", " : "");
		if (count == STRINGS_LIMIT) {
			strace_add(line, "...");
			break;
		}
		add_string(line, string);
	}
	if (count_only)
		strace_add(line, "%#llx /* %u vars */", (unsigned long long)address - 8 * count,
			count);
	else
		strace_add(line, "]");
}

static void
add_bytes(struct strace_line *line, uint64_t address, uint64_t length)
{
	char bytes[STRACE_STRING_LIMIT];
	size_t shown = length < sizeof(bytes) ? length : sizeof(bytes);

	if (address == 0 || address >= GUEST_ADDRESS_END ||
		guest_copy_from(bytes, address, shown) != 0)
		add_address(line, address);
	else
		strace_add_quoted(line, bytes, shown, shown < length);
}

static void
add_iovec(struct strace_line *line, uint64_t address, uint64_t count, uint64_t available)
{
	struct iovec part;

	strace_add(line, "[");
	for (uint64_t i = 0; i < count; i++, address += sizeof(part)) {
		uint64_t length;

		if (i == ARRAY_LIMIT || guest_copy_from(&part, address, sizeof(part)) != 0) {
			strace_add(line, "...");
			break;
		}
		length = part.iov_len < available ? part.iov_len : available;
		available -= length;
		strace_add(line, "%s{iov_base=", i ? ", " : "");
		add_bytes(line, (uint64_t)part.iov_base, length);
		strace_add(line, ", iov_len=%zu}", part.iov_len);
	}
	strace_add(line, "]");
}

static void
add_message(struct strace_line *line, uint64_t address, uint64_t available)
{
	struct msghdr message;

	if (guest_copy_from(&message, address, sizeof(message)) != 0) {
		add_address(line, address);
		return;
	}
	strace_add(line, "{msg_name=");
	strace_add_socket_address(line, (uint64_t)message.msg_name, message.msg_namelen);
	strace_add(line, ", msg_namelen=%u, msg_iov=", message.msg_namelen);
	add_iovec(line, (uint64_t)message.msg_iov, message.msg_iovlen, available);
	strace_add(line, ", msg_iovlen=%zu", message.msg_iovlen);
	if (message.msg_control && message.msg_controllen) {
		strace_add(line, ", msg_control=");
		strace_add_control(line, (uint64_t)message.msg_control, message.msg_controllen);
	}
	strace_add(line, ", msg_controllen=%zu, msg_flags=", message.msg_controllen);
	strace_add_flags(line, FLAGS_message, (unsigned)message.msg_flags);
	strace_add(line, "}");
}

static void
add_array(struct strace_line *line, unsigned structure, uint64_t address, uint64_t count)
{
	if (address == 0) {
		add_address(line, address);
		return;
	}
	strace_add(line, "[");
	for (uint64_t i = 0; i < count; i++) {
		strace_add(line, "%s", i ? ", " : "");
		if (i == ARRAY_LIMIT) {
			strace_add(line, "...");
			break;
		}
		strace_add_structure(line, structure, address + i * structure_sizes[structure]);
	}
	strace_add(line, "]");
}

/* The numbers of the bits that are set, of at most `count`. */
static void
add_bits(struct strace_line *line, uint64_t address, uint64_t count)
{
	bool any = false;
	uint64_t word = 0;

	strace_add(line, "[");
	for (uint64_t bit = 0; bit < count; bit++) {
		if (bit % 64 == 0 && guest_copy_from(&word, address + bit / 8, sizeof(word)) != 0)
			break;
		if (!(word >> bit % 64 & 1))
			continue;
		strace_add(line, any ? " %u" : "%u", (unsigned)bit);
		any = true;
	}
	strace_add(line, "]");
}

/* The entries of a directory: strace(1) gives their number. */
static void
add_directory(struct strace_line *line, uint64_t address, uint64_t length)
{
	enum { LENGTH_OFFSET = 16 }; /* of d_reclen in struct linux_dirent64 */
	unsigned entries = 0;
	uint16_t size;

	for (uint64_t at = 0; at + LENGTH_OFFSET + sizeof(size) <= length; at += size, entries++)
		if (guest_copy_from(&size, address + at + LENGTH_OFFSET, sizeof(size)) != 0 ||
			size == 0)
			break;
	strace_add(line, "%#llx /* %u entries */", (unsigned long long)address, entries);
}

/* Memory whose meaning follows from the call; false when it is like any other. */
static bool
add_special(struct strace_line *line, unsigned number, unsigned n, const uint64_t argument[6],
	uint64_t extent, int64_t result)
{
	switch (number) {
	case NR_GETCWD: /* with its NUL */
		strace_add_quoted(line, (const void *)argument[0], (size_t)result - 1, false);
		return true;
	case NR_GETDENTS64: add_directory(line, argument[n], (uint64_t)result); return true;
	case NR_SCHED_SETAFFINITY: add_bits(line, argument[n], argument[1] * 8); return true;
	case NR_SCHED_GETAFFINITY: add_bits(line, argument[n], (uint64_t)result * 8); return true;
	case NR_SETSOCKOPT:
	case NR_GETSOCKOPT:
		return n == 3 &&
		       strace_add_option_value(line, argument[1], argument[2], argument[n], extent);
	default: return false;
	}
}

/* fcntl's and ioctl's last argument: by the command before it. */
static void
add_command_argument(struct strace_line *line, unsigned number, uint64_t command, uint64_t value)
{
	if (number == NR_FCNTL) {
		switch (command) {
		case F_SETFL: strace_add_flags(line, FLAGS_open, value); return;
		case F_SETFD:
			strace_add(line, "%s", value == FD_CLOEXEC ? "FD_CLOEXEC" : "0");
			return;
		case F_DUPFD:
		case F_DUPFD_CLOEXEC:
		case F_SETOWN:
		case F_SETPIPE_SZ: strace_add(line, "%d", (int)value); return;
		case F_GETLK:
		case F_SETLK:
		case F_SETLKW:
		case F_OFD_GETLK:
		case F_OFD_SETLK:
		case F_OFD_SETLKW: strace_add_structure(line, STRUCTURE_flock, value); return;
		default: break;
		}
	} else {
		switch (command) {
		case TIOCGWINSZ:
		case TIOCSWINSZ: strace_add_structure(line, STRUCTURE_winsize, value); return;
		case FIONREAD:
		case FIONBIO:
		case TIOCGPGRP:
		case TIOCSPGRP:
		case TIOCGPTN:
		case TIOCSPTLCK: strace_add_structure(line, STRUCTURE_int, value); return;
		default: break;
		}
	}
	strace_add(line, "%#llx", (unsigned long long)value);
}

/* A request of ioctl that has no name here. */
static bool
add_request(struct strace_line *line, uint32_t request)
{
	const struct flag_name *name = flag_sets[FLAGS_ioctl].names;

	for (; name->name; name++) {
		if (name->value == request)
			return false;
	}
	if (_IOC_DIR(request) == _IOC_NONE)
		return false;
	strace_add(line, "_IOC(%s%s, %#x, %#x, %#x)",
		_IOC_DIR(request) & _IOC_READ ? "_IOC_READ" : "",
		ALT(_IOC_DIR(request) == (_IOC_READ | _IOC_WRITE), "|_IOC_WRITE",
			ALT(_IOC_DIR(request) == _IOC_WRITE, "_IOC_WRITE", "")),
		_IOC_TYPE(request), _IOC_NR(request), _IOC_SIZE(request));
	return true;
}

/* Values that are not addresses. */
static void
add_plain(struct strace_line *line, const struct system_call *call, unsigned n,
	const uint64_t argument[6], int64_t result)
{
	uint64_t value = argument[n];
	unsigned number = (unsigned)(call - system_calls);

	if (n == 2 && (number == NR_SETSOCKOPT || number == NR_GETSOCKOPT)) {
		strace_add_socket_option(line, argument[1], value);
		return;
	}
	switch (argument_kind(call->arguments[n])) {
	case ARGUMENT_INT:
	case ARGUMENT_FD:
	case ARGUMENT_NEW_DESCRIPTOR: strace_add(line, "%d", (int)value); break;
	case ARGUMENT_DIRFD:
		if ((int)value == AT_FDCWD)
			strace_add(line, "AT_FDCWD");
		else
			strace_add(line, "%d", (int)value);
		break;
	case ARGUMENT_UINT: strace_add(line, "%u", (unsigned)value); break;
	case ARGUMENT_LONG: strace_add(line, "%lld", (long long)value); break;
	case ARGUMENT_SIZE: strace_add(line, "%llu", (unsigned long long)value); break;
	case ARGUMENT_MODE:
		strace_add(line, ALT((unsigned)value, "%#03o", "%03o"), (unsigned)value);
		break;
	case ARGUMENT_SIGNAL: strace_add(line, "%s", signals_name((int)value)); break;
	case ARGUMENT_DEVICE:
		strace_add(line, "makedev(%#x, %#x)", major(value), minor(value));
		break;
	case ARGUMENT_FLAGS:
		if (number != NR_IOCTL || !add_request(line, (uint32_t)value))
			strace_add_flags(line, argument_detail(call->arguments[n]),
				(uint32_t)value == value ? value : (uint32_t)value);
		break;
	case ARGUMENT_PLACE: add_address(line, value); break;
	default:
		/* What a call that failed would have written is not shown. */
		if (n == 2 && result >= 0 && (number == NR_FCNTL || number == NR_IOCTL))
			add_command_argument(line, number, argument[1], value);
		else
			strace_add(line, "%#llx", (unsigned long long)value);
		break;
	}
}

static bool
is_socket_address(const struct system_call *call, unsigned n)
{
	switch (call - system_calls) {
	case NR_BIND:
	case NR_CONNECT: return n == 1;
	case NR_SENDTO: return n == 4;
	default:
		return argument_kind(call->arguments[n]) == ARGUMENT_OUT_VALUE_BYTES &&
		       call - system_calls != NR_GETSOCKOPT;
	}
}

/* Memory that is read, or has been written. */
static void
add_memory(struct strace_line *line, const struct system_call *call, unsigned n,
	const uint64_t argument[6], int64_t result)
{
	uint32_t signature = call->arguments[n];
	unsigned detail = argument_detail(signature), index = argument_index(signature);
	uint64_t address = argument[n], extent = arguments_extent(call, n, argument);

	if (add_special(line, (unsigned)(call - system_calls), n, argument, extent, result))
		return;
	if (is_socket_address(call, n)) {
		strace_add_socket_address(line, address, extent);
		return;
	}
	switch (argument_kind(signature)) {
	case ARGUMENT_PATH:
	case ARGUMENT_LOOKUP:
	case ARGUMENT_STRING: add_string(line, address); break;
	case ARGUMENT_STRINGS:
		add_strings(line, address,
			n > 0 && argument_kind(call->arguments[n - 1]) == ARGUMENT_STRINGS);
		break;
	case ARGUMENT_OUT_BYTES:
		/* Calls that give a length have written no more than that. */
		if (result > 0 && (uint64_t)result < extent)
			extent = (uint64_t)result;
		add_bytes(line, address, result == 0 ? 0 : extent);
		break;
	case ARGUMENT_IN_BYTES:
	case ARGUMENT_CHANGED_BYTES:
	case ARGUMENT_OUT_VALUE_BYTES: add_bytes(line, address, extent); break;
	case ARGUMENT_IN:
	case ARGUMENT_OUT:
	case ARGUMENT_CHANGED: strace_add_structure(line, detail, address); break;
	case ARGUMENT_IN_ARRAY:
	case ARGUMENT_CHANGED_ARRAY:
		add_array(line, detail, address, extent / structure_sizes[detail]);
		break;
	case ARGUMENT_OUT_ARRAY:
		add_array(line, detail, address, result > 0 ? (uint64_t)result : 0);
		break;
	case ARGUMENT_IN_BITS:
	case ARGUMENT_OUT_BITS:
	case ARGUMENT_CHANGED_BITS: add_bits(line, address, argument[index]); break;
	case ARGUMENT_IN_IOVEC: add_iovec(line, address, argument[index], UINT64_MAX); break;
	case ARGUMENT_OUT_IOVEC: add_iovec(line, address, argument[index], (uint64_t)result); break;
	case ARGUMENT_IN_MESSAGE: add_message(line, address, UINT64_MAX); break;
	case ARGUMENT_OUT_MESSAGE: add_message(line, address, (uint64_t)result); break;
	default: add_address(line, address); break;
	}
}

void
strace_add_argument(struct strace_line *line, const struct system_call *call, unsigned n,
	const uint64_t argument[6], bool done, int64_t result)
{
	uint32_t signature = call->arguments[n];
	bool is_written = signature & ARGUMENT_WRITTEN;
	bool is_changed = argument_kind(signature) >= ARGUMENT_CHANGED;

	if (!(signature & ARGUMENT_ADDRESS))
		add_plain(line, call, n, argument, result);
	else if (argument[n] == 0 || argument[n] >= GUEST_ADDRESS_END ||
		 (is_written && !is_changed && (!done || result < 0)))
		add_address(line, argument[n]);
	else
		add_memory(line, call, n, argument, result);
}
