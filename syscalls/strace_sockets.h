// SPDX-License-Identifier: Apache-2.0
// How -strace writes options of sockets and control messages. Addresses are the guest's, lengths those that it gave.
#ifndef SYSCALLS_STRACE_SOCKETS_H
#define SYSCALLS_STRACE_SOCKETS_H

#include "syscalls/strace_line.h"

/* The name of an option of setsockopt and getsockopt. */
void strace_add_socket_option(struct strace_line *line, uint64_t level, uint64_t number);

/* Its value; false, and nothing is written, when only its bytes are known. */
bool strace_add_option_value(
	struct strace_line *line, uint64_t level, uint64_t number, uint64_t address, uint64_t size);

/* The control messages of sendmsg and recvmsg. */
void strace_add_control(struct strace_line *line, uint64_t address, uint64_t length);

#endif
