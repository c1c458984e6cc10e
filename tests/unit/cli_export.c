/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/export/counter.h"
#include "cli/export/exposition.h"
#include "util/cleanup.h"

#define SECOND UINT64_C(1000000000)

static void counter_counts_from_its_first_reading(void **state)
{
	struct counter counter = {.width = 64};

	(void)state;
	assert_int_equal(counter_advance(&counter, 5000, SECOND), 0);
	assert_int_equal(counter_advance(&counter, 5007, 2 * SECOND), 7);
	assert_int_equal(counter_advance(&counter, 5007, 1000000 * SECOND), 7);
	assert_int_equal(counter_advance(&counter, 5010, 1000001 * SECOND), 10);
}

static void narrow_counter_goes_round(void **state)
{
	struct counter counter = {.width = 32};

	(void)state;
	counter_advance(&counter, UINT32_MAX - 1, SECOND);
	assert_int_equal(counter_advance(&counter, 3, 2 * SECOND), 5);
	assert_int_equal(
		counter_advance(&counter, UINT32_MAX, 2 * SECOND + counter_wrap_ns(&counter)),
		UINT64_C(2) + UINT32_MAX);
}

static void counter_that_may_have_gone_round_unseen_begins_again(void **state)
{
	struct counter counter = {.width = 32};
	uint64_t wrap_ns = counter_wrap_ns(&counter);

	(void)state;
	/* 2^32 units of 1/2^16 J, at 1000 W */
	assert_true(wrap_ns > 65 * SECOND && wrap_ns < 66 * SECOND);
	counter_advance(&counter, 100, SECOND);
	assert_int_equal(counter_advance(&counter, 110, SECOND + wrap_ns), 10);
	assert_int_equal(counter_advance(&counter, 130, SECOND + 2 * wrap_ns + 1), 0);
	assert_int_equal(counter_advance(&counter, 131, 2 * SECOND + 2 * wrap_ns), 1);
}

static void counter_that_was_set_back_begins_again(void **state)
{
	struct counter counter = {.width = 64};

	(void)state;
	assert_true(counter_wrap_ns(&counter) == UINT64_MAX);
	counter_advance(&counter, 100, SECOND);
	counter_advance(&counter, 200, 2 * SECOND);
	assert_int_equal(counter_advance(&counter, 10, 3 * SECOND), 0);
	assert_int_equal(counter_advance(&counter, 12, 4 * SECOND), 2);
}

/* A machine that was suspended to memory, for instance: its energy counters begin at 0. */
static void narrow_counter_that_was_set_back_begins_again(void **state)
{
	struct counter counter = {.width = 32};

	(void)state;
	counter_advance(&counter, 0x30000000, SECOND);
	/* 100 J in a moment: when it was read is not known better than when all were */
	assert_int_equal(counter_advance(&counter, 0x30640000, SECOND + SECOND / 1000), 0x640000);
	assert_int_equal(counter_advance(&counter, 500, 20 * SECOND), 0);
	assert_int_equal(counter_advance(&counter, 510, 21 * SECOND), 10);
}

static void causes_are_counted_by_family(void **state)
{
	const struct why refused = {
		.family = FAMILY_CPU_CYCLES, .result = MSRD_REFUSED, .n = 1, .text = "no"};
	struct why other = refused;
	struct whys whys = {0};

	(void)state;
	assert_null(whys_count(&whys, &refused));
	assert_int_equal(whys_add(&whys, &refused), 0);
	/* its text is another place's: that makes no other cause */
	snprintf(other.text, sizeof other.text, "no, on CPU 1");
	assert_non_null(whys_count(&whys, &other));
	assert_int_equal(whys.list[0].n, 2);
	other.family = FAMILY_CPU_ACTIVE;
	assert_null(whys_count(&whys, &other));
	/* where a text is all there is it counts */
	other.result = 0;
	assert_int_equal(whys_add(&whys, &other), 0);
	assert_non_null(whys_count(&whys, &other));
	snprintf(other.text, sizeof other.text, "something else");
	assert_null(whys_count(&whys, &other));
	whys_clear(&whys);
	assert_int_equal(whys.n, 0);
}

