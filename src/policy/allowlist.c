/* SPDX-License-Identifier: MIT */
/*
 * Allowlist text -> sorted entries. Pure: text in, list or error out. Also
 * compiled into allow2c.
 */
#include "policy/allowlist.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/number.h"

struct place allow_device(unsigned section)
{
	return section == ALLOW_MSR ? place_of_cpu(0)
				    : place_of_unit(0, (enum op_unit)(section - ALLOW_PCI(0)), 0);
}

const char *allow_section_name(unsigned section)
{
	return section == ALLOW_MSR ? op_space_name(OP_MSR)
				    : op_unit_name((enum op_unit)(section - ALLOW_PCI(0)));
}

enum mask_kind { MASK_WRITE, MASK_CLEAR, MASK_W1C };

/* One line of the text, before lines about the same register are merged. */
struct allow_line {
	unsigned number;
	unsigned section;
	enum mask_kind kind;
	struct allow_entry entry;
};

struct parser {
	struct allow_error *error;
	unsigned number; /* of the line at hand, from 1 */
	unsigned section;
	enum mask_kind kind;
	struct allow_line *lines;
	size_t n_lines;
};

__attribute__((format(printf, 2, 3))) static int fail(
	struct parser *parser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	parser->error->line = parser->number;
	vsnprintf(parser->error->text, sizeof parser->error->text, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* Cuts the next blank-separated word out of *text; NULL at the end. */
static char *take_word(char **text)
{
	char *word = *text + strspn(*text, " \t\r");

	if (*word == '\0')
		return NULL;
	*text = word + strcspn(word, " \t\r");
	if (**text != '\0')
		*(*text)++ = '\0';
	return word;
}

/* Cuts blanks and, as msr-safe's own files have them, quotes off both ends. */
static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t\r\"");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r\"", end[-1]))
		*--end = '\0';
	return *text ? text : NULL;
}

static int parse_unit(struct parser *parser, const char *name)
{
	enum op_unit unit;

	if (name && op_unit_find(name, &unit)) {
		parser->section = ALLOW_PCI(unit);
		return 0;
	}
	return fail(parser, "no such uncore unit: %.40s", name ? name : "(none given)");
}

/* "msr", "msr clear", "pci imc", "pci imc w1c": what stands between the brackets. */
static int parse_section(struct parser *parser, char *text)
{
	char *space = take_word(&text);
	int r = 0;

	if (space && strcmp(space, "msr") == 0)
		parser->section = ALLOW_MSR;
	else if (space && strcmp(space, "pci") == 0)
		r = parse_unit(parser, take_word(&text));
	else
		r = fail(parser, "no such section: [%.40s]; use [msr] or [pci UNIT]",
			space ? space : "");
	if (r < 0)
		return r;

	char *kind = take_word(&text);
	if (!kind)
		parser->kind = MASK_WRITE;
	else if (strcmp(kind, "clear") == 0)
		parser->kind = MASK_CLEAR;
	else if (strcmp(kind, "w1c") == 0)
		parser->kind = MASK_W1C;
	else
		return fail(parser, "unknown word in section line: %.40s", kind);
	if (take_word(&text))
		return fail(parser, "too many words in section line");
	return 0;
}

static int parse_entry(struct parser *parser, char *text, char *comment)
{
	bool is_msr = parser->section == ALLOW_MSR;
	uint64_t reg, mask;
	char *word = take_word(&text);

	if (!word || !number_parse(word, is_msr ? UINT32_MAX : 0xfff, &reg))
		return fail(parser, "not a register %s: %.40s",
			is_msr ? "address" : "offset in config space (0 to 0xfff)", word);
	if (!is_msr && reg % 4 != 0)
		return fail(parser, "offset 0x%x is not a multiple of 4", (unsigned)reg);
	word = take_word(&text);
	if (!word || !number_parse(word, is_msr ? UINT64_MAX : UINT32_MAX, &mask))
		return fail(parser, "not a write mask of %d bits: %.40s", is_msr ? 64 : 32,
			word ? word : "(none given)");
	if ((word = take_word(&text)) != NULL)
		return fail(parser, "unexpected word after the write mask: %.40s", word);

	struct allow_line *lines = array_grow(parser->lines, parser->n_lines, sizeof *lines);
	if (!lines)
		return -ENOMEM;
	parser->lines = lines;

	struct allow_line *line = &parser->lines[parser->n_lines++];
	*line = (struct allow_line){
		.number = parser->number,
		.section = parser->section,
		.kind = parser->kind,
		.entry = {.reg = (uint32_t)reg,
			.line = parser->number,
			.write_mask = parser->kind == MASK_WRITE ? mask : 0,
			.clear_mask = parser->kind == MASK_CLEAR ? mask : 0,
			.w1c_mask = parser->kind == MASK_W1C ? mask : 0},
	};
	if (comment) {
		char *comma = strchr(comment, ',');
		if (comma) {
			*comma = '\0';
			line->entry.source = trim(comma + 1);
		}
		line->entry.name = trim(comment);
	}
	return 0;
}

