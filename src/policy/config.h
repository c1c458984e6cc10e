/* SPDX-License-Identifier: MIT */
/*
 * Which profiles and further allowlists who gets: the text of /etc/msrd/msrd.conf.
 *
 *     # everybody; without this section: counters
 *     [default]
 *     profiles counters
 *
 *     # besides, as long as the lock file is theirs; without it: match features
 *     [owner]
 *     profiles match features
 *
 *     # besides, whenever
 *     [user 1000]
 *     profiles power
 *     allowlist /etc/msrd/site.allow
 *
 *     [group 100]
 *     profiles none
 *     sessions 256
 *
 * What all sections that are about a peer name adds up; of the sessions that he may have
 * at a time the largest number counts, and without any there is no limit. A section may have each
 * word once, but allowlist several times; a [default] that says no more than sessions has the
 * profiles that it has without a text. `#` begins a comment. Users and groups
 * are numbers: the daemon asks no name service; msrctl policy compile resolves
 * names. Nothing in it is the size of anything: all is bounded.
 */
#ifndef MSRD_POLICY_CONFIG_H
#define MSRD_POLICY_CONFIG_H

#include <stdbool.h>

#include "policy/allowlist.h"

/* Far above any that somebody writes; chosen, not tuned. */
#define CONFIG_MAX_BYTES    65536
#define CONFIG_MAX_SECTIONS 64
#define CONFIG_MAX_LISTS    8
#define CONFIG_PATH_SIZE    256
/* As many as the service's socket lets in, of all users. */
#define CONFIG_MAX_SESSIONS 4096

/* The built-in lists, as each CPU model has them. X(profile, name) */
#define PROFILES(X)                                                                                \
	X(PROFILE_COUNTERS, "counters")                                                            \
	X(PROFILE_MATCH, "match")                                                                  \
	X(PROFILE_FEATURES, "features")                                                            \
	X(PROFILE_POWER, "power")

enum profile {
#define X(profile, name) profile,
	PROFILES(X)
#undef X
};
#define N_PROFILES (PROFILE_POWER + 1)

const char *profile_name(enum profile profile);
/* False when none is called so. */
bool profile_find(const char *name, enum profile *profile);

/* Whom a section is about. X(subject, word, has a number) */
#define CONFIG_SUBJECTS(X)                                                                         \
	X(CONFIG_DEFAULT, "default", false)                                                        \
	X(CONFIG_OWNER, "owner", false)                                                            \
	X(CONFIG_USER, "user", true)                                                               \
	X(CONFIG_GROUP, "group", true)

enum config_subject {
#define X(subject, word, has_id) subject,
	CONFIG_SUBJECTS(X)
#undef X
};

struct config_section {
	enum config_subject subject;
	uint32_t id;	       /* of the user or group */
	unsigned line;	       /* 0: built in, as the text has no such section */
	unsigned profiles;     /* bits: 1 << enum profile */
	unsigned profile_line; /* where they are named */
	unsigned lists;	       /* bits: which of the config's */
	unsigned list_lines[CONFIG_MAX_LISTS];
	unsigned sessions;	/* at a time; 0: it does not say */
	unsigned sessions_line; /* where that stands */
};

struct config_list {
	char path[CONFIG_PATH_SIZE]; /* absolute, without . and .. */
	unsigned line;		     /* that names it first */
};

struct config {
	struct config_section sections[CONFIG_MAX_SECTIONS];
	size_t n_sections;
	struct config_list lists[CONFIG_MAX_LISTS];
	size_t n_lists;
};

/* Numbers of names; NULL: names are an error. False: there is nobody called so. */
struct config_names {
	bool (*find)(enum config_subject subject, const char *name, uint32_t *id);
};

/* What holds without a text. */
void config_init(struct config *config);

/*
 * Parses a text of length bytes; what it does not say of default and owner is as
 * config_init has it. 0, or -EINVAL: the error says line and cause, and config
 * has no section at all.
 */
int config_parse(const char *text, size_t length, const struct config_names *names,
	struct config *config, struct allow_error *error);

/* Who somebody is. */
struct config_peer {
	uint32_t uid, gid;
	const uint32_t *groups; /* further ones */
	size_t n_groups;
	bool is_owner; /* of the lock file */
};

/* Is the section about him? */
bool config_applies(const struct config_section *section, const struct config_peer *peer);

/* How many sessions at a time somebody may have; 0: there is no limit. */
unsigned config_sessions(const struct config *config, const struct config_peer *peer);

/* "[user 1000]". Returns text. */
#define CONFIG_TEXT_SIZE 32
const char *config_section_describe(
	const struct config_section *section, char text[CONFIG_TEXT_SIZE]);

#endif
