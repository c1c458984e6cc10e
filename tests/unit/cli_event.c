/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/measure/event.h"

static const struct arch *snb(void)
{
	const struct arch *arch = arch_find(6, 0x2d);

	assert_non_null(arch);
	return arch;
}

static void events_are_found_in_the_models_data(void **state)
{
	struct event event;

	(void)state;
	assert_true(event_get(snb(), EVENT_INSTRUCTIONS, &event));
	assert_int_equal(event.kind, EVENT_ON_FIXED);
	assert_int_equal(event.number, 0);
	assert_int_equal(event.width, 48);
	assert_true(event_get(snb(), EVENT_ACTIVE, &event));
	assert_int_equal(event.number, 2);
	assert_true(event_get(snb(), EVENT_MEMORY_WRITE, &event));
	assert_int_equal(event.kind, EVENT_ON_BOX);
	assert_int_equal(event_select(&event), 0x400c04);
	assert_true(event_get(snb(), EVENT_DRAM_ENERGY, &event));
	assert_int_equal(event.kind, EVENT_RUNNING);
	assert_int_equal(event.reg, 0x619);
	assert_int_equal(event.width, 32);
}

static void the_ninth_bit_of_an_event_is_the_boxs_own(void **state)
{
	struct event event = {.kind = EVENT_ON_BOX,
		.box = arch_find_box(snb(), "qpi"),
		.code = {.event = 0x102, .umask = 0x08}};

	(void)state;
	assert_int_equal(event_select(&event), 0x600802);
}

static void what_a_model_lacks_is_no_event(void **state)
{
	static const struct arch_registers none;
	static const struct arch_core core = {.n_fixed = 1};
	static const struct arch arch = {.registers = &none, .core = &core};
	struct event event;

	(void)state;
	for (unsigned i = 0; i < N_EVENTS; i++)
		assert_false(event_get(&arch, (enum event_id)i, &event));
}

static void every_model_has_every_event(void **state)
{
	(void)state;
	for (size_t i = 0; arch_get(i); i++)
		for (unsigned j = 0; j < N_EVENTS; j++) {
			struct event event;

			assert_true(event_get(arch_get(i), (enum event_id)j, &event));
			assert_true(event.width >= 32 && event.width <= 64);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_found_in_the_models_data),
		cmocka_unit_test(the_ninth_bit_of_an_event_is_the_boxs_own),
		cmocka_unit_test(what_a_model_lacks_is_no_event),
		cmocka_unit_test(every_model_has_every_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
