/* SPDX-License-Identifier: MIT */
/*
 * What a fixture's first phase says is going on, a rate a line, for comparison
 * with what somebody measured: WHO EVENT UMASK PER-SECOND, where WHO is a CPU
 * (cpu3) or a box of a socket (0.imc2). What is no event has a name and a
 * dash: clocks and energy a second, and the temperature. Behind an event's rate
 * stand its filter, or a dash, and how it is spread over cycles: so many events
 * in one, share, length of runs, with colons, for as many as there are.
 *
 *     likwid-rates FIXTURE
 */
#include <inttypes.h>
#include <stdio.h>

#include "sim/fixture/fixture.h"

static void complain(void *context, const char *message)
{
	(void)context;
	fprintf(stderr, "%s\n", message);
}

static void print_rates(const char *who, const struct fixture_rate *rates, size_t n, double share)
{
	for (size_t i = 0; i < n; i++) {
		const struct fixture_rate *rate = &rates[i];
		printf("%s 0x%x 0x%x %.17g ", who, rate->event, rate->umask,
			rate->per_second * share);
		if (rate->has_filter)
			printf("0x%" PRIx64, rate->filter);
		else
			printf("-");
		for (size_t j = 0; j < rate->n_cycles; j++)
			printf(" %u:%.17g:%.17g", rate->cycles[j].events, rate->cycles[j].share,
				rate->cycles[j].run_cycles);
		printf("\n");
	}
}

static void print_figure(const char *who, const char *figure, double value)
{
	printf("%s %s - %.17g\n", who, figure, value);
}

static void print_cpu(
	const struct fixture *fixture, const struct fixture_cpu_load *load, uint32_t cpu)
{
	double cycles = load->frequency_mhz * 1e6 * load->active;
	char who[32];

	snprintf(who, sizeof who, "cpu%" PRIu32, cpu);
	print_figure(who, "instructions", cycles * load->instructions_per_cycle);
	print_figure(who, "cycles", cycles);
	print_figure(who, "reference", fixture->tsc_mhz * 1e6 * load->active);
	print_figure(who, "celsius", load->temperature_c);
	print_rates(who, load->rates, load->n_rates, load->active);
	/* an event that needs no rate of its own */
	printf("%s 0x3c 0x0 %.17g - 1:1:0\n", who, cycles);
}

static void print_package(
	const struct fixture *fixture, const struct fixture_package_load *load, uint32_t package)
{
	char who[64];

	snprintf(who, sizeof who, "%" PRIu32, package);
	print_figure(who, "package", load->package_watts);
	print_figure(who, "pp0", load->pp0_watts);
	print_figure(who, "dram", load->dram_watts);
	print_figure(who, "uclk", fixture->uclk_mhz * 1e6);
	print_figure(who, "dclk", fixture->dclk_mhz * 1e6);
	for (size_t i = 0; i < load->n_boxes; i++)
		for (size_t j = 0; j < load->boxes[i].n_boxes; j++) {
			snprintf(who, sizeof who, "%" PRIu32 ".%s%" PRIu32, package,
				load->boxes[i].unit, load->boxes[i].boxes[j]);
			print_rates(who, load->boxes[i].rates, load->boxes[i].n_rates, 1);
		}
}

int main(int argc, char **argv)
{
	struct fixture *fixture = argc == 2 ? fixture_load(argv[1], complain, NULL) : NULL;

	if (!fixture || fixture->n_phases == 0)
		return 1;
	const struct fixture_phase *phase = &fixture->phases[0];
	for (size_t i = 0; i < phase->n_cpu_loads; i++)
		for (size_t j = 0; j < phase->cpu_loads[i].n_cpus; j++)
			print_cpu(fixture, &phase->cpu_loads[i], phase->cpu_loads[i].cpus[j]);
	for (size_t i = 0; i < phase->n_package_loads; i++)
		for (size_t j = 0; j < phase->package_loads[i].n_packages; j++)
			print_package(fixture, &phase->package_loads[i],
				phase->package_loads[i].packages[j]);
	fixture_free(fixture);
	return 0;
}
