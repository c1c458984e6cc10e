/* SPDX-License-Identifier: MIT */
/*
 * A client that means harm, on a node whose clock stands still: nothing there moves but what it
 * moves. It sends records and messages of every kind in pieces, with descriptors, and goes away in
 * the middle; the witness is every register of the node before and after, and the trace of all
 * accesses (hostile-judge.c).
 *
 *     fuse-msr run --as-root --clock manual --trace FILE FIXTURE -- \
 *             node-hostile MSRD SEED RECORDS|MINUTESm MARKER
 *
 * MARKER is the number of an MSR that there is not and that nobody can guess: reads of it tell in
 * the trace which writes are this program's own.
 *
 * It knows the policy from the lists, and the record from its published form alone.
 */
#include "hostile.h"

#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire.h"

#define N_CPUS	    2
#define N_MSRS	    0x2000 /* where this model has any */
#define N_FUNCTIONS 256
#define CONFIG_SIZE 4096
#define BATCH	    64	/* records, messages, or operations of one */
#define A_SESSION   100 /* batches; then the daemon is left in one way or another */

#define FIXED_CTR_CTRL 0x38d
#define FIXED_CTR1     0x30a
/* As perf sets it: EN, INT, USR, instructions retired. */
#define PERFS_SELECT 0x5100c0
/* The counter that is the kernel's all the time: the last of the last CPU. */
#define HELD 3

enum { REFUSED = 2, LAST_ERROR = 7, LAST_STATUS = 8 };

enum {
	MESSAGE_ACCESS = 1,
	MESSAGE_EXIT = 2,
	MESSAGE_BATCH = 3,
	MESSAGE_INFO = 4,
	MESSAGE_POLICY = 5,
	LAST_MESSAGE = MESSAGE_POLICY
};

/* Every register of the node. */
struct witness {
	uint64_t msrs[N_CPUS][N_MSRS];
	bool are_there[N_CPUS][N_MSRS];
	size_t n_functions;
	char names[N_FUNCTIONS][32];
	uint8_t config[N_FUNCTIONS][CONFIG_SIZE];
	ssize_t sizes[N_FUNCTIONS];
};

struct attack {
	const char *program;
	struct accessd accessd;
	uint64_t random;
	uint64_t n_records, n_refused, n_done;
	unsigned n_sessions, n_native, n_questions;
	bool is_native; /* this session: messages (src/wire/PROTOCOL.md) and not records */
	struct grant grant;
	struct witness before, after;
};

/* xorshift64*: the same seed, the same attack. */
static uint64_t next(struct attack *attack)
{
	attack->random ^= attack->random >> 12;
	attack->random ^= attack->random << 25;
	attack->random ^= attack->random >> 27;
	return attack->random * 0x2545f4914f6cdd1d;
}

static uint32_t below(struct attack *attack, uint32_t n)
{
	return (uint32_t)((next(attack) >> 32) % n);
}

