/* SPDX-License-Identifier: MIT */
/*
 * Numbers of one release to those of another. Knows nothing of what a register
 * is, nor of who may use it; CPU, register, data and padding are alike in all
 * releases.
 */
#include "wire/translation.h"

/* No release has a device or a type of this number. */
#define NOBODYS UINT32_MAX

static uint32_t translate_device(const struct translation *translation, uint32_t number)
{
	struct place place;

	if (!release_device_get(translation->client, number, &place) ||
		!release_device_put(translation->daemon, &place, &number))
		return NOBODYS;
	return number;
}

void translation_request(struct translation *translation, struct likwid_record *record)
{
	translation->asked_type = record->type;
	translation->asked_device = record->device;
	translation->type = release_type_get(translation->client, record->type);
	/* what is unknown to the client's release may be an exit to the daemon's */
	if (translation->type == RELEASE_UNKNOWN ||
		!release_type_put(translation->daemon, translation->type, &record->type))
		record->type = NOBODYS;
	record->device = translate_device(translation, record->device);
}

void translation_reply(const struct translation *translation, struct likwid_record *record)
{
	enum op_status status;

	record->type = translation->asked_type;
	record->device = translation->asked_device;
	/* a code that nobody knows is passed on: the client is to judge it */
	if (!release_error_get(translation->daemon, record->errorcode, &status))
		return;
	/* a request that is known is not refused as unknown: it is the CPU model (3.1 tells them
	 * apart) */
	if (status == OP_UNKNOWN && translation->type != RELEASE_UNKNOWN)
		status = OP_UNSUPPORTED;
	record->errorcode = release_error_put(translation->client, status);
}

void translation_refuse(
	const struct translation *translation, enum op_status status, struct likwid_record *record)
{
	enum release_type type = release_type_get(translation->client, record->type);

	if (type == RELEASE_UNKNOWN)
		status = OP_UNKNOWN;
	if (type == RELEASE_READ || type == RELEASE_WRITE)
		record->data = 0;
	record->errorcode = release_error_put(translation->client, status);
}
