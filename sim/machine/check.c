/* SPDX-License-Identifier: MIT */
/* What a fixture leaves open, said and not guessed. */
#include <inttypes.h>
#include <stdio.h>

#include "sim/machine/machine_state.h"
#include "sim/machine/workload.h"

struct listener {
	void (*complain)(void *context, const char *message);
	void *context;
};

static void check_bus(
	const struct machine *machine, const struct bus *bus, const struct listener *listener)
{
	const struct fixture *fixture = machine->fixture;
	uint32_t line = 0;
	char message[256];

	if (bus->package != BUS_NO_PACKAGE)
		return;
	for (size_t i = 0; i < fixture->n_functions && line == 0; i++)
		if (fixture->functions[i].domain == bus->domain &&
			fixture->functions[i].bus == bus->bus)
			line = fixture->functions[i].line;
	snprintf(message, sizeof message,
		"pci.txt:%" PRIu32 ": bus %04x:%02x has uncore units, but no package: %s; "
		"they count nothing",
		line, bus->domain, bus->bus, bus_doubt_text(bus->doubt));
	listener->complain(listener->context, message);
}

/* Does the workload ever say anything of this box? */
static bool has_rates(const struct machine *machine, const struct machine_function *function)
{
	const struct fixture *fixture = machine->fixture;

	for (size_t i = 0; i < fixture->n_phases; i++) {
		const struct fixture_package_load *load =
			phase_package(&fixture->phases[i], function->package);
		for (size_t j = 0; load && j < load->n_boxes; j++)
			if (workload_has_box(&load->boxes[j], function->box.kind->name,
				    function->box.flow.box))
				return true;
	}
	return false;
}

/* Behind the last register of a unit. */
static uint32_t end_of_unit(const struct machine *machine, const struct place *unit)
{
	uint32_t end = 0;

	for (size_t i = 0; i < machine->n_registers; i++) {
		const struct arch_hit *hit = &machine->registers[i];
		uint32_t address = arch_register_address(hit->entry, hit->index);
		if (arch_register_is_of(hit->entry, unit) && hit->entry->class != ARCH_ABSENT &&
			address >= end)
			end = address + op_space_step(unit->space);
	}
	return end;
}

static void check_function(const struct machine *machine, const struct machine_function *function,
	const struct listener *listener)
{
	char message[256], device[OP_TEXT_SIZE];

	if (!function->box.kind)
		return;
	const struct place place = machine_unit_place(function);
	if (function->dump->size >= end_of_unit(machine, &place) || !has_rates(machine, function))
		return;
	snprintf(message, sizeof message,
		"pci.txt:%" PRIu32 ": %s has %" PRIu32
		" bytes: take the dump as root, lspci -xxxx; "
		"its counters, which the workload has rates for, lie behind",
		function->dump->line, place_describe_device(&place, device), function->dump->size);
	listener->complain(listener->context, message);
}

static bool needs_filter(
	const struct arch_filter *filters, size_t n, const struct fixture_rate *rate)
{
	for (size_t i = 0; i < n; i++)
		if (filters[i].event == rate->event &&
			(rate->umask & filters[i].umask) == filters[i].umask)
			return true;
	return false;
}

/* Lists of rates that are checked one after the other. */
struct lists {
	const struct listener *listener;
	const struct arch_filter *filters;
	size_t n_filters;
	const struct fixture_rate *last; /* the list before: CPUs share mixes */
	size_t n_last;
};

static bool was_in_last(const struct lists *lists, const struct fixture_rate *rate)
{
	for (size_t i = 0; i < lists->n_last; i++)
		if (lists->last[i].event == rate->event && lists->last[i].umask == rate->umask)
			return true;
	return false;
}

/* Rates that no counter ever sees, since their event is counted through a filter. */
static void check_rates(
	struct lists *lists, const char *where, const struct fixture_rate *rates, size_t n_rates)
{
	char message[256];

	for (size_t i = 0; i < n_rates; i++) {
		const struct fixture_rate *rate = &rates[i];
		if (rate->has_filter == needs_filter(lists->filters, lists->n_filters, rate) ||
			was_in_last(lists, rate))
			continue;
		snprintf(message, sizeof message,
			"workload.yaml: %s: %s (event 0x%02x, umask 0x%02x) %s: it never counts",
			where, rate->name, rate->event, rate->umask,
			rate->has_filter ? "has a 'filter', but no such event looks at one"
					 : "is counted through a filter, say 'filter: VALUE'");
		lists->listener->complain(lists->listener->context, message);
	}
	lists->last = rates;
	lists->n_last = n_rates;
}

