/* SPDX-License-Identifier: MIT */
/* The lock on the directory is held while somebody comes, or the last one goes: each for a moment,
 * in which nobody waits for anybody. */
#include "cli/ranks/muster.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/ranks/digest.h"
#include "util/array.h"
#include "util/cleanup.h"

/* Of the messages; another is another directory. */
#define PREFIX "msrctl-ranks-1"

/* How often to look whether there is room at a door before which many stand. */
#define LOOK_MS 10

enum { HELLO = 1000, DONE, GOODBYE }; /* beside enum muster_word */

/* The same to and from who leads: ranks of one job run one msrctl. */
struct message {
	uint32_t kind;
	uint32_t rank;
	uint32_t n_lost;
	int32_t status;
	uint64_t options;
};

void muster_init(struct muster *muster, const struct rank *rank, uint64_t options, unsigned depth)
{
	char key[RANK_JOB_SIZE + 16];

	*muster = (struct muster){.rank = *rank,
		.options = options,
		.dir = -1,
		.listener = -1,
		.events = -1,
		.leader = -1,
		.lost_pid = -1};
	snprintf(key, sizeof key, "%s/%u", rank->job, depth);
	snprintf(muster->name, sizeof muster->name, "%016llx",
		(unsigned long long)digest_add(DIGEST_BEGIN, key));
}

static int open_dir(struct muster *muster)
{
	static const char *const parents[] = {"/dev/shm", "/tmp"};
	int r = -ENOENT;

	for (size_t i = 0; r < 0 && i < N_ELEMENTS(parents); i++) {
		r = own_dir_name(muster->dir_path, parents[i], PREFIX);
		if (r == 0)
			r = own_dir_open(muster->dir_path);
	}
	muster->dir = r;
	return r < 0 ? r : 0;
}

static int lock(struct muster *muster)
{
	int r;

	do {
		while (flock(muster->dir, LOCK_EX) < 0)
			if (errno != EINTR)
				return -errno;
		r = own_dir_renew(&muster->dir, muster->dir_path);
	} while (r == -EAGAIN);
	return r;
}

/* Through the directory that is open, as its path may be longer than an address. */
static struct sockaddr_un address_of(const struct muster *muster, const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%.64s", muster->dir,
		name);
	return address;
}

/* A descriptor, or -errno; -ECONNREFUSED: nobody listens. */
static int reach(const struct muster *muster, const char *name)
{
	const struct sockaddr_un address = address_of(muster, name);
	cleanup_close int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		return errno == ENOENT ? -ECONNREFUSED : -errno;
	return steal_fd(&fd);
}

/* Names that killed ones have left. */
static void sweep(const struct muster *muster)
{
	DIR *dir = opendir(muster->dir_path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int fd = entry->d_name[0] == '.' ? -ENOENT : reach(muster, entry->d_name);

		if (fd == -ECONNREFUSED)
			unlinkat(muster->dir, entry->d_name, 0);
		if (fd >= 0)
			close(fd);
	}
	if (dir)
		closedir(dir);
}

