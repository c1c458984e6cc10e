/* SPDX-License-Identifier: MIT */
/* What Linux's drivers make of registers: known raw values, and the figures that they show. */
#include "test.h"

#include <errno.h>

#include "sim/machine/sensor.h"

#define PACKAGE_THERM_STATUS 0x1B1
#define THERM_STATUS	     0x19C
#define TEMPERATURE_TARGET   0x1A2
#define POWER_UNIT	     0x606

static const struct fixture node = {.family = 6, .model = 0x2d};

static unsigned n_asked;

/* The machine: TjMax 100, fans 10 below; 1/2^16 J. */
int machine_msr_read(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t *value)
{
	(void)machine;
	assert_int_equal(cpu, 3);
	n_asked++;
	*value = address == TEMPERATURE_TARGET ? 0x640A00 : address == POWER_UNIT ? 0xA1003 : 0;
	return *value == 0 ? -EIO : 0;
}

static int64_t figure(enum sensor sensor, uint64_t raw)
{
	return sensor_figure(NULL, &node, 3, sensor, raw);
}

static void each_is_made_of_the_models_register(void **state)
{
	static const struct {
		enum sensor sensor;
		uint32_t address;
	} cases[] = {{SENSOR_PACKAGE_TEMPERATURE, PACKAGE_THERM_STATUS},
		{SENSOR_PACKAGE_ALARM, PACKAGE_THERM_STATUS},
		{SENSOR_CORE_TEMPERATURE, THERM_STATUS}, {SENSOR_CORE_ALARM, THERM_STATUS},
		{SENSOR_MAX_TEMPERATURE, TEMPERATURE_TARGET}, {SENSOR_PACKAGE_ENERGY, 0x611},
		{SENSOR_PP0_ENERGY, 0x639}, {SENSOR_DRAM_ENERGY, 0x619},
		{SENSOR_DRAM_RANGE, 0x619}};
	const struct fixture other = {.family = 6, .model = 1};
	uint32_t address;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(sensor_register(&node, cases[i].sensor, &address));
		assert_int_equal(address, cases[i].address);
		assert_false(sensor_register(&other, cases[i].sensor, &address));
	}
	assert_false(sensor_register(&node, N_SENSORS, &address));
}

static void temperature_is_below_the_hottest(void **state)
{
	(void)state;
	assert_int_equal(figure(SENSOR_PACKAGE_TEMPERATURE, 0x88250000), 63000);
	assert_int_equal(figure(SENSOR_CORE_TEMPERATURE, 0x08250000), 63000); /* not valid */
	assert_int_equal(figure(SENSOR_CORE_TEMPERATURE, 0x887F0000), -27000);
	assert_int_equal(figure(SENSOR_CRITICAL_TEMPERATURE, 0), 100000);
	assert_int_equal(figure(SENSOR_MAX_TEMPERATURE, 0), 90000);
	assert_int_equal(figure(SENSOR_CORE_ALARM, 0x88000020), 1);
	assert_int_equal(figure(SENSOR_PACKAGE_ALARM, 0x8800001F), 0);
}

/* 65532610987 is what such machines show. */
static void energy_is_in_microjoules_of_whole_nanojoules_a_unit(void **state)
{
	(void)state;
	assert_int_equal(figure(SENSOR_PACKAGE_ENERGY, 65536), 999948);
	assert_int_equal(figure(SENSOR_DRAM_ENERGY, 0xFFFFFFFF), 65532610987);
	assert_int_equal(figure(SENSOR_ENERGY_RANGE, 0), 65532610987);
	assert_int_equal(figure(SENSOR_DRAM_RANGE, 0), 65532610987);
}

static void what_a_driver_knows_is_asked_for_and_no_more(void **state)
{
	(void)state;
	n_asked = 0;
	(void)figure(SENSOR_CORE_ALARM, 0);
	assert_true(n_asked <= 1);
	for (enum sensor sensor = 0; sensor < N_SENSORS; sensor++) {
		assert_int_equal(sensor_is_of_core(sensor),
			sensor == SENSOR_CORE_TEMPERATURE || sensor == SENSOR_CORE_ALARM);
		assert_int_equal(sensor_is_constant(sensor),
			sensor == SENSOR_MAX_TEMPERATURE || sensor == SENSOR_CRITICAL_TEMPERATURE ||
				sensor >= SENSOR_ENERGY_RANGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_made_of_the_models_register),
		cmocka_unit_test(temperature_is_below_the_hottest),
		cmocka_unit_test(energy_is_in_microjoules_of_whole_nanojoules_a_unit),
		cmocka_unit_test(what_a_driver_knows_is_asked_for_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
