/* SPDX-License-Identifier: MIT */
/* What a trace says of its node. It must not know files. */
#include <string.h>

#include "sim/tap/trace.h"
#include "util/array.h"
#include "util/number.h"

#define BLANKS " \t"

void trace_header_init(struct trace_header *header)
{
	*header = (struct trace_header){
		.family = TRACE_UNKNOWN,
		.model = TRACE_UNKNOWN,
		.stepping = TRACE_UNKNOWN,
		.n_cpus = TRACE_UNKNOWN,
	};
}

void trace_header_set(char *field, size_t size, const char *text)
{
	size_t n = 0;

	for (text += strspn(text, BLANKS); *text != '\0' && n + 1 < size; text++)
		field[n++] = (char)((unsigned char)*text < ' ' || *text == '#' ? '?' : *text);
	while (n > 0 && field[n - 1] == ' ')
		n--;
	field[n] = '\0';
}

static const char *take_text(char *field, size_t size, const char *text)
{
	if (field[0] != '\0')
		return "is in the header twice: leave one out";
	if (strlen(text) >= size)
		return "longer than any name: shorten it";
	memcpy(field, text, strlen(text) + 1);
	return NULL;
}

static const char *take_number(uint32_t *field, const char *text)
{
	uint64_t number;

	if (*field != TRACE_UNKNOWN)
		return "is in the header twice: leave one out";
	if (!number_parse(text, UINT32_MAX - 1, &number))
		return "a number is expected behind it";
	*field = (uint32_t)number;
	return NULL;
}

const char *trace_header_parse(struct trace_header *header, char *line)
{
	struct {
		const char *key;
		char *text;
		size_t size;
		uint32_t *number;
	} const fields[] = {
		{"node", header->node, sizeof header->node, NULL},
		{"origin", header->origin, sizeof header->origin, NULL},
		{"vendor", header->vendor, sizeof header->vendor, NULL},
		{"family", NULL, 0, &header->family},
		{"model", NULL, 0, &header->model},
		{"stepping", NULL, 0, &header->stepping},
		{"cpus", NULL, 0, &header->n_cpus},
	};
	size_t i;
	const char *key = strsep(&line, BLANKS);

	if (!line || *(line += strspn(line, BLANKS)) == '\0')
		return "a value is expected behind it, or no such line";
	for (i = 0; i < N_ELEMENTS(fields); i++)
		if (strcmp(fields[i].key, key) == 0)
			break;
	if (i < N_ELEMENTS(fields) && fields[i].number)
		return take_number(fields[i].number, line);
	if (i < N_ELEMENTS(fields) && fields[i].text)
		return take_text(fields[i].text, fields[i].size, line);
	return "not known here: node, origin, vendor, family, model, stepping and cpus are, and # "
	       "is a "
	       "comment";
}
