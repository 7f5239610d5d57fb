// What Platform needs of Linux and the C library. No feature-test macros here: they would change what other
// modules see of the same headers; see feature_test_macros(7).
#pragma once
#include <errno.h>
#include <unistd.h>

static inline int clinux_errno(void) { return errno; }
