/* SPDX-License-Identifier: MIT */
/* In the place of names.c where there is no libpfm4. */
#include <errno.h>

#include "cli/count/names.h"

bool names_parse(
	struct want *want, const struct arch *arch, const char *text, char error[WANT_ERROR_SIZE])
{
	(void)want;
	(void)arch;
	return want_fail(error,
		"%s: this msrctl was built without libpfm4 and knows no events by name; "
		"write them raw, such as cpu/event=0xc0,umask=0x00/",
		text);
}

int names_walk(const struct arch *arch, bool (*each)(void *context, const struct name *name),
	void *context)
{
	(void)arch;
	(void)each;
	(void)context;
	return -ENOTSUP;
}
