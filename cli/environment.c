// SPDX-License-Identifier: Apache-2.0
// The environment that the guest gets (see environment.h).
#include "cli/environment.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* True when `entry` is NAME=VALUE with this name. */
static bool
has_name(const char *entry, const char *name, size_t length)
{
	return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

void
environment_unset(char **envp, const char *name)
{
	char **to = envp;

	for (char **from = envp; *from != NULL; from++)
		if (!has_name(*from, name, strlen(name)))
			*to++ = *from;
	*to = NULL;
}

const char *
environment_get(char **envp, const char *name)
{
	size_t length = strlen(name);

	for (; *envp != NULL; envp++)
		if (has_name(*envp, name, length))
			return *envp + length + 1;
	return NULL;
}

char **
environment_set(char **envp, const char *assignment)
{
	size_t length = strcspn(assignment, "=");
	size_t count = 0;
	size_t kept = 0;
	char **copy;

	while (envp[count] != NULL)
		count++;
	copy = calloc(count + 2, sizeof(*copy));
	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (!has_name(envp[i], assignment, length))
			copy[kept++] = envp[i];
	copy[kept] = (char *)assignment;
	return copy;
}
