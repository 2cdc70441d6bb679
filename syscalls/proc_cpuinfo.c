// SPDX-License-Identifier: Apache-2.0
//
// /proc/cpuinfo as an arm64 kernel writes it (arch/arm64/kernel/cpuinfo.c), with the host's processors and the
// features of AT_HWCAP.

#include "syscalls/proc_text.h"

#include "loader/loader.h"
#include "runtime/host_syscall.h"

#include <string.h>

#define PROCESSOR_LIMIT 8192

/* hwcap_str of the kernel, by bit of AT_HWCAP and then of AT_HWCAP2. */
static const char *const hwcap_names[] = { "fp", "asimd", "evtstrm", "aes", "pmull", "sha1", "sha2",
	"crc32", "atomics", "fphp", "asimdhp", "cpuid", "asimdrdm", "jscvt", "fcma", "lrcpc",
	"dcpop", "sha3", "sm3", "sm4", "asimddp", "sha512", "sve", "asimdfhm", "dit", "uscat",
	"ilrcpc", "flagm", "ssbs", "sb", "paca", "pacg" };
static const char *const hwcap2_names[] = { "dcpodp", "sve2", "sveaes", "svepmull", "svebitperm",
	"svesha3", "svesm4", "flagm2", "frint", "svei8mm", "svef32mm", "svef64mm", "svebf16",
	"i8mm", "bf16", "dgh", "rng", "bti", "mte", "ecv", "afp", "rpres", "mte3" };

static void
add_features(struct text *text, uint64_t bits, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bits >> i & 1)
			text_format(text, " %s", names[i]);
	}
}

void
cpuinfo_format(struct text *text, const uint32_t *processors, size_t count, uint64_t hwcap,
	uint64_t hwcap2)
{
	for (size_t i = 0; i < count; i++) {
		text_format(
			text, "processor\t: %u\nBogoMIPS\t: 2000.00\nFeatures\t:", processors[i]);
		add_features(
			text, hwcap, hwcap_names, sizeof(hwcap_names) / sizeof(hwcap_names[0]));
		add_features(
			text, hwcap2, hwcap2_names, sizeof(hwcap2_names) / sizeof(hwcap2_names[0]));
		/* What MIDR_EL1 reads as (frontend/a64/lift_system.c): Cortex-A53 r0p4. */
		text_format(text, "\nCPU implementer\t: 0x41\nCPU architecture: 8\n"
				  "CPU variant\t: 0x0\nCPU part\t: 0xd03\nCPU revision\t: 4\n\n");
	}
}

/* Adds the numbers in a list such as "0-3,8", as far as there is room; gives the new count. */
static size_t
parse_processor_list(const struct text *list, uint32_t *processors, size_t room)
{
	uint32_t first = 0, number = 0;
	bool range = false;
	size_t count = 0;

	for (size_t i = 0; i < list->length; i++) {
		char c = list->bytes[i];

		if (c >= '0' && c <= '9') {
			number = number * 10 + (uint32_t)(c - '0');
			continue;
		}
		if (c == '-') {
			first = number;
			range = true;
		} else {
			for (uint32_t p = range ? first : number; p <= number && count < room; p++)
				processors[count++] = p;
			range = false;
		}
		number = 0;
	}
	return count;
}

void
proc_files_write_cpuinfo(struct text *text)
{
	static const char online[] = "/sys/devices/system/cpu/online";
	uint32_t processors[PROCESSOR_LIMIT];
	struct text list = { 0 };
	size_t count;
	long bytes;

	text_add_file(&list, online);
	count = parse_processor_list(&list, processors, PROCESSOR_LIMIT);
	text_free(&list);
	if (count == 0) {
		/* No /sys: the processors that this task may run on. */
		uint64_t mask[PROCESSOR_LIMIT / 64] = { 0 };

		bytes = host_syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask);
		for (uint32_t p = 0; bytes > 0 && p < (uint32_t)bytes * 8; p++) {
			if (mask[p / 64] >> p % 64 & 1)
				processors[count++] = p;
		}
	}
	cpuinfo_format(text, processors, count, loader_hwcap(), loader_hwcap2());
}
