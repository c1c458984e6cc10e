/* SPDX-License-Identifier: MIT */
/* Finds CPUs by where they are. Reads nothing itself. */
#include "cli/domain.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cpulist.h"
#include "util/number.h"

/* Linux has no more CPUs than this (NR_CPUS). */
#define MAX_CPU 8191

/* Where the CPUs of a part of the list are. */
enum domain { DOMAIN_NUMBERS, DOMAIN_SOCKET, DOMAIN_NUMA };

struct parser {
	struct places *places;
	const struct topology *topology;
	enum domain domain;
	uint32_t number; /* of the socket or NUMA node */
	const char *part;
	char *error;
	int r;
};

__attribute__((format(printf, 2, 3))) static int fail(
	struct parser *parser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(parser->error, DOMAIN_ERROR_SIZE, format, arguments);
	va_end(arguments);
	parser->r = -EINVAL;
	return -EINVAL;
}

static const char *domain_name(enum domain domain)
{
	return domain == DOMAIN_NUMA ? "NUMA node" : "socket";
}

static bool is_in(const struct parser *parser, uint32_t cpu)
{
	const struct node_cpu *found = &parser->topology->node->cpus[cpu];

	if (!found->online)
		return false;
	return parser->domain == DOMAIN_NUMA
		       ? topology_numa(parser->topology, cpu) == parser->number
		       : found->package == parser->number;
}

/* The CPU that is number index of the domain; how many there are. */
static uint32_t count_cpus(const struct parser *parser, uint32_t index, uint32_t *cpu)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < parser->topology->node->n_cpus; i++) {
		if (!is_in(parser, i))
			continue;
		if (n == index)
			*cpu = i;
		n++;
	}
	return n;
}

static bool add_cpu(struct parser *parser, uint32_t cpu)
{
	for (size_t i = 0; parser->domain != DOMAIN_NUMBERS && i < parser->places->n; i++)
		if (parser->places->list[i].cpu == cpu)
			return true;
	parser->r = places_add(parser->places, place_of_cpu(cpu));
	return parser->r == 0;
}

static bool add_index(void *context, uint32_t index)
{
	struct parser *parser = context;
	uint32_t cpu = index, n;

	if (parser->domain == DOMAIN_NUMBERS)
		return add_cpu(parser, cpu);
	n = count_cpus(parser, index, &cpu);
	if (index < n)
		return add_cpu(parser, cpu);
	fail(parser, "%s %u has %u CPUs that are online: 0 to %u of it, and not %u",
		domain_name(parser->domain), parser->number, n, n - 1, index);
	return false;
}

static int fail_words(struct parser *parser, const char *text)
{
	return fail(parser,
		"%.64s is no list of CPUs such as 0-3,8, all, S0:0-3 (the first four of socket 0) "
		"or N1 "
		"(those of NUMA node 1)",
		text);
}

/* "S0", "N1": where the numbers behind it are; *text goes on to them. */
static int parse_domain(struct parser *parser, const char **text)
{
	char digits[8];
	size_t length = strcspn(*text + 1, ":");
	uint64_t number;
	uint32_t cpu;

	parser->domain = toupper((unsigned char)**text) == 'S' ? DOMAIN_SOCKET : DOMAIN_NUMA;
	if (length >= sizeof digits)
		return fail_words(parser, *text);
	snprintf(digits, sizeof digits, "%.*s", (int)length, *text + 1);
	if (!number_parse(digits, UINT16_MAX, &number))
		return fail_words(parser, *text);
	parser->number = (uint32_t)number;
	if (count_cpus(parser, 0, &cpu) == 0)
		return fail(parser, "no CPU that is online is on %s %u; msrctl info shows them",
			domain_name(parser->domain), parser->number);
	*text += 1 + length;
	return 0;
}

/* A part between commas: "S0:0-3", "8", "N1". */
static int parse_part(struct parser *parser, const char *text)
{
	int r;

	if (strchr("SsNn", *text) && *text) {
		r = parse_domain(parser, &text);
		if (r < 0)
			return r;
		if (*text == '\0') {
			uint32_t cpu, n = count_cpus(parser, 0, &cpu);

			for (uint32_t i = 0; i < n && add_index(parser, i); i++)
				;
			return parser->r;
		}
		text++; /* the colon */
	}
	if (*text == '\0' || !cpulist_parse(text, MAX_CPU, add_index, parser))
		return parser->r ? parser->r : fail_words(parser, parser->part);
	return 0;
}

static int add_all(struct parser *parser)
{
	for (uint32_t i = 0; i < parser->topology->node->n_cpus; i++)
		if (parser->topology->node->cpus[i].online && !add_cpu(parser, i))
			return parser->r;
	return 0;
}

int domain_parse(struct places *places, const struct topology *topology, const char *text,
	char error[DOMAIN_ERROR_SIZE])
{
	struct parser parser = {.places = places, .topology = topology, .error = error};

	if (strcmp(text, "all") == 0)
		return add_all(&parser);
	/* a number behind a comma goes on with the socket before it */
	for (bool is_last = false; !is_last; text += strcspn(text, ",") + 1) {
		char part[64];
		size_t length = strcspn(text, ",");
		int r;

		is_last = text[length] == '\0';
		if (length >= sizeof part)
			return fail_words(&parser, text);
		snprintf(part, sizeof part, "%.*s", (int)length, text);
		parser.part = part;
		r = parse_part(&parser, part);
		if (r < 0)
			return r;
		if (is_last)
			return 0;
	}
	return 0;
}
