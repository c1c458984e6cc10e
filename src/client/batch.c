/* SPDX-License-Identifier: MIT */
/*
 * Many accesses as one: judged once when they are prepared, and carried out as often as wanted. A
 * daemon that knows no batches gets them one by one, and without a daemon nothing is sent.
 */
#include "client/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/deadline.h"
#include "client/flight.h"
#include "util/cleanup.h"

struct msrd_batch {
	struct msrd *msrd;
	size_t n;
	enum batch_mode mode;
	struct msrd_op *ops;
	struct op *here; /* the same, where this process carries them out; NULL: they fly */
	bool has_landed; /* of one that is submitted: result says how it went */
	int result;
	struct msrd_times times;
	struct flight flight;
};

/* The public numbers are op.h's. */
_Static_assert(MSRD_OP_READ == (int)OP_READ && MSRD_OP_WRITE == (int)OP_WRITE &&
		       MSRD_OP_CHECK == (int)OP_CHECK,
	"enum msrd_verb differs from enum op_verb");
_Static_assert(MSRD_SPACE_MSR == (int)OP_MSR && MSRD_SPACE_PCI == (int)OP_PCI,
	"enum msrd_space differs from enum op_space");
_Static_assert(MSRD_EACH == (int)BATCH_EACH && MSRD_UNTIL_FAILURE == (int)BATCH_UNTIL_FAILURE &&
		       MSRD_ALL_OR_NONE == (int)BATCH_ALL_OR_NONE,
	"enum msrd_mode differs from enum batch_mode");
_Static_assert(sizeof(struct msrd_op) == 32, "as the header says");

/* False: it is none. */
static bool get_op(const struct msrd_op *from, struct op *op)
{
	bool has_units = from->space == MSRD_SPACE_PCI;

	*op = (struct op){.verb = from->verb, .value = from->value};
	if (from->verb > MSRD_OP_CHECK || from->space > MSRD_SPACE_PCI ||
		(has_units && from->unit >= OP_N_UNITS))
		return false;
	op->place = has_units ? place_of_unit(from->device, (enum op_unit)from->unit, from->index)
			      : place_of_cpu(from->device);
	op->place.reg = from->verb == MSRD_OP_CHECK ? 0 : from->reg;
	return has_units || (from->unit == 0 && from->index == 0);
}

static int refuse(struct msrd *msrd, int error, const char *text)
{
	msrd->reason = REASON_NONE;
	snprintf(msrd->text, sizeof msrd->text, "%s", text);
	return error;
}

/* 0 and ops, to be freed, or an error with its text. */
static int get_ops(struct msrd *msrd, const struct msrd_op *from, size_t n, struct op **ops)
{
	*ops = n < SIZE_MAX / sizeof **ops ? malloc((n + 1) * sizeof **ops) : NULL;
	if (!*ops)
		return refuse(msrd, -ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (get_op(&from[i], &(*ops)[i]))
			continue;
		msrd->reason = REASON_NONE;
		snprintf(msrd->text, sizeof msrd->text,
			"operation %zu of the batch: no verb, space, unit or index of libmsrd's "
			"(verb %u, space %u, unit %u, index %u)",
			i, from[i].verb, from[i].space, from[i].unit, (unsigned)from[i].index);
		return -EINVAL;
	}
	return 0;
}

static int check_mode(struct msrd *msrd, size_t n, enum msrd_mode mode)
{
	if ((unsigned)mode > MSRD_ALL_OR_NONE)
		return refuse(msrd, -EINVAL, "no such mode of a batch");
	if (mode != MSRD_ALL_OR_NONE)
		return 0;
	if (!msrd->conversation->ops->has_batches && !msrd->conversation->ops->run)
		return refuse(msrd, -EOPNOTSUPP,
			"a daemon that speaks LIKWID's protocol alone can't do all or none");
	return n <= flight_most_of_all_or_none()
		       ? 0
		       : refuse(msrd, -E2BIG, "more operations than can be all or none at once");
}

/* The handle's lock is held. */
static int prepare(struct msrd *msrd, struct msrd_batch *batch, const struct msrd_op *from)
{
	cleanup_free struct op *ops = NULL;
	int r = check_mode(msrd, batch->n, (enum msrd_mode)batch->mode);

	if (r == 0)
		r = get_ops(msrd, from, batch->n, &ops);
	if (r < 0)
		return r;
	if (msrd->conversation->ops->run)
		batch->here = steal_ptr(&ops);
	batch->ops = malloc((batch->n + 1) * sizeof *batch->ops);
	if (!batch->ops || flight_init(&batch->flight, ops, batch->n, batch->mode) < 0)
		return refuse(msrd, -ENOMEM, "out of memory");
	if (batch->n > 0) /* else from may be NULL */
		memcpy(batch->ops, from, batch->n * sizeof *batch->ops);
	return 0;
}

