/* SPDX-License-Identifier: MIT */
/* What the parts of msrctl policy share. */
#ifndef MSRD_CLI_POLICY_H
#define MSRD_CLI_POLICY_H

#include "cli/cli.h"
#include "policy/site.h"

struct policy_request {
	struct cli *cli;
	const char *config; /* --config, or NULL: the daemon's */
	const char *user;   /* --user, or NULL: who asks */
	char **arguments;   /* behind the command's word */
	int n_arguments;
};

int policy_check_run(struct policy_request *request);
int policy_compile_run(struct policy_request *request);
int policy_show_run(struct policy_request *request);
int policy_diff_run(struct policy_request *request);

/* Names by the name service. */
extern const struct config_names policy_names;

/* The text of a file, to be freed. NULL after a message. */
char *policy_read(const char *path, size_t max, size_t *length);

/* The site of --config, read as it is and with names; or the daemon's, read as the
 * daemon reads it. False after a message. */
bool policy_load_site(const struct policy_request *request, struct site *site);

/* What the site is read from. */
const char *policy_config_path(const struct policy_request *request);

/* "may set 0x3, may clear 0x8", "read only" */
#define POLICY_MASKS_SIZE 96
const char *policy_masks(const struct allow_entry *entry, char text[POLICY_MASKS_SIZE]);

#endif
