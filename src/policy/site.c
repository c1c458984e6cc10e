/* SPDX-License-Identifier: MIT */
/* Puts the parsed files together. Opens none itself, and knows no profile's list. */
#include "policy/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void site_init(struct site *site)
{
	*site = (struct site){0};
	config_init(&site->config);
}

void site_deinit(struct site *site)
{
	for (size_t i = 0; i < CONFIG_MAX_LISTS; i++)
		allowlist_deinit(&site->lists[i]);
	*site = (struct site){0};
}

/* 0 or r, with the error of a text put behind its place. */
static int say(
	int r, const char *path, const struct allow_error *wrong, char error[SITE_ERROR_SIZE])
{
	if (r == -ENOMEM)
		snprintf(error, SITE_ERROR_SIZE, "%s: out of memory", path);
	else if (r < 0 && wrong->line > 0)
		snprintf(error, SITE_ERROR_SIZE, "%s:%u: %s", path, wrong->line, wrong->text);
	else if (r < 0)
		snprintf(error, SITE_ERROR_SIZE, "%s: %s", path, wrong->text);
	return r;
}

static int read_text(const char *path, const struct site_reader *reader, size_t max, char **text,
	size_t *length, char error[SITE_ERROR_SIZE])
{
	char why[SITE_ERROR_SIZE] = "";
	int r = reader->read(reader->context, path, max, text, length, why);

	if (r < 0)
		snprintf(error, SITE_ERROR_SIZE, "%.255s: %.240s", path,
			why[0] ? why : strerror(-r));
	return r;
}

/* A list that is named has to be there. */
static int load_list(struct site *site, size_t i, const char *config_path,
	const struct site_reader *reader, char error[SITE_ERROR_SIZE])
{
	const struct config_list *list = &site->config.lists[i];
	char why[SITE_ERROR_SIZE];
	struct allow_error wrong;
	size_t length;
	char *text;
	int r = read_text(list->path, reader, SITE_LIST_MAX_BYTES, &text, &length, why);

	if (r < 0) {
		snprintf(error, SITE_ERROR_SIZE, "%.100s:%u: %.380s", config_path, list->line, why);
		return r;
	}
	r = say(allowlist_parse(text, length, &site->lists[i], &wrong), list->path, &wrong, error);
	free(text);
	return r;
}

int site_load(struct site *site, const char *path, const struct site_reader *reader,
	char error[SITE_ERROR_SIZE])
{
	struct allow_error wrong;
	size_t length;
	char *text;
	int r = read_text(path, reader, CONFIG_MAX_BYTES, &text, &length, error);

	*site = (struct site){0};
	if (r == -ENOENT) {
		site_init(site);
		return 0;
	}
	if (r < 0)
		return r;
	r = config_parse(text, length, reader->names, &site->config, &wrong);
	r = say(r, path, &wrong, error);
	free(text);
	for (size_t i = 0; r == 0 && i < site->config.n_lists; i++)
		r = load_list(site, i, path, reader, error);
	if (r < 0)
		site_deinit(site);
	return r;
}
