/* SPDX-License-Identifier: MIT */
/* Build tool: an allowlist that the daemon's own parser accepts -> a C table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/allowlist.h"

/* Far above any list; msr-safe's own limit is 128 KiB. */
#define TEXT_MAX (1 << 20)

static void put_string(FILE *out, const char *text)
{
	if (!text) {
		fputs("NULL", out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void put_section(FILE *out, unsigned section, const struct allowlist *list)
{
	fprintf(out, "static const struct allow_entry section_%u[] = {\n", section);
	for (size_t i = 0; i < list->section[section].n_entries; i++) {
		const struct allow_entry *entry = &list->section[section].entries[i];
		fprintf(out, "\t{0x%xu, 0x%llxu, 0x%llxu, 0x%llxu, ", (unsigned)entry->reg,
			(unsigned long long)entry->write_mask,
			(unsigned long long)entry->clear_mask, (unsigned long long)entry->w1c_mask);
		put_string(out, entry->name);
		fputs(", ", out);
		put_string(out, entry->source);
		fprintf(out, ", %u},\n", entry->line);
	}
	fputs("};\n\n", out);
}

static void put_list(FILE *out, const char *symbol, const struct allowlist *list)
{
	fputs("#include \"policy/allowlist.h\"\n\n", out);
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		if (list->section[section].n_entries > 0)
			put_section(out, section, list);
	fprintf(out, "extern const struct allowlist %s;\n", symbol);
	fprintf(out, "const struct allowlist %s = {.section = {\n", symbol);
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		if (list->section[section].n_entries > 0)
			fprintf(out, "\t[%u] = {section_%u, %zu},\n", section, section,
				list->section[section].n_entries);
	fputs("}};\n", out);
}

/* The shipped lists have to tell what each register is and who says so. */
static int check_names(const char *path, const struct allowlist *list)
{
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++) {
		for (size_t i = 0; i < list->section[section].n_entries; i++) {
			const struct allow_entry *entry = &list->section[section].entries[i];
			if (!entry->name || !entry->source) {
				fprintf(stderr, "%s: register 0x%x has no \"NAME, source\"\n", path,
					(unsigned)entry->reg);
				return -EINVAL;
			}
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct allowlist list;
	struct allow_error error;

	if (argc != 4) {
		fprintf(stderr, "usage: allow2c SYMBOL INPUT OUTPUT\n");
		return 2;
	}

	char *text = malloc(TEXT_MAX);
	FILE *in = fopen(argv[2], "r");
	if (!text || !in) {
		fprintf(stderr, "%s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	size_t length = fread(text, 1, TEXT_MAX, in);
	if (length == TEXT_MAX || ferror(in)) {
		fprintf(stderr, "%s: too long or unreadable\n", argv[2]);
		return 1;
	}
	fclose(in);

	int r = allowlist_parse(text, length, &list, &error);
	free(text);
	if (r < 0) {
		fprintf(stderr, "%s:%u: %s\n", argv[2], error.line,
			r == -EINVAL ? error.text : strerror(-r));
		return 1;
	}

	FILE *out = fopen(argv[3], "w");
	if (!out) {
		fprintf(stderr, "%s: %s\n", argv[3], strerror(errno));
		return 1;
	}
	r = check_names(argv[2], &list);
	if (r == 0)
		put_list(out, argv[1], &list);
	allowlist_deinit(&list);
	if (fclose(out) != 0) {
		fprintf(stderr, "%s: %s\n", argv[3], strerror(errno));
		return 1;
	}
	return r < 0 ? 1 : 0;
}
