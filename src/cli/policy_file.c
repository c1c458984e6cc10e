/* SPDX-License-Identifier: MIT */
/* The files of a policy, for who may read them. Judges nothing and knows no command. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "cli/policy.h"
#include "util/cleanup.h"
#include "util/rootfile.h"

static bool find_name(enum config_subject subject, const char *name, uint32_t *id)
{
	const struct passwd *user = subject == CONFIG_USER ? getpwnam(name) : NULL;
	const struct group *group = subject == CONFIG_GROUP ? getgrnam(name) : NULL;

	if (!user && !group)
		return false;
	*id = user ? user->pw_uid : group->gr_gid;
	return true;
}

const struct config_names policy_names = {.find = find_name};

/* 0 or -errno. */
static int read_plain(void *context, const char *path, size_t max, char **text, size_t *length,
	char why[SITE_ERROR_SIZE])
{
	cleanup_fclose FILE *file = fopen(path, "re");
	cleanup_free char *bytes = NULL;

	(void)context;
	if (!file)
		return -errno;
	bytes = malloc(max + 1);
	if (!bytes)
		return -ENOMEM;
	*length = fread(bytes, 1, max + 1, file);
	if (ferror(file))
		return errno ? -errno : -EIO;
	if (*length > max) {
		snprintf(why, SITE_ERROR_SIZE, "it has more than %zu bytes", max);
		return -EFBIG;
	}
	*text = steal_ptr(&bytes);
	return 0;
}

static int read_as_daemon(void *context, const char *path, size_t max, char **text, size_t *length,
	char why[SITE_ERROR_SIZE])
{
	return rootfile_read(*(int *)context, path, max, text, length, why);
}

char *policy_read(const char *path, size_t max, size_t *length)
{
	char why[SITE_ERROR_SIZE] = "";
	char *text = NULL;
	int r = read_plain(NULL, path, max, &text, length, why);

	if (r == 0)
		return text;
	warnx("%s: %s", path, why[0] ? why : strerror(-r));
	return NULL;
}

const char *policy_config_path(const struct policy_request *request)
{
	return request->config ? request->config : SITE_CONFIG_PATH;
}

bool policy_load_site(const struct policy_request *request, struct site *site)
{
	cleanup_close int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct site_reader plain = {.read = read_plain, .names = &policy_names};
	const struct site_reader daemon = {.read = read_as_daemon, .context = &root};
	char error[SITE_ERROR_SIZE];

	if (request->config && access(request->config, F_OK) < 0) {
		warn("%s", request->config);
		return false;
	}
	if (site_load(site, policy_config_path(request), request->config ? &plain : &daemon,
		    error) == 0)
		return true;
	warnx("%s", error);
	return false;
}

const char *policy_masks(const struct allow_entry *entry, char text[POLICY_MASKS_SIZE])
{
	const struct {
		const char *verb;
		uint64_t mask;
	} masks[] = {{"set", entry->write_mask}, {"clear", entry->clear_mask},
		{"write 1 to", entry->w1c_mask}};
	int n = snprintf(text, POLICY_MASKS_SIZE, "read");

	for (size_t i = 0; i < 3; i++)
		if (masks[i].mask)
			n += snprintf(text + n, POLICY_MASKS_SIZE - (size_t)n, ", %s 0x%" PRIx64,
				masks[i].verb, masks[i].mask);
	return text;
}
