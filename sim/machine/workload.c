/* SPDX-License-Identifier: MIT */
/* The workload in time. Pure: looks into the fixture, keeps nothing. */
#include "sim/machine/workload.h"

#include <string.h>

static bool is_endless(const struct fixture *fixture)
{
	return phase_length_ns(&fixture->phases[fixture->n_phases - 1]) == 0;
}

/* Sum of the lengths of the first n phases. */
static uint64_t phases_ns(const struct fixture *fixture, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += phase_length_ns(&fixture->phases[i]);
	return sum;
}

uint64_t workload_phase_ns(const struct fixture *fixture, size_t phase, uint64_t ns)
{
	uint64_t start = phases_ns(fixture, phase);
	uint64_t length = phase_length_ns(&fixture->phases[phase]);
	uint64_t whole = 0;

	if (!is_endless(fixture)) {
		uint64_t round = phases_ns(fixture, fixture->n_phases);
		whole = ns / round * length;
		ns %= round;
	} else if (phase == fixture->n_phases - 1) {
		length = UINT64_MAX;
	}
	if (ns <= start)
		return whole;
	return whole + (ns - start < length ? ns - start : length);
}

const struct fixture_phase *workload_phase(const struct fixture *fixture, uint64_t ns)
{
	if (fixture->n_phases == 0)
		return NULL;
	if (!is_endless(fixture))
		ns %= phases_ns(fixture, fixture->n_phases);

	size_t i = 0;
	for (uint64_t end = 0; i < fixture->n_phases - 1; i++) {
		end += phase_length_ns(&fixture->phases[i]);
		if (ns < end)
			break;
	}
	return &fixture->phases[i];
}

bool workload_has_box(const struct fixture_box_load *load, const char *unit, uint32_t box)
{
	return strcmp(load->unit, unit) == 0 && phase_lists(load->boxes, load->n_boxes, box);
}

void workload_sum_add(struct workload_sum *sum, struct workload_selection selection,
	const struct fixture_rate *rates, size_t n_rates)
{
	for (size_t i = 0; i < n_rates; i++) {
		const struct fixture_rate *rate = &rates[i];
		if (rate->event != selection.event)
			continue;
		if (rate->umask == selection.umask) {
			sum->exact += rate->per_second;
			sum->is_exact = true;
		} else if (rate->umask != 0 && (rate->umask & ~selection.umask) == 0) {
			sum->partly += rate->per_second;
		}
	}
}

double workload_sum_rate(const struct workload_sum *sum)
{
	return sum->is_exact ? sum->exact : sum->partly;
}
