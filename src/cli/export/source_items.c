/* SPDX-License-Identifier: MIT */
/* Which registers of this machine are read, by what its model's data says of them. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/fields.h"
#include "cli/count/topology.h"
#include "cli/export/source.h"
#include "util/array.h"

static int add_op(struct source *source, uint32_t cpu, uint32_t reg, size_t *op)
{
	const struct place place = place_at(place_of_cpu(cpu), reg);

	*op = source->accesses.n;
	return accesses_add(&source->accesses, OP_READ, &place, 0);
}

static int add_item(struct source *source, const struct sample *sample, struct item item,
	uint32_t cpu, uint32_t reg)
{
	struct item *items = array_grow(source->items, source->samples.n, sizeof *items);

	if (!items)
		return -ENOMEM;
	source->items = items;
	if (add_op(source, cpu, reg, &item.op) < 0)
		return -ENOMEM;
	items[source->samples.n] = item;
	return samples_add(&source->samples, sample);
}

static int add_running(struct source *source, struct sample sample, struct item item, uint32_t cpu,
	enum arch_quantity quantity)
{
	const struct arch_register *entry = arch_running_register(source->cli->node.arch, quantity);

	if (!entry)
		return 0;
	item.counter.width = entry->width;
	return add_item(source, &sample, item, cpu, entry->address);
}

/* Of all states that the model has a counter for, by the manual's names: MSR_CORE_C6_RESIDENCY. */
static int add_idle(struct source *source, struct sample sample, struct item item, uint32_t cpu,
	const char *prefix)
{
	struct arch_walk walk = arch_walk(source->cli->node.arch);
	size_t length = strlen(prefix);
	struct arch_hit hit;
	int r = 0;

	while (r == 0 && arch_register_next(&walk, &hit)) {
		const struct place place = place_at(place_of_cpu(cpu), hit.address);
		const struct arch_layout *layout;
		char name[ARCH_NAME_SIZE], rest[ARCH_NAME_SIZE];
		const struct arch_bits *bits;
		unsigned state;

		arch_register_name(&hit, name);
		if (hit.entry->class == ARCH_ABSENT || strncmp(name, prefix, length) != 0 ||
			sscanf(name + length, "%u_%63s", &state, rest) != 2 ||
			strcmp(rest, "RESIDENCY") != 0)
			continue;
		layout = arch_layout_at(source->cli->node.arch, &place);
		bits = layout ? arch_bits_find(layout, rest) : NULL;
		if (!bits)
			continue;
		item.counter.width = bits->high - bits->low + 1u;
		snprintf(sample.state, sizeof sample.state, "c%u", state);
		r = add_item(source, &sample, item, cpu, hit.address);
	}
	return r;
}

/* Degrees below the temperature at which it throttles. */
static int add_temperature(struct source *source, const struct sample *sample, struct item item,
	uint32_t cpu, const char *name, const char *readout)
{
	const struct arch *arch = source->cli->node.arch;
	struct place place = place_of_cpu(cpu);
	const struct arch_bits *bits, *valid;
	const struct arch_layout *layout;
	struct arch_hit hit;

	if (!arch_register_find(arch, &place, name, &hit))
		return 0;
	place.reg = hit.address;
	layout = arch_layout_at(arch, &place);
	bits = layout ? arch_bits_find(layout, readout) : NULL;
	if (!bits)
		return 0;
	valid = arch_bits_find(layout, "READING_VALID");
	item.scale = SCALE_HOT;
	item.shift = bits->low;
	item.mask = (UINT64_C(2) << (bits->high - bits->low)) - 1;
	item.valid = valid ? UINT64_C(1) << valid->low : 0;
	return add_item(source, sample, item, cpu, hit.address);
}

static int add_cpu(struct source *source, struct sample sample, struct item item, bool is_first)
{
	uint32_t cpu = sample.cpu;
	int r;

	sample.family = FAMILY_CPU_CYCLES;
	r = add_running(source, sample, item, cpu, ARCH_CORE_CYCLES);
	item.scale = SCALE_TSC;
	sample.family = FAMILY_CPU_ACTIVE;
	if (r == 0)
		r = add_running(source, sample, item, cpu, ARCH_REFERENCE_CYCLES);
	sample.family = FAMILY_CORE_IDLE;
	if (r == 0 && is_first)
		r = add_idle(source, sample, item, cpu, "MSR_CORE_C");
	sample.family = FAMILY_CORE_TEMPERATURE;
	if (r == 0 && is_first)
		r = add_temperature(
			source, &sample, item, cpu, "IA32_THERM_STATUS", "DIGITAL_READOUT");
	return r;
}