int msrd_prepare(struct msrd *msrd, struct msrd_batch **prepared, const struct msrd_op *ops,
	size_t n, enum msrd_mode mode)
{
	struct msrd_batch *batch;
	int r;

	*prepared = NULL;
	if (handle_is_forked(msrd))
		return -ECHILD;
	batch = calloc(1, sizeof *batch);
	pthread_mutex_lock(&msrd->lock);
	if (!batch) {
		r = refuse(msrd, -ENOMEM, "out of memory");
	} else {
		batch->msrd = msrd;
		batch->n = n;
		batch->mode = (enum batch_mode)mode;
		r = prepare(msrd, batch, ops);
	}
	pthread_mutex_unlock(&msrd->lock);
	if (r < 0)
		msrd_batch_free(batch);
	else
		*prepared = batch;
	return r;
}

const struct msrd_op *msrd_batch_ops(const struct msrd_batch *batch, size_t *n)
{
	if (n)
		*n = batch->n;
	return batch->ops;
}

struct msrd_times msrd_batch_times(const struct msrd_batch *batch)
{
	return batch->times;
}

int msrd_batch_set(struct msrd_batch *batch, size_t i, uint64_t value)
{
	if (i >= batch->n || batch->ops[i].verb != MSRD_OP_WRITE)
		return -EINVAL;
	batch->ops[i].value = value;
	if (batch->here)
		batch->here[i].value = value;
	flight_set(&batch->flight, i, value);
	return 0;
}

static void forget_results(struct msrd_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++) {
		batch->ops[i].status = MSRD_SKIPPED;
		batch->ops[i].reason = MSRD_REASON_NONE;
	}
}

/* One by one. The first status that is not 0, or an error. */
static int carry_out_each(struct msrd *msrd, struct msrd_batch *batch)
{
	struct conversation *conversation = msrd->conversation;
	int first = 0;

	batch->times.begin_ns = clock_now_ns();
	for (size_t i = 0; i < batch->n; i++) {
		struct reason_told told = {.reason = REASON_NONE};
		struct op op;

		get_op(&batch->ops[i], &op);
		int r = conversation->ops->access(conversation, &msrd->connection, &op, &told);
		if (r == -EINVAL)
			return handle_has_no(msrd, &op);
		if (r < 0)
			return handle_break_off(msrd, r);
		batch->ops[i].status = (uint16_t)op.status;
		batch->ops[i].value = op.value;
		if (op.status == OP_OK)
			continue;
		if (first == 0)
			handle_tell(msrd, &op, &told);
		first = first ? first : (int)op.status;
		if (batch->mode == BATCH_UNTIL_FAILURE)
			break;
	}
	batch->times.end_ns = clock_now_ns();
	return first;
}

/* What is known of operation i, which was not done. */
static struct op get_result(const struct msrd_batch *batch, size_t i, struct reason_told *told)
{
	struct op op;

	get_op(&batch->ops[i], &op);
	op.status = (enum op_status)batch->ops[i].status;
	told->reason = batch->ops[i].reason;
	snprintf(told->text, sizeof told->text, "%s", flight_text(&batch->flight, i));
	return op;
}

/* What came of a flight that has arrived. */
static int tell_first(struct msrd *msrd, const struct msrd_batch *batch)
{
	struct reason_told told;

	if (batch->flight.first == batch->n)
		return 0;
	const struct op op = get_result(batch, batch->flight.first, &told);

	handle_tell(msrd, &op, &told);
	return (int)op.status;
}

const char *msrd_batch_error(const struct msrd_batch *batch, size_t i, char *buffer, size_t size)
{
	struct reason_told told;

	if (i >= batch->n || batch->ops[i].status == MSRD_OK) {
		snprintf(buffer, size, "%s", "");
		return buffer;
	}
	const struct op op = get_result(batch, i, &told);

	handle_describe(&op, &told, buffer, size);
	return buffer;
}

static void hear(void *closure, size_t i, const struct reason_told *told)
{
	struct msrd_batch *batch = closure;

	flight_land(&batch->flight, i, &batch->here[i], told, &batch->ops[i]);
}

static int carry_out_here(struct msrd *msrd, struct msrd_batch *batch)
{
	struct conversation *conversation = msrd->conversation;
	struct batch ours = {.ops = batch->here, .n = batch->n, .mode = batch->mode};

	flight_rewind(&batch->flight);
	conversation->ops->run(conversation, &ours, hear, batch);
	batch->times = (struct msrd_times){ours.begin_ns, ours.end_ns};
	return tell_first(msrd, batch);
}

/* As far as it goes without a wait. */
static void go_on(struct msrd *msrd, struct msrd_batch *batch)
{
	int r = flight_go_on(&batch->flight, &msrd->connection, &msrd->landing, batch->ops);

	if (r == 0)
		return;
	batch->has_landed = true;
	batch->times = (struct msrd_times){batch->flight.begin_ns, batch->flight.end_ns};
	batch->result = r < 0 ? handle_break_off(msrd, r) : tell_first(msrd, batch);
}

