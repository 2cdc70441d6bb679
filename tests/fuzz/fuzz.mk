# SPDX-License-Identifier: Apache-2.0
#
# The row fuzzer (tests/fuzz/row_fuzz.c) and the arm64 program that executes words for it. It takes the frontend's and the
# IR's objects; what they ask of the runtime is in row_interpret.c.

ROW_FUZZ_OBJECTS := $(patsubst %,$(BUILD)/obj/tests/fuzz/row_%.o,fuzz generate interpret process)
ROW_FUZZ_LIBRARY := $(filter $(BUILD)/obj/frontend/% $(BUILD)/obj/ir/% $(BUILD)/obj/gen/frontend/%,$(LIB_OBJECTS))

.PHONY: fuzz-programs
fuzz-programs: $(BUILD)/fuzz/row_fuzz $(BUILD)/fuzz/row_runner

$(BUILD)/fuzz/row_fuzz: $(ROW_FUZZ_OBJECTS) $(ROW_FUZZ_LIBRARY)
	@echo "  LINK    $@"
	@mkdir -p $(@D)
	@$(CC) $(SANITIZE_FLAGS) -o $@.$$$$ $^ -lcapstone && mv -f $@.$$$$ $@

$(BUILD)/fuzz/row_runner: tests/fuzz/row_runner.c tests/fuzz/row_record.h tests/fuzz/fuzz.mk
	@echo "  GUESTCC $<"
	@mkdir -p $(@D)
	@$(GUEST_CC) -std=gnu17 -O2 -g $(WARNINGS) -D_GNU_SOURCE -I. -static -o $@.$$$$ $< && mv -f $@.$$$$ $@

-include $(ROW_FUZZ_OBJECTS:.o=.d)
