/* SPDX-License-Identifier: MIT */
#include "cli/export/sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

int samples_add(struct samples *samples, const struct sample *sample)
{
	struct sample *list = array_grow(samples->list, samples->n, sizeof *list);

	if (!list)
		return -ENOMEM;
	samples->list = list;
	list[samples->n++] = *sample;
	return 0;
}

void samples_deinit(struct samples *samples)
{
	free(samples->list);
	*samples = (struct samples){0};
}

struct why *whys_count(struct whys *whys, const struct why *wanted)
{
	for (size_t i = 0; i < whys->n; i++) {
		struct why *why = &whys->list[i];

		if (why->family != wanted->family || why->result != wanted->result ||
			why->reason != wanted->reason ||
			(wanted->result == 0 && strcmp(why->text, wanted->text) != 0))
			continue;
		why->n++;
		return why;
	}
	return NULL;
}

int whys_add(struct whys *whys, const struct why *why)
{
	struct why *list = array_grow(whys->list, whys->n, sizeof *list);

	if (!list)
		return -ENOMEM;
	whys->list = list;
	list[whys->n++] = *why;
	return 0;
}

void whys_clear(struct whys *whys)
{
	free(whys->list);
	*whys = (struct whys){0};
}
