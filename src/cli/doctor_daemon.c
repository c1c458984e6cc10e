/* SPDX-License-Identifier: MIT */
/* Looks at the daemon's file, and asks the daemon itself. Judges nothing. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/reach.h"
#include "client/service.h"
#include "client/spawn.h"
#include "util/array.h"
#include "util/cleanup.h"

#define TIMEOUT_MS 10000 /* as libmsrd waits */

/* False when there is none, and none is asked for. */
static bool look_at_service(struct doctor_findings *findings, const struct cli *cli)
{
	const char *path = cli->service ? cli->service : MSRD_SERVICE;

	if (cli->daemon)
		return false;
	cleanup_close int fd = service_connect(
		path, TIMEOUT_MS, findings->daemon_text, sizeof findings->daemon_text);
	if (!cli->service && service_is_absent(fd))
		return false;
	findings->has_service = true;
	findings->daemon_error = fd < 0 ? fd : 0;
	snprintf(findings->daemon, sizeof findings->daemon, "the service at %.108s", path);
	return true;
}

/* Where systemd looks, and make install puts it. */
static bool has_unit(void)
{
	static const char *const units[] = {
		"/etc/systemd/system/msrd.socket",
		"/usr/local/lib/systemd/system/msrd.socket",
		"/usr/lib/systemd/system/msrd.socket",
		"/lib/systemd/system/msrd.socket",
	};

	for (size_t i = 0; i < N_ELEMENTS(units); i++)
		if (access(units[i], F_OK) == 0)
			return true;
	return false;
}

void doctor_look_at_daemon(struct doctor_findings *findings, const struct cli *cli)
{
	unsigned char caps[64];
	char path[PATH_MAX], real[PATH_MAX];
	struct statvfs mount;
	struct stat status;
	ssize_t n;

	if (look_at_service(findings, cli))
		return;
	findings->daemon_error =
		spawn_find(cli->daemon, path, findings->daemon_text, sizeof findings->daemon_text);
	if (findings->daemon_error < 0)
		return;
	if (!realpath(path, real) || stat(real, &status) < 0) {
		findings->daemon_error = -errno;
		snprintf(findings->daemon_text, sizeof findings->daemon_text, "%.400s: %s", path,
			strerror(errno));
		return;
	}
	snprintf(findings->daemon, sizeof findings->daemon, "%.255s", real);
	findings->has_unit = !cli->daemon && has_unit();
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

/* A register that tells a unit of energy: every profile may read it. The first that fails says more
 * than one that does not. */
static void ask_msr(struct doctor_findings *findings, const struct node *node, struct msrd *msrd)
{
	cleanup_free struct place *places = calloc(node->n_cpus + 1, sizeof *places);
	cleanup_free struct msrd_op *ops = calloc(node->n_cpus + 1, sizeof *ops);
	size_t n = 0, said = 0;
	int r;

	for (uint32_t cpu = 0; places && ops && cpu < node->n_cpus; cpu++) {
		if (!node->cpus[cpu].online)
			continue;
		places[n] = place_at(place_of_cpu(cpu), node->arch->energy_unit.reg);
		ops[n] = reach_op(OP_READ, &places[n], 0);
		ops[n++].status = MSRD_SKIPPED; /* also where no batch can be made */
	}
	if (n == 0)
		return;
	r = msrd_batch(msrd, ops, n, MSRD_UNTIL_FAILURE, NULL);
	while (said + 1 < n && ops[said].status == MSRD_OK)
		said++;
	keep_answer(&findings->msr, msrd, &places[said], r);
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
	const struct msrd_options options = {.daemon = cli->daemon, .service = cli->service};
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