static int msr_open(int cpu, int flags)
{
	char path[32];

	snprintf(path, sizeof path, "/dev/cpu/%d/msr", cpu);
	int fd = open(path, flags | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static uint32_t marker;

/* cpu 0: what follows is this program's own; 1: it ends. */
static void mark(int cpu)
{
	uint64_t value;
	int fd = msr_open(cpu, O_RDONLY);

	assert_int_equal(pread(fd, &value, sizeof value, marker), -1);
	close(fd);
}

static void msr_set(int cpu, uint32_t reg, uint64_t value)
{
	int fd = msr_open(cpu, O_WRONLY);

	mark(0);
	assert_int_equal(pwrite(fd, &value, sizeof value, reg), sizeof value);
	mark(1);
	close(fd);
}

static uint64_t msr_get(int cpu, uint32_t reg)
{
	uint64_t value = 0;
	int fd = msr_open(cpu, O_RDONLY);

	assert_int_equal(pread(fd, &value, sizeof value, reg), sizeof value);
	close(fd);
	return value;
}

static void witness_msrs(struct witness *witness)
{
	for (int cpu = 0; cpu < N_CPUS; cpu++) {
		int fd = msr_open(cpu, O_RDONLY);

		for (uint32_t reg = 0; reg < N_MSRS; reg++)
			witness->are_there[cpu][reg] =
				pread(fd, &witness->msrs[cpu][reg], 8, reg) == 8;
		close(fd);
	}
}

static void witness_take(struct witness *witness)
{
	DIR *dir = opendir("/sys/bus/pci/devices");
	char path[300];

	memset(witness, 0, sizeof *witness);
	witness_msrs(witness);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		size_t i = witness->n_functions;

		if (entry->d_name[0] == '.')
			continue;
		assert_true(i < N_FUNCTIONS);
		snprintf(witness->names[i], sizeof witness->names[i], "%.31s", entry->d_name);
		snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/config", entry->d_name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		witness->sizes[i] = pread(fd, witness->config[i], CONFIG_SIZE, 0);
		assert_true(witness->sizes[i] >= 64);
		close(fd);
		witness->n_functions++;
	}
	closedir(dir);
	assert_true(witness->n_functions > 10);
}

/* Fails when a bit is another one than before that the client may not have made so. */
static void check_change(
	const char *where, uint32_t reg, uint64_t before, uint64_t after, const struct bits *bits)
{
	if ((after & ~before & ~bits->set) || (before & ~after & ~bits->clear))
		fail_msg("%s: 0x%x was 0x%" PRIx64 " and is 0x%" PRIx64 ": no list allows that",
			where, reg, before, after);
}

static void check_msrs(const struct attack *attack)
{
	for (int cpu = 0; cpu < N_CPUS; cpu++)
		for (uint32_t reg = 0; reg < N_MSRS; reg++) {
			struct bits bits = {0};

			add_bits(&bits, &attack->grant.policy, ALLOW_MSR, reg);
			check_change(cpu == 0 ? "CPU 0" : "CPU 1", reg,
				attack->before.msrs[cpu][reg], attack->after.msrs[cpu][reg], &bits);
			assert_int_equal(attack->before.are_there[cpu][reg],
				attack->after.are_there[cpu][reg]);
		}
}

static void check_config(const struct attack *attack)
{
	const struct witness *before = &attack->before, *after = &attack->after;

	assert_int_equal(before->n_functions, after->n_functions);
	for (size_t i = 0; i < before->n_functions; i++) {
		assert_string_equal(before->names[i], after->names[i]);
		assert_int_equal(before->sizes[i], after->sizes[i]);
		for (uint32_t offset = 0; offset < CONFIG_SIZE; offset += 4) {
			struct bits bits = {0};

			add_config_bits(&bits, &attack->grant.policy, offset);
			check_change(before->names[i], offset,
				wire_get(before->config[i] + offset, 4),
				wire_get(after->config[i] + offset, 4), &bits);
		}
	}
}

/* A client may switch the interrupt off, and has the counter then; else it is as it was. */
static void check_held(const struct attack *attack)
{
	const uint64_t *before = attack->before.msrs[N_CPUS - 1];
	const uint64_t *after = attack->after.msrs[N_CPUS - 1];

	assert_int_equal(before[PERFEVTSEL(HELD)], PERFS_SELECT);
	if (after[PERFEVTSEL(HELD)] & INTERRUPT) {
		assert_int_equal(after[PERFEVTSEL(HELD)], PERFS_SELECT);
		assert_int_equal(after[PMC(HELD)], before[PMC(HELD)]);
	}
}

/* A register that a list has, and a value that its mask does not like. */
struct wish {
	unsigned section;
	uint32_t reg;
	uint64_t value;
};

static struct wish make_wish(struct attack *attack)
{
	struct wish wish = {
		.section = below(attack, 2) ? ALLOW_MSR : 1 + below(attack, OP_N_UNITS),
		.reg = below(attack, N_MSRS),
	};
	const struct policy *policy = &attack->grant.owner;
	const struct allowlist *list = policy->lists[below(attack, (uint32_t)policy->n_lists)];
	size_t n = list->section[wish.section].n_entries;
	uint64_t mask = 0, values[6];

	if (n > 0) {
		const struct allow_entry *entry =
			&list->section[wish.section].entries[below(attack, (uint32_t)n)];
		wish.reg = entry->reg;
		mask = entry->write_mask;
	}
	values[0] = 0;
	values[1] = UINT64_MAX;
	values[2] = next(attack);
	values[3] = next(attack) & mask;
	values[4] = values[3] | UINT64_C(1) << below(attack, 64);
	values[5] = UINT64_C(1) << below(attack, 64);
	wish.value = values[below(attack, 6)];
	return wish;
}

static void greedy(struct attack *attack, unsigned char bytes[32])
{
	struct wish wish = make_wish(attack);
	uint32_t device = wish.section == ALLOW_MSR ? MSR : 1 + below(attack, 40);

	wire_request(bytes, below(attack, 8) ? WRITE : READ, device, below(attack, N_CPUS),
		wish.reg, wish.value);
}

/* The same as a message. */
static void greedy_message(struct attack *attack, unsigned char bytes[32])
{
	struct wish wish = make_wish(attack);
	bool is_write = below(attack, 8) > 0, is_msr = wish.section == ALLOW_MSR;

	wire_put(bytes, 32, 4);
	wire_put(bytes + 4, MESSAGE_ACCESS, 4);
	bytes[8] = is_write;
	bytes[9] = !is_msr;
	wire_put(bytes + 10, is_msr ? 0 : wish.section - 1, 2);
	wire_put(bytes + 12, below(attack, N_CPUS + 1), 4);
	wire_put(bytes + 16, is_msr ? 0 : below(attack, 6), 4);
	wire_put(bytes + 20, wish.reg, 4);
	wire_put(bytes + 24, is_write ? wish.value : 0, 8);
}

/* One that is a message: what is none ends the session, and is tried there. */
static void make_message(struct attack *attack, unsigned char bytes[32])
{
	greedy_message(attack, bytes);
	switch (below(attack, 6)) {
	case 0: /* of a version to come: nothing of it may be done */
		wire_put(bytes + 4, LAST_MESSAGE + 1 + below(attack, 0xffff - LAST_MESSAGE), 2);
		break;
	case 1: /* that makes sense until one looks at the numbers */
		wire_put(bytes + 12, next(attack), 4);
		wire_put(bytes + 20, next(attack), 4);
		break;
	case 2:
		bytes[20 + below(attack, 4)] ^= (unsigned char)(1 << below(attack, 8));
		break;
	}
}

static void make_record(struct attack *attack, unsigned char bytes[32])
{
	if (attack->is_native) {
		make_message(attack, bytes);
		return;
	}
	switch (below(attack, 6)) {
	case 0: /* anything */
		for (int i = 0; i < 32; i += 8)
			wire_put(bytes + i, next(attack), 8);
		break;
	case 1: /* that makes sense until one looks at the numbers */
		wire_request(bytes, below(attack, 3), below(attack, 64), below(attack, 5),
			(uint32_t)next(attack) >> below(attack, 32), next(attack));
		break;
	case 2: /* one bit off */
		greedy(attack, bytes);
		bytes[below(attack, 32)] ^= (unsigned char)(1 << below(attack, 8));
		break;
	default:
		greedy(attack, bytes);
	}
	if (wire_get(bytes + 20, 4) == EXIT) /* that has its time */
		bytes[20] = WRITE;
}

/* A piece, and sometimes descriptors with it that nobody has asked for. */
static void send_piece(struct attack *attack, const unsigned char *bytes, size_t length)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(4 * sizeof(int))];
	} control = {0};
	const int fds[4] = {0, 1, 2, attack->accessd.fd};
	struct iovec iov = {(void *)(uintptr_t)bytes, length};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

	if (below(attack, 16) == 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
		control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fds),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.header), fds, sizeof fds);
	}
	assert_int_equal(sendmsg(attack->accessd.fd, &message, MSG_NOSIGNAL), length);
}

