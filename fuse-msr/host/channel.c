/* SPDX-License-Identifier: MIT */
#include "fuse-msr/host/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int channel_send(int channel, const struct channel_message *message)
{
	struct iovec iov = {(void *)(uintptr_t)message, sizeof *message};
	union control control = {0};
	struct msghdr header = {.msg_iov = &iov, .msg_iovlen = 1};

	if (message->fd >= 0) {
		header.msg_control = control.bytes;
		header.msg_controllen = sizeof control.bytes;
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &message->fd, sizeof(int));
	}
	return sendmsg(channel, &header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int channel_receive(int channel, struct channel_message *message)
{
	struct iovec iov = {message, sizeof *message};
	union control control = {0};
	struct msghdr header = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	ssize_t length = recvmsg(channel, &header, MSG_CMSG_CLOEXEC);

	if (length < 0)
		return -errno;
	if ((size_t)length != sizeof *message)
		return -EPIPE;
	/* the number in the message is the sender's */
	message->fd = -1;
	if (header.msg_controllen >= CMSG_LEN(sizeof(int)))
		memcpy(&message->fd, CMSG_DATA(&control.header), sizeof(int));
	return 0;
}
