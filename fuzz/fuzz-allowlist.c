/* SPDX-License-Identifier: MIT */
/* Any text is a list with all its entries in order, or an error and no list at all. */
#include <errno.h>

#include "fuzz/harness.h"
#include "policy/allowlist.h"

static size_t check_section(const struct allowlist *list, unsigned section)
{
	const struct allow_entry *entries = list->section[section].entries;
	size_t n = list->section[section].n_entries;
	uint64_t all = section == ALLOW_MSR ? UINT64_MAX : UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		MUST(i == 0 || entries[i - 1].reg < entries[i].reg);
		MUST((entries[i].write_mask | entries[i].clear_mask | entries[i].w1c_mask) <= all);
		MUST(section == ALLOW_MSR || (entries[i].reg < 4096 && entries[i].reg % 4 == 0));
		MUST(!entries[i].name || *entries[i].name);
		MUST(!entries[i].source || *entries[i].source);
	}
	return n;
}

static void check_nothing_is_left(const struct allowlist *list)
{
	MUST(!list->text);
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		MUST(!list->section[section].entries && list->section[section].n_entries == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct allowlist list;
	struct allow_error error;
	unsigned n_lines = 1;
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		n_lines += data[i] == '\n';
	int r = allowlist_parse((const char *)data, size, &list, &error);
	if (r < 0) {
		MUST(r == -EINVAL && *error.text && error.line <= n_lines);
		check_nothing_is_left(&list);
		return 0;
	}
	MUST(r == 0);
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		n += check_section(&list, section);
	MUST(n > 0 && n <= n_lines);
	allowlist_deinit(&list);
	check_nothing_is_left(&list);
	return 0;
}
