/* SPDX-License-Identifier: MIT */
/* How a run that counts begins: for whoever shows the counts. */
#include <err.h>
#include <errno.h>
#include <math.h>

#include "cli/counting.h"
#include "cli/reach.h"

int counting_add_to(const struct counting *counting, struct hold *hold,
	const struct topology *topology, const struct places *cpus, struct count *count,
	bool *is_usage)
{
	char error[WANT_ERROR_SIZE] = "";
	int r;

	*count = (struct count){
		.node = &hold->cli->node,
		.topology = topology,
		.journal = &hold->plan.journal,
		.wants = counting->wants,
		.n_wants = counting->n_wants,
		.clock = stint_clock(counting->stint),
	};
	r = count_start(
		count, hold->msrd, cpus, counting->stint->all_sockets, !counting->no_rotate, error);
	*is_usage = r == -EINVAL && error[0];
	if (*is_usage)
		warnx("%s", error);
	return r;
}

int counting_program(const struct counting *counting, struct hold *hold,
	const struct topology *topology, const struct places *cpus, struct count *count,
	bool *is_usage)
{
	int r = hold_begin(hold);

	if (r == 0)
		r = counting_add_to(counting, hold, topology, cpus, count, is_usage);
	hold_end(hold);
	return r;
}

/* NAN where the machine does not say it. */
static double read_constant(
	struct hold *hold, const struct place *cpu, const struct arch_field *field, double unit)
{
	struct place place = place_at(*cpu, field->reg);
	uint64_t value;

	if (reach_read(hold->msrd, &place, &value) != 0)
		return NAN;
	value = arch_field_get(field, value);
	return value ? (double)value * unit : NAN;
}

void counting_constants(const struct counting *counting, struct hold *hold, const struct place *cpu,
	struct show_groups *groups)
{
	const struct arch *arch = hold->cli->node.arch;

	*groups = (struct show_groups){.list = counting->groups, .n = counting->n_groups};
	if (groups->n == 0)
		return;
	groups->constants[GROUP_BASE_CLOCK] =
		read_constant(hold, cpu, &arch->base_ratio, 1e6 * arch->ratio_mhz);
	groups->constants[GROUP_TJMAX] = read_constant(hold, cpu, &arch->hot, 1);
}
