/* SPDX-License-Identifier: MIT */
#include "arch/groups.h"

#include <string.h>

#include "arch/models.h"
#include "util/array.h"

#define X(model) extern const struct arch_groups groups_##model;
ARCH_MODELS(X)
#undef X

static const struct {
	const char *model;
	const struct arch_groups *groups;
} models[] = {
#define X(model) {#model, &groups_##model},
	ARCH_MODELS(X)
#undef X
};

const struct arch_groups *arch_groups_of(const struct arch *arch)
{
	for (size_t i = 0; i < N_ELEMENTS(models); i++)
		if (strcmp(models[i].model, arch->name) == 0)
			return models[i].groups;
	return NULL;
}
