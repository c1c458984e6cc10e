/* SPDX-License-Identifier: MIT */
/* The registers of all CPUs. What one refuses, faults on or is not allowed is listed by name. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/record/record.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define PATIENCE_NS CLOCK_SECOND_NS /* before somebody wants to know how far it is */

/* Registers that could not be had, of the first CPU that could not. */
struct missing {
	char *names;
	size_t size, n;
	FILE *out;
};

struct survey {
	struct missing refused, faulting;
};

static void miss(struct missing *missing, const struct arch_hit *hit)
{
	char name[ARCH_NAME_SIZE];

	if (!missing->out)
		missing->out = open_memstream(&missing->names, &missing->size);
	if (missing->out)
		fprintf(missing->out, "%s%s",
			missing->n == 0	      ? ""
			: missing->n % 4 == 0 ? "\n  "
					      : " ",
			arch_register_name(hit, name));
	missing->n++;
}

static void tell(struct record *record, struct missing *missing, bool is_said, const char *why)
{
	if (missing->out)
		fclose(missing->out);
	if (is_said && missing->n > 0)
		warnx("%zu registers are %s", missing->n, why);
	if (missing->n > 0)
		record_note(record, "msr", false, "not known: %zu registers are %s:\n  %s",
			missing->n, why, missing->names ? missing->names : "");
	free(missing->names);
}

static int add_value(struct fixture *fixture, uint32_t cpu, uint32_t address, uint64_t value)
{
	struct fixture_msr *msrs = array_grow(fixture->msrs, fixture->n_msrs, sizeof *msrs);

	if (!msrs)
		return -ENOMEM;
	fixture->msrs = msrs;
	msrs[fixture->n_msrs++] =
		(struct fixture_msr){.cpu = cpu, .address = address, .value = value};
	return 0;
}

static int read_cpu(struct record *record, uint32_t cpu, bool is_first, struct survey *survey)
{
	const struct place device = place_of_cpu(cpu);
	cleanup_free struct record_value *values = NULL;
	size_t n;
	int r = record_device(record, &device, &values, &n);

	/* one that went off, or has no file, has none of them */
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct arch_hit *hit = &values[i].hit;

		if (values[i].status == OP_OK)
			r = add_value(record->fixture, cpu,
				arch_register_address(hit->entry, hit->index), values[i].value);
		else if (is_first && values[i].status == OP_REFUSED)
			miss(&survey->refused, hit);
		else if (is_first && values[i].status == OP_FAILED)
			miss(&survey->faulting, hit);
	}
	return r;
}

int record_msrs(struct record *record)
{
	const struct fixture *fixture = record->fixture;
	struct survey survey = {0};
	uint64_t begun_ns = clock_now_ns();
	bool is_shown = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < fixture->n_cpus; i++) {
		if (isatty(STDERR_FILENO) && clock_now_ns() - begun_ns > PATIENCE_NS)
			is_shown = fprintf(stderr, "\rregisters of CPU %zu of %zu ", i + 1,
					   fixture->n_cpus) > 0;
		r = read_cpu(record, fixture->cpus[i].number, i == 0, &survey);
	}
	if (is_shown)
		fprintf(stderr, "\r\033[K");
	tell(record, &survey.refused, true, "refused by the policy (see msrctl policy)");
	tell(record, &survey.faulting, false, "not there: reading them fails");
	if (r == 0 && fixture->n_msrs == 0)
		record_note(record, "msr", true, "not known: no register could be read");
	return r;
}
