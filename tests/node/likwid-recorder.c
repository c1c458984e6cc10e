/* SPDX-License-Identifier: MIT */
/*
 * A daemon that asks another one: what LIKWID wants of it, and what it gets.
 * Executed as likwid-accessD it appends a line a request to `accesses` beside
 * itself, "VERB DEVICE REGISTER ERROR", with LIKWID 5.2's numbers. Where its
 * client is started the other daemon is /dev/likwid/likwid-accessD.
 */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define RECORDED "/dev/likwid/likwid-accessD"

static FILE *open_record(void)
{
	char path[PATH_MAX + sizeof "accesses"];
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);

	if (length < 0)
		return NULL;
	path[length] = '\0';
	strcpy(strrchr(path, '/') + 1, "accesses");
	return fopen(path, "ae");
}

/* Where the client of a daemon with this process id looks for it. */
static int meet_client(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)getpid());
	umask(077);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		return -1;
	if (listen(listener, 1) < 0)
		return -1;
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	unlink(address.sun_path);
	close(listener);
	return client;
}

static bool receive(int fd, unsigned char bytes[32])
{
	return recv(fd, bytes, 32, MSG_WAITALL) == 32;
}

static void relay(int client, int daemon, FILE *record)
{
	static const char verbs[] = "RWC";
	unsigned char bytes[32];

	while (receive(client, bytes) && send(daemon, bytes, 32, MSG_NOSIGNAL) == 32) {
		uint32_t type = (uint32_t)wire_get(bytes + 20, 4);
		if (type >= EXIT || !receive(daemon, bytes))
			break;
		fprintf(record, "%c %u 0x%x %u\n", verbs[type], (unsigned)wire_get(bytes + 16, 4),
			(unsigned)wire_get(bytes + 4, 4), (unsigned)wire_get(bytes + 24, 4));
		send(client, bytes, 32, MSG_NOSIGNAL);
	}
}

int main(void)
{
	struct accessd daemon = accessd_start(RECORDED, NULL);
	FILE *record = open_record();
	int client;

	if (!record || (client = meet_client()) < 0)
		return 1;
	accessd_connect(&daemon);
	relay(client, daemon.fd, record);
	accessd_disconnect(&daemon);
	accessd_wait(&daemon, PATIENCE_MS);
	return fclose(record) == 0 ? 0 : 1;
}
