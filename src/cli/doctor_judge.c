/* SPDX-License-Identifier: MIT */
/*
 * What follows from the findings: a function for each check, in the order of
 * the table. Pure: looks at no file and asks nobody, so that each cause has a test.
 */
#include <inttypes.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/doctor.h"
#include "util/array.h"

#define CAP(number) (UINT64_C(1) << (number))

static const struct {
	uint64_t cap;
	const char *name, *container_name;
} caps[] = {
	{CAP(CAP_SYS_RAWIO), "cap_sys_rawio", "SYS_RAWIO"},
	{CAP(CAP_SYS_ADMIN), "cap_sys_admin", "SYS_ADMIN"},
	{CAP(CAP_DAC_OVERRIDE), "cap_dac_override", "DAC_OVERRIDE"},
};

uint64_t doctor_needed_caps(void)
{
	uint64_t all = 0;

	for (size_t i = 0; i < N_ELEMENTS(caps); i++)
		all |= caps[i].cap;
	return all;
}

static const char *caps_text(uint64_t set, char text[64])
{
	text[0] = '\0';
	for (size_t i = 0; i < N_ELEMENTS(caps); i++)
		if (set & caps[i].cap)
			snprintf(text + strlen(text), 64 - strlen(text), "%s%s", text[0] ? "," : "",
				caps[i].name);
	return text;
}

__attribute__((format(printf, 3, 4))) static void found(
	struct doctor_result *result, enum doctor_status status, const char *format, ...)
{
	va_list arguments;

	result->status = status;
	va_start(arguments, format);
	vsnprintf(result->found, sizeof result->found, format, arguments);
	va_end(arguments);
}

__attribute__((format(printf, 2, 3))) static void cure(
	struct doctor_result *result, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(result->cure, sizeof result->cure, format, arguments);
	va_end(arguments);
}

/* Of the daemon's file. */
static bool is_setuid_root(const struct doctor_findings *f)
{
	return (f->mode & S_ISUID) && f->uid == 0;
}

/* Does exec have to give it its privileges? Else root starts it, or the service manager has. */
static bool needs_exec(const struct doctor_findings *f)
{
	return f->daemon_error == 0 && f->my_uid != 0 && !f->has_service;
}

static bool gains_by_exec(const struct doctor_findings *f)
{
	return needs_exec(f) && (is_setuid_root(f) || f->file_caps != 0);
}

/* There is no cure but another machine. */
static void add_models(struct doctor_result *result)
{
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_get(i)) != NULL; i++) {
		size_t length = strlen(result->found);

		snprintf(result->found + length, sizeof result->found - length, "%s%s",
			i == 0 ? "" : ", ", arch->text);
	}
}

static void judge_cpu(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->node_error < 0) {
		found(result, DOCTOR_ERROR, "what machine this is can't be read: %s",
			strerror(-f->node_error));
		cure(result, "mount -t proc proc /proc; mount -t sysfs sysfs /sys");
	} else if (!f->is_known) {
		found(result, DOCTOR_ERROR, "not supported: %s; known are ", f->cpu);
		add_models(result);
	} else if (f->n_online == 0) {
		found(result, DOCTOR_ERROR, "%s; no CPU is listed as online", f->cpu);
		cure(result, "mount -t sysfs sysfs /sys");
	} else {
		found(result, DOCTOR_OK, "%s, %u CPUs online", f->cpu, f->n_online);
	}
}

static void judge_module(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->n_msr_files == f->n_online) {
		found(result, DOCTOR_OK, "/dev/cpu/N/msr is there for %u CPUs", f->n_msr_files);
	} else if (f->n_msr_files > 0) {
		found(result, DOCTOR_ERROR,
			"/dev/cpu/N/msr is missing for %u of %u CPUs that are online, the first is "
			"CPU %u",
			f->n_online - f->n_msr_files, f->n_online, f->missing_cpu);
		cure(result, "modprobe -r msr && modprobe msr");
	} else if (f->has_module) {
		found(result, DOCTOR_ERROR,
			"the module msr is loaded, but there is no /dev/cpu/N/msr here: a "
			"container?");
		cure(result,
			"docker run -v /dev/cpu:/dev/cpu ...  # or mknod /dev/cpu/%u/msr c "
			"202 %u",
			f->missing_cpu, f->missing_cpu);
	} else {
		found(result, DOCTOR_ERROR,
			"the kernel module msr is not loaded: no /dev/cpu/N/msr");
		cure(result, "modprobe msr && echo msr >/etc/modules-load.d/msr.conf");
	}
}

