/* SPDX-License-Identifier: MIT */
/* One access is one record and its answer. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/conversation.h"
#include "client/deadline.h"
#include "node/node.h"
#include "util/cleanup.h"
#include "wire/likwid.h"

struct conversation_likwid {
	struct conversation conversation;
	const struct release *release; /* whose numbers the daemon speaks */
	const char *root;
	bool knows_packages;
	uint32_t *packages;
	struct op_limits limits; /* those packages */
};

static int send_record(
	struct connection *connection, const struct likwid_record *record, long long deadline)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	likwid_record_put(record, bytes);
	return connection_send(connection, bytes, sizeof bytes, deadline);
}

static int exchange(struct connection *connection, const struct likwid_record *request,
	struct likwid_record *reply)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	long long deadline = deadline_in(connection->reply_timeout_ms);
	int r = send_record(connection, request, deadline);

	if (r == 0)
		r = connection_receive(connection, bytes, sizeof bytes, deadline);
	if (r == 0)
		likwid_record_get(bytes, reply);
	return r;
}

/* A machine that does not tell has no packages: nothing is guessed. */
static void learn_packages(struct conversation_likwid *likwid)
{
	cleanup_close int root_fd = open(likwid->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct node node;

	if (node_init(&node, root_fd) == 0) {
		likwid->packages = steal_ptr(&node.packages);
		likwid->limits.packages = likwid->packages;
		likwid->limits.n_packages = node.n_packages;
	}
	node_deinit(&node);
	likwid->knows_packages = true;
}

static int carry_out(struct conversation *conversation, struct connection *connection,
	struct op *op, struct reason_told *told)
{
	(void)told; /* a record has no room for it */
	struct conversation_likwid *likwid = (struct conversation_likwid *)conversation;
	struct likwid_record request, reply;

	int r = likwid_request_put(likwid->release, &likwid->limits, op, &request);
	if (r == OP_ABSENT && !likwid->knows_packages) {
		learn_packages(likwid);
		r = likwid_request_put(likwid->release, &likwid->limits, op, &request);
	}
	if (r < 0)
		return r;
	if (r > 0) {
		op->status = (enum op_status)r;
		return 0;
	}
	r = exchange(connection, &request, &reply);
	if (r < 0)
		return r;
	return likwid_reply_get(likwid->release, &reply, op) ? 0 : -EPROTO;
}

/* A daemon that cannot take it sees end of file. */
static void say_goodbye(struct conversation *conversation, struct connection *connection)
{
	struct conversation_likwid *likwid = (struct conversation_likwid *)conversation;
	struct likwid_record request;

	likwid_exit_put(likwid->release, &request);
	send_record(connection, &request, deadline_in(0));
}

static void free_conversation(struct conversation *conversation)
{
	struct conversation_likwid *likwid = (struct conversation_likwid *)conversation;

	free(likwid->packages);
	free(likwid);
}

static const struct conversation_ops ops = {
	.access = carry_out,
	.end = say_goodbye,
	.free = free_conversation,
};

struct conversation *conversation_likwid_new(const struct release *release, const char *root)
{
	struct conversation_likwid *likwid = calloc(1, sizeof *likwid);

	if (!likwid)
		return NULL;
	likwid->conversation.ops = &ops;
	snprintf(likwid->conversation.name, sizeof likwid->conversation.name, "LIKWID %s",
		release_name(release));
	likwid->release = release;
	likwid->root = root;
	return &likwid->conversation;
}
