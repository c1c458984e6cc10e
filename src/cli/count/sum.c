/* SPDX-License-Identifier: MIT */
/* Adds up. Reads no register and prints nothing. */
#include "cli/count/sum.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"

static const char *const names[] = {
#define X(level, name) [level] = name,
	SUM_LEVELS(X)
#undef X
};

const char *sum_level_name(enum sum_level level)
{
	return (unsigned)level < SUM_N_LEVELS ? names[level] : NULL;
}

bool sum_level_find(const char *name, enum sum_level *level)
{
	for (unsigned i = 0; i < SUM_N_LEVELS; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*level = (enum sum_level)i;
		return true;
	}
	return false;
}

static void add_socket(char text[SUM_PLACE_SIZE], uint32_t package)
{
	size_t used = strlen(text);

	if (package == NODE_NO_PACKAGE)
		snprintf(text + used, SUM_PLACE_SIZE - used, "socket ?");
	else
		snprintf(text + used, SUM_PLACE_SIZE - used, "socket %u", package);
}

const char *sum_place_text(const struct sum_place *place, char text[SUM_PLACE_SIZE])
{
	text[0] = '\0';
	switch (place->level) {
	case SUM_BOX:
		snprintf(text, SUM_PLACE_SIZE, "%s%u of ", place->box->name, place->number);
		add_socket(text, place->package);
		break;
	case SUM_CORE:
		snprintf(text, SUM_PLACE_SIZE, "core %u of ", place->number);
		add_socket(text, place->package);
		break;
	case SUM_SOCKET:
		add_socket(text, place->package);
		break;
	case SUM_CPU:
	case SUM_NUMA:
		snprintf(text, SUM_PLACE_SIZE, "%s %u", names[place->level], place->number);
		break;
	case SUM_NODE:
	case SUM_DEFAULT:
		snprintf(text, SUM_PLACE_SIZE, "node");
		break;
	}
	return text;
}

/* What is not known of a CPU is its own CPU. */
static struct sum_place find_cpu(
	const struct topology *topology, uint32_t package, uint32_t cpu, enum sum_level level)
{
	struct sum_place place = {.level = level, .package = package, .number = cpu};

	if (level == SUM_CORE)
		place.number = topology_core(topology, cpu);
	else if (level == SUM_NUMA)
		place.number = topology_numa(topology, cpu);
	else if (level == SUM_BOX || level == SUM_DEFAULT)
		place.level = SUM_CPU;
	if (place.number != TOPOLOGY_UNKNOWN)
		return place;
	return (struct sum_place){.level = SUM_CPU, .package = package, .number = cpu};
}

/* Without what a level does not tell apart. */
static struct sum_place strip(struct sum_place place)
{
	if (place.level == SUM_SOCKET || place.level == SUM_NODE)
		place.number = 0;
	if (place.level == SUM_NODE || place.level == SUM_NUMA)
		place.package = 0;
	return place;
}

struct sum_place sum_place_of_cpu(
	const struct topology *topology, uint32_t package, uint32_t cpu, enum sum_level level)
{
	return strip(find_cpu(topology, package, cpu, level));
}

struct sum_place sum_place_of_package(
	const struct topology *topology, uint32_t package, enum sum_level level)
{
	struct sum_place place = {.level = SUM_SOCKET, .package = package};

	if (level == SUM_NUMA) {
		place.number = topology_numa_of_package(topology, package);
		if (place.number != TOPOLOGY_UNKNOWN)
			place.level = SUM_NUMA;
	}
	if (level == SUM_NODE)
		place.level = SUM_NODE;
	return strip(place);
}

static bool is_cpu(const struct count_device *device)
{
	return device->n_slots > 0 ? want_is_cpus(device->slots[0].want)
				   : device->kind == WANT_CORE;
}

struct sum_place sum_place_of(
	const struct topology *topology, const struct count_device *device, enum sum_level level)
{
	if (is_cpu(device))
		return sum_place_of_cpu(topology, device->package, device->number, level);
	if (level == SUM_BOX && device->kind == WANT_BOX)
		return (struct sum_place){SUM_BOX, device->package, device->number, device->box};
	return sum_place_of_package(topology, device->package, level);
}

bool sum_place_same(const struct sum_place *a, const struct sum_place *b)
{
	return a->level == b->level && a->package == b->package && a->number == b->number &&
	       a->box == b->box;
}

static bool has_want(const struct count_device *device, const struct want *want)
{
	for (size_t i = 0; i < device->n_slots; i++)
		if (device->slots[i].want == want)
			return true;
	return false;
}

static bool is_in(const struct sum_place *places, size_t n, const struct sum_place *place)
{
	for (size_t i = 0; i < n; i++)
		if (sum_place_same(&places[i], place))
			return true;
	return false;
}

int sum_places(const struct topology *topology, const struct count *count, const struct want *want,
	enum sum_level level, struct sum_place **places, size_t *n)
{
	*places = NULL;
	*n = 0;
	for (size_t i = 0; i < count->n_devices; i++) {
		struct sum_place place = sum_place_of(topology, &count->devices[i], level);
		struct sum_place *list;

		if (!has_want(&count->devices[i], want) || is_in(*places, *n, &place))
			continue;
		list = array_grow(*places, *n, sizeof *list);
		if (!list) {
			free(*places);
			*places = NULL;
			return -ENOMEM;
		}
		list[(*n)++] = place;
		*places = list;
	}
	return 0;
}

static void add_slot(struct sum *sum, const struct count *count, const struct count_slot *slot)
{
	double value = count_value(count, slot), share = count_share(count, slot);

	sum->min = sum->n == 0 ? value : fmin(sum->min, value);
	sum->max = sum->n == 0 ? value : fmax(sum->max, value);
	sum->share = sum->n == 0 ? share : fmin(sum->share, share);
	sum->value += value;
	sum->raw += count_raw(count, slot);
	sum->grain_percent = fmax(sum->grain_percent, count_grain(count, slot));
	sum->n++;
	if (slot->cause.text[0] && !sum->cause)
		sum->cause = slot->cause.text;
	else if (isnan(value) && !sum->cause)
		sum->cause = "it had no turn in the interval";
	sum->has_failure = sum->has_failure || (slot->cause.text[0] && !slot->cause.is_absence);
}

struct sum sum_get(const struct topology *topology, const struct count *count,
	const struct want *want, const struct sum_place *place)
{
	struct sum sum = {.grain_percent = NAN};

	for (size_t i = 0; i < count->n_devices; i++) {
		const struct count_device *device = &count->devices[i];
		struct sum_place there = sum_place_of(topology, device, place->level);

		if (!sum_place_same(&there, place))
			continue;
		for (size_t j = 0; j < device->n_slots; j++)
			if (device->slots[j].want == want)
				add_slot(&sum, count, &device->slots[j]);
	}
	if (sum.n == 0)
		sum.value = sum.raw = NAN;
	else if (want->is_gauge)
		sum.value /= (double)sum.n;
	return sum;
}
