/* SPDX-License-Identifier: MIT */
/*
 * A machine on a manual clock for the slow model: does what the lines on standard input say and
 * prints a number for each that asks for one. A register that faults prints "fault".
 *
 *     new                    a fresh machine of the fixture
 *     advance NS
 *     rdmsr CPU REG          wrmsr CPU REG VALUE
 *     rdpci FUNCTION OFFSET  wrpci FUNCTION OFFSET VALUE      (a dword; the function's number in
 * pci.txt)
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine.h"

static void complain(void *context, const char *message)
{
	(void)context;
	fprintf(stderr, "%s\n", message);
}

static void fail(const char *line)
{
	fprintf(stderr, "cannot do: %s\n", line);
	exit(1);
}

static struct machine *renew(struct machine *machine, const struct fixture *fixture)
{
	machine_free(machine);
	machine = machine_new(fixture, MACHINE_CLOCK_MANUAL, complain, NULL);
	if (!machine)
		exit(1);
	return machine;
}

static void print(int r, uint64_t value)
{
	if (r < 0)
		puts("fault");
	else
		printf("%" PRIu64 "\n", value);
}

static void carry_out(
	struct machine *machine, const char *verb, const uint64_t *n, const char *line)
{
	uint64_t value = 0;

	if (strcmp(verb, "advance") == 0) {
		if (machine_clock_advance(machine, n[0]) < 0)
			fail(line);
	} else if (strcmp(verb, "rdmsr") == 0) {
		int r = machine_msr_read(machine, (uint32_t)n[0], (uint32_t)n[1], &value);
		print(r, value);
	} else if (strcmp(verb, "wrmsr") == 0) {
		if (machine_msr_write(machine, (uint32_t)n[0], (uint32_t)n[1], n[2]) < 0)
			fail(line);
	} else if (strcmp(verb, "rdpci") == 0) {
		print(0, machine_pci_read(machine, (uint32_t)n[0], (uint32_t)n[1], 4));
	} else if (strcmp(verb, "wrpci") == 0) {
		machine_pci_write(machine, (uint32_t)n[0], (uint32_t)n[1], 4, (uint32_t)n[2]);
	} else {
		fail(line);
	}
}

int main(int argc, char **argv)
{
	struct fixture *fixture = argc == 2 ? fixture_load(argv[1], complain, NULL) : NULL;
	struct machine *machine = NULL;
	char line[128], verb[16];

	if (!fixture)
		return 1;
	while (fgets(line, sizeof line, stdin)) {
		uint64_t n[3] = {0};
		if (sscanf(line, "%15s %" SCNi64 " %" SCNi64 " %" SCNi64, verb, (int64_t *)&n[0],
			    (int64_t *)&n[1], (int64_t *)&n[2]) < 1)
			fail(line);
		if (strcmp(verb, "new") == 0)
			machine = renew(machine, fixture);
		else
			carry_out(machine, verb, n, line);
	}
	machine_free(machine);
	fixture_free(fixture);
	return 0;
}
