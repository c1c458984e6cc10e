/* SPDX-License-Identifier: MIT */
#include "util/cpulist.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

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

bool cpulist_parse(
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

char *cpulist_text(
	bool (*has)(const void *context, uint32_t number), const void *context, uint32_t n)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *comma = "";

	if (!out)
		return NULL;
	for (uint32_t first = 0; first < n; first++) {
		uint32_t last = first;

		if (!has(context, first))
			continue;
		while (last + 1 < n && has(context, last + 1))
			last++;
		fprintf(out, last > first ? "%s%u-%u" : "%s%u", comma, first, last);
		comma = ",";
		first = last;
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