static void send_in_pieces(struct attack *attack, const unsigned char *bytes, size_t length)
{
	while (length > 0) {
		size_t n = 1 + below(attack, BATCH * 32);

		if (n > length)
			n = length;
		send_piece(attack, bytes, n);
		bytes += n;
		length -= n;
	}
}

static void receive(struct attack *attack, unsigned char *bytes, size_t length)
{
	if (length > 0)
		assert_int_equal(
			recv(attack->accessd.fd, bytes, length, MSG_WAITALL), (ssize_t)length);
}

static void check_message_reply(struct attack *attack, const unsigned char request[32])
{
	unsigned char bytes[16 + 320];

	receive(attack, bytes, 16);
	uint64_t length = wire_get(bytes, 4), status = wire_get(bytes + 4, 2);

	assert_true(length >= 16 && length <= sizeof bytes && status <= LAST_STATUS);
	receive(attack, bytes + 16, length - 16);
	/* a value comes with a read that was done, and with nothing else */
	assert_true((status == 0 && request[8] == 0) || wire_get(bytes + 8, 8) == 0);
	/* and a reason with all that was not */
	assert_true((status == 0 || status == 1) == (length == 16));
	attack->n_refused += status == REFUSED;
	attack->n_done += status == 0;
}

static void check_reply(struct attack *attack, const unsigned char request[32])
{
	struct reply reply;

	if (attack->is_native) {
		check_message_reply(attack, request);
		return;
	}

	assert_true(wire_receive(attack->accessd.fd, &reply));
	assert_memory_equal(reply.bytes, request, 8);
	assert_memory_equal(reply.bytes + 16, request + 16, 8);
	assert_memory_equal(reply.bytes + 28, request + 28, 4);
	assert_true(reply.errorcode <= LAST_ERROR);
	attack->n_refused += reply.errorcode == REFUSED;
	attack->n_done += reply.errorcode == 0;
}