static void judge_writes(const struct doctor_findings *f, struct doctor_result *result)
{
	if (strcmp(f->allow_writes, "off") == 0) {
		found(result, DOCTOR_WARNING,
			"allow_writes=off: the kernel refuses every write of an MSR; reads work");
		cure(result, "echo on >/sys/module/msr/parameters/allow_writes");
	} else if (f->allow_writes[0]) {
		found(result, DOCTOR_OK, "allow_writes=%s", f->allow_writes);
	} else if (f->has_module && f->my_uid != 0) {
		found(result, DOCTOR_UNKNOWN, "only root may read allow_writes");
		cure(result, "sudo cat /sys/module/msr/parameters/allow_writes");
	} else {
		found(result, DOCTOR_OK, "this kernel has no allow_writes");
	}
}

static void judge_lockdown(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->lockdown[0] && strcmp(f->lockdown, "none") != 0) {
		found(result, DOCTOR_WARNING,
			"the kernel is locked down (%s): it refuses every write of MSRs and of PCI "
			"config space; reads work",
			f->lockdown);
		cure(result, "mokutil --disable-validation && reboot  # or without lockdown= on "
			     "the kernel's command line");
	} else {
		found(result, DOCTOR_OK, "none");
	}
}

static void judge_mounts(const struct doctor_findings *f, struct doctor_result *result)
{
	/* the daemon takes procfs where it can't have sysfs */
	if (!f->sys_is_readonly && !f->proc_is_readonly) {
		found(result, DOCTOR_OK, "mounted read-write");
		return;
	}
	found(result, DOCTOR_WARNING,
		"%s mounted read-only: uncore units can be read there, and not programmed",
		f->sys_is_readonly && f->proc_is_readonly ? "/sys and /proc/bus/pci are"
		: f->sys_is_readonly			  ? "/sys is"
							  : "/proc/bus/pci is");
	cure(result, "mount -o remount,bind,rw %s", f->sys_is_readonly ? "/sys" : "/proc/bus");
}

static void judge_uncore(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->n_uncore_kinds == 0) {
		found(result, DOCTOR_OK, "none is known of this CPU model");
	} else if (f->n_functions == 0) {
		found(result, DOCTOR_WARNING,
			"no uncore functions on any PCI bus: a virtual machine, or firmware hides "
			"all of them; memory traffic can't be measured");
		cure(result, "systemd-detect-virt; lspci -nn -d 8086:  # on hardware: enable the "
			     "uncore (PMON, \"hide devices\") in the firmware's setup");
	} else if (f->lost_bus[0] && !f->bus_needs_root) {
		found(result, DOCTOR_WARNING, "%zu functions; bus %s", f->n_functions, f->lost_bus);
		cure(result, "lspci -nn -d 8086:  # the UBOX is missing: enable it in the "
			     "firmware's setup");
	} else if (f->hidden_units[0]) {
		found(result, DOCTOR_WARNING,
			"%zu functions; hidden by firmware, or not fitted: %s", f->n_functions,
			f->hidden_units);
		cure(result, "lspci -nn -d 8086:  # enable them in the firmware's setup");
	} else if (f->lost_bus[0]) {
		found(result, DOCTOR_UNKNOWN, "%zu functions; bus %s", f->n_functions, f->lost_bus);
		cure(result, "sudo msrctl doctor");
	} else {
		found(result, DOCTOR_OK, "%zu functions, each on a bus whose socket is known",
			f->n_functions);
	}
}

