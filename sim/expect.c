/* SPDX-License-Identifier: MIT */
/*
 * What a measurement should show, from the workload's figures alone: a long
 * run, so that each phase has its share. An endless last phase is all of it.
 */
#include "sim/expect.h"

#include <string.h>

#define CAS_EVENT 0x04 /* Intel 327043-001, iMC: CAS_COUNT */
#define CAS_READ  0x03
#define CAS_WRITE 0x0c
#define CAS_BYTES 64

/* A phase's share of a long run, 0 to 1. */
static double phase_share(const struct fixture *fixture, const struct fixture_phase *phase)
{
	const struct fixture_phase *last = &fixture->phases[fixture->n_phases - 1];
	double sum = 0;

	if (last->seconds == 0)
		return phase == last;
	for (size_t i = 0; i < fixture->n_phases; i++)
		sum += fixture->phases[i].seconds;
	return phase->seconds / sum;
}

static bool contains(const uint32_t *numbers, size_t n, uint32_t number)
{
	for (size_t i = 0; i < n; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

static const struct fixture_cpu_load *find_cpu_load(const struct fixture_phase *phase, uint32_t cpu)
{
	for (size_t i = 0; i < phase->n_cpu_loads; i++)
		if (contains(phase->cpu_loads[i].cpus, phase->cpu_loads[i].n_cpus, cpu))
			return &phase->cpu_loads[i];
	return NULL;
}

static const struct fixture_package_load *find_package_load(
	const struct fixture_phase *phase, uint32_t package)
{
	for (size_t i = 0; i < phase->n_package_loads; i++)
		if (contains(phase->package_loads[i].packages, phase->package_loads[i].n_packages,
			    package))
			return &phase->package_loads[i];
	return NULL;
}

/* Of all channels of a package. */
static double memory_bytes_per_second(const struct fixture_package_load *load, uint8_t umask)
{
	double sum = 0;

	for (size_t i = 0; i < load->n_boxes; i++) {
		const struct fixture_box_load *box = &load->boxes[i];
		for (size_t j = 0; strcmp(box->unit, "imc") == 0 && j < box->n_rates; j++)
			if (box->rates[j].event == CAS_EVENT && box->rates[j].umask == umask)
				sum += box->rates[j].per_second * (double)box->n_boxes;
	}
	return sum * CAS_BYTES;
}

static void write_figure(
	FILE *out, const char *scope, uint32_t number, const char *figure, double value)
{
	fprintf(out, "%s\t%u\t%s\t%.10g\n", scope, number, figure, value);
}

static void write_cpu(const struct fixture *fixture, uint32_t cpu, FILE *out)
{
	double active = 0, cycles = 0, instructions = 0;

	for (size_t i = 0; i < fixture->n_phases; i++) {
		const struct fixture_phase *phase = &fixture->phases[i];
		const struct fixture_cpu_load *load = find_cpu_load(phase, cpu);
		double share = phase_share(fixture, phase);
		if (!load)
			continue;
		active += share * load->active;
		cycles += share * load->active * load->frequency_mhz * 1e6;
		instructions += share * load->active * load->frequency_mhz * 1e6 *
				load->instructions_per_cycle;
	}
	write_figure(out, "cpu", cpu, "instructions_per_second", instructions);
	write_figure(out, "cpu", cpu, "cycles_per_second", cycles);
	/* a CPU that does nothing has no CPI and no clock */
	if (instructions > 0)
		write_figure(out, "cpu", cpu, "cpi", cycles / instructions);
	if (active > 0)
		write_figure(out, "cpu", cpu, "clock_mhz", cycles / active / 1e6);
}

static void write_socket(const struct fixture *fixture, uint32_t package, FILE *out)
{
	double read = 0, write = 0, package_watts = 0, dram_watts = 0;

	for (size_t i = 0; i < fixture->n_phases; i++) {
		const struct fixture_phase *phase = &fixture->phases[i];
		const struct fixture_package_load *load = find_package_load(phase, package);
		double share = phase_share(fixture, phase);
		if (!load)
			continue;
		read += share * memory_bytes_per_second(load, CAS_READ);
		write += share * memory_bytes_per_second(load, CAS_WRITE);
		package_watts += share * load->package_watts;
		dram_watts += share * load->dram_watts;
	}
	write_figure(out, "socket", package, "memory_read_bytes_per_second", read);
	write_figure(out, "socket", package, "memory_write_bytes_per_second", write);
	write_figure(out, "socket", package, "package_watts", package_watts);
	write_figure(out, "socket", package, "dram_watts", dram_watts);
}

void expect_write(const struct fixture *fixture, FILE *out)
{
	fprintf(out, "# scope\tnumber\tfigure\tvalue\n");
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].online)
			write_cpu(fixture, fixture->cpus[i].number, out);
	for (uint32_t package = 0; package < fixture->n_packages; package++)
		write_socket(fixture, package, out);
}
