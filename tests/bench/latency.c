/* SPDX-License-Identifier: MIT */
/*
 * What an access costs: by the daemon, by the reference daemon where it is
 * installed, and at least (the floor). All of them take turns in one run, round
 * by round, so that noise of the machine hits all alike; only the ratios mean
 * something elsewhere. It must not know how a candidate gets to its registers.
 */
#include <argp.h>
#include <err.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "candidate.h"
#include "cli/table.h"
#include "sample.h"
#include "util/number.h"

/* Chosen, not tuned: some seconds in all, and enough for a 99th percentile. */
#define DEFAULT_ROUNDS 200
#define PER_TURN       20
#define N_STARTS       40
/* Not measured at the begin of a turn: the others had the caches before. */
#define WARM_UP 3

enum candidate { BY_FILES, BY_ECHO, BY_MSRD, BY_REFERENCE, N_CANDIDATES };

static const char *const candidate_names[N_CANDIDATES] = {
	[BY_FILES] = "device file",
	[BY_ECHO] = "socket pair",
	[BY_MSRD] = "msrd",
	[BY_REFERENCE] = "likwid-accessD",
};

/*
 * Registers that can be written without changing anything on an idle machine:
 * with 0 a register that only clears, the others with what they hold.
 */
static const struct access {
	const char *name;
	enum candidate floor;
	struct op op;
	bool puts_back;
} accesses[] = {
	{"MSR read", BY_FILES, {.verb = OP_READ, .place.space = OP_MSR, .place.reg = 0x38f}, false},
	{"MSR write", BY_FILES, {.verb = OP_WRITE, .place.space = OP_MSR, .place.reg = 0x390},
		false},
	{"MSR write, partial", BY_FILES,
		{.verb = OP_WRITE, .place.space = OP_MSR, .place.reg = 0x38f}, true},
	{"PCI read", BY_FILES, {.verb = OP_READ, .place.space = OP_PCI, .place.reg = 0xa0}, false},
	{"PCI write", BY_FILES, {.verb = OP_WRITE, .place.space = OP_PCI, .place.reg = 0xa0}, true},
	{"CHECK", BY_ECHO, {.verb = OP_CHECK, .place.space = OP_MSR}, false},
};
#define N_ACCESSES (sizeof accesses / sizeof *accesses)

struct cell {
	enum op_status status; /* of a first try; not OP_OK: not measured */
	struct sample sample;
};

struct bench {
	const char *paths[N_CANDIDATES]; /* of the daemons' programs */
	uint64_t rounds;
	bool json;

	struct device *by[N_CANDIDATES]; /* NULL: not there */
	struct op ops[N_ACCESSES];
	struct cell cells[N_ACCESSES][N_CANDIDATES];
	struct sample start[N_CANDIDATES];
};

static const char *status_text(enum op_status status)
{
	static const char *const texts[] = {
#define X(status, text) [status] = text,
		OP_STATUSES(X)
#undef X
	};

	return status < sizeof texts / sizeof *texts ? texts[status] : "a code that nobody knows";
}

static struct op carry_out(struct device *by, struct op op)
{
	by->ops->access(by, &op);
	return op;
}

static struct op as_read(struct op op)
{
	op.verb = OP_READ;
	return op;
}

/* A write counts only by who can read what is there: an answer alone could be an empty one. */
static enum op_status try_once(struct device *by, const struct access *access, const struct op *op)
{
	if (access->puts_back) {
		struct op there = carry_out(by, as_read(*op));
		if (there.status != OP_OK)
			return there.status;
		if (there.value != op->value)
			return OP_FAILED;
	}
	return carry_out(by, *op).status;
}

/* The reference daemon may be unable to; msrd may not. */
static void prepare_cell(struct bench *bench, size_t i, enum candidate by)
{
	struct cell *cell = &bench->cells[i][by];

	if (!bench->by[by])
		return;
	cell->status = try_once(bench->by[by], &accesses[i], &bench->ops[i]);
	if (cell->status == OP_OK)
		sample_init(&cell->sample, bench->rounds * PER_TURN);
	else if (by == BY_MSRD)
		errx(EXIT_FAILURE, "msrd does not serve '%s': %s", accesses[i].name,
			status_text(cell->status));
}

