/* SPDX-License-Identifier: MIT */
/* Says what failed where it is known, and ends nothing: that is for main. Knows no noun of the
 * benchmarks. */
#ifndef MSRD_BENCH_COMPLAIN_H
#define MSRD_BENCH_COMPLAIN_H

#include <err.h>
#include <errno.h>
#include <stdarg.h>

/* As warn() for the negative errno r, and returns r. */
__attribute__((format(printf, 2, 3))) static inline int complain(int r, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	errno = -r;
	vwarn(format, arguments);
	va_end(arguments);
	return r;
}

#endif
