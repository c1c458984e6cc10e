/* SPDX-License-Identifier: MIT */
/* Reads counters for marks: what a mark needs of a CPU is one batch, laid out once. Knows no name
 * of a region. */
#include "client/region_session.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/number.h"

#define N_SETS (1U << REGION_N_LEVELS)
/* Halves of a counter that do not fit are read again; chosen, not tuned. */
#define MAX_TRIES 8

static uint32_t get_cpu(void *context)
{
	int cpu = sched_getcpu();

	(void)context;
	return cpu < 0 ? UINT32_MAX : (uint32_t)cpu;
}

static uint64_t get_time(void *context)
{
	const struct region_session *session = context;
	char text[32];
	uint64_t ns = 0;

	if (session->clock < 0)
		return clock_now_ns();
	ssize_t n = pread(session->clock, text, sizeof text - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return number_parse(text, UINT64_MAX, &ns) ? ns : 0;
}

static const struct region_place *place_at_level(
	const struct region_file *file, uint32_t cpu, unsigned level)
{
	uint32_t place = file->cpus[cpu * REGION_N_LEVELS + level];

	return place == REGION_NONE ? NULL : &file->places[place];
}

/* All reads of the places, one behind the other. */
static int prepare(
	struct region_session *session, uint32_t cpu, unsigned levels, struct msrd_batch **batch)
{
	const struct region_file *file = &session->file;
	struct msrd_op *ops = calloc(file->header->n_ops + 1, sizeof *ops);
	size_t n = 0;

	if (!ops)
		return -ENOMEM;
	for (unsigned level = 0; level < REGION_N_LEVELS; level++) {
		const struct region_place *place = place_at_level(file, cpu, level);

		if (!place || !(levels & 1U << level))
			continue;
		memcpy(&ops[n], &file->ops[place->first_op], place->n_ops * sizeof *ops);
		n += place->n_ops;
	}
	int r = msrd_prepare(session->msrd, batch, ops, n, MSRD_EACH);

	free(ops);
	return r;
}

/* Before the counters: nobody may look at them in between and see them go on. */
static void look(
	const struct region_file *file, uint32_t cpu, unsigned levels, struct region_sample *sample)
{
	for (unsigned level = 0; level < REGION_N_LEVELS; level++) {
		const struct region_place *place = place_at_level(file, cpu, level);

		for (uint32_t i = 0; place && (levels & 1U << level) && i < place->n_values; i++)
			sample->values[level][i] = atomic_load(&file->seen[place->first_value + i]);
	}
}

static bool decode(const struct region_file *file, uint32_t cpu, unsigned levels,
	const struct msrd_op *ops, struct region_sample *sample)
{
	for (unsigned level = 0; level < REGION_N_LEVELS; level++) {
		const struct region_place *place = place_at_level(file, cpu, level);

		if (!place || !(levels & 1U << level))
			continue;
		if (!region_decode(file, place, ops, sample->values[level]))
			return false;
		ops += place->n_ops;
	}
	return true;
}

/* 0, or why not is in the sample. */
static int read_once(struct region_session *session, struct msrd_batch *batch, uint32_t cpu,
	unsigned levels, struct region_sample *sample)
{
	look(&session->file, cpu, levels, sample);
	uint64_t begin = get_time(session);
	int r = msrd_run(batch);

	sample->ns = begin + (get_time(session) - begin) / 2;
	if (r != 0)
		msrd_error(session->msrd, sample->error, sizeof sample->error);
	else if (!decode(&session->file, cpu, levels, msrd_batch_ops(batch, NULL), sample))
		r = -EAGAIN;
	return r;
}

static void read_levels(void *context, uint32_t cpu, unsigned levels, struct region_sample *sample)
{
	struct region_session *session = context;
	struct msrd_batch **batch = &session->batches[cpu * N_SETS + levels];
	int r = 0;

	sample->error[0] = '\0';
	pthread_mutex_lock(&session->lock);
	if (!*batch)
		r = prepare(session, cpu, levels, batch);
	if (r < 0) {
		msrd_error(session->msrd, sample->error, sizeof sample->error);
	} else {
		r = read_once(session, *batch, cpu, levels, sample);
		for (unsigned n_tries = 1; r == -EAGAIN && n_tries < MAX_TRIES; n_tries++)
			r = read_once(session, *batch, cpu, levels, sample);
	}
	pthread_mutex_unlock(&session->lock);
	if (r != 0 && !sample->error[0])
		snprintf(sample->error, sizeof sample->error, "%s",
			r == -EAGAIN ? "the halves of a counter never fit" : strerror(-r));
}

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static int reach(struct region_session *session)
{
	struct region_header *header = session->file.header;
	const struct msrd_options options = {
		.daemon = or_null(header->daemon),
		.service = or_null(header->service),
		.direct = header->is_direct != 0,
	};
	char text[MSRD_ERROR_SIZE];
	int r = msrd_open(&session->msrd, &options, text, sizeof text);

	if (r == 0)
		return 0;
	region_lock(&header->lock);
	if (header->error_pid == 0) {
		header->error_pid = getpid();
		snprintf(header->error, sizeof header->error, "%s", text);
	}
	pthread_mutex_unlock(&header->lock);
	return r;
}

int region_session_open(struct region_session *session, const char *path)
{
	*session = (struct region_session){
		.clock = -1,
		.reader = {.context = session,
			.cpu = get_cpu,
			.now_ns = get_time,
			.read = read_levels},
	};
	pthread_mutex_init(&session->lock, NULL);
	int r = region_file_open(&session->file, path);

	if (r < 0)
		return r;
	const struct region_header *header = session->file.header;

	session->batches = calloc((size_t)header->n_cpus * N_SETS + 1, sizeof(struct msrd_batch *));
	if (!session->batches)
		r = -ENOMEM;
	if (r == 0 && header->clock[0]) {
		session->clock = open(header->clock, O_RDONLY | O_CLOEXEC);
		r = session->clock < 0 ? -errno : 0;
	}
	if (r == 0)
		r = reach(session);
	if (r < 0)
		region_session_close(session);
	else
		region_forget(&session->file, getpid());
	return r;
}

void region_session_close(struct region_session *session)
{
	size_t n = session->batches ? (size_t)session->file.header->n_cpus * N_SETS : 0;

	for (size_t i = 0; i < n; i++)
		msrd_batch_free(session->batches[i]);
	free(session->batches);
	msrd_close(session->msrd);
	if (session->clock >= 0)
		close(session->clock);
	region_file_close(&session->file);
	session->batches = NULL;
	session->msrd = NULL;
	session->clock = -1;
}