static int parse_line(struct parser *parser, char *text)
{
	char *comment = strchr(text, '#');
	size_t length;

	if (comment)
		*comment++ = '\0';
	text += strspn(text, " \t\r");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
	if (length == 0)
		return 0;
	if (text[0] != '[')
		return parse_entry(parser, text, comment);
	if (text[length - 1] != ']')
		return fail(parser, "section line without a closing bracket");
	text[length - 1] = '\0';
	return parse_section(parser, text + 1);
}

static int compare_lines(const void *a, const void *b)
{
	const struct allow_line *left = a, *right = b;

	if (left->section != right->section)
		return left->section < right->section ? -1 : 1;
	if (left->entry.reg != right->entry.reg)
		return left->entry.reg < right->entry.reg ? -1 : 1;
	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return left->number < right->number ? -1 : left->number > right->number;
}

/* Sorted lines of one section -> its entries; lines about one register become one entry. */
static int merge_section(struct parser *parser, const struct allow_line *lines, size_t n_lines,
	struct allowlist *list)
{
	struct allow_entry *entries = calloc(n_lines, sizeof *entries);
	size_t n = 0;

	if (!entries)
		return -ENOMEM;
	list->section[lines[0].section].entries = entries;
	for (size_t i = 0; i < n_lines; i++) {
		const struct allow_entry *entry = &lines[i].entry;

		if (i == 0 || lines[i - 1].entry.reg != entry->reg) {
			entries[n++] = *entry;
			continue;
		}
		if (lines[i - 1].kind == lines[i].kind) {
			parser->number = lines[i].number;
			return fail(parser, "register 0x%x stands in this section already, line %u",
				(unsigned)entry->reg, lines[i - 1].number);
		}
		entries[n - 1].clear_mask |= entry->clear_mask;
		entries[n - 1].w1c_mask |= entry->w1c_mask;
	}
	list->section[lines[0].section].n_entries = n;
	return 0;
}

static int parse_text(struct parser *parser, struct allowlist *list)
{
	int r = 0;

	for (char *text = list->text, *next; text && r == 0; text = next) {
		parser->number++;
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		r = parse_line(parser, text);
	}
	if (r == 0 && parser->n_lines == 0) {
		parser->number = 0;
		r = fail(parser, "the list has no entries: it would refuse everything");
	}
	if (r < 0)
		return r;

	qsort(parser->lines, parser->n_lines, sizeof *parser->lines, compare_lines);
	for (size_t i = 0, n; i < parser->n_lines && r == 0; i += n) {
		for (n = 1; i + n < parser->n_lines; n++)
			if (parser->lines[i + n].section != parser->lines[i].section)
				break;
		r = merge_section(parser, parser->lines + i, n, list);
	}
	return r;
}

int allowlist_parse(
	const char *text, size_t length, struct allowlist *list, struct allow_error *error)
{
	struct parser parser = {.error = error, .section = ALLOW_MSR, .kind = MASK_WRITE};
	int r;

	*list = (struct allowlist){0};
	*error = (struct allow_error){0};
	if (memchr(text, '\0', length))
		return fail(&parser, "not a text file: it has a zero byte");
	list->text = strndup(text, length);
	if (!list->text)
		return -ENOMEM;

	r = parse_text(&parser, list);
	free(parser.lines);
	if (r < 0)
		allowlist_deinit(list);
	return r;
}

void allowlist_deinit(struct allowlist *list)
{
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		free((void *)list->section[section].entries);
	free(list->text);
	*list = (struct allowlist){0};
}
