/* SPDX-License-Identifier: MIT */
#include "cli/output/text.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "util/array.h"
#include "util/clock.h"

const char *text_number(double value, char text[TEXT_NUMBER_SIZE])
{
	/* whole numbers without an exponent, as long as they are exact */
	if (fabs(value) < 0x1p53 && value == trunc(value)) {
		snprintf(text, TEXT_NUMBER_SIZE, "%.0f", value + 0.0);
		return text;
	}
	snprintf(text, TEXT_NUMBER_SIZE, "%.15g", value);
	return text;
}

/* So many that there are four digits. */
static int decimals(double value)
{
	double size = fabs(value);

	return size < 9.9995 ? 3 : size < 99.995 ? 2 : size < 999.95 ? 1 : 0;
}

const char *text_short(double value, char *text, size_t size)
{
	static const char *const prefixes[] = {"", " k", " M", " G", " T"};
	unsigned i = 0;

	if (isnan(value)) {
		snprintf(text, size, "n/a");
		return text;
	}
	/* 9999.5 would be printed with five digits */
	while (fabs(value) >= 9999.5 && i < N_ELEMENTS(prefixes) - 1) {
		value /= 1000;
		i++;
	}
	snprintf(text, size, "%.*f%s", decimals(value), value, prefixes[i]);
	return text;
}

const char *text_time(uint64_t wall_ns, char text[TEXT_TIME_SIZE])
{
	time_t seconds = (time_t)(wall_ns / CLOCK_SECOND_NS);
	struct tm tm;
	size_t used;

	gmtime_r(&seconds, &tm);
	used = strftime(text, TEXT_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + used, TEXT_TIME_SIZE - used, ".%06uZ",
		(unsigned)(wall_ns % CLOCK_SECOND_NS / 1000));
	return text;
}

/* The bytes of the character that text begins with; 0: they are none. */
static size_t utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char mask, lead, least; /* least: of the second byte, against long forms */
	} forms[] = {{0x80, 0, 0}, {0xe0, 0xc0, 0}, {0xf0, 0xe0, 0xa0}, {0xf8, 0xf0, 0x90}};
	size_t n = 0;

	while (n < 4 && (text[0] & forms[n].mask) != forms[n].lead)
		n++;
	if (n == 4 || (n == 1 && text[0] < 0xc2))
		return 0;
	for (size_t i = 1; i <= n; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* long forms, surrogates, and what lies behind the last character */
	if (n >= 2 && text[0] == forms[n].lead && text[1] < forms[n].least)
		return 0;
	if ((text[0] == 0xed && text[1] > 0x9f) || (text[0] == 0xf4 && text[1] > 0x8f) ||
		text[0] > 0xf4)
		return 0;
	return n + 1;
}

void text_json(const char *text, FILE *out)
{
	fputc('"', out);
	while (*text) {
		unsigned char c = (unsigned char)*text;
		size_t n = utf8_length((const unsigned char *)text);

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (iscntrl(c))
			fprintf(out, "\\u%04x", c);
		else if (n == 0)
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(text, 1, n, out);
		text += n ? n : 1;
	}
	fputc('"', out);
}

/* Of n bytes: controls (a terminal obeys those of C1 too), and what XML has not. */
static bool is_shown(const unsigned char *text, size_t n)
{
	if (n == 1)
		return text[0] >= 0x20 && text[0] != 0x7f;
	if (n == 2)
		return text[0] != 0xc2 || text[1] >= 0xa0;
	return n != 3 || text[0] != 0xef || text[1] != 0xbf || text[2] < 0xbe;
}

const char *text_clean(const char *text, char *clean, size_t size)
{
	size_t used = 0;

	while (*text) {
		size_t n = utf8_length((const unsigned char *)text);
		bool is_good = n > 0 && is_shown((const unsigned char *)text, n);
		const char *taken = is_good ? text : "\xef\xbf\xbd";
		size_t length = is_good ? n : 3;

		if (used + length >= size)
			break;
		memcpy(clean + used, taken, length);
		used += length;
		text += n ? n : 1;
	}
	clean[used] = '\0';
	return clean;
}

void text_gnuplot(const char *text, FILE *out)
{
	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("\xe2\x80\x99", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}

void text_csv(const char *text, FILE *out)
{
	bool needs_quotes = strpbrk(text, ",\"\r\n") != NULL;

	if (needs_quotes)
		fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	if (needs_quotes)
		fputc('"', out);
}

void text_label(const char *text, FILE *out)
{
	while (*text) {
		size_t n = utf8_length((const unsigned char *)text);

		if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if (n == 0)
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(text, 1, n, out);
		text += n ? n : 1;
	}
}
