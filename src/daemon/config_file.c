/* SPDX-License-Identifier: MIT */
/*
 * Who could write this file could give himself any register, so only what root
 * alone can have written counts; see util/rootfile.h. Knows no grammar.
 */
#include "daemon/config_file.h"

#include "util/rootfile.h"

_Static_assert(ROOTFILE_WHY_SIZE <= SITE_ERROR_SIZE, "the reason has to fit");

static int read_file(void *context, const char *path, size_t max, char **text, size_t *length,
	char why[SITE_ERROR_SIZE])
{
	return rootfile_read(*(int *)context, path, max, text, length, why);
}

int config_file_load(struct site *site, int root_fd, char error[SITE_ERROR_SIZE])
{
	const struct site_reader reader = {.read = read_file, .context = &root_fd};

	return site_load(site, SITE_CONFIG_PATH, &reader, error);
}
