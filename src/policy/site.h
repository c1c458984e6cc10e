/* SPDX-License-Identifier: MIT */
/*
 * The policy of a site: its msrd.conf and the allowlists that this names, all of
 * them whole or nothing at all. Where files are and who may have written them is
 * the reader's affair.
 */
#ifndef MSRD_POLICY_SITE_H
#define MSRD_POLICY_SITE_H

#include "policy/config.h"
#include "policy/policy.h"

#define SITE_CONFIG_PATH "/etc/msrd/msrd.conf"

/* msr-safe's own limit of a list. */
#define SITE_LIST_MAX_BYTES 131073

struct site {
	struct config config; /* without any section: nobody gets anything */
	struct allowlist lists[CONFIG_MAX_LISTS];
};

/* "/etc/msrd/msrd.conf:3: no such profile: …" */
#define SITE_ERROR_SIZE 512

/*
 * Reads the file at path, at most max bytes, into *text, which is the caller's to
 * free. 0; -ENOENT: there is none; else -errno, and why says in words what is wrong.
 */
struct site_reader {
	int (*read)(void *context, const char *path, size_t max, char **text, size_t *length,
		char why[SITE_ERROR_SIZE]);
	void *context;
	const struct config_names *names; /* NULL: names are an error */
};

/* Without a file. */
void site_init(struct site *site);

/*
 * The file at path and what it names; as site_init when there is no such file. 0, or
 * -errno: error says what is wrong and where, and the site grants nothing.
 * site_deinit releases in every case.
 */
int site_load(struct site *site, const char *path, const struct site_reader *reader,
	char error[SITE_ERROR_SIZE]);
void site_deinit(struct site *site);

#endif
