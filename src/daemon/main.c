/* SPDX-License-Identifier: MIT */
/*
 * msrd, started by its client or for it. A paragraph to read from top to
 * bottom: what was inherited is thrown away, the user's socket is made unless
 * the client is there already, the device files are opened, the client is met,
 * all privileges are given up, it is granted what it may do, every system call
 * but a session's is given up, and it is served.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/config_file.h"
#include "daemon/entrance.h"
#include "daemon/grant.h"
#include "daemon/machine.h"
#include "daemon/privilege.h"
#include "daemon/rendezvous.h"
#include "daemon/sandbox.h"
#include "daemon/seat.h"
#include "daemon/session_line.h"
#include "daemon/start.h"
#include "daemon/terminate.h"
#include "daemon/user.h"
#include "node/lock.h"
#include "util/cleanup.h"
#include "util/link.h"
#include "util/log.h"
#include "wire/likwid.h"
#include "wire/meeting.h"
#include "wire/native.h"

static const struct entrance_help help = {
	.name = "msrd",
	.what = "Usage: msrd\n"
		"\n"
		"Gives one client checked access to model-specific registers and to the uncore's\n"
		"PCI config space. Clients (msrctl, LIKWID's tools as likwid-accessD) start it\n"
		"themselves, or a service manager does: it is handed its client as standard "
		"input,\n"
		"or, called likwid-accessD, meets it at /tmp/likwid-PID and waits 15 seconds for "
		"it.\n"
		"It goes away with it. It takes no options and reads no environment variables.\n"
		"\n",
	.ends = "Exit status: 0 the session ended, 1 no session came about, 2 usage; no session "
		"came\n"
		"about as 4 something lies at the path of its socket, 5 it was handed a connection "
		"of\n"
		"another user's, 6 privileges or 7 system calls can't be given up, 8 its user has "
		"too\n"
		"many sessions.\n"
		"See msrd(8). What went wrong is in syslog, facility user.\n",
};

/*
 * The caller has chosen the path, and the links that are followed from there:
 * all that comes of it is one of the tables of numbers, for the caller's
 * session.
 */
static const struct release *find_release(void)
{
	const struct release *release = NULL;

	/* links that he could not read himself would tell him where they lead */
	if (user_enter(getuid(), getgid()) == 0)
		release = release_of_path(entrance_program(), link_follow);
	user_leave();
	if (!release)
		/* behind our own words: else he could have the log say anything */
		log_cause(LOG_ERR,
			"uid %u: the program's folder names a release of LIKWID that is not known: "
			"%s",
			(unsigned)getuid(), entrance_program());
	return release;
}

/* Whom a line in the log is about: "uid %u pid %d". */
#define WHO(peer) (unsigned)(peer)->uid, (int)(peer)->pid

static void log_end(const struct session *session, int end)
{
	char doubt[WIRE_DOUBT_SIZE], line[SESSION_LINE_SIZE];

	if (session->wire->ops->doubt(session->wire, doubt))
		log_line(LOG_WARNING, "uid %u pid %d: %s", WHO(&session->access.peer), doubt);
	log_last_line(session_line_priority(session, end), "%s", session_line(session, end, line));
}

/* The session, with the wire that the client speaks. */
static int serve(const struct machine *machine, const struct release *release,
	const struct grant *grant, struct kept *kept, const struct peer *peer,
	struct session *session)
{
	const struct node *node = &machine->node;
	const struct op_limits limits = {node->n_cpus, node->packages, node->n_packages};
	struct likwid likwid;
	static struct native native; /* larger than a stack may be */

