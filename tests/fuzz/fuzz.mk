# SPDX-License-Identifier: Apache-2.0
#
# The row fuzzer (tests/fuzz/row_fuzz.c) and the arm64 program that executes words for it.

ROW_FUZZ_OBJECTS := $(patsubst %,$(BUILD)/obj/tests/fuzz/row_%.o,fuzz generate loop interpret process)

.PHONY: fuzz-programs
fuzz-programs: $(BUILD)/fuzz/row_fuzz $(BUILD)/fuzz/row_runner

$(BUILD)/fuzz/row_fuzz: $(ROW_FUZZ_OBJECTS) $(LIB_OBJECTS)
	@echo "  LINK    $@"
	@mkdir -p $(@D)
	@$(CC) $(SANITIZE_FLAGS) -o $@.$$$$ $^ $(LIBS) && mv -f $@.$$$$ $@

$(BUILD)/fuzz/row_runner: tests/fuzz/row_runner.c tests/fuzz/row_record.h tests/fuzz/fuzz.mk
	@echo "  GUESTCC $<"
	@mkdir -p $(@D)
	@$(GUEST_CC) -std=gnu17 -O2 -g $(WARNINGS) -D_GNU_SOURCE -I. -static -o $@.$$$$ $< && mv -f $@.$$$$ $@

-include $(ROW_FUZZ_OBJECTS:.o=.d)