/* Everybody gets the same ops, and says once if it can. */
static void bench_prepare(struct bench *bench)
{
	for (size_t i = 0; i < N_ACCESSES; i++) {
		bench->ops[i] = accesses[i].op;
		if (accesses[i].puts_back)
			bench->ops[i].value =
				carry_out(bench->by[BY_FILES], as_read(bench->ops[i])).value;
		for (int by = 0; by < N_CANDIDATES; by++)
			prepare_cell(bench, i, (enum candidate)by);
	}
}

static void take_turn(struct device *by, const struct op *op, struct sample *sample)
{
	for (int i = 0; i < WARM_UP; i++)
		carry_out(by, *op);
	for (int i = 0; i < PER_TURN; i++) {
		uint64_t begin_ns = sample_clock_ns();
		struct op done = carry_out(by, *op);
		sample_add_since(sample, begin_ns);
		if (done.status != OP_OK)
			errx(EXIT_FAILURE, "an access failed that was possible before: %s",
				status_text(done.status));
	}
}

static void bench_run(struct bench *bench)
{
	for (uint64_t round = 0; round < bench->rounds; round++)
		for (size_t i = 0; i < N_ACCESSES; i++)
			for (unsigned turn = 0; turn < N_CANDIDATES; turn++) {
				unsigned by = (unsigned)(round + turn) % N_CANDIDATES;
				struct cell *cell = &bench->cells[i][by];
				if (cell->sample.capacity > 0)
					take_turn(bench->by[by], &bench->ops[i], &cell->sample);
			}
}

/* From nothing to the first answer. */
static void bench_run_starts(struct bench *bench)
{
	static const struct op check = {.verb = OP_CHECK, .place.space = OP_MSR};

	for (int round = 0; round < N_STARTS; round++)
		for (unsigned by = BY_MSRD; by < N_CANDIDATES; by++) {
			if (!bench->paths[by])
				continue;
			uint64_t begin_ns = sample_clock_ns();
			struct device *daemon = candidate_new_daemon(bench->paths[by]);
			carry_out(daemon, check);
			sample_add_since(&bench->start[by], begin_ns);
			daemon->ops->free(daemon);
		}
}

static void print_figure(struct table *table, int decimals, double figure)
{
	if (isnan(figure))
		table_no_cell(table);
	else
		table_cell(table, "%.*f", decimals, figure);
}

static void print_row(struct table *table, const char *access, enum candidate by,
	struct sample *sample, double floor_us)
{
	double median_us = sample_percentile_us(sample, 50);

	table_row(table);
	table_cell(table, "%s", access);
	table_cell(table, "%s", candidate_names[by]);
	print_figure(table, 1, sample_percentile_us(sample, 5));
	print_figure(table, 1, median_us);
	print_figure(table, 1, sample_percentile_us(sample, 99));
	print_figure(table, 1, median_us - floor_us);
	print_figure(table, 2, median_us / floor_us);
	table_cell(table, "%zu", sample->n);
}

static void print_rows(struct bench *bench, struct table *table)
{
	for (size_t i = 0; i < N_ACCESSES; i++) {
		struct cell *cells = bench->cells[i];
		double floor_us = sample_percentile_us(&cells[accesses[i].floor].sample, 50);
		for (int by = 0; by < N_CANDIDATES; by++) {
			bool is_floor = by == BY_FILES || by == BY_ECHO;
			if (bench->by[by] && (!is_floor || by == (int)accesses[i].floor))
				print_row(table, accesses[i].name, (enum candidate)by,
					&cells[by].sample, floor_us);
		}
	}
	for (int by = BY_MSRD; by < N_CANDIDATES; by++)
		if (bench->by[by])
			print_row(table, "start", (enum candidate)by, &bench->start[by], NAN);
}

