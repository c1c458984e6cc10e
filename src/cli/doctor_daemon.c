/* SPDX-License-Identifier: MIT */
/* Looks at the daemon's file, and asks the daemon itself. Judges nothing. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "cli/doctor.h"
#include "cli/reach.h"
#include "client/spawn.h"

#define SERVICE_SOCKET "/run/msrd/socket"

void doctor_look_at_daemon(struct doctor_findings *findings, const char *daemon)
{
	unsigned char caps[64];
	char path[PATH_MAX], real[PATH_MAX];
	struct statvfs mount;
	struct stat status;
	ssize_t n;

	findings->has_service = !daemon && stat(SERVICE_SOCKET, &status) == 0;
	findings->daemon_error =
		spawn_find(daemon, path, findings->daemon_text, sizeof findings->daemon_text);
	if (findings->daemon_error < 0)
		return;
	if (!realpath(path, real) || stat(real, &status) < 0) {
		findings->daemon_error = -errno;
		snprintf(findings->daemon_text, sizeof findings->daemon_text, "%.400s: %s", path,
			strerror(errno));
		return;
	}
	snprintf(findings->daemon, sizeof findings->daemon, "%.255s", real);
	findings->mode = status.st_mode;
	findings->uid = status.st_uid;
	findings->is_nosuid = statvfs(real, &mount) == 0 && (mount.f_flag & ST_NOSUID);
	n = getxattr(real, "security.capability", caps, sizeof caps);
	findings->file_caps = n > 0 ? doctor_parse_file_caps(caps, (size_t)n) : 0;
}

static void keep_answer(
	struct doctor_answer *answer, struct msrd *msrd, const struct place *place, int r)
{
	answer->asked = true;
	answer->r = r;
	place_describe(place, answer->what);
	if (r != 0)
		msrd_error(msrd, answer->text, sizeof answer->text);
}

/* A register that tells a unit of energy: every profile may read it. */
static void ask_msr(struct doctor_findings *findings, const struct node *node, struct msrd *msrd)
{
	uint64_t value;

	for (uint32_t cpu = 0; cpu < node->n_cpus; cpu++) {
		if (!node->cpus[cpu].online)
			continue;
		struct place place = place_at(place_of_cpu(cpu), node->arch->energy_unit.reg);

		keep_answer(&findings->msr, msrd, &place, reach_read(msrd, &place, &value));
		if (findings->msr.r != 0)
			return; /* the first that fails says more than one that does not */
	}
}

/* The first register that a profile has of units of this kind. */
static bool find_register(const struct arch *arch, struct place *place)
{
	for (size_t i = 0; i < arch->n_profiles; i++) {
		const struct allowlist *list = arch->profiles[i].list;
		unsigned section = allow_section(place);

		if (list->section[section].n_entries == 0)
			continue;
		*place = place_at(*place, list->section[section].entries[0].reg);
		return true;
	}
	return false;
}

/* Which sockets have the unit only the daemon knows: an ordinary user may not see it. */
static void ask_pci(struct doctor_findings *findings, const struct node *node, struct msrd *msrd)
{
	const struct arch *arch = node->arch;
	uint64_t value;

	for (size_t i = 0; i < node->n_packages * arch->n_functions; i++) {
		const struct arch_function *unit = &arch->functions[i % arch->n_functions];
		struct place place = place_of_unit(
			node->packages[i / arch->n_functions], unit->unit, unit->index);

		if (!node_has_unit(node, unit) || !find_register(arch, &place))
			continue;
		keep_answer(&findings->pci, msrd, &place, reach_read(msrd, &place, &value));
		if (findings->pci.r != MSRD_ABSENT && findings->pci.r != -EINVAL)
			return;
	}
}

void doctor_ask(struct doctor_findings *findings, const struct cli *cli)
{
	const struct msrd_options options = {.daemon = cli->daemon};
	struct doctor_answer *answer = &findings->msr;
	cleanup_msrd struct msrd *msrd = NULL;
	int r;

	r = msrd_open(&msrd, &options, answer->text, sizeof answer->text);
	if (r < 0) {
		answer->asked = true;
		answer->r = r;
		return;
	}
	if (cli->node.arch) {
		ask_msr(findings, &cli->node, msrd);
		ask_pci(findings, &cli->node, msrd);
	} else {
		struct place place = place_of_cpu(0);

		keep_answer(answer, msrd, &place, reach_check(msrd, &place));
	}
}
