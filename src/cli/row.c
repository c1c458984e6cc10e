/* SPDX-License-Identifier: MIT */
/* Makes figures of what the meter's counters counted. Touches no register. */
#include "cli/row.h"

#include <math.h>
#include <string.h>

size_t row_count(const struct meter *meter)
{
	return meter->n_cpus + meter->n_sockets;
}

static void add_cause(struct row *row, const struct probe_cause *cause)
{
	if (!cause->text[0])
		return;
	if (!row->cause[0])
		strcpy(row->cause, cause->text);
	row->has_failure = row->has_failure || !cause->is_absence;
}

/* A counter that was read well and yet gives no rate. */
static void add_set_back(struct row *row, double rate)
{
	static const struct probe_cause cause = {
		.text = "somebody else set a counter back during the interval"};

	if (isnan(rate))
		add_cause(row, &cause);
}

static void get_cpu_row(const struct meter_cpu *cpu, struct row *row)
{
	static const struct probe_cause idle = {
		.text = "no instructions in the interval: the CPU was idle", .is_absence = true};
	double rates[METER_N_FIXED];

	row->scope = SAMPLE_CPU;
	row->number = cpu->cpu;
	add_cause(row, &cpu->cause);
	if (cpu->cause.text[0])
		return;
	for (size_t i = 0; i < METER_N_FIXED; i++) {
		rates[i] = sample_counter_rate(&cpu->fixed[i].counter);
		add_set_back(row, rates[i]);
	}
	if (rates[METER_INSTRUCTIONS] == 0)
		add_cause(row, &idle);
	row->figures[SAMPLE_INSTRUCTIONS] = rates[METER_INSTRUCTIONS];
	row->figures[SAMPLE_CYCLES] = rates[METER_CYCLES];
	row->figures[SAMPLE_CPI] = sample_cpi(rates[METER_CYCLES], rates[METER_INSTRUCTIONS]);
	row->figures[SAMPLE_CLOCK] =
		sample_clock_mhz(rates[METER_CYCLES], rates[METER_REFERENCE], cpu->base_mhz);
}

static void get_memory_figures(const struct meter_socket *socket, struct row *row)
{
	double reads = 0, writes = 0;

	add_cause(row, &socket->memory_cause);
	if (socket->memory_cause.text[0])
		return;
	for (size_t i = 0; i < socket->n_channels; i++) {
		reads += sample_counter_rate(&socket->channels[i].read.counter);
		writes += sample_counter_rate(&socket->channels[i].write.counter);
	}
	add_set_back(row, reads + writes);
	row->figures[SAMPLE_MEMORY_READ] = sample_bytes(reads);
	row->figures[SAMPLE_MEMORY_WRITE] = sample_bytes(writes);
}

static void get_power(const struct meter_socket *socket, const struct probe *probe,
	const struct probe_cause *cause, struct row *row, enum sample_figure figure)
{
	add_cause(row, cause);
	if (cause->text[0])
		return;
	row->figures[figure] =
		sample_watts(sample_counter_rate(&probe->counter), socket->energy_unit);
	add_set_back(row, row->figures[figure]);
}

static void get_socket_row(const struct meter_socket *socket, struct row *row)
{
	row->scope = SAMPLE_SOCKET;
	row->number = socket->socket;
	get_memory_figures(socket, row);
	get_power(socket, &socket->package, &socket->package_cause, row, SAMPLE_PACKAGE_POWER);
	get_power(socket, &socket->dram, &socket->dram_cause, row, SAMPLE_DRAM_POWER);
}

void row_get(const struct meter *meter, size_t i, struct row *row)
{
	*row = (struct row){0};
	for (size_t j = 0; j < SAMPLE_N_FIGURES; j++)
		row->figures[j] = NAN;
	if (i < meter->n_cpus)
		get_cpu_row(&meter->cpus[i], row);
	else
		get_socket_row(&meter->sockets[i - meter->n_cpus], row);
}
