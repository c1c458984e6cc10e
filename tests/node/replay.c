/* SPDX-License-Identifier: MIT */
/*
 * Plays a recorded conversation to a daemon: the records as they were sent.
 * The error of every reply has to be the recorded one; so has the data, where
 * it does not depend on time: replies to writes and checks, and registers that
 * the conversation has written before. With --same-node registers that only
 * the node decides (identity, limits, reset values) are compared as well.
 *
 *     fuse-msr run FIXTURE -- node-replay [--same-node] MSRD CONVERSATION
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conversation.h"
#include "wire.h"

/* Registers that move by themselves, whatever was written to them. */
static bool is_running(const struct exchange *exchange)
{
	static const struct {
		uint32_t first, last;
	} msrs[] = {
		{0x10, 0x10},
		{0xc1, 0xc8},
		{0xe7, 0xe8},
		{0x198, 0x198},
		{0x19c, 0x19c},
		{0x1b1, 0x1b1},
		{0x309, 0x30b},
		{0x38e, 0x38e},
		{0x3f8, 0x3fe},
		{0x4c1, 0x4c8},
		{0x611, 0x611},
		{0x613, 0x613},
		{0x619, 0x619},
		{0x61b, 0x61b},
		{0x639, 0x639},
		{0xc09, 0xc09},
		{0xc16, 0xc17},
		{0xc36, 0xc39},
	};
	uint32_t reg = exchange->reg;

	if (exchange->device != 0) /* counters, low and high */
		return (reg >= 0xa0 && reg <= 0xbc) || reg == 0xd0 || reg == 0xd4;
	if (reg >= 0xd00 && reg < 0xe00) /* CBoxes */
		return reg % 0x20 >= 0x16 && reg % 0x20 <= 0x19;
	for (size_t i = 0; i < sizeof msrs / sizeof *msrs; i++)
		if (reg >= msrs[i].first && reg <= msrs[i].last)
			return true;
	return false;
}

/* Registers written so far; more than a conversation ever has. */
struct written {
	struct exchange exchanges[4096];
	size_t n;
};

static bool was_written(const struct written *written, const struct exchange *exchange)
{
	for (size_t i = 0; i < written->n; i++)
		if (written->exchanges[i].device == exchange->device &&
			written->exchanges[i].cpu == exchange->cpu &&
			written->exchanges[i].reg == exchange->reg)
			return true;
	return false;
}

static bool play(int fd, const struct exchange *exchange, bool compare_data)
{
	unsigned char bytes[32];
	struct reply reply;

	wire_request(bytes, exchange->type, exchange->device, exchange->cpu, exchange->reg,
		exchange->data);
	wire_put(bytes + 24, exchange->err_in, 4);
	return send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) == 32 && wire_receive(fd, &reply) &&
	       reply.errorcode == exchange->error &&
	       (!compare_data || reply.data == exchange->reply);
}

int main(int argc, char **argv)
{
	static struct written written;
	bool same_node = argc == 4 && strcmp(argv[1], "--same-node") == 0;
	unsigned n = 0, n_compared = 0, n_wrong = 0;
	struct exchange exchange;
	char line[256];

	if (argc != 3 && !same_node) {
		fprintf(stderr, "usage: node-replay [--same-node] MSRD CONVERSATION\n");
		return 2;
	}
	FILE *conversation = fopen(argv[argc - 1], "re");
	if (!conversation) {
		perror(argv[argc - 1]);
		return 1;
	}

	struct accessd accessd = accessd_start(argv[argc - 2], NULL);
	accessd_connect(&accessd);
	for (unsigned number = 1; fgets(line, sizeof line, conversation); number++) {
		if (line[0] == '#' || conversation_is_exit(line))
			continue; /* every daemon gets its exit below */
		if (!conversation_parse(line, &exchange)) {
			fprintf(stderr, "%s:%u: no exchange\n", argv[argc - 1], number);
			return 1;
		}
		bool compare =
			exchange.type != READ || exchange.error != 0 ||
			(!is_running(&exchange) && (same_node || was_written(&written, &exchange)));
		n++;
		n_compared += compare;
		if (!play(accessd.fd, &exchange, compare)) {
			fprintf(stderr, "%s:%u: other reply: %s", argv[argc - 1], number, line);
			n_wrong++;
		}
		if (exchange.type == WRITE && written.n < 4096)
			written.exchanges[written.n++] = exchange;
	}
	fclose(conversation);
	accessd_exit(&accessd);
	printf("%s: %u exchanges, the data of %u compared, %u differ\n", argv[argc - 1], n,
		n_compared, n_wrong);
	return n == 0 || n_wrong > 0;
}
