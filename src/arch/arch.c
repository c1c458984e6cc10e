/* SPDX-License-Identifier: MIT */
/* The models that are supported. Data lives in the folders beside this file. */
#include "arch/arch.h"

#include "arch/06_2d/functions.h"

extern const struct allowlist allow_06_2d_counters;
extern const struct allowlist allow_06_2d_features;

static const struct arch_profile profiles_06_2d[] = {
	{"counters", &allow_06_2d_counters},
	{"features", &allow_06_2d_features},
};

static const struct arch archs[] = {
	{
		.name = "06_2d",
		.family = 0x6,
		.model = 0x2d,
		.text = "Sandy Bridge-EP",
		.functions = functions_06_2d,
		.n_functions = FUNCTIONS_06_2D,
		.profiles = profiles_06_2d,
		.n_profiles = sizeof profiles_06_2d / sizeof *profiles_06_2d,
	},
};

const struct arch *arch_find(unsigned family, unsigned model)
{
	for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
		if (archs[i].family == family && archs[i].model == model)
			return &archs[i];
	return NULL;
}

const struct arch_function *arch_find_function(
	const struct arch *arch, uint8_t devfn, uint16_t device_id)
{
	for (size_t i = 0; i < arch->n_functions && device_id != 0; i++) {
		const struct arch_function *function = &arch->functions[i];
		if (function->devfn == devfn && (function->device_id[0] == device_id ||
							function->device_id[1] == device_id))
			return function;
	}
	return NULL;
}