static void storm(struct attack *attack)
{
	unsigned char bytes[BATCH][32];

	for (int i = 0; i < BATCH; i++)
		make_record(attack, bytes[i]);
	send_in_pieces(attack, bytes[0], sizeof bytes);
	for (int i = 0; i < BATCH; i++)
		check_reply(attack, bytes[i]);
	attack->n_records += BATCH;
}

/* As many greedy messages as one batch, of any mode. */
static size_t make_batch(struct attack *attack, unsigned char *bytes, uint32_t n)
{
	size_t length = 16;

	for (uint32_t i = 0; i < n; i++, length += 24) {
		unsigned char message[32];

		do
			make_message(attack, message);
		while (wire_get(message + 4, 2) != MESSAGE_ACCESS);
		memcpy(bytes + length, message + 8, 24);
	}
	wire_put(bytes, length, 4);
	wire_put(bytes + 4, MESSAGE_BATCH, 4);
	wire_put(bytes + 8, n, 4);
	wire_put(bytes + 12, below(attack, BATCH_N_MODES), 4);
	return length;
}

/* Each has a status of its own, and a value comes with a read that was done and nothing else. */
static void check_batch_reply(struct attack *attack, const unsigned char *request, uint32_t n)
{
	unsigned char bytes[32 + 16 * BATCH + 8 * (2 + 320)];

	receive(attack, bytes, 32);
	uint64_t length = wire_get(bytes, 4), mode = wire_get(request + 12, 4), n_undone = 0;

	assert_true(length >= 32 + 16 * n && length <= sizeof bytes);
	assert_int_equal(wire_get(bytes + 8, 4), n);
	receive(attack, bytes + 32, length - 32);
	for (uint32_t i = 0; i < n; i++) {
		const unsigned char *result = bytes + 32 + (size_t)16 * i;
		uint64_t status = wire_get(result, 2);

		assert_true(status <= OP_SKIPPED && (status != OP_SKIPPED || mode != BATCH_EACH));
		assert_true(
			(status == 0 && request[16 + 24 * i] == 0) || wire_get(result + 8, 8) == 0);
		assert_true(mode != BATCH_ALL_OR_NONE || status != OP_SKIPPED || n > 1);
		n_undone += status != 0;
		attack->n_refused += status == REFUSED;
		attack->n_done += status == 0;
	}
	assert_int_equal(wire_get(bytes + 4, 2), n_undone);
}

