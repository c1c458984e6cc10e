/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as one of the files that import reads (PARSER says which), of a small machine.
 * It is a complaint, or a fixture that can be saved and that its loader can be asked about.
 */
#include <string.h>
#include <unistd.h>

#include "fuzz/harness.h"
#include "sim/import/import.h"

static const char cpuinfo[] =
	"processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 45\n"
	"model name\t: Intel(R) Xeon(R) CPU E5-2630 0 @ 2.30GHz\nstepping\t: 7\n"
	"physical id\t: 0\ncore id\t\t: 0\napicid\t\t: 0\n\n"
	"processor\t: 1\nphysical id\t: 1\ncore id\t\t: 0\napicid\t\t: 32\n";

static const char allowlist[] = "0x00000199 0x000000000000ffff\n0x000001a0 0xffffffffffffffff\n";

static void count_complaint(void *context, const char *message)
{
	unsigned *n = context;

	MUST(*message);
	++*n;
}

static void remark(void *context, const char *message)
{
	(void)context;
	MUST(*message);
}

static void take(struct import *import, struct fixture_file *file, const char *bytes, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text);
	memcpy(text, bytes, size);
	text[size] = '\0';
	import_take(import, file, "input", text, size);
}

static void take_cpuinfo(struct import *import)
{
	struct fixture_file file;

	take(import, &file, cpuinfo, sizeof cpuinfo - 1);
	import_cpuinfo(import, &file);
	fixture_file_deinit(&file);
	MUST(import_identified(import));
}

static bool is_text(const uint8_t *data, size_t size)
{
	return size == 0 || !memchr(data, 0, size);
}

/* False: it could not be tried. */
static bool parse(struct import *import, const uint8_t *data, size_t size)
{
	enum {
		CPUINFO,
		CPUID,
		LSPCI,
		ACPI,
		MSR,
		RDMSR,
		MSRSAVE,
		UMOCKDEV,
		UMOCKDEV_CPUS,
		PCM_RAW,
		NUMACTL,
		MEMINFO
	} parser = PARSER;
	struct fixture_file file, list;

	if (parser != ACPI && parser != MSRSAVE && !is_text(data, size))
		return false;
	bool is_identity = parser == CPUINFO || parser == CPUID || parser == UMOCKDEV_CPUS;
	if (!is_identity)
		take_cpuinfo(import);
	take(import, &file, (const char *)data, size);
	take(import, &list, allowlist, sizeof allowlist - 1);
	switch (parser) {
	case CPUINFO:
		import_cpuinfo(import, &file);
		break;
	case CPUID:
		import_cpuid(import, &file);
		break;
	case LSPCI:
		import_lspci(import, &file);
		break;
	case ACPI:
		import_acpi(import, &file);
		break;
	case MSR:
		import_msr(import, &file, NULL);
		break;
	case RDMSR:
		import_rdmsr(import, &file, 0x199, NULL);
		break;
	case MSRSAVE:
		import_msrsave(import, &file, &list);
		break;
	case UMOCKDEV:
		import_umockdev(import, &file);
		break;
	case UMOCKDEV_CPUS:
		import_umockdev_cpus(import, &file);
		break;
	case PCM_RAW:
		import_pcm_raw(import, &file);
		break;
	case NUMACTL:
		import_numactl(import, &file);
		break;
	case MEMINFO:
		import_meminfo(import, &file);
		break;
	}
	fixture_file_deinit(&file);
	fixture_file_deinit(&list);
	return !is_identity || import_identified(import);
}

static void save_and_load(const struct import *import)
{
	const struct fixture_saving saving = import_saving(import);
	struct fixture_draft draft;
	char target[64];

	snprintf(target, sizeof target, "/tmp/msrd-fuzz-import-%d", (int)getpid());
	MUST(fixture_save(&draft, &saving, target) == 0);
	fixture_free(fixture_load(draft.path, NULL, NULL));
	fixture_draft_discard(&draft);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned n_complaints = 0;
	const struct import_listener listener = {count_complaint, remark, &n_complaints};
	struct import *import = import_new(&listener);

	MUST(import);
	if (parse(import, data, size) && import_finish(import, "node")) {
		MUST(n_complaints == 0);
		save_and_load(import);
	}
	import_free(import);
	return 0;
}
