/* SPDX-License-Identifier: MIT */
/* Counts who is in a phase of the workload. Knows nothing of what they do there. */
#include "sim/fixture_census.h"

#include <stdio.h>

/* Of one kind, by number. */
struct census {
	const char *what;
	enum { ABSENT, MISSING, NAMED } state[FIXTURE_MAX_CPUS];
};

static void census_take(struct census *census, struct fixture_yaml *yaml, const char *path,
	const char *key, const uint32_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t number = numbers[i];
		if (census->state[number] == ABSENT)
			fixture_yaml_complain(yaml, path, key, "names %s %u, which the node lacks",
				census->what, number);
		else if (census->state[number] == NAMED)
			fixture_yaml_complain(
				yaml, path, key, "names %s %u a second time", census->what, number);
		else
			census->state[number] = NAMED;
	}
}

static void census_end(const struct census *census, struct fixture_yaml *yaml, const char *path,
	const char *key, const char *cure)
{
	size_t first = 0, n = 0;

	for (size_t number = FIXTURE_MAX_CPUS; number-- > 0;) {
		if (census->state[number] == MISSING) {
			first = number;
			n++;
		}
	}
	if (n > 0)
		fixture_yaml_complain(yaml, path, key, "lacks %s %zu and %zu more%s", census->what,
			first, n - 1, cure);
}

void fixture_census_check(
	struct fixture_yaml *yaml, const char *path, const struct fixture_phase *phase)
{
	const struct fixture *fixture = yaml->file.load->fixture;
	struct census cpus = {.what = "CPU"}, packages = {.what = "package"};
	char key[64];

	/* a node that could not be loaded has nothing to compare with */
	if (fixture->n_cpus == 0)
		return;
	for (size_t i = 0; i < fixture->n_cpus; i++)
		cpus.state[fixture->cpus[i].number] = MISSING;
	for (size_t i = 0; i < fixture->n_packages; i++)
		packages.state[i] = MISSING;
	for (size_t i = 0; i < phase->n_cpu_loads; i++) {
		snprintf(key, sizeof key, "cpus[%zu].cpus", i);
		census_take(&cpus, yaml, path, key, phase->cpu_loads[i].cpus,
			phase->cpu_loads[i].n_cpus);
	}
	for (size_t i = 0; i < phase->n_package_loads; i++) {
		snprintf(key, sizeof key, "packages[%zu].packages", i);
		census_take(&packages, yaml, path, key, phase->package_loads[i].packages,
			phase->package_loads[i].n_packages);
	}
	census_end(&cpus, yaml, path, "cpus", " (an idle one has 'active: 0')");
	census_end(&packages, yaml, path, "packages", "");
}
