/* SPDX-License-Identifier: MIT */
#include "cli/export/http.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/export/microhttpd.h"
#include "util/clock.h"
#include "util/number.h"

/* A scrape needs one connection for a moment. Who holds more, or longer, is no scraper: of so many
 * that are kept the oldest ends, so that there is always room for the next one. */
#define MAX_KEPT	16
#define MAX_CONNECTIONS 64
#define MEMORY_BYTES	16384
#define IDLE_S		5
/* From its start to its end, however slowly it goes on. */
#define LIFE_NS (10 * CLOCK_SECOND_NS)

struct connection {
	int fd;		 /* -1: none */
	uint64_t end_ns; /* UINT64_MAX: it has been ended, and closes next */
};

struct http {
	struct microhttpd lib;
	struct MHD_Daemon *daemon;
	http_make *make;
	void *context;
	bool is_remote;
	char address[NI_MAXHOST + NI_MAXSERV + 4];
	struct connection connections[MAX_CONNECTIONS];
};

static const char page[] =
	"<!DOCTYPE html><title>msrctl export</title>"
	"<p>Registers of this node, for Prometheus: <a href=\"/metrics\">metrics</a>, "
	"as msrctl-export(1) explains.</p>\n";

static enum MHD_Result answer(const struct http *http, struct MHD_Connection *connection,
	unsigned status, const char *type, const char *text, size_t size)
{
	struct MHD_Response *response =
		http->lib.create_response_from_buffer(size, (void *)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result r = MHD_NO;

	if (!response)
		return MHD_NO;
	if (http->lib.add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) ==
			MHD_YES &&
		http->lib.add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") ==
			MHD_YES &&
		(status != MHD_HTTP_METHOD_NOT_ALLOWED ||
			http->lib.add_response_header(
				response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD") == MHD_YES))
		r = http->lib.queue_response(connection, status, response);
	http->lib.destroy_response(response);
	return r;
}

static enum MHD_Result answer_text(const struct http *http, struct MHD_Connection *connection,
	unsigned status, const char *text)
{
	return answer(http, connection, status, "text/plain; charset=utf-8", text, strlen(text));
}

/* Who can take OpenMetrics says so, and Prometheus likes it best. */
static bool wants_openmetrics(const struct http *http, struct MHD_Connection *connection)
{
	static const char type[] = "application/openmetrics-text";
	const char *accept = http->lib.lookup_connection_value(
		connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);

	for (; accept; accept = strchr(accept, ',')) {
		size_t length;
		const char *weight;

		accept += strspn(accept, ", \t");
		length = strcspn(accept, ",");
		if (strncasecmp(accept, type, sizeof type - 1) != 0)
			continue;
		weight = memmem(accept, length, "q=0", 3);
		/* q=0 and q=0.0 say no, q=0.5 says yes */
		if (!weight || isdigit((unsigned char)weight[3 + strspn(weight + 3, ".0")]))
			return true;
	}
	return false;
}

static enum MHD_Result answer_metrics(struct http *http, struct MHD_Connection *connection)
{
	bool is_openmetrics = wants_openmetrics(http, connection);
	size_t size;
	const char *text = http->make(http->context, is_openmetrics, &size);

	if (!text)
		return answer_text(
			http, connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "out of memory\n");
	return answer(http, connection, MHD_HTTP_OK,
		is_openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
			       : "text/plain; version=0.0.4; charset=utf-8",
		text, size);
}

static enum MHD_Result take_request(void *context, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *upload,
	size_t *upload_size, void **state)
{
	static char seen;
	struct http *http = context;

	(void)version;
	(void)upload;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return *state ? MHD_NO
			      : answer_text(http, connection, MHD_HTTP_METHOD_NOT_ALLOWED,
					"GET and HEAD alone\n");
	/* the header first, and then what comes with it, which nobody wants */
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_size > 0)
		return MHD_NO;
	if (strcmp(url, "/metrics") == 0)
		return answer_metrics(http, connection);
	if (strcmp(url, "/") == 0)
		return answer(http, connection, MHD_HTTP_OK, "text/html; charset=utf-8", page,
			sizeof page - 1);
	return answer_text(http, connection, MHD_HTTP_NOT_FOUND, "there is /metrics\n");
}

/* Whatever it was about: the library finds it so, and closes it. */
static void end(struct connection *connection)
{
	shutdown(connection->fd, SHUT_RDWR);
	connection->end_ns = UINT64_MAX;
}

static bool is_kept(const struct connection *connection)
{
	return connection->fd >= 0 && connection->end_ns != UINT64_MAX;
}

static void make_room(struct http *http)
{
	struct connection *oldest = NULL;
	unsigned n = 0;

	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		struct connection *connection = &http->connections[i];

		if (!is_kept(connection))
			continue;
		n++;
		if (!oldest || connection->end_ns < oldest->end_ns)
			oldest = connection;
	}
	if (n > MAX_KEPT)
		end(oldest);
}

static void note_connection(void *context, struct MHD_Connection *connection, void **state,
	enum MHD_ConnectionNotificationCode code)
{
	struct http *http = context;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		struct connection *ended = *state;

		if (ended)
			ended->fd = -1;
		return;
	}
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		struct connection *entry = &http->connections[i];

		if (entry->fd >= 0)
			continue;
		entry->fd =
			http->lib
				.get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
				->connect_fd;
		entry->end_ns = clock_now_ns() + LIFE_NS;
		*state = entry;
		make_room(http);
		return;
	}
}

