/* SPDX-License-Identifier: MIT */
/*
 * A shipped fixture, measured through the daemon with the clock that stands
 * still: every event of every box and CPU, on every counter that can take it,
 * counts to the last one what the workload says; a frozen box stands still.
 * Registers come from the model's tables: nothing here knows a model.
 *
 *     models FIXTURE MSRD
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/test.h"
#include "arch/arch.h"
#include "client/msrd.h"
#include "sim/fixture/fixture.h"

/* No whole second, and no power of anything. */
#define STEP_NS UINT64_C(1234567890)

static struct fixture *fixture;
static const struct arch *arch;
static struct msrd *msrd;
static uint64_t now_ns;
static unsigned n_counts;

static void complain(void *context, const char *message)
{
	(void)context;
	print_error("%s\n", message);
}

static void fail_on(int r, const struct place *place)
{
	char text[MSRD_ERROR_SIZE], what[OP_TEXT_SIZE];

	if (r != 0)
		fail_msg(
			"%s: %s", place_describe(place, what), msrd_error(msrd, text, sizeof text));
}

static uint64_t get(struct place device, uint32_t reg)
{
	const struct place place = place_at(device, reg);
	uint64_t value = 0;
	uint32_t dword = 0;

	switch (place.space) {
	case OP_MSR:
		fail_on(msrd_read(msrd, place.cpu, reg, &value), &place);
		return value;
	case OP_PCI:
		fail_on(msrd_pci_read(msrd, place.package, (enum msrd_unit)place.unit, place.index,
				reg, &dword),
			&place);
		return dword;
	}
	return 0;
}

static void set(struct place device, uint32_t reg, uint64_t value)
{
	const struct place place = place_at(device, reg);

	switch (place.space) {
	case OP_MSR:
		fail_on(msrd_write(msrd, place.cpu, reg, value), &place);
		break;
	case OP_PCI:
		fail_on(msrd_pci_write(msrd, place.package, (enum msrd_unit)place.unit, place.index,
				reg, (uint32_t)value),
			&place);
		break;
	}
}

static void advance(void)
{
	FILE *clock = fopen("/sys/devices/sim/clock", "we");

	assert_non_null(clock);
	fprintf(clock, "+%" PRIu64 "\n", STEP_NS);
	assert_int_equal(fclose(clock), 0);
	now_ns += STEP_NS;
}

/* What flows in the step that ends now: a total is rounded down at either end. */
static uint64_t expected(double rate)
{
	__extension__ typedef unsigned __int128 wide;
	const uint64_t micro = 1000000, second_ns = 1000000000;
	/* the decimal number that the fixture means, which fifteen digits of a double are sure of
	 */
	wide rate_micro = (wide)llround(rate * 1e5) * 10;

	return (uint64_t)(rate_micro * now_ns / (micro * second_ns)) -
	       (uint64_t)(rate_micro * (now_ns - STEP_NS) / (micro * second_ns));
}

static void assert_count(const char *who, const char *what, uint64_t counted, double rate)
{
	n_counts++;
	if (counted != expected(rate))
		fail_msg("%s %s: %" PRIu64 " counted, %" PRIu64 " expected", who, what, counted,
			expected(rate));
}

struct box {
	const struct arch_box *type;
	struct place device;
	uint32_t index;
	char name[32];
};

static uint32_t box_register(const struct box *box, enum arch_box_part part, uint32_t n)
{
	uint32_t address;

	assert_true(arch_box_register(arch, box->type, box->index, part, n, &address));
	return address;
}

static uint64_t read_counter(const struct box *box, enum arch_box_part part, uint32_t n)
{
	uint32_t address = box_register(box, part, n);
	uint64_t low = get(box->device, address);

	switch (box->type->space) {
	case OP_MSR:
		return low;
	case OP_PCI:
		return get(box->device, address + 4) << 32 | low;
	}
	return 0;
}

static void clear_counter(const struct box *box, enum arch_box_part part, uint32_t n)
{
	uint32_t address = box_register(box, part, n);

	set(box->device, address, 0);
	if (box->type->space == OP_PCI)
		set(box->device, address + 4, 0);
}

/* Bits of its filter that an event looks at. */
static uint64_t filter_mask(const struct box *box, const struct fixture_rate *rate)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < box->type->n_filters; i++) {
		const struct arch_filter *entry = &box->type->filters[i];
		if (entry->event == rate->event && (rate->umask & entry->umask) == entry->umask)
			mask |= entry->mask;
	}
	return mask;
}

/* Do all of the n that are counted already, and one more, find what they look for in the filter
 * that the box has for all? */
