/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static struct timed_access access_of(const struct kind *kind, enum access_verb verb, uint64_t value)
{
	return (struct timed_access){verb, kind->space, kind->reg, value, 0};
}

/* Nothing that the candidate could know: not the last value, and no row of numbers. */
static uint64_t new_value(uint64_t mask, uint64_t other)
{
	uint64_t value;

	do
		value = ((uint64_t)random() << 31 ^ (uint64_t)random()) & mask;
	while (value == other);
	return value;
}

static void find(struct verdict *verdict, bool is_wrong, const char *word)
{
	verdict->is_wrong = is_wrong;
	verdict->word = word;
}

static int plant(const struct trial *trial, struct candidate *witness, struct verdict *verdict)
{
	struct timed_access write = access_of(trial->kind, ACCESS_WRITE, trial->planted);
	int r = candidate_access(witness, &write);

	if (r < 0 || write.error == ACCESS_DONE)
		return r;
	if (write.error != ACCESS_ABSENT) {
		warnx("register 0x%" PRIx32 " of the device cannot be written", write.reg);
		return -EIO;
	}
	snprintf(verdict->why, sizeof verdict->why, "this machine has no such register");
	find(verdict, false, "unserved");
	return 0;
}

int trial_begin(struct trial *trial, const struct kind *kind, struct candidate *witness,
	struct verdict *verdict)
{
	*trial = (struct trial){.kind = kind, .access = access_of(kind, kind->verb, 0)};
	if (kind->verb == ACCESS_CHECK)
		return 0;

	struct timed_access before = access_of(kind, ACCESS_READ, 0);
	int r = candidate_access(witness, &before);
	if (r < 0)
		return r;
	trial->planted = new_value(kind->mask, before.value & kind->mask);
	if (kind->verb == ACCESS_WRITE)
		trial->access.value = new_value(kind->mask, trial->planted);
	return plant(trial, witness, verdict);
}

static int judge_read(const struct trial *trial, struct candidate *witness, struct verdict *verdict)
{
	struct timed_access held = access_of(trial->kind, ACCESS_READ, 0);

	if (trial->access.value == trial->planted)
		return 0;
	int r = candidate_access(witness, &held);
	if (r < 0)
		return r;
	/* this proves nothing, and is nobody's fault */
	if (held.value != trial->planted) {
		warnx("register 0x%" PRIx32 " changes by itself: is somebody measuring here?",
			held.reg);
		return -EBUSY;
	}
	snprintf(verdict->why, sizeof verdict->why,
		"read 0x%" PRIx64 ", the device held 0x%" PRIx64, trial->access.value,
		trial->planted);
	find(verdict, true, "untrue");
	return 0;
}

static int judge_write(
	const struct trial *trial, struct candidate *witness, struct verdict *verdict)
{
	struct timed_access held = access_of(trial->kind, ACCESS_READ, 0);
	int r = candidate_access(witness, &held);

	if (r < 0 || held.value == trial->access.value)
		return r;
	snprintf(verdict->why, sizeof verdict->why,
		"wrote 0x%" PRIx64 ", the device holds 0x%" PRIx64 "%s", trial->access.value,
		held.value, held.value == trial->planted ? " as before" : "");
	find(verdict, true, "unwritten");
	return 0;
}

/* Whoever says yes has to be able to say no. */
static int judge_check(struct candidate *candidate, struct verdict *verdict)
{
	struct timed_access access = {.verb = ACCESS_CHECK, .space = SPACE_NOBODY};

	int r = candidate_access(candidate, &access);
	if (r < 0 || access.error == ACCESS_ABSENT)
		return r;
	snprintf(verdict->why, sizeof verdict->why, "a device that no machine has got answer %u",
		access.error);
	find(verdict, true, "untrue");
	return 0;
}

int trial_end(const struct trial *trial, struct candidate *witness, struct candidate *candidate,
	struct verdict *verdict)
{
	if (trial->access.error != ACCESS_DONE) {
		snprintf(verdict->why, sizeof verdict->why, "answered with error %u%s",
			trial->access.error,
			trial->access.error == ACCESS_ABSENT ? ", no such device" : "");
		find(verdict, false, "unserved");
		return 0;
	}
	switch (trial->kind->verb) {
	case ACCESS_READ:
		return judge_read(trial, witness, verdict);
	case ACCESS_WRITE:
		return judge_write(trial, witness, verdict);
	default:
		return judge_check(candidate, verdict);
	}
}
