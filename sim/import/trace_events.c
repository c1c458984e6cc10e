/* SPDX-License-Identifier: MIT */
/*
 * The kernel's tracepoints read_msr and write_msr as text: ftrace's and trace-cmd's, and perf
 * script's. In both the event's name has the CPU in brackets and the time in seconds before it, and
 * behind it stands "NUMBER, value VALUE", or "NAME(NUMBER)", and " #GP" where it faulted.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "sim/import/trace_import.h"
#include "util/clock.h"

#define MAX_DIGITS 16 /* of 64 bits */

/* Hexadecimal digits, without 0x, up to the first other character. */
static bool take_hex(const char **text, uint64_t *value)
{
	const char *start = *text;

	for (*value = 0; isxdigit((unsigned char)**text); ++*text) {
		char c = (char)tolower((unsigned char)**text);
		*value = *value << 4 |
			 (uint64_t)(isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10);
	}
	return *text > start && *text - start <= MAX_DIGITS;
}

static bool take_decimal(const char **text, uint64_t max, uint64_t *value)
{
	const char *start = *text;

	for (*value = 0; isdigit((unsigned char)**text); ++*text) {
		unsigned digit = (unsigned)(**text - '0');
		if (*value > (max - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	return *text > start;
}

/* "4792.007564:", with up to nanoseconds. */
static bool take_time(const char *text, uint64_t *time_ns)
{
	uint64_t seconds, ns = 0;
	uint64_t unit = CLOCK_SECOND_NS;

	if (!take_decimal(&text, UINT64_MAX / CLOCK_SECOND_NS - 1, &seconds) || *text != '.')
		return false;
	for (text++; isdigit((unsigned char)*text) && unit > 1; text++) {
		unit /= 10;
		ns += (uint64_t)(*text - '0') * unit;
	}
	*time_ns = seconds * CLOCK_SECOND_NS + ns;
	return *text == ':';
}

/* The event's name with its colon, as a word; or NULL. */
static const char *find_event(const char *line, const char *name)
{
	for (const char *at = line; (at = strstr(at, name)); at++)
		if (at > line &&
			(at[-1] == ' ' || (at - line > 4 && memcmp(at - 5, " msr:", 5) == 0)))
			return at;
	return NULL;
}

/* The last "[003]" before the event. */
static bool find_cpu(const char *line, const char *event, uint64_t *cpu)
{
	for (const char *at = event; at-- > line;)
		if (*at == '[') {
			at++;
			return take_decimal(&at, TRACE_MAX_CPU, cpu) && *at == ']';
		}
	return false;
}

/* The word before the event. */
static bool find_time(const char *line, const char *event, uint64_t *time_ns)
{
	const char *at = event;

	if (at - line > 4 && memcmp(at - 4, "msr:", 4) == 0)
		at -= 4;
	while (at > line && at[-1] == ' ')
		at--;
	while (at > line && at[-1] != ' ')
		at--;
	return take_time(at, time_ns);
}

static bool take_register(const char **text, uint32_t *reg)
{
	const char *open = strchr(*text, '('), *comma = strchr(*text, ',');
	uint64_t value;

	if (open && comma && open < comma)
		*text = open + 1;
	if (!take_hex(text, &value) || value > UINT32_MAX)
		return false;
	*reg = (uint32_t)value;
	if (**text == ')')
		++*text;
	return true;
}

static bool take_outcome(const char *text, struct trace_access *access)
{
	static const char value[] = ", value ";

	if (strncmp(text, value, strlen(value)) != 0)
		return false;
	text += strlen(value);
	if (!take_hex(&text, &access->value))
		return false;
	text += strspn(text, " ");
	if (strcmp(text, "#GP") == 0) {
		access->error = -EIO;
		if (!access->is_write)
			access->value = 0;
		return true;
	}
	return *text == '\0';
}

static enum trace_line parse(const char *line, struct trace_access *access, const char **why)
{
	const char *event = find_event(line, "read_msr: ");

	if (line[0] == '#')
		return TRACE_LINE_OTHER;
	if (strncmp(line, "CPU:", 4) == 0 && strstr(line, "LOST"))
		return TRACE_LINE_LOST;
	if (!event) {
		event = find_event(line, "write_msr: ");
		access->is_write = true;
	}
	if (!event)
		return TRACE_LINE_OTHER;

	access->place.space = OP_MSR;
	access->width = sizeof(uint64_t);
	*why = "an MSR's event, but not as it is printed by the kernel; expected is";
	if (!find_cpu(line, event, &access->place.device))
		*why = "no CPU in brackets before the event; expected is";
	else if (!find_time(line, event, &access->time_ns))
		*why = "no time in seconds before the event (trace_clock has to be local, global "
		       "or "
		       "mono); expected is";
	else if (event = strchr(event, ' '), event += strspn(event, " "),
		take_register(&event, &access->place.reg) && take_outcome(event, access))
		return TRACE_LINE_ACCESS;
	return TRACE_LINE_WRONG;
}

const struct trace_format trace_ftrace = {
	.option = "ftrace",
	.help = "The events msr:read_msr and msr:write_msr as in the kernel's tracing/trace, or as "
		"`trace-cmd report` prints them",
	.example = "\"<idle>-0 [000] d.h. 4792.007564: read_msr: 30a, value ffffcabcacaa\"",
	.parse = parse,
};

const struct trace_format trace_perf = {
	.option = "perf-script",
	.help = "The same events as `perf script` prints them",
	.example = "\"sleep 4711 [001] 3766869.481796: msr:write_msr: 6e0, value 5470f8ef7ff0cc\"",
	.parse = parse,
};
