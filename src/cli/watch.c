/* SPDX-License-Identifier: MIT */
/* msrctl watch: registers again and again, all of a round in one batch. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ended.h"
#include "cli/job.h"
#include "cli/selection.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/number.h"

/* What a reading is compared with; fits poll(2). */
#define MAX_INTERVAL_S 1000000

struct watch_request {
	struct selection selection;
	double interval_s;
	uint64_t count; /* 0: until a signal comes */
};

static double parse_interval(const char *text, struct argp_state *state)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value > 0) || !(value <= MAX_INTERVAL_S))
		argp_error(state, "%s is no number of seconds", text);
	return value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct watch_request *request = state->input;

	switch (key) {
	case 'i':
		request->interval_s = parse_interval(argument, state);
		return 0;
	case 'n':
		if (!number_parse(argument, UINT64_MAX, &request->count))
			argp_error(state, "%s is no number of rounds", argument);
		return 0;
	default:
		return selection_parse(&request->selection, key, argument, state);
	}
}

static const struct argp_option options[] = {
	SELECTION_OPTIONS,
	{"interval", 'i', "SECONDS", 0, "From one round to the next; default is 1", 2},
	{"count", 'n', "COUNT", 0, "How many rounds; default, and 0, is until a signal comes", 2},
	{0},
};

const struct argp watch_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "REGISTER...",
	.doc = "Read registers again and again, and show by how much they have changed, and how "
	       "fast."
	       "\vExamples:\n"
	       "  msrctl watch -n 3 -c 0 MSR_PKG_ENERGY_STATUS\n"
	       "  msrctl watch -n 2 -i 0.5 -c 0-1 -d -f DIGITAL_READOUT IA32_THERM_STATUS\n"
	       "  msrctl watch -n 2 -i 0.1 -s 0 -u imc 0xa0 --json | jq '.registers[].difference'\n"
	       "\nA counter that has gone round is reckoned with: the difference is what it went "
	       "on "
	       "by. Of other registers it is less than 0 where the value is less than before. "
	       "SIGINT, SIGTERM, and whoever reads the output and goes away, end it between two "
	       "rounds. What can't be read is explained once.",
	.children = cli_options,
};

/* What was read the last time, one an access. */
struct reading {
	bool is_there;
	uint64_t value;
};

struct watch {
	const struct watch_request *request;
	struct accesses accesses;
	struct reading *last;
	uint64_t last_ns, first_ns; /* 0: there is none yet */
	struct ended ended;
};

static const struct table_column columns[] = {
	{"VALUE", "value", false},
	{"DIFFERENCE", "difference", true},
	{"PER SECOND", "per_second", true},
};

/* Does it go round where its bits end? Of a whole register, when its fields are one that does. */
static bool is_counter(const struct arch *arch, const struct place *place, struct arch_bits *bits)
{
	const struct arch_layout *layout = arch_layout_at(arch, place);

	if (!bits->name && layout && layout->n_bits == 1 && bits->low == 0 &&
		layout->bits[0].low == 0 && bits->high >= layout->bits[0].high)
		*bits = layout->bits[0];
	return bits->name && (bits->kind == ARCH_COUNT || bits->kind == ARCH_JOULES ||
				     bits->kind == ARCH_DRAM_JOULES);
}

static void put_difference(struct watch *watch, struct table *table, const struct place *place,
	uint64_t before, uint64_t now, double seconds)
{
	struct arch_bits bits = selection_bits(&watch->request->selection, place);
	double difference;

	if (is_counter(watch->request->selection.cli->node.arch, place, &bits)) {
		uint64_t gone_on = arch_bits_get(
			&(struct arch_bits){.high = bits.high - bits.low}, now - before);

		difference = (double)gone_on;
		table_cell(table, "%" PRIu64, gone_on);
	} else {
		difference = (double)(int64_t)(now - before);
		table_cell(table, "%" PRId64, (int64_t)(now - before));
	}
	if (seconds > 0)
		table_cell(table, "%.6g", difference / seconds);
	else
		table_no_cell(table);
}

