/* SPDX-License-Identifier: MIT */
/*
 * What the simulated node can do: the machine alone, its files read by several at once beside those
 * of an empty file system, and how soon a node is there. Ratios of one run, interleaved; none
 * passes or fails by them.
 *
 *     simulator FUSE-MSR EMPTY-FS FIXTURE BIG-FIXTURE [ROUNDS]
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/table.h"
#include "complain.h"
#include "host.h"
#include "sim/machine/machine.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define DEFAULT_ROUNDS 9
#define MAX_ROUNDS     99
#define MAX_READERS    8
/* Chosen: long beside what begins and ends a round, short beside a person's patience. */
#define ROUND_NS     (CLOCK_SECOND_NS / 10)
#define PATIENCE_MS  10000
#define READS_A_LOOK 1000

/* Figures of one thing in all rounds. */
struct figures {
	double values[MAX_ROUNDS];
	unsigned n;
};

static void add(struct figures *figures, double value)
{
	figures->values[figures->n++] = value;
}

static int compare(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;

	return first < second ? -1 : first > second;
}

/* Sorts them. */
static double median(struct figures *figures)
{
	qsort(figures->values, figures->n, sizeof *figures->values, compare);
	return figures->values[figures->n / 2];
}

static void cells(struct table *table, struct figures *figures, int decimals)
{
	table_cell(table, "%.*f", decimals, median(figures));
	table_cell(table, "%.*f", decimals, figures->values[0]);
	table_cell(table, "%.*f", decimals, figures->values[figures->n - 1]);
}

static int print(struct table *table)
{
	int r = tables_print(&table, 1, stdout);

	table_free(table);
	return r < 0 ? complain(r, "the table") : 0;
}

/* --- the machine alone */

/* On 06_2D; what each costs differs. */
static const struct {
	const char *name;
	uint32_t address; /* of an MSR; 0: a counter in config space */
} registers[] = {
	{"constant", 0xce},
	{"event select", 0x186},
	{"fixed counter", 0x309}, /* ... and it counts, as the next does */
	{"general counter", 0xc1},
	{"energy", 0x611},
	{"temperature", 0x19c},
	{"config space", 0},
};

static void complain_of(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

/* Instructions in both kinds of counters, of every CPU. */
static int start_counters(struct machine *machine, const struct fixture *fixture)
{
	int r = 0;

	for (uint32_t i = 0; i < fixture->n_cpus && r == 0; i++) {
		uint32_t cpu = fixture->cpus[i].number;

		r = machine_msr_write(machine, cpu, 0x186, 0x4300c0);
		if (r == 0)
			r = machine_msr_write(machine, cpu, 0x38d, 0x333);
		if (r == 0)
			r = machine_msr_write(machine, cpu, 0x38f, 0x70000000f);
	}
	return r;
}

static uint64_t read_some(struct machine *machine, const struct fixture *fixture, uint32_t address)
{
	uint64_t sum = 0, value;

	for (uint32_t i = 0; i < READS_A_LOOK; i++) {
		if (address == 0)
			sum += machine_pci_read(machine, i % fixture->n_functions, 0xa0, 4);
		else if (machine_msr_read(machine, fixture->cpus[i % fixture->n_cpus].number,
				 address, &value) == 0)
			sum += value;
	}
	return sum;
}

/* What this thread has had of a processor: others on the machine do not count. */
static uint64_t processor_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * CLOCK_SECOND_NS + (uint64_t)now.tv_nsec;
}

/* Nanoseconds a read. */
static double time_reads(struct machine *machine, const struct fixture *fixture, uint32_t address)
{
	static volatile uint64_t sink;
	uint64_t begin = processor_ns(), end = begin, n = 0;

	while (end - begin < ROUND_NS / 4) {
		sink += read_some(machine, fixture, address);
		n += READS_A_LOOK;
		end = processor_ns();
	}
	(void)sink; /* clang: it is used by being there */
	return (double)(end - begin) / (double)n;
}

