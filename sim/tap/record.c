/* SPDX-License-Identifier: MIT */
#include "sim/tap/record.h"

#include <pthread.h>
#include <stdlib.h>

#include "sim/tap/trace_node.h"

struct tap_record {
	struct tap tap;
	pthread_mutex_t lock; /* of the writer, and of the order */
	struct trace_writer *writer;
	bool has_ended;
	const struct fixture *fixture;
	struct machine *machine;
};

static void record_access(struct tap *tap, struct tap_access *access)
{
	struct tap_record *record = (struct tap_record *)tap;

	pthread_mutex_lock(&record->lock);
	tap_access(tap->next, access);
	if (!record->has_ended) {
		struct trace_access entry = trace_node_access(
			record->fixture, access, machine_clock_ns(record->machine));
		trace_writer_put(record->writer, &entry);
	}
	pthread_mutex_unlock(&record->lock);
}

bool tap_record_end(struct tap *tap)
{
	struct tap_record *record = (struct tap_record *)tap;

	pthread_mutex_lock(&record->lock);
	record->has_ended = true;
	bool is_whole = trace_writer_end(record->writer);
	pthread_mutex_unlock(&record->lock);
	return is_whole;
}

static void record_free(struct tap *tap)
{
	struct tap_record *record = (struct tap_record *)tap;

	trace_writer_free(record->writer);
	pthread_mutex_destroy(&record->lock);
	free(record);
}

struct tap *tap_record_new(struct tap *next, struct trace_writer *writer,
	const struct fixture *fixture, struct machine *machine)
{
	static const struct tap_ops ops = {.access = record_access, .free = record_free};
	struct tap_record *record = malloc(sizeof *record);

	if (!record) {
		trace_writer_free(writer);
		tap_free(next);
		return NULL;
	}
	*record = (struct tap_record){
		.tap = {.ops = &ops, .next = next},
		.writer = writer,
		.fixture = fixture,
		.machine = machine,
	};
	pthread_mutex_init(&record->lock, NULL);
	return &record->tap;
}
