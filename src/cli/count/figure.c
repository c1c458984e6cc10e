/* SPDX-License-Identifier: MIT */
/* Computes one figure of one place, from the counts of what is added up there. */
#include "cli/count/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Events of a metric, NULL behind the last. */
static const struct group_event *next_event(
	const struct group *group, const struct group_metric *metric, size_t *i)
{
	for (; *i < group->n_events; (*i)++)
		if (formula_uses(&metric->formula, (unsigned)(GROUP_N_CONSTANTS + *i)))
			return &group->events[(*i)++];
	return NULL;
}

static enum sum_level level_of(const struct shown *shown, bool is_cpus)
{
	if (shown->show->level != SUM_DEFAULT && shown->show->level != SUM_BOX)
		return shown->show->level;
	return is_cpus ? SUM_CPU : SUM_SOCKET;
}

/* A level that only CPUs have is no place for what is a socket's. */
static enum sum_level metric_level(const struct shown *shown, bool is_cpus)
{
	enum sum_level level = level_of(shown, is_cpus);

	return !is_cpus && level < SUM_NUMA ? SUM_SOCKET : level;
}

/* The values of all names of a metric's formula, as far as they are known. */
struct inputs {
	double values[GROUP_N_NAMES];
	double share;	   /* the least of the events' */
	const char *cause; /* why there are NANs among them, or NULL */
};

static struct inputs get_inputs(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place)
{
	struct inputs inputs = {.share = 1};
	const struct group_event *event;
	size_t i = 0, n_events = 0;

	memcpy(inputs.values, shown->groups->constants, sizeof shown->groups->constants);
	inputs.values[GROUP_TIME] = count_seconds(shown->count);
	while ((event = next_event(group, metric, &i))) {
		struct sum sum = sum_get(
			shown->topology, shown->count, &shown->count->wants[event->index], place);

		inputs.values[GROUP_N_CONSTANTS + (size_t)(event - group->events)] = sum.value;
		inputs.share = fmin(inputs.share, sum.share);
		if (n_events++ == 0)
			inputs.values[GROUP_PARTS] = (double)sum.n;
		if (isnan(sum.value) && !inputs.cause)
			inputs.cause = sum.cause ? sum.cause : "nothing counts it there";
	}
	return inputs;
}

double figure_value(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place, const char **cause,
	double *share)
{
	const struct inputs inputs = get_inputs(shown, group, metric, place);
	double result = formula_value(&metric->formula, inputs.values);

	*cause = inputs.cause;
	*share = fmin(*share, inputs.share);
	if (isnan(result) && !*cause)
		*cause = count_seconds(shown->count) > 0
				 ? "it divides by 0, or a constant is not known"
				 : "no time passed in the interval";
	return result;
}

struct formula_parts figure_parts(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place)
{
	enum formula_name_kind kinds[GROUP_N_NAMES] = {[GROUP_PARTS] = FORMULA_AMOUNT};
	const struct inputs inputs = get_inputs(shown, group, metric, place);

	for (size_t i = 0; i < group->n_events; i++)
		kinds[GROUP_N_CONSTANTS + i] =
			group->events[i].want.is_gauge ? FORMULA_AVERAGE : FORMULA_AMOUNT;
	return formula_parts_of(&metric->formula, inputs.values, kinds, inputs.values[GROUP_PARTS]);
}

double figure_grain(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place)
{
	const struct group_event *event;
	double grain = NAN;
	size_t i = 0;

	while ((event = next_event(group, metric, &i)))
		grain = fmax(grain, sum_get(shown->topology, shown->count,
					    &shown->count->wants[event->index], place)
					    .grain_percent);
	return grain;
}

int figure_places(const struct shown *shown, const struct group *group, bool is_cpus,
	struct sum_place **places, size_t *n)
{
	*places = NULL;
	*n = 0;
	for (size_t i = 0; i < group->n_metrics; i++) {
		const struct group_event *event;
		size_t j = 0;

		if (group_metric_is_cpus(group, &group->metrics[i]) != is_cpus)
			continue;
		while ((event = next_event(group, &group->metrics[i], &j)))
			if (want_is_cpus(&event->want) == is_cpus)
				return sum_places(shown->topology, shown->count,
					&shown->count->wants[event->index],
					metric_level(shown, is_cpus), places, n);
	}
	return 0;
}

/* Do the CPUs or boxes of inner stand in outer? */
static bool is_inside(
	const struct shown *shown, const struct sum_place *inner, const struct sum_place *outer)
{
	for (size_t i = 0; i < shown->count->n_devices; i++) {
		const struct count_device *device = &shown->count->devices[i];
		struct sum_place in = sum_place_of(shown->topology, device, inner->level);
		struct sum_place out = sum_place_of(shown->topology, device, outer->level);

		if (sum_place_same(&in, inner) && sum_place_same(&out, outer))
			return true;
	}
	return false;
}

struct spread figure_spread(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place)
{
	const struct show plain = {.level = SUM_DEFAULT};
	struct shown inner = *shown;
	bool is_cpus = group_metric_is_cpus(group, metric);
	struct spread spread = {0};
	struct sum_place *places;
	size_t n;

	/* one is all that there is: no search among hundreds of CPUs for each of them */
	if (place->level == (is_cpus ? SUM_CPU : SUM_SOCKET)) {
		const char *cause;
		double share = 1;
		double value = figure_value(shown, group, metric, place, &cause, &share);

		return (struct spread){1, value, value, value};
	}
	inner.show = &plain;
	if (figure_places(&inner, group, is_cpus, &places, &n) < 0)
		return spread;
	for (size_t i = 0; i < n; i++) {
		const char *cause;
		double share = 1, value;

		if (!is_inside(shown, &places[i], place))
			continue;
		value = figure_value(shown, group, metric, &places[i], &cause, &share);
		spread.min = spread.n == 0 ? value : fmin(spread.min, value);
		spread.max = spread.n == 0 ? value : fmax(spread.max, value);
		spread.average += value;
		spread.n++;
	}
	spread.average /= (double)(spread.n ? spread.n : 1);
	free(places);
	return spread;
}
