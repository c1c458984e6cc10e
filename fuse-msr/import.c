/* SPDX-License-Identifier: MIT */
/* fuse-msr import: what other tools recorded of a machine becomes a fixture. Knows which
 * option is which file, and the order in which they can be understood. */
#include "sim/import/import.h"

#include <argp.h>
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/verb.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/number.h"

enum kind {
	KIND_CPUINFO = 512,
	KIND_CPUID,
	KIND_LSPCI,
	KIND_PCI_CONFIG,
	KIND_ACPI,
	KIND_MSR,
	KIND_RDMSR,
	KIND_MSRSAVE,
	KIND_ALLOWLIST,
	KIND_NUMACTL,
	KIND_MEMINFO,
	KIND_UMOCKDEV,
	KIND_PCM_RAW,
	KIND_NAME,
};

const struct argp_option import_options[] = {
	{"cpuinfo", KIND_CPUINFO, "FILE", 0, "/proc/cpuinfo: model, CPUs, packages and cores", 0},
	{"cpuid", KIND_CPUID, "FILE", 0,
		"`cpuid -r` or `kcpuid -r`: caches; without --cpuinfo also model and CPUs", 0},
	{"lspci", KIND_LSPCI, "FILE", 0,
		"`lspci -Dnxxxx`, taken as root; also -nn, -x, -v, and without -D", 0},
	{"pci-config", KIND_PCI_CONFIG, "FOLDER", 0,
		"Config space as files called 0000:7f:08.0, with any ending, or as in "
		"/sys/bus/pci/devices",
		0},
	{"acpi", KIND_ACPI, "FILE", 0, "`acpidump`, or the table MCFG: where config space is", 0},
	{"umockdev", KIND_UMOCKDEV, "FILE", 0,
		"`umockdev-record --all`, taken as root: config space; without --cpuinfo and "
		"--cpuid "
		"also model and CPUs. May be given several times",
		0},
	{"msr", KIND_MSR, "[CPUS:]FILE", 0,
		"Registers as inteltool, turbostat --debug or --add, cpuid_tool --rdmsr-raw, "
		"reports like CPU-Z's, SerialICE, emon or msrsave print them, or an msr.txt. CPUS "
		"(0-3,8): whose they are, where the tool does not say",
		0},
	{"pcm-raw", KIND_PCM_RAW, "FILE", 0,
		"What pcm-raw was asked for (thread_msr/config=0x10,config1=0), its CSV, or both "
		"in "
		"one",
		0},
	{"rdmsr", KIND_RDMSR, "ADDRESS[@CPUS]=FILE", 0,
		"What `rdmsr -a ADDRESS` printed; with CPUS, `rdmsr -p` for each of them", 0},
	{"msrsave", KIND_MSRSAVE, "FILE", 0, "What msrsave wrote, with --allowlist", 0},
	{"allowlist", KIND_ALLOWLIST, "FILE", 0, "The allowlist of msr-safe that msrsave had", 0},
	{"numactl", KIND_NUMACTL, "FILE", 0,
		"`numactl -H`: NUMA nodes, their CPUs, memory and distances", 0},
	{"meminfo", KIND_MEMINFO, "FILE", 0,
		"/proc/meminfo: how much memory, where no --numactl says it", 0},
	{"name", KIND_NAME, "TEXT", 0, "What to call the node; default: as DIR", 0},
	{0},
};

/* "0x198@0-3=FILE": its parts; free() *copy. False when it is not so. */
static bool split_rdmsr(
	const char *text, char **copy, uint32_t *address, const char **cpus, const char **path)
{
	uint64_t value;

	*copy = strdup(text);
	char *equals = *copy ? strchr(*copy, '=') : NULL;
	if (!equals || equals[1] == '\0')
		return false;
	*equals = '\0';
	*path = equals + 1;
	char *at = strchr(*copy, '@');
	*cpus = at ? at + 1 : NULL;
	if (at)
		*at = '\0';
	if (!number_parse(*copy, UINT32_MAX, &value))
		return false;
	*address = (uint32_t)value;
	return true;
}

