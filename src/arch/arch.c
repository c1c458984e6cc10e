/* SPDX-License-Identifier: MIT */
/* The models that are supported. Data lives in the folders beside this file. */
#include "arch/arch.h"

#include <string.h>

#include "arch/models.h"
#include "util/array.h"

#define X(model) extern const struct arch arch_##model;
ARCH_MODELS(X)
#undef X

static const struct arch *const models[] = {
#define X(model) &arch_##model,
	ARCH_MODELS(X)
#undef X
};

const struct arch *arch_get(size_t i)
{
	return i < N_ELEMENTS(models) ? models[i] : NULL;
}

const struct arch *arch_find(unsigned family, unsigned model)
{
	for (size_t i = 0; i < N_ELEMENTS(models); i++)
		if (models[i]->family == family && models[i]->model == model)
			return models[i];
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

const struct arch_box *arch_box_of(const struct arch *arch, const struct place *unit)
{
	for (size_t i = 0; i < arch->n_boxes; i++) {
		const struct place device = {
			.space = arch->boxes[i].space, .unit = arch->boxes[i].unit};

		if (place_same_kind(&device, unit))
			return &arch->boxes[i];
	}
	return NULL;
}

const struct arch_box *arch_find_box(const struct arch *arch, const char *name)
{
	for (size_t i = 0; i < arch->n_boxes; i++)
		if (strcmp(arch->boxes[i].name, name) == 0)
			return &arch->boxes[i];
	return NULL;
}

uint32_t arch_limited(
	const struct arch *arch, const struct arch_box *box, uint8_t event, uint8_t umask)
{
	const struct arch_limit *limits = box ? box->limits : arch->core_limits;
	size_t n = box ? box->n_limits : arch->n_core_limits;

	for (size_t i = 0; i < n; i++)
		if (event >= limits[i].first && event <= limits[i].last &&
			(!limits[i].has_umask || limits[i].umask == umask))
			return limits[i].counters;
	return UINT32_MAX;
}
