/* SPDX-License-Identifier: MIT */
/* Tidies up after the dead. Knows nothing of connections. */
#include "client/leftover.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/meeting.h"

#define ADDRESS_SIZE 64

static void write_address(char address[ADDRESS_SIZE], pid_t daemon)
{
	snprintf(address, ADDRESS_SIZE, MEETING_ADDRESS, (int)daemon);
}

struct leftover leftover_find(pid_t daemon)
{
	char address[ADDRESS_SIZE];
	struct stat status;

	write_address(address, daemon);
	if (lstat(address, &status) < 0 || !S_ISSOCK(status.st_mode) ||
		(status.st_uid != getuid() && status.st_uid != geteuid()))
		return (struct leftover){0};
	return (struct leftover){.daemon = daemon, .device = status.st_dev, .inode = status.st_ino};
}

void leftover_remove(struct leftover *leftover)
{
	struct leftover now = leftover_find(leftover->daemon);
	char address[ADDRESS_SIZE];

	if (leftover->inode != 0 && now.inode == leftover->inode &&
		now.device == leftover->device) {
		write_address(address, leftover->daemon);
		unlink(address);
	}
	*leftover = (struct leftover){0};
}
