/* SPDX-License-Identifier: MIT */
/*
 * What a mark of a region costs, beside a read and a batch of the same counters, and where
 * nobody measures: all by one process and its child, round by round. Runs as COMMAND of msrctl stat
 * --regions -e instructions,cycles. Only the ratios mean something elsewhere.
 * usage: marks DAEMON [ROUNDS]
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/msrd.h"
#include "complain.h"
#include "figures.h"
#include "host.h"
#include "pinning.h"
#include "util/array.h"
#include "util/clock.h"

/* Chosen, not tuned: a second or two in all. */
#define DEFAULT_ROUNDS 20
#define N_CALLS	       200
#define N_OFF_CALLS    1000000

/* Who does nothing of it: a child, which has lost the variables before its first mark. */
struct off {
	int ask, answer;
	pid_t pid;
};

struct marks {
	struct msrd *msrd;
	struct msrd_batch *batch;
	uint32_t cpu, reg;
	struct off off;
};

/* In ns a mark, where half of the marks begin and half end; negative errno. */
static double time_pairs(unsigned n)
{
	uint64_t begin = clock_now_ns();

	for (unsigned i = 0; i < n; i++) {
		int r = msrd_region_begin("mark");

		if (r == 0)
			r = msrd_region_end("mark");
		if (r < 0)
			return r;
	}
	return (double)(clock_now_ns() - begin) / (2.0 * n);
}

static void answer(int ask, int answers)
{
	char byte;

	unsetenv("MSRD_REGIONS");
	while (read(ask, &byte, 1) == 1) {
		double ns = time_pairs(N_OFF_CALLS);

		if (write(answers, &ns, sizeof ns) != sizeof ns)
			break;
	}
	_exit(0);
}

static int off_init(struct off *off)
{
	int ask[2], answers[2];

	if (pipe(ask) < 0 || pipe(answers) < 0)
		return complain(-errno, "pipe");
	off->pid = fork();
	if (off->pid < 0)
		return complain(-errno, "fork");
	if (off->pid == 0) {
		close(ask[1]);
		answer(ask[0], answers[1]);
	}
	close(ask[0]);
	close(answers[1]);
	off->ask = ask[1];
	off->answer = answers[0];
	return 0;
}

static double time_off(struct marks *marks)
{
	double ns;

	if (write(marks->off.ask, "?", 1) != 1 ||
		read(marks->off.answer, &ns, sizeof ns) != sizeof ns)
		return -EIO;
	return ns;
}

static double time_read(struct marks *marks)
{
	uint64_t begin = clock_now_ns(), value;

	for (unsigned i = 0; i < N_CALLS; i++)
		if (msrd_read(marks->msrd, marks->cpu, marks->reg, &value) != 0)
			return -EIO;
	return (double)(clock_now_ns() - begin) / N_CALLS;
}

static double time_batch(struct marks *marks)
{
	uint64_t begin = clock_now_ns();

	for (unsigned i = 0; i < N_CALLS; i++)
		if (msrd_run(marks->batch) != 0)
			return -EIO;
	return (double)(clock_now_ns() - begin) / N_CALLS;
}

static double time_marks(struct marks *marks)
{
	(void)marks;
	return time_pairs(N_CALLS);
}

static int say(struct marks *marks, int r)
{
	char text[MSRD_ERROR_SIZE];

	warnx("%s", msrd_error(marks->msrd, text, sizeof text));
	return r < 0 ? r : -EIO;
}

/* The counters of these two events, for a read and a batch. */
static int reach(struct marks *marks, const char *daemon)
{
	static const char *const names[] = {"IA32_FIXED_CTR0", "IA32_FIXED_CTR1"};
	const struct msrd_options options = {.daemon = daemon};
	struct msrd_op ops[N_ELEMENTS(names)] = {0};
	char text[MSRD_ERROR_SIZE];
	int r = msrd_open(&marks->msrd, &options, text, sizeof text);

	if (r != 0) {
		warnx("%s", text);
		return r;
	}
	for (size_t i = 0; r == 0 && i < N_ELEMENTS(names); i++) {
		ops[i].device = marks->cpu;
		r = msrd_register_find(marks->msrd, MSRD_SPACE_MSR, 0, names[i], &ops[i].reg);
	}
	marks->reg = ops[0].reg;
	if (r == 0)
		r = msrd_prepare(marks->msrd, &marks->batch, ops, N_ELEMENTS(ops), MSRD_EACH);
	return r ? say(marks, r) : 0;
}

static const struct {
	const char *name;
	double (*time)(struct marks *marks);
} kinds[] = {
	{"read of one counter", time_read},
	{"batch of the two", time_batch},
	{"mark", time_marks},
	{"mark where nobody measures", time_off},
};

static int measure(struct marks *marks, unsigned rounds)
{
	static const struct table_column columns[] = {
		{"WHAT", "what", false},
		{"NS", "ns", true},
		{"MIN", "min_ns", true},
		{"MAX", "max_ns", true},
		{"BY A READ", "by_read", true},
		{"MIN", "min_by_read", true},
		{"MAX", "max_by_read", true},
	};
	static struct figures ns[N_ELEMENTS(kinds)], ratios[N_ELEMENTS(kinds)];
	struct table *table = table_new("marks", columns, N_ELEMENTS(columns), false);

	for (unsigned round = 0; round < rounds; round++) {
		double times[N_ELEMENTS(kinds)];

		for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
			times[i] = kinds[i].time(marks);
			if (times[i] < 0)
				return complain((int)times[i], "%s", kinds[i].name);
			figures_add(&ns[i], times[i]);
			figures_add(&ratios[i], times[i] / times[0]);
		}
	}
	for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
		table_row(table);
		table_cell(table, "%s", kinds[i].name);
		figures_cells(table, &ns[i], 1);
		figures_cells(table, &ratios[i], 6);
	}
	return figures_print(table);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 2 ? (unsigned)atoi(argv[2]) : DEFAULT_ROUNDS;
	struct marks marks = {0};
	struct host host;
	cpu_set_t set;

	if (argc < 2 || argc > 3 || rounds < 1 || rounds > FIGURES_MAX) {
		fprintf(stderr, "usage: marks DAEMON [ROUNDS]\n");
		return 2;
	}
	CPU_ZERO(&set);
	CPU_SET(marks.cpu, &set);
	if (off_init(&marks.off) < 0 || host_init(&host) < 0 || reach(&marks, argv[1]) < 0 ||
		pinning_set(&set) < 0)
		return EXIT_FAILURE;
	/* a daemon is there before it is timed */
	if (time_pairs(1) < 0)
		return EXIT_FAILURE;
	printf("%s, Linux %s; medians of %u, one run\n\n", host.cpu, host.kernel.release, rounds);
	int r = measure(&marks, rounds);

	msrd_batch_free(marks.batch);
	msrd_close(marks.msrd);
	close(marks.off.ask);
	waitpid(marks.off.pid, NULL, 0);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
