/* SPDX-License-Identifier: MIT */
/* Which CPUs and boxes there are to count on. Programs nothing. */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "cli/count/count_internal.h"
#include "cli/reach.h"
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

static int add_device(struct count *count, struct count_device device, struct count_device **added)
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

static bool wants_kind(const struct count *count, enum want_kind kind, const struct arch_box *box)
{
	for (size_t i = 0; i < count->n_wants; i++)
		if (count->wants[i].kind == kind && count->wants[i].box == box)
			return true;
	return false;
}

static const struct node_cpu *find_cpu(const struct node *node, uint32_t cpu)
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

static int add_cpus(struct count *count, struct msrd *msrd, const struct places *cpus)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < cpus->n; i++) {
		uint32_t number = cpus->list[i].cpu;
		struct count_device *device;
		struct cause cause = {0};

		/* a list may name it twice */
		if (has_cpu(count, number))
			continue;
		r = add_device(count,
			(struct count_device){.kind = WANT_CORE,
				.place = place_of_cpu(number),
				.number = number,
				.package = find_cpu(count->node, number)->package},
			&device);
		if (r < 0)
			return r;
		r = cause_note(&cause, msrd, reach_check(msrd, &device->place));
		cause.is_absence = false; /* it was asked for */
		if (cause.text[0])
			count_set_causes(device, &cause);
	}
	return r;
}

/* Has a CPU of the core, or of the package, the register already? */
static bool is_read(const struct count *count, const struct want *want, uint32_t number)
{
	const struct node_cpu *cpu = find_cpu(count->node, number);

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
	r = add_device(count,
		(struct count_device){.kind = WANT_MSR,
			.place = place_of_cpu(number),
			.number = number,
			.package = find_cpu(count->node, number)->package,
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

/* One that is measured, or else any that is online. */
static bool find_cpu_of(
	const struct node *node, const struct places *cpus, uint32_t package, uint32_t *cpu)
{
	for (size_t i = 0; i < cpus->n; i++) {
		*cpu = cpus->list[i].cpu;
		if (find_cpu(node, *cpu)->online && find_cpu(node, *cpu)->package == package)
			return true;
	}
	for (*cpu = 0; *cpu < node->n_cpus; (*cpu)++)
		if (node->cpus[*cpu].online && node->cpus[*cpu].package == package)
			return true;
	return false;
}

/* A box whose registers fault is one that the package has not got. */
static int add_msr_boxes(struct count *count, struct msrd *msrd, const struct arch_box *box,
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

		r = reach_read(msrd, &select, &value);
		if (r == MSRD_FAILED && i > 0)
			return 0;
		if (r >= 0)
			r = add_device(count,
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
	struct count *count, struct msrd *msrd, const struct arch_box *box, uint32_t package)
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
		r = reach_check(msrd, &place);
		/* the daemon's protocol may have no number for one that larger parts have */
		if (r == MSRD_ABSENT || (r == -EINVAL && !node_has_unit(count->node, function))) {
			r = 0;
			continue;
		}
		r = cause_note(&cause, msrd, r == -EINVAL ? MSRD_UNKNOWN : r);
		if (r == 0)
			r = add_device(count,
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
	int r = add_device(count,
		(struct count_device){.kind = WANT_BOX, .box = box, .package = package}, &device);

	cause_set(&cause, true, "no %s of socket %u can be reached; msrctl info lists its units",
		box->name, package);
	if (r == 0)
		count_set_causes(device, &cause);
	return r;
}

static int add_boxes(struct count *count, struct msrd *msrd, const struct arch_box *box,
	uint32_t package, const struct places *cpus)
{
	size_t n_before = count->n_devices;
	uint32_t cpu;
	int r = 0;

	if (op_space_has_units(box->space))
		r = add_pci_boxes(count, msrd, box, package);
	else if (find_cpu_of(count->node, cpus, package, &cpu))
		r = add_msr_boxes(count, msrd, box, package, cpu);
	if (r == 0 && count->n_devices == n_before)
		r = add_absence(count, box, package);
	return r;
}

/* The register, and what a count of it is. */
static int set_running(struct count *count, struct msrd *msrd, struct count_device *device,
	struct count_slot *slot)
{
	const struct arch *arch = count->node->arch;
	const struct want *want = slot->want;
	const struct arch_register *entry =
		want ? arch_running_register(arch, want->quantity) : NULL;
	struct place unit = place_at(device->place, arch->energy_unit.reg);
	uint64_t value;
	int r = reach_read(msrd, &unit, &value);

	assert(entry); /* want_parse has looked */
	slot->counter = place_at(device->place, entry->address);
	slot->width = entry->width;
	slot->period_ns = entry->period_ns;
	slot->assigned.is_assigned = true;
	if (r != 0)
		return cause_note(&slot->cause, msrd, r);
	value = arch_field_get(&arch->energy_unit, value);
	if (value == 0)
		cause_set(&slot->cause, true, "the energy unit is 0: a virtual machine?");
	slot->scale = ldexp(1, -(int)value);
	if (slot->want->quantity == ARCH_DRAM_ENERGY && arch->dram_joules > 0)
		slot->scale = arch->dram_joules;
	return 0;
}

static int add_running(
	struct count *count, struct msrd *msrd, uint32_t package, const struct places *cpus)
{
	struct count_device *device;
	struct cause cause = {0};
	uint32_t cpu = 0;
	bool has_cpu = find_cpu_of(count->node, cpus, package, &cpu);
	int r = add_device(count,
		(struct count_device){
			.kind = WANT_RUNNING, .place = place_of_cpu(cpu), .package = package},
		&device);

	for (size_t i = 0; r == 0 && has_cpu && i < device->n_slots; i++)
		r = set_running(count, msrd, device, &device->slots[i]);
	cause_set(&cause, true, "no CPU is known to be online on socket %u", package);
	if (r == 0 && !has_cpu)
		count_set_causes(device, &cause);
	return r;
}

static bool is_measured(
	const struct count *count, const struct places *cpus, bool all_packages, uint32_t package)
{
	for (size_t i = 0; !all_packages && i < cpus->n; i++)
		if (find_cpu(count->node, cpus->list[i].cpu)->package == package)
			return true;
	return all_packages;
}

static int add_package(
	struct count *count, struct msrd *msrd, uint32_t package, const struct places *cpus)
{
	const struct arch *arch = count->node->arch;
	int r = 0;

	for (size_t i = 0; r == 0 && i < arch->n_boxes; i++)
		if (wants_kind(count, WANT_BOX, &arch->boxes[i]))
			r = add_boxes(count, msrd, &arch->boxes[i], package, cpus);
	if (r == 0 && wants_kind(count, WANT_RUNNING, NULL))
		r = add_running(count, msrd, package, cpus);
	return r;
}

int count_find_devices(
	struct count *count, struct msrd *msrd, const struct places *cpus, bool all_packages)
{
	const struct node *node = count->node;
	int r = wants_kind(count, WANT_CORE, NULL) ? add_cpus(count, msrd, cpus) : 0;

	if (r == 0)
		r = add_msrs(count, cpus);

	for (uint32_t i = 0; r == 0 && i < node->n_packages; i++)
		if (is_measured(count, cpus, all_packages, node->packages[i]))
			r = add_package(count, msrd, node->packages[i], cpus);
	return r;
}
