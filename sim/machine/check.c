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
			if (workload_has_box(&load->boxes[j], function->box.flow.unit,
				    function->box.flow.box))
				return true;
	}
	return false;
}

/* Behind the last register of a unit. */
static uint32_t end_of_unit(const struct machine *machine, enum op_unit unit)
{
	uint32_t end = 0;

	for (size_t i = 0; i < machine->n_registers; i++) {
		const struct arch_hit *hit = &machine->registers[i];
		uint32_t address = arch_register_address(hit->entry, hit->index);
		if (op_space_has_units(hit->entry->space) && hit->entry->unit == unit &&
			hit->entry->class != ARCH_ABSENT && address >= end)
			end = address + op_space_step(OP_PCI);
	}
	return end;
}

static void check_function(const struct machine *machine, const struct machine_function *function,
	const struct listener *listener)
{
	char message[256], device[OP_TEXT_SIZE];

	if (!function->box.kind ||
		function->dump->size >= end_of_unit(machine, function->uncore->unit) ||
		!has_rates(machine, function))
		return;
	const struct place place =
		place_of_unit(function->package, function->uncore->unit, function->uncore->index);
	snprintf(message, sizeof message,
		"pci.txt:%" PRIu32 ": %s has %" PRIu32
		" bytes: take the dump as root, lspci -xxxx; "
		"its counters, which the workload has rates for, lie behind",
		function->dump->line, place_describe_device(&place, device), function->dump->size);
	listener->complain(listener->context, message);
}

void machine_check(const struct machine *machine,
	void (*complain)(void *context, const char *message), void *context)
{
	const struct listener listener = {complain, context};

	for (size_t i = 0; i < machine->n_buses; i++)
		check_bus(machine, &machine->buses[i], &listener);
	for (size_t i = 0; i < machine->fixture->n_functions; i++)
		check_function(machine, &machine->functions[i], &listener);
}
