/* SPDX-License-Identifier: MIT */
#include "fuse-msr/host/devlog.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "util/cleanup.h"

int devlog_make(void)
{
	static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	cleanup_close int log = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (log < 0 || bind(log, (const struct sockaddr *)&address, sizeof address) < 0 ||
		chmod(address.sun_path, 0666) < 0)
		return -errno;
	return steal_fd(&log);
}

void devlog_drain(int log, int file)
{
	char message[8192];
	ssize_t length;

	while ((length = recv(log, message, sizeof message - 1, MSG_DONTWAIT)) > 0) {
		/* some senders count a last NUL or newline, some do not */
		while (length > 0 && (message[length - 1] == '\0' || message[length - 1] == '\n'))
			length--;
		for (ssize_t i = 0; i < length; i++)
			if (message[i] == '\n' || message[i] == '\0')
				message[i] = ' ';
		message[length++] = '\n';
		if (write(file, message, (size_t)length) < 0)
			return;
	}
}
