/* SPDX-License-Identifier: MIT */
/*
 * Records on their way between a client and a daemon that speak the numbers of
 * different releases. What is no number of the client's release is made none of
 * the daemon's, so that both judge every record alike.
 */
#ifndef MSRD_WIRE_TRANSLATION_H
#define MSRD_WIRE_TRANSLATION_H

#include "wire/likwid.h"

struct translation {
	const struct release *client, *daemon;

	/* of the request that was translated last */
	enum release_type type;
	uint32_t asked_type, asked_device; /* by the client's numbers */
};

/* The client's request becomes the daemon's. */
void translation_request(struct translation *translation, struct likwid_record *record);

/* The daemon's reply to it becomes the client's. */
void translation_reply(const struct translation *translation, struct likwid_record *record);

/* The client's request, as it was before translation_request, becomes the reply of a daemon whose
 * answer to every access is status. */
void translation_refuse(
	const struct translation *translation, enum op_status status, struct likwid_record *record);

#endif
