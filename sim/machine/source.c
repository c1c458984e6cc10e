/* SPDX-License-Identifier: MIT */
/* Events and cycles of one CPU or box. Knows no time, and not who counts. */
#include "sim/machine/source.h"

#include <math.h>

#include "util/array.h"

#define MHZ   1e6
#define SHARE 1e9 /* of shares and lengths of runs nine places count */

/* Clocks happen once a cycle; a slower one than the cycles in runs of one. */
static const struct fixture_cycles once[] = {{1, 1, 0}}, apart[] = {{1, 1, 1}};

static void spread(struct source *source, const struct fixture_cycles *cycles, size_t n)
{
	source->spread = n > 0 ? cycles : NULL;
	source->n_spread = n;
}

static const char *doubt_of(const struct workload_sum *sum, bool is_filtered)
{
	if (sum->n_rates > 0)
		return NULL;
	if (sum->has_other_filter || is_filtered)
		return is_filtered ? "the workload has no rate with this filter"
				   : "the workload has rates with a filter only";
	return "the workload has no rate for it";
}

static void take_rates(struct source *source, const struct flow *flow,
	const struct fixture_rate *rates, size_t n_rates)
{
	struct workload_sum sum = workload_sum(flow->selection, rates, n_rates);

	source->events = sum.per_second;
	source->doubt = doubt_of(&sum, flow->selection.is_filtered);
	if (sum.rate)
		spread(source, sum.rate->cycles, sum.rate->n_cycles);
}

static void take_bus_cycles(struct source *source, const struct fixture *fixture)
{
	source->events = fixture->bus_mhz * MHZ;
	if (source->cycles >= 2 * source->events)
		spread(source, apart, N_ELEMENTS(apart));
	else if (source->cycles >= source->events)
		spread(source, once, N_ELEMENTS(once));
}

struct source source_of_cpu(const struct flow *flow, const struct fixture_cpu_load *load)
{
	struct source source = {.cycles = load->frequency_mhz * MHZ, .active = load->active};

	take_rates(&source, flow, load->rates, load->n_rates);
	if (flow->kind == FLOW_EVENT)
		return source;
	/* what follows from the clocks needs no rate */
	source.doubt = NULL;
	if (flow->kind == FLOW_INSTRUCTIONS) {
		source.events = source.cycles * load->instructions_per_cycle;
	} else if (flow->kind == FLOW_REFERENCE) {
		source.events = flow->fixture->tsc_mhz * MHZ;
	} else if (flow->kind == FLOW_BUS_CYCLES) {
		take_bus_cycles(&source, flow->fixture);
	} else {
		source.events = source.cycles;
		spread(&source, once, N_ELEMENTS(once));
	}
	return source;
}

static bool is_ticks(const struct flow *flow)
{
	const struct arch_box *unit = flow->unit;

	return unit->has_ticks && unit->ticks.event == flow->selection.event &&
	       unit->ticks.umask == flow->selection.umask;
}

struct source source_of_box(const struct flow *flow, const struct fixture_package_load *load)
{
	struct source source = {.cycles = phase_box_hz(flow->fixture, flow->unit), .active = 1};
	const struct fixture_rate *rates = NULL;
	size_t n_rates = 0;

	for (size_t i = 0; load && i < load->n_boxes && !rates; i++) {
		const struct fixture_box_load *boxes = &load->boxes[i];
		if (!workload_has_box(boxes, flow->unit->name, flow->box))
			continue;
		rates = boxes->rates;
		n_rates = boxes->n_rates;
	}
	take_rates(&source, flow, rates, n_rates);
	if (!source.spread && is_ticks(flow))
		spread(&source, once, N_ELEMENTS(once));
	return source;
}

static uint64_t fixed(double figure)
{
	return (uint64_t)llround(figure * SHARE);
}

/* Of the cycles with events, those that meet a threshold. */
struct met {
	uint64_t met, events; /* cycles, and events in all of them */
	double run_cycles;
};

static struct met meet(const struct source *source, uint8_t threshold)
{
	struct met met = {0};

	for (size_t i = 0; i < source->n_spread; i++) {
		const struct fixture_cycles *cycles = &source->spread[i];
		met.events += cycles->events * fixed(cycles->share);
		if (cycles->events < threshold)
			continue;
		if (met.met == 0)
			met.run_cycles = cycles->run_cycles;
		met.met += fixed(cycles->share);
	}
	return met;
}

/* Runs of cycles begin as often as the gaps between them, whichever of both is looked for. */
static struct rate edges(const struct source *source, const struct met *met, struct rate cycles,
	struct rate gaps, const char **doubt)
{
	if (rate_is_zero(cycles) || (rate_is_zero(gaps) && source->active >= 1))
		return (struct rate){0};
	if (met->run_cycles == 0) {
		*doubt = "the workload does not say how long such cycles last (run_cycles)";
		return (struct rate){0};
	}
	return rate_scale(cycles, (uint64_t)SHARE, fixed(met->run_cycles));
}

static struct rate counted_cycles(
	const struct source *source, const struct flow_condition *condition, const char **doubt)
{
	struct rate events = rate_of(source->events), all = rate_of(source->cycles);

	if (rate_is_zero(events))
		return condition->below && !condition->edge ? all : events;
	if (!source->spread || source->cycles == 0) {
		*doubt = "the workload does not say how it is spread over cycles (per_cycle)";
		return (struct rate){0};
	}
	struct met met = meet(source, condition->threshold);
	struct rate gaps = rate_less(all, rate_scale_down(events, met.met, met.events));
	struct rate cycles = rate_scale(events, met.met, met.events);
	if (condition->edge)
		return edges(source, &met, cycles, gaps, doubt);
	return condition->below ? gaps : cycles;
}

struct rate source_rate(
	const struct source *source, const struct flow_condition *condition, const char **doubt)
{
	struct rate rate = rate_of(source->events);

	*doubt = source->active > 0 ? source->doubt : NULL;
	if (source->active <= 0 || source->doubt)
		return (struct rate){0};
	if (condition->threshold > 0)
		rate = counted_cycles(source, condition, doubt);
	return rate_times(rate, source->active);
}
