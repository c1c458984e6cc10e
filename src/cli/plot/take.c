/* SPDX-License-Identifier: MIT */
#include "cli/plot/take.h"

#include <errno.h>

static int take(void *context, struct ndjson *ndjson, const struct interval *interval,
	const struct records *records)
{
	int r = series_add(context, interval, records);

	if (r == -EINVAL)
		return ndjson_fail(ndjson,
			"the interval begins before the one above it: it is of another "
			"measurement, and each wants a file of its own");
	if (r == -E2BIG)
		return ndjson_fail(ndjson, "more values than can be drawn up to here: which ones, "
					   "--metric?");
	return r;
}

struct ndjson_reader take_reader(struct series_set *set)
{
	return (struct ndjson_reader){
		.cure = "msrctl plot draws what msrctl stat --format ndjson writes",
		.take = take,
		.context = set};
}