static void send_message(int fd, const struct message *message)
{
	/* who is gone is seen elsewhere */
	(void)!send(fd, message, sizeof *message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* -ECONNREFUSED: nobody leads. */
static int follow(struct muster *muster)
{
	const struct message hello = {.kind = HELLO,
		.rank = muster->rank.number,
		.n_lost = muster->n_lost,
		.options = muster->options};
	int fd = reach(muster, muster->name);
	struct ucred who;
	socklen_t size = sizeof who;

	if (fd < 0)
		return fd;
	muster->leader_pid = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0 ? 0 : who.pid;
	send_message(fd, &hello);
	muster->leader = fd;
	muster->role = MUSTER_FOLLOWS;
	return 0;
}

static int watch(const struct muster *muster, int fd, uint32_t number)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};

	return epoll_ctl(muster->events, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

#define LISTENER UINT32_MAX

static int lead(struct muster *muster)
{
	const struct sockaddr_un address = address_of(muster, muster->name);

	unlinkat(muster->dir, muster->name, 0); /* of one that was killed */
	muster->role = MUSTER_LEADS;
	muster->events = epoll_create1(EPOLL_CLOEXEC);
	muster->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (muster->events < 0 || muster->listener < 0 ||
		bind(muster->listener, (const struct sockaddr *)&address, sizeof address) < 0 ||
		listen(muster->listener, SOMAXCONN) < 0)
		return -errno;
	return watch(muster, muster->listener, LISTENER);
}

/* -EAGAIN: as many as the kernel lets wait for who leads do so. */
static int find_role(struct muster *muster)
{
	int r = lock(muster);

	if (r == 0)
		r = follow(muster);
	if (r == -ECONNREFUSED)
		r = lead(muster);
	flock(muster->dir, LOCK_UN);
	return r;
}

int muster_join(struct muster *muster)
{
	int r = open_dir(muster);

	/* not with the lock, which who leads may want before it looks who is there */
	if (r == 0)
		r = find_role(muster);
	while (r == -EAGAIN) {
		poll(NULL, 0, LOOK_MS);
		r = find_role(muster);
	}
	if (r < 0)
		muster_leave(muster);
	return r;
}

/* As recv(2). Who has gone without having read all resets the connection: what it has said before
 * comes behind that. */
static ssize_t receive(int fd, struct message *message)
{
	ssize_t n;

	do
		n = recv(fd, message, sizeof *message, 0);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	return n;
}

static void strike(struct muster_member *member)
{
	if (member->fd >= 0)
		close(member->fd);
	member->fd = -1;
	member->runs = false;
}

static void say(const struct muster_member *member, enum muster_word word, int status)
{
	const struct message message = {.kind = word, .status = status};

	send_message(member->fd, &message);
}

static void start(struct muster *muster, struct muster_member *member)
{
	const struct message message = {.kind = MUSTER_GO, .options = muster->options};

	send_message(member->fd, &message);
	muster->n_started += !member->has_started;
	member->has_started = true;
	member->runs = true;
}

/* Also one that has come and gone: the same rank once more is of the next measurement. */
static bool knows(const struct muster *muster, uint32_t rank)
{
	for (size_t i = 0; i < muster->n_members; i++)
		if (muster->members[i].has_come && muster->members[i].rank == rank)
			return true;
	return rank == muster->rank.number;
}

static void greet(
	struct muster *muster, struct muster_member *member, const struct message *message)
{
	if (knows(muster, message->rank)) {
		say(member, MUSTER_LATER, 0);
		return;
	}
	member->rank = message->rank;
	member->has_come = true;
	muster->n_come++;
	if (message->n_lost > muster->n_lost)
		muster->n_lost = message->n_lost;
	if (muster->has_begun)
		start(muster, member);
}

static void read_member(struct muster *muster, struct muster_member *member)
{
	struct message message;
	ssize_t n = receive(member->fd, &message);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n != (ssize_t)sizeof message) {
		muster->n_killed += member->runs;
		strike(member);
	} else if (message.kind == GOODBYE) {
		strike(member);
	} else if (message.kind == HELLO && !member->has_come) {
		greet(muster, member, &message);
	} else if (message.kind == DONE) {
		member->runs = false;
	}
}

static int take_member(struct muster *muster)
{
	cleanup_close int fd = accept4(muster->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct muster_member *grown;
	int r;

	if (fd < 0)
		return -errno;
	grown = array_grow(muster->members, muster->n_members, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	muster->members = grown;
	r = watch(muster, fd, (uint32_t)muster->n_members);
	if (r < 0)
		return r;
	grown[muster->n_members] = (struct muster_member){.fd = steal_fd(&fd)};
	/* what it has said is there already */
	read_member(muster, &grown[muster->n_members++]);
	return 0;
}

static int take_members(struct muster *muster)
{
	int r;

	do
		r = take_member(muster);
	while (r == 0);
	return r == -EAGAIN || r == -EINTR || r == -ECONNABORTED ? 0 : r;
}

int muster_take(struct muster *muster)
{
	struct epoll_event events[16];
	int n = epoll_wait(muster->events, events, N_ELEMENTS(events), 0), r = 0;

	for (int i = 0; r == 0 && i < n; i++) {
		if (events[i].data.u32 == LISTENER)
			r = take_members(muster);
		else if (muster->members[events[i].data.u32].fd >= 0)
			read_member(muster, &muster->members[events[i].data.u32]);
	}
	return r;
}

bool muster_is_complete(const struct muster *muster)
{
	return muster->n_come + 1 + muster->n_lost >= muster->rank.local_size;
}

void muster_go(struct muster *muster)
{
	muster->has_begun = true;
	for (size_t i = 0; i < muster->n_members; i++)
		if (muster->members[i].has_come && muster->members[i].fd >= 0)
			start(muster, &muster->members[i]);
}

uint32_t muster_n_running(const struct muster *muster)
{
	uint32_t n = 0;

	for (size_t i = 0; i < muster->n_members; i++)
		n += muster->members[i].runs;
	return n;
}

bool muster_is_whole(const struct muster *muster)
{
	if (muster->is_closed)
		return false;
	for (size_t i = 0; i < muster->n_members; i++)
		if (muster->members[i].has_started &&
			(muster->members[i].fd < 0 || muster->members[i].runs))
			return false;
	return true;
}

bool muster_close(struct muster *muster)
{
	if (muster->is_closed)
		return true;
	if (muster_n_running(muster) > 0)
		return false;
	if (lock(muster) == 0) {
		/* who stands at the door has come */
		take_members(muster);
		muster->is_closed = muster_n_running(muster) == 0;
		if (muster->is_closed)
			unlinkat(muster->dir, muster->name, 0);
		flock(muster->dir, LOCK_UN);
	} else {
		muster->is_closed = true;
	}
	return muster->is_closed;
}

void muster_dismiss(struct muster *muster, enum muster_word word, int status)
{
	if (muster->is_closed)
		return;
	if (lock(muster) == 0) {
		take_members(muster);
		unlinkat(muster->dir, muster->name, 0);
		flock(muster->dir, LOCK_UN);
	}
	muster->is_closed = true;
	for (size_t i = 0; i < muster->n_members; i++)
		if (muster->members[i].fd >= 0 && muster->members[i].has_come)
			say(&muster->members[i], word, status);
}

void muster_leave(struct muster *muster)
{
	for (size_t i = 0; i < muster->n_members; i++)
		strike(&muster->members[i]);
	free(muster->members);
	muster->members = NULL;
	muster->n_members = 0;
	muster->n_come = muster->n_started = muster->n_killed = 0;
	muster->has_begun = muster->is_closed = false;
	for (size_t i = 0; i < 3; i++) {
		int *fd = (int *[]){&muster->listener, &muster->events, &muster->leader}[i];

		if (*fd >= 0)
			close(*fd);
		*fd = -1;
	}
	/* the last to leave; one that is not empty stays */
	if (muster->dir >= 0 && lock(muster) == 0) {
		sweep(muster);
		rmdir(muster->dir_path);
	}
	if (muster->dir >= 0)
		close(muster->dir);
	muster->dir = -1;
}

enum muster_word muster_hear(struct muster *muster)
{
	struct message message;
	ssize_t n = receive(muster->leader, &message);

	if (n < 0 && errno == EAGAIN)
		return MUSTER_NOTHING;
	if (n != (ssize_t)sizeof message || message.kind > MUSTER_END)
		return MUSTER_LOST;
	if (message.kind == MUSTER_GO)
		muster->differs = message.options != muster->options;
	muster->status = message.status;
	return (enum muster_word)message.kind;
}

/* Once each: one that is being killed may still be met when it has been lost already. */
void muster_count_lost(struct muster *muster, bool counts)
{
	muster->n_lost += counts && muster->leader_pid != muster->lost_pid;
	muster->lost_pid = muster->leader_pid;
}

static void tell_leader(const struct muster *muster, uint32_t kind)
{
	const struct message message = {.kind = kind};

	send_message(muster->leader, &message);
}

void muster_done(struct muster *muster)
{
	tell_leader(muster, DONE);
}

void muster_say_goodbye(struct muster *muster)
{
	tell_leader(muster, GOODBYE);
}
