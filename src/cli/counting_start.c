/* SPDX-License-Identifier: MIT */
/* How a run that counts begins: for whoever shows the counts. */
#include <err.h>
#include <errno.h>
#include <math.h>

#include "cli/counting.h"
#include "cli/reach.h"
#include "util/array.h"

int counting_add_to(const struct counting *counting, const struct stint *stint, struct hold *hold,
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
		.clock = stint_clock(stint),
	};
	r = count_start(count, hold->msrd, cpus, stint->all_sockets, !counting->no_rotate, error);
	*is_usage = r == -EINVAL && error[0];
	if (*is_usage)
		warnx("%s", error);
	return r;
}

int counting_program(const struct counting *counting, const struct stint *stint, struct hold *hold,
	const struct topology *topology, const struct places *cpus, struct count *count,
	bool *is_usage)
{
	int r = hold_begin(hold);

	if (r == 0)
		r = counting_add_to(counting, stint, hold, topology, cpus, count, is_usage);
	hold_end(hold);
	return r;
}

/* NAN where the machine does not say it. */
static double constant(const struct msrd_op *op, const struct arch_field *field, double unit)
{
	uint64_t value = op->status == MSRD_OK ? arch_field_get(field, op->value) : 0;

	return value ? (double)value * unit : NAN;
}

void counting_constants(const struct counting *counting, struct hold *hold, const struct place *cpu,
	struct show_groups *groups)
{
	const struct arch *arch = hold->cli->node.arch;
	const struct place ratio = place_at(*cpu, arch->base_ratio.reg);
	const struct place hot = place_at(*cpu, arch->hot.reg);
	struct msrd_op ops[] = {reach_op(OP_READ, &ratio, 0), reach_op(OP_READ, &hot, 0)};

	*groups = (struct show_groups){.list = counting->groups, .n = counting->n_groups};
	if (groups->n == 0)
		return;
	for (size_t i = 0; i < N_ELEMENTS(ops); i++)
		ops[i].status = MSRD_SKIPPED; /* also where no batch can be made */
	msrd_batch(hold->msrd, ops, N_ELEMENTS(ops), MSRD_EACH, NULL);
	groups->constants[GROUP_BASE_CLOCK] =
		constant(&ops[0], &arch->base_ratio, 1e6 * arch->ratio_mhz);
	groups->constants[GROUP_TJMAX] = constant(&ops[1], &arch->hot, 1);
}
