/* SPDX-License-Identifier: MIT */
/* Which boxes a package has, and its running registers. Programs nothing. */
#include <assert.h>
#include <errno.h>
#include <math.h>

#include "cli/count/count_internal.h"

/* One that is measured, or else any that is online. */
static bool find_cpu_of(
	const struct node *node, const struct places *cpus, uint32_t package, uint32_t *cpu)
{
	for (size_t i = 0; i < cpus->n; i++) {
		*cpu = cpus->list[i].cpu;
		if (count_find_cpu(node, *cpu)->online &&
			count_find_cpu(node, *cpu)->package == package)
			return true;
	}
	for (*cpu = 0; *cpu < node->n_cpus; (*cpu)++)
		if (node->cpus[*cpu].online && node->cpus[*cpu].package == package)
			return true;
	return false;
}

/* A box whose registers fault is one that the package has not got. */
static int add_msr_boxes(struct count *count, struct cache *cache, const struct arch_box *box,
	uint32_t package, uint32_t cpu)
{
	struct count_device *device;
	uint32_t reg;
	int r = 0;

	for (uint32_t i = 0;
		r == 0 && arch_box_register(count->node->arch, box, i, ARCH_BOX_SELECT, 0, &reg);
		i++) {
		struct place place = place_of_cpu(cpu);
		struct place select = place_at(place, reg);
		uint64_t value;

		r = cache_read(cache, &select, &value);
		if (r == MSRD_FAILED && i > 0)
			return 0;
		if (r >= 0)
			r = count_add_device(count,
				(struct count_device){.kind = WANT_BOX,
					.box = box,
					.place = place,
					.package = package,
					.number = i},
				&device);
	}
	return r;
}

static int add_pci_boxes(
	struct count *count, struct cache *cache, const struct arch_box *box, uint32_t package)
{
	const struct arch *arch = count->node->arch;
	struct count_device *device;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < arch->n_functions; i++) {
		const struct arch_function *function = &arch->functions[i];
		struct place place = place_of_unit(package, function->unit, function->index);
		struct cause cause = {0};

		if (function->unit != box->unit)
			continue;
		r = cache_check(cache, &place);
		/* the daemon's protocol may have no number for one that larger parts have */
		if (r == MSRD_ABSENT || (r == -EINVAL && !node_has_unit(count->node, function))) {
			r = 0;
			continue;
		}
		r = cache_note(cache, &cause, r == -EINVAL ? MSRD_UNKNOWN : r);
		if (r == 0)
			r = count_add_device(count,
				(struct count_device){.kind = WANT_BOX,
					.box = box,
					.place = place,
					.package = package,
					.number = function->index},
				&device);
		if (r == 0 && cause.text[0])
			count_set_causes(device, &cause);
	}
	return r;
}

/* A package without any box of the kind says so in a row of its own. */
static int add_absence(struct count *count, const struct arch_box *box, uint32_t package)
{
	struct count_device *device;
	struct cause cause = {0};
	int r = count_add_device(count,
		(struct count_device){.kind = WANT_BOX, .box = box, .package = package}, &device);

	cause_set(&cause, true, "no %s of socket %u can be reached; msrctl info lists its units",
		box->name, package);
	if (r == 0)
		count_set_causes(device, &cause);
	return r;
}

static int add_boxes(struct count *count, struct cache *cache, const struct arch_box *box,
	uint32_t package, const struct places *cpus)
{
	size_t n_before = count->n_devices;
	uint32_t cpu;
	int r = 0;

	if (op_space_has_units(box->space))
		r = add_pci_boxes(count, cache, box, package);
	else if (find_cpu_of(count->node, cpus, package, &cpu))
		r = add_msr_boxes(count, cache, box, package, cpu);
	if (r == 0 && count->n_devices == n_before)
		r = add_absence(count, box, package);
	return r;
}

