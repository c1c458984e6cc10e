/* SPDX-License-Identifier: MIT */
/* What flows in each phase of the workload. Knows not who counts. */
#include "sim/machine/flow.h"

#include "sim/machine/course.h"
#include "sim/machine/source.h"
#include "util/clock.h"

#define MHZ 1e6

static struct share steady(double per_second)
{
	return (struct share){.rate = rate_of(per_second), .user = COURSE_WHOLE};
}

static struct share thread_share(const struct flow *flow, const struct fixture_phase *phase,
	const struct fixture_cpu *cpu, const char **doubt)
{
	const struct fixture_cpu_load *load = phase_cpu(phase, cpu->number);

	*doubt = NULL;
	if (!load || !cpu->online)
		return (struct share){0};
	const struct source source = source_of_cpu(flow, load);
	const struct rate user = rate_of(load->user);
	return (struct share){
		.rate = source_rate(&source, &flow->condition, doubt),
		.user = user.whole * COURSE_WHOLE +
			user.atto / ((uint64_t)AMOUNT_ATTO / COURSE_WHOLE),
	};
}

static bool is_clock(enum flow_kind kind)
{
	return kind == FLOW_CYCLES || kind == FLOW_REFERENCE || kind == FLOW_BUS_CYCLES;
}

static bool is_sibling(const struct flow *flow, size_t cpu)
{
	const struct fixture_cpu *self = &flow->fixture->cpus[flow->cpu];
	const struct fixture_cpu *other = &flow->fixture->cpus[cpu];

	return other->package == self->package && other->core == self->core;
}

/* The cycles of all threads are the same cycles of one core, and are taken to overlap: they are
 * those of the busiest. */
static struct share core_share(
	const struct flow *flow, const struct fixture_phase *phase, const char **doubt)
{
	struct share most = {0};

	*doubt = NULL;
	for (size_t i = 0; i < flow->fixture->n_cpus; i++) {
		const char *other_doubt;
		if (!is_sibling(flow, i))
			continue;
		struct share other =
			thread_share(flow, phase, &flow->fixture->cpus[i], &other_doubt);
		if (rate_is_less(most.rate, other.rate) || other_doubt) {
			most = other;
			*doubt = other_doubt;
		}
	}
	return most;
}

static struct share idle_share(const struct flow *flow, const struct fixture_phase *phase)
{
	struct flow active = *flow;
	const char *doubt;

	active.kind = FLOW_REFERENCE;
	struct share share = steady(flow->fixture->tsc_mhz * MHZ);
	share.rate = rate_less(share.rate, core_share(&active, phase, &doubt).rate);
	return share;
}

static struct share package_share(
	const struct flow *flow, const struct fixture_phase *phase, const char **doubt)
{
	const struct fixture_package_load *load = phase_package(phase, flow->package);
	struct source source;

	switch (flow->kind) {
	case FLOW_PACKAGE_ENERGY:
		return steady(load ? load->package_watts * flow->units_per_joule : 0);
	case FLOW_PP0_ENERGY:
		return steady(load ? load->pp0_watts * flow->units_per_joule : 0);
	case FLOW_DRAM_ENERGY:
		return steady(load ? load->dram_watts * flow->units_per_joule : 0);
	case FLOW_PACKAGE_HOT:
		return steady(load && load->temperature_c >= flow->limit_c ? CLOCK_SECOND_NS : 0);
	default:
		source = source_of_box(flow, load);
		return (struct share){.rate = source_rate(&source, &flow->condition, doubt),
			.user = COURSE_WHOLE};
	}
}

static struct share hot_share(const struct flow *flow, const struct fixture_phase *phase)
{
	uint32_t number = flow->fixture->cpus[flow->cpu].number;
	const struct fixture_cpu_load *load = phase_cpu(phase, number);

	return steady(load && load->temperature_c >= flow->limit_c ? CLOCK_SECOND_NS : 0);
}

static struct share phase_share(const struct flow *flow, const struct fixture_cpu *cpu,
	const struct fixture_phase *phase, const char **doubt)
{
	*doubt = NULL;
	switch (flow->kind) {
	case FLOW_CYCLES:
	case FLOW_REFERENCE:
	case FLOW_BUS_CYCLES:
	case FLOW_INSTRUCTIONS:
	case FLOW_EVENT:
		if (flow->any_thread && is_clock(flow->kind))
			return core_share(flow, phase, doubt);
		return thread_share(flow, phase, cpu, doubt);
	case FLOW_CORE_IDLE:
		return idle_share(flow, phase);
	case FLOW_CPU_HOT:
		return hot_share(flow, phase);
	default:
		return package_share(flow, phase, doubt);
	}
}

static void course_init(struct course *course, const struct flow *flow, uint32_t cpu)
{
	const struct fixture *fixture = flow->fixture;

	course->fixture = fixture;
	course->doubt = NULL;
	for (size_t i = 0; i < fixture->n_phases; i++) {
		const char *doubt;
		course->shares[i] =
			phase_share(flow, &fixture->cpus[cpu], &fixture->phases[i], &doubt);
		if (!course->doubt)
			course->doubt = doubt;
	}
}

