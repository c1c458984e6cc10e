/* SPDX-License-Identifier: MIT */
/*
 * Programs and reads the counters, touching as little as possible of what may
 * be somebody else's: only free uncore counters, only the enable bits of the
 * fixed ones, never a reset. Restoring is the journal's, arithmetic sample.c's.
 */
#include "cli/meter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MASK_48 UINT64_C(0xffffffffffff)

/* Intel SDM vol. 3, architectural performance monitoring version 3 */
#define PLATFORM_INFO	       0xce
#define FIXED_CTR0	       0x309
#define FIXED_CTR_CTRL	       0x38d
#define FIXED_CTR_CTRL_MODES   0x777 /* ANY, USR, OS of the three counters */
#define FIXED_CTR_CTRL_USER_OS 0x333 /* both rings, this thread only */
#define GLOBAL_CTRL	       0x38f
#define GLOBAL_CTRL_FIXED      (UINT64_C(7) << 32)
#define RAPL_POWER_UNIT	       0x606
#define PKG_ENERGY_STATUS      0x611
#define DRAM_ENERGY_STATUS     0x619

/* Intel 327043-001, iMC performance monitoring registers */
#define IMC_N_COUNTERS	   4
#define IMC_CTR(i)	   (0xa0 + 8 * (i))
#define IMC_CTL(i)	   (0xd8 + 4 * (i))
#define IMC_CTL_FIELDS	   0xffc4ffff
#define IMC_CTL_EN	   (1 << 22)
#define IMC_CAS_RD	   0x0304
#define IMC_CAS_WR	   0x0c04
#define IMC_BOX_CTL	   0xf4
#define IMC_BOX_CTL_FRZ	   0x100
#define IMC_BOX_CTL_FROZEN 0x10100 /* freezing is enabled, and done */

static int read_socket(struct meter_socket *socket, struct msrd *msrd)
{
	int r = probe_read(&socket->package, msrd, &socket->package_cause);

	if (r == 0)
		r = probe_read(&socket->dram, msrd, &socket->dram_cause);
	for (size_t i = 0; r == 0 && i < socket->n_channels; i++) {
		struct meter_channel *channel = &socket->channels[i];

		r = probe_read(&channel->read, msrd, &socket->memory_cause);
		if (r == 0)
			r = probe_read(&channel->write, msrd, &socket->memory_cause);
	}
	return r;
}

int meter_read(struct meter *meter, struct msrd *msrd)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < meter->n_cpus; i++) {
		struct meter_cpu *cpu = &meter->cpus[i];

		for (size_t j = 0; r == 0 && j < METER_N_FIXED; j++)
			r = probe_read(&cpu->fixed[j], msrd, &cpu->cause);
	}
	for (size_t i = 0; r == 0 && i < meter->n_sockets; i++)
		r = read_socket(&meter->sockets[i], msrd);
	return r;
}

void meter_restart(struct meter *meter)
{
	for (size_t i = 0; i < meter->n_cpus; i++)
		for (size_t j = 0; j < METER_N_FIXED; j++)
			sample_counter_restart(&meter->cpus[i].fixed[j].counter);
	for (size_t i = 0; i < meter->n_sockets; i++) {
		struct meter_socket *socket = &meter->sockets[i];

		sample_counter_restart(&socket->package.counter);
		sample_counter_restart(&socket->dram.counter);
		for (size_t j = 0; j < socket->n_channels; j++) {
			sample_counter_restart(&socket->channels[j].read.counter);
			sample_counter_restart(&socket->channels[j].write.counter);
		}
	}
}

/* Counters that stood still get their old value back; one that somebody else
 * had running keeps its count. */
static int keep_idle_fixed(struct meter *meter, struct msrd *msrd, const struct target *target)
{
	uint64_t global, modes;
	int r = target_read(msrd, target, GLOBAL_CTRL, &global);

	if (r == 0)
		r = target_read(msrd, target, FIXED_CTR_CTRL, &modes);
	for (unsigned i = 0; r == 0 && i < METER_N_FIXED; i++)
		if (!(global >> (32 + i) & 1) || !(modes >> (4 * i) & 3))
			r = journal_keep(
				&meter->journal, msrd, target, FIXED_CTR0 + i, MASK_48, NULL);
	return r;
}

