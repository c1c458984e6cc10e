/* SPDX-License-Identifier: MIT */
/* Looks at the machine, the kernel and who else is there. Judges nothing, changes nothing. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "node/file.h"
#include "util/cleanup.h"

/* As the daemon reckons: those of no device. */
#define OTHER_DESCRIPTORS 32
#define LOCK_FILE	  "var/run/likwid.lock"

static bool is_there(int root_fd, const char *path)
{
	struct stat status;

	return fstatat(root_fd, path, &status, 0) == 0;
}

static void look_at_cpus(struct doctor_findings *findings, const struct node *node, int root_fd)
{
	snprintf(findings->cpu, sizeof findings->cpu, "%s (family %u, model %u)",
		node->model_name[0] ? node->model_name : node->vendor, node->family, node->model);
	findings->is_known = node->arch != NULL;
	for (uint32_t cpu = node->n_cpus; cpu-- > 0;) {
		char path[64];

		if (!node->cpus[cpu].online)
			continue;
		findings->n_online++;
		snprintf(path, sizeof path, "dev/cpu/%u/msr", cpu);
		if (is_there(root_fd, path))
			findings->n_msr_files++;
		else
			findings->missing_cpu = cpu;
	}
	findings->files_needed = node->n_cpus + node->n_functions + OTHER_DESCRIPTORS;
}

static void look_at_uncore(struct doctor_findings *findings, const struct node *node)
{
	size_t length = 0;

	findings->n_functions = node->n_functions;
	findings->n_uncore_kinds = node->arch ? node->arch->n_functions : 0;
	for (size_t i = 0; i < findings->n_uncore_kinds; i++) {
		const struct arch_function *unit = &node->arch->functions[i];

		if (node_has_unit(node, unit) || length >= sizeof findings->hidden_units)
			continue;
		snprintf(findings->hidden_units + length, sizeof findings->hidden_units - length,
			"%s%s%u", length ? ", " : "", op_unit_name(unit->unit), unit->index);
		length = strlen(findings->hidden_units);
	}
	for (size_t i = 0; i < node->n_buses && !findings->lost_bus[0]; i++) {
		const struct bus *bus = &node->buses[i];

		if (bus->package != BUS_NO_PACKAGE)
			continue;
		snprintf(findings->lost_bus, sizeof findings->lost_bus,
			"%04x:%02x has no socket: %s", bus->domain, bus->bus,
			bus_doubt_text(bus->doubt));
		findings->bus_needs_root = bus->doubt == BUS_HIDDEN;
	}
}

/* The line of the module, or its folder when it is built in. */
static bool has_msr_module(int root_fd)
{
	cleanup_free char *modules = file_read_whole(root_fd, "proc/modules");

	return is_there(root_fd, "sys/module/msr") ||
	       (modules && (strncmp(modules, "msr ", 4) == 0 || strstr(modules, "\nmsr ")));
}

static void look_at_kernel(struct doctor_findings *findings, int root_fd)
{
	char text[4096];
	long number;

	findings->has_module = has_msr_module(root_fd);
	if (file_read_text(root_fd, findings->allow_writes, sizeof findings->allow_writes,
		    "sys/module/msr/parameters/allow_writes") >= 0)
		findings->allow_writes[strcspn(findings->allow_writes, "\n")] = '\0';
	else if (file_read_text(root_fd, text, sizeof text, "proc/cmdline") >= 0 &&
		 strstr(text, "msr.allow_writes=off"))
		strcpy(findings->allow_writes, "off"); /* else it is root's to read */
	if (file_read_text(root_fd, text, sizeof text, "sys/kernel/security/lockdown") >= 0)
		doctor_parse_lockdown(text, findings->lockdown);
	findings->nmi_watchdog =
		file_read_number(root_fd, &number, "proc/sys/kernel/nmi_watchdog") == 0 &&
		number != 0;
}

static bool is_readonly(int root_fd, const char *path)
{
	cleanup_close int fd = openat(root_fd, path, O_PATH | O_CLOEXEC);
	struct statvfs status;

	return fd >= 0 && fstatvfs(fd, &status) == 0 && (status.f_flag & ST_RDONLY);
}

