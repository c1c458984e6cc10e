/* SPDX-License-Identifier: MIT */
#include "cli/export/family.h"

static const struct family families[N_FAMILIES] = {
#define X(family, type, name, unit, help) [family] = {type, name, unit, help},
	FAMILIES(X)
#undef X
};

const struct family *family_get(enum family_id id)
{
	return &families[id];
}
