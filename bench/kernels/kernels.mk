# SPDX-License-Identifier: Apache-2.0
#
# The benchmark kernels, part of the Makefile.
#
# Each is built with -O2 and with -O3, for the host (x86-64-v2, whose vectors are as wide as the guest's) and for the guest:
# build/kernels/native-O2/NAME, ... guest-O3/NAME.
KERNEL_NAMES := $(basename $(notdir $(wildcard bench/kernels/*.c)))
KERNEL_CFLAGS := -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Wno-parentheses -ffp-contract=off -static -pthread
KERNELS_O2 := $(foreach s,native guest,$(KERNEL_NAMES:%=$(BUILD)/kernels/$(s)-O2/%))
KERNELS_O3 := $(foreach s,native guest,$(KERNEL_NAMES:%=$(BUILD)/kernels/$(s)-O3/%))

# The tests compare the guest's -O3 (more vectors) with the host's -O2: no result may depend on either.
.PHONY: kernels-O2 kernels-O3 check-kernels
kernels-O2: $(KERNELS_O2)
kernels-O3: $(KERNELS_O3)
check-kernels: $(filter $(BUILD)/kernels/native-O2/% $(BUILD)/kernels/guest-O3/%,$(KERNELS_O2) $(KERNELS_O3))

define kernel_rule
$(BUILD)/kernels/$(1)-$(2)/%: bench/kernels/%.c bench/kernels/kernel.h bench/kernels/kernels.mk
	@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo "  $(3)  $$< ($(2))")
	@mkdir -p $$(@D)
	@$(4) $(KERNEL_CFLAGS) -$(2) $(5) -o $$@.$$$$$$$$ $$< -lm && mv -f $$@.$$$$$$$$ $$@
endef
$(foreach o,O2 O3,$(eval $(call kernel_rule,native,$(o),CC     ,$(CC),-march=x86-64-v2)))
$(foreach o,O2 O3,$(eval $(call kernel_rule,guest,$(o),GUESTCC,$(GUEST_CC),-march=armv8-a)))
