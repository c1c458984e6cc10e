/* SPDX-License-Identifier: MIT */
/*
 * What the process that makes the node's namespace tells the process that serves
 * its files: messages, some with a descriptor, over a SOCK_SEQPACKET pair.
 */
#ifndef MSRD_FUSE_MSR_HOST_CHANNEL_H
#define MSRD_FUSE_MSR_HOST_CHANNEL_H

#include <stdint.h>

enum channel_kind {
	CHANNEL_PROC,	   /* with the /proc of those who will ask for files */
	CHANNEL_FUSE,	   /* with the descriptor of the mounted file system */
	CHANNEL_LOG,	   /* with the node's /dev/log */
	CHANNEL_NAMESPACE, /* value: the user namespace in which COMMAND will run */
	CHANNEL_GO,	   /* the answer to it */
};

struct channel_message {
	enum channel_kind kind;
	uint64_t value;
	int fd; /* -1 is none; the receiver's to close */
};

/* 0 or -errno; -EPIPE when the other side is gone. */
int channel_send(int channel, const struct channel_message *message);
int channel_receive(int channel, struct channel_message *message);

#endif
