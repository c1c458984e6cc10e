/* SPDX-License-Identifier: MIT */
/*
 * LIKWID's record as published, in the numbers of 5.2: what it asks for and of which device.
 * Written down once more for tests, which must not take them from the code that they test.
 */
#ifndef MSRD_TESTS_WIRE_NUMBERS_H
#define MSRD_TESTS_WIRE_NUMBERS_H

enum { READ = 0, WRITE = 1, CHECK = 2, EXIT = 3 };
enum { MSR = 0, IMC0 = 5, IMC1 = 6, HA = 13, QPI0 = 17, QPI_MISC0 = 23 };

#endif
