/* SPDX-License-Identifier: MIT */
/* From what the marks left to counts. Reads no register and prints nothing. */
#include "cli/region_result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

static bool is_first(const struct region_file *file, uint32_t i)
{
	for (uint32_t j = 0; j < i; j++)
		if (strncmp(region_entry_at(file, j)->name, region_entry_at(file, i)->name,
			    REGION_NAME_SIZE) == 0)
			return false;
	return true;
}

bool region_result_name(
	const struct regions *regions, size_t i, char name[REGION_NAME_SIZE], enum region_by *by)
{
	const struct region_file *file = &regions->plan.file;
	uint32_t n = file->header ? region_n_entries(file) : 0;

	*by = REGION_BY_PROGRAM;
	for (uint32_t j = 0; j < n; j++) {
		if (!is_first(file, j) || i-- > 0)
			continue;
		snprintf(name, REGION_NAME_SIZE, "%.*s", REGION_NAME_SIZE - 1,
			region_entry_at(file, j)->name);
		return true;
	}
	if (i >= regions->script.n)
		return false;
	*by = REGION_BY_SCRIPT;
	snprintf(name, REGION_NAME_SIZE, "%s", regions->script.list[i].name);
	return true;
}

/* What a region counted there, in the order of the plan's values. */
struct source {
	uint64_t calls, ns, lost;
	const uint64_t *values; /* of the place; NULL: none */
	const char *error;
};

static void set_slot(struct count_slot *slot, uint64_t value, uint64_t ns)
{
	slot->total = slot->raw = value;
	slot->on_ns = ns;
	slot->is_begun = true;
}

static int add_device(struct region_result *result, const struct count_device *device)
{
	struct count *count = &result->count;
	struct count_device *devices =
		array_grow(count->devices, count->n_devices, sizeof *devices);

	if (!devices)
		return -ENOMEM;
	count->devices = devices;
	devices[count->n_devices] = *device;
	devices[count->n_devices].n_sets = 1;
	devices[count->n_devices].slots = calloc(device->n_slots + 1, sizeof *device->slots);
	if (!devices[count->n_devices].slots)
		return -ENOMEM;
	memcpy(devices[count->n_devices].slots, device->slots,
		device->n_slots * sizeof *device->slots);
	count->n_devices++;
	return 0;
}

/* All slots of the devices of a place; those without a value keep their cause. */
static int add_devices(const struct regions *regions, struct region_result *result, size_t number,
	const struct source *source, uint64_t ns)
{
	const struct region_plan *plan = &regions->plan;
	const struct region_place *place = &plan->places[number];
	int r = 0;

	for (size_t i = 0; r == 0 && i < regions->count->n_devices; i++) {
		if (plan->place_of[i] != number)
			continue;
		r = add_device(result, &regions->count->devices[i]);
		for (uint32_t j = 0; r == 0 && j < place->n_values; j++) {
			const struct region_source *from = &plan->sources[place->first_value + j];
			struct count_slot *slot =
				&result->count.devices[result->count.n_devices - 1]
					 .slots[from->slot];

			if (from->device == i)
				set_slot(slot, source->values ? source->values[j] : 0, ns);
		}
	}
	return r;
}

static void set_causes(struct region_result *result)
{
	for (size_t i = 0; i < result->count.n_devices; i++)
		for (size_t j = 0; j < result->count.devices[i].n_slots; j++)
			if (!result->count.devices[i].slots[j].cause.text[0])
				result->count.devices[i].slots[j].cause = result->cause;
}

static int make(const struct regions *regions, struct region_result *result, size_t number,
	const struct source *source)
{
	*result = (struct region_result){
		.place = &regions->plan.places[number],
		.calls = source->calls,
		.ns = source->ns,
		.lost = source->lost,
		.count = *regions->count,
	};
	result->count.devices = NULL;
	result->count.n_devices = 0;
	result->count.n_sets = 1;
	result->count.begin_ns = 0;
	result->count.read_ns = source->ns;
	int r = add_devices(regions, result, number, source, source->ns);

	if (source->calls == 0 && source->lost > 0)
		cause_set(&result->cause, true, "%s",
			source->error && source->error[0] ? source->error
							  : "no call of it was counted: threads "
							    "moved, or a process was killed in "
							    "it");
	else if (source->calls == 0)
		cause_set(&result->cause, true, "no call of it has ended");
	if (result->cause.text[0])
		set_causes(result);
	return r;
}

