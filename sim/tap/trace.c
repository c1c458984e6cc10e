/* SPDX-License-Identifier: MIT */
/* One line of a trace, to and fro. It must not know files. */
#include "sim/tap/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX_ERRNO 4095
#define BLANKS	  " \t"

static const char *const not_a_line =
	"no access: TIME PLACE r|w REGISTER WIDTH VALUE [ERROR], as in \"1500 cpu3 r 0x198 8 "
	"0x1a00\", is expected";

/* The next word of a line, or NULL; cuts it off. */
static char *take_word(char **line)
{
	char *word;

	do
		word = strsep(line, BLANKS);
	while (word && *word == '\0');
	return word;
}

/* Strict, and faster than strtoull: digits of the base alone, at least one, up to max. */
static bool parse_digits(
	const char *text, const char *end, unsigned base, uint64_t max, uint64_t *value)
{
	uint64_t sum = 0;

	if (text == end)
		return false;
	for (; text < end; text++) {
		unsigned digit = (unsigned char)*text - (unsigned)'0';
		if (digit > 9) {
			digit = ((unsigned char)*text | 32u) - (unsigned)'a';
			digit = digit < 6 ? digit + 10 : base;
		}
		if (digit >= base || sum > (max - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	*value = sum;
	return true;
}

static bool parse_decimal(const char *text, uint64_t max, uint64_t *value)
{
	return text && parse_digits(text, text + strlen(text), 10, max, value);
}

/* 0x and hexadecimal digits. */
static bool parse_hex(const char *text, uint64_t max, uint64_t *value)
{
	return text && text[0] == '0' && text[1] == 'x' &&
	       parse_digits(text + 2, text + strlen(text), 16, max, value);
}

/* DOMAIN:BUS:DEVICE.FUNCTION, as lspci -D writes it. */
static bool parse_function(const char *text, uint64_t *device)
{
	const char *bus = strchr(text, ':'), *end = text + strlen(text);
	uint64_t domain, numbers[3];

	if (!bus || bus - text < 4 || end - bus != (ptrdiff_t)strlen(":7f:08.2") || bus[3] != ':' ||
		bus[6] != '.')
		return false;
	if (!parse_digits(text, bus, 16, UINT32_MAX, &domain) ||
		!parse_digits(bus + 1, bus + 3, 16, UINT8_MAX, &numbers[0]) ||
		!parse_digits(bus + 4, bus + 6, 16, 32 - 1, &numbers[1]) ||
		!parse_digits(bus + 7, end, 16, 8 - 1, &numbers[2]))
		return false;
	*device = domain << 16 | numbers[0] << 8 | numbers[1] << 3 | numbers[2];
	return true;
}

static bool parse_device(struct trace_place *place, const char *text)
{
	if (!text)
		return false;
	if (strncmp(text, "cpu", 3) == 0) {
		place->space = OP_MSR;
		return parse_decimal(text + 3, TRACE_MAX_CPU, &place->device);
	}
	place->space = OP_PCI;
	return parse_function(text, &place->device);
}

static bool is_width(const struct trace_access *access)
{
	switch (access->place.space) {
	case OP_MSR:
		return access->width == sizeof(uint64_t);
	case OP_PCI:
		return (access->width == 1 || access->width == 2 || access->width == 4) &&
		       access->place.reg % access->width == 0 &&
		       access->place.reg < TRACE_MAX_CONFIG;
	}
	return false;
}

static uint64_t width_max(uint32_t width)
{
	return width < sizeof(uint64_t) ? (UINT64_C(1) << 8 * width) - 1 : UINT64_MAX;
}

/* "EIO" and the like. */
static bool parse_error(const char *name, int *error)
{
	for (int number = 1; number <= MAX_ERRNO; number++) {
		const char *known = strerrorname_np(number);
		if (known && strcmp(known, name) == 0) {
			*error = -number;
			return true;
		}
	}
	return false;
}

static const char *parse_outcome(struct trace_access *access, const char *value, const char *error)
{
	bool has_none = value && strcmp(value, "-") == 0;

	access->error = 0;
	access->value = 0;
	if (error && !parse_error(error, &access->error))
		return "the last word is no error: a name like EIO is expected, or nothing";
	if (has_none && (access->is_write || !error))
		return "\"-\" stands for the value of a read that failed, and there the error's "
		       "name "
		       "follows";
	if (!has_none && error && !access->is_write)
		return "a read that failed has no value: write \"-\" for it";
	if (!has_none && !parse_hex(value, width_max(access->width), &access->value))
		return "no value: 0x and as many hexadecimal digits as the width allows are "
		       "expected";
	return NULL;
}

const char *trace_access_parse(struct trace_access *access, char *line)
{
	const char *time = take_word(&line), *device = take_word(&line), *verb = take_word(&line);
	const char *reg = take_word(&line), *width = take_word(&line), *value = take_word(&line);
	const char *error = take_word(&line);
	uint64_t number;

	if (!value || take_word(&line))
		return not_a_line;
	if (!parse_decimal(time, UINT64_MAX, &access->time_ns))
		return "no time: nanoseconds are expected first, as a decimal number";
	if (!parse_device(&access->place, device))
		return "no place: a CPU (cpu3) or a PCI function (0000:7f:08.2) is expected";
	access->is_write = verb[0] == 'w';
	if (!(verb[0] == 'r' || verb[0] == 'w') || verb[1] != '\0')
		return "r (read) or w (write) is expected behind the place";
	if (!parse_hex(reg, UINT32_MAX, &number))
		return "no register: a hexadecimal number (0x198) is expected";
	access->place.reg = (uint32_t)number;
	if (!parse_decimal(width, sizeof(uint64_t), &number))
		return "no width: a number of bytes is expected";
	access->width = (uint32_t)number;
	if (!is_width(access))
		return "no such access: an MSR has 8 bytes, and config space of 4096 bytes is read "
		       "and "
		       "written by 1, 2 or 4, aligned";
	return parse_outcome(access, value, error);
}

static char *put_hex(char *text, uint64_t value)
{
	unsigned n = 1;

	while (n < 2 * sizeof value && value >> 4 * n)
		n++;
	*text++ = '0';
	*text++ = 'x';
	while (n-- > 0)
		*text++ = "0123456789abcdef"[value >> 4 * n & 15];
	return text;
}

static char *put_decimal(char *text, uint64_t value)
{
	char digits[32], *end = digits + sizeof digits, *first = end;

	do
		*--first = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	memcpy(text, first, (size_t)(end - first));
	return text + (end - first);
}

static char *put_device(char *text, const struct trace_place *place)
{
	unsigned bus = (unsigned)(place->device >> 8) & UINT8_MAX;
	unsigned devfn = (unsigned)place->device & UINT8_MAX;

	switch (place->space) {
	case OP_MSR:
		*text++ = 'c';
		*text++ = 'p';
		*text++ = 'u';
		return put_decimal(text, place->device);
	case OP_PCI:
		return text + sprintf(text, "%04" PRIx64 ":%02x:%02x.%x", place->device >> 16, bus,
				      devfn >> 3, devfn & 7);
	}
	return text;
}

size_t trace_access_format(const struct trace_access *access, char text[TRACE_TEXT_SIZE])
{
	char *end = put_decimal(text, access->time_ns);

	*end++ = ' ';
	end = put_device(end, &access->place);
	*end++ = ' ';
	*end++ = access->is_write ? 'w' : 'r';
	*end++ = ' ';
	end = put_hex(end, access->place.reg);
	*end++ = ' ';
	*end++ = (char)('0' + access->width);
	*end++ = ' ';
	if (access->error < 0 && !access->is_write)
		*end++ = '-';
	else
		end = put_hex(end, access->value);
	if (access->error < 0) {
		const char *name = strerrorname_np(-access->error);
		end += sprintf(end, " %.32s", name ? name : "EIO");
	}
	*end = '\0';
	return (size_t)(end - text);
}

bool trace_place_equal(const struct trace_place *a, const struct trace_place *b)
{
	return a->space == b->space && a->device == b->device && a->reg == b->reg;
}

static void describe_register(const struct trace_access *access, char *text, const char *prefix)
{
	char device[32]; /* of a domain of 32 bits, "10000:7f:08.2", and more */

	*put_device(device, &access->place) = '\0';
	switch (access->place.space) {
	case OP_MSR:
		snprintf(text, TRACE_TEXT_SIZE, "%sMSR 0x%x on CPU %s", prefix, access->place.reg,
			device + 3);
		return;
	case OP_PCI:
		snprintf(text, TRACE_TEXT_SIZE, "%s%u bytes at 0x%x of PCI %s", prefix,
			access->width, access->place.reg, device);
		return;
	}
}

const char *trace_describe(const struct trace_access *access, char text[TRACE_TEXT_SIZE])
{
	char prefix[64];

	if (access->is_write)
		snprintf(prefix, sizeof prefix, "write of 0x%" PRIx64 " to ", access->value);
	else
		snprintf(prefix, sizeof prefix, "read of ");
	describe_register(access, text, prefix);
	return text;
}

const char *trace_describe_value(const struct trace_access *access, char text[TRACE_TEXT_SIZE])
{
	const char *name = strerrorname_np(-access->error);

	if (access->error < 0)
		snprintf(text, TRACE_TEXT_SIZE, "%s", name ? name : "an error");
	else
		snprintf(text, TRACE_TEXT_SIZE, "0x%" PRIx64, access->value);
	return text;
}