	/* LIKWID's clients begin at once, ours say hello: the first record tells */
	likwid_init(&likwid, release, &limits);
	native_init(&native, &likwid.wire, &limits);
	session->wire = &native.wire;
	session->node = node;
	session->access = (struct access){
		.peer = *peer,
		.policy = &grant->policy,
		.owner_policy = &grant->owner,
		.anybody = &grant->anybody,
		/* our own clients say exit when they mean it */
		.lasting = rendezvous_is_likwids(entrance_program()) ? &grant->lasting : NULL,
		.devices = machine->devices,
		.arch = node->arch,
		.kept = kept,
		.lock_path = session->access.lock_path,
		.unready = machine->unready,
		.causes = machine->causes,
		.write_causes = machine->write_causes,
	};
	int end = session_run(session);

	log_end(session, end);
	return end;
}

static struct account find_account(void)
{
	cleanup_fclose FILE *passwd = fopen("/etc/passwd", "re");

	return account_find(passwd, "msrd");
}

/* Nothing below needs more than the descriptors that are open now. */
static int give_up_privileges(const struct peer *peer)
{
	const struct account account = find_account();
	int r = privilege_drop(&account);

	if (r < 0)
		log_cause(LOG_ERR, "uid %u pid %d: can't give up privileges: %s", WHO(peer),
			strerror(-r));
	return r;
}

/* Memory for all that the peer can ever change, before anything is known of what it will. */
static void make_room(struct kept *kept, const struct machine *machine, const struct grant *grant,
	const struct peer *peer)
{
	size_t n_devices[ALLOW_N_SECTIONS];

	machine_count_devices(machine, n_devices);
	if (kept_init(kept, restore_capacity(machine->node.arch, &grant->owner, n_devices)) < 0)
		log_cause(LOG_ERR, "uid %u pid %d: out of memory: no control can be written",
			WHO(peer));
}

/* The exit status. */
static int confine_and_serve(const struct machine *machine, const struct release *release,
	const struct grant *grant, struct kept *kept, const struct peer *peer,
	struct session *session, int log_fd)
{
	int r = terminate_watch(session->fd);

	if (r == 0)
		r = sandbox_enter(session->fd, log_fd, session->access.lock_path);
	if (r < 0) {
		log_cause(LOG_ERR, "uid %u pid %d: can't give up system calls: %s", WHO(peer),
			strerror(-r));
		return MEETING_SANDBOX;
	}
	return serve(machine, release, grant, kept, peer, session) < 0 ? EXIT_FAILURE
								       : EXIT_SUCCESS;
}

static void find_grant(struct grant *grant, const struct machine *machine, const struct site *site,
	struct peer *peer, int fd)
{
	if (peer_find_groups(peer, fd) == -ERANGE)
		log_line(LOG_WARNING, "uid %u pid %d: in too many groups: none counts", WHO(peer));
	if (grant_peer(grant, machine->node.arch, site, peer) < 0)
		log_line(LOG_ERR, "uid %u pid %d: too many allowlists: nothing is allowed",
			WHO(peer));
}

/*
 * While there are privileges: the file is root's, below the current folder, which is /. *seat is
 * what holds it, and -1 where there is no limit, as for root. 0, or the exit status after a
 * message.
 */
static int take_seat(int *seat, const struct config *config, struct peer *peer, int fd)
{
	peer_find_groups(peer, fd); /* find_grant logs what goes wrong */

	const struct config_peer who = {.uid = peer->uid,
		.gid = peer->gid,
		.groups = peer->groups,
		.n_groups = peer->n_groups};
	unsigned n = peer->uid == 0 ? 0 : config_sessions(config, &who);

	*seat = n > 0 ? seat_take(AT_FDCWD, peer->uid, n, find_account().uid) : -1;
	if (n == 0 || *seat >= 0)
		return 0;
	if (*seat == -EUSERS) {
		log_cause(LOG_WARNING,
			"uid %u pid %d: no session: the user has %u already, the limit of sessions "
			"in " SITE_CONFIG_PATH,
			WHO(peer), n);
		return MEETING_SESSIONS;
	}
	log_cause(LOG_ERR,
		"uid %u pid %d: no session: " SITE_CONFIG_PATH " limits them, and /" SEAT_FILE
		" can't be used to count: %s%s",
		WHO(peer), strerror(-*seat),
		*seat == -ENOENT   ? "; with file capabilities root has to make it, see msrd(8)"
		: *seat == -EACCES ? "; it takes cap_dac_override to open it, see msrd(8)"
		: *seat == -EPERM  ? " (it has to be root's or the daemon's, mode 0600)"
				   : "");
	return EXIT_FAILURE;
}