/* Who was killed left the node open, where his calls that had ended are in their CPUs. */
static void add_up(struct source *source, const struct region_result *parts, size_t n)
{
	source->calls = source->lost = 0;
	for (size_t i = 0; i < n; i++) {
		if (parts[i].ns > source->ns)
			source->ns = parts[i].ns;
		if (parts[i].place->level != REGION_CPU)
			continue;
		source->calls += parts[i].calls;
		source->lost += parts[i].lost;
	}
	if (source->calls == 0)
		source->ns = 0;
}

/* What was counted at the places, added up, in the time of the node. */
static int make_node(const struct regions *regions, struct region_result *node,
	struct source *source, enum region_by by, const struct region_result *parts, size_t n)
{
	if (by == REGION_BY_PROGRAM)
		add_up(source, parts, n);
	int r = make(regions, node, (size_t)(node->place - regions->plan.places), source);

	for (size_t i = 0; r == 0 && i < n; i++)
		for (size_t j = 0; r == 0 && parts[i].calls > 0 && j < parts[i].count.n_devices;
			j++) {
			r = add_device(node, &parts[i].count.devices[j]);
			if (r < 0)
				break;
			struct count_device *device =
				&node->count.devices[node->count.n_devices - 1];

			for (size_t k = 0; k < device->n_slots; k++)
				device->slots[k].on_ns = source->ns;
		}
	return r;
}

static struct region_entry *find_entry(
	const struct region_file *file, const char *name, size_t place)
{
	uint32_t n = region_n_entries(file);

	for (uint32_t i = 0; i < n; i++) {
		struct region_entry *entry = region_entry_at(file, i);

		if (entry->place == place && strncmp(entry->name, name, REGION_NAME_SIZE) == 0)
			return entry;
	}
	return NULL;
}

/* False: the region was never there. */
static bool source_of_program(
	const struct regions *regions, const char *name, size_t place, struct source *source)
{
	const struct region_file *file = &regions->plan.file;
	struct region_entry *entry = find_entry(file, name, place);

	if (!entry)
		return false;
	const struct region_sum *sum = region_sum_of(file, entry, atomic_load(&entry->bank));

	entry->error[sizeof entry->error - 1] = '\0';
	*source = (struct source){sum->calls, sum->ns, sum->lost, sum->values, entry->error};
	return true;
}

static bool source_of_script(
	const struct regions *regions, const char *name, size_t place, struct source *source)
{
	const struct region_place *there = &regions->plan.places[place];

	if (there->n_values == 0 && there->level != REGION_NODE)
		return false;
	for (size_t i = 0; i < regions->script.n; i++) {
		const struct region_script_entry *entry = &regions->script.list[i];

		if (strcmp(entry->name, name) != 0)
			continue;
		*source = (struct source){.calls = entry->calls,
			.ns = entry->ns,
			.values = entry->sums + there->first_value};
		return true;
	}
	return false;
}

static bool get_source(const struct regions *regions, const char *name, enum region_by by,
	size_t place, struct source *source)
{
	return by == REGION_BY_PROGRAM ? source_of_program(regions, name, place, source)
				       : source_of_script(regions, name, place, source);
}

/* CPUs before cores before packages, each as the plan has them; then the node. */
int region_results_get(const struct regions *regions, const char *name, enum region_by by,
	struct region_result **results, size_t *n)
{
	const struct region_plan *plan = &regions->plan;
	struct region_result *list = calloc(plan->n_places + 1, sizeof *list);
	struct source source;
	int r = list ? 0 : -ENOMEM;

	*n = 0;
	for (unsigned level = REGION_CPU; level <= REGION_NODE; level++)
		for (size_t i = 0; r == 0 && i < plan->n_places; i++) {
			if (plan->places[i].level != level ||
				!get_source(regions, name, by, i, &source))
				continue;
			list[*n].place = &plan->places[i];
			r = level == REGION_NODE
				    ? make_node(regions, &list[*n], &source, by, list, *n)
				    : make(regions, &list[*n], i, &source);
			(*n)++;
		}
	if (r < 0)
		region_results_free(list, *n);
	*results = r < 0 ? NULL : list;
	return r;
}

void region_results_free(struct region_result *results, size_t n)
{
	for (size_t i = 0; i < n; i++)
		count_deinit(&results[i].count);
	free(results);
}
