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

/* The time that counts: since the last round began. */
static uint64_t in_round(const struct fixture *fixture, uint64_t ns)
{
	return is_endless(fixture) ? ns : ns % phases_ns(fixture, fixture->n_phases);
}

size_t workload_phase_index(const struct fixture *fixture, uint64_t ns)
{
	size_t i = 0;

	ns = in_round(fixture, ns);
	for (uint64_t end = 0; i < fixture->n_phases - 1; i++) {
		end += phase_length_ns(&fixture->phases[i]);
		if (ns < end)
			break;
	}
	return i;
}

uint64_t workload_phase_now_ns(const struct fixture *fixture, uint64_t ns)
{
	return in_round(fixture, ns) - phases_ns(fixture, workload_phase_index(fixture, ns));
}

const struct fixture_phase *workload_phase(const struct fixture *fixture, uint64_t ns)
{
	if (fixture->n_phases == 0)
		return NULL;
	return &fixture->phases[workload_phase_index(fixture, ns)];
}

bool workload_has_box(const struct fixture_box_load *load, const char *unit, uint32_t box)
{
	return strcmp(load->unit, unit) == 0 && phase_lists(load->boxes, load->n_boxes, box);
}

static bool fits_filter(const struct workload_selection *selection, const struct fixture_rate *rate)
{
	if (rate->has_filter != selection->is_filtered)
		return false;
	return ((rate->filter ^ selection->filter) & selection->filter_mask) == 0;
}

static bool is_part(uint8_t part, uint8_t umask)
{
	return part != 0 && (part & ~umask) == 0;
}

struct workload_sum workload_sum(
	struct workload_selection selection, const struct fixture_rate *rates, size_t n_rates)
{
	struct workload_sum exact = {0}, partly = {0};
	bool has_other_filter = false;

	for (size_t i = 0; i < n_rates; i++) {
		const struct fixture_rate *rate = &rates[i];
		bool is_exact = rate->umask == selection.umask;
		if (rate->event != selection.event ||
			(!is_exact && !is_part(rate->umask, selection.umask)))
			continue;
		if (!fits_filter(&selection, rate)) {
			has_other_filter = true;
			continue;
		}
		struct workload_sum *sum = is_exact ? &exact : &partly;
		sum->per_second += rate->per_second;
		sum->rate = sum->n_rates++ == 0 ? rate : NULL;
	}
	struct workload_sum *sum = exact.n_rates > 0 ? &exact : &partly;
	sum->has_other_filter = has_other_filter && sum->n_rates == 0;
	return *sum;
}
