/* SPDX-License-Identifier: MIT */
/*
 * A fixture with any text as one of its files (FILE_NAME); the others are the
 * seeds of the other fuzzers, which make a small valid node together. It is a
 * fixture that keeps what fixture.h promises, or a complaint and no fixture.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/harness.h"
#include "sim/fixture/fixture.h"
#include "sim/machine/machine.h"

struct folder {
	char path[32];
	int fd;
};

static struct folder folder = {.path = "/tmp/msrd-fuzz-XXXXXX"};

static void folder_remove(void)
{
	static const char *const names[] = {
		"node.yaml", "msr.txt", "pci.txt", "workload.yaml", "events.txt"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlinkat(folder.fd, names[i], 0);
	rmdir(folder.path);
}

static void folder_link(const char *name)
{
	char target[4096];

	snprintf(
		target, sizeof target, CORPUS "/fixture-%.*s/small", (int)strcspn(name, "."), name);
	MUST(symlinkat(target, folder.fd, name) == 0);
}

static void count_complaint(void *context, const char *message)
{
	unsigned *n = context;

	MUST(*message);
	++*n;
}

/* The seeds alone have to be a fixture, or nothing would be reached. */
static void folder_make(void)
{
	unsigned n_complaints = 0;

	MUST(mkdtemp(folder.path));
	folder.fd = open(folder.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	MUST(folder.fd >= 0);
	atexit(folder_remove);
	folder_link("node.yaml");
	folder_link("msr.txt");
	folder_link("pci.txt");
	folder_link("workload.yaml");
	/* it is about what the others may be mutated to */
	if (strcmp(FILE_NAME, "events.txt") == 0)
		folder_link("events.txt");
	struct fixture *fixture = fixture_load(folder.path, count_complaint, &n_complaints);
	MUST(fixture && n_complaints == 0);
	fixture_free(fixture);
	MUST(unlinkat(folder.fd, FILE_NAME, 0) == 0);
}

/* Each CPU does one thing in each phase. */
static void check_phase(const struct fixture *fixture, const struct fixture_phase *phase)
{
	size_t n_cpus = 0;

	for (size_t i = 0; i < phase->n_cpu_loads; i++)
		n_cpus += phase->cpu_loads[i].n_cpus;
	MUST(n_cpus == fixture->n_cpus);
}

static bool has_package(const struct fixture *fixture, uint32_t id)
{
	for (size_t i = 0; i < fixture->n_packages; i++)
		if (fixture->packages[i] == id)
			return true;
	return false;
}

static void check_fixture(const struct fixture *fixture)
{
	MUST(fixture->n_cpus > 0 && fixture->n_phases > 0);
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		MUST(i == 0 || fixture->cpus[i - 1].number < fixture->cpus[i].number);
		MUST(has_package(fixture, fixture->cpus[i].package));
		MUST(fixture->cpus[i].numa_node < fixture->n_numa_nodes);
	}
	for (size_t i = 1; i < fixture->n_msrs; i++) {
		const struct fixture_msr *a = &fixture->msrs[i - 1], *b = a + 1;
		MUST(a->cpu < b->cpu || (a->cpu == b->cpu && a->address < b->address));
	}
	for (size_t i = 0; i < fixture->n_functions; i++) {
		const struct fixture_function *function = &fixture->functions[i];
		MUST(function->config && function->name);
		MUST(function->size == 64 || function->size == 256 || function->size == 4096);
	}
	for (size_t i = 1; i < fixture->n_events; i++)
		MUST(fixture->events[i - 1].ns <= fixture->events[i].ns);
	for (size_t i = 0; i < fixture->n_phases; i++)
		check_phase(fixture, &fixture->phases[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned n_complaints = 0;

	if (folder.fd == 0)
		folder_make();
	int fd = openat(folder.fd, FILE_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	MUST(fd >= 0 && (size == 0 || write(fd, data, size) == (ssize_t)size));
	close(fd);

	struct fixture *fixture = fixture_load(folder.path, count_complaint, &n_complaints);
	MUST(fixture ? n_complaints == 0 : n_complaints > 0);
	if (fixture) {
		check_fixture(fixture);
		/* what the model cannot be, it complains of too */
		struct machine *machine =
			machine_new(fixture, MACHINE_CLOCK_MANUAL, count_complaint, &n_complaints);
		if (machine)
			machine_check(machine, count_complaint, &n_complaints);
		machine_free(machine);
	}
	fixture_free(fixture);
	return 0;
}
