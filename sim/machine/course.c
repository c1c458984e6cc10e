/* SPDX-License-Identifier: MIT */
/* Exact integrals over phases that repeat. Knows no event. */
#include "sim/machine/course.h"

#include "sim/machine/flow.h"

/* The user's part, where it is the same in all phases in which anything flows; else more than
 * COURSE_WHOLE. */
static uint64_t only_user(const struct course *course)
{
	uint64_t user = COURSE_WHOLE + 1;

	for (size_t i = 0; i < course->fixture->n_phases; i++) {
		const struct share *share = &course->shares[i];
		if (rate_is_zero(share->rate))
			continue;
		if (user != COURSE_WHOLE + 1 && user != share->user)
			return COURSE_WHOLE + 1;
		user = share->user;
	}
	return user == COURSE_WHOLE + 1 ? COURSE_WHOLE : user;
}

/* What has flowed in each phase up to the last whole event: what has come of the next one is taken
 * back, from now on backwards. */
static void take_back(const struct course *course, struct amount *amounts, amount_wide part,
	size_t phase, uint64_t phase_ns)
{
	const struct fixture *fixture = course->fixture;
	struct amount round = {0};

	/* whole rounds first, of a flow that is slower than those */
	for (size_t i = 0; i < fixture->n_phases; i++)
		round = amount_plus(round,
			amount_of(course->shares[i].rate, phase_length_ns(&fixture->phases[i])));
	amount_wide rounds = round.whole == 0 && round.part > 0 ? part / round.part : 0;
	bool is_endless = phase_length_ns(&fixture->phases[fixture->n_phases - 1]) == 0;
	for (size_t i = 0; i < fixture->n_phases && rounds > 0 && !is_endless; i++) {
		struct amount once =
			amount_of(course->shares[i].rate, phase_length_ns(&fixture->phases[i]));
		struct amount back = {.part = once.part * rounds};
		amounts[i] = amount_less(amounts[i], back);
		part -= back.part;
	}
	while (part > 0) {
		struct amount here = amount_of(course->shares[phase].rate, phase_ns);
		struct amount back = {
			.part = here.whole > 0 || here.part > part ? part : here.part};
		amounts[phase] = amount_less(amounts[phase], back);
		part -= back.part;
		phase = (phase > 0 ? phase : fixture->n_phases) - 1;
		phase_ns = phase_length_ns(&fixture->phases[phase]);
	}
}

/* Of whole events, the user's. */
static uint64_t user_total(const struct course *course, struct amount *amounts, amount_wide part,
	uint64_t whole, uint64_t ns)
{
	uint64_t user = only_user(course);
	/* rates are some attos too high, so that what was taken back may be as much too little:
	 * what is that near below a whole number is one */
	amount_wide nano = 0,
		    sub_nano = (amount_wide)8 * course->fixture->n_phases * ns * COURSE_WHOLE;

	if (user <= COURSE_WHOLE)
		return stretch_user(whole, user);
	size_t phase = workload_phase_index(course->fixture, ns);
	take_back(course, amounts, part, phase, workload_phase_now_ns(course->fixture, ns));
	for (size_t i = 0; i < course->fixture->n_phases; i++) {
		nano += (amount_wide)amounts[i].whole * course->shares[i].user;
		sub_nano += amounts[i].part * course->shares[i].user;
	}
	return (uint64_t)((nano + sub_nano / AMOUNT_ONE) / COURSE_WHOLE);
}

uint64_t course_total(const struct course *course, unsigned levels, uint64_t ns)
{
	struct amount amounts[FIXTURE_MAX_PHASES], sum = {0};

	for (size_t i = 0; i < course->fixture->n_phases; i++) {
		amounts[i] = amount_of(
			course->shares[i].rate, workload_phase_ns(course->fixture, i, ns));
		sum = amount_plus(sum, amounts[i]);
	}
	if (levels == FLOW_ANY_LEVEL || sum.whole == 0)
		return sum.whole;
	uint64_t user = user_total(course, amounts, sum.part, sum.whole, ns);
	return levels == FLOW_USER ? user : sum.whole - user;
}

static enum stretch_share share_of(unsigned levels)
{
	if (levels == FLOW_ANY_LEVEL)
		return STRETCH_ALL;
	return levels == FLOW_USER ? STRETCH_USER : STRETCH_KERNEL;
}

struct stretch course_stretch(const struct course *course, unsigned levels, uint64_t ns)
{
	const struct fixture *fixture = course->fixture;
	struct stretch stretch = {.end_ns = UINT64_MAX, .share = share_of(levels)};

	stretch.user = only_user(course);
	if (stretch.share != STRETCH_ALL && stretch.user > COURSE_WHOLE)
		return stretch_crooked();
	if (fixture->n_phases == 0)
		return stretch;
	size_t phase = workload_phase_index(fixture, ns);
	uint64_t length = phase_length_ns(&fixture->phases[phase]);
	stretch.begin_ns = ns - workload_phase_now_ns(fixture, ns);
	if (length > 0 && length < UINT64_MAX - stretch.begin_ns)
		stretch.end_ns = stretch.begin_ns + length;
	stretch.rate = course->shares[phase].rate;
	for (size_t i = 0; i < fixture->n_phases; i++)
		stretch.before = amount_plus(
			stretch.before, amount_of(course->shares[i].rate,
						workload_phase_ns(fixture, i, stretch.begin_ns)));
	return stretch;
}
