// SPDX-License-Identifier: Apache-2.0
// The C library's start of a static program, without its survey of the processor. That asks CPUID some 35 times, mostly
// for cache sizes, and in a virtual machine each is an exit to the hypervisor: half a millisecond here, in every process
// that a guest starts. Without it the library takes its baseline string functions, which serve dragoman as well.
//
// The steps are those of glibc 2.36 (csu/libc-start.c, what is not SHARED), by the names that its parts have for each other;
// with any other version this file is empty and the library starts as it always does.
#include <features.h>

#if defined(__GLIBC__) && __GLIBC__ == 2 && __GLIBC_MINOR__ == 36

#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

typedef void (*start_function)(int argc, char **argv, char **environment);

extern void *__libc_stack_end;
extern void *_dl_random; /* 16 random bytes from the kernel */
extern int __libc_enable_secure;
extern const ElfW(Rela) __rela_iplt_start[], __rela_iplt_end[];
extern const start_function __preinit_array_start[], __preinit_array_end[];
extern const start_function __init_array_start[], __init_array_end[];
extern void (*const __fini_array_start[])(void), (*const __fini_array_end[])(void);

void _dl_aux_init(ElfW(auxv_t) * vector);
void __tunables_init(char **environment);
void __libc_setup_tls(void);
void __libc_early_init(bool initial);
void __libc_init_first(int argc, char **argv, char **environment);
void __libc_check_standard_fds(void);
int __cxa_atexit(void (*function)(void *), void *argument, void *object);
void _init(void);
void _fini(void);

/* What the survey would set: limits of the string functions, here as for a small cache, and 3/4 of a larger one. */
long __x86_data_cache_size = 32 << 10;
long __x86_data_cache_size_half = 16 << 10;
long __x86_shared_cache_size = 1 << 20;
long __x86_shared_cache_size_half = 1 << 19;
long __x86_shared_non_temporal_threshold = 3 << 18;
long __x86_rep_movsb_threshold = 2 << 10;
long __x86_rep_stosb_threshold = 2 << 10;
long __x86_rep_movsb_stop_threshold = 3 << 18;
int __x86_string_control;

/* Functions with several versions: their addresses are what the library's resolvers say. */
static void
choose_versions(void)
{
	for (const ElfW(Rela) *place = __rela_iplt_start; place < __rela_iplt_end; place++) {
		uint64_t (*resolve)(void) = (uint64_t(*)(void))place->r_addend;

		*(uint64_t *)place->r_offset = resolve();
	}
}

/* The canary of stack protectors, which begins with a NUL so that strings end at it, and the key of stored pointers. */
static inline void
set_guards(void)
{
	const uint64_t *random = _dl_random;

	__asm__ volatile("mov	%0, %%fs:0x28\n"
			 "	mov	%1, %%fs:0x30\n"
			 :
			 : "r"(random[0] & ~UINT64_C(0xff)), "r"(random[1]));
}

static void
finish(void *unused)
{
	(void)unused;
	for (size_t k = (size_t)(__fini_array_end - __fini_array_start); k-- > 0;)
		__fini_array_start[k]();
	_fini();
}

static void
run_constructors(int argc, char **argv)
{
	for (const start_function *at = __preinit_array_start; at < __preinit_array_end; at++)
		(*at)(argc, argv, environ);
	_init();
	for (const start_function *at = __init_array_start; at < __init_array_end; at++)
		(*at)(argc, argv, environ);
}

__attribute__((no_stack_protector)) int
__libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
	void (*unused)(void), void (*loader_finish)(void), void *stack_end)
{
	char **at = argv + argc + 1;

	(void)init;
	(void)unused;
	(void)loader_finish; /* of a dynamic loader, which there is none of */
	environ = at;
	__libc_stack_end = stack_end;
	while (*at++)
		;
	_dl_aux_init((ElfW(auxv_t) *)at);
	__tunables_init(environ);
	choose_versions();
	__libc_setup_tls();
	set_guards();
	__libc_early_init(true);
	__libc_init_first(argc, argv, environ);
	__cxa_atexit(finish, NULL, NULL);
	if (__libc_enable_secure)
		__libc_check_standard_fds();
	run_constructors(argc, argv);
	exit(main(argc, argv, environ));
}

#endif
