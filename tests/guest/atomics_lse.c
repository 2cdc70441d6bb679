// SPDX-License-Identifier: Apache-2.0
// guest-flags: -march=armv8.1-a
//
// atomics.c with the Large System Extensions: LDADD, LDCLR, LDEOR, LDSET, SWP, CAS in all sizes and orderings.

#include "atomics.c"
