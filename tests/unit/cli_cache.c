/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/measure/cache.h"
#include "fake_msrd.h"

#define CPU	   place_of_cpu(0)
#define AT(number) ((struct place){.space = OP_MSR, .reg = (number)})
#define IMC	   place_of_unit(1, UNIT_IMC, 2)

struct scene {
	struct msrd msrd;
	struct cache cache;
};

static int set_scene(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);

	fake_add(&scene->msrd, CPU, 1, 0x10);
	fake_add(&scene->msrd, CPU, 2, 0x20);
	fake_add(&scene->msrd, IMC, 0xf4, 0x30);
	cache_init(&scene->cache, &scene->msrd);
	*state = scene;
	return 0;
}

static int strike_scene(void **state)
{
	struct scene *scene = *state;

	cache_deinit(&scene->cache);
	free(scene);
	return 0;
}

static void check_value(struct scene *scene, struct place place, uint64_t wanted)
{
	uint64_t value;

	assert_int_equal(cache_read(&scene->cache, &place, &value), 0);
	assert_true(value == wanted);
}

static void set(
	struct scene *scene, uint32_t reg, uint64_t mask, uint64_t value, struct cause *cause)
{
	assert_int_equal(cache_set(&scene->cache, &AT(reg), mask, value, cause), 0);
}

static void what_is_wanted_is_asked_for_by_one_message(void **state)
{
	struct scene *scene = *state;
	struct place imc = IMC, select = place_at(IMC, 0xf4);

	cache_want(&scene->cache, OP_CHECK, &imc);
	cache_want(&scene->cache, OP_READ, &AT(2));
	cache_want(&scene->cache, OP_READ, &select);
	cache_want(&scene->cache, OP_READ, &AT(2));
	assert_int_equal(cache_fetch(&scene->cache), 0);
	check_value(scene, AT(2), 0x20);
	check_value(scene, select, 0x30);
	/* a device is asked for, whatever the register */
	assert_int_equal(cache_check(&scene->cache, &select), 0);
	assert_int_equal(scene->msrd.n_messages, 1);
	assert_int_equal(fake_find(&scene->msrd, AT(2))->n_reads, 1);
	/* what is known is not asked for again */
	cache_want(&scene->cache, OP_READ, &AT(2));
	assert_int_equal(cache_fetch(&scene->cache), 0);
	assert_int_equal(scene->msrd.n_messages, 1);
	cache_want(&scene->cache, OP_READ, &AT(1));
	assert_int_equal(cache_fetch(&scene->cache), 0);
	assert_int_equal(scene->msrd.n_messages, 2);
}

static void what_nobody_wanted_is_asked_for_by_itself_and_once(void **state)
{
	struct scene *scene = *state;

	check_value(scene, AT(1), 0x10);
	check_value(scene, AT(1), 0x10);
	assert_int_equal(scene->msrd.n_messages, 1);
	/* nor together with what is wanted */
	cache_want(&scene->cache, OP_READ, &AT(1));
	cache_want(&scene->cache, OP_READ, &AT(2));
	assert_int_equal(cache_fetch(&scene->cache), 0);
	check_value(scene, AT(2), 0x20);
	check_value(scene, AT(1), 0x10);
	assert_int_equal(scene->msrd.n_messages, 2);
	assert_int_equal(fake_find(&scene->msrd, AT(1))->n_reads, 1);
}

static void what_is_to_be_written_reads_as_it_will_be(void **state)
{
	struct scene *scene = *state;
	struct cause cause = {0};

	set(scene, 1, 0x0f, 0x05, &cause);
	check_value(scene, AT(1), 0x15);
	assert_true(fake_find(&scene->msrd, AT(1))->value == 0x10);
	assert_int_equal(cache_write_back(&scene->cache), 0);
	assert_true(fake_find(&scene->msrd, AT(1))->value == 0x15);
	check_value(scene, AT(1), 0x15);
	assert_string_equal(cause.text, "");
}

static void all_is_written_by_one_message_in_the_order_of_the_changes(void **state)
{
	struct scene *scene = *state;
	struct cause cause = {0};

	for (uint32_t reg = 1; reg <= 2; reg++)
		cache_want(&scene->cache, OP_READ, &AT(reg));
	assert_int_equal(cache_fetch(&scene->cache), 0);
	set(scene, 2, 0xff, 1, &cause);
	set(scene, 1, 0xff, 2, &cause);
	set(scene, 2, 0xff00, 0x300, &cause);
	set(scene, 1, 0xff, 2, &cause); /* it is so already */
	scene->msrd.n_messages = 0;
	assert_int_equal(cache_write_back(&scene->cache), 0);
	assert_int_equal(scene->msrd.n_messages, 1);
	assert_int_equal(scene->msrd.n_writes, 2);
	assert_int_equal(scene->msrd.last_written[0], 2);
	assert_int_equal(scene->msrd.last_written[1], 1);
	assert_true(fake_find(&scene->msrd, AT(2))->value == 0x301);
	/* that is done */
	assert_int_equal(cache_write_back(&scene->cache), 0);
	assert_int_equal(scene->msrd.n_messages, 1);
	assert_int_equal(scene->msrd.n_writes, 2);
}

