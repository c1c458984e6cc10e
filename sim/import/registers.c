/* SPDX-License-Identifier: MIT */
/* The registers of all files: said twice, of two machines, impossible on the model. Knows no
 * format. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"
#include "sim/machine/machine.h"
#include "util/array.h"

void import_add_msr(
	struct import *import, struct fixture_file *file, const struct import_msr *value)
{
	const struct fixture_msr *msr = &value->msr;
	const size_t n = import->n_msrs;
	struct import_msr *msrs = NULL;

	if (!fixture_find_cpu(import->fixture, msr->cpu)) {
		fixture_complain(file, msr->line,
			"the node has no CPU %" PRIu32
			": is this of the machine that the cpuinfo is of?",
			msr->cpu);
		return;
	}
	if (n < FIXTURE_MAX_MSRS)
		msrs = array_grow(import->msrs, n, sizeof *msrs);
	if (!msrs) {
		fixture_complain(file, msr->line, "too many values, or out of memory");
		return;
	}
	import->msrs = msrs;
	msrs[import->n_msrs++] = *value;
	/* mostly the one before is of the same file */
	msrs[n].path = n > 0 && strcmp(msrs[n - 1].path, file->name) == 0
			       ? msrs[n - 1].path
			       : import_text(import, "%s", file->name);
}

static int compare_msr(const void *a, const void *b)
{
	const struct import_msr *x = a, *y = b;

	if (x->msr.cpu != y->msr.cpu)
		return x->msr.cpu < y->msr.cpu ? -1 : 1;
	if (x->msr.address != y->msr.address)
		return x->msr.address < y->msr.address ? -1 : 1;
	int r = strcmp(x->path, y->path);
	return r != 0 ? r : x->msr.line < y->msr.line ? -1 : x->msr.line > y->msr.line;
}

static void complain_of_two(
	struct import *import, const struct import_msr *now, const struct import_msr *last)
{
	struct fixture_file file = {.load = &import->load, .name = now->path};

	fixture_complain(&file, now->msr.line,
		"0x%" PRIx32 " of CPU %" PRIu32 " is 0x%" PRIx64 " here and 0x%" PRIx64
		" in %s:%" PRIu32 ": leave one out",
		now->msr.address, now->msr.cpu, now->msr.value, last->msr.value, last->path,
		last->msr.line);
}

static bool is_same_register(const struct import_msr *a, const struct import_msr *b)
{
	return a->msr.cpu == b->msr.cpu && a->msr.address == b->msr.address;
}

static bool is_later_sample(const struct import_msr *now, const struct import_msr *last)
{
	return now->is_sample && last->is_sample && strcmp(now->path, last->path) == 0;
}

/* The same said twice is said once; two values are two machines, or two moments. Of samples the
 * first counts: it was there before whoever took them went on. */
static void join(struct import *import)
{
	struct import_msr *msrs = import->msrs;
	const struct import_msr *last = NULL, *known = NULL;
	size_t n = 0, n_later = 0;

	if (!msrs)
		return;
	qsort(msrs, import->n_msrs, sizeof *msrs, compare_msr);
	for (size_t i = 0; i < import->n_msrs; i++) {
		const struct import_msr *now = &msrs[i];
		if (last && !is_same_register(last, now))
			last = known = NULL;
		if (last && is_later_sample(now, last)) {
			n_later += now->msr.value != last->msr.value;
			continue;
		}
		last = now;
		if (now->is_unknown)
			continue;
		if (known && known->msr.value != now->msr.value)
			complain_of_two(import, now, known);
		if (!known) {
			msrs[n] = *now;
			last = known = &msrs[n++];
		}
	}
	import->n_msrs = n;
	if (n_later > 0)
		import_remark(import, "%zu values of later samples are left out: the first counts",
			n_later);
}

/* The registers as the fixture and its saver want them. */
static void hand_over(struct import *import)
{
	struct fixture *fixture = import->fixture;
	size_t n = import->n_msrs;

	fixture->msrs = calloc(n + 1, sizeof *fixture->msrs);
	import->sources = calloc(n + 1, sizeof *import->sources);
	import->left_out = calloc(n + 1, sizeof *import->left_out);
	if (!fixture->msrs || !import->sources || !import->left_out) {
		import_no_memory(import);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		fixture->msrs[i] = import->msrs[i].msr;
		import->sources[i] = import->msrs[i].source;
	}
	fixture->n_msrs = n;
}

void import_join_registers(struct import *import)
{
	join(import);
	hand_over(import);
}

void import_leave_out_registers(struct import *import)
{
	struct fixture bare = *import->fixture;
	size_t n = 0;

	bare.n_msrs = 0;
	struct machine *machine = machine_new(
		&bare, MACHINE_CLOCK_MANUAL, import->load.complain, import->load.context);
	if (!machine) {
		import->load.n_complaints++;
		return;
	}
	for (size_t i = 0; i < import->n_msrs; i++) {
		import->left_out[i] = !machine_takes(machine, &import->msrs[i].msr);
		n += import->left_out[i];
	}
	machine_free(machine);
	if (n > 0)
		import_remark(import,
			"%zu values have bits that this model's registers do not have: they are "
			"comments in msr.txt",
			n);
}
