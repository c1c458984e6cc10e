/* SPDX-License-Identifier: MIT */
/* Any text is a configuration within its bounds, or an error and nothing at all. */
#include <errno.h>
#include <string.h>

#include "fuzz/harness.h"
#include "policy/config.h"

static void check_config(const struct config *config, unsigned n_lines)
{
	MUST(config->n_sections >= 2 && config->n_sections <= CONFIG_MAX_SECTIONS);
	MUST(config->n_lists <= CONFIG_MAX_LISTS);
	for (size_t i = 0; i < config->n_sections; i++) {
		const struct config_section *section = &config->sections[i];

		MUST(section->line <= n_lines && section->profile_line <= n_lines);
		MUST(section->profiles >> N_PROFILES == 0);
		MUST(section->sessions <= CONFIG_MAX_SESSIONS && section->sessions_line <= n_lines);
		MUST(section->lists >> config->n_lists == 0);
		MUST(section->id != UINT32_MAX);
		for (size_t j = 0; j < i; j++)
			MUST(config->sections[j].subject != section->subject ||
				config->sections[j].id != section->id);
	}
	for (size_t i = 0; i < config->n_lists; i++) {
		MUST(config->lists[i].path[0] == '/');
		MUST(memchr(config->lists[i].path, 0, CONFIG_PATH_SIZE));
		MUST(!strstr(config->lists[i].path, "/../"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config;
	struct allow_error error;
	unsigned n_lines = 1;

	for (size_t i = 0; i < size; i++)
		n_lines += data[i] == '\n';
	int r = config_parse((const char *)data, size, NULL, &config, &error);
	if (r == 0) {
		check_config(&config, n_lines);
		return 0;
	}
	MUST(r == -EINVAL && *error.text && error.line <= n_lines);
	MUST(config.n_sections == 0 && config.n_lists == 0);
	return 0;
}
