/* SPDX-License-Identifier: MIT */
/* msrctl record: the machine becomes a fixture, as far as its user may look. */
#include "cli/record/record.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "cli/reach.h"
#include "device/msr.h"
#include "sim/fixture/idle.h"
#include "util/array.h"
#include "util/cleanup.h"

struct request {
	struct cli *cli;
	const char *dir;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case ARGP_KEY_ARG:
		if (request->dir)
			argp_error(state, "too many arguments: %s", argument);
		request->dir = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which DIR shall the recording be?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "DIR",
	.doc = "Record this machine as a fixture, which fuse-msr makes such a node of."
	       "\vExamples:\n"
	       "  msrctl record this-node     as root: all registers that the model has\n"
	       "\nRoot reads registers and config space itself; anybody else, and root with "
	       "--daemon "
	       "or --service, gets what the daemon's policy lets him read, and the first 64 bytes "
	       "of "
	       "config space. What could not be read is said, and stands in the files. It "
	       "reads only: no register is written. What runs on the machine is not recorded: the "
	       "node will be idle. DIR must not be there yet.",
	.children = cli_options,
};

void record_note(struct record *record, const char *key, bool is_said, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	if (!text || record->n_notes == RECORD_MAX_NOTES) {
		free(text);
		return;
	}
	if (is_said)
		warnx("%s", text);
	record->texts[record->n_texts++] = text;
	record->notes[record->n_notes++] = (struct fixture_note){key, text};
}

static int list_registers(
	struct record *record, const struct place *device, struct record_value **values, size_t *n)
{
	struct arch_walk walk = arch_walk(record->node->arch);
	struct record_value *more;
	struct arch_hit hit;

	while (arch_register_next(&walk, &hit)) {
		if (!arch_register_is_of(hit.entry, device) || hit.entry->class == ARCH_ABSENT)
			continue;
		more = array_grow(*values, *n, sizeof **values);
		if (!more)
			return -ENOMEM;
		*values = more;
		more[(*n)++] = (struct record_value){.hit = hit, .status = OP_SKIPPED};
	}
	return 0;
}

static struct place place_of(const struct place *device, const struct record_value *value)
{
	return place_at(*device, arch_register_address(value->hit.entry, value->hit.index));
}

static int read_here(
	struct record *record, const struct place *device, struct record_value *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct op op = {.verb = OP_READ, .place = place_of(device, &values[i])};

		device_access(record->device, &op);
		values[i].value = op.value;
		values[i].status = op.status;
		/* it went off, or has no file: nor have its other registers */
		if (op.status == OP_ABSENT || op.status == OP_NO_FILE)
			break;
	}
	return 0;
}

static int ask_daemon(
	struct record *record, const struct place *device, struct record_value *values, size_t n)
{
	cleanup_free struct msrd_op *ops = calloc(n + 1, sizeof *ops);
	int r;

	if (!ops)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct place place = place_of(device, &values[i]);

		ops[i] = reach_op(OP_READ, &place, 0);
	}
	r = msrd_batch(record->msrd, ops, n, MSRD_EACH, NULL);
	/* the daemon's protocol may have no number for a unit: it tells nothing of it */
	if (r == -EINVAL)
		return 0;
	for (size_t i = 0; r >= 0 && i < n; i++) {
		values[i].value = ops[i].value;
		values[i].status = ops[i].status;
	}
	return r < 0 ? r : 0;
}

int record_device(
	struct record *record, const struct place *device, struct record_value **values, size_t *n)
{
	int r;

	*values = NULL;
	*n = 0;
	r = list_registers(record, device, values, n);
	if (r == 0)
		r = record->device ? read_here(record, device, *values, *n)
				   : ask_daemon(record, device, *values, *n);
	if (r < 0) {
		free(*values);
		*values = NULL;
	}
	return r;
}