static int machine_alone(const char *path, unsigned rounds)
{
	static const struct table_column columns[] = {
		{"MACHINE ALONE", "register", false},
		{"NS A READ", "ns", true},
		{"MIN", "min_ns", true},
		{"MAX", "max_ns", true},
		{"MILLION A SECOND", "million_per_second", true},
	};
	static struct figures figures[N_ELEMENTS(registers)];
	struct fixture *fixture = fixture_load(path, complain_of, NULL);
	struct machine *machine =
		fixture ? machine_new(fixture, MACHINE_CLOCK_REAL, complain_of, NULL) : NULL;
	struct table *table = table_new("machine", columns, N_ELEMENTS(columns), false);

	if (!machine || start_counters(machine, fixture) < 0)
		return -EINVAL;
	for (unsigned round = 0; round < rounds; round++)
		for (size_t i = 0; i < N_ELEMENTS(registers); i++)
			add(&figures[i], time_reads(machine, fixture, registers[i].address));
	for (size_t i = 0; i < N_ELEMENTS(registers); i++) {
		table_row(table);
		table_cell(table, "%s", registers[i].name);
		cells(table, &figures[i], 0);
		table_cell(table, "%.1f", 1000 / median(&figures[i]));
	}
	machine_free(machine);
	fixture_free(fixture);
	return print(table);
}

/* --- mounts */

struct mount {
	char dir[32];
	pid_t pid;
	uint64_t ready_ns; /* from its start to the first read */
};

static bool reads_a_register(const char *path)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t value;

	return fd >= 0 && pread(fd, &value, sizeof value, 0xce) == sizeof value;
}

static void start(const char *const *arguments)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDERR_FILENO); /* where it is mounted is our secret */
	execv(arguments[0], (char *const *)(uintptr_t)arguments);
	_exit(127);
}

/* file: what a mount has when it is there. */
static int mount_init(struct mount *mount, const char **arguments, size_t n, const char *file)
{
	char path[64];
	uint64_t begin = clock_now_ns();

	strcpy(mount->dir, "/tmp/msrd-bench-XXXXXX");
	if (!mkdtemp(mount->dir))
		return complain(-errno, "a folder in /tmp");
	arguments[n] = mount->dir;
	mount->pid = fork();
	if (mount->pid == 0)
		start(arguments);
	snprintf(path, sizeof path, "%s/%s", mount->dir, file);
	while (!reads_a_register(path)) {
		if (mount->pid < 0 || waitpid(mount->pid, NULL, WNOHANG) != 0 ||
			clock_now_ns() - begin > PATIENCE_MS * UINT64_C(1000000)) {
			warnx("%s could not be mounted", arguments[0]);
			return -EIO;
		}
		poll(NULL, 0, 1);
	}
	mount->ready_ns = clock_now_ns() - begin;
	return 0;
}

static void mount_deinit(struct mount *mount)
{
	if (mount->pid > 0) {
		kill(mount->pid, SIGTERM);
		waitpid(mount->pid, NULL, 0);
	}
	rmdir(mount->dir);
}

static int mount_node(struct mount *mount, const char *fuse_msr, const char *fixture)
{
	const char *arguments[] = {fuse_msr, "mount", "--as-root", fixture, NULL, NULL};

	return mount_init(mount, arguments, 4, "dev/cpu/0/msr");
}

static int mount_empty(struct mount *mount, const char *empty_fs)
{
	const char *arguments[] = {empty_fs, NULL, NULL};

	return mount_init(mount, arguments, 1, "msr");
}

/* --- readers */

struct reader {
	pthread_t thread;
	char path[64];
	uint64_t n;
	int error;
};

static atomic_bool is_over;

static void *read_on(void *argument)
{
	struct reader *reader = argument;
	cleanup_close int fd = open(reader->path, O_RDONLY | O_CLOEXEC);
	uint64_t value;

	while (!is_over && pread(fd, &value, sizeof value, 0xce) == sizeof value)
		reader->n++;
	if (!is_over)
		reader->error = errno;
	return NULL;
}

/* Microseconds a read, of n readers together; negative: -errno. file has a %u for the CPU, or not.
 */
static double time_readers(const struct mount *mount, const char *format, unsigned n)
{
	struct reader readers[MAX_READERS] = {0};
	uint64_t begin = clock_now_ns(), reads = 0;
	int error = 0;

	is_over = false;
	for (unsigned i = 0; i < n; i++) {
		int length = snprintf(readers[i].path, sizeof readers[i].path, "%s/", mount->dir);
		snprintf(readers[i].path + length, sizeof readers[i].path - (size_t)length,
			strchr(format, '#') ? "dev/cpu/%u/msr" : "msr", i);
		if (pthread_create(&readers[i].thread, NULL, read_on, &readers[i]) != 0)
			return -EAGAIN;
	}
	poll(NULL, 0, (int)(ROUND_NS / 1000000));
	is_over = true;
	for (unsigned i = 0; i < n; i++) {
		pthread_join(readers[i].thread, NULL);
		reads += readers[i].n;
		error = readers[i].error ? readers[i].error : error;
	}
	if (error || reads == 0)
		return -(error ? error : EIO);
	return (double)(clock_now_ns() - begin) / 1000 / (double)reads;
}

