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

/* One decimal number at *text; moves *text behind it. */
static bool get_decimal(const char **text, uint32_t max, uint32_t *value)
{
	uint64_t sum = 0;

	if (!isdigit((unsigned char)**text))
		return false;
	for (; isdigit((unsigned char)**text); (*text)++) {
		sum = sum * 10 + (uint64_t)(**text - '0');
		if (sum > max)
			return false;
	}
	*value = (uint32_t)sum;
	return true;
}

bool number_list_parse(
	const char *text, uint32_t max, bool (*each)(void *context, uint32_t number), void *context)
{
	if (*text == '\0')
		return true;
	for (;;) {
		uint32_t first, last;
		if (!get_decimal(&text, max, &first))
			return false;
		last = first;
		if (*text == '-') {
			text++;
			if (!get_decimal(&text, max, &last) || last < first)
				return false;
		}
		for (uint64_t number = first; number <= last; number++)
			if (!each(context, (uint32_t)number))
				return false;
		if (*text == '\0')
			return true;
		if (*text++ != ',')
			return false;
	}
}