static void judge_daemon(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->daemon_error < 0) {
		found(result, DOCTOR_ERROR, "%s", f->daemon_text);
		cure(result, f->has_service
				     ? "systemctl enable --now msrd.socket"
				     : "meson install -C build  # or msrctl doctor --daemon PATH");
	} else if (f->mode & (S_IWGRP | S_IWOTH)) {
		found(result, DOCTOR_ERROR,
			"%s can be changed by others than its owner (mode %04o)", f->daemon,
			f->mode & ALLPERMS);
		cure(result, "chmod go-w %s", f->daemon);
	} else {
		found(result, DOCTOR_OK, "%s", f->daemon);
	}
}

static void cure_privilege(const struct doctor_findings *f, struct doctor_result *result)
{
	cure(result, "chown root:root %s && chmod 4755 %s", f->daemon, f->daemon);
}

static void judge_privilege(const struct doctor_findings *f, struct doctor_result *result)
{
	uint64_t missing = doctor_needed_caps() & ~f->file_caps;
	char text[64];

	if (f->has_service) {
		found(result, DOCTOR_OK, "the service manager starts it");
	} else if (f->daemon_error < 0) {
		found(result, DOCTOR_UNKNOWN, "there is no daemon to look at");
	} else if (f->my_uid == 0) {
		found(result, DOCTOR_OK, "root starts it");
	} else if (is_setuid_root(f)) {
		found(result, DOCTOR_OK, "setuid root");
	} else if (f->file_caps && missing == 0) {
		found(result, DOCTOR_OK, "has %s", caps_text(f->file_caps, text));
	} else if (f->file_caps) {
		found(result, DOCTOR_ERROR, "its file lacks the capabilities %s",
			caps_text(missing, text));
		cure(result, "setcap %s=ep %s", caps_text(doctor_needed_caps(), text), f->daemon);
	} else if ((f->mode & S_ISUID) && f->in_user_namespace) {
		/* root is nobody where he is not mapped */
		found(result, DOCTOR_OK, "setuid, by whom this user namespace does not show");
	} else if (f->mode & S_ISUID) {
		found(result, DOCTOR_ERROR, "it is setuid, but its owner is uid %u and not root",
			f->uid);
		cure_privilege(f, result);
	} else {
		found(result, DOCTOR_ERROR,
			"installed without privileges: mode %04o, owner uid %u, no capabilities",
			f->mode & ALLPERMS, f->uid);
		/* a package's daemon is as it is to be, and an upgrade would set its mode back */
		if (f->has_unit)
			cure(result, "systemctl enable --now msrd.socket  # other ways: man "
				     "msrd-install");
		else
			cure_privilege(f, result);
	}
}

static void judge_nosuid(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->is_nosuid && gains_by_exec(f)) {
		found(result, DOCTOR_ERROR,
			"the daemon's file system is mounted nosuid: its privileges are ignored");
		cure(result, "mount -o remount,suid \"$(findmnt -no TARGET -T %s)\"", f->daemon);
	} else {
		found(result, DOCTOR_OK, "%s",
			f->is_nosuid ? "mounted so, which does not matter" : "not mounted so");
	}
}

static void judge_no_new_privs(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->no_new_privs && needs_exec(f)) {
		found(result, DOCTOR_ERROR,
			"no_new_privs is set for this process: the daemon that it starts gets no "
			"privileges");
		cure(result, "grep NoNewPrivs /proc/*/status  # start without it: systemd "
			     "NoNewPrivileges=no, docker without no-new-privileges");
	} else {
		found(result, DOCTOR_OK, "%s",
			f->no_new_privs ? "set, which does not matter" : "not set");
	}
}

static void judge_user_namespace(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->in_user_namespace && !f->has_service) {
		found(result, DOCTOR_ERROR,
			"this process is in a user namespace: whatever the daemon has here, the "
			"kernel's msr driver wants it outside");
		cure(result, "nsenter -t 1 -U msrctl doctor  # as root; start outside of the "
			     "rootless container or unshare -U");
	} else {
		found(result, DOCTOR_OK, "%s",
			f->in_user_namespace ? "in one, the service is outside" : "not in one");
	}
}