static bool fits(const struct box *box, const struct fixture_rate *rates, size_t n_rates,
	size_t first, size_t n)
{
	const struct fixture_rate *next = &rates[(first + n) % n_rates];

	for (size_t i = 0; i < n; i++) {
		const struct fixture_rate *rate = &rates[(first + i) % n_rates];
		if ((rate->filter ^ next->filter) & filter_mask(box, rate) & filter_mask(box, next))
			return false;
	}
	return true;
}

/* Of all the events that are counted together, and nothing of those before them. */
static void set_filter(const struct box *box, uint64_t filter)
{
	struct arch_walk walk = arch_walk(arch);
	struct arch_hit hit;

	while (arch_register_next(&walk, &hit)) {
		const struct arch_register *entry = hit.entry;
		if (entry->class != ARCH_STORAGE || entry->box != box->type ||
			entry->index != box->index)
			continue;
		uint64_t bits = filter >> entry->shift & entry->write_mask;
		if (bits != get(box->device, entry->address))
			set(box->device, entry->address, bits);
	}
}

static void count_on(const struct box *box, uint32_t counter, const struct fixture_rate *rate)
{
	uint64_t select = box->type->select_enable | (uint64_t)rate->umask << 8 |
			  (rate->event & 0xff) |
			  (rate->event > 0xff ? box->type->select_extend : 0);

	clear_counter(box, ARCH_BOX_COUNTER, counter);
	set(box->device, box_register(box, ARCH_BOX_SELECT, counter), select);
}

/* As many events at once as there are counters, and as their filters agree; the last round begins
 * again with the first. */
static void count_events(const struct box *box, const struct fixture_rate *rates, size_t n_rates)
{
	uint32_t n;

	for (size_t i = 0; i < n_rates; i += n) {
		bool has_filter = false;
		uint64_t filter = 0;
		for (n = 0; n < box->type->n_counters && fits(box, rates, n_rates, i, n); n++) {
			filter |= rates[(i + n) % n_rates].filter;
			has_filter = has_filter || rates[(i + n) % n_rates].has_filter;
		}
		if (has_filter)
			set_filter(box, filter);
		for (uint32_t c = 0; c < n; c++)
			count_on(box, c, &rates[(i + c) % n_rates]);
		advance();
		for (uint32_t c = 0; c < n; c++) {
			const struct fixture_rate *rate = &rates[(i + c) % n_rates];
			assert_count(box->name, rate->name, read_counter(box, ARCH_BOX_COUNTER, c),
				rate->per_second);
		}
	}
}

static void count_clock(const struct box *box)
{
	double mhz =
		box->type->fixed_counts == ARCH_COUNTS_UCLK ? fixture->uclk_mhz : fixture->dclk_mhz;

	clear_counter(box, ARCH_BOX_FIXED_COUNTER, 0);
	set(box->device, box_register(box, ARCH_BOX_FIXED_SELECT, 0), box->type->select_enable);
	advance();
	assert_count(box->name, "clock", read_counter(box, ARCH_BOX_FIXED_COUNTER, 0), mhz * 1e6);
}

/* A counter that runs to its width begins again with 0. */
static void wrap(const struct box *box, const struct fixture_rate *rate)
{
	uint64_t before = (UINT64_C(1) << box->type->width) - 1;
	uint32_t address = box_register(box, ARCH_BOX_COUNTER, 0);

	count_on(box, 0, rate);
	set(box->device, address, before & op_space_mask(box->type->space));
	if (box->type->space == OP_PCI)
		set(box->device, address + 4, before >> 32);
	advance();
	assert_int_equal(read_counter(box, ARCH_BOX_COUNTER, 0) + 1, expected(rate->per_second));
}

static void freeze(const struct box *box)
{
	uint32_t control = box_register(box, ARCH_BOX_CONTROL, 0);
	uint64_t before = read_counter(box, ARCH_BOX_COUNTER, 0);

	set(box->device, control, box->type->freeze);
	advance();
	assert_int_equal(read_counter(box, ARCH_BOX_COUNTER, 0), before);
	set(box->device, control, 0);
	advance();
	assert_true(read_counter(box, ARCH_BOX_COUNTER, 0) > before);
}

static uint32_t first_cpu(uint32_t package)
{
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].online && fixture->cpus[i].package == package)
			return fixture->cpus[i].number;
	fail_msg("no CPU of package %" PRIu32 " is online", package);
	return 0;
}

static struct box make_box(const struct arch_box *type, uint32_t package, uint32_t index)
{
	struct box box = {.type = type, .index = index};

