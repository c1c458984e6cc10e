/* SPDX-License-Identifier: MIT */
/* The files by which measurements know of each other. Touches no register. */
#include "cli/measure/peers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/measure/own_dir.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* How often to look whether the directory is free: signals wait meanwhile. */
#define LOOK_MS 2
/* Of struct claim; another is another directory. */
#define PREFIX "msrctl-1"

int claims_add(struct claims *claims, const struct claim *claim)
{
	struct claim *list = array_grow(claims->list, claims->n, sizeof *list);

	if (!list)
		return -ENOMEM;
	list[claims->n++] = *claim;
	claims->list = list;
	return 0;
}

void claims_deinit(struct claims *claims)
{
	free(claims->list);
	*claims = (struct claims){0};
}

static bool is_at(const struct claim *claim, const struct place *place)
{
	return claim->place.reg == place->reg && place_same_device(&claim->place, place);
}

int peers_init(struct peers *peers, const char *parent)
{
	int r;

	*peers = (struct peers){.dir = -1, .file = -1};
	r = own_dir_name(peers->dir_path, parent, PREFIX);
	if (r == 0)
		r = own_dir_open(peers->dir_path);
	if (r < 0)
		return r;
	peers->dir = r;
	return 0;
}

/* What one file claims; the end of a line that was not written whole is no claim. */
static int load(struct claims *claims, int fd)
{
	struct claim claim;

	for (off_t at = 0; pread(fd, &claim, sizeof claim, at) == (ssize_t)sizeof claim;
		at += (off_t)sizeof claim) {
		bool is_place = (unsigned)claim.place.space < OP_N_SPACES &&
				(unsigned)claim.place.unit < OP_N_UNITS;
		int r = is_place ? claims_add(claims, &claim) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static int note_dead(struct peers *peers, const char *name)
{
	char(*names)[PEERS_NAME_SIZE] =
		array_grow(peers->dead_names, peers->n_dead_names, sizeof *names);

	if (!names)
		return -ENOMEM;
	snprintf(names[peers->n_dead_names++], sizeof *names, "%s", name);
	peers->dead_names = names;
	return 0;
}

static int look_at(struct peers *peers, const char *name)
{
	cleanup_close int fd = -1;
	int r;

	if (name[0] == '.' || strcmp(name, peers->name) == 0 || strlen(name) >= PEERS_NAME_SIZE)
		return 0;
	fd = openat(peers->dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return load(&peers->living, fd);
	r = note_dead(peers, name);
	return r < 0 ? r : load(&peers->dead, fd);
}

static DIR *read_dir(const struct peers *peers)
{
	int fd = openat(peers->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

static void forget_others(struct peers *peers)
{
	claims_deinit(&peers->living);
	claims_deinit(&peers->dead);
	free(peers->dead_names);
	peers->dead_names = NULL;
	peers->n_dead_names = 0;
}

static int look_around(struct peers *peers)
{
	cleanup_closedir DIR *dir = read_dir(peers);
	int r = dir ? 0 : -errno;

	forget_others(peers);
	for (struct dirent *entry; dir && r == 0 && (entry = readdir(dir));)
		r = look_at(peers, entry->d_name);
	return r;
}

/* Our own file, locked before anybody can look at it: the directory is ours now. */
static int make_file(struct peers *peers)
{
	for (unsigned i = 0; peers->file < 0; i++) {
		/* process ids are those of a namespace, or of somebody dead */
		snprintf(peers->name, sizeof peers->name, "%d.%u", (int)getpid(), i);
		peers->file = openat(peers->dir, peers->name,
			O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
		if (peers->file < 0 && errno != EEXIST)
			return -errno;
	}
	return flock(peers->file, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
}

static int take_dir(struct peers *peers, int64_t deadline_ms)
{
	int r;

	do {
		while (flock(peers->dir, LOCK_EX | LOCK_NB) < 0) {
			if (errno != EWOULDBLOCK && errno != EINTR)
				return -errno;
			if (clock_now_ms() >= deadline_ms)
				return -EAGAIN;
			poll(NULL, 0, LOOK_MS);
		}
		r = own_dir_renew(&peers->dir, peers->dir_path);
	} while (r == -EAGAIN);
	return r;
}

int peers_lock(struct peers *peers, unsigned timeout_ms)
{
	int r;

	if (peers->dir < 0)
		return 0;
	r = take_dir(peers, clock_now_ms() + timeout_ms);
	peers->is_locked = r == 0;
	if (r == 0 && peers->file < 0)
		r = make_file(peers);
	if (r == 0)
		r = look_around(peers);
	if (r < 0)
		peers_unlock(peers);
	return r;
}

void peers_unlock(struct peers *peers)
{
	if (peers->is_locked)
		flock(peers->dir, LOCK_UN);
	peers->is_locked = false;
}

int peers_claim(struct peers *peers, const struct claim *claim)
{
	ssize_t n;

	if (peers->file < 0)
		return 0;
	n = write(peers->file, claim, sizeof *claim);
	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof *claim ? 0 : -ENOSPC;
}

/* Is the register as this measurement has made it? */
static bool is_as_set(const struct claim *claim, uint64_t now)
{
	return ((now ^ claim->set) & claim->set_mask) == 0;
}

bool peers_is_disturbed(const struct peers *peers, const struct place *place, uint64_t now)
{
	for (size_t i = 0; i < peers->living.n; i++)
		if (is_at(&peers->living.list[i], place) && !is_as_set(&peers->living.list[i], now))
			return true;
	return false;
}

static bool has_claim(int fd, const struct place *place)
{
	struct claims claims = {0};
	bool found = false;

	if (load(&claims, fd) == 0)
		for (size_t i = 0; i < claims.n; i++)
			found = found || (claims.list[i].mask && is_at(&claims.list[i], place));
	claims_deinit(&claims);
	return found;
}

int peers_tell(const struct peers *peers, const struct place *place)
{
	const struct claim news = {.place = *place};
	cleanup_closedir DIR *dir = read_dir(peers);
	int r = 0;

	if (!dir)
		return -errno;
	for (struct dirent *entry; r == 0 && (entry = readdir(dir));) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, peers->name) == 0)
			continue;
		cleanup_close int fd = openat(
			peers->dir, entry->d_name, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0 && has_claim(fd, place) &&
			write(fd, &news, sizeof news) != (ssize_t)sizeof news)
			r = -EIO;
	}
	return r;
}

bool peers_told(const struct peers *peers, size_t i, struct place *place)
{
	struct claim claim;

	if (peers->file < 0)
		return false;
	for (off_t at = 0; pread(peers->file, &claim, sizeof claim, at) == (ssize_t)sizeof claim;
		at += (off_t)sizeof claim) {
		*place = claim.place;
		if (claim.mask == 0 && i-- == 0)
			return true;
	}
	return false;
}

uint64_t peers_original(const struct peers *peers, const struct place *place, uint64_t now)
{
	for (size_t i = 0; i < peers->living.n; i++) {
		const struct claim *claim = &peers->living.list[i];

		if (is_at(claim, place))
			now = (now & ~claim->mask) | (claim->old & claim->mask);
	}
	return now;
}

uint64_t peers_claimed(const struct peers *peers, const struct place *place)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < peers->living.n; i++)
		if (is_at(&peers->living.list[i], place))
			mask |= peers->living.list[i].mask;
	return mask;
}

void peers_bury(struct peers *peers)
{
	for (size_t i = 0; i < peers->n_dead_names; i++)
		unlinkat(peers->dir, peers->dead_names[i], 0);
	claims_deinit(&peers->dead);
	peers->n_dead_names = 0;
}

void peers_deinit(struct peers *peers, bool forget)
{
	if (peers->file >= 0) {
		if (forget)
			unlinkat(peers->dir, peers->name, 0);
		close(peers->file);
	}
	/* fails while somebody else is there; nobody can come in meanwhile */
	if (peers->is_locked)
		rmdir(peers->dir_path);
	if (peers->dir >= 0)
		close(peers->dir);
	forget_others(peers);
	*peers = (struct peers){.dir = -1, .file = -1};
}
