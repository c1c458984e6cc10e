/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <sys/socket.h>

#include "../wire_numbers.h"

/* Beyond every release's table of devices. */
#define NOBODY 1000

/* Little-endian, as every machine that has MSRs. */
struct record {
	uint32_t cpu; /* or socket: 0 here */
	uint32_t reg;
	uint64_t data;
	uint32_t device;
	uint32_t type;
	uint32_t errorcode;
	uint32_t padding;
};
_Static_assert(sizeof(struct record) == 32, "a record has 32 bytes");

static bool record_send(int fd, const struct record *record)
{
	return send(fd, record, sizeof *record, MSG_NOSIGNAL) == sizeof *record;
}

static bool record_receive(int fd, struct record *record)
{
	return recv(fd, record, sizeof *record, MSG_WAITALL) == sizeof *record;
}

bool record_ask(int fd, struct timed_access *access)
{
	static const uint32_t types[] = {
		[ACCESS_READ] = READ, [ACCESS_WRITE] = WRITE, [ACCESS_CHECK] = CHECK};
	static const uint32_t devices[] = {
		[SPACE_MSR] = MSR, [SPACE_PCI] = IMC0, [SPACE_NOBODY] = NOBODY};
	struct record record = {
		.reg = access->reg,
		.data = access->verb == ACCESS_WRITE ? access->value : 0,
		.device = devices[access->space],
		.type = types[access->verb],
	};

	if (!record_send(fd, &record) || !record_receive(fd, &record))
		return false;
	access->error = record.errorcode;
	if (access->verb == ACCESS_READ)
		access->value = record.data;
	return true;
}

void record_end(int fd)
{
	const struct record record = {.type = EXIT};

	record_send(fd, &record);
}

bool record_take(int fd, struct timed_access *access)
{
	struct record record;

	if (!record_receive(fd, &record) || record.type > CHECK)
		return false;
	*access = (struct timed_access){
		.verb = record.type == READ    ? ACCESS_READ
			: record.type == WRITE ? ACCESS_WRITE
					       : ACCESS_CHECK,
		.space = record.device == MSR	 ? SPACE_MSR
			 : record.device == IMC0 ? SPACE_PCI
						 : SPACE_NOBODY,
		.reg = record.reg,
		.value = record.data,
	};
	return true;
}

bool record_answer(int fd, const struct timed_access *access)
{
	const struct record record = {
		.reg = access->reg,
		.data = access->verb == ACCESS_READ ? access->value : 0,
		.errorcode = access->error,
	};

	return record_send(fd, &record);
}
