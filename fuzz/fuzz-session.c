/* SPDX-License-Identifier: MIT */
/*
 * A whole session on a socket pair, the shipped lists and a machine model behind
 * it. Whatever the client sends, each record is answered once and in order, and
 * no access succeeds that the policy refuses; behind a hello each message is, or the session ends.
 * A client that goes away without exit leaves every control as it was.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arch/controls.h"
#include "daemon/grant.h"
#include "daemon/session.h"
#include "fuzz/harness.h"
#include "sim/device_sim.h"
#include "util/bytes.h"
#include "wire/likwid.h"
#include "wire/native.h"

static const struct op_limits limits = {2, (const uint32_t[]){0, 1}, 2};

/* A client that writes all before it reads: both directions have to fit the socket's buffer. */
#define MAX_RECORDS 128

/* Above what the list has of controls, and of devices of a kind. */
#define MAX_CONTROLS 1000
#define MAX_UNITS    8

struct scene {
	struct fixture *fixture; /* loaded once: the machine made of it is new for each input */
	struct policy policy;
	const struct release *release;
	/* reads of all controls that the policy lets be written, with what they hold at the start
	 */
	struct op controls[MAX_CONTROLS];
	size_t n_controls;
};

static void print_complaint(void *context, const char *message)
{
	(void)context;
	fprintf(stderr, "%s\n", message);
}

static void add_control(struct scene *scene, struct device *device, struct place place)
{
	struct op op = {.verb = OP_READ, .place = place};

	device_access(device, &op);
	MUST(scene->n_controls < MAX_CONTROLS);
	if (op.status == OP_OK)
		scene->controls[scene->n_controls++] = op;
}

/* One that several lists have is looked at as often. */
static void add_controls(
	struct scene *scene, struct device *device, const struct allowlist *list, unsigned section)
{
	for (size_t i = 0; i < list->section[section].n_entries; i++) {
		const struct allow_entry *entry = &list->section[section].entries[i];
		struct place place = place_at(allow_device(section), entry->reg);

		if (!(entry->write_mask | entry->clear_mask) ||
			!arch_is_control(arch_find(6, 0x2d), &place))
			continue;
		for (uint32_t unit = 0; unit < (section == ALLOW_MSR ? 2 : MAX_UNITS); unit++) {
			place.cpu = section == ALLOW_MSR ? unit : 0;
			place.package = section == ALLOW_MSR ? 0 : unit % 2;
			place.index = section == ALLOW_MSR ? 0 : unit / 2;
			add_control(scene, device, place);
		}
	}
}

static void find_controls(struct scene *scene)
{
	struct machine *machine =
		machine_new(scene->fixture, MACHINE_CLOCK_MANUAL, print_complaint, NULL);
	struct device *device;

	MUST(machine);
	device = device_sim_new(machine, scene->fixture);
	MUST(device);
	for (size_t i = 0; i < scene->policy.n_lists; i++)
		for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
			add_controls(scene, device, scene->policy.lists[i], section);
	MUST(scene->n_controls > 100);
	device_free(device);
	machine_free(machine);
}

