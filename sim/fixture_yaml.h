/* SPDX-License-Identifier: MIT */
/*
 * YAML files of a fixture: libcyaml checks them against a schema, and what is
 * wrong with a value later is reported with the line it stands in.
 */
#ifndef MSRD_SIM_FIXTURE_YAML_H
#define MSRD_SIM_FIXTURE_YAML_H

#include "sim/fixture_load.h"

#include <cyaml/cyaml.h>
#include <yaml.h>

struct fixture_yaml {
	struct fixture_file file;
	const cyaml_schema_value_t *schema;
	void *data; /* what the schema makes */
	bool has_document;
	yaml_document_t document; /* the same with lines */
};

/* False after a complaint; fixture_yaml_close in any case. */
bool fixture_yaml_open(struct fixture_yaml *yaml, struct fixture_load *load, const char *name,
	const cyaml_schema_value_t *schema);
void fixture_yaml_close(struct fixture_yaml *yaml);

/*
 * Complains about the value at a path such as "phases[0]" and key ("cpus",
 * "cpus[2].active", or "" for the path's value itself).
 */
__attribute__((format(printf, 4, 5))) void fixture_yaml_complain(
	struct fixture_yaml *yaml, const char *path, const char *key, const char *format, ...);

/* Complains unless min <= value <= max; what is no number is outside. */
void fixture_yaml_range(struct fixture_yaml *yaml, const char *path, const char *key, double value,
	double min, double max);

/* A list at path and key; complains about what is none, and then it is empty. */
struct fixture_list fixture_yaml_list(struct fixture_yaml *yaml, const char *path, const char *key,
	const char *text, uint32_t max);

#endif