/* False: there will be no better answer from a lost daemon. */
static bool add_row(struct watch *watch, struct placed *placed, size_t i, double seconds)
{
	const struct selection *selection = &watch->request->selection;
	const struct op *op = &watch->accesses.list[i];
	const struct arch_bits bits = selection_bits(selection, &op->place);
	struct reading *last = &watch->last[i], before = *last;
	int r = accesses_result(&watch->accesses, i);

	selection_row(selection, placed, &op->place);
	*last = (struct reading){.is_there = r == 0, .value = arch_bits_get(&bits, op->value)};
	if (r == 0) {
		placed_value(placed, selection->base, bits.high - bits.low + 1u, last->value);
	} else if (before.is_there || watch->last_ns == 0 || r < 0) {
		const struct outcome outcome = accesses_outcome(&watch->accesses, i);

		ended_badly(&watch->ended, NULL, &outcome);
		table_no_cell(placed->table);
	} else {
		table_no_cell(placed->table);
	}
	if (r == 0 && before.is_there) {
		put_difference(
			watch, placed->table, &op->place, before.value, last->value, seconds);
	} else {
		table_no_cell(placed->table);
		table_no_cell(placed->table);
	}
	return r >= 0;
}

static struct table *make_round(struct watch *watch, uint64_t now_ns)
{
	static const struct table_column column = {"SECONDS", "seconds", true};
	struct table *table = table_new("round", &column, 1, true);

	table_row(table);
	table_cell(table, "%.9f", clock_seconds(now_ns - watch->first_ns));
	return table;
}

/* Prints what the batch has read. False: it is over. */
static bool show(struct watch *watch, bool is_first, struct job *job)
{
	const struct selection *selection = &watch->request->selection;
	struct placed placed = selection_table(selection, &watch->accesses, watch->accesses.n,
		"registers", columns, N_ELEMENTS(columns));
	uint64_t now_ns = accesses_time_ns(&watch->accesses);
	double seconds = is_first ? 0 : clock_seconds(now_ns - watch->last_ns);
	struct table *tables[2] = {placed.table, NULL};
	bool goes_on = true;
	int r;

	if (is_first)
		watch->first_ns = now_ns;
	for (size_t i = 0; goes_on && i < watch->accesses.n; i++)
		goes_on = add_row(watch, &placed, i, seconds);
	watch->last_ns = now_ns;
	if (!is_first && !selection->cli->json)
		putchar('\n');
	if (selection->cli->json)
		tables[1] = make_round(watch, now_ns);
	r = tables_print(tables, selection->cli->json ? 2 : 1, stdout);
	table_free(tables[0]);
	table_free(tables[1]);
	if (r == 0)
		return goes_on;
	/* who read it went away: that is no failure */
	if (job_wait(job, clock_now_ns()) == JOB_SIGNAL)
		return false;
	warnx("cannot print: %s", strerror(-r));
	watch->ended.status = CLI_FAILED;
	return false;
}

/* Rounds at their times, whatever each takes. */
static void go_round(struct watch *watch, struct msrd *msrd, struct job *job)
{
	const struct watch_request *request = watch->request;
	uint64_t start_ns = clock_now_ns();

	for (uint64_t i = 0; request->count == 0 || i < request->count; i++) {
		double due_s = (double)i * request->interval_s;

		if (i > 0 &&
			job_wait(job, start_ns + (uint64_t)(due_s * CLOCK_SECOND_NS)) != JOB_TIME)
			return;
		accesses_run(&watch->accesses, msrd, MSRD_EACH);
		if (!show(watch, i == 0, job))
			return;
	}
}

static void watch_all(struct watch *watch, struct msrd *msrd)
{
	struct job job;
	int r = job_init(&job);

	watch->last = calloc(watch->accesses.n, sizeof *watch->last);
	if (!watch->last)
		r = -ENOMEM;
	if (r == 0) {
		go_round(watch, msrd, &job);
	} else {
		warnx("%s", strerror(-r));
		watch->ended.status = CLI_FAILED;
	}
	job_deinit(&job);
	free(watch->last);
	ended_explain(&watch->ended);
}

int watch_run(struct cli *cli, int argc, char **argv)
{
	struct watch_request request = {.selection.cli = cli, .interval_s = 1};
	struct watch watch = {.request = &request, .ended.cli = cli};
	struct msrd *msrd;
	enum cli_status status;

	argp_parse(&watch_argp, argc, argv, 0, NULL, &request);
	if (!cli_read_node(cli))
		return CLI_FAILED;
	status = selection_add(&request.selection, &watch.accesses);
	msrd = status == CLI_DONE ? cli_open(cli) : NULL;
	if (msrd)
		watch_all(&watch, msrd);
	else if (status == CLI_DONE)
		status = CLI_FAILED;
	accesses_deinit(&watch.accesses);
	msrd_close(msrd);
	return (int)(status == CLI_DONE ? watch.ended.status : status);
}
