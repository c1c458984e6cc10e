/* SPDX-License-Identifier: MIT */
/*
 * workload.yaml: what runs on the node. Knows no register and no event: rates
 * are names, numbers and events per second.
 */
#include "sim/fixture_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fixture_census.h"
#include "sim/fixture_rates.h"
#include "sim/fixture_yaml.h"
#include "util/cleanup.h"

#define MAX_PHASES 64
#define MAX_MIXES  64
#define MAX_BOXES  64
/* of a fixture: far more than a workload for the largest node would have */
#define MAX_ALL_RATES (1u << 18)

struct mix_yaml {
	char *name;
	struct fixture_rate_yaml *rates;
	unsigned rates_count;
};

struct cpu_load_yaml {
	char *cpus;
	double frequency_mhz, active, user, instructions_per_cycle, temperature_c;
	char **mixes;
	unsigned mixes_count;
	struct fixture_rate_yaml *rates;
	unsigned rates_count;
};

struct box_load_yaml {
	char *unit, *boxes;
	struct fixture_rate_yaml *rates;
	unsigned rates_count;
};

struct package_load_yaml {
	char *packages;
	double package_watts, pp0_watts, dram_watts, temperature_c;
	struct box_load_yaml *boxes;
	unsigned boxes_count;
};

struct phase_yaml {
	char *name;
	double seconds;
	struct cpu_load_yaml *cpus;
	unsigned cpus_count;
	struct package_load_yaml *packages;
	unsigned packages_count;
};

struct workload_yaml {
	struct mix_yaml *mixes;
	unsigned mixes_count;
	struct phase_yaml *phases;
	unsigned phases_count;
};

#define TEXT(type, member)                                                                         \
	CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER, type, member, 1, 65536)
#define FIGURE(type, member) CYAML_FIELD_FLOAT(#member, CYAML_FLAG_DEFAULT, type, member)
#define LIST(type, member, entry, max)                                                             \
	CYAML_FIELD_SEQUENCE(#member, CYAML_FLAG_POINTER, type, member, entry, 1, max)
#define OPTIONAL_LIST(type, member, entry, max)                                                    \
	CYAML_FIELD_SEQUENCE(                                                                      \
		#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, entry, 0, max)

static const cyaml_schema_field_t mix_fields[] = {
	TEXT(struct mix_yaml, name),
	LIST(struct mix_yaml, rates, &fixture_rate_value, FIXTURE_MAX_RATES),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t mix_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct mix_yaml, mix_fields),
};

static const cyaml_schema_value_t mix_name_value = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 256),
};

static const cyaml_schema_field_t cpu_load_fields[] = {
	TEXT(struct cpu_load_yaml, cpus),
	FIGURE(struct cpu_load_yaml, frequency_mhz),
	FIGURE(struct cpu_load_yaml, active),
	FIGURE(struct cpu_load_yaml, user),
	FIGURE(struct cpu_load_yaml, instructions_per_cycle),
	FIGURE(struct cpu_load_yaml, temperature_c),
	OPTIONAL_LIST(struct cpu_load_yaml, mixes, &mix_name_value, MAX_MIXES),
	OPTIONAL_LIST(struct cpu_load_yaml, rates, &fixture_rate_value, FIXTURE_MAX_RATES),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t cpu_load_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct cpu_load_yaml, cpu_load_fields),
};

static const cyaml_schema_field_t box_load_fields[] = {
	TEXT(struct box_load_yaml, unit),
	TEXT(struct box_load_yaml, boxes),
	LIST(struct box_load_yaml, rates, &fixture_rate_value, FIXTURE_MAX_RATES),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t box_load_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct box_load_yaml, box_load_fields),
};

static const cyaml_schema_field_t package_load_fields[] = {
	TEXT(struct package_load_yaml, packages),
	FIGURE(struct package_load_yaml, package_watts),
	FIGURE(struct package_load_yaml, pp0_watts),
	FIGURE(struct package_load_yaml, dram_watts),
	FIGURE(struct package_load_yaml, temperature_c),
	OPTIONAL_LIST(struct package_load_yaml, boxes, &box_load_value, 256),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t package_load_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct package_load_yaml, package_load_fields),
};

static const cyaml_schema_field_t phase_fields[] = {
	TEXT(struct phase_yaml, name),
	FIGURE(struct phase_yaml, seconds),
	LIST(struct phase_yaml, cpus, &cpu_load_value, FIXTURE_MAX_CPUS),
	LIST(struct phase_yaml, packages, &package_load_value, FIXTURE_MAX_PACKAGES),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t phase_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct phase_yaml, phase_fields),
};

