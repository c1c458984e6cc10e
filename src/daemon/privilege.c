/* SPDX-License-Identifier: MIT */
/* Ids and capabilities. Knows neither what was opened before nor what follows. */
#include "daemon/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Linux' overflow id, "nobody": whoever else runs as it can at most signal the daemon. */
#define NOBODY 65534

struct account account_find(FILE *passwd, const char *name)
{
	struct account account = {NOBODY, NOBODY};
	const struct passwd *entry;

	/* fgetpwent reads this file and no other: a name service is other programs' code */
	while (passwd && (entry = fgetpwent(passwd)))
		if (strcmp(entry->pw_name, name) == 0 && entry->pw_uid != 0 && entry->pw_gid != 0)
			account = (struct account){entry->pw_uid, entry->pw_gid};
	return account;
}

/* May we become it? A user namespace need not have it, capabilities alone do not allow it. */
static bool can_become(const struct account *account)
{
	uid_t before = (uid_t)setfsuid(account->uid);
	bool can = (uid_t)setfsuid((uid_t)-1) == account->uid;

	setfsuid(before);
	return can && capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID);
}

/* All three ids each, or a later exec or set*id could bring an old one back. */
static int become(const struct account *account)
{
	if (setgroups(0, NULL) < 0 || setresgid(account->gid, account->gid, account->gid) < 0 ||
		setresuid(account->uid, account->uid, account->uid) < 0)
		return -errno;
	return 0;
}

/* What exec could give, if there were one. Only who has CAP_SETPCAP may; no_new_privs stands for
 * it elsewhere. */
static int drop_bounds(void)
{
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		return 0;
	capng_clear(CAPNG_SELECT_BOUNDS);
	return capng_apply(CAPNG_SELECT_BOUNDS) < 0 ? -EPERM : 0;
}

/* What is ambient goes with what is permitted: the kernel sees to it when the latter is dropped. It
 * is cleared by its name all the same, and no test can fail without that. */
static int drop_capabilities(void)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -errno;
	capng_clear(CAPNG_SELECT_CAPS);
	return capng_apply(CAPNG_SELECT_CAPS) < 0 ? -EPERM : 0;
}

/* What was given up must not be had again: each way back is tried. */
static int check(void)
{
	uid_t uid[3];
	gid_t gid[3];

	if (capng_get_caps_process() < 0 ||
		capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE)
		return -EPERM;
	if (getresuid(&uid[0], &uid[1], &uid[2]) < 0 || getresgid(&gid[0], &gid[1], &gid[2]) < 0)
		return -errno;
	if (uid[0] != uid[1] || uid[0] != uid[2] || gid[0] != gid[1] || gid[0] != gid[2])
		return -EPERM;
	if (uid[0] != 0 && setresuid((uid_t)-1, 0, (uid_t)-1) == 0)
		return -EPERM;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : -EPERM;
}

/*
 * The user's ids, all three each: the daemon stays his where it can't have its own. In a user
 * namespace that has not got them (unshare -U) they can't be set, nor could exec set any: they are
 * what they were, and check looks whether that is one.
 */
static int become_user(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return errno == EINVAL ? 0 : -errno;
	return 0;
}

/* Root that only lacks the right to, as some containers have it, would stay its user's without a
 * need. Of a user namespace that has not got the account the kernel says so. */
static bool must_become(const struct account *account)
{
	return geteuid() == 0 &&
	       (setresuid((uid_t)-1, account->uid, (uid_t)-1) == 0 || errno != EINVAL);
}

int privilege_drop(const struct account *account)
{
	if (capng_get_caps_process() < 0)
		return -EPERM;
	bool has_account = can_become(account);

	if (!has_account && must_become(account))
		return -EPERM;
	int r = drop_bounds();

	if (r == 0)
		r = has_account ? become(account) : become_user();
	if (r == 0)
		r = drop_capabilities();
	if (r < 0)
		return r;
	/* no exec gives anything back, nobody looks into us or keeps our memory */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	r = check();
	return r < 0 ? r : has_account ? PRIVILEGE_OWN_ACCOUNT : PRIVILEGE_USERS_ACCOUNT;
}
