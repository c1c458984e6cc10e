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

const struct arch_box *arch_find_box(const struct arch *arch, const char *name)
{
	for (size_t i = 0; i < arch->n_boxes; i++)
		if (strcmp(arch->boxes[i].name, name) == 0)
			return &arch->boxes[i];
	return NULL;
}
