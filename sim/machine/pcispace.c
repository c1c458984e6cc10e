/* SPDX-License-Identifier: MIT */
/*
 * Config cycles: where the dump answers and where a register of the model. A
 * cycle cannot fail; reserved bits, and all that is not known to be writable,
 * stay as they are. Knows no counting, and no offset in particular.
 */
#include "sim/machine/pcispace.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "sim/machine/buses.h"
#include "util/bytes.h"

/* PCI Local Bus Specification 3.0, 6.1: what every function lets be written. Assumed: all the
 * command bits of an Express function (I/O, memory, bus master, parity, SERR#, no INTx). */
static const struct {
	uint32_t offset, mask;
} header[MACHINE_N_HEADER] = {{0x04, 0x0547}, {0x3c, 0xff}};

/* -1: a dword that is not one of them. */
static int find_header(uint32_t offset)
{
	for (int i = 0; i < MACHINE_N_HEADER; i++)
		if (header[i].offset == offset)
			return i;
	return -1;
}

static uint32_t dump_dword(const struct fixture_function *dump, uint32_t offset)
{
	return offset + 4 > dump->size ? 0 : get_le32(dump->config + offset);
}

/* Field by field: a read is short enough for the cost of copying one to show. */
static void instance_init(struct instance *instance, struct machine_function *function,
	const struct arch_hit *hit, uint64_t ns)
{
	assert(hit->entry); /* machine_list_registers has put one there */
	instance->entry = hit->entry;
	instance->number = hit->entry->first + hit->index;
	instance->ns = ns;
	instance->stored = &function->values[hit->slot];
	instance->box = &function->box;
	/* what only a CPU has */
	instance->running = NULL;
	instance->thermal = NULL;
	instance->pmu = NULL;
	instance->machine = NULL;
	instance->package = NULL;
}

/* False: the dump's. */
static bool find_instance(
	struct instance *instance, struct machine_function *function, uint32_t offset, uint64_t ns)
{
	const struct arch_hit *hit =
		machine_find_register(function->registers, function->n_registers, offset);

	if (hit)
		instance_init(instance, function, hit, ns);
	return hit;
}

static uint32_t read_dword(struct machine_function *function, uint32_t offset, uint64_t ns)
{
	struct instance instance;
	int at = find_header(offset);

	if (at >= 0)
		return function->header[at];
	if (find_instance(&instance, function, offset, ns))
		return (uint32_t)class_ops(instance.entry->class)->read(&instance);
	return dump_dword(function->dump, offset);
}

static void write_dword(
	struct machine_function *function, uint32_t offset, uint64_t ns, uint32_t value)
{
	struct instance instance;
	int at = find_header(offset);

	if (at >= 0) {
		function->header[at] ^= (function->header[at] ^ value) & header[at].mask;
		return;
	}
	if (!find_instance(&instance, function, offset, ns))
		return;
	const struct class_ops *ops = class_ops(instance.entry->class);
	uint64_t mask = ops->write_mask(&instance);
	uint64_t kept = ops->read(&instance) & ~mask;
	/* a refused value is ignored too */
	if (mask != 0)
		(void)ops->write(&instance, kept | (value & mask));
}

/* Those of the machine's registers that are the unit's. */
static int list_registers(const struct machine *machine, struct machine_function *function)
{
	const struct place device = machine_unit_place(function);

	function->registers = calloc(machine->n_registers, sizeof *function->registers);
	if (!function->registers)
		return -ENOMEM;
	for (size_t i = 0; i < machine->n_registers; i++) {
		const struct arch_hit *hit = &machine->registers[i];

		if (hit->entry->class != ARCH_ABSENT && arch_register_is_of(hit->entry, &device))
			function->registers[function->n_registers++] = *hit;
	}
	return 0;
}

/* The unit's registers hold what the dump shows. */
static void take_dump(struct machine_function *function)
{
	for (size_t i = 0; i < function->n_registers; i++) {
		const struct arch_hit *hit = &function->registers[i];
		struct instance instance;

		instance_init(&instance, function, hit, 0);
		(void)class_ops(hit->entry->class)
			->preset(&instance, dump_dword(function->dump, hit->address));
	}
}

int pcispace_init(struct machine *machine, uint32_t number, uint32_t package)
{
	struct machine_function *function = &machine->functions[number];
	const struct fixture_function *dump = &machine->fixture->functions[number];

	*function = (struct machine_function){
		.dump = dump,
		.uncore = machine_find_unit(machine->arch, dump),
		.package = package,
	};
	for (int i = 0; i < MACHINE_N_HEADER; i++)
		function->header[i] = dump_dword(dump, header[i].offset);
	if (!function->uncore)
		return 0;
	function->values = calloc(machine->n_slots, sizeof *function->values);
	if (!function->values || list_registers(machine, function) < 0)
		return -ENOMEM;
	const struct place device = machine_unit_place(function);
	const struct arch_box *kind = arch_box_of(machine->arch, &device);
	if (kind)
		uncore_init(&function->box, kind, machine->fixture, package,
			function->uncore->index, &machine->log);
	take_dump(function);
	return 0;
}

void pcispace_deinit(struct machine_function *function)
{
	free(function->values);
	free(function->registers);
}

static uint32_t width_mask(uint32_t width)
{
	return UINT32_MAX >> (32 - 8 * width);
}

static bool is_outside(const struct machine_function *function, uint32_t offset, uint32_t width)
{
	return offset >= function->dump->size || width > function->dump->size - offset;
}

uint32_t pcispace_read(
	struct machine *machine, uint32_t number, uint32_t offset, uint32_t width, uint64_t ns)
{
	struct machine_function *function = &machine->functions[number];

	if (is_outside(function, offset, width))
		return width_mask(width);
	return read_dword(function, offset & ~3u, ns) >> (offset & 3) * 8 & width_mask(width);
}

void pcispace_write(struct machine *machine, uint32_t number, uint32_t offset, uint32_t width,
	uint64_t ns, uint32_t value)
{
	struct machine_function *function = &machine->functions[number];
	uint32_t shift = (offset & 3) * 8;
	uint32_t mask = width_mask(width) << shift;

	if (is_outside(function, offset, width))
		return;
	uint32_t others = read_dword(function, offset & ~3u, ns) & ~mask;
	write_dword(function, offset & ~3u, ns, others | (value << shift & mask));
}

int pcispace_set(
	struct machine *machine, uint32_t number, uint32_t offset, uint64_t ns, uint32_t value)
{
	struct instance instance;

	if (!find_instance(&instance, &machine->functions[number], offset, ns))
		return -ENOENT;
	return class_set(&instance, value);
}