static int add_package(struct source *source, struct sample sample, struct item item, uint32_t cpu)
{
	static const struct {
		enum family_id family;
		enum arch_quantity quantity;
		enum scale scale;
	} energies[] = {
		{FAMILY_PACKAGE_ENERGY, ARCH_PACKAGE_ENERGY, SCALE_JOULES},
		{FAMILY_CORES_ENERGY, ARCH_PP0_ENERGY, SCALE_JOULES},
		{FAMILY_DRAM_ENERGY, ARCH_DRAM_ENERGY, SCALE_DRAM_JOULES},
	};
	int r = 0;

	sample.cpu = SAMPLE_NO_NUMBER;
	for (size_t i = 0; r == 0 && i < N_ELEMENTS(energies); i++) {
		sample.family = energies[i].family;
		item.scale = energies[i].scale;
		r = add_running(source, sample, item, cpu, energies[i].quantity);
	}
	item.scale = SCALE_TSC;
	sample.family = FAMILY_PACKAGE_IDLE;
	if (r == 0)
		r = add_idle(source, sample, item, cpu, "MSR_PKG_C");
	sample.family = FAMILY_PACKAGE_TEMPERATURE;
	return r == 0 ? add_temperature(source, &sample, item, cpu, "IA32_PACKAGE_THERM_STATUS",
				"PKG_DIGITAL_READOUT")
		      : r;
}

/* Its number, which is new where the CPU is the first of its socket. */
static size_t find_socket(const struct source *source, uint32_t package)
{
	size_t i = 0;

	while (i < source->n_sockets && source->sockets[i].package != package)
		i++;
	return i;
}

static int add_socket(struct source *source, const struct sample *sample, struct item item)
{
	const struct arch *arch = source->cli->node.arch;
	struct source_socket *socket = &source->sockets[source->n_sockets++];

	socket->package = sample->socket;
	if (add_op(source, sample->cpu, arch->base_ratio.reg, &socket->op_tsc) < 0 ||
		add_op(source, sample->cpu, arch->energy_unit.reg, &socket->op_joules) < 0 ||
		add_op(source, sample->cpu, arch->hot.reg, &socket->op_hot) < 0)
		return -ENOMEM;
	/* who does not know which package it is can't say whose its energy would be */
	return sample->socket == SAMPLE_NO_NUMBER ? 0
						  : add_package(source, *sample, item, sample->cpu);
}

/* Where cores are not known each CPU stands for itself. */
static bool is_first_of_core(const struct topology *topology, uint32_t cpu)
{
	const struct node *node = topology->node;
	uint32_t core = topology_core(topology, cpu);

	for (uint32_t i = 0; core != TOPOLOGY_UNKNOWN && i < cpu; i++)
		if (node->cpus[i].online && node->cpus[i].package == node->cpus[cpu].package &&
			topology_core(topology, i) == core)
			return false;
	return true;
}

int source_add_items(struct source *source)
{
	const struct node *node = &source->cli->node;
	struct topology topology;
	int r = topology_init(&topology, node);

	source->sockets = calloc(node->n_cpus + 1, sizeof *source->sockets);
	if (!source->sockets)
		r = -ENOMEM;
	for (uint32_t cpu = 0; r == 0 && cpu < node->n_cpus; cpu++) {
		uint32_t package = node->cpus[cpu].package;
		struct sample sample = {.cpu = cpu,
			.socket = package == NODE_NO_PACKAGE ? SAMPLE_NO_NUMBER : package,
			.value = NAN};
		struct item item = {.socket = find_socket(source, sample.socket)};

		if (!node->cpus[cpu].online)
			continue;
		if (item.socket == source->n_sockets)
			r = add_socket(source, &sample, item);
		if (r == 0)
			r = add_cpu(source, sample, item, is_first_of_core(&topology, cpu));
	}
	topology_deinit(&topology);
	return r;
}
