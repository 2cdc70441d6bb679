# SPDX-License-Identifier: Apache-2.0
#
# dragoman's build.  `make help` lists what can be made; CONTRIBUTING.md says how the pieces fit.
# Sources are found by folder; a folder may be missing.  Several builds may share the tree: outputs are
# written under another name and renamed, and BUILD= selects another output folder.

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC = gcc
GUEST_CC ?= aarch64-linux-gnu-gcc
AR = gcc-ar
VERSION := 0.1.0

FOLDERS ?= loader frontend/a64 ir backend/x86_64 backend runtime syscalls cache binfmt profile cli
MAIN := cli/main.c

# ---- flags -----------------------------------------------------------------------------------------------

# The least host that dragoman's own C code is compiled for.  The translated code needs AVX2, which the program checks
# and names when it starts; a file that needs more than the default itself gets a line `FILE.o: MARCH = ...` below.
MARCH := x86-64-v2
WARNINGS := -Wall -Wextra -Werror
OPTIMIZE ?= -O2 -g
CPPFLAGS += -I. -I$(BUILD)/gen -D_GNU_SOURCE -DDRAGOMAN_VERSION='"$(VERSION)"'
CFLAGS_ALL = -std=gnu17 $(OPTIMIZE) -fPIE -fno-strict-aliasing -fno-strict-overflow -fcf-protection=none \
	-ffp-contract=off -march=$(MARCH) $(WARNINGS) $(SANITIZE_FLAGS) $(CFLAGS)
# (Under the sanitizers gcc sees less of what a value can be, and warns of what cannot happen.)
SANITIZE_FLAGS := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-error)
LIBS := -lcapstone -lelf -lz -lzstd

# The executable is static and linked for a fixed high address (see docs/ARCHITECTURE.md): position-independent
# objects, so that nothing is assumed about the low 2 GiB, and no relocation is left for start-up.
BASE := 0x700000000000
LDFLAGS_HIGH := -static -no-pie -nostartfiles -Wl,--no-relax -Wl,-z,noexecstack -Wl,--build-id=sha1 -Wl,-Ttext-segment=$(BASE)
CRT_BEGIN = $(shell $(CC) -print-file-name=Scrt1.o) $(shell $(CC) -print-file-name=crti.o)
CRT_END = $(shell $(CC) -print-file-name=crtn.o)

# ---- sources ---------------------------------------------------------------------------------------------