/* Root's own way, where nobody asks for another and the files can be opened; else a daemon. */
static bool open_way(struct record *record, const struct cli *cli)
{
	struct device_files files;

	record->way = "as root";
	if (geteuid() == 0 && !cli->daemon && !cli->service && !cli->direct) {
		record->device = msr_new(record->root_fd, record->node, false, &files);
		if (record->device && files.opened > 0)
			return true;
		if (record->device)
			warnx("%s: %s; the daemon is asked instead", files.path,
				strerror(files.error));
		record->device = device_free(record->device);
	}
	record->way = cli->direct ? "by direct access" : "through the daemon";
	record->msrd = cli_open(cli);
	return record->msrd != NULL;
}

static int describe(struct record *record)
{
	struct fixture *fixture = record->fixture;
	struct utsname system;

	if (uname(&system) < 0)
		return -errno;
	fixture->name = strdup(fixture->model_name);
	if (asprintf(&fixture->origin,
		    "Recorded by msrctl record %s on Linux %s, %s. Comments say of each fact "
		    "whether "
		    "it is\nrecorded, documented, assumed or not known.\n",
		    MSRD_VERSION, system.release, record->way) < 0)
		fixture->origin = NULL;
	return fixture->name && fixture->origin ? 0 : -ENOMEM;
}

static void take_clocks(struct record *record)
{
	struct fixture_note notes[FIXTURE_N_CLOCKS];
	struct fixture *fixture = record->fixture;

	fixture_take_clocks(
		fixture, record->node->arch, fixture_named_mhz(fixture->model_name), notes);
	for (size_t i = 0; i < FIXTURE_N_CLOCKS && record->n_notes < RECORD_MAX_NOTES; i++)
		record->notes[record->n_notes++] = notes[i];
}

static int look(struct record *record)
{
	int r = record_facts(record);

	if (r == 0)
		r = record_msrs(record);
	if (r == 0)
		r = record_functions(record);
	if (r == 0)
		r = describe(record);
	if (r == 0) {
		take_clocks(record);
		r = fixture_make_idle(record->fixture);
	}
	record_note(record, "workload", false,
		"assumed: nothing runs. Temperatures are recorded where thermometers were read, "
		"else "
		"assumed (%d C).",
		IDLE_CELSIUS);
	return r;
}

static enum cli_status save(const struct record *record, const char *dir)
{
	const struct fixture_saving saving = {
		.fixture = record->fixture,
		.source = "recorded: msrctl record",
		.notes = record->notes,
		.n_notes = record->n_notes,
	};
	struct fixture_draft draft;
	int r = fixture_save(&draft, &saving, dir);

	if (r == 0)
		r = fixture_draft_publish(&draft);
	if (r == -EEXIST) {
		warnx("%s is there already: name another, or remove it", dir);
		return CLI_USAGE;
	}
	if (r < 0) {
		warnx("%s can't be written: %s", dir, strerror(-r));
		return CLI_FAILED;
	}
	printf("%s: %zu CPUs, %zu values of registers, %zu PCI functions\n", dir,
		record->fixture->n_cpus, record->fixture->n_msrs, record->fixture->n_functions);
	return CLI_DONE;
}

static enum cli_status record_to(struct record *record, const struct cli *cli, const char *dir)
{
	int r;

	if (record->root_fd < 0 || !record->fixture) {
		warn("cannot look at the machine");
		return CLI_FAILED;
	}
	if (!open_way(record, cli))
		return CLI_FAILED;
	r = look(record);
	if (r < 0) {
		warnx("cannot record this machine: %s", strerror(-r));
		return CLI_FAILED;
	}
	return save(record, dir);
}

int record_run(struct cli *cli, int argc, char **argv)
{
	struct request request = {.cli = cli};
	struct stat status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (lstat(request.dir, &status) == 0) {
		warnx("%s is there already: name another, or remove it", request.dir);
		return CLI_USAGE;
	}
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;

	cleanup_close int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct record record = {
		.node = &cli->node,
		.root_fd = root,
		.fixture = calloc(1, sizeof *record.fixture),
	};
	enum cli_status result = record_to(&record, cli, request.dir);
	for (size_t i = 0; i < record.n_texts; i++)
		free(record.texts[i]);
	fixture_free(record.fixture);
	device_free(record.device);
	msrd_close(record.msrd);
	return (int)result;
}