/* The handle's lock is held, and nothing else is on its way. */
static void take_off(struct msrd *msrd, struct msrd_batch *batch)
{
	forget_results(batch);
	batch->has_landed = true;
	if (msrd->broken) {
		batch->result = msrd->broken;
	} else if (batch->here) {
		batch->result = carry_out_here(msrd, batch);
	} else if (!msrd->conversation->ops->has_batches) {
		batch->result = carry_out_each(msrd, batch);
	} else {
		batch->has_landed = false;
		flight_rewind(&batch->flight);
		msrd->landing.length = 0;
		go_on(msrd, batch);
	}
}

static void land(struct msrd *msrd, struct msrd_batch *batch)
{
	size_t n_done = SIZE_MAX;
	long long deadline = 0;

	while (!batch->has_landed) {
		if (batch->flight.n_done != n_done) /* it is told for each answer */
			deadline = deadline_in(msrd->connection.reply_timeout_ms);
		n_done = batch->flight.n_done;
		int r = connection_wait(&msrd->connection, flight_events(&batch->flight), deadline);
		if (r == 0) {
			go_on(msrd, batch);
		} else {
			batch->has_landed = true;
			batch->result = handle_break_off(msrd, r);
		}
	}
}

void batch_land(struct msrd *msrd)
{
	if (msrd->in_flight)
		land(msrd, msrd->in_flight);
}

static int busy(struct msrd *msrd)
{
	return refuse(msrd, -EBUSY, "a batch of this handle is submitted and not reaped");
}

int msrd_run(struct msrd_batch *batch)
{
	struct msrd *msrd = batch->msrd;
	int r;

	if (handle_is_forked(msrd))
		return -ECHILD;
	pthread_mutex_lock(&msrd->lock);
	if (msrd->in_flight == batch) {
		r = busy(msrd);
	} else {
		batch_land(msrd); /* one after the other */
		take_off(msrd, batch);
		land(msrd, batch);
		r = batch->result;
	}
	pthread_mutex_unlock(&msrd->lock);
	return r;
}

int msrd_submit(struct msrd_batch *batch)
{
	struct msrd *msrd = batch->msrd;
	int r = 0;

	if (handle_is_forked(msrd))
		return -ECHILD;
	pthread_mutex_lock(&msrd->lock);
	if (msrd->in_flight) {
		r = busy(msrd);
	} else if (msrd->broken) {
		r = msrd->broken;
	} else {
		take_off(msrd, batch);
		msrd->in_flight = batch;
	}
	pthread_mutex_unlock(&msrd->lock);
	return r;
}

int msrd_reap(struct msrd *msrd, struct msrd_batch **reaped)
{
	struct msrd_batch *batch;
	int r;

	*reaped = NULL;
	if (handle_is_forked(msrd))
		return -ECHILD;
	pthread_mutex_lock(&msrd->lock);
	batch = msrd->in_flight;
	if (batch && !batch->has_landed)
		go_on(msrd, batch);
	if (!batch) {
		r = refuse(msrd, -ENOENT, "no batch of this handle is submitted");
	} else if (!batch->has_landed) {
		r = -EAGAIN;
	} else {
		r = batch->result;
		*reaped = batch;
		msrd->in_flight = NULL;
	}
	pthread_mutex_unlock(&msrd->lock);
	return r;
}

int msrd_fd(struct msrd *msrd, short *events)
{
	int fd;

	if (handle_is_forked(msrd))
		return -ECHILD;
	pthread_mutex_lock(&msrd->lock);
	fd = msrd->broken ? msrd->broken : msrd->connection.fd;
	if (events)
		*events = 0;
	if (events && msrd->in_flight)
		*events = flight_events(&msrd->in_flight->flight);
	pthread_mutex_unlock(&msrd->lock);
	return fd;
}

struct msrd_batch *msrd_batch_free(struct msrd_batch *batch)
{
	if (!batch)
		return NULL;
	if (batch->msrd && !handle_is_forked(batch->msrd)) {
		pthread_mutex_lock(&batch->msrd->lock);
		if (batch->msrd->in_flight == batch) {
			batch_land(batch->msrd);
			batch->msrd->in_flight = NULL;
		}
		pthread_mutex_unlock(&batch->msrd->lock);
	}
	flight_deinit(&batch->flight);
	free(batch->here);
	free(batch->ops);
	free(batch);
	return NULL;
}

int msrd_batch(struct msrd *msrd, struct msrd_op *ops, size_t n, enum msrd_mode mode,
	struct msrd_times *times)
{
	struct msrd_batch *batch;
	int r = msrd_prepare(msrd, &batch, ops, n, mode);

	if (r < 0)
		return r;
	r = msrd_run(batch);
	if (r != -EBUSY && n > 0)
		memcpy(ops, batch->ops, n * sizeof *ops);
	if (times)
		*times = batch->times;
	msrd_batch_free(batch);
	return r;
}