SOURCES := $(sort $(foreach f,$(FOLDERS),$(wildcard $(f)/*.c)))

# frontend/ISA/NAME.decode -> build/gen/frontend/ISA/decode.{c,h}, by tools/generate_decoder.
DECODE_TABLES := $(wildcard frontend/*/*.decode)
DECODERS := $(if $(wildcard tools/generate_decoder/*.c),$(foreach t,$(DECODE_TABLES),$(BUILD)/gen/$(dir $(t))decode.c))
GENERATED_HEADERS := $(DECODERS:.c=.h)

OBJECTS := $(SOURCES:%.c=$(BUILD)/obj/%.o) $(DECODERS:$(BUILD)/gen/%.c=$(BUILD)/obj/gen/%.o)
# How the static executable starts is no part of the library that the unit tests, which are dynamic, link with.
START := runtime/libc_start.c
LIB_OBJECTS := $(filter-out $(MAIN:%.c=$(BUILD)/obj/%.o) $(START:%.c=$(BUILD)/obj/%.o),$(OBJECTS))
UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
UNIT_TESTS := $(UNIT_SOURCES:%.c=$(BUILD)/%)

# ---- the executable --------------------------------------------------------------------------------------

.PHONY: all
all: dragoman

dragoman: $(BUILD)/dragoman
	@cp -f $< $@.$$$$ && mv -f $@.$$$$ $@

$(BUILD)/dragoman: $(OBJECTS)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_HIGH) -o $@.$$$$ $(CRT_BEGIN) $(OBJECTS) $(LIBS) $(CRT_END) && mv -f $@.$$$$ $@

define compile
@echo "  CC      $<"
@mkdir -p $(@D)
@$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -MMD -MP -MF $@.$$$$.d -MT $@ -c $< -o $@.$$$$.o && \
	mv -f $@.$$$$.d $(@:.o=.d) && mv -f $@.$$$$.o $@ || { rm -f $@ $@.$$$$.d $@.$$$$.o; exit 1; }
endef

# It runs while vector registers hold the guest's values.
$(BUILD)/obj/syscalls/direct.o: CFLAGS += -mgeneral-regs-only

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c Makefile | $(GENERATED_HEADERS)
	$(compile)
$(BUILD)/obj/%.o: %.c Makefile | $(GENERATED_HEADERS)
	$(compile)

-include $(patsubst %.o,%.d,$(OBJECTS) $(UNIT_SOURCES:%.c=$(BUILD)/obj/%.o))

# ---- host tools and what they generate ---------------------------------------------------------------------

define compile_tool
@echo "  HOSTCC  $(@F)"
@mkdir -p $(@D)
@$(CC) -std=gnu17 -O2 -g $(WARNINGS) -D_GNU_SOURCE -I. -o $@.$$$$ $(filter %.c,$^) && mv -f $@.$$$$ $@
endef

$(BUILD)/tools/generate_decoder: $(wildcard tools/generate_decoder/*) Makefile
	$(compile_tool)
$(BUILD)/tools/%: tools/%.c Makefile
	$(compile_tool)

# usage of the tool: generate_decoder TABLE OUTPUT.c OUTPUT.h
define decoder_rule
$(BUILD)/gen/$(dir $(1))decode.c $(BUILD)/gen/$(dir $(1))decode.h &: $(1) $(BUILD)/tools/generate_decoder
	@echo "  DECODE  $(1)"
	@mkdir -p $(BUILD)/gen/$(dir $(1))
	@$(BUILD)/tools/generate_decoder $(1) $(BUILD)/gen/$(dir $(1))decode.c $(BUILD)/gen/$(dir $(1))decode.h
endef
ifneq ($(DECODERS),)
$(foreach t,$(DECODE_TABLES),$(eval $(call decoder_rule,$(t))))
endif

.PHONY: generated
generated: $(GENERATED_HEADERS)

# ---- unit tests --------------------------------------------------------------------------------------------

# Every object that compiles goes into one archive; a test takes from it what it uses.  A file that does not compile is
# reported, and stops only the tests that need it.
.PHONY: unit-archive unit-tests objects
objects: $(OBJECTS)
unit-archive: generated
	@$(MAKE) -s --no-print-directory -k $(LIB_OBJECTS) || echo "  (unit tests that need the files above cannot be linked)"
	@newest=$$(ls -t $(LIB_OBJECTS) 2>/dev/null | head -n 1); \
	if [ -n "$$newest" ] && { [ ! -e $(BUILD)/libdragoman.a ] || [ "$$newest" -nt $(BUILD)/libdragoman.a ]; }; then \
		$(AR) rcs $(BUILD)/libdragoman.a.$$$$ $$(ls $(LIB_OBJECTS) 2>/dev/null) && \
		mv -f $(BUILD)/libdragoman.a.$$$$ $(BUILD)/libdragoman.a; \
	fi

$(BUILD)/tests/unit/test_%: $(BUILD)/obj/tests/unit/test_%.o unit-archive
	@mkdir -p $(@D)
	@if [ ! -e $@ ] || [ $< -nt $@ ] || [ $(BUILD)/libdragoman.a -nt $@ ]; then \
		echo "  LINK    $@"; \
		$(CC) $(SANITIZE_FLAGS) -o $@.$$$$ $< $$(ls $(BUILD)/libdragoman.a 2>/dev/null) -lcriterion $(LIBS) -lm -lpthread && \
		mv -f $@.$$$$ $@; \
	fi

.SECONDARY: $(UNIT_SOURCES:%.c=$(BUILD)/obj/%.o)
unit-tests: $(UNIT_TESTS)

# AddressSanitizer keeps its shadow where these map guest memory. What start-up allocates lives as long as the process,
# so leaks are not looked for.
UNIT_WITHOUT_ASAN := guest_memory critical_sections

.PHONY: check-asan check-ubsan
check-asan: deps
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SANITIZE=address unit-tests
	@ASAN_OPTIONS=detect_leaks=0 UNIT_SKIP="$(UNIT_WITHOUT_ASAN)" BUILD=$(BUILD)/asan tests/run unit
check-ubsan: deps
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/ubsan SANITIZE=undefined unit-tests
	@BUILD=$(BUILD)/ubsan tests/run unit

# ---- guest programs ----------------------------------------------------------------------------------------

# tests/guest/NAME.c is a static arm64 program, tests/guest/dynamic/NAME.c a dynamic one.  Each is built for the host
# too; a program's first lines may hold `// guest-flags: ...`, compiler options for the arm64 build.
GUEST_SOURCES := $(wildcard tests/guest/*.c tests/guest/dynamic/*.c)
GUEST_PROGRAMS := $(GUEST_SOURCES:tests/%.c=$(BUILD)/%)
NATIVE_PROGRAMS := $(GUEST_SOURCES:tests/guest/%.c=$(BUILD)/guest-native/%)
GUEST_CFLAGS := -std=gnu17 -O2 -g -D_GNU_SOURCE -Wall -Wextra -Wno-unused-result -ffp-contract=off -pthread

# A program that says how it wants to be linked is not linked plainly static.
define guest_link
$$(grep -q "^// guest-flags:.*-static-pie" $< || echo -static)
endef
define guest_flags
$$(sed -n 's|^// guest-flags: ||p' $<)
endef

.PHONY: guest-programs
guest-programs: $(GUEST_PROGRAMS) $(NATIVE_PROGRAMS)

$(BUILD)/guest/dynamic/%: tests/guest/dynamic/%.c Makefile
	@echo "  GUESTCC $<"
	@mkdir -p $(@D)
	@$(GUEST_CC) $(GUEST_CFLAGS) $(guest_flags) -MMD -MP -MF $@.d -MT $@ -o $@.$$$$ $< -lm -ldl && mv -f $@.$$$$ $@
$(BUILD)/guest/%: tests/guest/%.c Makefile
	@echo "  GUESTCC $<"
	@mkdir -p $(@D)
	@$(GUEST_CC) $(GUEST_CFLAGS) $(guest_flags) $(guest_link) -MMD -MP -MF $@.d -MT $@ -o $@.$$$$ $< -lm && mv -f $@.$$$$ $@
$(BUILD)/guest-native/%: tests/guest/%.c Makefile
	@echo "  CC      $< (native)"
	@mkdir -p $(@D)
	@$(CC) $(GUEST_CFLAGS) -MMD -MP -MF $@.d -MT $@ -o $@.$$$$ $< -lm -ldl && mv -f $@.$$$$ $@

-include $(GUEST_PROGRAMS:%=%.d) $(NATIVE_PROGRAMS:%=%.d)

# ---- stress ------------------------------------------------------------------------------------------------

.PHONY: stress-programs
stress-programs: $(BUILD)/stress/stress $(BUILD)/stress/stress-native
$(BUILD)/stress/stress: tests/stress/stress.c Makefile
	@echo "  GUESTCC $<"
	@mkdir -p $(@D)
	@$(GUEST_CC) $(GUEST_CFLAGS) -static -o $@.$$$$ $< && mv -f $@.$$$$ $@
$(BUILD)/stress/stress-native: tests/stress/stress.c Makefile
	@echo "  CC      $< (native)"
	@mkdir -p $(@D)
	@$(CC) $(GUEST_CFLAGS) -o $@.$$$$ $< && mv -f $@.$$$$ $@

# ---- benchmark kernels -------------------------------------------------------------------------------------

include bench/kernels/kernels.mk

# ---- the row fuzzer ----------------------------------------------------------------------------------------

include tests/fuzz/fuzz.mk

# ---- what users type ---------------------------------------------------------------------------------------

.PHONY: deps check demo bench fuzz stress tree install clean format tidy help
deps:
	@tools/install_dependencies

# The dependencies come first, so the rest is a second make: sources and compilers are looked at when they are there.
# What cannot be built is a failure, but does not keep the other tests from running.
check: deps
	@status=0; $(MAKE) --no-print-directory -k -j2 dragoman unit-tests guest-programs check-kernels stress-programs fuzz-programs || status=1; tests/run || status=1; exit $$status

# Large programs: node, java, go, databases, servers...; a tree of 2.3 GB, and half an hour (docs/testing.md). BIG="node go"
.PHONY: check-big
check-big: deps
	@$(MAKE) --no-print-directory -j2 dragoman
	@TEST_JOBS=1 tests/run $(if $(BIG),$(addprefix big/,$(BIG)),big)

# make stress MINUTES=30 SEED=1
stress: deps
	@$(MAKE) --no-print-directory -j2 dragoman stress-programs
	@MINUTES="$(or $(MINUTES),1)" tests/stress/run

demo: deps
	@$(MAKE) --no-print-directory -j2 dragoman guest-programs
	@tools/demo

tree:
	@tools/fetch_guest_tree $(BUILD)/tree/arm64-bookworm

# make bench BENCH="float sqlite3 xz" REPEAT=5; QUICK=1: some minutes; names and groups are in bench/workloads
bench: deps
	@$(MAKE) --no-print-directory -j2 dragoman
	@BENCH="$(BENCH)" REPEAT="$(REPEAT)" QUICK="$(QUICK)" OPT="$(OPT)" bench/run

# make fuzz ROWS=FADD SECONDS=60 SEED=1
fuzz: deps
	@$(MAKE) --no-print-directory -j2 dragoman fuzz-programs
	@ROWS="$(ROWS)" FUZZ_SECONDS="$(SECONDS)" SEED="$(SEED)" tests/fuzz/run

install: dragoman
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/dragoman
	install -m 0755 dragoman $(DESTDIR)$(PREFIX)/bin/dragoman
	install -m 0644 README.md LICENSE CHANGELOG.md $(DESTDIR)$(PREFIX)/share/doc/dragoman

clean:
	rm -rf $(BUILD)/obj $(BUILD)/gen $(BUILD)/tools $(BUILD)/tests $(BUILD)/fuzz $(BUILD)/guest $(BUILD)/guest-native \
		$(BUILD)/kernels $(BUILD)/asan $(BUILD)/ubsan $(BUILD)/bench $(BUILD)/libdragoman.a $(BUILD)/dragoman dragoman

FORMATTED := $(shell git ls-files '*.c' '*.h' 2>/dev/null)
format:
	clang-format -i $(FORMATTED)

# Programs for arm64 alone.
NOT_TIDIED := tests/guest/% tests/fuzz/row_runner.c tests/unit/%_guest.c
tidy: generated
	clang-tidy --quiet $(filter-out $(NOT_TIDIED),$(filter %.c,$(FORMATTED))) -- $(CPPFLAGS) -std=gnu17 -march=x86-64-v3

help:
	@echo "make             build ./dragoman"
	@echo "make demo        install what is missing, build, and run arm64 programs under dragoman"
	@echo "make check       install what is missing, build, and run all tests"
	@echo "make check-big   large arm64 programs; BIG=\"node java\" for some of them"
	@echo "make check-asan  the unit tests under AddressSanitizer; check-ubsan: under UndefinedBehaviorSanitizer"
	@echo "make bench       measure against native and qemu-aarch64; BENCH=\"names groups\" REPEAT=n QUICK=1"
	@echo "make fuzz        fuzz the decode table's rows; ROWS=pattern SECONDS=n SEED=n"
	@echo "make stress      threads, processes, signals, memory and changing code at once; MINUTES=n SEED=n"
	@echo "make deps        install the Debian packages that are needed"
	@echo "make tree        fetch the Debian arm64 tree that demo, check and bench use (build/tree)"
	@echo "make install     install into DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)"
	@echo "make format      clang-format all sources; make tidy: clang-tidy them"
	@echo "make clean       remove what was built (but not the fetched arm64 tree)"
