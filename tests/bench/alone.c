/* SPDX-License-Identifier: MIT */
/* What a read of the machine costs, by the kind of register. */
#include "alone.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>

#include "figures.h"
#include "sim/machine/machine.h"
#include "util/array.h"
#include "util/clock.h"

/* What the simulated node is to do on one core of whatever it runs on. */
#define TARGET_MILLION 10
/* Chosen: long beside a look at the clock. */
#define ROUND_NS     (CLOCK_SECOND_NS / 40)
#define READS_A_LOOK 1000

#define NO_UNIT -1
#define FLOOR	-2 /* no register: what no read of what counts can do without */

/* On 06_2D; what each costs differs. The floor is the first. */
static const struct kind {
	const char *name;
	int unit; /* of package 0, number 0; NO_UNIT: an MSR of each CPU in turn; or FLOOR */
	uint32_t address;
	bool counts;
} kinds[] = {
	{"floor: a lock, a look at the clock", FLOOR, 0, true},
	{"constant", NO_UNIT, 0xce, false},
	{"event select", NO_UNIT, 0x186, false},
	{"general counter of a core", NO_UNIT, 0xc1, true},
	{"fixed counter of a core", NO_UNIT, 0x309, true},
	{"counter of a CBox (MSR)", NO_UNIT, 0xd16, true},
	{"counter of an iMC (config space)", UNIT_IMC, 0xa0, true},
	{"TSC", NO_UNIT, 0x10, true},
	{"MPERF", NO_UNIT, 0xe7, true},
	{"APERF", NO_UNIT, 0xe8, true},
	{"energy", NO_UNIT, 0x611, true},
	{"temperature", NO_UNIT, 0x19c, false},
	{"config space", UNIT_IMC, 0x00, false},
};

/* What counts, and events that happen on the node. */
static const struct {
	int unit;
	uint32_t address;
	uint64_t value;
} controls[] = {
	{NO_UNIT, 0x186, 0x4300c0},    /* instructions */
	{NO_UNIT, 0x38d, 0x333},       /* all fixed ones */
	{NO_UNIT, 0x38f, 0x70000000f}, /* and they run */
	{NO_UNIT, 0xd10, 0x400000},    /* clock ticks */
	{UNIT_IMC, 0xd8, 0x400304},    /* CAS commands */
};

struct subject {
	struct machine *machine;
	struct fixture *fixture;
};

static void complain_of(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

static bool find(const struct subject *subject, int unit, uint32_t *function)
{
	const struct place place = place_of_unit(0, (enum op_unit)unit, 0);

	return machine_find_function(subject->machine, &place, function);
}

static bool start_counters(const struct subject *subject)
{
	uint32_t function = 0;

	for (size_t i = 0; i < N_ELEMENTS(controls); i++) {
		if (controls[i].unit != NO_UNIT) {
			if (!find(subject, controls[i].unit, &function))
				return false;
			machine_pci_write(subject->machine, function, controls[i].address, 4,
				(uint32_t)controls[i].value);
			continue;
		}
		for (uint32_t cpu = 0; cpu < subject->fixture->n_cpus; cpu++)
			if (machine_msr_write(subject->machine, subject->fixture->cpus[cpu].number,
				    controls[i].address, controls[i].value) < 0)
				return false;
	}
	return true;
}

static uint64_t floor_read(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	uint64_t ns = clock_now_ns();
	pthread_mutex_unlock(&lock);
	return ns;
}

static uint64_t read_one(
	const struct subject *subject, const struct kind *kind, uint32_t function, uint32_t turn)
{
	const struct fixture *fixture = subject->fixture;
	uint64_t value = 0;

	if (kind->unit == FLOOR)
		return floor_read();
	if (kind->unit != NO_UNIT)
		return machine_pci_read(subject->machine, function, kind->address, 4);
	(void)machine_msr_read(subject->machine, fixture->cpus[turn % fixture->n_cpus].number,
		kind->address, &value);
	return value;
}

/* What this thread has had of a processor: others on the machine do not count. */
static uint64_t processor_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * CLOCK_SECOND_NS + (uint64_t)now.tv_nsec;
}

/* Nanoseconds a read; negative: it reads what does not count. */
static double time_reads(const struct subject *subject, const struct kind *kind)
{
	static volatile uint64_t sink;
	uint32_t function = 0;

	if (kind->unit >= 0 && !find(subject, kind->unit, &function))
		return -1;
	uint64_t first = read_one(subject, kind, function, 0), n = 0;
	uint64_t begin = processor_ns(), end = begin;
	while (end - begin < ROUND_NS) {
		for (uint32_t i = 0; i < READS_A_LOOK; i++)
			sink += read_one(subject, kind, function, i);
		n += READS_A_LOOK;
		end = processor_ns();
	}
	(void)sink; /* clang: it is used by being there */
	bool has_counted = read_one(subject, kind, function, 0) != first;
	return has_counted == kind->counts ? (double)(end - begin) / (double)n : -1;
}

static int print(struct figures *figures)
{
	static const struct table_column columns[] = {
		{"MACHINE ALONE", "register", false},
		{"NS A READ", "ns", true},
		{"MIN", "min_ns", true},
		{"MAX", "max_ns", true},
		{"MILLION A SECOND", "million_per_second", true},
		{"X OF 10 MILLION", "times_target", true},
		{"BY FLOOR", "by_floor", true},
	};
	struct table *table = table_new("machine", columns, N_ELEMENTS(columns), false);

	for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
		double million = 1000 / figures_median(&figures[i]);

		table_row(table);
		table_cell(table, "%s", kinds[i].name);
		figures_cells(table, &figures[i], 0);
		table_cell(table, "%.1f", million);
		table_cell(table, "%.2f", million / TARGET_MILLION);
		table_cell(
			table, "%.2f", figures_median(&figures[i]) / figures_median(&figures[0]));
	}
	return figures_print(table);
}

static int time_kinds(const struct subject *subject, unsigned rounds)
{
	static struct figures figures[N_ELEMENTS(kinds)];

	if (!start_counters(subject)) {
		warnx("the counters of the node cannot be started: is its model 06_2D?");
		return -EINVAL;
	}
	for (unsigned round = 0; round < rounds; round++)
		for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
			double ns = time_reads(subject, &kinds[i]);

			if (ns < 0) {
				warnx("%s: it %s", kinds[i].name,
					kinds[i].counts ? "does not count" : "counts");
				return -EINVAL;
			}
			figures_add(&figures[i], ns);
		}
	return print(figures);
}

int alone_time(const char *path, unsigned rounds)
{
	struct subject subject = {.fixture = fixture_load(path, complain_of, NULL)};
	int r = -EINVAL;

	if (subject.fixture)
		subject.machine =
			machine_new(subject.fixture, MACHINE_CLOCK_REAL, complain_of, NULL);
	if (subject.machine)
		r = time_kinds(&subject, rounds);
	machine_free(subject.machine);
	fixture_free(subject.fixture);
	return r;
}