static void of_changes_of_a_register_the_refused_one_alone_fails(void **state)
{
	struct scene *scene = *state;
	struct cause causes[3] = {0};

	fake_find(&scene->msrd, AT(1))->refused_bits = 0xf00;
	set(scene, 1, 0x0f, 0x05, &causes[0]);
	set(scene, 1, 0xf00, 0x500, &causes[1]);
	set(scene, 1, 0xf000, 0x5000, &causes[2]);
	set(scene, 2, 0xff, 0, &causes[2]);
	assert_int_equal(cache_write_back(&scene->cache), 0);
	assert_true(fake_find(&scene->msrd, AT(1))->value == 0x5015);
	assert_true(fake_find(&scene->msrd, AT(2))->value == 0);
	check_value(scene, AT(1), 0x5015);
	assert_string_equal(causes[0].text, "");
	assert_string_equal(causes[1].text, "the fake refuses");
	assert_string_equal(causes[2].text, "");
}

static void a_refused_register_reads_as_it_was_and_the_first_cause_stays(void **state)
{
	struct scene *scene = *state;
	struct cause cause = {.text = "before"};

	fake_find(&scene->msrd, AT(1))->write_result = MSRD_ABSENT;
	set(scene, 1, 0x0f, 0x05, &cause);
	assert_int_equal(cache_write_back(&scene->cache), 0);
	assert_string_equal(cause.text, "before");
	check_value(scene, AT(1), 0x10);
	cause = (struct cause){0};
	set(scene, 1, 0x0f, 0x05, &cause);
	assert_int_equal(cache_write_back(&scene->cache), 0);
	assert_string_equal(cause.text, "the fake refuses");
	assert_true(cause.is_absence);
}

static void a_register_that_cannot_be_read_has_its_cause_and_is_not_written(void **state)
{
	struct scene *scene = *state;
	struct cause cause = {0};
	uint64_t value;

	fake_find(&scene->msrd, AT(1))->read_result = MSRD_REFUSED;
	cache_want(&scene->cache, OP_READ, &AT(1));
	cache_want(&scene->cache, OP_READ, &AT(2));
	assert_int_equal(cache_fetch(&scene->cache), 0);
	assert_int_equal(cache_read(&scene->cache, &AT(1), &value), MSRD_REFUSED);
	assert_int_equal(cache_note(&scene->cache, &cause, MSRD_REFUSED), 0);
	assert_string_equal(cause.text, "the fake refuses");
	assert_false(cause.is_absence);
	assert_int_equal(cache_set(&scene->cache, &AT(1), 1, 1, &cause), MSRD_REFUSED);
	assert_int_equal(cache_write_back(&scene->cache), 0);
	assert_int_equal(scene->msrd.n_messages, 1);
	check_value(scene, AT(2), 0x20);
	assert_int_equal(cache_note(&scene->cache, &cause, -ECONNRESET), -ECONNRESET);
}

/* LIKWID's protocol: what has no number in it ends the batch. */
static void one_that_the_protocol_has_not_leaves_the_others_to_be_asked_for_singly(void **state)
{
	struct scene *scene = *state;
	struct place imc = IMC;

	fake_find(&scene->msrd, place_at(IMC, 0xf4))->check_result = -EINVAL;
	cache_want(&scene->cache, OP_READ, &AT(1));
	cache_want(&scene->cache, OP_CHECK, &imc);
	cache_want(&scene->cache, OP_READ, &AT(2));
	assert_int_equal(cache_fetch(&scene->cache), 0);
	check_value(scene, AT(1), 0x10);
	assert_int_equal(scene->msrd.n_messages, 1);
	check_value(scene, AT(2), 0x20);
	assert_int_equal(cache_check(&scene->cache, &imc), -EINVAL);
	assert_int_equal(scene->msrd.n_messages, 3);
	assert_string_equal(scene->cache.text, "the fake refuses");
}

static void a_lost_daemon_is_passed_on(void **state)
{
	struct scene *scene = *state;
	struct cause cause = {0};

	scene->msrd.writes_left = 1;
	set(scene, 1, 0xff, 1, &cause);
	set(scene, 2, 0xff, 1, &cause);
	assert_int_equal(cache_write_back(&scene->cache), -ECONNRESET);
	assert_string_equal(cause.text, "");
	fake_add(&scene->msrd, CPU, 3, 0)->read_result = -ECONNRESET;
	cache_want(&scene->cache, OP_READ, &AT(3));
	assert_int_equal(cache_fetch(&scene->cache), -ECONNRESET);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_scene, strike_scene)
	const struct CMUnitTest tests[] = {
		TEST(what_is_wanted_is_asked_for_by_one_message),
		TEST(what_nobody_wanted_is_asked_for_by_itself_and_once),
		TEST(what_is_to_be_written_reads_as_it_will_be),
		TEST(all_is_written_by_one_message_in_the_order_of_the_changes),
		TEST(of_changes_of_a_register_the_refused_one_alone_fails),
		TEST(a_refused_register_reads_as_it_was_and_the_first_cause_stays),
		TEST(a_register_that_cannot_be_read_has_its_cause_and_is_not_written),
		TEST(one_that_the_protocol_has_not_leaves_the_others_to_be_asked_for_singly),
		TEST(a_lost_daemon_is_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