/* "127.0.0.1:10606", "[::1]:0": numbers alone, nobody is asked for a name. NULL: neither. */
static struct addrinfo *resolve(const char *text)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	const char *colon = strrchr(text, ':');
	struct addrinfo *found = NULL;
	char host[NI_MAXHOST];
	size_t length = colon ? (size_t)(colon - text) : 0;
	uint64_t port;

	/* getaddrinfo(3) takes the lower bits of a large one */
	if (length == 0 || length >= sizeof host || !number_parse(colon + 1, UINT16_MAX, &port))
		return NULL;
	if (text[0] == '[') {
		if (text[length - 1] != ']' || length < 3)
			return NULL;
		text++;
		length -= 2;
	} else if (memchr(text, ':', length)) {
		return NULL;
	}
	memcpy(host, text, length);
	host[length] = '\0';
	return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

static int make_socket(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, saved;

	if (fd < 0)
		return -1;
	/* [::] is IPv6 alone: what is listened at is what was asked for */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		(info->ai_family != AF_INET6 ||
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
		bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, MAX_CONNECTIONS) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool is_loopback(const union address *address)
{
	if (address->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
	return ntohl(address->v4.sin_addr.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
}

/* The port is the kernel's choice where 0 was asked for. */
static void describe(struct http *http, int fd)
{
	union address address = {.v6 = {0}};
	socklen_t size = sizeof address;
	char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "";

	getsockname(fd, &address.any, &size);
	getnameinfo(&address.any, size, host, sizeof host, port, sizeof port,
		NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(http->address, sizeof http->address,
		address.any.sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	http->is_remote = !is_loopback(&address);
}

static bool start(struct http *http, int fd)
{
	http->daemon = http->lib.start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, take_request, http,
		MHD_OPTION_LISTEN_SOCKET, fd,				  //
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS,	  //
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES, //
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,	  //
		MHD_OPTION_NOTIFY_CONNECTION, note_connection, http, MHD_OPTION_END);
	return http->daemon != NULL;
}

/* The socket is its own from then on. */
static struct http *make_http(int fd, char error[HTTP_ERROR_SIZE])
{
	struct http *http = calloc(1, sizeof *http);

	if (!http || !microhttpd_load(&http->lib)) {
		snprintf(error, HTTP_ERROR_SIZE, "%s",
			http ? "libmicrohttpd is not installed (Debian: libmicrohttpd12): "
			       "--textfile alone"
			     : strerror(ENOMEM));
		free(http);
		return NULL;
	}
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		http->connections[i].fd = -1;
	describe(http, fd);
	if (start(http, fd))
		return http;
	snprintf(error, HTTP_ERROR_SIZE, "cannot serve at %.100s: out of memory or descriptors",
		http->address);
	microhttpd_unload(&http->lib);
	free(http);
	return NULL;
}

struct http *http_open(
	const char *address, http_make *make, void *context, char error[HTTP_ERROR_SIZE])
{
	struct addrinfo *info = resolve(address);
	struct http *http;
	int fd;

	if (!info) {
		snprintf(error, HTTP_ERROR_SIZE,
			"%.100s is no address and port such as 127.0.0.1:10606 or [::1]:10606",
			address);
		return NULL;
	}
	fd = make_socket(info);
	freeaddrinfo(info);
	if (fd < 0) {
		snprintf(error, HTTP_ERROR_SIZE, "cannot listen at %.100s: %s", address,
			strerror(errno));
		return NULL;
	}
	http = make_http(fd, error);
	if (!http) {
		close(fd);
		return NULL;
	}
	http->make = make;
	http->context = context;
	return http;
}

struct http *http_close(struct http *http)
{
	if (http) {
		http->lib.stop_daemon(http->daemon);
		microhttpd_unload(&http->lib);
	}
	free(http);
	return NULL;
}

const char *http_address(const struct http *http)
{
	return http->address;
}

bool http_is_remote(const struct http *http)
{
	return http->is_remote;
}

int http_fd(const struct http *http)
{
	return http->lib.get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

uint64_t http_due_ns(const struct http *http)
{
	uint64_t due_ns = UINT64_MAX;
	MHD_UNSIGNED_LONG_LONG ms;

	if (http->lib.get_timeout(http->daemon, &ms) == MHD_YES)
		due_ns = clock_now_ns() + ms * 1000000;
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		if (is_kept(&http->connections[i]) && http->connections[i].end_ns < due_ns)
			due_ns = http->connections[i].end_ns;
	return due_ns;
}

void http_run(struct http *http)
{
	uint64_t now_ns = clock_now_ns();

	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		struct connection *connection = &http->connections[i];

		if (is_kept(connection) && connection->end_ns <= now_ns)
			end(connection);
	}
	http->lib.run(http->daemon);
}
