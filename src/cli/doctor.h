/* SPDX-License-Identifier: MIT */
/*
 * Why registers can't be reached: what is found (findings), by looking and by
 * asking the daemon, and what follows from it (results). Judging is pure: it
 * looks at nothing but the findings.
 */
#ifndef MSRD_CLI_DOCTOR_H
#define MSRD_CLI_DOCTOR_H

#include "cli/cli.h"

/* Worst last. */
#define DOCTOR_STATUSES(X)                                                                         \
	X(DOCTOR_OK, "ok")                                                                         \
	X(DOCTOR_UNKNOWN, "unknown") /* this user may not look: no fault that is known of */       \
	X(DOCTOR_WARNING, "warning") /* works, but not all of it, or figures may suffer */         \
	X(DOCTOR_ERROR, "error")     /* registers can't be reached */

enum doctor_status {
#define X(status, text) status,
	DOCTOR_STATUSES(X)
#undef X
};

/*
 * In the order in which they are gone through. X(check, name, judge, is it proven
 * wrong by a daemon that reads all the same, where it looks)
 */
#define DOCTOR_CHECKS(X)                                                                           \
	X(DOCTOR_CPU, "cpu model", cpu, false, "/proc/cpuinfo")                                    \
	X(DOCTOR_MODULE, "msr module", module, true, "/dev/cpu/*/msr, /proc/modules")              \
	X(DOCTOR_WRITES, "msr writes", writes, false,                                              \
		"/sys/module/msr/parameters/allow_writes, /proc/cmdline")                          \
	X(DOCTOR_LOCKDOWN, "lockdown", lockdown, false, "/sys/kernel/security/lockdown")           \
	X(DOCTOR_MOUNTS, "/proc and /sys", mounts, false,                                          \
		"statvfs of /proc/bus/pci and /sys/devices")                                       \
	X(DOCTOR_UNCORE, "uncore", uncore, false, "/sys/bus/pci/devices, /proc/bus/pci/devices")   \
	X(DOCTOR_DAEMON, "daemon", daemon, false, "the daemon's file")                             \
	X(DOCTOR_PRIVILEGE, "privileges", privilege, true,                                         \
		"mode, owner and security.capability of the daemon's file")                        \
	X(DOCTOR_NOSUID, "nosuid", nosuid, true, "statvfs of the daemon's file")                   \
	X(DOCTOR_NO_NEW_PRIVS, "no_new_privs", no_new_privs, true, "/proc/self/status")            \
	X(DOCTOR_USER_NAMESPACE, "user namespace", user_namespace, true, "/proc/self/uid_map")     \
	X(DOCTOR_BOUNDING_SET, "bounding set", bounding_set, true, "/proc/self/status")            \
	X(DOCTOR_DESCRIPTORS, "open files", descriptors, false, "RLIMIT_NOFILE")                   \
	X(DOCTOR_LOCK, "lock", lock, false, "/var/run/likwid.lock")                                \
	X(DOCTOR_NMI, "NMI watchdog", nmi, false, "/proc/sys/kernel/nmi_watchdog")                 \
	X(DOCTOR_PERF, "perf", perf, false, "/proc/*/fd")                                          \
	X(DOCTOR_LEFTOVERS, "leftovers", leftovers, false, "/tmp/likwid-*")                        \
	X(DOCTOR_MSR, "MSR", msr, false, "the daemon's answer")                                    \
	X(DOCTOR_PCI, "PCI register", pci, false, "the daemon's answer")

enum doctor_check {
#define X(check, name, judge, disproven, where) check,
	DOCTOR_CHECKS(X)
#undef X
};
#define DOCTOR_N_CHECKS (DOCTOR_PCI + 1)

/* What an asked daemon said: 0, -errno, or enum msrd_status, with its words. */
struct doctor_answer {
	bool asked;
	int r;
	char what[OP_TEXT_SIZE]; /* was asked for */
	char text[MSRD_ERROR_SIZE];
};

enum doctor_lock {
	DOCTOR_LOCK_NONE,
	DOCTOR_LOCK_MINE,
	DOCTOR_LOCK_OTHER,
	DOCTOR_LOCK_HIDDEN, /* can't be looked at */
};

#define DOCTOR_LOCKDOWN_SIZE 32 /* "confidentiality" is the longest */

struct doctor_findings {
	/* machine */
	int node_error; /* -errno: what machine it is can't be read */
	char cpu[96];
	bool is_known;			     /* its registers are */
	uint32_t n_online;		     /* CPUs */
	uint32_t n_msr_files;		     /* of them */
	uint32_t missing_cpu;		     /* the first without */
	bool has_module;		     /* is loaded, or built in */
	char allow_writes[16];		     /* "": may not be read */
	char lockdown[DOCTOR_LOCKDOWN_SIZE]; /* "": the kernel has none */
	bool proc_is_readonly, sys_is_readonly;
	size_t n_uncore_kinds, n_functions; /* of the model; here */
	char hidden_units[96];		    /* "imc2, ha0": kinds that are on no bus */
	char lost_bus[96];		    /* "7f: why it has no socket" */
	bool bus_needs_root;		    /* ... which root would know */
	/* the daemon's file, or the service's socket */
	char daemon[256];
	int daemon_error; /* -errno */
	char daemon_text[MSRD_ERROR_SIZE];
	uint32_t mode, uid;
	uint64_t file_caps; /* permitted, and in effect when it starts */
	bool is_nosuid;
	bool has_service; /* a socket of the service manager's */
	bool has_unit;	  /* ... there would be one, were it enabled */
	/* this process, which hands its limits down */
	uint32_t my_uid;
	bool no_new_privs, in_user_namespace;
	uint64_t bounding_set;
	uint64_t files_soft, files_hard, files_needed;
	/* others */
	enum doctor_lock lock;
	uint32_t lock_uid;
	char lock_user[40];
	bool nmi_watchdog;
	uint32_t n_perf; /* processes with open perf counters */
	int32_t perf_pid;
	char perf_name[32];
	bool perf_all_seen; /* no process was hidden from this user */
	uint32_t n_leftovers;
	char leftover[64];
	/* the daemon */
	struct doctor_answer msr, pci;
};

struct doctor_result {
	enum doctor_status status;
	char found[400];
	char cure[360]; /* a command; "": none is needed, or there is none */
};

/* Looks below root_fd ("/") and at this process; node is what was read there, its
 * error in findings->node_error. */
void doctor_look(struct doctor_findings *findings, const struct node *node, int root_fd);
/* At the program of the daemon, or at the service. */
void doctor_look_at_daemon(struct doctor_findings *findings, const struct cli *cli);
/* Starts the daemon, and asks it for a register of each space. */
void doctor_ask(struct doctor_findings *findings, const struct cli *cli);

/* Judges all of it; the worst status. */
enum doctor_status doctor_judge(
	const struct doctor_findings *findings, struct doctor_result results[DOCTOR_N_CHECKS]);

const char *doctor_status_text(enum doctor_status status);
const char *doctor_check_name(enum doctor_check check);
const char *doctor_check_where(enum doctor_check check);

/* What the daemon needs of capabilities. */
uint64_t doctor_needed_caps(void);
/* "[none] integrity" -> "none"; "" when nothing is in brackets. */
void doctor_parse_lockdown(const char *text, char level[DOCTOR_LOCKDOWN_SIZE]);
/* Is it that of the first user namespace, which has every id as it is? */
bool doctor_is_first_uid_map(const char *text);
/* The capabilities that a file's attribute gives at its start; 0 when it makes no sense. */
uint64_t doctor_parse_file_caps(const unsigned char *bytes, size_t length);

#endif
