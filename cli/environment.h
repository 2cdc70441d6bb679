// SPDX-License-Identifier: Apache-2.0
// The environment that the guest gets: the process's own, changed by -E and -U.
#ifndef CLI_ENVIRONMENT_H
#define CLI_ENVIRONMENT_H

#include <stdbool.h>

/* Gives a copy of envp (malloc) with `assignment` (NAME=VALUE) in it, in place of an older one; NULL: no memory. */
char **environment_set(char **envp, const char *assignment);

/* Takes the variable `name` out of envp, in place. */
void environment_unset(char **envp, const char *name);

/* The value of a variable in envp, or NULL. */
const char *environment_get(char **envp, const char *name);

#endif
