/* SPDX-License-Identifier: MIT */
/* Axes, the program of gnuplot, and files that are none of ours. */
#include "test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/input/line.h"
#include "cli/output/text.h"
#include "cli/plot/axis.h"
#include "cli/plot/script.h"
#include "util/array.h"
#include "util/cleanup.h"

#define SECOND UINT64_C(1000000000)

/* --- axes */

static void an_axis_has_round_steps_and_a_prefix(void **state)
{
	static const struct {
		const char *unit;
		double min, max;
		const char *prefix;
		double divisor, bottom, top, step;
	} axes[] = {
		{"B/s", 2.25e9, 6e9, "G", 1e9, 0, 8, 2},
		{"B/s", 1, 9.5e11, "G", 1e9, 0, 1000, 200},
		{"B/s", 0, 1.5e13, "T", 1e12, 0, 20, 5},
		{"W", 7.75, 42.5, "", 1, 0, 50, 10},
		{"W", 0, 0.02, "m", 1e-3, 0, 25, 5},
		{"MHz", 1200, 3500, "G", 1e3, 0, 4, 1},
		{"%", 0, 100, "", 1, 0, 120, 20},
		{"C", -5, 61, "", 1, -20, 80, 20},
		{"1/s", 0, 0, "", 1, 0, 1.2, 0.2},
		{"FLOP/s", 0, 3e9, "", 1, 0, 4e9, 1e9},
		{"W", 0, 1e24, "T", 1e12, 0, 1.2e12, 2e11},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(axes); i++) {
		const struct axis_unit unit = axis_unit(axes[i].unit);
		const struct axis axis = axis_fit(&unit, axes[i].min, axes[i].max);

		assert_string_equal(axis.prefix, axes[i].prefix);
		assert_true(axis.divisor == axes[i].divisor);
		assert_true(fabs(axis.bottom - axes[i].bottom) <= 1e-9 * axis.step);
		assert_true(fabs(axis.top - axes[i].top) <= 1e-9 * axis.top);
		assert_true(fabs(axis.step - axes[i].step) <= 1e-9 * axis.step);
	}
}

/* --- texts */

static void texts_are_cleaned(void **state)
{
	static const struct {
		const char *text, *clean;
	} texts[] = {
		{"socket 0", "socket 0"}, {"Grad °C, 20 µs", "Grad °C, 20 µs"},
		{"a\nb\tc\x7f", "a\ufffdb\ufffdc\ufffd"}, {"\xff\xc3(", "\ufffd\ufffd("},
		{"\xc2\x9b"
		 "31m",
			"\ufffd31m"}, /* a terminal's CSI in one character */
		{"\xef\xbf\xbf\xef\xbf\xbe", "\ufffd\ufffd"}, /* no characters of XML */
		{"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},	      /* half a surrogate */
	};
	char clean[64];

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(texts); i++)
		assert_string_equal(text_clean(texts[i].text, clean, sizeof clean), texts[i].clean);
	assert_string_equal(text_clean("ab°", clean, 4), "ab"); /* no half a character */
	assert_string_equal(text_clean("ab°", clean, 5), "ab°");
}

static char *quoted(const char *text)
{
	char *result = NULL;
	size_t size;
	FILE *stream = open_memstream(&result, &size);

	text_gnuplot(text, stream);
	fclose(stream);
	return result;
}

static void single_quotes_hold_a_text(void **state)
{
	cleanup_free char *plain = quoted("`id` \\\" @x $y {z}");
	cleanup_free char *quotes = quoted("'; system('id'); '");

	(void)state;
	assert_string_equal(plain, "'`id` \\\" @x $y {z}'");
	assert_string_equal(quotes, "'’; system(’id’); ’'");
}

/* --- the program */

static struct series_set set;

static void add(
	const char *place, const char *metric, uint64_t begin_ns, uint64_t end_ns, double value)
{
	const struct interval interval = {.begin.ns = begin_ns, .end.ns = end_ns};
	struct records records = {0};
	struct record *record = records_add(&records);

	snprintf(record->place, sizeof record->place, "%s", place);
	record->scope = "socket";
	record->metric = metric;
	record->unit = "W";
	record->value = value;
	assert_int_equal(series_add(&set, &interval, &records), 0);
	records_deinit(&records);
}

static char *script(const struct script *script)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(script_write(script, &set, stream), 0);
	fclose(stream);
	return text;
}

static int begin(void **state)
{
	(void)state;
	return series_source(&set, "a");
}

static int end(void **state)
{
	(void)state;
	series_deinit(&set);
	return 0;
}

static void an_interval_is_a_level_and_what_is_missing_a_gap(void **state)
{
	const struct script svg = {SCRIPT_SVG, NULL};
	cleanup_free char *text = NULL;

	(void)state;
	add("socket 0", "package_watts", 5 * SECOND, 6 * SECOND, 42.5);
	add("socket 0", "package_watts", 6 * SECOND, 7 * SECOND + 1, 43);
	add("socket 0", "package_watts", 7 * SECOND + 1, 8 * SECOND, NAN);
	add("socket 0", "package_watts", 8 * SECOND, 9 * SECOND, 44);
	add("socket 0", "package_watts", 10 * SECOND, 11 * SECOND + SECOND / 2, 0.1);
	text = script(&svg);
	assert_non_null(
		strstr(text, "$line1 << END\n0 42.5\n1 42.5\n1 43\n2.000000001 43\n\n3 44\n4 44\n"
			     "\n5 0.1\n6.5 0.1\nEND\n"));
	assert_non_null(strstr(text, "set xrange [0:6.5]\n"));
	assert_non_null(strstr(text, "'package, socket 0 (1 of 5 n/a)'"));
	assert_non_null(strstr(text, "set ylabel 'power in W'\n"));
	assert_null(strstr(text, "set output"));
}

