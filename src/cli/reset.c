/* SPDX-License-Identifier: MIT */
/* msrctl reset: nothing counts any more, whatever a tool that was killed has left. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/off.h"
#include "cli/cli.h"
#include "cli/ended.h"
#include "cli/hold.h"
#include "cli/machine.h"
#include "cli/measure/holder.h"
#include "cli/writing.h"
#include "util/array.h"
#include "util/cleanup.h"

/* For other measurements that program counters. */
#define WAIT_MS 20000

struct reset_request {
	struct cli *cli;
	bool is_dry_run;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct reset_request *request = state->input;

	if (writing_parse(key, &request->is_dry_run))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: it takes no arguments", argument);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	WRITING_OPTIONS,
	{0},
};

const struct argp reset_argp = {
	.options = options,
	.parser = parse,
	.doc = "Switch off everything that counts, on all CPUs and in all uncore units: event "
	       "selects, the controls of fixed counters, the global control; thaw boxes that are "
	       "frozen, and clear filters and matches."
	       "\vExamples:\n"
	       "  msrctl reset --dry-run    what has somebody left?\n"
	       "  msrctl reset\n"
	       "\nIt says what it has switched off. What counters have counted stays, and so do "
	       "counters that the kernel holds (its NMI watchdog, perf), registers that the "
	       "daemon does not let you write, and everything while the lock file is "
	       "another user's or measurements of yours run. The exit status is 1 when something "
	       "was refused or failed, 3 when a dry run says that it would be.",
	.children = cli_options,
};

struct reset {
	const struct reset_request *request;
	struct msrd *msrd;
	struct accesses reads, writes;
	uint64_t *kept;	  /* of each CPU: the counters that somebody interrupts with */
	uint64_t *before; /* of each write: what was there */
	struct ended ended;
};

static bool wants(const struct arch *arch, const struct place *place, const struct msrd_rule *rule)
{
	uint64_t off;

	return arch_off(arch, place, 0, 0, &off) && (!rule || rule->write_mask != 0);
}

static bool is_cpus(const struct place *place)
{
	return !op_space_has_units(place->space);
}

/* False: reading it failed, and not because it is not there. */
static bool look_at(struct reset *reset, size_t i)
{
	const struct op *op = &reset->reads.list[i];
	int r = accesses_result(&reset->reads, i);

	if (r == 0) {
		if (is_cpus(&op->place))
			reset->kept[op->place.cpu] |= arch_interrupting(
				reset->request->cli->node.arch, &op->place, op->value);
		return true;
	}
	if (machine_lacks(r))
		return true;
	const struct outcome outcome = accesses_outcome(&reset->reads, i);

	ended_badly(&reset->ended, NULL, &outcome);
	/* what holds for all is said once: the lock, a daemon that is gone */
	return r != MSRD_LOCKED && r >= 0;
}

/* Whether it was frozen can't be read, and to thaw it once more does no harm. */
static bool is_silent(const struct reset *reset, const struct place *place)
{
	struct arch_hit hit;

	return arch_register_at(reset->request->cli->node.arch, place, &hit) &&
	       hit.entry->class == ARCH_ALL_BOXES;
}

static int add_write(struct reset *reset, size_t i)
{
	const struct op *op = &reset->reads.list[i];
	uint64_t kept = is_cpus(&op->place) ? reset->kept[op->place.cpu] : 0, off, *before;
	int r;

	if (accesses_result(&reset->reads, i) != 0 ||
		!arch_off(reset->request->cli->node.arch, &op->place, op->value, kept, &off) ||
		off == op->value || (reset->request->is_dry_run && is_silent(reset, &op->place)))
		return 0;
	before = array_grow(reset->before, reset->writes.n, sizeof *before);
	if (!before)
		return -ENOMEM;
	reset->before = before;
	r = accesses_add(&reset->writes, OP_WRITE, &op->place, off);
	if (r == 0)
		before[reset->writes.n - 1] = op->value;
	return r;
}

static int read_all(struct reset *reset)
{
	const struct cli *cli = reset->request->cli;
	int r = machine_add(cli, reset->msrd, wants, &reset->reads);

	reset->kept = calloc(cli->node.n_cpus + 1, sizeof *reset->kept);
	if (!reset->kept)
		return -ENOMEM;
	if (r == 0 && reset->reads.n > 0)
		r = accesses_run(&reset->reads, reset->msrd, MSRD_EACH);
	for (size_t i = 0; r >= 0 && i < reset->reads.n; i++)
		if (!look_at(reset, i))
			break;
	for (size_t i = 0; r >= 0 && i < reset->reads.n; i++)
		r = add_write(reset, i) < 0 ? -ENOMEM : 0;
	return r < 0 ? r : 0;
}

