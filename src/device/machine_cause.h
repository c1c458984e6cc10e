/* SPDX-License-Identifier: MIT */
/*
 * Why device files can't be opened, or not be written: told apart, each with
 * its text and its cure, for the log and for a client that can be told.
 */
#ifndef MSRD_DEVICE_MACHINE_CAUSE_H
#define MSRD_DEVICE_MACHINE_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

/* X(cause, reason, text, cure); reason is what follows REASON_ in the wire's name for it, which
 * this room does not know */
#define MACHINE_CAUSES(X)                                                                          \
	X(CAUSE_NONE, NONE, "nothing is wrong", "nothing is to be done")                           \
	X(CAUSE_UNREADABLE, UNREADABLE, "what machine this is can't be read",                      \
		"mount /proc and /sys")                                                            \
	X(CAUSE_MODEL, MODEL, "this CPU model is not supported",                                   \
		"another release of msrd may know it")                                             \
	X(CAUSE_MODULE, MODULE,                                                                    \
		"the kernel module msr is not loaded, or a container hides its files",             \
		"modprobe msr, or mount /dev/cpu into the container")                              \
	X(CAUSE_CPU_FILE, CPU_FILE, "some CPUs have no MSR file, though others have",              \
		"modprobe -r msr && modprobe msr")                                                 \
	X(CAUSE_NO_MSRS, NO_MSRS, "these CPUs have no MSRs, a virtual machine's", "use the host")  \
	X(CAUSE_INSTALLED, INSTALLED, "msrd is installed without privileges",                      \
		"install it setuid root, or with the capabilities cap_sys_rawio, "                 \
		"cap_sys_admin and cap_dac_override")                                              \
	X(CAUSE_FEW_CAPABILITIES, FEW_CAPABILITIES, "msrd's file lacks a capability",              \
		"setcap cap_sys_rawio,cap_sys_admin,cap_dac_override=ep")                          \
	X(CAUSE_NOSUID, NOSUID,                                                                    \
		"msrd's file system is mounted nosuid: its privileges are ignored",                \
		"mount -o remount,suid, or install it elsewhere")                                  \
	X(CAUSE_NO_NEW_PRIVS, NO_NEW_PRIVS,                                                        \
		"no_new_privs is set: msrd was started without its privileges",                    \
		"start its client without no_new_privs (systemd: NoNewPrivileges=no)")             \
	X(CAUSE_USER_NAMESPACE, USER_NAMESPACE,                                                    \
		"in a user namespace no privilege counts for MSRs",                                \
		"start the client outside of the rootless container or unshare -U")                \
	X(CAUSE_BOUNDING_SET, BOUNDING_SET, "the capability bounding set lacks what msrd needs",   \
		"docker run --cap-add SYS_RAWIO --cap-add SYS_ADMIN")                              \
	X(CAUSE_LOCKDOWN, LOCKDOWN, "the kernel is locked down",                                   \
		"boot without lockdown and Secure Boot")                                           \
	X(CAUSE_ALLOW_WRITES, ALLOW_WRITES, "the msr module refuses writes: allow_writes=off",     \
		"echo on >/sys/module/msr/parameters/allow_writes")                                \
	X(CAUSE_DEVICE_RULES, DEVICE_RULES, "a container's device rules forbid it",                \
		"docker run --device /dev/cpu/0/msr and so on")                                    \
	X(CAUSE_READ_ONLY, MOUNTED_READ_ONLY,                                                      \
		"/proc and /sys are mounted read-only: only reads work",                           \
		"mount -o remount,rw /sys")                                                        \
	X(CAUSE_NO_UNCORE, NO_UNCORE,                                                              \
		"no uncore functions: a virtual machine, or firmware hides all",                   \
		"enable them in the firmware's setup")                                             \
	X(CAUSE_HIDDEN, HIDDEN,                                                                    \
		"firmware hides what says of which socket the uncore functions are",               \
		"enable the UBOX in the firmware's setup")                                         \
	X(CAUSE_DESCRIPTORS, DESCRIPTORS,                                                          \
		"the limit of open files is too low for a machine of this size", "ulimit -n")      \
	X(CAUSE_OTHER, OTHER, "the kernel gives no reason that is known", "see dmesg")

enum machine_cause {
#define X(cause, reason, text, cure) cause,
	MACHINE_CAUSES(X)
#undef X
};
#define N_MACHINE_CAUSES (CAUSE_OTHER + 1)

/* For ever valid; never NULL. */
const char *machine_cause_text(enum machine_cause cause);
const char *machine_cause_cure(enum machine_cause cause);

/* What this process has, and could have had. */
struct machine_rights {
	bool is_installed; /* its file would give privileges */
	bool is_nosuid;	   /* ... and its file system takes them */
	bool no_new_privs; /* ... or this does */
	bool in_user_namespace;
	bool is_locked_down;	      /* the kernel */
	uint64_t effective, bounding; /* capabilities */
};

/* Reads them below root_fd ("/"). What can't be read is as if it were in order. */
void machine_rights_read(struct machine_rights *rights, int root_fd);

/* What a failed open means: error is an errno; others is whether a file of the same
 * kind could be opened. */
enum machine_cause machine_cause_of(int error, bool others, const struct machine_rights *rights);

/* Why the kernel refuses every write, of MSRs or (is_pci) of config space; CAUSE_NONE: it
 * does not, as far as its files say. */
enum machine_cause machine_cause_of_writes(int root_fd, bool is_pci);

#endif
