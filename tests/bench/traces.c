/* SPDX-License-Identifier: MIT */
/*
 * How long it takes to write, check and replay a long trace, plain and compressed, and how much
 * memory at most: each in a process of its own. It fails when a replay shows a difference, or takes
 * more memory than it may.
 *
 *     traces FIXTURE [ACCESSES]
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/fixture/fixture.h"
#include "sim/tap/replay.h"
#include "sim/tap/trace_node.h"
#include "sim/tap/trace_writer.h"
#include "util/array.h"
#include "util/clock.h"

#define N_ACCESSES 10000000
#define MAX_MIB	   64
#define ORIGIN	   "tests/bench/traces.c"

struct bench {
	const char *fixture_path;
	struct fixture *fixture;
	char path[128]; /* of the trace */
	uint64_t n;
};

static void complain(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

/* Number i of the trace: some registers of two CPUs, and a function; one in eight is a write. */
static struct tap_access get_access(uint64_t i)
{
	static const uint32_t regs[] = {0x10, 0xe7, 0xe8, 0x198, 0x309, 0x30a, 0x38d, 0x38f};
	uint64_t hash = i * UINT64_C(0x9e3779b97f4a7c15);
	bool is_config = hash >> 60 == 0;

	return (struct tap_access){
		.is_write = i % 8 == 0,
		.space = is_config ? OP_PCI : OP_MSR,
		.device = is_config ? 0 : i / 8 % 2,
		.reg = is_config ? 0x40 : regs[(hash >> 40) % N_ELEMENTS(regs)],
		.width = is_config ? 4 : 8,
		.value = is_config ? hash >> 32 : hash >> 20,
	};
}

static void generate(const struct bench *bench)
{
	struct trace_header header;

	trace_node_header(bench->fixture, &header);
	trace_header_set(header.origin, sizeof header.origin, ORIGIN);
	struct trace_writer *writer = trace_writer_open(bench->path, &header, complain, NULL);
	if (!writer)
		exit(1);
	for (uint64_t i = 0; i < bench->n; i++) {
		struct tap_access access = get_access(i);
		struct trace_access entry =
			trace_node_access(bench->fixture, &access, i * UINT64_C(2500));
		trace_writer_put(writer, &entry);
	}
	if (!trace_writer_end(writer))
		exit(1);
	trace_writer_free(writer);
}

static struct trace_reader *open_trace(const struct bench *bench)
{
	struct trace_reader *reader = trace_reader_open(bench->path, complain, NULL);

	if (!reader)
		exit(1);
	return reader;
}

static void check(const struct bench *bench)
{
	struct trace_reader *reader = open_trace(bench);
	struct trace_access access;
	uint64_t n = 0;

	while (trace_reader_next(reader, &access) > 0)
		n++;
	trace_reader_free(reader);
	if (n != bench->n)
		errx(1, "%" PRIu64 " accesses were read", n);
}

static void replay(const struct bench *bench, bool is_loose)
{
	struct machine *machine = machine_new(bench->fixture, MACHINE_CLOCK_MANUAL, complain, NULL);
	struct tap *tap = tap_replay_new(tap_machine_new(machine), open_trace(bench), bench->path,
		is_loose, bench->fixture, machine);

	if (!machine || !tap)
		errx(1, "out of memory");
	for (uint64_t i = 0; i < bench->n; i++) {
		struct tap_access access = get_access(i);
		uint64_t value = access.value;
		if (!access.is_write)
			access.value = 0;
		tap_access(tap, &access);
		if (access.value != value)
			errx(1, "access %" PRIu64 ": 0x%" PRIx64, i, access.value);
	}
	struct replay_result result = tap_replay_end(tap);
	if (replay_report_total(result.report) > 0 || result.has_failed)
		errx(1, "the replay differs");
	tap_free(tap);
	machine_free(machine);
}

static void replay_strictly(const struct bench *bench)
{
	replay(bench, false);
}

static void replay_loosely(const struct bench *bench)
{
	replay(bench, true);
}

/* In a child, whose memory is its own. False: it failed, or took too much. */
static bool measure(
	const struct bench *bench, const char *what, void (*work)(const struct bench *bench))
{
	uint64_t began_ns = clock_now_ns();
	struct rusage usage;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		work(bench);
		exit(0);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0) {
		warnx("%s of %s failed", what, bench->path);
		return false;
	}
	double seconds = clock_seconds(clock_now_ns() - began_ns);
	long mib = usage.ru_maxrss / 1024;
	printf("  %-14s %7.2f s  %6.2f M/s  %4ld MiB\n", what, seconds,
		(double)bench->n / seconds / 1e6, mib);
	fflush(stdout);
	if (mib > MAX_MIB)
		warnx("%s took %ld MiB, and may take %d", what, mib, MAX_MIB);
	return mib <= MAX_MIB;
}

static bool measure_file(struct bench *bench, const char *folder, const char *name)
{
	struct stat status = {0};

	snprintf(bench->path, sizeof bench->path, "%s/%s", folder, name);
	printf("%s\n", name);
	fflush(stdout);
	bool is_good = measure(bench, "write", generate) && measure(bench, "load", check) &&
		       measure(bench, "replay, strict", replay_strictly) &&
		       measure(bench, "replay, loose", replay_loosely);
	stat(bench->path, &status);
	printf("  %-14s %7.1f MB\n", "size", (double)status.st_size / 1e6);
	unlink(bench->path);
	return is_good;
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/msrd-traces-XXXXXX";
	struct bench bench = {.n = argc > 2 ? strtoull(argv[2], NULL, 0) : N_ACCESSES};

	if (argc < 2 || bench.n == 0)
		errx(2, "usage: traces FIXTURE [ACCESSES]");
	bench.fixture = fixture_load(argv[1], complain, NULL);
	if (!bench.fixture || !mkdtemp(folder))
		return 2;
	printf("%" PRIu64 " accesses: time, rate and the most memory of a process\n", bench.n);
	fflush(stdout);
	bool is_good = measure_file(&bench, folder, "plain.trace");
#ifdef HAVE_ZSTD
	is_good &= measure_file(&bench, folder, "compressed.trace.zst");
#endif
	rmdir(folder);
	fixture_free(bench.fixture);
	return !is_good;
}