static int start_cpu(struct meter *meter, struct msrd *msrd, struct meter_cpu *cpu)
{
	struct target target = target_cpu(cpu->cpu);
	uint64_t platform_info;
	int r = target_read(msrd, &target, PLATFORM_INFO, &platform_info);

	if (r == 0) {
		cpu->base_mhz = sample_base_mhz(platform_info);
		r = keep_idle_fixed(meter, msrd, &target);
	}
	if (r == 0)
		r = journal_change(&meter->journal, msrd, &target, FIXED_CTR_CTRL,
			FIXED_CTR_CTRL_MODES, FIXED_CTR_CTRL_USER_OS);
	if (r == 0)
		r = journal_change(&meter->journal, msrd, &target, GLOBAL_CTRL, GLOBAL_CTRL_FIXED,
			GLOBAL_CTRL_FIXED);
	for (uint32_t i = 0; i < METER_N_FIXED; i++)
		cpu->fixed[i] =
			(struct probe){.target = target, .reg = FIXED_CTR0 + i, .counter.bits = 48};
	return probe_note(&cpu->cause, msrd, r);
}

/* The free counters of a channel, lowest first. */
static int find_free(struct msrd *msrd, const struct target *target,
	uint32_t numbers[IMC_N_COUNTERS], unsigned *n)
{
	*n = 0;
	for (uint32_t i = 0; i < IMC_N_COUNTERS; i++) {
		uint64_t control;
		int r = target_read(msrd, target, IMC_CTL(i), &control);

		if (r != 0)
			return r;
		if (!(control & IMC_CTL_EN))
			numbers[(*n)++] = i;
	}
	return 0;
}

static int start_imc_counter(struct meter *meter, struct msrd *msrd, struct probe *probe,
	struct target target, uint32_t number, uint64_t event)
{
	int r = journal_keep(&meter->journal, msrd, &target, IMC_CTR(number), UINT32_MAX, NULL);

	if (r == 0)
		r = journal_keep(
			&meter->journal, msrd, &target, IMC_CTR(number) + 4, UINT16_MAX, NULL);
	if (r == 0)
		r = journal_change(&meter->journal, msrd, &target, IMC_CTL(number), IMC_CTL_FIELDS,
			IMC_CTL_EN | event);
	*probe = (struct probe){
		.target = target, .reg = IMC_CTR(number), .is_halves = true, .counter.bits = 48};
	return r;
}

static int thaw_box(struct meter *meter, struct msrd *msrd, const struct target *target)
{
	uint64_t box;
	int r = target_read(msrd, target, IMC_BOX_CTL, &box);

	if (r != 0 || (box & IMC_BOX_CTL_FROZEN) != IMC_BOX_CTL_FROZEN)
		return r;
	return journal_change(&meter->journal, msrd, target, IMC_BOX_CTL, IMC_BOX_CTL_FRZ, 0);
}

static int start_channel(struct meter *meter, struct msrd *msrd, struct meter_channel *channel,
	struct target target, struct probe_cause *cause)
{
	uint32_t numbers[IMC_N_COUNTERS];
	unsigned n_free;
	int r = find_free(msrd, &target, numbers, &n_free);

	if (r == 0 && n_free < 2) {
		char name[40];

		snprintf(cause->text, sizeof cause->text,
			"%u of the %u counters of %s are free, 2 are needed: "
			"is another measurement running?",
			n_free, IMC_N_COUNTERS, target_describe(&target, name, sizeof name));
		return 0;
	}
	if (r == 0)
		r = start_imc_counter(meter, msrd, &channel->read, target, numbers[0], IMC_CAS_RD);
	if (r == 0)
		r = start_imc_counter(meter, msrd, &channel->write, target, numbers[1], IMC_CAS_WR);
	if (r == 0)
		r = thaw_box(meter, msrd, &target);
	return probe_note(cause, msrd, r);
}

static bool is_channel(const struct node_function *function, uint32_t socket)
{
	return function->package == socket && function->arch->unit == UNIT_IMC;
}

static int start_memory(struct meter *meter, struct msrd *msrd, const struct node *node,
	struct meter_socket *socket)
{
	size_t n_channels = 0;

