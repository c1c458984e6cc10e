/* SPDX-License-Identifier: MIT */
/* Batches of libmsrd over places. Knows no register and no command. */
#include "cli/accesses.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/reach.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/clock.h"

int accesses_add(
	struct accesses *accesses, enum op_verb verb, const struct place *place, uint64_t value)
{
	struct op *list = array_grow(accesses->list, accesses->n, sizeof *list);

	if (!list)
		return -ENOMEM;
	list[accesses->n++] = (struct op){.verb = verb, .place = *place, .value = value};
	accesses->list = list;
	return 0;
}

static int prepare(struct accesses *accesses, struct msrd *msrd, enum msrd_mode mode)
{
	cleanup_free struct msrd_op *ops = calloc(accesses->n + 1, sizeof *ops);

	if (!ops)
		return -ENOMEM;
	for (size_t i = 0; i < accesses->n; i++) {
		const struct op *op = &accesses->list[i];

		ops[i] = reach_op(op->verb, &op->place, op->value);
	}
	accesses->msrd = msrd;
	return msrd_prepare(msrd, &accesses->batch, ops, accesses->n, mode);
}

int accesses_run(struct accesses *accesses, struct msrd *msrd, enum msrd_mode mode)
{
	accesses->result = accesses->batch ? 0 : prepare(accesses, msrd, mode);
	if (accesses->result != 0)
		return accesses->result;
	accesses->run_ns = clock_now_ns();
	accesses->result = msrd_run(accesses->batch);
	const struct msrd_op *ops = msrd_batch_ops(accesses->batch, NULL);

	for (size_t i = 0; i < accesses->n; i++)
		if (accesses->list[i].verb == OP_READ && ops[i].status == MSRD_OK)
			accesses->list[i].value = ops[i].value;
	return accesses->result;
}

/* NULL: the batch did not come to it. */
static const struct msrd_op *find_op(const struct accesses *accesses, size_t i)
{
	const struct msrd_op *op =
		accesses->batch ? &msrd_batch_ops(accesses->batch, NULL)[i] : NULL;

	return !op || (accesses->result < 0 && op->status == MSRD_SKIPPED) ? NULL : op;
}

int accesses_result(const struct accesses *accesses, size_t i)
{
	const struct msrd_op *op = find_op(accesses, i);

	return op ? op->status : accesses->result;
}

unsigned accesses_reason(const struct accesses *accesses, size_t i)
{
	const struct msrd_op *op = find_op(accesses, i);

	if (op)
		return op->reason;
	return accesses->msrd ? (unsigned)msrd_reason(accesses->msrd) : MSRD_REASON_NONE;
}

struct outcome accesses_outcome(const struct accesses *accesses, size_t i)
{
	const struct msrd_op *op = find_op(accesses, i);
	struct outcome outcome = {
		.result = accesses_result(accesses, i), .reason = accesses_reason(accesses, i)};

	if (op)
		msrd_batch_error(accesses->batch, i, outcome.text, sizeof outcome.text);
	else if (accesses->msrd)
		msrd_error(accesses->msrd, outcome.text, sizeof outcome.text);
	return outcome;
}

uint64_t accesses_time_ns(const struct accesses *accesses)
{
	uint64_t begin_ns =
		accesses->batch ? msrd_batch_times(accesses->batch).begin_ns : accesses->run_ns;

	return begin_ns ? begin_ns : accesses->run_ns;
}

void accesses_leave(struct accesses *accesses)
{
	accesses->batch = msrd_batch_free(accesses->batch);
	accesses->msrd = NULL;
}

void accesses_deinit(struct accesses *accesses)
{
	accesses_leave(accesses);
	free(accesses->list);
	*accesses = (struct accesses){0};
}