static void judge_bounding_set(const struct doctor_findings *f, struct doctor_result *result)
{
	uint64_t missing = doctor_needed_caps() & ~f->bounding_set;
	char text[64];

	if (missing == 0 || f->has_service) {
		found(result, DOCTOR_OK, "has what the daemon needs");
		return;
	}
	found(result, DOCTOR_ERROR,
		"the capability bounding set lacks %s: the daemon can't have it here%s",
		caps_text(missing, text),
		f->file_caps & missing ? " and, as its file asks for it, is not even started" : "");
	snprintf(result->cure, sizeof result->cure, "docker run");
	for (size_t i = 0; i < N_ELEMENTS(caps); i++)
		if (missing & caps[i].cap)
			snprintf(result->cure + strlen(result->cure),
				sizeof result->cure - strlen(result->cure), " --cap-add %s",
				caps[i].container_name);
	snprintf(result->cure + strlen(result->cure), sizeof result->cure - strlen(result->cure),
		" ...  # systemd: CapabilityBoundingSet=");
}

static void judge_descriptors(const struct doctor_findings *f, struct doctor_result *result)
{
	bool may_raise = (f->my_uid == 0 || is_setuid_root(f)) && !f->is_nosuid &&
			 !f->no_new_privs && !f->in_user_namespace &&
			 (f->bounding_set & CAP(CAP_SYS_RESOURCE));

	if (f->files_needed <= f->files_hard || may_raise || f->has_service) {
		found(result, DOCTOR_OK, "%" PRIu64 " are needed, the daemon can have %s",
			f->files_needed, f->files_needed <= f->files_hard ? "them" : "more");
	} else {
		found(result, DOCTOR_WARNING,
			"the limit of %" PRIu64 " open files is too low: %" PRIu64
			" are needed, one for each CPU and uncore function",
			f->files_hard, f->files_needed);
		cure(result,
			"ulimit -n %" PRIu64 "  # for good: nofile in /etc/security/limits.conf",
			f->files_needed);
	}
}

static void judge_lock(const struct doctor_findings *f, struct doctor_result *result)
{
	switch (f->lock) {
	case DOCTOR_LOCK_NONE:
		found(result, DOCTOR_OK, "there is none");
		break;
	case DOCTOR_LOCK_MINE:
		found(result, DOCTOR_OK, "yours");
		break;
	case DOCTOR_LOCK_OTHER:
		found(result, DOCTOR_ERROR, "locked by %s (uid %u)", f->lock_user, f->lock_uid);
		cure(result, "ps -u %u  # when it is over: msrctl lock release +%u", f->lock_uid,
			f->lock_uid);
		break;
	case DOCTOR_LOCK_HIDDEN:
		found(result, DOCTOR_ERROR, "can't be looked at, which counts as locked");
		cure(result, "ls -ld /var/run /var/run/likwid.lock");
		break;
	}
}

static void judge_nmi(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->nmi_watchdog) {
		found(result, DOCTOR_WARNING,
			"the kernel's NMI watchdog holds a cycle counter of every CPU");
		cure(result, "echo 0 >/proc/sys/kernel/nmi_watchdog");
	} else {
		found(result, DOCTOR_OK, "off");
	}
}

static void judge_perf(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->n_perf > 0) {
		found(result, DOCTOR_WARNING,
			"%u processes have perf counters open, the first is %s (pid %d): the "
			"kernel programs what they share",
			f->n_perf, f->perf_name, (int)f->perf_pid);
		cure(result, "kill %d  # when it is yours to end", (int)f->perf_pid);
	} else if (!f->perf_all_seen) {
		found(result, DOCTOR_UNKNOWN,
			"none of your processes has perf counters open; others' are hidden");
		cure(result, "sudo msrctl doctor");
	} else {
		found(result, DOCTOR_OK, "no process has perf counters open");
	}
}

static void judge_leftovers(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->n_leftovers > 0) {
		found(result, DOCTOR_WARNING,
			"%u files in /tmp whose daemon is gone stand in the way of one with their "
			"process id, the first is %s",
			f->n_leftovers, f->leftover);
		cure(result, "for f in /tmp/likwid-*; do [ -e /proc/${f##*-} ] || rm $f; done");
	} else {
		found(result, DOCTOR_OK, "none");
	}
}