	for (size_t i = 0; i < node->n_functions; i++)
		n_channels += is_channel(&node->functions[i], socket->socket);
	if (n_channels == 0) {
		snprintf(socket->memory_cause.text, sizeof socket->memory_cause.text,
			"socket %u shows no memory controller in PCI config space", socket->socket);
		socket->memory_cause.is_absence = true;
		return 0;
	}
	socket->channels = calloc(n_channels, sizeof *socket->channels);
	if (!socket->channels)
		return -ENOMEM;
	/* all or none: a part of the channels would be no bandwidth */
	for (size_t i = 0; i < node->n_functions && !socket->memory_cause.text[0]; i++) {
		const struct node_function *function = &node->functions[i];
		int r;

		if (!is_channel(function, socket->socket))
			continue;
		r = start_channel(meter, msrd, &socket->channels[socket->n_channels++],
			target_unit(socket->socket, UNIT_IMC, function->arch->index),
			&socket->memory_cause);
		if (r < 0)
			return r;
	}
	return 0;
}

/* cpu: any of the socket. */
static int start_energy(struct msrd *msrd, struct meter_socket *socket, uint32_t cpu)
{
	struct target target = target_cpu(cpu);
	int r = target_read(msrd, &target, RAPL_POWER_UNIT, &socket->energy_unit);

	socket->package =
		(struct probe){.target = target, .reg = PKG_ENERGY_STATUS, .counter.bits = 32};
	socket->dram = socket->package;
	socket->dram.reg = DRAM_ENERGY_STATUS;
	r = probe_note(&socket->package_cause, msrd, r);
	socket->dram_cause = socket->package_cause;
	return r;
}

static int add_socket(struct meter *meter, struct msrd *msrd, const struct node *node,
	uint32_t number, uint32_t cpu)
{
	struct meter_socket *socket = &meter->sockets[meter->n_sockets++];
	int r;

	*socket = (struct meter_socket){.socket = number};
	r = start_memory(meter, msrd, node, socket);
	return r < 0 ? r : start_energy(msrd, socket, cpu);
}

static bool has_socket(const struct meter *meter, uint32_t socket)
{
	for (size_t i = 0; i < meter->n_sockets; i++)
		if (meter->sockets[i].socket == socket)
			return true;
	return false;
}

static int add_cpu(struct meter *meter, struct msrd *msrd, const struct node *node, uint32_t number)
{
	struct meter_cpu *cpu = &meter->cpus[meter->n_cpus++];
	bool is_known = number < node->n_cpus && node->cpus[number].present;
	int r;

	*cpu = (struct meter_cpu){.cpu = number};
	if (!is_known || !node->cpus[number].online) {
		snprintf(cpu->cause.text, sizeof cpu->cause.text, "CPU %u %s", number,
			is_known ? "is offline" : "does not exist");
		cpu->cause.is_absence = true;
		return 0;
	}
	r = start_cpu(meter, msrd, cpu);
	if (r < 0 || has_socket(meter, node->cpus[number].package))
		return r;
	return add_socket(meter, msrd, node, node->cpus[number].package, number);
}

static int compare_sockets(const void *a, const void *b)
{
	uint32_t left = ((const struct meter_socket *)a)->socket;
	uint32_t right = ((const struct meter_socket *)b)->socket;

	return (left > right) - (left < right);
}

int meter_start(struct meter *meter, struct msrd *msrd, const struct node *node,
	const struct target_list *cpus)
{
	*meter = (struct meter){0};
	meter->cpus = calloc(cpus->n_targets, sizeof *meter->cpus);
	meter->sockets = calloc(cpus->n_targets, sizeof *meter->sockets);
	if (!meter->cpus || !meter->sockets)
		return -ENOMEM;
	for (size_t i = 0; i < cpus->n_targets; i++) {
		int r = add_cpu(meter, msrd, node, cpus->targets[i].cpu);

		if (r < 0)
			return r;
	}
	qsort(meter->sockets, meter->n_sockets, sizeof *meter->sockets, compare_sockets);
	return 0;
}

void meter_deinit(struct meter *meter)
{
	for (size_t i = 0; i < meter->n_sockets; i++)
		free(meter->sockets[i].channels);
	free(meter->sockets);
	free(meter->cpus);
	journal_deinit(&meter->journal);
	*meter = (struct meter){0};
}
