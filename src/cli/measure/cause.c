/* SPDX-License-Identifier: MIT */
#include "cli/measure/cause.h"

#include <stdarg.h>
#include <stdio.h>

int cause_note(struct cause *cause, struct msrd *msrd, int r)
{
	if (r <= 0)
		return r;
	msrd_error(msrd, cause->text, sizeof cause->text);
	cause->is_absence = r == MSRD_ABSENT;
	return 0;
}

void cause_set(struct cause *cause, bool is_absence, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(cause->text, sizeof cause->text, format, arguments);
	va_end(arguments);
	cause->is_absence = is_absence;
}