static void look_at_self(struct doctor_findings *findings, int root_fd)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	const char *line;
	char text[4096];

	findings->my_uid = geteuid();
	findings->bounding_set = UINT64_MAX;
	if (file_read_text(root_fd, text, sizeof text, "proc/self/status") >= 0) {
		line = strstr(text, "\nNoNewPrivs:");
		findings->no_new_privs = line && strtol(line + 12, NULL, 10) != 0;
		line = strstr(text, "\nCapBnd:");
		if (line)
			findings->bounding_set = strtoull(line + 8, NULL, 16);
	}
	findings->in_user_namespace =
		file_read_text(root_fd, text, sizeof text, "proc/self/uid_map") >= 0 &&
		!doctor_is_first_uid_map(text);
	getrlimit(RLIMIT_NOFILE, &limit);
	findings->files_soft = limit.rlim_cur;
	findings->files_hard = limit.rlim_max;
}

static void look_at_lock(struct doctor_findings *findings, int root_fd)
{
	const struct passwd *user;
	struct stat status;

	/* not followed, as the daemon does */
	if (fstatat(root_fd, LOCK_FILE, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		findings->lock = errno == ENOENT ? DOCTOR_LOCK_NONE : DOCTOR_LOCK_HIDDEN;
		return;
	}
	/* the daemon goes by the real user */
	findings->lock = status.st_uid == getuid() ? DOCTOR_LOCK_MINE : DOCTOR_LOCK_OTHER;
	findings->lock_uid = status.st_uid;
	user = getpwuid(status.st_uid);
	snprintf(findings->lock_user, sizeof findings->lock_user, "%s",
		user ? user->pw_name : "a user without name");
}

/* Calls each for every number that an entry of the folder has behind prefix. */
static void each_number(int root_fd, const char *folder, const char *prefix,
	void (*each)(struct doctor_findings *, int root_fd, long number),
	struct doctor_findings *findings)
{
	int fd = openat(root_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_closedir DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	size_t length = strlen(prefix);

	if (!dir && fd >= 0)
		close(fd);
	for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
		char *end;
		long number;

		if (strncmp(entry->d_name, prefix, length) != 0 ||
			!isdigit((unsigned char)entry->d_name[length]))
			continue;
		number = strtol(entry->d_name + length, &end, 10);
		if (*end == '\0' && number > 0 && number <= INT32_MAX)
			each(findings, root_fd, number);
	}
}

static void look_at_process(struct doctor_findings *findings, int root_fd, long pid)
{
	char path[64], target[64];
	int fd;

	snprintf(path, sizeof path, "proc/%ld/fd", pid);
	fd = openat(root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		findings->perf_all_seen = false;
	if (fd < 0)
		return;
	cleanup_closedir DIR *dir = fdopendir(fd);
	if (!dir)
		close(fd);
	for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);

		target[n < 0 ? 0 : n] = '\0';
		/* "anon_inode:[perf_event]" */
		if (!strstr(target, "[perf_event]"))
			continue;
		if (findings->n_perf++ == 0) {
			findings->perf_pid = (int32_t)pid;
			file_read_text(root_fd, findings->perf_name, sizeof findings->perf_name,
				"proc/%ld/comm", pid);
			findings->perf_name[strcspn(findings->perf_name, "\n")] = '\0';
		}
		return;
	}
}

static void look_at_address(struct doctor_findings *findings, int root_fd, long pid)
{
	(void)root_fd;
	if (kill((pid_t)pid, 0) == 0 || errno != ESRCH)
		return; /* its daemon may be there */
	if (findings->n_leftovers++ == 0)
		snprintf(findings->leftover, sizeof findings->leftover, "/tmp/likwid-%ld", pid);
}

void doctor_look(struct doctor_findings *findings, const struct node *node, int root_fd)
{
	look_at_cpus(findings, node, root_fd);
	look_at_uncore(findings, node);
	look_at_kernel(findings, root_fd);
	/* what is in sys/bus are links to there */
	findings->sys_is_readonly = is_readonly(root_fd, "sys/devices");
	findings->proc_is_readonly = is_readonly(root_fd, "proc/bus/pci");
	look_at_self(findings, root_fd);
	look_at_lock(findings, root_fd);
	findings->perf_all_seen = true;
	each_number(root_fd, "proc", "", look_at_process, findings);
	each_number(root_fd, "tmp", "likwid-", look_at_address, findings);
}