static void a_name_can_not_end_its_text(void **state)
{
	const struct script png = {SCRIPT_PNG, "t`id`'"};
	cleanup_free char *text = NULL;

	(void)state;
	assert_int_equal(series_want(&set, "*"), 0);
	add("socket 0'\nsystem(\"id\")\n", "`id`\nEND\n!id", 0, SECOND, 1);
	text = script(&png);
	assert_non_null(strstr(text, "title 't`id`’'\n"));
	assert_non_null(
		strstr(text, "title '`id`\ufffdEND\ufffd!id, socket 0’\ufffdsystem(\"id\")"));
	assert_null(strstr(text, "\n!"));
	assert_null(strstr(text, "\nsystem"));
}

static void the_extension_says_the_format(void **state)
{
	enum script_format format;
	cleanup_free char *text = NULL;

	(void)state;
	assert_true(script_find_format("a.b/c.pdf", &format));
	assert_int_equal(format, SCRIPT_PDF);
	assert_false(script_find_format("svg", &format));
	assert_false(script_find_format("a.jpg", &format));
	assert_false(script_find_format("a.SVG ", &format));
	add("socket 0", "package_watts", 0, SECOND, 1);
	text = script(&(struct script){SCRIPT_PDF, ""});
	assert_non_null(strstr(text, "set terminal pdfcairo noenhanced size 10.00in,3.30in"));
}

static void a_legend_has_an_end(void **state)
{
	const struct script svg = {SCRIPT_SVG, NULL};
	cleanup_free char *text = NULL;
	char place[32];
	size_t n_lines;

	(void)state;
	for (int i = 0; i < 60; i++) {
		snprintf(place, sizeof place, "socket %d", i);
		add(place, "package_watts", 0, SECOND, i);
	}
	text = script(&svg);
	assert_int_equal(script_panels(&set, &n_lines), 1);
	assert_int_equal(n_lines, 60);
	assert_non_null(strstr(text, "'package, socket 39'"));
	assert_null(strstr(text, "'package, socket 40'"));
	assert_non_null(strstr(text, " notitle\n"));
}

/* --- lines of files */

static enum line_result read_bytes(struct line *line, const char *bytes, size_t n)
{
	FILE *file = fmemopen((void *)bytes, n, "r");
	enum line_result result;

	assert_non_null(file);
	result = line_read(line, file);
	fclose(file);
	return result;
}

static void a_line_is_read_as_far_as_it_is_text(void **state)
{
	struct line line = {0};

	(void)state;
	assert_int_equal(read_bytes(&line, "ab\ncd", 5), LINE_READ);
	assert_string_equal(line.text, "ab");
	assert_true(line.is_whole);
	assert_int_equal(read_bytes(&line, "cd", 2), LINE_READ);
	assert_false(line.is_whole);
	assert_int_equal(read_bytes(&line, "\n", 1), LINE_READ);
	assert_int_equal(line.n, 0);
	assert_int_equal(read_bytes(&line, "a\0b\n", 4), LINE_HAS_NUL);
	line_deinit(&line);
}

static void a_line_has_a_bounded_length(void **state)
{
	struct line line = {0};
	size_t n = LINE_MAX_BYTES + 2;
	cleanup_free char *bytes = malloc(n);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', n);
	bytes[LINE_MAX_BYTES] = '\n';
	assert_int_equal(read_bytes(&line, bytes, n), LINE_READ);
	assert_int_equal(line.n, LINE_MAX_BYTES);
	bytes[LINE_MAX_BYTES] = 'x';
	assert_int_equal(read_bytes(&line, bytes, n), LINE_TOO_LONG);
	line_deinit(&line);
}

static void another_kind_of_file_is_told(void **state)
{
	static const struct {
		const char *line, *kind;
	} kinds[] = {
		{"kind,interval,begin_ns", "CSV"},
		{"place,value\r", "CSV"},
		{"INTERVAL SECONDS", "a table for people"},
		{"{", "a JSON document of several lines, as --json writes it"},
		{"# HELP msrctl_package_watts", "OpenMetrics text"},
		{"\x1f\x8b\x08", "compressed by gzip: zcat FILE >OTHER makes one that is not"},
		{"\x7f"
		 "ELF\x02",
			"no text"},
		{"hello", "no JSON"},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
		const struct line line = {
			.text = (char *)kinds[i].line, .n = strlen(kinds[i].line)};

		assert_string_equal(line_kind(&line), kinds[i].kind);
	}
	assert_null(line_kind(&(struct line){.text = (char *)"{\"kind\":1", .n = 9}));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_axis_has_round_steps_and_a_prefix),
		cmocka_unit_test(texts_are_cleaned),
		cmocka_unit_test(single_quotes_hold_a_text),
		TEST(an_interval_is_a_level_and_what_is_missing_a_gap),
		TEST(a_name_can_not_end_its_text),
		TEST(the_extension_says_the_format),
		TEST(a_legend_has_an_end),
		cmocka_unit_test(a_line_is_read_as_far_as_it_is_text),
		cmocka_unit_test(a_line_has_a_bounded_length),
		cmocka_unit_test(another_kind_of_file_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
