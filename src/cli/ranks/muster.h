/* SPDX-License-Identifier: MIT */
/*
 * Ranks of a job on one node, of which one measures for all. They meet at a socket in a directory
 * of their user: who finds nobody listening there leads, the others follow. A follower waits for
 * the word to start, and is connected until its program has ended: the kernel ends that, too, when
 * somebody is killed. Measures nothing and starts nothing.
 */
#ifndef MSRD_CLI_RANKS_MUSTER_H
#define MSRD_CLI_RANKS_MUSTER_H

#include <sys/types.h>

#include "cli/measure/own_dir.h"
#include "cli/ranks/launcher.h"

enum muster_role { MUSTER_LEADS, MUSTER_FOLLOWS };

/* What a follower hears. */
enum muster_word {
	MUSTER_NOTHING, /* not yet */
	MUSTER_GO,	/* it is being measured: start */
	MUSTER_LATER,	/* this measurement has this rank already: it ends, then the next begins */
	MUSTER_FAILED,	/* it can't be measured, and nobody starts */
	MUSTER_OVER,	/* no longer measured */
	MUSTER_END,	/* the same, and the program has to end as well */
	MUSTER_LOST	/* who led is gone, without a word */
};

struct muster_member {
	int fd; /* -1: it is gone */
	uint32_t rank;
	bool has_come;	  /* has said who it is */
	bool has_started; /* once or more */
	bool runs;
};

struct muster {
	struct rank rank;
	uint64_t options; /* a digest of what is to be measured */
	uint32_t n_lost;  /* leaders that were killed before they could begin */
	enum muster_role role;
	char dir_path[OWN_DIR_SIZE], name[32];
	int dir;
	/* of who leads */
	int listener;
	int events; /* there is something to be taken where this can be read */
	struct muster_member *members;
	size_t n_members;
	uint32_t n_come, n_started; /* without us */
	uint32_t n_killed;	    /* while their programs ran */
	bool has_begun;
	bool is_closed; /* nobody can come any more */
	/* of who follows */
	int leader;
	pid_t leader_pid, lost_pid; /* of who leads, and of the last one that was lost */
	int status;		    /* of MUSTER_FAILED: to exit with */
	bool differs;		    /* who leads was started with other options */
};

/* depth: how many measurements of this rank this one is inside of. */
void muster_init(struct muster *muster, const struct rank *rank, uint64_t options, unsigned depth);
/* Finds who leads, or leads from now on. 0 or -errno. */
int muster_join(struct muster *muster);
/* Without a word to followers. */
void muster_leave(struct muster *muster);

/* Those of who leads. Takes what has come, without waiting. 0 or -errno. */
int muster_take(struct muster *muster);
/* Are all here that the launcher has started, but for those that are known to be lost? */
bool muster_is_complete(const struct muster *muster);
/* All that are here start, and from now on all that come. */
void muster_go(struct muster *muster);
/* How many of the others run their programs. */
uint32_t muster_n_running(const struct muster *muster);
/* Are all that have started still there, and may start once more? */
bool muster_is_whole(const struct muster *muster);
/* Nobody runs, nor comes any more: true. */
bool muster_close(struct muster *muster);
/* The last word to all that are here: MUSTER_FAILED, MUSTER_OVER or MUSTER_END. */
void muster_dismiss(struct muster *muster, enum muster_word word, int status);

/* Those of who follows. The next word, without waiting. */
enum muster_word muster_hear(struct muster *muster);
/* Behind MUSTER_LOST: the next one that leads does not wait for it, if it had to be waited for. */
void muster_count_lost(struct muster *muster, bool counts);
/* The program has ended, and may be started again. */
void muster_done(struct muster *muster);
/* ... and will not be. Who goes without was killed. */
void muster_say_goodbye(struct muster *muster);

#endif