static char *write_exposition(const struct samples *samples, const struct whys *whys, bool is_open)
{
	static const struct samples no_samples;
	static const struct whys no_whys;
	const struct exposition exposition = {
		.version = "1.2",
		.model = "A \"B\"",
		.is_up = true,
		.samples = {samples, &no_samples},
		.whys = {whys, &no_whys},
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	exposition_write(&exposition, is_open, out);
	fclose(out);
	return text;
}

static void add(struct samples *samples, enum family_id family, uint32_t cpu, uint32_t socket,
	const char *name, double value)
{
	struct sample sample = {.family = family, .cpu = cpu, .socket = socket, .value = value};

	snprintf(sample.state, sizeof sample.state, "%s", name);
	assert_int_equal(samples_add(samples, &sample), 0);
}

static void each_format_has_its_names(void **state)
{
	struct samples samples = {0};
	struct whys whys = {0};
	cleanup_free char *open = NULL, *plain = NULL;

	(void)state;
	add(&samples, FAMILY_PACKAGE_ENERGY, SAMPLE_NO_NUMBER, 1, "", 2.5);
	add(&samples, FAMILY_CORE_IDLE, 3, SAMPLE_NO_NUMBER, "c6", 0);
	open = write_exposition(&samples, &whys, true);
	plain = write_exposition(&samples, &whys, false);
	assert_non_null(strstr(open, "# TYPE msrd_package_joules counter\n"
				     "# UNIT msrd_package_joules joules\n"));
	assert_non_null(strstr(plain, "# TYPE msrd_package_joules_total counter\n"));
	assert_null(strstr(plain, "# UNIT"));
	assert_non_null(strstr(open, "# TYPE msrd_build info\n"));
	assert_non_null(strstr(plain, "# TYPE msrd_build_info gauge\n"));
	assert_non_null(strstr(open, "\nmsrd_package_joules_total{socket=\"1\"} 2.5\n"));
	assert_non_null(strstr(plain, "\nmsrd_package_joules_total{socket=\"1\"} 2.5\n"));
	assert_non_null(
		strstr(plain, "\nmsrd_core_idle_seconds_total{cpu=\"3\",state=\"c6\"} 0\n"));
	assert_non_null(strstr(plain, "\nmsrd_machine_info{model=\"A \\\"B\\\"\"} 1\n"));
	assert_string_equal(open + strlen(open) - 6, "# EOF\n");
	assert_null(strstr(plain, "# EOF"));
	samples_deinit(&samples);
}

static void what_is_not_known_is_absent_and_has_a_reason(void **state)
{
	const struct why why = {.family = FAMILY_DRAM_ENERGY, .n = 1, .text = "a \"b\"\nc"};
	struct samples samples = {0};
	struct whys whys = {0};
	cleanup_free char *text = NULL;

	(void)state;
	add(&samples, FAMILY_DRAM_ENERGY, SAMPLE_NO_NUMBER, 0, "", NAN);
	assert_int_equal(whys_add(&whys, &why), 0);
	text = write_exposition(&samples, &whys, true);
	assert_null(strstr(text, "TYPE msrd_dram_joules"));
	assert_null(strstr(text, "nan"));
	assert_non_null(strstr(text, "\nmsrd_unavailable{metric=\"msrd_dram_joules_total\","
				     "reason=\"a \\\"b\\\"\\nc\"} 1\n"));
	samples_deinit(&samples);
	whys_clear(&whys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counter_counts_from_its_first_reading),
		cmocka_unit_test(narrow_counter_goes_round),
		cmocka_unit_test(counter_that_may_have_gone_round_unseen_begins_again),
		cmocka_unit_test(counter_that_was_set_back_begins_again),
		cmocka_unit_test(narrow_counter_that_was_set_back_begins_again),
		cmocka_unit_test(causes_are_counted_by_family),
		cmocka_unit_test(each_format_has_its_names),
		cmocka_unit_test(what_is_not_known_is_absent_and_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