/* Several batches at once, in pieces. */
static void storm_of_batches(struct attack *attack)
{
	static unsigned char bytes[4 * (16 + 24 * BATCH)];
	size_t begins[4], length = 0;
	uint32_t n[4];

	for (int i = 0; i < 4; i++) {
		/* one that is all or none is done now and then only if it is short */
		n[i] = 1 + below(attack, below(attack, 2) ? 3 : BATCH);
		begins[i] = length;
		length += make_batch(attack, bytes + length, n[i]);
	}
	send_in_pieces(attack, bytes, length);
	for (int i = 0; i < 4; i++) {
		check_batch_reply(attack, bytes + begins[i], n[i]);
		attack->n_records += n[i];
	}
}

/* A table or a list, from anywhere on. */
static size_t make_question(struct attack *attack, unsigned char bytes[24])
{
	bool is_policy = below(attack, 2), is_msr = below(attack, 2);
	uint32_t first = below(attack, 2) ? (uint32_t)next(attack) >> below(attack, 32) : 0;

	memset(bytes, 0, 24);
	wire_put(bytes, is_policy ? 24 : 16, 4);
	wire_put(bytes + 4, is_policy ? MESSAGE_POLICY : MESSAGE_INFO, 2);
	wire_put(bytes + 12, first, 4);
	if (!is_policy) {
		wire_put(bytes + 8, below(attack, 8) ? below(attack, 6) : next(attack), 4);
		return 16;
	}
	bytes[9] = !is_msr;
	wire_put(bytes + 10, is_msr ? 0 : below(attack, OP_N_UNITS), 2);
	wire_put(bytes + 16,
		1 + (below(attack, 2) ? below(attack, 10) : (uint32_t)next(attack) / 2), 4);
	return 24;
}

/* No register is said to be allowed, nor a bit of it, that no list has. */
static void check_rules(
	const struct attack *attack, const unsigned char *question, const unsigned char *row)
{
	unsigned section =
		question[9] ? ALLOW_PCI((unsigned)wire_get(question + 10, 2)) : ALLOW_MSR;
	struct op op = {.verb = OP_READ, .place = allow_device(section)};
	struct policy_rule rule;

	op.place.reg = (uint32_t)wire_get(row, 4);
	assert_true(op.place.reg >= wire_get(question + 12, 4));
	assert_true(policy_find(&attack->grant.policy, &op, &rule));
	assert_true(wire_get(row + 8, 8) == rule.write_mask);
	assert_true(wire_get(row + 16, 8) == rule.clear_mask);
	assert_true(wire_get(row + 24, 8) == rule.w1c_mask);
}

static void check_answer(struct attack *attack, const unsigned char *question)
{
	static unsigned char bytes[19008];

	receive(attack, bytes, 16);
	uint64_t length = wire_get(bytes, 4), status = wire_get(bytes + 4, 2);
	uint64_t n = wire_get(bytes + 8, 2), size = wire_get(bytes + 10, 2);

	assert_true(length >= 16 && length <= sizeof bytes);
	receive(attack, bytes + 16, length - 16);
	assert_int_equal(length, 16 + n * size);
	if (question[4] == MESSAGE_INFO) {
		assert_int_equal(status, wire_get(question + 8, 4) > 4);
		return;
	}
	assert_int_equal(status, 0);
	assert_true(n <= wire_get(question + 16, 4));
	for (uint64_t i = 0; i < n; i++)
		check_rules(attack, question, bytes + 16 + i * size);
}

static void storm_of_questions(struct attack *attack)
{
	unsigned char bytes[4 * 24];
	size_t begins[4], length = 0;

	for (int i = 0; i < 4; i++) {
		begins[i] = length;
		length += make_question(attack, bytes + length);
	}
	send_in_pieces(attack, bytes, length);
	for (int i = 0; i < 4; i++)
		check_answer(attack, bytes + begins[i]);
	attack->n_questions += 4;
}

