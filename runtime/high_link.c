// SPDX-License-Identifier: Apache-2.0
//
// What glibc's static start files need when the executable is linked for a fixed address above 2 GiB: they are the
// start files of a position-independent executable, used without its relocations.

/* Takes nothing: the link left no relocation to apply (glibc's csu/libc-start.c calls this first). */
void _dl_relocate_static_pie(void);
void __pthread_initialize_minimal(void);
void __call_tls_dtors(void);
void __pthread_unwind(void);

void
_dl_relocate_static_pie(void)
{
}

/*
 * libc.a refers to these weakly, by 32-bit pc-relative calls, which cannot reach address 0 from up here when they stay
 * undefined. libc's own definitions win where they are linked in. The last must not return.
 */
__attribute__((weak)) void
__pthread_initialize_minimal(void)
{
}

__attribute__((weak)) void
__call_tls_dtors(void)
{
}

__attribute__((weak)) void
__pthread_unwind(void)
{
	__builtin_trap();
}

/* The same for libzstd.a's hooks for tracing: 0 says that nobody listens. */
unsigned long long ZSTD_trace_compress_begin(const void *context);
unsigned long long ZSTD_trace_decompress_begin(const void *context);
void ZSTD_trace_compress_end(unsigned long long listener, const void *trace);
void ZSTD_trace_decompress_end(unsigned long long listener, const void *trace);

__attribute__((weak)) unsigned long long
ZSTD_trace_compress_begin(const void *context)
{
	(void)context;
	return 0;
}

__attribute__((weak)) unsigned long long
ZSTD_trace_decompress_begin(const void *context)
{
	(void)context;
	return 0;
}

__attribute__((weak)) void
ZSTD_trace_compress_end(unsigned long long listener, const void *trace)
{
	(void)listener;
	(void)trace;
}

__attribute__((weak)) void
ZSTD_trace_decompress_end(unsigned long long listener, const void *trace)
{
	(void)listener;
	(void)trace;
}
