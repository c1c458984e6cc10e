/* SPDX-License-Identifier: MIT */
/* The registers of all files: said twice, of two machines, impossible on the model. Knows no
 * format. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"
#include "sim/machine/machine.h"
#include "util/array.h"

void import_add_msr(struct import *import, struct fixture_file *file, size_t line,
	const struct fixture_msr *msr, const char *source)
{
	struct import_msr *msrs = NULL;

	if (!fixture_find_cpu(import->fixture, msr->cpu)) {
		fixture_complain(file, line,
			"the node has no CPU %" PRIu32
			": is this of the machine that the cpuinfo is of?",
			msr->cpu);
		return;
	}
	if (import->n_msrs < FIXTURE_MAX_MSRS)
		msrs = array_grow(import->msrs, import->n_msrs, sizeof *msrs);
	if (!msrs) {
		fixture_complain(file, line, "too many values, or out of memory");
		return;
	}
	import->msrs = msrs;
	msrs[import->n_msrs] = (struct import_msr){
		.msr = *msr,
		.source = source,
		.path = import_text(import, "%s", file->name),
	};
	msrs[import->n_msrs++].msr.line = (uint32_t)line;
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

/* The same said twice is said once; two values are two machines, or two moments. */
static void join(struct import *import)
{
	struct import_msr *msrs = import->msrs;
	size_t n = 0;

	if (!msrs)
		return;
	qsort(msrs, import->n_msrs, sizeof *msrs, compare_msr);
	for (size_t i = 0; i < import->n_msrs; i++) {
		const struct import_msr *now = &msrs[i];
		const struct import_msr *last = n > 0 ? &msrs[n - 1] : NULL;
		if (!last || last->msr.cpu != now->msr.cpu ||
			last->msr.address != now->msr.address) {
			msrs[n++] = *now;
			continue;
		}
		if (last->msr.value == now->msr.value)
			continue;
		struct fixture_file file = {.load = &import->load, .name = now->path};
		fixture_complain(&file, now->msr.line,
			"0x%" PRIx32 " of CPU %" PRIu32 " is 0x%" PRIx64 " here and 0x%" PRIx64
			" in %s:%" PRIu32 ": leave one out",
			now->msr.address, now->msr.cpu, now->msr.value, last->msr.value, last->path,
			last->msr.line);
	}
	import->n_msrs = n;
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
