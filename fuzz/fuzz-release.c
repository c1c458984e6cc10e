/* SPDX-License-Identifier: MIT */
/* Any path is a release that its last folder names, or the default, or none. */
#include <string.h>

#include "fuzz/harness.h"
#include "util/cleanup.h"
#include "wire/release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *path = strndup((const char *)data, size);
	const struct release *release;

	MUST(path);
	release = release_of_path(path, NULL);
	if (!release)
		MUST(strstr(path, "likwid-"));
	else if (release != release_default())
		MUST(strstr(path, release_name(release)));
	return 0;
}
