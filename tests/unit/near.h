/* SPDX-License-Identifier: MIT */
/* Comparing floating point numbers: CMocka's assert_float_equal takes NAN for any number. */
#ifndef MSRD_TESTS_UNIT_NEAR_H
#define MSRD_TESTS_UNIT_NEAR_H

#include <math.h>

#define assert_near(value, wanted, epsilon) assert_true(fabs((value) - (wanted)) <= (epsilon))

#endif
