// SPDX-License-Identifier: Apache-2.0
// Raw system calls of the host (x86-64 Linux), inline: they touch neither errno nor any other thread-local
// variable of the C library, so they may be used by every task, in signal handlers and between fork and exec.
// Each gives what the kernel gives: a result, or -errno in -4095..-1 (see host_syscall_failed).
#ifndef RUNTIME_HOST_SYSCALL_H
#define RUNTIME_HOST_SYSCALL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

/* True when `result` of a raw system call is an error, -errno. */
static inline bool
host_syscall_failed(long result)
{
	return (unsigned long)result >= -4095UL;
}

static inline long
host_syscall0(long number)
{
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
	return result;
}

static inline long
host_syscall1(long number, long a)
{
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a) : "rcx", "r11", "memory");
	return result;
}

static inline long
host_syscall2(long number, long a, long b)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long
host_syscall3(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long
host_syscall4(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long
host_syscall5(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long
host_syscall6(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/*
 * host_syscall(number, arguments...): picks the function above by the number of arguments (0..6).
 * Arguments of any integer or pointer type are converted to long.
 */
#define HOST_SYSCALL_COUNT_(n, a, b, c, d, e, f, count, ...) count
#define HOST_SYSCALL_PICK_(...)                                                          \
	HOST_SYSCALL_COUNT_(__VA_ARGS__, host_syscall6_, host_syscall5_, host_syscall4_, \
		host_syscall3_, host_syscall2_, host_syscall1_, host_syscall0_, unused)
#define host_syscall0_(n)             host_syscall0(n)
#define host_syscall1_(n, a)          host_syscall1(n, (long)(a))
#define host_syscall2_(n, a, b)       host_syscall2(n, (long)(a), (long)(b))
#define host_syscall3_(n, a, b, c)    host_syscall3(n, (long)(a), (long)(b), (long)(c))
#define host_syscall4_(n, a, b, c, d) host_syscall4(n, (long)(a), (long)(b), (long)(c), (long)(d))
#define host_syscall5_(n, a, b, c, d, e) \
	host_syscall5(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define host_syscall6_(n, a, b, c, d, e, f) \
	host_syscall6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define host_syscall(...) HOST_SYSCALL_PICK_(__VA_ARGS__)(__VA_ARGS__)

#endif
