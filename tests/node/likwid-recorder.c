/* SPDX-License-Identifier: MIT */
/*
 * A daemon that asks another one: what LIKWID wants of it, and what it gets.
 * Executed as likwid-accessD it writes the conversation (conversation.h) to
 * conversation-PID.txt beside itself. Where its client is started the other
 * daemon is /dev/likwid/likwid-5.2/likwid-accessD.
 */
#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "conversation.h"
#include "wire.h"

#define RECORDED "/dev/likwid/likwid-5.2/likwid-accessD"

static FILE *open_record(void)
{
	char path[PATH_MAX + sizeof "conversation-2147483647.txt"];
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);

	if (length < 0)
		return NULL;
	path[length] = '\0';
	sprintf(strrchr(path, '/') + 1, "conversation-%d.txt", (int)getpid());
	return fopen(path, "we");
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

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void relay(int client, int daemon, FILE *record)
{
	double start = seconds();
	unsigned char bytes[32];

	while (receive(client, bytes) && send(daemon, bytes, 32, MSG_NOSIGNAL) == 32) {
		struct exchange exchange = {
			.seconds = seconds() - start,
			.cpu = (uint32_t)wire_get(bytes, 4),
			.reg = (uint32_t)wire_get(bytes + 4, 4),
			.data = wire_get(bytes + 8, 8),
			.device = (uint32_t)wire_get(bytes + 16, 4),
			.type = (uint32_t)wire_get(bytes + 20, 4),
			.err_in = (uint32_t)wire_get(bytes + 24, 4),
		};
		if (exchange.type < EXIT) {
			if (!receive(daemon, bytes))
				break;
			exchange.reply = wire_get(bytes + 8, 8);
			exchange.error = (uint32_t)wire_get(bytes + 24, 4);
		}
		conversation_print(record, &exchange);
		if (exchange.type >= EXIT)
			break;
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
	setlinebuf(record); /* a client that does not say exit leaves us to be killed */
	accessd_connect(&daemon);
	relay(client, daemon.fd, record);
	accessd_disconnect(&daemon);
	accessd_wait(&daemon, PATIENCE_MS);
	return fclose(record) == 0 ? 0 : 1;
}
