/* SPDX-License-Identifier: MIT */
/*
 * Where Linux's drivers coretemp (sys/class/hwmon) and intel_rapl (sys/class/powercap) put what
 * they read. It must not know how.
 */
#include <stdio.h>
#include <string.h>

#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/nodetree.h"
#include "sim/machine/sensor.h"

#define ATTRIBUTE  4096 /* of sysfs: as stat says it */
#define FIRST_CORE 2	/* temp1 is the package */
#define HWMON	   "sys/devices/platform/coretemp.%u/hwmon/hwmon%u"
#define POWERCAP   "sys/devices/virtual/powercap/intel-rapl"

static bool exists(const struct fixture *fixture, enum sensor sensor)
{
	uint32_t address;

	return sensor_register(fixture, sensor, &address);
}

static void add_sensor(struct tree *tree, uint32_t dir, const char *name, mode_t mode, uint32_t cpu,
	enum sensor sensor)
{
	tree_device(tree, dir, name, &sensorfile_ops, mode, cpu * N_SENSORS + sensor, ATTRIBUTE);
}

static void add_temperature(struct tree *tree, uint32_t dir, uint32_t number, uint32_t cpu,
	enum sensor temperature, enum sensor alarm)
{
	const struct {
		const char *what;
		enum sensor sensor;
	} files[] = {{"input", temperature}, {"crit_alarm", alarm}, {"max", SENSOR_MAX_TEMPERATURE},
		{"crit", SENSOR_CRITICAL_TEMPERATURE}};
	char name[32];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(name, sizeof name, "temp%u_%s", number, files[i].what);
		add_sensor(tree, dir, name, 0444, cpu, files[i].sensor);
	}
}

/* The first of its package, or of its core, that is online. */
static bool is_first(const struct fixture *fixture, size_t cpu, bool of_core)
{
	const struct fixture_cpu *self = &fixture->cpus[cpu];

	for (size_t i = 0; i < cpu; i++)
		if (fixture->cpus[i].online && fixture->cpus[i].package == self->package &&
			(!of_core || fixture->cpus[i].core == self->core))
			return false;
	return self->online;
}

static void add_cores(
	struct tree *tree, uint32_t dir, const struct fixture *fixture, uint32_t package)
{
	char name[32];

	for (size_t i = 0; i < fixture->n_cpus; i++) {
		const struct fixture_cpu *cpu = &fixture->cpus[i];
		if (cpu->package != package || !is_first(fixture, i, true))
			continue;
		snprintf(name, sizeof name, "temp%u_label", cpu->core + FIRST_CORE);
		tree_text(tree, dir, name, "Core %u\n", cpu->core);
		add_temperature(tree, dir, cpu->core + FIRST_CORE, cpu->number,
			SENSOR_CORE_TEMPERATURE, SENSOR_CORE_ALARM);
	}
}

static void add_hwmon(struct tree *tree, const struct fixture *fixture, uint32_t index,
	const struct fixture_cpu *cpu)
{
	char path[96];

	snprintf(path, sizeof path, HWMON, index, index);
	uint32_t dir = tree_dir(tree, TREE_ROOT, path);
	tree_text(tree, dir, "name", "coretemp\n");
	tree_text(tree, dir, "temp1_label", "Package id %u\n", cpu->package);
	add_temperature(
		tree, dir, 1, cpu->number, SENSOR_PACKAGE_TEMPERATURE, SENSOR_PACKAGE_ALARM);
	add_cores(tree, dir, fixture, cpu->package);
	tree_link(tree, dir, "device", "../../../coretemp.%u", index);
	tree_link(tree, dir, "subsystem", "../../../../../class/hwmon");
	snprintf(path, sizeof path, "sys/devices/platform/coretemp.%u/subsystem", index);
	tree_link(tree, TREE_ROOT, path, "../../../bus/platform");
	snprintf(path, sizeof path, "sys/bus/platform/devices/coretemp.%u", index);
	tree_link(tree, TREE_ROOT, path, "../../../devices/platform/coretemp.%u", index);
	snprintf(path, sizeof path, "sys/class/hwmon/hwmon%u", index);
	tree_link(tree, TREE_ROOT, path, "../../devices/platform/coretemp.%u/hwmon/hwmon%u", index,
		index);
}

/* path: of the zone, from the class's directory of devices on */
static void add_zone(struct tree *tree, const char *path, const char *name, uint32_t cpu,
	enum sensor energy, enum sensor range)
{
	const char *slash = strrchr(path, '/');
	char link[96];

	snprintf(link, sizeof link, POWERCAP "%s", path);
	uint32_t dir = tree_dir(tree, TREE_ROOT, link);
	tree_text(tree, dir, "name", "%s\n", name);
	add_sensor(tree, dir, "energy_uj", 0400, cpu, energy);
	add_sensor(tree, dir, "max_energy_range_uj", 0444, cpu, range);
	snprintf(link, sizeof link, "sys/class/powercap/%s", slash + 1);
	tree_link(tree, TREE_ROOT, link, "../../devices/virtual/powercap/intel-rapl%s", path);
}

static void add_powercap(struct tree *tree, const struct fixture *fixture, uint32_t index,
	const struct fixture_cpu *cpu)
{
	static const struct {
		const char *name;
		enum sensor energy, range;
	} parts[] = {{"core", SENSOR_PP0_ENERGY, SENSOR_ENERGY_RANGE},
		{"dram", SENSOR_DRAM_ENERGY, SENSOR_DRAM_RANGE}};
	char path[64], name[32];
	unsigned n = 0;

	snprintf(path, sizeof path, "/intel-rapl:%u", index);
	snprintf(name, sizeof name, "package-%u", cpu->package);
	add_zone(tree, path, name, cpu->number, SENSOR_PACKAGE_ENERGY, SENSOR_ENERGY_RANGE);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!exists(fixture, parts[i].energy))
			continue;
		snprintf(path, sizeof path, "/intel-rapl:%u/intel-rapl:%u:%u", index, index, n++);
		add_zone(tree, path, parts[i].name, cpu->number, parts[i].energy, parts[i].range);
	}
}

void tree_sensor_add(struct tree *tree, const struct fixture *fixture)
{
	bool has_heat = exists(fixture, SENSOR_PACKAGE_TEMPERATURE);
	bool has_energy = exists(fixture, SENSOR_PACKAGE_ENERGY);
	uint32_t index = 0;

	if (has_energy)
		tree_link(tree, TREE_ROOT, "sys/class/powercap/intel-rapl",
			"../../devices/virtual/powercap/intel-rapl");
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		if (!is_first(fixture, i, false))
			continue;
		if (has_heat)
			add_hwmon(tree, fixture, index, &fixture->cpus[i]);
		if (has_energy)
			add_powercap(tree, fixture, index, &fixture->cpus[i]);
		index++;
	}
}
