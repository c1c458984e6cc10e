/* SPDX-License-Identifier: MIT */
/* In the place of ndjson.c where there is no jansson. */
#include <errno.h>

#include "cli/input/ndjson.h"

int ndjson_read(struct ndjson *ndjson, FILE *file, const struct ndjson_reader *reader)
{
	(void)file;
	*ndjson = (struct ndjson){.reader = reader};
	snprintf(ndjson->error, sizeof ndjson->error,
		"this msrctl was built without jansson (package libjansson-dev) and reads no "
		"JSON; msrctl stat --plot draws without it");
	return -EINVAL;
}

int ndjson_fail(struct ndjson *ndjson, const char *format, ...)
{
	(void)ndjson;
	(void)format;
	return -EINVAL;
}
