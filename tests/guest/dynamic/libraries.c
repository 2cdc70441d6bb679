// SPDX-License-Identifier: Apache-2.0
//
// A dynamic program: lazy binding, dlopen and dlsym, thread-local storage in a library, constructors, atexit, locale-less stdio.

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static int constructed;

static void __attribute__((constructor)) construct(void)
{
	constructed = 1;
}

static void
at_exit(void)
{
	printf("atexit\n");
}

static int
count_objects(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	if (strstr(info->dlpi_name, "libc.so") != NULL ||
		strstr(info->dlpi_name, "libm.so") != NULL) {
		++*(int *)data;
	}
	return 0;
}

static void *
set_errno(void *argument)
{
	(void)argument;
	errno = 77;
	return NULL;
}

int
main(void)
{
	int libraries = 0;
	pthread_t thread;
	volatile double two = 2;

	atexit(at_exit);
	printf("constructed %d, base %d\n", constructed, getauxval(AT_BASE) != 0);
	void *handle = dlopen("libm.so.6", RTLD_NOW);
	if (handle == NULL) {
		printf("%s\n", dlerror());
		return 1;
	}
	double (*square_root)(double) = (double (*)(double))(uintptr_t)dlsym(handle, "sqrt");
	printf("sqrt %.15g, linked %.12g\n", square_root(two), exp2(0.5));
	printf("absent %d\n", dlsym(handle, "no_such_function") == NULL);
	printf("no library %d\n", dlopen("libdoesnotexist.so.1", RTLD_NOW) == NULL);
	dl_iterate_phdr(count_objects, &libraries);
	printf("libraries %d\n", libraries);
	errno = 5;
	pthread_create(&thread, NULL, set_errno, NULL);
	pthread_join(thread, NULL);
	printf("errno %d\n", errno);
	Dl_info info;
	int found = dladdr((void *)(uintptr_t)dlsym(NULL, "qsort"), &info);
	printf("dladdr %d %d\n", found != 0, strstr(info.dli_fname, "libc.so.6") != NULL);
	return 9;
}
