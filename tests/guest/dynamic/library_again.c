// SPDX-License-Identifier: Apache-2.0
//
// A library is loaded, called, and unloaded again and again, each time at another address, because its last place is taken by
// other code that is called too.

#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096

static size_t
write_constant(unsigned char *code, unsigned value)
{
#ifdef __aarch64__
	uint32_t words[2] = { 0x52800000 | value << 5, 0xd65f03c0 };

	memcpy(code, words, sizeof(words));
	return sizeof(words);
#else
	unsigned char bytes[6] = { 0xb8, 0, 0, 0, 0, 0xc3 };

	memcpy(bytes + 1, &value, 4);
	memcpy(code, bytes, sizeof(bytes));
	return sizeof(bytes);
#endif
}

/* Code of our own where the function was. */
static int
call_other_code(uintptr_t function, unsigned value)
{
	unsigned char *page = (unsigned char *)(function & ~(uintptr_t)(PAGE - 1));
	int result;

	if (mmap(page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != page)
		return -1; /* the library was not unloaded */
	write_constant((unsigned char *)function, value);
	__builtin___clear_cache((char *)function, (char *)function + 16);
	result = ((int (*)(void))function)();
	return result;
}

int
main(void)
{
	double (*last)(double, double) = NULL;

	for (unsigned round = 1; round <= 6; round++) {
		void *library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
		double (*power)(double, double);
		double (*cosine)(double);
		uintptr_t place;

		if (!library) {
			printf("%s\n", dlerror());
			return 1;
		}
		*(void **)&power = dlsym(library, "pow");
		*(void **)&cosine = dlsym(library, "cos");
		printf("round %u: %.6f %.6f, moved %d\n", round, power(round, 2.5), cosine(round),
			last && last != power);
		last = power;
		place = (uintptr_t)power;
		if (dlclose(library) != 0)
			return 1;
		printf("other code: %d\n", call_other_code(place, 1000 + round));
	}
	return 0;
}