/* What the figures don't say by themselves. */
static void print_notes(const struct bench *bench)
{
	printf("\nThe floor of a register access is pread or pwrite of its device file in this\n"
	       "process, that of CHECK an echo over a socket pair. A partial write is one of a\n"
	       "register of which only some bits may change: msrd reads the old value first.\n"
	       "start: from fork to the first answer. The client is the same for both daemons:\n"
	       "one send and one recv of a plain record.\n"
	       "%zu rounds in which all take turns of %d; - and / FLOOR are of the medians.\n"
	       "On a busy machine these tell of its scheduler; the 5 %% column does least.\n",
		(size_t)bench->rounds, PER_TURN);
	if (!bench->by[BY_REFERENCE])
		printf("%s: not installed, not compared.\n", candidate_names[BY_REFERENCE]);
	for (size_t i = 0; i < N_ACCESSES; i++) {
		enum op_status status = bench->cells[i][BY_REFERENCE].status;
		if (status != OP_OK)
			printf("%s does not serve '%s' here: %s.\n", candidate_names[BY_REFERENCE],
				accesses[i].name, status_text(status));
	}
}

static int bench_print(struct bench *bench)
{
	static const struct table_column columns[] = {
		{"ACCESS", "access", false},
		{"BY", "by", false},
		{"5 % US", "p5_us", true},
		{"MEDIAN US", "median_us", true},
		{"99 % US", "p99_us", true},
		{"- FLOOR", "over_floor_us", true},
		{"/ FLOOR", "times_floor", true},
		{"N", "n", true},
	};
	cleanup_table struct table *table =
		table_new("latency", columns, sizeof columns / sizeof *columns, bench->json);

	print_rows(bench, table);
	int r = tables_print(&table, 1, stdout);
	if (r == 0 && !bench->json)
		print_notes(bench);
	return r;
}

static void bench_deinit(struct bench *bench)
{
	for (int by = 0; by < N_CANDIDATES; by++) {
		if (bench->by[by])
			bench->by[by]->ops->free(bench->by[by]);
		for (size_t i = 0; i < N_ACCESSES; i++)
			sample_deinit(&bench->cells[i][by].sample);
		sample_deinit(&bench->start[by]);
	}
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct bench *bench = state->input;

	switch (key) {
	case 'd':
		bench->paths[BY_MSRD] = argument;
		return 0;
	case 'r':
		bench->paths[BY_REFERENCE] = argument;
		return 0;
	case 'n':
		if (!number_parse(argument, 1000000, &bench->rounds) || bench->rounds == 0)
			argp_error(state, "%s: not a number of rounds (1 to 1000000)", argument);
		return 0;
	case 'j':
		bench->json = true;
		return 0;
	case ARGP_KEY_END:
		if (!bench->paths[BY_MSRD])
			argp_error(state, "--daemon is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"daemon", 'd', "PATH", 0, "msrd", 0},
	{"reference", 'r', "PATH", 0, "the reference daemon, to compare with", 0},
	{"rounds", 'n', "N", 0, "how often each has its turn (200)", 0},
	{"json", 'j', NULL, 0, "for scripts", 0},
	{0},
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Measures what an access to a register costs, as root of the node. On a real "
	       "machine "
	       "nobody else may be measuring: counters are written with what they held.",
};

int main(int argc, char **argv)
{
	struct bench bench = {.rounds = DEFAULT_ROUNDS};

	argp_parse(&argp, argc, argv, 0, NULL, &bench);
	bench.by[BY_FILES] = candidate_new_files();
	bench.by[BY_ECHO] = candidate_new_echo();
	for (int by = BY_MSRD; by < N_CANDIDATES; by++) {
		if (!bench.paths[by])
			continue;
		bench.by[by] = candidate_new_daemon(bench.paths[by]);
		sample_init(&bench.start[by], N_STARTS);
	}
	bench_prepare(&bench);
	bench_run(&bench);
	bench_run_starts(&bench);
	int r = bench_print(&bench);
	bench_deinit(&bench);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