/* What a daemon says, in the end: the causes above should explain it. */
static void judge_answer(const struct doctor_answer *answer, struct doctor_result *result)
{
	if (!answer->asked) {
		found(result, DOCTOR_UNKNOWN, "not asked");
	} else if (answer->r == 0) {
		found(result, DOCTOR_OK, "the daemon reads %s", answer->what);
	} else if (answer->r == MSRD_REFUSED) {
		found(result, DOCTOR_WARNING, "the daemon answers, but does not allow %s",
			answer->what);
		cure(result, "msrctl list");
	} else {
		found(result, DOCTOR_ERROR, "%s", answer->text);
		cure(result, "journalctl -n 20 -t msrd");
	}
}

static void judge_msr(const struct doctor_findings *f, struct doctor_result *result)
{
	judge_answer(&f->msr, result);
}

static void judge_pci(const struct doctor_findings *f, struct doctor_result *result)
{
	if (f->msr.r < 0 && f->msr.asked)
		found(result, DOCTOR_UNKNOWN, "there is no daemon to ask");
	else if (f->n_functions == 0)
		found(result, DOCTOR_OK, "no uncore functions, nothing to ask for");
	else
		judge_answer(&f->pci, result);
}

static const struct {
	void (*judge)(const struct doctor_findings *findings, struct doctor_result *result);
	const char *name, *where;
	bool is_disproven; /* by a register that was read */
} checks[DOCTOR_N_CHECKS] = {
#define X(check, name, judge, disproven, where) [check] = {judge_##judge, name, where, disproven},
	DOCTOR_CHECKS(X)
#undef X
};

/* Here it is no obstacle, as on a simulated node or where the files' owner has changed. */
static void disprove(struct doctor_result *result)
{
	size_t length = strlen(result->found);

	result->status = DOCTOR_OK;
	result->cure[0] = '\0';
	snprintf(result->found + length, sizeof result->found - length,
		"; the daemon reads all the same");
}

/* The checks that found a reason for what the daemon says. */
static void add_reasons(struct doctor_result results[DOCTOR_N_CHECKS], struct doctor_result *answer)
{
	const char *separator = " (because of: ";
	size_t length = strlen(answer->found);

	for (int i = 0; i < DOCTOR_MSR; i++) {
		if (results[i].status != DOCTOR_ERROR || length >= sizeof answer->found)
			continue;
		snprintf(answer->found + length, sizeof answer->found - length, "%s%s", separator,
			checks[i].name);
		length = strlen(answer->found);
		separator = ", ";
		answer->cure[0] = '\0'; /* theirs */
	}
	if (*separator == ',' && length + 1 < sizeof answer->found)
		snprintf(answer->found + length, sizeof answer->found - length, ")");
}

enum doctor_status doctor_judge(
	const struct doctor_findings *findings, struct doctor_result results[DOCTOR_N_CHECKS])
{
	bool reads = findings->msr.asked && findings->msr.r == 0;
	enum doctor_status worst = DOCTOR_OK;

	for (int i = 0; i < DOCTOR_N_CHECKS; i++) {
		results[i] = (struct doctor_result){0};
		checks[i].judge(findings, &results[i]);
		/* that some files are missing is not disproven by another that is there */
		if (reads && checks[i].is_disproven && results[i].status == DOCTOR_ERROR &&
			!(i == DOCTOR_MODULE && findings->n_msr_files > 0))
			disprove(&results[i]);
	}
	for (int i = DOCTOR_MSR; i < DOCTOR_N_CHECKS; i++)
		if (results[i].status == DOCTOR_ERROR)
			add_reasons(results, &results[i]);
	for (int i = 0; i < DOCTOR_N_CHECKS; i++)
		if (results[i].status > worst)
			worst = results[i].status;
	return worst;
}

const char *doctor_status_text(enum doctor_status status)
{
	static const char *const texts[] = {
#define X(status, text) [status] = text,
		DOCTOR_STATUSES(X)
#undef X
	};

	return texts[status];
}

const char *doctor_check_name(enum doctor_check check)
{
	return checks[check].name;
}

const char *doctor_check_where(enum doctor_check check)
{
	return checks[check].where;
}
