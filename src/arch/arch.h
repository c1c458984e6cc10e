/* SPDX-License-Identifier: MIT */
/*
 * What a CPU model is, as data. A new model is a new folder beside 06_2d/ and
 * its name in the list of meson.build: see "Add a CPU model" in MODELS.md.
 */
#ifndef MSRD_ARCH_ARCH_H
#define MSRD_ARCH_ARCH_H

#include <stddef.h>

#include "arch/buses.h"
#include "arch/pmu.h"
#include "arch/registers.h"
#include "op.h"
#include "policy/allowlist.h"

/* An uncore unit in PCI config space: every uncore bus that has it, has it at this place. */
struct arch_function {
	enum op_unit unit;
	uint32_t index;
	uint8_t devfn;	       /* device << 3 | function */
	uint16_t device_id[2]; /* vendor 8086; the second is an alternative, 0 is none */
};
#define ARCH_DEVFN(device, function) ((device) << 3 | (function))

/* A profile: allowlist entries compiled in from one .allow file. */
struct arch_profile {
	const char *name;
	const struct allowlist *list;
};

/* Some bits of an MSR. */
struct arch_field {
	uint32_t reg;
	uint8_t shift, bits;
};

static inline uint64_t arch_field_get(const struct arch_field *field, uint64_t value)
{
	return value >> field->shift & (UINT64_MAX >> (64 - field->bits));
}

/* Of a CPU's local APIC. */
enum arch_apic_mode { ARCH_MODE_OFF, ARCH_MODE_INVALID, ARCH_MODE_XAPIC, ARCH_MODE_X2APIC };

/* Each model's folder defines one, by the name arch_MODEL. */
struct arch {
	const char *name; /* "06_2d" */
	unsigned family, model;
	const char *text;		     /* what people call it */
	const struct arch_profile *profiles; /* who gets which: daemon/grant.h */
	size_t n_profiles;

	const struct arch_registers *registers;
	const struct arch_box *boxes;
	size_t n_boxes;
	struct arch_all_boxes all_boxes;
	const struct arch_function *functions;
	size_t n_functions;
	struct arch_buses buses;
	const struct arch_core *core;
	const struct arch_limit *core_limits;
	size_t n_core_limits;
	const char *pfm; /* as libpfm4 calls the core's PMU */

	struct arch_field base_ratio; /* of the TSC and the reference cycles, times ratio_mhz */
	double ratio_mhz;
	struct arch_field energy_unit; /* n: a unit of the RAPL counters is 1/2^n J */
	double dram_joules;	       /* a unit of the DRAM counter; 0: energy_unit's */
	struct arch_field hot;	       /* TjMax in degrees C */
	struct arch_field apic_mode;   /* enum arch_apic_mode */

	/* memory traffic: events of a box, so many bytes each */
	const struct arch_box *memory_box;
	struct arch_event memory_read, memory_write;
	unsigned memory_bytes;

	uint32_t slice_kib; /* last-level cache that one slice, and its box, keeps */
};

/* The model's data, or NULL when it is not supported. */
const struct arch *arch_find(unsigned family, unsigned model);

/* Number i of the models, from 0; NULL behind the last. */
const struct arch *arch_get(size_t i);

/* The unit that is at this place under this id (vendor 8086); NULL: none of the model's. */
const struct arch_function *arch_find_function(
	const struct arch *arch, uint8_t devfn, uint16_t device_id);

/* The kind of box of that name; NULL: none of the model's. */
const struct arch_box *arch_find_box(const struct arch *arch, const char *name);

/* The counters of the core, or of a box (NULL: the core), that can count the event: bit i is
 * counter i, as far as the model limits it; else all bits are set. */
uint32_t arch_limited(
	const struct arch *arch, const struct arch_box *box, uint8_t event, uint8_t umask);

/* The kind of box that a unit is; NULL: it does not count. Only its space and unit matter. */
const struct arch_box *arch_box_of(const struct arch *arch, const struct place *unit);

#endif