/* Do all controls hold what they held at the start? */
static bool is_as_before(const struct scene *scene, struct device *device)
{
	for (size_t i = 0; i < scene->n_controls; i++) {
		struct op op = scene->controls[i];

		device_access(device, &op);
		if (op.status != OP_OK || op.value != scene->controls[i].value)
			return false;
	}
	return true;
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
	find_controls(&scene);
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
	if (taken.batch->n == 0)
		MUST(status == OP_UNKNOWN);
	else if (taken.batch->ops->status != OP_OK)
		MUST(status == taken.batch->ops->status);
	else if (taken.batch->ops->verb == OP_CHECK)
		MUST(status == OP_OK || status == OP_ABSENT);
	else if (!is_listed(&scene->policy, taken.batch->ops) ||
		 policy_check(&scene->policy, taken.batch->ops, &rule) == POLICY_REFUSED)
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
	struct kept kept;
	bool says_exit;
	size_t n = count_answered(scene->release, data, size / LIKWID_RECORD_SIZE, &says_exit);
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	MUST(size == 0 || send(pair[0], data, size, MSG_DONTWAIT) == (ssize_t)size);
	shutdown(pair[0], SHUT_WR);
	likwid_init(&likwid, scene->release, &limits);
	MUST(kept_init(&kept, MAX_CONTROLS) == 0);
	struct session session = {
		.fd = pair[1],
		.wire = &likwid.wire,
		.access.policy = &scene->policy,
		.access.devices = (struct device *const[]){device, device},
		.access.arch = arch_find(6, 0x2d),
		.access.kept = &kept,
		.access.lock_path = "/nonexistent",
	};
	int end = session_run(&session);
	if (says_exit)
		MUST(end == SESSION_EXIT);
	else
		MUST(end == (size % LIKWID_RECORD_SIZE ? SESSION_CUT : SESSION_CLOSED));
	kept_deinit(&kept);
	MUST(says_exit || session.access.counts.written == 0 || is_as_before(scene, device));
	for (size_t i = 0; i < n; i++) {
		MUST(recv(pair[0], reply, sizeof reply, MSG_DONTWAIT) == sizeof reply);
		check_reply(scene, data + i * LIKWID_RECORD_SIZE, reply);
	}
	MUST(recv(pair[0], reply, sizeof reply, MSG_DONTWAIT) < 0);
	close(pair[0]);
	close(pair[1]);
}

/* A reply of whatever kind, whole: how long; 0: there is none. */
static size_t get_reply(int fd, uint8_t bytes[WIRE_REPLY_SIZE])
{
	if (recv(fd, bytes, NATIVE_REPLY_SIZE, MSG_DONTWAIT) != NATIVE_REPLY_SIZE)
		return 0;

	uint32_t length = get_le32(bytes);

	MUST(length >= NATIVE_REPLY_SIZE && length <= WIRE_REPLY_SIZE);
	MUST(length == NATIVE_REPLY_SIZE ||
		recv(fd, bytes + NATIVE_REPLY_SIZE, length - NATIVE_REPLY_SIZE, MSG_DONTWAIT) ==
			(ssize_t)(length - NATIVE_REPLY_SIZE));
	return length;
}

/* To an access, and to what is unknown. */
static void check_access_reply(const uint8_t *reply)
{
	struct op op = {.verb = OP_READ};
	struct reason_told told;

	MUST(native_reply_text_length(reply) >= 0);
	MUST(native_reply_get(reply, &op, &told));
	MUST((op.status == OP_OK || op.status == OP_UNKNOWN) == (told.reason == 0));
}

static void check_batch_reply(const uint8_t *message, const uint8_t *reply, size_t length)
{
	uint32_t n = get_le32(message + 8);
	struct native_results results;
	struct reason_told told;

	MUST((size_t)native_batch_reply_length(reply, n) == length);
	MUST(native_results_get(reply, length, n, &results));
	for (uint32_t i = 0; i < n; i++)
		MUST(native_result_get(&results, i, &(struct op){.verb = OP_READ}, &told));
}

/* Nothing that is in no list is said to be allowed. */
static void check_rules(
	const struct scene *scene, const uint8_t *message, const struct native_answer *answer)
{
	for (size_t i = 0; i < answer->n; i++) {
		struct op op;
		union fact fact;

		native_fact_get(answer, i, QUESTION_RULES, &fact);
		op.place =
			message[9] ? place_of_unit(0, get_le16(message + 10), 0) : place_of_cpu(0);
		op.place.reg = fact.rule.reg;
		MUST(is_listed(&scene->policy, &op) && fact.rule.reg >= get_le32(message + 12));
	}
}

static void check_answer(
	const struct scene *scene, const uint8_t *message, const uint8_t *reply, size_t length)
{
	bool is_info = get_le16(message + 4) == NATIVE_INFO;
	enum question_about about = is_info ? get_le32(message + 8) : QUESTION_RULES;
	struct native_answer answer;

	if (about > QUESTION_RULES || (is_info && about == QUESTION_RULES)) {
		check_access_reply(reply);
		return;
	}
	MUST((size_t)native_answer_length(reply) == length);
	MUST(native_answer_get(reply, length, about, &answer));
	MUST(answer.status == OP_OK);
	if (!is_info)
		check_rules(scene, message, &answer);
}

