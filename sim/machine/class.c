/* SPDX-License-Identifier: MIT */
/* The classes of registers. Knows the fields of the model's table, no address. */
#include "sim/machine/class.h"

#include <errno.h>

#include "sim/machine/machine_state.h"

/* storage, the ground that others stand on */

static uint64_t stored_read(const struct instance *instance)
{
	return *instance->stored;
}

static int stored_write(const struct instance *instance, uint64_t value)
{
	*instance->stored = value;
	return 0;
}

static bool stored_preset(const struct instance *instance, uint64_t value)
{
	*instance->stored = value;
	return true;
}

/* what some events are narrowed by: of a core or a box */

static void apply_filter(const struct instance *instance, uint64_t value)
{
	const struct arch_register *entry = instance->entry;

	if (entry->box)
		uncore_set_filter(instance->box, entry->shift, entry->write_mask, instance->ns,
			value & entry->write_mask);
	else if (instance->pmu)
		pmu_told(instance->pmu,
			arch_register_address(entry, instance->number - entry->first), instance->ns,
			value);
}

/* Of memory, as numbers of the manual (SDM vol. 3, Memory Cache Control): 2 and 3 are reserved, and
 * 7 (UC-) is the PAT's alone. */
static bool is_memory_type(uint64_t type, uint64_t last)
{
	return type <= last && type != 2 && type != 3;
}

static bool are_memory_types(uint64_t value, uint64_t last)
{
	for (unsigned shift = 0; shift < 64; shift += 8)
		if (!is_memory_type(value >> shift & 0xff, last))
			return false;
	return true;
}

static bool is_canonical(uint64_t value)
{
	const unsigned sign = 47;
	uint64_t above = value >> sign;

	return above == 0 || above == UINT64_MAX >> sign;
}

/* SDM vol. 3, x2APIC State Transitions */
static bool is_apic_transition(const struct arch_field *mode, uint64_t from, uint64_t to)
{
	from = arch_field_get(mode, from);
	to = arch_field_get(mode, to);
	return to != ARCH_MODE_INVALID && !(from == ARCH_MODE_OFF && to == ARCH_MODE_X2APIC) &&
	       !(from == ARCH_MODE_X2APIC && to == ARCH_MODE_XAPIC);
}

static bool is_accepted(const struct instance *instance, uint64_t value)
{
	switch (instance->entry->check) {
	case ARCH_ANY_VALUE:
		return true;
	case ARCH_CANONICAL:
		return is_canonical(value);
	case ARCH_MEMORY_TYPE:
		return is_memory_type(value & 0xff, 6);
	case ARCH_MEMORY_TYPES:
		return are_memory_types(value, 6);
	case ARCH_PAT_TYPES:
		return are_memory_types(value, 7);
	case ARCH_APIC_MODES:
		return is_apic_transition(
			&instance->machine->arch->apic_mode, *instance->stored, value);
	}
	return false;
}

static int storage_write(const struct instance *instance, uint64_t value)
{
	if (!is_accepted(instance, value))
		return -EIO;
	*instance->stored = value;
	apply_filter(instance, value);
	return 0;
}

static bool storage_preset(const struct instance *instance, uint64_t value)
{
	stored_preset(instance, value);
	apply_filter(instance, value);
	return true;
}

static uint64_t storage_write_mask(const struct instance *instance)
{
	return *instance->stored & instance->entry->lock ? 0 : instance->entry->write_mask;
}

static uint64_t constant_write_mask(const struct instance *instance)
{
	(void)instance;
	return 0;
}

static uint64_t clearable_write_mask(const struct instance *instance)
{
	return op_space_mask(instance->entry->space);
}

static int clearable_write(const struct instance *instance, uint64_t value)
{
	return value == 0 ? stored_write(instance, 0) : -EIO;
}

static int latched_write(const struct instance *instance, uint64_t value)
{
	(void)instance;
	return value == 0 ? 0 : -EIO;
}

/* running: counts for ever, with an offset */

static uint64_t running_mask(const struct instance *instance)
{
	return UINT64_MAX >> (64 - instance->entry->width);
}

/* How far it has come by itself. */
static uint64_t running_total(const struct instance *instance)
{
	uint64_t period = instance->entry->period_ns == 0 ? 1 : instance->entry->period_ns;

	return meter_total(instance->running, instance->ns - instance->ns % period);
}

static uint64_t running_read(const struct instance *instance)
{
	return (*instance->stored + running_total(instance)) & running_mask(instance);
}

static uint64_t running_write_mask(const struct instance *instance)
{
	return instance->entry->write_mask;
}

static int running_write(const struct instance *instance, uint64_t value)
{
	return stored_write(instance, value - running_total(instance));
}

static bool running_preset(const struct instance *instance, uint64_t value)
{
	running_write(instance, value);
	return (value & ~running_mask(instance)) == 0;
}

/* thermal */

static uint64_t thermometer_read(const struct instance *instance)
{
	return thermal_read(instance->thermal, instance->ns);
}

static uint64_t thermometer_write_mask(const struct instance *instance)
{
	(void)instance;
	return THERMAL_WRITE_MASK;
}

static int thermometer_write(const struct instance *instance, uint64_t value)
{
	thermal_write(instance->thermal, instance->ns, value);
	return 0;
}

