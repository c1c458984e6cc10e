/* SPDX-License-Identifier: MIT */
/*
 * Targets and registers as people write them on a command line, and the one
 * place that knows which function of libmsrd reaches which target.
 */
#include "cli/target.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/array.h"
#include "util/number.h"

/* Linux has no more CPUs than this (NR_CPUS), and no unit has as many of its kind. */
#define MAX_CPU	  8191
#define MAX_INDEX 63

struct target target_cpu(uint32_t cpu)
{
	return (struct target){.space = OP_MSR, .cpu = cpu};
}

struct target target_unit(uint32_t socket, enum op_unit unit, uint32_t index)
{
	return (struct target){.space = OP_PCI, .socket = socket, .unit = unit, .index = index};
}

const char *target_describe(const struct target *target, char *text, size_t size)
{
	if (target->space == OP_MSR)
		snprintf(text, size, "CPU %u", target->cpu);
	else
		snprintf(text, size, "%s%u of socket %u", op_unit_name(target->unit), target->index,
			target->socket);
	return text;
}

int target_read(struct msrd *msrd, const struct target *target, uint32_t reg, uint64_t *value)
{
	uint32_t dword;
	int r;

	if (target->space == OP_MSR)
		return msrd_read(msrd, target->cpu, reg, value);
	r = msrd_pci_read(
		msrd, target->socket, (enum msrd_unit)target->unit, target->index, reg, &dword);
	if (r == 0)
		*value = dword;
	return r;
}

int target_write(struct msrd *msrd, const struct target *target, uint32_t reg, uint64_t value)
{
	if (target->space == OP_MSR)
		return msrd_write(msrd, target->cpu, reg, value);
	return msrd_pci_write(msrd, target->socket, (enum msrd_unit)target->unit, target->index,
		reg, (uint32_t)value);
}

int target_list_add(struct target_list *list, struct target target)
{
	struct target *targets = array_grow(list->targets, list->n_targets, sizeof *targets);

	if (!targets)
		return -ENOMEM;
	targets[list->n_targets++] = target;
	list->targets = targets;
	return 0;
}

void target_list_deinit(struct target_list *list)
{
	free(list->targets);
	*list = (struct target_list){0};
}

/* What number_list_parse puts its numbers into. */
struct adder {
	struct target_list *list;
	struct target pattern; /* all but the number */
	int r;
};

static bool add_number(void *context, uint32_t number)
{
	struct adder *adder = context;
	struct target target = adder->pattern;

	if (target.space == OP_MSR)
		target.cpu = number;
	else
		target.index = number;
	adder->r = target_list_add(adder->list, target);
	return adder->r == 0;
}

static int add_numbers(
	struct target_list *list, struct target pattern, const char *text, uint32_t max)
{
	struct adder adder = {.list = list, .pattern = pattern};

	if (*text != '\0' && number_list_parse(text, max, add_number, &adder))
		return 0;
	return adder.r ? adder.r : -EINVAL;
}

int target_list_parse_cpus(struct target_list *list, const char *text)
{
	return add_numbers(list, target_cpu(0), text, MAX_CPU);
}

/* The unit whose name, followed by a number or nothing, starts the word. */
static const char *parse_unit(const char *word, enum op_unit *unit)
{
	for (unsigned i = 0; i < OP_N_UNITS; i++) {
		const char *name = op_unit_name((enum op_unit)i);
		size_t length = strlen(name);

		if (strncmp(word, name, length) == 0 &&
			(word[length] == '\0' || isdigit((unsigned char)word[length]))) {
			*unit = (enum op_unit)i;
			return word + length;
		}
	}
	return NULL;
}

static int add_all_of_kind(struct target_list *list, const struct arch *arch, struct target pattern)
{
	int r = -EINVAL;

	for (size_t i = 0; arch && i < arch->n_functions; i++) {
		if (arch->functions[i].unit != pattern.unit)
			continue;
		pattern.index = arch->functions[i].index;
		r = target_list_add(list, pattern);
		if (r < 0)
			break;
	}
	return r;
}

int target_list_parse_units(
	struct target_list *list, const struct arch *arch, uint32_t socket, const char *text)
{
	struct target pattern = target_unit(socket, UNIT_IMC, 0);
	bool has_unit = false;

	do {
		size_t length = strcspn(text, ",");
		char word[64];
		const char *numbers = word;
		int r;

		if (snprintf(word, sizeof word, "%.*s", (int)length, text) >= (int)sizeof word)
			return -EINVAL;
		if (!isdigit((unsigned char)word[0])) {
			numbers = parse_unit(word, &pattern.unit);
			has_unit = numbers != NULL;
		}
		if (!has_unit)
			return -EINVAL;
		r = *numbers ? add_numbers(list, pattern, numbers, MAX_INDEX)
			     : add_all_of_kind(list, arch, pattern);
		if (r < 0)
			return r;
		text += length;
	} while (*text++ == ',');
	return 0;
}

/* The first entry, in any profile, that fits. */
static const struct allow_entry *find_entry(const struct target *target, const struct arch *arch,
	bool (*fits)(const struct allow_entry *entry, const void *wanted), const void *wanted)
{
	unsigned section = target->space == OP_MSR ? ALLOW_MSR : ALLOW_PCI(target->unit);

	for (size_t p = 0; arch && p < arch->n_profiles; p++) {
		const struct allowlist *list = arch->profiles[p].list;

		for (size_t i = 0; i < list->section[section].n_entries; i++)
			if (fits(&list->section[section].entries[i], wanted))
				return &list->section[section].entries[i];
	}
	return NULL;
}

static bool has_name(const struct allow_entry *entry, const void *name)
{
	return entry->name && strcasecmp(entry->name, name) == 0;
}

static bool has_number(const struct allow_entry *entry, const void *reg)
{
	return entry->reg == *(const uint32_t *)reg;
}

bool target_find_register(
	const struct target *target, const struct arch *arch, const char *text, uint32_t *reg)
{
	const struct allow_entry *entry;
	uint64_t number;

	if (number_parse(text, UINT32_MAX, &number)) {
		*reg = (uint32_t)number;
		return true;
	}
	entry = find_entry(target, arch, has_name, text);
	if (entry)
		*reg = entry->reg;
	return entry != NULL;
}

const char *target_register_name(const struct target *target, const struct arch *arch, uint32_t reg)
{
	const struct allow_entry *entry = find_entry(target, arch, has_number, &reg);

	return entry ? entry->name : NULL;
}