static const cyaml_schema_field_t workload_fields[] = {
	OPTIONAL_LIST(struct workload_yaml, mixes, &mix_value, MAX_MIXES),
	LIST(struct workload_yaml, phases, &phase_value, MAX_PHASES),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t workload_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct workload_yaml, workload_fields),
};

/* The units of op.h that a workload can load, and those behind MSRs. */
static const char *const units[] = {
	"imc",
	"ha",
	"qpi",
	"r2pcie",
	"r3qpi",
	"cbox",
	"ubox",
	"pcu",
};

/* The file being turned into phases. */
struct workload {
	struct fixture_yaml yaml;
	size_t budget; /* rates that may still come */
};

static void out_of_memory(struct workload *workload)
{
	fixture_complain(&workload->yaml.file, 0, "out of memory");
}

static const struct mix_yaml *find_mix(const struct workload_yaml *data, const char *name)
{
	for (unsigned i = 0; i < data->mixes_count; i++)
		if (strcmp(data->mixes[i].name, name) == 0)
			return &data->mixes[i];
	return NULL;
}

static void check_mixes(struct fixture_yaml *yaml)
{
	const struct workload_yaml *data = yaml->data;

	for (unsigned i = 0; i < data->mixes_count; i++) {
		const struct mix_yaml *mix = &data->mixes[i];
		char path[32];
		snprintf(path, sizeof path, "mixes[%u]", i);
		if (find_mix(data, mix->name) != mix)
			fixture_yaml_complain(yaml, path, "name", "'%s' is there twice", mix->name);
		fixture_rates_check(yaml, path, mix->rates, mix->rates_count, true);
	}
}

static void make_cpu_load(struct workload *workload, const char *path,
	struct fixture_cpu_load *load, const struct cpu_load_yaml *from)
{
	struct fixture_yaml *yaml = &workload->yaml;
	struct fixture_list cpus =
		fixture_yaml_list(yaml, path, "cpus", from->cpus, FIXTURE_MAX_CPUS - 1);
	double instructions = from->frequency_mhz * 1e6 * from->instructions_per_cycle;
	struct fixture_rates rates = {0};

	fixture_yaml_range(yaml, path, "frequency_mhz", from->frequency_mhz, 1, 100000);
	fixture_yaml_range(yaml, path, "active", from->active, 0, 1);
	fixture_yaml_range(yaml, path, "user", from->user, 0, 1);
	fixture_yaml_range(
		yaml, path, "instructions_per_cycle", from->instructions_per_cycle, 0, 16);
	fixture_yaml_range(yaml, path, "temperature_c", from->temperature_c, 0, 127);
	fixture_rates_check(yaml, path, from->rates, from->rates_count, true);
	for (unsigned i = 0; i < from->mixes_count; i++) {
		const struct mix_yaml *mix = find_mix(yaml->data, from->mixes[i]);
		if (mix)
			fixture_rates_add(&rates, yaml, path, mix->rates, mix->rates_count,
				instructions, &workload->budget);
		else
			fixture_yaml_complain(
				yaml, path, "mixes", "names '%s', which is none", from->mixes[i]);
	}
	fixture_rates_add(&rates, yaml, path, from->rates, from->rates_count, instructions,
		&workload->budget);
	*load = (struct fixture_cpu_load){
		.cpus = cpus.numbers,
		.n_cpus = cpus.n,
		.frequency_mhz = from->frequency_mhz,
		.active = from->active,
		.user = from->user,
		.instructions_per_cycle = from->instructions_per_cycle,
		.temperature_c = from->temperature_c,
		.rates = rates.rates,
		.n_rates = rates.n,
	};
}

static bool is_unit(const char *name)
{
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcmp(units[i], name) == 0)
			return true;
	return false;
}

static void make_box_load(struct workload *workload, const char *path,
	struct fixture_box_load *load, struct box_load_yaml *from)
{
	struct fixture_yaml *yaml = &workload->yaml;
	struct fixture_list boxes =
		fixture_yaml_list(yaml, path, "boxes", from->boxes, MAX_BOXES - 1);
	struct fixture_rates rates = {0};

	if (!is_unit(from->unit))
		fixture_yaml_complain(
			yaml, path, "unit", "is '%s', which is no uncore unit", from->unit);
	fixture_rates_check(yaml, path, from->rates, from->rates_count, false);
	fixture_rates_add(&rates, yaml, path, from->rates, from->rates_count, 0, &workload->budget);
	*load = (struct fixture_box_load){
		.unit = steal_ptr(&from->unit),
		.boxes = boxes.numbers,
		.n_boxes = boxes.n,
		.rates = rates.rates,
		.n_rates = rates.n,
	};
}