static void start(struct attack *attack)
{
	attack->accessd = accessd_start(attack->program, NULL);
	accessd_connect(&attack->accessd);
	attack->n_sessions++;
	attack->is_native = false;
}

static void say_hello(struct attack *attack)
{
	unsigned char hello[32] = {1, [8] = 'm', 's', 'r', 'd', 'w', 'i', 'r', 'e', [20] = 'm', 's',
		'r', 'd'},
		      answer[32];

	send_piece(attack, hello, sizeof hello);
	receive(attack, answer, sizeof answer);
	assert_memory_equal(answer + 8, hello + 8, 8);
	assert_memory_equal(answer + 20, hello + 20, 12);
	attack->is_native = true;
	attack->n_native++;
}

/* What is no message: the daemon closes the connection, and does nothing of it. */
static void be_malformed(struct attack *attack)
{
	unsigned char bytes[32];

	greedy_message(attack, bytes);
	switch (below(attack, 7)) {
	case 0:
		wire_put(bytes, next(attack) | 0x10000, 4);
		break;
	case 6: /* a question that is longer than any */
		wire_put(bytes + 4, below(attack, 2) ? MESSAGE_INFO : MESSAGE_POLICY, 2);
		break;
	case 5: /* a batch that is shorter than its operations */
		wire_put(bytes + 4, MESSAGE_BATCH, 4);
		wire_put(bytes + 8, below(attack, 2) ? 1 + below(attack, 2000) : next(attack), 4);
		break;
	case 1:
		wire_put(bytes, below(attack, 8), 4);
		break;
	case 2:
		bytes[6 + below(attack, 2)] = 1;
		break;
	case 3:
		bytes[8] = (unsigned char)(3 + below(attack, 253));
		break;
	default:
		wire_put(bytes + 10, OP_N_UNITS + below(attack, 0xff00), 2);
	}
	send_piece(attack, bytes, sizeof bytes);
}

/* By exit, between two records, inside one, or with replies that nobody has read. */
static void leave(struct attack *attack)
{
	static const unsigned char exit_message[8] = {8, [4] = MESSAGE_EXIT};
	unsigned char bytes[BATCH][32];
	size_t length = below(attack, 3) == 0 ? 0 : below(attack, sizeof bytes);

	if (below(attack, 4) == 0 && !attack->is_native) {
		accessd_exit(&attack->accessd);
		return;
	}
	for (int i = 0; i < BATCH; i++)
		make_record(attack, bytes[i]);
	send_in_pieces(attack, bytes[0], length);
	if (attack->is_native && length % 32 == 0 && below(attack, 2))
		send_piece(attack, exit_message, sizeof exit_message);
	else if (attack->is_native && length % 32 == 0)
		be_malformed(attack);
	accessd_disconnect(&attack->accessd);
	assert_int_equal(accessd_wait(&attack->accessd, PATIENCE_MS), 0);
}

static void (*storm_of(const struct attack *attack, int i))(struct attack *)
{
	if (!attack->is_native || i % 2 == 0)
		return storm;
	return i % 10 == 5 ? storm_of_questions : storm_of_batches;
}

/* Until that many records, or until that time. */
static void storms(struct attack *attack, uint64_t n_records, int64_t end_ms)
{
	int64_t said = clock_now_ms();

	while (attack->n_records < n_records && clock_now_ms() < end_ms) {
		start(attack);
		if (attack->n_sessions % 3 == 0)
			say_hello(attack);
		for (int i = 0; i < A_SESSION && attack->n_records < n_records; i++)
			storm_of(attack, i)(attack);
		leave(attack);
		if (clock_now_ms() - said > 5000) {
			said = clock_now_ms();
			fprintf(stderr, "%" PRIu64 " records, %u daemons ...\n", attack->n_records,
				attack->n_sessions);
		}
	}
}

static struct attack the_attack;
static uint64_t wanted_records;
static int64_t wanted_ms;

