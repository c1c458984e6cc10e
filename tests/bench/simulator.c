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

#include "alone.h"
#include "complain.h"
#include "figures.h"
#include "host.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define DEFAULT_ROUNDS 9
#define MAX_READERS    8
/* Chosen: long beside what begins and ends a round, short beside a person's patience. */
#define ROUND_NS    (CLOCK_SECOND_NS / 10)
#define PATIENCE_MS 10000

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
			figures_add(&theirs[i], least);
			figures_add(&ours[i], node_us);
			figures_add(&ratios[i], node_us / least);
		}
	for (size_t i = 0; i < N_ELEMENTS(counts); i++) {
		table_row(table);
		table_cell(table, "%u", counts[i]);
		table_cell(table, "%.2f", figures_median(&theirs[i]));
		table_cell(table, "%.2f", figures_median(&ours[i]));
		figures_cells(table, &ratios[i], 2);
	}
	return figures_print(table);
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
			figures_add(&figures[i], (double)node.ready_ns / 1e6);
		}
	for (int i = 0; i < 2; i++) {
		table_row(table);
		table_cell(table, "%s", names[i]);
		figures_cells(table, &figures[i], 0);
	}
	return figures_print(table);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 5 ? (unsigned)atoi(argv[5]) : DEFAULT_ROUNDS;
	struct host host;

	if (argc < 5 || argc > 6 || rounds < 1 || rounds > FIGURES_MAX) {
		fprintf(stderr,
			"usage: simulator FUSE-MSR EMPTY-FS FIXTURE BIG-FIXTURE [ROUNDS]\n");
		return 2;
	}
	if (host_init(&host) < 0)
		return EXIT_FAILURE;
	printf("%s, Linux %s; medians of %u, one run\n\n", host.cpu, host.kernel.release, rounds);
	fflush(stdout);
	if (alone_time(argv[3], rounds) < 0)
		return EXIT_FAILURE;
	printf("\n");
	fflush(stdout);
	if (through_fuse(argv[1], argv[2], argv[3], rounds) < 0)
		return EXIT_FAILURE;
	printf("\n");
	fflush(stdout);
	return mounts(argv[1], &argv[3], rounds) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