	switch (type->space) {
	case OP_MSR:
		box.device = place_of_cpu(first_cpu(package));
		break;
	case OP_PCI:
		box.device = place_of_unit(package, type->unit, index);
		break;
	}
	snprintf(box.name, sizeof box.name, "%" PRIu32 ".%s%" PRIu32, package, type->name, index);
	return box;
}

static bool is_of_package(const struct fixture_package_load *load, uint32_t package)
{
	for (size_t i = 0; i < load->n_packages; i++)
		if (load->packages[i] == package)
			return true;
	return false;
}

/* A firmware may hide all units of a kind. */
static bool has_boxes(const struct arch_box *type)
{
	for (size_t i = 0; i < fixture->n_functions; i++) {
		const struct fixture_function *function = &fixture->functions[i];
		const struct arch_function *unit =
			arch_find_function(arch, function->devfn, function->device);
		const struct place place =
			place_of_unit(0, unit ? unit->unit : UNIT_IMC, unit ? unit->index : 0);

		if (unit && arch_box_of(arch, &place) == type)
			return true;
	}
	return !op_space_has_units(type->space);
}

/* Every kind of box is loaded by a shipped fixture, so that every kind is tried. */
static void every_box_counts_what_the_workload_says(void **state)
{
	bool tried[32] = {false};

	(void)state;
	assert_true(arch->n_boxes <= sizeof tried);
	for (size_t p = 0; p < fixture->phases[0].n_package_loads; p++) {
		const struct fixture_package_load *load = &fixture->phases[0].package_loads[p];
		uint32_t package = load->packages[0];

		assert_true(is_of_package(load, package));
		for (size_t b = 0; b < load->n_boxes; b++) {
			const struct fixture_box_load *boxes = &load->boxes[b];
			const struct arch_box *type = arch_find_box(arch, boxes->unit);

			assert_non_null(type);
			tried[type - arch->boxes] = true;
			for (size_t i = 0; i < boxes->n_boxes; i++) {
				struct box box = make_box(type, package, boxes->boxes[i]);

				count_events(&box, boxes->rates, boxes->n_rates);
				wrap(&box, &boxes->rates[0]);
				if (type->freeze)
					freeze(&box);
				if (type->fixed_width)
					count_clock(&box);
			}
		}
	}
	for (size_t i = 0; i < arch->n_boxes; i++)
		if (!tried[i] && has_boxes(&arch->boxes[i]))
			fail_msg("no %s is loaded", arch->boxes[i].name);
}

static uint32_t core_register(enum arch_core_part part, uint32_t n)
{
	uint32_t address;

	assert_true(arch_core_register(arch, part, n, &address));
	return address;
}

static double fixed_rate(const struct fixture_cpu_load *load, enum arch_counts counts)
{
	switch (counts) {
	case ARCH_COUNTS_INSTRUCTIONS:
		return load->frequency_mhz * 1e6 * load->instructions_per_cycle * load->active;
	case ARCH_COUNTS_CYCLES:
		return load->frequency_mhz * 1e6 * load->active;
	case ARCH_COUNTS_REFERENCE:
		return fixture->tsc_mhz * 1e6 * load->active;
	default:
		fail_msg("a fixed counter that counts %d", (int)counts);
		return 0;
	}
}

static void count_fixed(const struct fixture_cpu_load *load, uint32_t cpu)
{
	const struct place device = place_of_cpu(cpu);
	uint64_t control = 0, global = 0;
	char who[32];

	snprintf(who, sizeof who, "CPU %" PRIu32, cpu);
	for (uint32_t i = 0; i < arch->core->n_fixed; i++) {
		control |= UINT64_C(3) << arch->core->fixed_control_bits * i;
		global |= UINT64_C(1) << (32 + i);
		set(device, core_register(ARCH_FIXED, i), 0);
	}
	set(device, core_register(ARCH_FIXED_CONTROL, 0), control);
	set(device, core_register(ARCH_GLOBAL_CONTROL, 0), global);
	advance();
	for (uint32_t i = 0; i < arch->core->n_fixed; i++)
		assert_count(who, "fixed", get(device, core_register(ARCH_FIXED, i)),
			fixed_rate(load, arch->core->fixed_counts[i]));
}