static void nothing_outside_the_policy_is_ever_written(void **state)
{
	struct attack *attack = &the_attack;
	const struct peer peer = {.uid = getuid(), .gid = getgid()};
	struct site site;

	(void)state;
	site_init(&site);
	assert_int_equal(grant_peer(&attack->grant, arch_find(6, 0x2d), &site, &peer), 0);
	msr_set(N_CPUS - 1, PERFEVTSEL(HELD), PERFS_SELECT);
	msr_set(N_CPUS - 1, PMC(HELD), 12345);
	witness_take(&attack->before);
	witness_take(&attack->after); /* the clock stands still, or this proves nothing */
	assert_memory_equal(&attack->before, &attack->after, sizeof attack->before);
	storms(attack, wanted_records, wanted_ms);
	witness_take(&attack->after);
	check_msrs(attack);
	check_config(attack);
	check_held(attack);
	assert_true(memcmp(&attack->before, &attack->after, sizeof attack->before) != 0);
	assert_true(attack->n_done > attack->n_records / 50);
	assert_true(attack->n_refused > attack->n_records / 50);
	assert_true(attack->n_questions > 0);
	fprintf(stderr,
		"%" PRIu64 " records by %u daemons, %u of them spoken to in messages: %" PRIu64
		" done, %" PRIu64 " refused, %u questions\n",
		attack->n_records, attack->n_sessions, attack->n_native, attack->n_done,
		attack->n_refused, attack->n_questions);
	msr_set(N_CPUS - 1, PERFEVTSEL(HELD), 0);
}

static uint32_t write_0(const struct attack *attack, uint32_t reg, uint64_t value)
{
	return wire_ask(attack->accessd.fd, WRITE, MSR, 0, reg, value).errorcode;
}

static void counter_of_the_kernel_can_not_be_re_aimed_or_fired(void **state)
{
	struct attack *attack = &the_attack;

	(void)state;
	start(attack);
	msr_set(0, PERFEVTSEL(0), PERFS_SELECT);
	msr_set(0, FIXED_CTR_CTRL, 0x0b0);
	msr_set(0, PMC(0), 1);
	assert_int_equal(write_0(attack, PERFEVTSEL(0), 0x5300c0), REFUSED);
	assert_int_equal(write_0(attack, PERFEVTSEL(0), 0x510000), REFUSED);
	assert_int_equal(write_0(attack, FIXED_CTR_CTRL, 0x3b3), REFUSED);
	assert_int_equal(write_0(attack, PMC(0), (UINT64_C(1) << 48) - 1), REFUSED);
	assert_int_equal(write_0(attack, FIXED_CTR1, (UINT64_C(1) << 48) - 1), REFUSED);
	assert_int_equal(msr_get(0, PERFEVTSEL(0)), PERFS_SELECT);
	assert_int_equal(msr_get(0, FIXED_CTR_CTRL), 0x0b0);
	assert_int_equal(msr_get(0, PMC(0)), 1);
	/* taken away it can be, as the lists have it: then it interrupts nobody */
	assert_int_equal(write_0(attack, PERFEVTSEL(0), 0), 0);
	msr_set(0, FIXED_CTR_CTRL, 0);
	assert_int_equal(write_0(attack, PMC(0), 5), 0);
	assert_int_equal(msr_get(0, PMC(0)), 5);
	accessd_exit(&attack->accessd);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counter_of_the_kernel_can_not_be_re_aimed_or_fired),
		cmocka_unit_test(nothing_outside_the_policy_is_ever_written),
	};
	char *end;

	if (argc != 5) {
		fprintf(stderr, "usage: node-hostile MSRD SEED RECORDS|MINUTESm MARKER\n");
		return 2;
	}
	marker = (uint32_t)strtoul(argv[4], NULL, 0);
	the_attack.program = argv[1];
	the_attack.random = strtoull(argv[2], NULL, 0) | 1;
	wanted_records = strtoull(argv[3], &end, 10);
	wanted_ms = INT64_MAX;
	if (*end == 'm') {
		wanted_ms = clock_now_ms() + (int64_t)wanted_records * 60000;
		wanted_records = UINT64_MAX;
	}
	fprintf(stderr, "seed %s\n", argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
