/* SPDX-License-Identifier: MIT */
/* In the place of ndjson.c where there is no jansson. */
#include <errno.h>

#include "cli/plot/ndjson.h"

int ndjson_read(struct ndjson *ndjson, FILE *file, struct series_set *set)
{
	(void)file;
	(void)set;
	*ndjson = (struct ndjson){0};
	snprintf(ndjson->error, sizeof ndjson->error,
		"this msrctl was built without jansson (package libjansson-dev) and reads no "
		"JSON; msrctl stat --plot draws without it");
	return -EINVAL;
}
