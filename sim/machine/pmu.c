/* SPDX-License-Identifier: MIT */
/* The registers of the core PMU. Knows their bits, not their addresses, and not what counts. */
#include "sim/machine/pmu.h"

#include "sim/machine/pmu_count.h"

static uint64_t low_bits(unsigned n)
{
	return (UINT64_C(1) << n) - 1;
}

/* Bits of the counters in the global registers. */
static uint64_t counter_bits(const struct pmu *pmu)
{
	return low_bits(pmu->n_general) | low_bits(pmu->core->n_fixed) << PMU_GLOBAL_FIXED;
}

static void settle_all(struct pmu *pmu, uint32_t index, uint64_t ns)
{
	(void)index;
	pmu_settle(pmu, ns);
}

void pmu_init(struct pmu *pmu, const struct arch_core *core, const struct fixture *fixture,
	uint32_t cpu, struct sim_log *log)
{
	*pmu = (struct pmu){
		.core = core,
		.n_general =
			fixture->threads_per_core == 1 ? core->n_general_alone : core->n_general,
		.flow = {.fixture = fixture, .cpu = cpu},
		.log = log,
	};
	for (uint32_t i = 0; i < ARCH_MAX_GENERAL; i++)
		pmu->general[i].width = core->width;
	for (uint32_t i = 0; i < ARCH_MAX_FIXED; i++)
		pmu->fixed[i].width = core->width;
	pmu->global_control = low_bits(pmu->n_general);
}

static uint64_t select_read(struct pmu *pmu, uint32_t index)
{
	return pmu->select[index];
}

static uint64_t select_write_mask(const struct pmu *pmu)
{
	return pmu->core->select_mask;
}

static void select_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	pmu->select[index] = value;
}

static uint64_t general_read(struct pmu *pmu, uint32_t index)
{
	counter_tell(&pmu->general[index], pmu->log);
	return pmu->general[index].value;
}

/* The upper half is ignored. */
static uint64_t general_write_mask(const struct pmu *pmu)
{
	(void)pmu;
	return UINT64_MAX;
}

static void general_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	counter_set(&pmu->general[index], (uint64_t)(int64_t)(int32_t)value);
}

static uint64_t full_write_mask(const struct pmu *pmu)
{
	return low_bits(pmu->core->width);
}

static void general_full_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	counter_set(&pmu->general[index], value);
}

static uint64_t fixed_read(struct pmu *pmu, uint32_t index)
{
	return pmu->fixed[index].value;
}

static void fixed_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	counter_set(&pmu->fixed[index], value);
}

static uint64_t fixed_control_read(struct pmu *pmu, uint32_t index)
{
	(void)index;
	return pmu->fixed_control;
}

static uint64_t fixed_control_write_mask(const struct pmu *pmu)
{
	return low_bits(pmu->core->n_fixed * pmu->core->fixed_control_bits);
}

static void fixed_control_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	(void)index;
	pmu->fixed_control = value;
}

static uint64_t global_control_read(struct pmu *pmu, uint32_t index)
{
	(void)index;
	return pmu->global_control;
}

static void global_control_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	(void)index;
	pmu->global_control = value;
}

static uint64_t global_status_read(struct pmu *pmu, uint32_t index)
{
	(void)index;
	return pmu->global_status;
}

static uint64_t global_status_write_mask(const struct pmu *pmu)
{
	(void)pmu;
	return 0;
}

/* What a fixture recorded. */
static void global_status_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	(void)index;
	pmu->global_status = value;
}

static uint64_t overflow_read(struct pmu *pmu, uint32_t index)
{
	(void)pmu;
	(void)index;
	return 0;
}

static uint64_t overflow_write_mask(const struct pmu *pmu)
{
	return counter_bits(pmu) | pmu->core->status_extra;
}

static void overflow_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	(void)index;
	pmu->global_status &= ~value;
}

/* What a part does; for a write the counters are settled before and routed after. */
static const struct part_ops {
	/* what a read depends on; NULL: no counter */
	void (*settle)(struct pmu *pmu, uint32_t index, uint64_t ns);
	uint64_t (*read)(struct pmu *pmu, uint32_t index);
	uint64_t (*write_mask)(const struct pmu *pmu);
	void (*write)(struct pmu *pmu, uint32_t index, uint64_t value);
	/* where a recorded value differs from a written one: its bits, and what it does */
	uint64_t (*preset_mask)(const struct pmu *pmu);
	void (*preset)(struct pmu *pmu, uint32_t index, uint64_t value);
} parts[] = {
	[ARCH_SELECT] = {NULL, select_read, select_write_mask, select_write, NULL, NULL},
	[ARCH_GENERAL] = {pmu_settle_general, general_read, general_write_mask, general_write,
		full_write_mask, general_full_write},
	[ARCH_GENERAL_FULL] = {pmu_settle_general, general_read, full_write_mask,
		general_full_write, NULL, NULL},
	[ARCH_FIXED] = {pmu_settle_fixed, fixed_read, full_write_mask, fixed_write, NULL, NULL},
	[ARCH_FIXED_CONTROL] = {NULL, fixed_control_read, fixed_control_write_mask,
		fixed_control_write, NULL, NULL},
	[ARCH_GLOBAL_CONTROL] = {NULL, global_control_read, counter_bits, global_control_write,
		NULL, NULL},
	[ARCH_GLOBAL_STATUS] = {settle_all, global_status_read, global_status_write_mask, NULL,
		overflow_write_mask, global_status_write},
	[ARCH_OVERFLOW_CONTROL] = {NULL, overflow_read, overflow_write_mask, overflow_write, NULL,
		NULL},
};

uint64_t pmu_write_mask(const struct pmu *pmu, enum arch_core_part part)
{
	return parts[part].write_mask(pmu);
}

uint64_t pmu_read(struct pmu *pmu, enum arch_core_part part, uint32_t index, uint64_t ns)
{
	const struct part_ops *ops = &parts[part];

	/* an interrupt that freezes concerns them all */
	if (pmu->freezes_on_pmi)
		pmu_settle(pmu, ns);
	else if (ops->settle)
		ops->settle(pmu, index, ns);
	return ops->read(pmu, index);
}

void pmu_write(
	struct pmu *pmu, enum arch_core_part part, uint32_t index, uint64_t ns, uint64_t value)
{
	pmu_settle(pmu, ns);
	parts[part].write(pmu, index, value);
	pmu_route(pmu, ns);
}

void pmu_told(struct pmu *pmu, uint32_t address, uint64_t ns, uint64_t value)
{
	if (address == pmu->core->debug_control) {
		pmu_settle(pmu, ns);
		pmu->freezes_on_pmi = value & pmu->core->freeze_on_pmi;
	}
	for (uint32_t i = 0; i < pmu->core->n_filters; i++) {
		if (pmu->core->filters[i].reg != address)
			continue;
		pmu_settle(pmu, ns);
		pmu->filters[i] = value;
		pmu_route(pmu, ns);
	}
}

bool pmu_preset(
	struct pmu *pmu, enum arch_core_part part, uint32_t index, uint64_t ns, uint64_t value)
{
	const struct part_ops *ops = &parts[part];
	uint64_t mask = ops->preset_mask ? ops->preset_mask(pmu) : ops->write_mask(pmu);

	if (value & ~mask)
		return false;
	pmu_settle(pmu, ns);
	(ops->preset ? ops->preset : ops->write)(pmu, index, value);
	pmu_route(pmu, ns);
	return true;
}