static void say_kept(const struct reset *reset)
{
	unsigned n = 0;

	for (uint32_t cpu = 0; cpu < reset->request->cli->node.n_cpus; cpu++)
		n += reset->kept[cpu] != 0;
	if (n > 0)
		warnx("counters of %u CPUs are left on, as the kernel holds them, for %s", n,
			holder_text());
}

static const struct table_column columns[] = {
	{"WAS", "was", false},
	{"IS", "is", false},
	ENDED_COLUMNS,
};

static void add_row(struct reset *reset, struct placed *placed, size_t i)
{
	const struct op *op = &reset->writes.list[i];
	unsigned bits = placed_bits(&op->place);

	placed_row(placed, &op->place);
	placed_value(placed, BASE_HEX, bits, reset->before[i]);
	if (accesses_result(&reset->writes, i) == 0) {
		placed_value(placed, BASE_HEX, bits, op->value);
		ended_well(&reset->ended, placed);
		return;
	}
	const struct outcome outcome = accesses_outcome(&reset->writes, i);

	ended_badly(&reset->ended, placed, &outcome);
}

static enum cli_status show(struct reset *reset)
{
	const struct cli *cli = reset->request->cli;
	struct placed placed =
		placed_new("reset", cli->node.arch, reset->writes.list, reset->writes.n, columns,
			N_ELEMENTS(columns) - (cli->json ? 0 : ENDED_N), cli->json);
	size_t n = 0;
	enum cli_status status;

	for (size_t i = 0; i < reset->writes.n; i++)
		if (!is_silent(reset, &reset->writes.list[i].place) ||
			accesses_result(&reset->writes, i) != 0) {
			add_row(reset, &placed, i);
			n++;
		}
	ended_explain(&reset->ended);
	if (n == 0 && !cli->json && reset->ended.status == CLI_DONE)
		puts("nothing was on");
	status = cli_print(&placed.table, 1, reset->ended.status);
	table_free(placed.table);
	return status;
}

static enum cli_status finish(struct reset *reset)
{
	const struct cli *cli = reset->request->cli;

	say_kept(reset);
	if (reset->request->is_dry_run && reset->ended.status == CLI_DONE && reset->writes.n > 0)
		return writing_dry_run(cli, reset->msrd, &reset->writes, "judged");
	if (reset->writes.n > 0 && !reset->request->is_dry_run)
		accesses_run(&reset->writes, reset->msrd, MSRD_EACH);
	return show(reset);
}

/* Others of this user's would find their counters off. */
static bool is_disturbed(const struct hold *hold)
{
	if (hold->peers.living.n == 0)
		return false;
	warnx("measurements of yours are running, and have programmed %zu registers: end them "
	      "first",
		hold->peers.living.n);
	return true;
}

/* While no other measurement programs counters. */
static enum cli_status reset_all(struct reset *reset)
{
	char text[MSRD_ERROR_SIZE];
	struct hold hold;
	enum cli_status status = CLI_FAILED;
	int r;

	hold_init(&hold, reset->request->cli, reset->msrd, WAIT_MS);
	/* what killed ones left is put back, and not only switched off */
	r = reset->request->is_dry_run ? hold_look(&hold) : hold_begin(&hold);
	if (r == 0 && !is_disturbed(&hold)) {
		r = read_all(reset);
		if (r == 0)
			status = finish(reset);
		else
			warnx("%s", r == -ENOMEM ? strerror(-r)
						 : msrd_error(reset->msrd, text, sizeof text));
	}
	peers_deinit(&hold.peers, true);
	plan_deinit(&hold.plan);
	return status;
}

int reset_run(struct cli *cli, int argc, char **argv)
{
	struct reset_request request = {.cli = cli};
	struct reset reset = {.request = &request, .ended.cli = cli};
	enum cli_status status = CLI_FAILED;

	argp_parse(&reset_argp, argc, argv, 0, NULL, &request);
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;
	reset.msrd = cli_open(cli);
	if (reset.msrd && machine_is_open(reset.msrd))
		status = reset_all(&reset);
	accesses_deinit(&reset.reads);
	accesses_deinit(&reset.writes);
	free(reset.kept);
	free(reset.before);
	msrd_close(reset.msrd);
	return (int)status;
}