static void check_phase(const struct machine *machine, const struct fixture_phase *phase,
	const struct listener *listener)
{
	const struct arch_core *core = machine->arch->core;
	struct lists lists = {listener, core->filters, core->n_filters, NULL, 0};
	const char *name = phase->name ? phase->name : "unnamed";
	char where[128];

	for (size_t i = 0; i < phase->n_cpu_loads; i++) {
		const struct fixture_cpu_load *load = &phase->cpu_loads[i];
		snprintf(where, sizeof where, "%.64s: CPU %" PRIu32, name, load->cpus[0]);
		check_rates(&lists, where, load->rates, load->n_rates);
	}
	for (size_t i = 0; i < phase->n_package_loads; i++) {
		const struct fixture_package_load *load = &phase->package_loads[i];
		for (size_t j = 0; j < load->n_boxes; j++) {
			const struct fixture_box_load *boxes = &load->boxes[j];
			const struct arch_box *kind = arch_find_box(machine->arch, boxes->unit);
			snprintf(where, sizeof where, "%.64s: package %" PRIu32 " %.16s %" PRIu32,
				name, load->packages[0], boxes->unit, boxes->boxes[0]);
			if (!kind)
				continue;
			lists.filters = kind->filters;
			lists.n_filters = kind->n_filters;
			check_rates(&lists, where, boxes->rates, boxes->n_rates);
		}
	}
}

/* That an event without a rate counts 0 is no news; whatever it is counted with is. */
static bool is_special(const struct flow *flow)
{
	return flow->condition.threshold > 0 || flow->selection.is_filtered || flow->is_unsaid;
}

static void check_counters(const struct counter *counters, size_t n, struct sim_log *log)
{
	for (size_t i = 0; i < n; i++)
		if (counters[i].running && is_special(&counters[i].meter.flow))
			sim_log_flow(log, &counters[i].meter.flow);
}

/* Does the workload say how often anything happens? One that does not, as of a machine of which
 * only the registers were recorded, is silent by intent. */
static bool has_any_rates(const struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->n_phases; i++) {
		const struct fixture_phase *phase = &fixture->phases[i];

		for (size_t j = 0; j < phase->n_cpu_loads; j++)
			if (phase->cpu_loads[j].n_rates > 0)
				return true;
		for (size_t j = 0; j < phase->n_package_loads; j++)
			if (phase->package_loads[j].n_boxes > 0)
				return true;
	}
	return false;
}

/* Counters that the fixture's own registers start. */
static void check_started(const struct machine *machine, const struct listener *listener)
{
	const struct fixture *fixture = machine->fixture;
	struct sim_log log = {0};
	char message[320];

	for (size_t i = 0; i < fixture->n_cpus; i++)
		check_counters(machine->cpus[i].pmu.general, ARCH_MAX_GENERAL, &log);
	for (size_t i = 0; i < (size_t)fixture->n_packages * machine->n_boxes; i++)
		check_counters(machine->boxes[i].counters, ARCH_MAX_COUNTERS, &log);
	for (size_t i = 0; i < fixture->n_functions; i++)
		check_counters(machine->functions[i].box.counters, ARCH_MAX_COUNTERS, &log);
	for (unsigned i = 0; i < log.n; i++) {
		snprintf(message, sizeof message, "msr.txt or pci.txt starts a counter: %s: %s",
			log.lines[i].who, log.lines[i].what);
		listener->complain(listener->context, message);
	}
}

void machine_check(const struct machine *machine,
	void (*complain)(void *context, const char *message), void *context)
{
	const struct listener listener = {complain, context};

	for (size_t i = 0; i < machine->n_buses; i++)
		check_bus(machine, &machine->buses[i], &listener);
	for (size_t i = 0; i < machine->fixture->n_functions; i++)
		check_function(machine, &machine->functions[i], &listener);
	for (size_t i = 0; i < machine->fixture->n_phases; i++)
		check_phase(machine, &machine->fixture->phases[i], &listener);
	if (has_any_rates(machine->fixture))
		check_started(machine, &listener);
}
