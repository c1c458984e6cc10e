/* SPDX-License-Identifier: MIT */
/*
 * A whole session on a socket pair, the shipped lists and a machine model behind
 * it. Whatever the client sends, each record is answered once and in order, and
 * no access succeeds that the policy refuses.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/grant.h"
#include "daemon/session.h"
#include "fuzz/harness.h"
#include "sim/device_sim.h"
#include "wire/likwid.h"

static const struct op_limits limits = {2, (const uint32_t[]){0, 1}, 2};

/* A client that writes all before it reads: both directions have to fit the socket's buffer. */
#define MAX_RECORDS 128

struct scene {
	struct fixture *fixture; /* loaded once: the machine made of it is new for each input */
	struct policy policy;
	const struct release *release;
};

static void print_complaint(void *context, const char *message)
{
	(void)context;
	fprintf(stderr, "%s\n", message);
}

static const struct scene *world_get(void)
{
	static struct scene scene;
	struct site site;

	if (scene.fixture)
		return &scene;
	scene.fixture = fixture_load(FIXTURES "/xeon-e5-2680-2x1", print_complaint, NULL);
	MUST(scene.fixture);
	scene.release = release_find("5.2");
	site_init(&site);
	MUST(grant_anybody(&scene.policy, arch_find(6, 0x2d), &site) == 0);
	return &scene;
}

/* Looked up once more, the simple way. */
static bool is_listed(const struct policy *policy, const struct op *op)
{
	unsigned section = allow_section(&op->place);

	for (size_t i = 0; i < policy->n_lists; i++)
		for (size_t j = 0; j < policy->lists[i]->section[section].n_entries; j++)
			if (policy->lists[i]->section[section].entries[j].reg == op->place.reg)
				return true;
	return false;
}

static void check_reply(const struct scene *scene, const uint8_t *request, const uint8_t *reply)
{
	struct likwid_record asked, answered;
	struct wire_request taken;
	struct policy_rule rule;
	enum op_status status;
	struct likwid likwid;

	likwid_record_get(request, &asked);
	likwid_record_get(reply, &answered);
	MUST(asked.cpu == answered.cpu && asked.reg == answered.reg);
	MUST(asked.device == answered.device && asked.type == answered.type);
	MUST(asked.padding == answered.padding);
	MUST(release_error_get(scene->release, answered.errorcode, &status));
	likwid_init(&likwid, scene->release, &limits);
	likwid.wire.ops->take(&likwid.wire, request, LIKWID_RECORD_SIZE, &taken);
	if (taken.n_ops == 0)
		MUST(status == OP_UNKNOWN);
	else if (taken.ops->status != OP_OK)
		MUST(status == taken.ops->status);
	else if (taken.ops->verb == OP_CHECK)
		MUST(status == OP_OK || status == OP_ABSENT);
	else if (!is_listed(&scene->policy, taken.ops) ||
		 policy_check(&scene->policy, taken.ops, &rule) == POLICY_REFUSED)
		MUST(status == OP_REFUSED);
}

/* How many of the records have to be answered: EXIT ends it. */
static size_t count_answered(
	const struct release *release, const uint8_t *data, size_t n_records, bool *says_exit)
{
	struct likwid_record record;

	*says_exit = false;
	for (size_t i = 0; i < n_records; i++) {
		likwid_record_get(data + i * LIKWID_RECORD_SIZE, &record);
		*says_exit = release_type_get(release, record.type) == RELEASE_EXIT;
		if (*says_exit)
			return i;
	}
	return n_records;
}

static void converse(
	const struct scene *scene, struct device *device, const uint8_t *data, size_t size)
{
	uint8_t reply[LIKWID_RECORD_SIZE];
	struct likwid likwid;
	bool says_exit;
	size_t n = count_answered(scene->release, data, size / LIKWID_RECORD_SIZE, &says_exit);
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	MUST(size == 0 || send(pair[0], data, size, MSG_DONTWAIT) == (ssize_t)size);
	shutdown(pair[0], SHUT_WR);
	likwid_init(&likwid, scene->release, &limits);
	struct session session = {
		.fd = pair[1],
		.signal_fd = -1,
		.wire = &likwid.wire,
		.access.policy = &scene->policy,
		.access.devices = {device, device},
		.access.lock_path = "/nonexistent",
	};
	int end = session_run(&session);
	if (says_exit)
		MUST(end == SESSION_EXIT);
	else
		MUST(end == (size % LIKWID_RECORD_SIZE ? SESSION_CUT : SESSION_CLOSED));
	for (size_t i = 0; i < n; i++) {
		MUST(recv(pair[0], reply, sizeof reply, MSG_DONTWAIT) == sizeof reply);
		check_reply(scene, data + i * LIKWID_RECORD_SIZE, reply);
	}
	MUST(recv(pair[0], reply, sizeof reply, MSG_DONTWAIT) < 0);
	close(pair[0]);
	close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct scene *scene = world_get();
	struct machine *machine;
	struct device *device;

	if (size > MAX_RECORDS * LIKWID_RECORD_SIZE)
		return 0;
	machine = machine_new(scene->fixture, MACHINE_CLOCK_MANUAL, print_complaint, NULL);
	MUST(machine);
	device = device_sim_new(machine, scene->fixture);
	MUST(device);
	converse(scene, device, data, size);
	device_free(device);
	machine_free(machine);
	return 0;
}
