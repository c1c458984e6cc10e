/* SPDX-License-Identifier: MIT */
#include "util/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

bool number_parse(const char *text, uint64_t max, uint64_t *value)
{
	/* strtoull would accept blanks and a sign */
	if (!isdigit((unsigned char)text[0]))
		return false;

	char *end;
	errno = 0;
	unsigned long long parsed = strtoull(text, &end, 0);
	if (errno != 0 || *end != '\0' || parsed > max)
		return false;
	*value = parsed;
	return true;
}
