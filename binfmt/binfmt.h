// SPDX-License-Identifier: Apache-2.0
// `dragoman binfmt install|remove|status`: registers dragoman with the kernel's binfmt_misc, so that arm64 programs are
// executed like any others, in chroots and containers too. Flags of the registration (the kernel's
// Documentation/admin-guide/binfmt-misc.rst):
//
//	F  the executable is opened now, so it need not exist in a chroot
//	P  argv[0] of the program is kept (AT_FLAGS says so)
//	O  the program is handed over as a descriptor (AT_EXECFD), so it need not be readable
//	C  set-user-ID programs get their credentials
#ifndef BINFMT_BINFMT_H
#define BINFMT_BINFMT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Runs the subcommand: argv[0] is "binfmt". Prints what was done or one line saying why not. Gives the exit status:
 * 0 done (status: registered and enabled), 1 not.
 */
int binfmt_main(int argc, char **argv);

/* Writes the line for binfmt_misc/register into buffer; false when it does not fit or the path cannot be in it. */
bool binfmt_format(const char *interpreter, char *buffer, size_t size);

#endif