static bool share_a_box(const struct fixture_box_load *a, const struct fixture_box_load *b)
{
	if (strcmp(a->unit, b->unit) != 0)
		return false;
	for (size_t i = 0; i < a->n_boxes; i++)
		for (size_t j = 0; j < b->n_boxes; j++)
			if (a->boxes[i] == b->boxes[j])
				return true;
	return false;
}

static void make_package_load(struct workload *workload, const char *path,
	struct fixture_package_load *load, struct package_load_yaml *from)
{
	struct fixture_yaml *yaml = &workload->yaml;
	struct fixture_list packages =
		fixture_yaml_list(yaml, path, "packages", from->packages, FIXTURE_MAX_PACKAGES - 1);

	fixture_yaml_range(yaml, path, "package_watts", from->package_watts, 0, 10000);
	fixture_yaml_range(yaml, path, "pp0_watts", from->pp0_watts, 0, from->package_watts);
	fixture_yaml_range(yaml, path, "dram_watts", from->dram_watts, 0, 10000);
	fixture_yaml_range(yaml, path, "temperature_c", from->temperature_c, 0, 127);
	*load = (struct fixture_package_load){
		.packages = packages.numbers,
		.n_packages = packages.n,
		.package_watts = from->package_watts,
		.pp0_watts = from->pp0_watts,
		.dram_watts = from->dram_watts,
		.temperature_c = from->temperature_c,
		.boxes = calloc(from->boxes_count + 1u, sizeof *load->boxes),
	};
	if (!load->boxes) {
		out_of_memory(workload);
		return;
	}
	for (unsigned i = 0; i < from->boxes_count; i++) {
		char at[128];
		snprintf(at, sizeof at, "%s.boxes[%u]", path, i);
		make_box_load(workload, at, &load->boxes[i], &from->boxes[i]);
		load->n_boxes++;
		for (unsigned j = 0; j < i; j++)
			if (share_a_box(&load->boxes[i], &load->boxes[j]))
				fixture_yaml_complain(
					yaml, at, "boxes", "has one that boxes[%u] has too", j);
	}
}

static void make_phase(struct workload *workload, const char *path, struct fixture_phase *phase,
	struct phase_yaml *from, bool is_last)
{
	char at[64];

	/* the last may be endless, and a shorter one than this could not be told from it */
	if (!is_last || from->seconds != 0)
		fixture_yaml_range(&workload->yaml, path, "seconds", from->seconds, 1e-6, 1e8);
	phase->name = steal_ptr(&from->name);
	phase->seconds = from->seconds;
	phase->cpu_loads = calloc(from->cpus_count, sizeof *phase->cpu_loads);
	phase->package_loads = calloc(from->packages_count, sizeof *phase->package_loads);
	if (!phase->cpu_loads || !phase->package_loads) {
		out_of_memory(workload);
		return;
	}
	for (unsigned i = 0; i < from->cpus_count; i++) {
		snprintf(at, sizeof at, "%s.cpus[%u]", path, i);
		make_cpu_load(
			workload, at, &phase->cpu_loads[phase->n_cpu_loads++], &from->cpus[i]);
	}
	for (unsigned i = 0; i < from->packages_count; i++) {
		snprintf(at, sizeof at, "%s.packages[%u]", path, i);
		make_package_load(workload, at, &phase->package_loads[phase->n_package_loads++],
			&from->packages[i]);
	}
	fixture_census_check(&workload->yaml, path, phase);
}

void fixture_load_workload(struct fixture_load *load)
{
	struct workload workload = {.budget = MAX_ALL_RATES};
	struct fixture *fixture = load->fixture;

	if (fixture_yaml_open(&workload.yaml, load, "workload.yaml", &workload_value)) {
		struct workload_yaml *data = workload.yaml.data;
		check_mixes(&workload.yaml);
		fixture->phases = calloc(data->phases_count, sizeof *fixture->phases);
		if (!fixture->phases)
			out_of_memory(&workload);
		for (unsigned i = 0; fixture->phases && i < data->phases_count; i++) {
			char path[32];
			snprintf(path, sizeof path, "phases[%u]", i);
			make_phase(&workload, path, &fixture->phases[fixture->n_phases++],
				&data->phases[i], i + 1 == data->phases_count);
		}
	}
	fixture_yaml_close(&workload.yaml);
}
