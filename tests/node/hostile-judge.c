/* SPDX-License-Identifier: MIT */
/*
 * Judges every write in the trace of a node with a hostile client: each has to be one that the
 * client's lists allow, given what the register held by what the trace says, also where the next
 * write takes it back. It shares nothing with the daemon but the lists.
 *
 *     node-hostile-judge TRACE MARKER WRITES
 *
 * What lies between a read of MSR MARKER on CPU 0 and one on CPU 1 is the client's own, made as
 * root. At least WRITES have to be the daemon's.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hostile.h"
#include "sim/tap/trace_reader.h"

#define N_SLOTS	      (1u << 20) /* more than the registers of such a node */
#define MAX_FORBIDDEN 20

/* A register and what it holds. */
struct slot {
	struct trace_place place;
	bool is_used, is_known;
	uint64_t value;
};

struct judge {
	struct grant grant;
	struct slot *slots;
	struct trace_reader *reader;
	uint32_t marker;
	bool is_own;
	uint64_t n_accesses, n_judged, n_own, n_forbidden;
};

static struct slot *find_slot(struct judge *judge, const struct trace_place *place)
{
	uint64_t hash = (place->device << 32 ^ place->reg ^ (uint64_t)place->space << 62) *
			UINT64_C(0x9e3779b97f4a7c15);
	uint32_t i = (uint32_t)(hash >> 40) % N_SLOTS;

	for (uint32_t n = 0; n < N_SLOTS; n++, i = (i + 1) % N_SLOTS) {
		struct slot *slot = &judge->slots[i];
		if (slot->is_used && trace_place_equal(&slot->place, place))
			return slot;
		if (!slot->is_used) {
			slot->is_used = true;
			slot->place = *place;
			return slot;
		}
	}
	errx(2, "more registers than any such node has");
}

static void forbid(struct judge *judge, const struct trace_access *access, const char *why)
{
	char text[TRACE_TEXT_SIZE];

	if (judge->n_forbidden++ < MAX_FORBIDDEN)
		warnx("line %" PRIu64 ": %s: %s", trace_reader_line(judge->reader),
			trace_describe(access, text), why);
}

static struct bits find_bits(const struct judge *judge, const struct trace_place *place)
{
	struct bits bits = {0};

	switch (place->space) {
	case OP_MSR:
		add_bits(&bits, &judge->grant.policy, ALLOW_MSR, place->reg);
		break;
	case OP_PCI:
		add_config_bits(&bits, &judge->grant.policy, place->reg);
		break;
	}
	return bits;
}

/* Does the counter's select have the interrupt, by which it is the kernel's? */
static bool is_held(struct judge *judge, const struct trace_place *place, uint32_t n)
{
	struct trace_place select = {place->space, place->device, PERFEVTSEL(n)};
	const struct slot *slot = find_slot(judge, &select);

	return slot->is_known && (slot->value & INTERRUPT);
}

static void judge_held(
	struct judge *judge, const struct trace_access *access, const struct slot *slot)
{
	for (uint32_t n = 0; n < N_GENERAL; n++) {
		if (access->place.reg == PERFEVTSEL(n) && is_held(judge, &access->place, n) &&
			(access->value & INTERRUPT) && access->value != slot->value)
			forbid(judge, access, "re-aims a counter of the kernel");
		if (access->place.reg == PMC(n) && is_held(judge, &access->place, n))
			forbid(judge, access, "sets a counter of the kernel");
	}
}

static void judge_write(
	struct judge *judge, const struct trace_access *access, const struct slot *slot)
{
	struct bits bits = find_bits(judge, &access->place);
	uint64_t all = op_space_mask(access->place.space);

	judge->n_judged++;
	if (access->width * 8 != (all > UINT32_MAX ? 64 : 32))
		forbid(judge, access, "of another width than the daemon has");
	else if (!slot->is_known && (bits.set | bits.w1c) != all && bits.clear != all)
		forbid(judge, access, "nobody has looked what it held");
	else if ((access->value & ~slot->value & ~bits.set & ~bits.w1c) ||
		 (slot->value & ~access->value & ~bits.clear))
		forbid(judge, access, "no list allows that");
	switch (access->place.space) {
	case OP_MSR:
		judge_held(judge, access, slot);
		break;
	case OP_PCI:
		break;
	}
}

static bool is_marker(const struct judge *judge, const struct trace_access *access)
{
	const struct trace_place places[] = {
		{OP_MSR, 0, judge->marker}, {OP_MSR, 1, judge->marker}};

	return !access->is_write && (trace_place_equal(&access->place, &places[0]) ||
					    trace_place_equal(&access->place, &places[1]));
}

static void take(struct judge *judge, const struct trace_access *access)
{
	struct slot *slot = find_slot(judge, &access->place);

	judge->n_accesses++;
	if (is_marker(judge, access)) {
		judge->is_own = access->place.device == 0;
		return;
	}
	if (access->is_write && judge->is_own)
		judge->n_own++;
	else if (access->is_write)
		judge_write(judge, access, slot);
	if (access->error == 0) {
		slot->is_known = true;
		slot->value = access->value;
	}
}

static void complain(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

int main(int argc, char **argv)
{
	const struct peer peer = {.uid = getuid(), .gid = getgid()};
	struct judge judge = {.slots = calloc(N_SLOTS, sizeof *judge.slots)};
	struct trace_access access;
	struct site site;
	int r;

	if (argc != 4 || !judge.slots)
		errx(2, "usage: node-hostile-judge TRACE MARKER WRITES");
	judge.marker = (uint32_t)strtoul(argv[2], NULL, 0);
	site_init(&site);
	if (grant_peer(&judge.grant, arch_find(6, 0x2d), &site, &peer) != 0 ||
		!(judge.reader = trace_reader_open(argv[1], complain, NULL)))
		return 2;
	while ((r = trace_reader_next(judge.reader, &access)) > 0)
		take(&judge, &access);
	trace_reader_free(judge.reader);
	free(judge.slots);
	if (r < 0)
		return 2;
	fprintf(stderr,
		"%" PRIu64 " accesses: %" PRIu64 " writes of the daemon judged, %" PRIu64
		" of the client itself, %" PRIu64 " forbidden\n",
		judge.n_accesses, judge.n_judged, judge.n_own, judge.n_forbidden);
	if (judge.n_judged < strtoull(argv[3], NULL, 0))
		errx(2, "too few writes: the trace is no witness");
	return judge.n_forbidden > 0;
}
