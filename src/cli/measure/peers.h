/* SPDX-License-Identifier: MIT */
/*
 * Other measurements of this user on this node, so that whichever ends last
 * puts the registers back, whatever their order.
 *
 * Each measurement has a file in a directory of the user, with a line of
 * claims: which bits of which register it needs, and what they were before
 * anybody measured. Before it programs a register it writes the claim. A
 * measurement that begins takes over what the others say the bits were before
 * them; one that ends puts back only what no other living one claims. So it
 * does not matter who began and who ends first. A file is locked as long as
 * its measurement lives, and the kernel lets go of the lock however that ends:
 * what a killed one left is put back by the next, where nobody has programmed
 * the device otherwise meanwhile. The lock on the directory is held while
 * registers are programmed or put back, so that two do not do it at once.
 *
 * Nothing here is shared between users: what another user's file says would
 * decide what is written with this user's permissions.
 */
#ifndef MSRD_CLI_MEASURE_PEERS_H
#define MSRD_CLI_MEASURE_PEERS_H

#include "cli/measure/own_dir.h"
#include "op.h"

/* Bits of a register that a measurement needs. With a mask of 0 it is no claim: others tell the
 * measurement by it that the register was not as it needs it for a while. */
struct claim {
	struct place place;
	uint64_t mask; /* our bits; all others are somebody else's */
	uint64_t old;  /* what they were before anybody measured */
	/* what we made of them; set_mask is those of mask that stay so, and 0 for bits that count
	 * by themselves. No bool: files hold this struct, without gaps. */
	uint64_t set, set_mask;
};

struct claims {
	struct claim *list;
	size_t n;
};

/* 0 or -ENOMEM. */
int claims_add(struct claims *claims, const struct claim *claim);
void claims_deinit(struct claims *claims);

#define PEERS_NAME_SIZE 32

struct peers {
	int dir; /* -1: nobody else is known of */
	bool is_locked;
	char dir_path[OWN_DIR_SIZE];
	int file; /* -1: none yet */
	char name[PEERS_NAME_SIZE];
	/* as of the last peers_lock */
	struct claims living, dead;
	char (*dead_names)[PEERS_NAME_SIZE];
	size_t n_dead_names;
};

/*
 * Takes part, in a directory below parent that is ours alone: one for each
 * machine and simulated node. 0, or -errno: then the measurement is on its own;
 * -EPERM when somebody else has made the directory.
 */
int peers_init(struct peers *peers, const char *parent);

/* Nobody else programs registers until peers_unlock, and living and dead are what
 * they are now. 0, -errno, -EAGAIN: somebody else does not come to an end with it. */
int peers_lock(struct peers *peers, unsigned timeout_ms);
void peers_unlock(struct peers *peers);

/* Writes a claim down, before the register is programmed. 0 or -errno. */
int peers_claim(struct peers *peers, const struct claim *claim);

/* Is the register, which reads now, otherwise than living ones have programmed it? Then somebody
 * else did that, or the daemon of one that was killed. */
bool peers_is_disturbed(const struct peers *peers, const struct place *place, uint64_t now);
/* Before it is made right again: tells them, as they could not see it any more. 0 or -errno. */
int peers_tell(const struct peers *peers, const struct place *place);
/* Number i of the registers that we were told of so, from 0. False: there are no more. */
bool peers_told(const struct peers *peers, size_t i, struct place *place);

/* The value of a register as it was before the living measured. */
uint64_t peers_original(const struct peers *peers, const struct place *place, uint64_t now);
/* The bits of it that living ones claim. */
uint64_t peers_claimed(const struct peers *peers, const struct place *place);

/* What the dead left is put back: their files are of no more use. */
void peers_bury(struct peers *peers);

/* Takes part no more; call it before peers_unlock, which it does. What it claimed is
 * forgotten if forget is set; else the next measurement will put it back. */
void peers_deinit(struct peers *peers, bool forget);

#endif