/* The register, and what a count of it is. */
static int set_running(struct count *count, struct cache *cache, struct count_device *device,
	struct count_slot *slot)
{
	const struct arch *arch = count->node->arch;
	const struct want *want = slot->want;
	const struct arch_register *entry =
		want ? arch_running_register(arch, want->quantity) : NULL;
	struct place unit = place_at(device->place, arch->energy_unit.reg);
	uint64_t value;
	int r = cache_read(cache, &unit, &value);

	assert(entry); /* want_parse has looked */
	slot->counter = place_at(device->place, entry->address);
	slot->width = entry->width;
	slot->period_ns = entry->period_ns;
	slot->assigned.is_assigned = true;
	if (r != 0)
		return cache_note(cache, &slot->cause, r);
	value = arch_field_get(&arch->energy_unit, value);
	if (value == 0)
		cause_set(&slot->cause, true, "the energy unit is 0: a virtual machine?");
	slot->scale = ldexp(1, -(int)value);
	if (slot->want->quantity == ARCH_DRAM_ENERGY && arch->dram_joules > 0)
		slot->scale = arch->dram_joules;
	return 0;
}

static int add_running(
	struct count *count, struct cache *cache, uint32_t package, const struct places *cpus)
{
	struct count_device *device;
	struct cause cause = {0};
	uint32_t cpu = 0;
	bool has_cpu = find_cpu_of(count->node, cpus, package, &cpu);
	int r = count_add_device(count,
		(struct count_device){
			.kind = WANT_RUNNING, .place = place_of_cpu(cpu), .package = package},
		&device);

	for (size_t i = 0; r == 0 && has_cpu && i < device->n_slots; i++)
		r = set_running(count, cache, device, &device->slots[i]);
	cause_set(&cause, true, "no CPU is known to be online on socket %u", package);
	if (r == 0 && !has_cpu)
		count_set_causes(device, &cause);
	return r;
}

int count_add_package(
	struct count *count, struct cache *cache, uint32_t package, const struct places *cpus)
{
	const struct arch *arch = count->node->arch;
	int r = 0;

	for (size_t i = 0; r == 0 && i < arch->n_boxes; i++)
		if (count_wants_kind(count, WANT_BOX, &arch->boxes[i]))
			r = add_boxes(count, cache, &arch->boxes[i], package, cpus);
	if (r == 0 && count_wants_kind(count, WANT_RUNNING, NULL))
		r = add_running(count, cache, package, cpus);
	return r;
}

/* Its place among boxes that are reached by MSRs is known by whether its first register can be
 * read. */
static void want_boxes(const struct count *count, struct cache *cache, const struct arch_box *box,
	uint32_t package, const struct places *cpus)
{
	const struct arch *arch = count->node->arch;
	struct place place;
	uint32_t cpu;

	for (size_t i = 0; op_space_has_units(box->space) && i < arch->n_functions; i++) {
		place = place_of_unit(package, arch->functions[i].unit, arch->functions[i].index);
		if (place.unit == box->unit)
			cache_want(cache, OP_CHECK, &place);
	}
	if (op_space_has_units(box->space) || !find_cpu_of(count->node, cpus, package, &cpu))
		return;
	place = place_of_cpu(cpu);
	for (uint32_t i = 0; arch_box_register(arch, box, i, ARCH_BOX_SELECT, 0, &place.reg); i++)
		cache_want(cache, OP_READ, &place);
}

void count_want_package(
	const struct count *count, struct cache *cache, uint32_t package, const struct places *cpus)
{
	const struct arch *arch = count->node->arch;
	struct place unit;
	uint32_t cpu;

	for (size_t i = 0; i < arch->n_boxes; i++)
		if (count_wants_kind(count, WANT_BOX, &arch->boxes[i]))
			want_boxes(count, cache, &arch->boxes[i], package, cpus);
	if (!count_wants_kind(count, WANT_RUNNING, NULL) ||
		!find_cpu_of(count->node, cpus, package, &cpu))
		return;
	unit = place_at(place_of_cpu(cpu), arch->energy_unit.reg);
	cache_want(cache, OP_READ, &unit);
}