enum flow_kind flow_counted(enum arch_counts counts)
{
	static const enum flow_kind kinds[] = {
		[ARCH_COUNTS_NOTHING] = FLOW_NOTHING,
		[ARCH_COUNTS_INSTRUCTIONS] = FLOW_INSTRUCTIONS,
		[ARCH_COUNTS_CYCLES] = FLOW_CYCLES,
		[ARCH_COUNTS_REFERENCE] = FLOW_REFERENCE,
		[ARCH_COUNTS_BUS] = FLOW_BUS_CYCLES,
		[ARCH_COUNTS_UCLK] = FLOW_UCLK,
		[ARCH_COUNTS_DCLK] = FLOW_DCLK,
		[ARCH_COUNTS_QCLK] = FLOW_QCLK,
	};

	return kinds[counts];
}

enum flow_kind flow_quantity(enum arch_quantity quantity)
{
	static const enum flow_kind kinds[] = {
		[ARCH_TSC] = FLOW_TSC,
		[ARCH_REFERENCE_CYCLES] = FLOW_REFERENCE,
		[ARCH_CORE_CYCLES] = FLOW_CYCLES,
		[ARCH_CORE_IDLE] = FLOW_CORE_IDLE,
		[ARCH_PACKAGE_ENERGY] = FLOW_PACKAGE_ENERGY,
		[ARCH_PP0_ENERGY] = FLOW_PP0_ENERGY,
		[ARCH_DRAM_ENERGY] = FLOW_DRAM_ENERGY,
	};

	return kinds[quantity];
}

/* Have two threads of the core something to do at once? */
static bool is_shared(const struct flow *flow, const struct fixture_phase *phase)
{
	unsigned n = 0;

	for (size_t i = 0; i < flow->fixture->n_cpus; i++) {
		const struct fixture_cpu *cpu = &flow->fixture->cpus[i];
		const struct fixture_cpu_load *load = phase_cpu(phase, cpu->number);
		n += is_sibling(flow, i) && cpu->online && load && load->active > 0;
	}
	return n > 1;
}

/* Cycles in which the events of two threads together meet a threshold: only the workload of each
 * is known. */
static bool has_unknown_cycles(const struct flow *flow)
{
	if (!flow->any_thread || flow->condition.threshold == 0 || is_clock(flow->kind))
		return false;
	for (size_t i = 0; i < flow->fixture->n_phases; i++)
		if (is_shared(flow, &flow->fixture->phases[i]))
			return true;
	return false;
}

/* Events of the threads add up. */
static uint64_t core_total(const struct flow *flow, uint64_t ns)
{
	uint64_t sum = 0;
	struct course course;

	for (uint32_t i = 0; i < flow->fixture->n_cpus; i++)
		if (is_sibling(flow, i)) {
			course_init(&course, flow, i);
			sum += course_total(&course, flow->levels, ns);
		}
	return sum;
}

static bool is_of_cpu(enum flow_kind kind)
{
	return is_clock(kind) || kind == FLOW_INSTRUCTIONS || kind == FLOW_EVENT;
}

/* Hz of a clock that runs always; false: it is none of those. */
static bool is_running(const struct flow *flow, double *hz)
{
	switch (flow->kind) {
	case FLOW_TSC:
		*hz = flow->fixture->tsc_mhz * MHZ;
		return true;
	case FLOW_UCLK:
		*hz = flow->fixture->uclk_mhz * MHZ;
		return true;
	case FLOW_DCLK:
		*hz = flow->fixture->dclk_mhz * MHZ;
		return true;
	case FLOW_QCLK:
		*hz = flow->fixture->qclk_mhz * MHZ;
		return true;
	default:
		return false;
	}
}

static bool is_nothing(const struct flow *flow)
{
	return flow->kind == FLOW_NOTHING || flow->is_unsaid || has_unknown_cycles(flow);
}

/* Does it come of several threads, each of which has its own? */
static bool is_sum(const struct flow *flow)
{
	return flow->any_thread && is_of_cpu(flow->kind) && !is_clock(flow->kind);
}

static unsigned levels_of(const struct flow *flow)
{
	return is_of_cpu(flow->kind) ? flow->levels : FLOW_ANY_LEVEL;
}

uint64_t flow_total(const struct flow *flow, uint64_t ns)
{
	struct course course;
	double hz;

	if (is_running(flow, &hz))
		return amount_of(rate_of(hz), ns).whole;
	if (is_nothing(flow))
		return 0;
	if (is_sum(flow))
		return core_total(flow, ns);
	course_init(&course, flow, flow->cpu);
	return course_total(&course, levels_of(flow), ns);
}

struct stretch flow_stretch(const struct flow *flow, uint64_t ns)
{
	struct stretch always = {.end_ns = UINT64_MAX};
	struct course course;
	double hz;

	if (is_running(flow, &hz)) {
		always.rate = rate_of(hz);
		return always;
	}
	if (is_nothing(flow))
		return always;
	if (is_sum(flow))
		return stretch_crooked();
	course_init(&course, flow, flow->cpu);
	return course_stretch(&course, levels_of(flow), ns);
}

const char *flow_doubt(const struct flow *flow)
{
	struct course course;

	if (flow->kind != FLOW_BOX_EVENT && !is_of_cpu(flow->kind))
		return NULL;
	if (flow->is_unsaid)
		return "no workload can say what is counted with these bits or filters";
	if (has_unknown_cycles(flow))
		return "how the events of two threads of a core meet is not known";
	for (uint32_t i = 0; i < flow->fixture->n_cpus; i++) {
		if (i != flow->cpu && !(flow->any_thread && is_sibling(flow, i)))
			continue;
		course_init(&course, flow, i);
		if (course.doubt)
			return course.doubt;
	}
	return NULL;
}
