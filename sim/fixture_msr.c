/* SPDX-License-Identifier: MIT */
/*
 * msr.txt: "CPU-LIST ADDRESS VALUE  # NAME, SOURCE", one register a line.
 * Knows no register: what they mean is the machine's business.
 */
#include "sim/fixture_load.h"

#include <stdlib.h>
#include <string.h>

#include "util/number.h"

struct msr_line {
	struct fixture_list cpus;
	uint32_t address;
	uint64_t value;
};

static bool has_source(const char *comment)
{
	const char *comma = strchr(comment, ',');

	if (!comma)
		return false;
	size_t name = strspn(comment, " \t");
	size_t blank = strspn(comma + 1, " \t");
	return comment + name < comma && comma[1 + blank] != '\0';
}

/* False when a value cannot be had from the line; everything wrong with it is complained about. */
static bool parse_line(
	struct fixture_file *file, size_t number, char *line, struct msr_line *parsed)
{
	size_t before = file->load->n_complaints;
	char *comment = strchr(line, '#');
	uint64_t address;

	if (comment)
		*comment++ = '\0';
	if (!comment || !has_source(comment))
		fixture_complain(file, number, "lacks its '# NAME, source'");

	char *rest;
	const char *cpus = strtok_r(line, " \t", &rest);
	const char *address_text = strtok_r(NULL, " \t", &rest);
	const char *value_text = strtok_r(NULL, " \t", &rest);
	if (!value_text || strtok_r(NULL, " \t", &rest)) {
		fixture_complain(file, number, "is not 'CPU-LIST ADDRESS VALUE  # NAME, source'");
		return false;
	}
	if (!number_parse(address_text, UINT32_MAX, &address))
		fixture_complain(file, number, "'%s' is no MSR address", address_text);
	if (!number_parse(value_text, UINT64_MAX, &parsed->value))
		fixture_complain(file, number, "'%s' is no value of 64 bits", value_text);
	int r = fixture_list_parse(&parsed->cpus, cpus, FIXTURE_MAX_CPUS - 1);
	if (r < 0)
		fixture_complain(file, number, "'%s' %s", cpus, fixture_list_error(r));
	if (file->load->n_complaints > before)
		return false;
	parsed->address = (uint32_t)address;
	return true;
}

static bool add_values(struct fixture_file *file, size_t number, const struct msr_line *line)
{
	struct fixture *fixture = file->load->fixture;

	for (size_t i = 0; i < line->cpus.n; i++) {
		uint32_t cpu = line->cpus.numbers[i];
		/* a node that could not be loaded has no CPUs to compare with */
		if (fixture->n_cpus > 0 && !fixture_find_cpu(fixture, cpu)) {
			fixture_complain(file, number, "the node has no CPU %u", cpu);
			continue;
		}
		struct fixture_msr *msrs = NULL;
		if (fixture->n_msrs < FIXTURE_MAX_MSRS)
			msrs = fixture_grow(fixture->msrs, fixture->n_msrs, sizeof *msrs);
		if (!msrs) {
			fixture_complain(file, number, "too many values, or out of memory");
			return false;
		}
		fixture->msrs = msrs;
		msrs[fixture->n_msrs++] = (struct fixture_msr){
			.cpu = cpu,
			.address = line->address,
			.value = line->value,
			.line = (uint32_t)number,
		};
	}
	return true;
}

static int compare_msr(const void *a, const void *b)
{
	const struct fixture_msr *x = a, *y = b;

	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static void sort_and_find_doubles(struct fixture_file *file)
{
	struct fixture *fixture = file->load->fixture;

	if (fixture->n_msrs == 0)
		return;
	qsort(fixture->msrs, fixture->n_msrs, sizeof *fixture->msrs, compare_msr);
	for (size_t i = 1; i < fixture->n_msrs; i++) {
		const struct fixture_msr *first = &fixture->msrs[i - 1], *second = first + 1;
		if (first->cpu == second->cpu && first->address == second->address)
			fixture_complain(file, second->line,
				"0x%x of CPU %u has a value in line %u", second->address,
				second->cpu, first->line);
	}
}

void fixture_load_msr(struct fixture_load *load)
{
	struct fixture_file file;
	size_t number = 0;
	bool more = fixture_file_read(&file, load, "msr.txt", false);
	char *rest = file.text;

	for (char *line; more && (line = strsep(&rest, "\n"));) {
		struct msr_line parsed = {0};
		number++;
		line += strspn(line, " \t");
		if (*line == '\0' || *line == '#')
			continue;
		if (parse_line(&file, number, line, &parsed))
			more = add_values(&file, number, &parsed);
		free(parsed.cpus.numbers);
	}
	sort_and_find_doubles(&file);
	fixture_file_free(&file);
}