/* A service's client sees no exit status. It is told before it has asked: it may never ask. */
static void tell_refusal(int fd)
{
	uint8_t bytes[NATIVE_HELLO_SIZE];

	native_refusal_put(bytes);
	send(fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* A descriptor of the client, or a negative error after a message. */
static int meet(struct rendezvous *rendezvous, int signal_fd, struct peer *peer)
{
	int fd;

	if (rendezvous->listener < 0) {
		fd = rendezvous_take(STDIN_FILENO, getuid(), getauxval(AT_SECURE) != 0, peer);
		if (fd < 0)
			log_cause(LOG_ERR,
				"the client that was handed over, uid %u pid %d, is "
				"none of uid %u's: %s",
				WHO(peer), (unsigned)getuid(), strerror(-fd));
		return fd;
	}
	return entrance_accept(rendezvous, signal_fd, peer);
}

/* The exit status. */
static int meet_and_serve(
	struct rendezvous *rendezvous, const struct release *release, int signal_fd, int log_fd)
{
	int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char error[SITE_ERROR_SIZE];
	struct machine machine;
	struct grant grant;
	struct site site;
	struct peer peer = {0};
	struct kept kept = {0};

	if (config_file_load(&site, root_fd, error) < 0)
		log_cause(LOG_ERR, "%s: nothing is allowed to anybody", error);
	machine_init(&machine, root_fd, &site);
	close(root_fd);

	int fd = meet(rendezvous, signal_fd, &peer), seat = -1, status;

	if (fd < 0)
		status = fd == -EPERM ? MEETING_STRANGER : EXIT_FAILURE;
	else
		status = take_seat(&seat, &site.config, &peer, fd);
	if (status == MEETING_SESSIONS && rendezvous_is_given(STDIN_FILENO, entrance_program()))
		tell_refusal(fd);
	if (status != 0) {
		/* said already */
	} else if (give_up_privileges(&peer) < 0) {
		status = MEETING_PRIVILEGES;
	} else {
		static struct session session; /* larger than a stack may be */

		session.fd = fd;
		session.access.lock_path = lock_path();
		find_grant(&grant, &machine, &site, &peer, fd);
		make_room(&kept, &machine, &grant, &peer);
		status = confine_and_serve(
			&machine, release, &grant, &kept, &peer, &session, log_fd);
	}
	kept_deinit(&kept);
	if (fd >= 0)
		close(fd);
	if (seat >= 0)
		close(seat);
	machine_deinit(&machine);
	site_deinit(&site);
	return status;
}

/* In a frame of its own: main's has to fit into whatever stack is left to it. */
__attribute__((noinline)) static int run(void)
{
	struct rendezvous rendezvous = {.listener = -1};
	int log_fd = log_open(LOG_PATH, "msrd"), status = 0;
	cleanup_close int signal_fd = start_signals();

	if (signal_fd < 0) {
		log_cause(LOG_ERR, "can't watch for signals: %s", strerror(-signal_fd));
		return EXIT_FAILURE;
	}
	const struct release *release = find_release();
	if (!release)
		return EXIT_FAILURE;
	if (!rendezvous_is_given(STDIN_FILENO, entrance_program()))
		status = entrance_open(&rendezvous);
	if (status != 0)
		return status;
	return meet_and_serve(&rendezvous, release, signal_fd, log_fd);
}

int main(int argc, char **argv)
{
	if (start_clean() < 0)
		return EXIT_FAILURE; /* there is no place to say why */
	return argc > 1 ? entrance_usage(&help, argv[1]) : run();
}