static void check_source(const struct import_source *source, struct argp_state *state)
{
	cleanup_free char *copy = NULL;
	const char *cpus, *path;
	uint32_t address;

	if (source->kind == KIND_RDMSR && !split_rdmsr(source->text, &copy, &address, &cpus, &path))
		argp_error(state, "--rdmsr is ADDRESS=FILE or ADDRESS@CPUS=FILE, not %s",
			source->text);
}

static const char *find_source(const struct options *options, int kind)
{
	for (size_t i = 0; i < options->n_sources; i++)
		if (options->sources[i].kind == kind)
			return options->sources[i].text;
	return NULL;
}

int import_parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	if (key == KIND_NAME) {
		options->name = argument;
	} else if (key >= KIND_CPUINFO && key < KIND_NAME) {
		if (options->n_sources == IMPORT_MAX_SOURCES)
			argp_error(state, "more than %d files", IMPORT_MAX_SOURCES);
		options->sources[options->n_sources] = (struct import_source){key, argument};
		check_source(&options->sources[options->n_sources++], state);
	} else if (key == ARGP_KEY_ARG) {
		if (options->dir)
			argp_error(state, "too many arguments: %s", argument);
		options->dir = argument;
	} else if (key == ARGP_KEY_END) {
		if (!options->dir)
			argp_error(state, "which DIR shall the fixture be?");
		if (options->n_sources == 0)
			argp_error(state, "what shall be imported? At least --cpuinfo, --cpuid or "
					  "--umockdev");
		if (!find_source(options, KIND_MSRSAVE) != !find_source(options, KIND_ALLOWLIST))
			argp_error(state, "--msrsave and --allowlist go together: "
					  "the file does not say which registers it has");
	} else {
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void complain(void *context, const char *message)
{
	(void)context;
	fprintf(stderr, "%s\n", message);
}

static void read_text(struct import *import, const char *path, bool is_binary,
	void (*take)(struct import *import, struct fixture_file *file))
{
	struct fixture_file file;

	if (import_read(import, &file, path, is_binary))
		take(import, &file);
	fixture_file_deinit(&file);
}

/* "0-3:FILE", or FILE; a path with a slash before the colon is a path. */
static void read_msr(struct import *import, const struct options *options, const char *text)
{
	size_t length = strspn(text, "0123456789,-");
	cleanup_free char *cpus = NULL;
	struct fixture_file file;

	(void)options;
	if (length > 0 && text[length] == ':') {
		cpus = strndup(text, length);
		text += length + 1;
	}
	if (import_read(import, &file, text, false))
		import_msr(import, &file, cpus);
	fixture_file_deinit(&file);
}

static void read_rdmsr(struct import *import, const struct options *options, const char *text)
{
	cleanup_free char *copy = NULL;
	const char *cpus, *path;
	struct fixture_file file;
	uint32_t address;

	(void)options;
	if (!split_rdmsr(text, &copy, &address, &cpus, &path))
		return; /* import_parse has seen to that */
	if (import_read(import, &file, path, false))
		import_rdmsr(import, &file, address, cpus);
	fixture_file_deinit(&file);
}

static void read_msrsave(struct import *import, const struct options *options, const char *text)
{
	struct fixture_file file = {0}, list = {0};

	if (import_read(import, &file, text, true) &&
		import_read(import, &list, find_source(options, KIND_ALLOWLIST), false))
		import_msrsave(import, &file, &list);
	fixture_file_deinit(&file);
	fixture_file_deinit(&list);
}

static void read_folder(struct import *import, const struct options *options, const char *text)
{
	(void)options;
	import_pci_folder(import, text);
}

/* Which CPU it is comes first: the other files are about its registers. The cpuinfo knows most
 * of that, so what is beside it is compared with it. */
static const struct reader {
	enum kind kind;
	bool is_identity;
	/* a file that is understood by itself; NULL: read knows how */
	void (*take)(struct import *import, struct fixture_file *file);
	bool is_binary;
	void (*read)(struct import *import, const struct options *options, const char *text);
} readers[] = {
	{KIND_CPUINFO, true, import_cpuinfo, false, NULL},
	{KIND_CPUID, true, import_cpuid, false, NULL},
	{KIND_UMOCKDEV, true, import_umockdev_cpus, false, NULL},
	{KIND_UMOCKDEV, false, import_umockdev, false, NULL},
	{KIND_LSPCI, false, import_lspci, false, NULL},
	{KIND_PCI_CONFIG, false, NULL, true, read_folder},
	{KIND_ACPI, false, import_acpi, true, NULL},
	{KIND_MSR, false, NULL, false, read_msr},
	{KIND_RDMSR, false, NULL, false, read_rdmsr},
	{KIND_MSRSAVE, false, NULL, true, read_msrsave},
	{KIND_PCM_RAW, false, import_pcm_raw, false, NULL},
	{KIND_NUMACTL, false, import_numactl, false, NULL},
	{KIND_MEMINFO, false, import_meminfo, false, NULL},
};

static void read_kind(
	struct import *import, const struct options *options, const struct reader *reader)
{
	for (size_t i = 0; i < options->n_sources; i++) {
		const struct import_source *source = &options->sources[i];
		if (source->kind != (int)reader->kind)
			continue;
		if (reader->take)
			read_text(import, source->text, reader->is_binary, reader->take);
		else
			reader->read(import, options, source->text);
	}
}

static bool read_sources(struct import *import, const struct options *options)
{
	for (size_t i = 0; i < N_ELEMENTS(readers); i++)
		if (readers[i].is_identity)
			read_kind(import, options, &readers[i]);
	if (!import_identified(import))
		return false;
	for (size_t i = 0; i < N_ELEMENTS(readers); i++)
		if (!readers[i].is_identity)
			read_kind(import, options, &readers[i]);
	cleanup_free char *dir = strdup(options->dir);
	return dir && import_finish(import, options->name ? options->name : basename(dir));
}

/* In the draft a file is called by another path than it will have. */
static void complain_of_draft(void *context, const char *message)
{
	const struct fixture_draft *draft = context;
	size_t length = strlen(draft->path);

	fprintf(stderr, "%s%s\n", draft->target,
		strncmp(message, draft->path, length) == 0 ? message + length : message);
}

static int write_fixture(const struct import *import, const char *dir)
{
	const struct fixture_saving saving = import_saving(import);
	struct fixture_draft draft;
	int r = fixture_save(&draft, &saving, dir);

	if (r == -EEXIST) {
		warnx("%s is there already: name another, or remove it", dir);
		return EXIT_USAGE;
	}
	if (r == 0) {
		/* what import lets through and the loader does not is an import that failed */
		struct fixture *fixture = fixture_load(draft.path, complain_of_draft, &draft);
		if (!fixture) {
			fixture_draft_discard(&draft);
			return EXIT_USAGE;
		}
		fixture_free(fixture);
		r = fixture_draft_publish(&draft);
	}
	if (r == -EEXIST)
		warnx("%s is there by now: name another, or remove it", dir);
	else if (r < 0)
		warnx("%s can't be written: %s", dir, strerror(-r));
	if (r < 0)
		return EXIT_FAILURE;
	printf("%s: %zu CPUs, %zu values of registers, %zu PCI functions\n", dir,
		saving.fixture->n_cpus, saving.fixture->n_msrs, saving.fixture->n_functions);
	return EXIT_SUCCESS;
}

int verb_import(const struct options *options)
{
	const struct import_listener listener = {complain, complain, NULL};
	struct import *import = import_new(&listener);
	int status = EXIT_USAGE;

	if (!import)
		errx(EXIT_FAILURE, "out of memory");
	if (read_sources(import, options))
		status = write_fixture(import, options->dir);
	import_free(import);
	return status;
}
