/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static struct timed_access carry_out(
	struct candidate *candidate, const struct kind *kind, enum access_verb verb, uint64_t value)
{
	struct timed_access access = {verb, kind->space, kind->reg, value, 0};

	candidate->ops->access(candidate, &access);
	return access;
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

bool trial_begin(struct trial *trial, const struct kind *kind, struct candidate *witness)
{
	*trial = (struct trial){
		.kind = kind,
		.access = {kind->verb, kind->space, kind->reg, 0, 0},
	};
	if (kind->verb == ACCESS_CHECK)
		return true;
	trial->planted =
		new_value(kind->mask, carry_out(witness, kind, ACCESS_READ, 0).value & kind->mask);
	if (kind->verb == ACCESS_WRITE)
		trial->access.value = new_value(kind->mask, trial->planted);

	uint32_t error = carry_out(witness, kind, ACCESS_WRITE, trial->planted).error;
	if (error != ACCESS_DONE && error != ACCESS_ABSENT)
		errx(EXIT_FAILURE, "register 0x%" PRIx32 " of the device cannot be written",
			kind->reg);
	return error == ACCESS_DONE;
}

static bool find(struct verdict *verdict, bool is_wrong, const char *word)
{
	verdict->is_wrong = is_wrong;
	verdict->word = word;
	return false;
}

/* A register that changes by itself proves nothing, and is nobody's fault. */
static uint64_t held(const struct trial *trial, struct candidate *witness)
{
	return carry_out(witness, trial->kind, ACCESS_READ, 0).value;
}

static bool judge_read(
	const struct trial *trial, struct candidate *witness, struct verdict *verdict)
{
	if (trial->access.value == trial->planted)
		return true;
	if (held(trial, witness) != trial->planted)
		errx(EXIT_FAILURE,
			"register 0x%" PRIx32 " changes by itself: is somebody measuring here?",
			trial->kind->reg);
	snprintf(verdict->why, sizeof verdict->why,
		"read 0x%" PRIx64 ", the device held 0x%" PRIx64, trial->access.value,
		trial->planted);
	return find(verdict, true, "untrue");
}

static bool judge_write(
	const struct trial *trial, struct candidate *witness, struct verdict *verdict)
{
	uint64_t value = held(trial, witness);

	if (value == trial->access.value)
		return true;
	snprintf(verdict->why, sizeof verdict->why,
		"wrote 0x%" PRIx64 ", the device holds 0x%" PRIx64 "%s", trial->access.value, value,
		value == trial->planted ? " as before" : "");
	return find(verdict, true, "unwritten");
}

/* Whoever says yes has to be able to say no. */
static bool judge_check(struct candidate *candidate, struct verdict *verdict)
{
	struct timed_access access = {.verb = ACCESS_CHECK, .space = SPACE_NOBODY};

	candidate->ops->access(candidate, &access);
	if (access.error == ACCESS_ABSENT)
		return true;
	snprintf(verdict->why, sizeof verdict->why, "a device that no machine has got answer %u",
		access.error);
	return find(verdict, true, "untrue");
}

bool trial_end(const struct trial *trial, struct candidate *witness, struct candidate *candidate,
	struct verdict *verdict)
{
	if (trial->access.error != ACCESS_DONE) {
		snprintf(verdict->why, sizeof verdict->why, "answered with error %u%s",
			trial->access.error,
			trial->access.error == ACCESS_ABSENT ? ", no such device" : "");
		return find(verdict, false, "unserved");
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
