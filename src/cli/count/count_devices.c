/* SPDX-License-Identifier: MIT */
/* Which CPUs and boxes there are to count on. Programs nothing. */
#include <errno.h>
#include <stdlib.h>

#include "cli/count/count_internal.h"
#include "util/array.h"

static bool is_wanted_on(const struct want *want, const struct count_device *device)
{
	return want->kind == device->kind && want->box == device->box &&
	       (!want->has_index || want->index == device->number);
}

static int add_slots(struct count *count, struct count_device *device)
{
	device->slots = calloc(count->n_wants, sizeof *device->slots);
	if (!device->slots)
		return -ENOMEM;
	for (size_t i = 0; i < count->n_wants; i++)
		if (is_wanted_on(&count->wants[i], device))
			device->slots[device->n_slots++] =
				(struct count_slot){.want = &count->wants[i], .scale = 1};
	return 0;
}

int count_add_device(struct count *count, struct count_device device, struct count_device **added)
{
	struct count_device *devices =
		array_grow(count->devices, count->n_devices, sizeof *devices);

	if (!devices)
		return -ENOMEM;
	count->devices = devices;
	devices[count->n_devices] = device;
	*added = &devices[count->n_devices++];
	return add_slots(count, *added);
}

bool count_wants_kind(const struct count *count, enum want_kind kind, const struct arch_box *box)
{
	for (size_t i = 0; i < count->n_wants; i++)
		if (count->wants[i].kind == kind && count->wants[i].box == box)
			return true;
	return false;
}

const struct node_cpu *count_find_cpu(const struct node *node, uint32_t cpu)
{
	static const struct node_cpu none = {.package = NODE_NO_PACKAGE};

	return cpu < node->n_cpus && node->cpus[cpu].present ? &node->cpus[cpu] : &none;
}

static bool has_cpu(const struct count *count, uint32_t number)
{
	for (size_t i = 0; i < count->n_devices; i++)
		if (count->devices[i].kind == WANT_CORE && count->devices[i].number == number)
			return true;
	return false;
}

static int add_cpus(struct count *count, struct cache *cache, const struct places *cpus)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < cpus->n; i++) {
		uint32_t number = cpus->list[i].cpu;
		struct count_device *device;
		struct cause cause = {0};

		/* a list may name it twice */
		if (has_cpu(count, number))
			continue;
		r = count_add_device(count,
			(struct count_device){.kind = WANT_CORE,
				.place = place_of_cpu(number),
				.number = number,
				.package = count_find_cpu(count->node, number)->package},
			&device);
		if (r < 0)
			return r;
		r = cache_note(cache, &cause, cache_check(cache, &device->place));
		cause.is_absence = false; /* it was asked for */
		if (cause.text[0])
			count_set_causes(device, &cause);
	}
	return r;
}

/* Has a CPU of the core, or of the package, the register already? */
static bool is_read(const struct count *count, const struct want *want, uint32_t number)
{
	const struct node_cpu *cpu = count_find_cpu(count->node, number);

	for (size_t i = 0; want->scope != ARCH_THREAD && i < count->n_devices; i++) {
		const struct count_device *device = &count->devices[i];

		if (device->kind == WANT_MSR && device->slots[0].want == want &&
			device->package == cpu->package &&
			(want->scope == ARCH_PACKAGE ||
				topology_core(count->topology, device->number) ==
					topology_core(count->topology, number)))
			return true;
	}
	return false;
}

/* Each register is a device of its own: they differ in who shares them. */
static int add_msr(struct count *count, const struct want *want, uint32_t number)
{
	struct count_device *device;
	int r;

	if (is_read(count, want, number))
		return 0;
	r = count_add_device(count,
		(struct count_device){.kind = WANT_MSR,
			.place = place_of_cpu(number),
			.number = number,
			.package = count_find_cpu(count->node, number)->package,
			.n_sets = 1},
		&device);
	if (r < 0)
		return r;
	device->n_slots = 1;
	device->slots[0] = (struct count_slot){
		.want = want,
		.scale = 1,
		.width = want->field.bits,
		.counter = place_at(device->place, want->field.reg),
		.assigned.is_assigned = true,
	};
	return 0;
}

static int add_msrs(struct count *count, const struct places *cpus)
{
	int r = 0;

	for (size_t i = 0; i < count->n_wants; i++)
		for (size_t j = 0; r == 0 && count->wants[i].kind == WANT_MSR && j < cpus->n; j++)
			r = add_msr(count, &count->wants[i], cpus->list[j].cpu);
	return r;
}

static bool is_measured(
	const struct count *count, const struct places *cpus, bool all_packages, uint32_t package)
{
	for (size_t i = 0; !all_packages && i < cpus->n; i++)
		if (count_find_cpu(count->node, cpus->list[i].cpu)->package == package)
			return true;
	return all_packages;
}

/* What the finding of them asks. */
static int fetch(const struct count *count, struct cache *cache, const struct places *cpus,
	bool all_packages)
{
	const struct node *node = count->node;

	for (size_t i = 0; count_wants_kind(count, WANT_CORE, NULL) && i < cpus->n; i++)
		cache_want(cache, OP_CHECK, &cpus->list[i]);
	for (uint32_t i = 0; i < node->n_packages; i++)
		if (is_measured(count, cpus, all_packages, node->packages[i]))
			count_want_package(count, cache, node->packages[i], cpus);
	return cache_fetch(cache);
}

int count_find_devices(
	struct count *count, struct cache *cache, const struct places *cpus, bool all_packages)
{
	const struct node *node = count->node;
	int r = fetch(count, cache, cpus, all_packages);

	if (r == 0 && count_wants_kind(count, WANT_CORE, NULL))
		r = add_cpus(count, cache, cpus);
	if (r == 0)
		r = add_msrs(count, cpus);
	for (uint32_t i = 0; r == 0 && i < node->n_packages; i++)
		if (is_measured(count, cpus, all_packages, node->packages[i]))
			r = count_add_package(count, cache, node->packages[i], cpus);
	return r;
}