static void count_general(const struct fixture_cpu_load *load, uint32_t cpu)
{
	const struct place device = place_of_cpu(cpu);
	uint32_t n = fixture->threads_per_core == 1 ? arch->core->n_general_alone
						    : arch->core->n_general;
	char who[32];

	snprintf(who, sizeof who, "CPU %" PRIu32, cpu);
	set(device, core_register(ARCH_GLOBAL_CONTROL, 0), (UINT64_C(1) << n) - 1);
	for (size_t i = 0; i < load->n_rates; i += n) {
		for (uint32_t c = 0; c < n; c++) {
			const struct fixture_rate *rate = &load->rates[(i + c) % load->n_rates];
			set(device, core_register(ARCH_GENERAL, c), 0);
			/* USR, OS, EN */
			set(device, core_register(ARCH_SELECT, c),
				rate->event | (uint64_t)rate->umask << 8 | 3u << 16 | 1u << 22);
		}
		advance();
		for (uint32_t c = 0; c < n; c++) {
			const struct fixture_rate *rate = &load->rates[(i + c) % load->n_rates];
			assert_count(who, rate->name, get(device, core_register(ARCH_GENERAL, c)),
				rate->has_filter ? 0 : rate->per_second * load->active);
		}
	}
}

/* Their filter is one register: one after the other. */
static void count_filtered(const struct fixture_cpu_load *load, uint32_t cpu)
{
	const struct place device = place_of_cpu(cpu);

	for (size_t i = 0; i < load->n_rates; i++) {
		const struct fixture_rate *rate = &load->rates[i];
		for (uint32_t f = 0; f < arch->core->n_filters && rate->has_filter; f++) {
			if (arch->core->filters[f].event != rate->event)
				continue;
			set(device, arch->core->filters[f].reg, rate->filter);
			set(device, core_register(ARCH_GENERAL, 0), 0);
			set(device, core_register(ARCH_SELECT, 0),
				rate->event | (uint64_t)rate->umask << 8 | 3u << 16 | 1u << 22);
			advance();
			assert_count("filter", rate->name,
				get(device, core_register(ARCH_GENERAL, 0)),
				rate->per_second * load->active);
			set(device, arch->core->filters[f].reg, 0);
		}
	}
}

static void every_cpu_counts_what_the_workload_says(void **state)
{
	const struct fixture_phase *phase = &fixture->phases[0];

	(void)state;
	for (size_t i = 0; i < phase->n_cpu_loads; i++)
		for (size_t j = 0; j < phase->cpu_loads[i].n_cpus; j++) {
			count_fixed(&phase->cpu_loads[i], phase->cpu_loads[i].cpus[j]);
			count_general(&phase->cpu_loads[i], phase->cpu_loads[i].cpus[j]);
			count_filtered(&phase->cpu_loads[i], phase->cpu_loads[i].cpus[j]);
		}
	print_message("%u counts, each to the last event\n", n_counts);
}

static void register_that_freezes_all_boxes_does(void **state)
{
	struct arch_walk walk = arch_walk(arch);
	struct arch_hit hit;
	uint32_t package = fixture->cpus[0].package;
	struct box box = make_box(arch->memory_box, package, 0);

	(void)state;
	if (!arch->all_boxes.freeze)
		return; /* the model has none, and its other tests say nothing of it */
	do
		assert_true(arch_register_next(&walk, &hit));
	while (hit.entry->class != ARCH_ALL_BOXES);

	const struct place device = place_of_cpu(first_cpu(package));
	const struct fixture_rate reads = {
		.event = arch->memory_read.event, .umask = arch->memory_read.umask};
	count_on(&box, 0, &reads);
	advance();
	uint64_t before = read_counter(&box, ARCH_BOX_COUNTER, 0);
	assert_true(before > 0);
	set(device, hit.entry->address, arch->all_boxes.freeze);
	advance();
	assert_int_equal(read_counter(&box, ARCH_BOX_COUNTER, 0), before);
	set(device, hit.entry->address, arch->all_boxes.unfreeze);
	advance();
	assert_true(read_counter(&box, ARCH_BOX_COUNTER, 0) > before);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_box_counts_what_the_workload_says),
		cmocka_unit_test(register_that_freezes_all_boxes_does),
		cmocka_unit_test(every_cpu_counts_what_the_workload_says),
	};
	char text[MSRD_ERROR_SIZE];

	if (argc != 3)
		return 2;
	fixture = fixture_load(argv[1], complain, NULL);
	arch = fixture ? arch_find(fixture->family, fixture->model) : NULL;
	if (!arch || fixture->n_phases != 1)
		return 2;
	if (msrd_open(&msrd, &(struct msrd_options){.daemon = argv[2]}, text, sizeof text) < 0) {
		print_error("%s\n", text);
		return 1;
	}
	int n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	msrd_close(msrd);
	fixture_free(fixture);
	return n_failed;
}