static bool thermometer_preset(const struct instance *instance, uint64_t value)
{
	thermal_preset(instance->thermal, value);
	return true;
}

/* the PMU of a core */

static uint64_t core_read(const struct instance *instance)
{
	return pmu_read(instance->pmu, instance->entry->part, instance->number, instance->ns);
}

static uint64_t core_write_mask(const struct instance *instance)
{
	return pmu_write_mask(instance->pmu, instance->entry->part);
}

static int core_write(const struct instance *instance, uint64_t value)
{
	pmu_write(instance->pmu, instance->entry->part, instance->number, instance->ns, value);
	return 0;
}

static bool core_preset(const struct instance *instance, uint64_t value)
{
	return pmu_preset(
		instance->pmu, instance->entry->part, instance->number, instance->ns, value);
}

/* an uncore box, whose parts may be wider than the registers that show them */

static uint64_t part_read(const struct instance *instance)
{
	return uncore_read(instance->box, instance->entry->part, instance->number, instance->ns);
}

static uint64_t box_read(const struct instance *instance)
{
	const struct arch_register *entry = instance->entry;

	return part_read(instance) >> entry->shift & op_space_mask(entry->space);
}

static uint64_t box_write_mask(const struct instance *instance)
{
	const struct arch_register *entry = instance->entry;

	return uncore_write_mask(instance->box, entry->part) >> entry->shift &
	       op_space_mask(entry->space);
}

static int box_write(const struct instance *instance, uint64_t value)
{
	const struct arch_register *entry = instance->entry;
	uint64_t others = part_read(instance) & ~(op_space_mask(entry->space) << entry->shift);

	uncore_write(instance->box, entry->part, instance->number, instance->ns,
		others | value << entry->shift);
	return 0;
}

static bool box_preset(const struct instance *instance, uint64_t value)
{
	uint64_t mask = box_write_mask(instance);

	box_write(instance, value & mask);
	return (value & ~mask) == 0;
}

/* the control of all boxes of a package: its bits for that read 0, the others are storage */

static uint64_t all_boxes_write_mask(const struct instance *instance)
{
	const struct arch_all_boxes *bits = &instance->machine->arch->all_boxes;

	return instance->entry->write_mask | bits->freeze | bits->unfreeze;
}

static int all_boxes_write(const struct instance *instance, uint64_t value)
{
	const struct arch_all_boxes *bits = &instance->machine->arch->all_boxes;

	if (value & bits->freeze)
		machine_hold_boxes(instance->machine, instance->package, true, instance->ns);
	else if (value & bits->unfreeze)
		machine_hold_boxes(instance->machine, instance->package, false, instance->ns);
	return stored_write(instance, value & ~(bits->freeze | bits->unfreeze));
}

/* status: cleared by writing 1 */

static uint64_t status_write_mask(const struct instance *instance)
{
	return instance->entry->write_mask;
}

static int status_write(const struct instance *instance, uint64_t value)
{
	return stored_write(instance, *instance->stored & ~value);
}

/* the names of a local APIC */

static uint64_t apic_id_read(const struct instance *instance)
{
	const unsigned bits_in_cluster = 4;
	uint32_t id = instance->apic_id, cluster = id >> bits_in_cluster;

	if (instance->entry->part == ARCH_APIC_WHOLE)
		return id;
	return (uint32_t)(cluster << 16 | 1u << (id & ((1u << bits_in_cluster) - 1)));
}

static bool apic_id_preset(const struct instance *instance, uint64_t value)
{
	return value == apic_id_read(instance);
}

const struct class_ops *class_ops(enum arch_class class)
{
	/* an absent register has an owner nowhere: nobody comes here for one */
	static const struct class_ops ops[] = {
		[ARCH_CONSTANT] = {stored_read, constant_write_mask, stored_write, stored_preset},
		[ARCH_STORAGE] = {stored_read, storage_write_mask, storage_write, storage_preset},
		[ARCH_CLEARABLE] = {stored_read, clearable_write_mask, clearable_write,
			stored_preset},
		[ARCH_LATCHED] = {stored_read, clearable_write_mask, latched_write, stored_preset},
		[ARCH_RUNNING] = {running_read, running_write_mask, running_write, running_preset},
		[ARCH_THERMAL] = {thermometer_read, thermometer_write_mask, thermometer_write,
			thermometer_preset},
		[ARCH_CORE_PMU] = {core_read, core_write_mask, core_write, core_preset},
		[ARCH_ALL_BOXES] = {stored_read, all_boxes_write_mask, all_boxes_write,
			stored_preset},
		[ARCH_STATUS] = {stored_read, status_write_mask, status_write, stored_preset},
		[ARCH_BOX] = {box_read, box_write_mask, box_write, box_preset},
		[ARCH_APIC_ID] = {apic_id_read, constant_write_mask, stored_write, apic_id_preset},
	};

	return &ops[class];
}

int class_set(const struct instance *instance, uint64_t value)
{
	const struct class_ops *ops = class_ops(instance->entry->class);

	if (instance->entry->class == ARCH_THERMAL || !ops->preset)
		return -ENOENT;
	uint64_t before = ops->read(instance);
	if (ops->preset(instance, value))
		return 0;
	(void)ops->preset(instance, before);
	return -EINVAL;
}
