// SPDX-License-Identifier: Apache-2.0
// Loads a guest program (ELF64 AArch64, or a script whose interpreter is one) into the guest's address space, with
// its interpreter, vDSO, stack and auxiliary vector, as Linux on arm64 does. Runs once, before the guest, on one task.
// Everything read from a file is checked before anything is mapped; files are only ever opened for reading.
#ifndef LOADER_LOADER_H
#define LOADER_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What the first bytes of a file say that it is. */
enum file_class {
	FILE_GUEST_ELF,   /* ELF64, little-endian, AArch64 */
	FILE_HOST_ELF,    /* x86-64 or i386: the host runs it */
	FILE_FOREIGN_ELF, /* ELF of another machine or class */
	FILE_SCRIPT,      /* #! */
	FILE_EMPTY,
	FILE_UNKNOWN, /* none of these: not executable (ENOEXEC) */
};

/* As many bytes of a file as the kernel looks at (BINPRM_BUF_SIZE). */
#define FILE_HEADER_SIZE 256

/* Says what a file is from its first `size` (at most FILE_HEADER_SIZE) bytes. */
enum file_class loader_classify(const uint8_t *header, size_t size);

/* Why a program could not be loaded. */
struct loader_error {
	int status;         /* exit status for a shell: 126 cannot be executed, 127 not found */
	int error;          /* what execve would have failed with, a positive errno */
	char message[1024]; /* "PATH: what; why; what to do", one line, without newline */
};

/* What is to be loaded. */
struct load_request {
	const char *path; /* as given; also AT_EXECFN and the name in messages */
	int fd; /* the file, when already open (binfmt_misc, fexecve), else -1; stays the caller's */
	int argc;
	char **argv;    /* the guest's, argv[0] included; not changed */
	char **envp;    /* the guest's, NULL-terminated */
	int sysroot_fd; /* of -L, or -1: interpreters are looked for under it first */
	bool no_aslr;
	bool secure;         /* AT_SECURE */
	uint64_t stack_size; /* bytes; 0: RLIMIT_STACK */
};

/* What was loaded. Addresses are the guest's. */
struct loaded_program {
	uint64_t entry;         /* first pc: the interpreter's entry, or the program's */
	uint64_t stack_pointer; /* initial sp: argc is there */
	uint64_t brk;           /* initial program break */
	uint64_t vdso;          /* base of the vDSO image (AT_SYSINFO_EHDR) */
	uint64_t vdso_size;
	uint64_t sigreturn;     /* __kernel_rt_sigreturn in it: where signal handlers return to */
	uint64_t load_bias;     /* of the program; 0 for ET_EXEC */
	uint64_t program_entry; /* AT_ENTRY */
	uint64_t phdr;          /* AT_PHDR */
	uint16_t phnum;
	uint64_t interpreter_base;  /* AT_BASE; 0: none */
	uint64_t interpreter_entry; /* 0: none */
	/* As in struct mm_struct and prctl(PR_SET_MM_MAP). */
	uint64_t start_code, end_code, start_data, end_data, start_stack;
	uint64_t arg_start, arg_end, env_start,
		env_end;                /* the strings, NUL-terminated, one after the other */
	uint64_t auxv;                  /* the auxiliary vector on the stack */
	uint64_t auxv_size;             /* in bytes, AT_NULL included */
	uint64_t stack_low, stack_high; /* the mapping of the stack */
	bool executable_stack;          /* PT_GNU_STACK with PF_X */
	char *exe;          /* the program's file as /proc/self/exe shows it; malloc'ed */
	char *command_name; /* what comm shows: at most 15 bytes; malloc'ed */
	int exe_fd;         /* the program's file, read-only, high and close-on-exec */
};

/* What loader_load did. */
enum load_result {
	LOAD_DONE,   /* the program is in memory */
	LOAD_NATIVE, /* a program of the host: to be given to execve as struct native_program says */
	LOAD_FAILED, /* see struct loader_error */
};

/* A host program to be executed in place of the guest. */
struct native_program {
	const char *path;
	char **argv;
};

/*
 * Loads a program. guest_memory_init must have run. On LOAD_FAILED, mappings may have been left in the guest's range:
 * the process is to exit with error->status.
 */
enum load_result loader_load(const struct load_request *request, struct loaded_program *program,
	struct native_program *native, struct loader_error *error);

/*
 * For execve of a guest: checks that the open file could be loaded, without mapping anything and without malloc.
 * Gives its class; *error is 0, or the positive errno with which execve has to fail (ENOEXEC, ELIBBAD, EINVAL...).
 * The interpreter of a script or of a dynamic program is not looked for.
 */
enum file_class loader_check(int fd, int *error);

/* Name of an ELF machine (e_machine) for messages, "unknown" when not in the table. */
const char *loader_machine_name(unsigned machine);

/* Capabilities shown to the guest in AT_HWCAP and AT_HWCAP2. */
uint64_t loader_hwcap(void);
uint64_t loader_hwcap2(void);

#endif