/* What the replies to messages have to be: each whole, and as its message asks. */
static void check_messages(const struct scene *scene, int fd, const uint8_t *data, size_t size)
{
	static uint8_t reply[WIRE_REPLY_SIZE];
	size_t length;

	MUST(recv(fd, reply, NATIVE_HELLO_SIZE, MSG_DONTWAIT) == NATIVE_HELLO_SIZE);
	MUST(native_hello_get(reply) == 1);
	while ((length = get_reply(fd, reply)) > 0) {
		MUST(size >= NATIVE_HEADER_SIZE && size >= get_le32(data));
		switch (get_le16(data + 4)) {
		case NATIVE_BATCH:
			check_batch_reply(data, reply, length);
			break;
		case NATIVE_INFO:
		case NATIVE_POLICY:
			check_answer(scene, data, reply, length);
			break;
		default:
			check_access_reply(reply);
		}
		size -= get_le32(data);
		data += get_le32(data);
	}
}

/* The same bytes, behind a hello: messages. */
static void converse_natively(
	const struct scene *scene, struct device *device, const uint8_t *data, size_t size)
{
	uint8_t hello[NATIVE_HELLO_SIZE];
	struct node node = {
		.arch = arch_find(6, 0x2d),
		.n_cpus = 2,
		.cpus = (struct node_cpu[]){{true, true, 0}, {true, true, 1}},
		.packages = (uint32_t[]){0, 1},
		.n_packages = 2,
		.buses = &(struct bus){.bus = 0x7f},
		.n_buses = 1,
		.functions = &(struct node_function){.arch = &arch_find(6, 0x2d)->functions[0]},
		.n_functions = 1,
	};
	struct likwid likwid;
	struct native native;
	struct kept kept;
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	native_hello_put(hello);
	MUST(send(pair[0], hello, sizeof hello, MSG_DONTWAIT) == sizeof hello);
	MUST(size == 0 || send(pair[0], data, size, MSG_DONTWAIT) == (ssize_t)size);
	shutdown(pair[0], SHUT_WR);
	likwid_init(&likwid, scene->release, &limits);
	native_init(&native, &likwid.wire, &limits);
	MUST(kept_init(&kept, MAX_CONTROLS) == 0);
	struct session session = {
		.fd = pair[1],
		.wire = &native.wire,
		.node = &node,
		.access.policy = &scene->policy,
		.access.devices = (struct device *const[]){device, device},
		.access.arch = arch_find(6, 0x2d),
		.access.kept = &kept,
		.access.lock_path = "/nonexistent",
	};
	int end = session_run(&session);

	MUST(end == SESSION_EXIT || end == SESSION_CUT || end == SESSION_CLOSED ||
		end == SESSION_MALFORMED);
	kept_deinit(&kept);
	MUST(end == SESSION_EXIT || session.access.counts.written == 0 ||
		is_as_before(scene, device));
	check_messages(scene, pair[0], data, size);
	close(pair[0]);
	close(pair[1]);
}

static void with_machine(const struct scene *scene,
	void (*talk)(const struct scene *, struct device *, const uint8_t *, size_t),
	const uint8_t *data, size_t size)
{
	struct machine *machine =
		machine_new(scene->fixture, MACHINE_CLOCK_MANUAL, print_complaint, NULL);
	struct device *device;

	MUST(machine);
	device = device_sim_new(machine, scene->fixture);
	MUST(device);
	talk(scene, device, data, size);
	device_free(device);
	machine_free(machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct scene *scene = world_get();

	if (size > MAX_RECORDS * LIKWID_RECORD_SIZE)
		return 0;
	with_machine(scene, converse, data, size);
	with_machine(scene, converse_natively, data, size);
	return 0;
}
