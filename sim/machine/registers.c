/* SPDX-License-Identifier: MIT */
/* The registers of the model, each once, and where an address is among them. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "sim/machine/machine_state.h"
#include "util/array.h"

/* MSRs first, and by address: each access looks for one. */
static int compare_hits(const void *a, const void *b)
{
	const struct arch_hit *first = a, *second = b;
	bool is_unit = op_space_has_units(first->entry->space);

	if (is_unit != op_space_has_units(second->entry->space))
		return is_unit ? 1 : -1;
	return first->address < second->address ? -1 : first->address > second->address;
}

/* How many boxes of a kind the table has registers for, those in config space apart. */
static uint32_t count_boxes(const struct machine *machine, const struct arch_box *kind)
{
	uint32_t n = 0;

	for (size_t i = 0; i < machine->n_registers; i++) {
		const struct arch_register *entry = machine->registers[i].entry;

		assert(entry); /* arch_register_next has put one there */
		if (!op_space_has_units(entry->space) && entry->class == ARCH_BOX &&
			entry->box == kind && entry->index >= n)
			n = entry->index + 1;
	}
	return n;
}

static void count_all_boxes(struct machine *machine)
{
	for (size_t kind = 0; kind < machine->arch->n_boxes; kind++) {
		machine->first_box[kind] = machine->n_boxes;
		machine->n_boxes += count_boxes(machine, &machine->arch->boxes[kind]);
	}
	machine->first_box[machine->arch->n_boxes] = machine->n_boxes;
}

int machine_list_registers(struct machine *machine)
{
	struct arch_walk walk = arch_walk(machine->arch);
	struct arch_hit hit;

	machine->registers = calloc(machine->n_slots, sizeof *machine->registers);
	machine->first_box = calloc(machine->arch->n_boxes + 1, sizeof *machine->first_box);
	if (!machine->registers || !machine->first_box)
		return -ENOMEM;
	while (arch_register_next(&walk, &hit)) {
		machine->n_msrs += !op_space_has_units(hit.entry->space);
		machine->registers[machine->n_registers++] = hit;
	}
	qsort(machine->registers, machine->n_registers, sizeof *machine->registers, compare_hits);
	for (size_t i = 0;
		i < machine->n_msrs && machine->registers[i].address < N_ELEMENTS(machine->low);
		i++)
		machine->low[machine->registers[i].address] = &machine->registers[i];
	count_all_boxes(machine);
	return 0;
}

const struct arch_hit *machine_find_register(
	const struct arch_hit *registers, size_t n, uint32_t address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (registers[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && registers[low].address == address ? &registers[low] : NULL;
}

const struct arch_hit *machine_find_msr(const struct machine *machine, uint32_t address)
{
	if (address < N_ELEMENTS(machine->low))
		return machine->low[address];
	return machine_find_register(machine->registers, machine->n_msrs, address);
}
