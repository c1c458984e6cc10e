/* SPDX-License-Identifier: MIT */
/* Reads the items, and makes values of them. A value that is not known is none. */
#include "cli/export/source.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Half of the time of the one that goes round first. */
static uint64_t find_keep_up_ns(const struct source *source)
{
	uint64_t ns = UINT64_MAX;

	for (size_t i = 0; i < source->samples.n; i++) {
		const struct item *item = &source->items[i];

		if (item->scale != SCALE_HOT && counter_wrap_ns(&item->counter) < ns)
			ns = counter_wrap_ns(&item->counter);
	}
	return ns / 2;
}

uint64_t source_keep_up_ns(const struct source *source)
{
	return source->keep_up_ns;
}

int source_init(struct source *source, const struct cli *cli)
{
	int r;

	*source = (struct source){.cli = cli};
	r = source_add_items(source);
	source->keep_up_ns = find_keep_up_ns(source);
	return r;
}

/* The batch is of the daemon, and goes before it. */
static void leave(struct source *source)
{
	accesses_leave(&source->accesses);
	source->msrd = msrd_close(source->msrd);
}

void source_deinit(struct source *source)
{
	leave(source);
	accesses_deinit(&source->accesses);
	free(source->sockets);
	free(source->items);
	samples_deinit(&source->samples);
	whys_clear(&source->whys);
	*source = (struct source){0};
}

static int reach(struct source *source)
{
	const struct cli *cli = source->cli;
	const struct msrd_options options = {
		.daemon = cli->daemon, .service = cli->service, .direct = cli->direct};
	int r;

	if (source->msrd)
		return 0;
	r = msrd_open(&source->msrd, &options, source->error, sizeof source->error);
	if (r == 0)
		source->n_starts++;
	return r;
}

/* Negative: there is no daemon, as error says, or it is gone. */
static int run(struct source *source)
{
	int r = reach(source);

	if (r < 0)
		return r;
	r = accesses_run(&source->accesses, source->msrd, MSRD_EACH);
	if (r >= 0)
		return 0;
	msrd_error(source->msrd, source->error, sizeof source->error);
	leave(source);
	return r;
}

/* Because of access op, or of a text. NAN, or so out of memory. */
static int explain(struct source *source, const struct sample *sample, size_t op, const char *text)
{
	struct why why = {.family = sample->family, .n = 1};
	struct outcome outcome;

	if (text) {
		snprintf(why.text, sizeof why.text, "%s", text);
	} else {
		/* its text is made once, however many end so */
		why.result = accesses_result(&source->accesses, op);
		why.reason = accesses_reason(&source->accesses, op);
	}
	if (whys_count(&source->whys, &why))
		return 0;
	if (!text) {
		outcome = accesses_outcome(&source->accesses, op);
		memcpy(why.text, outcome.text, sizeof why.text);
	}
	return whys_add(&source->whys, &why);
}

/* The access that says how large a unit is; false: none has to. */
static bool find_scale(const struct source *source, const struct item *item, size_t *op)
{
	const struct source_socket *socket = &source->sockets[item->socket];

	switch (item->scale) {
	case SCALE_ONE:
		return false;
	case SCALE_TSC:
		*op = socket->op_tsc;
		return true;
	case SCALE_JOULES:
	case SCALE_DRAM_JOULES:
		*op = socket->op_joules;
		return true;
	case SCALE_HOT:
		*op = socket->op_hot;
		return true;
	}
	return false;
}

/* Seconds, joules or degrees; 0: the register says nothing. */
static double get_scale(const struct source *source, const struct item *item, size_t op)
{
	const struct arch *arch = source->cli->node.arch;
	uint64_t value = source->accesses.list[op].value, n;

	switch (item->scale) {
	case SCALE_ONE:
		return 1;
	case SCALE_TSC:
		n = arch_field_get(&arch->base_ratio, value);
		return n ? 1e-6 / ((double)n * arch->ratio_mhz) : 0;
	case SCALE_JOULES:
	case SCALE_DRAM_JOULES:
		n = arch_field_get(&arch->energy_unit, value);
		if (n && item->scale == SCALE_DRAM_JOULES && arch->dram_joules > 0)
			return arch->dram_joules;
		return n ? ldexp(1, -(int)n) : 0;
	case SCALE_HOT:
		return (double)arch_field_get(&arch->hot, value);
	}
	return 0;
}

static int update(struct source *source, size_t i, uint64_t now_ns)
{
	struct item *item = &source->items[i];
	struct sample *sample = &source->samples.list[i];
	uint64_t raw = source->accesses.list[item->op].value;
	double scale = 1;
	size_t op;

	sample->value = NAN;
	if (accesses_result(&source->accesses, item->op) != 0)
		return explain(source, sample, item->op, NULL);
	if (find_scale(source, item, &op)) {
		if (accesses_result(&source->accesses, op) != 0)
			return explain(source, sample, op, NULL);
		scale = get_scale(source, item, op);
	}
	if (scale <= 0)
		return explain(source, sample, 0,
			"the register that says how large its unit is holds 0: a virtual machine?");
	if (item->scale != SCALE_HOT)
		sample->value = (double)counter_advance(&item->counter, raw, now_ns) * scale;
	else if ((raw & item->valid) != item->valid)
		return explain(source, sample, 0, "the sensor says that its reading is not valid");
	else
		sample->value = scale - (double)(raw >> item->shift & item->mask);
	return 0;
}

static int update_all(struct source *source)
{
	uint64_t now_ns = accesses_time_ns(&source->accesses);
	int r = 0;

	source->is_in_use = false;
	for (size_t i = 0; r == 0 && i < source->samples.n; i++) {
		r = update(source, i, now_ns);
		if (accesses_result(&source->accesses, source->items[i].op) == MSRD_LOCKED)
			source->is_in_use = true;
	}
	return r;
}

static int forget_all(struct source *source)
{
	int r = 0;

	source->is_in_use = false;
	for (size_t i = 0; r == 0 && i < source->samples.n; i++) {
		source->samples.list[i].value = NAN;
		r = explain(source, &source->samples.list[i], 0, source->error);
	}
	return r;
}

int source_read(struct source *source)
{
	bool had_one = source->msrd != NULL;
	int r = run(source);

	/* it may be gone since the last time: another one may answer */
	if (r < 0 && had_one)
		r = run(source);
	whys_clear(&source->whys);
	source->is_up = r == 0;
	return r == 0 ? update_all(source) : forget_all(source);
}