static int time_files(const struct mount *node, const struct mount *empty, unsigned rounds)
{
	static const unsigned counts[] = {1, 2, MAX_READERS};
	static struct figures ours[N_ELEMENTS(counts)], theirs[N_ELEMENTS(counts)],
		ratios[N_ELEMENTS(counts)];
	static const struct table_column columns[] = {
		{"READERS", "readers", true},
		{"EMPTY US", "empty_us", true},
		{"FUSE-MSR US", "fuse_msr_us", true},
		{"X", "times", true},
		{"MIN X", "min_times", true},
		{"MAX X", "max_times", true},
	};
	struct table *table = table_new("readers", columns, N_ELEMENTS(columns), false);

	for (unsigned round = 0; round < rounds; round++)
		for (size_t i = 0; i < N_ELEMENTS(counts); i++) {
			double least = time_readers(empty, "", counts[i]);
			double node_us = time_readers(node, "#", counts[i]);

			if (least < 0 || node_us < 0)
				return complain((int)(least < 0 ? least : node_us), "a read");
			add(&theirs[i], least);
			add(&ours[i], node_us);
			add(&ratios[i], node_us / least);
		}
	for (size_t i = 0; i < N_ELEMENTS(counts); i++) {
		table_row(table);
		table_cell(table, "%u", counts[i]);
		table_cell(table, "%.2f", median(&theirs[i]));
		table_cell(table, "%.2f", median(&ours[i]));
		cells(table, &ratios[i], 2);
	}
	return print(table);
}

static int through_fuse(
	const char *fuse_msr, const char *empty_fs, const char *fixture, unsigned rounds)
{
	struct mount node = {0}, empty = {0};
	int r = mount_node(&node, fuse_msr, fixture);

	if (r == 0)
		r = mount_empty(&empty, empty_fs);
	if (r == 0)
		r = time_files(&node, &empty, rounds);
	mount_deinit(&empty);
	mount_deinit(&node);
	return r;
}

static int mounts(const char *fuse_msr, char *const fixtures[2], unsigned rounds)
{
	static const struct table_column columns[] = {
		{"FROM START TO FIRST READ", "node", false},
		{"MS", "ms", true},
		{"MIN", "min_ms", true},
		{"MAX", "max_ms", true},
	};
	static const char *const names[] = {"2 sockets, 16 CPUs", "8 sockets, 512 CPUs"};
	static struct figures figures[2];
	struct table *table = table_new("mounts", columns, N_ELEMENTS(columns), false);

	for (unsigned round = 0; round < rounds; round++)
		for (int i = 0; i < 2; i++) {
			struct mount node = {0};
			int r = mount_node(&node, fuse_msr, fixtures[i]);

			mount_deinit(&node);
			if (r < 0)
				return r;
			add(&figures[i], (double)node.ready_ns / 1e6);
		}
	for (int i = 0; i < 2; i++) {
		table_row(table);
		table_cell(table, "%s", names[i]);
		cells(table, &figures[i], 0);
	}
	return print(table);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 5 ? (unsigned)atoi(argv[5]) : DEFAULT_ROUNDS;
	struct host host;

	if (argc < 5 || argc > 6 || rounds < 1 || rounds > MAX_ROUNDS) {
		fprintf(stderr,
			"usage: simulator FUSE-MSR EMPTY-FS FIXTURE BIG-FIXTURE [ROUNDS]\n");
		return 2;
	}
	if (host_init(&host) < 0)
		return EXIT_FAILURE;
	printf("%s, Linux %s; medians of %u, one run\n\n", host.cpu, host.kernel.release, rounds);
	fflush(stdout);
	if (machine_alone(argv[3], rounds) < 0)
		return EXIT_FAILURE;
	printf("\n");
	fflush(stdout);
	if (through_fuse(argv[1], argv[2], argv[3], rounds) < 0)
		return EXIT_FAILURE;
	printf("\n");
	fflush(stdout);
	return mounts(argv[1], &argv[3], rounds) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
