/* SPDX-License-Identifier: MIT */
/*
 * What keeps this process from a device file. The causes are the daemon's; where it is a right that
 * is missing, it is this process's own, and not one that an installation could have given.
 */
#include "client/direct_tell.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "device/machine_cause.h"

#define CAP(number) (UINT64_C(1) << (number))

static const enum reason reasons[N_MACHINE_CAUSES] = {
#define X(cause, reason, text, cure) [cause] = REASON_##reason,
	MACHINE_CAUSES(X)
#undef X
};

__attribute__((format(printf, 3, 4))) static void tell(
	struct reason_told *told, enum machine_cause cause, const char *format, ...)
{
	va_list arguments;

	told->reason = (uint16_t)reasons[cause];
	va_start(arguments, format);
	vsnprintf(told->text, sizeof told->text, format, arguments);
	va_end(arguments);
}

static void tell_cause(struct reason_told *told, enum machine_cause cause)
{
	tell(told, cause, "%s (%s)", machine_cause_text(cause), machine_cause_cure(cause));
}

/* Besides the file's mode. */
static bool has_capability(const struct machine_rights *rights, int capability)
{
	return (rights->effective & CAP(capability)) != 0;
}

static int capability_of(enum op_space space)
{
	return op_space_has_units(space) ? CAP_SYS_ADMIN : CAP_SYS_RAWIO;
}

static const char *capability_name(enum op_space space)
{
	return op_space_has_units(space) ? "cap_sys_admin" : "cap_sys_rawio";
}

/* A capability is missing: which, and who took it? */
static void tell_capability(
	struct reason_told *told, const struct machine_rights *rights, enum op_space space)
{
	const char *name = capability_name(space);

	if (has_capability(rights, capability_of(space)))
		tell_cause(told, CAUSE_USER_NAMESPACE); /* it counts nowhere else */
	else if ((rights->bounding & CAP(capability_of(space))) == 0)
		tell(told, CAUSE_BOUNDING_SET,
			"the capability bounding set lacks %s (docker run --cap-add)", name);
	else if (rights->is_installed && rights->no_new_privs)
		tell(told, CAUSE_NO_NEW_PRIVS,
			"no_new_privs is set: this program was started without its privileges "
			"(systemd: NoNewPrivileges=no)");
	else if (rights->is_installed && rights->is_nosuid)
		tell(told, CAUSE_NOSUID,
			"this program's file system is mounted nosuid: its privileges are ignored "
			"(mount -o remount,suid)");
	else
		tell(told, CAUSE_FEW_CAPABILITIES,
			"%s takes the capability %s, which this process has not (be root, or "
			"setcap "
			"%s=ep on the program, or use msrd)",
			op_space_has_units(space) ? "config space beyond its first 64 bytes"
						  : "opening MSR files",
			name, name);
}

/* The file's mode is in the way. */
static void tell_mode(struct reason_told *told, int root_fd, const char *path, bool is_write)
{
	const mode_t wanted = is_write ? S_IRGRP | S_IWGRP : S_IRGRP;
	const char *what = is_write ? "written" : "opened";
	struct stat file;

	if (fstatat(root_fd, path + 1, &file, AT_SYMLINK_NOFOLLOW) < 0)
		tell(told, CAUSE_INSTALLED, "%s may not be %s by this user (be root, or use msrd)",
			path, what);
	else if ((file.st_mode & wanted) == wanted)
		tell(told, CAUSE_INSTALLED,
			"%s may not be %s by this user: it is of uid %u and gid %u, mode %04o (be "
			"a "
			"member of that group, or root, or use msrd)",
			path, what, (unsigned)file.st_uid, (unsigned)file.st_gid,
			(unsigned)file.st_mode & 07777);
	else
		tell(told, CAUSE_INSTALLED,
			"%s may not be %s by this user: it is of uid %u, mode %04o (be root, or "
			"have "
			"cap_dac_override, or use msrd)",
			path, what, (unsigned)file.st_uid, (unsigned)file.st_mode & 07777);
}

static void tell_denial(struct reason_told *told, int root_fd, enum op_space space,
	const struct device_files *files, bool is_write)
{
	struct machine_rights rights;

	machine_rights_read(&rights, root_fd);
	if (files->error == EACCES &&
		!(rights.in_user_namespace && has_capability(&rights, CAP_DAC_OVERRIDE)))
		tell_mode(told, root_fd, files->path, is_write);
	else if (rights.in_user_namespace)
		tell_cause(told, CAUSE_USER_NAMESPACE);
	else if (!has_capability(&rights, capability_of(space)))
		tell_capability(told, &rights, space);
	else
		tell_cause(told, rights.is_locked_down ? CAUSE_LOCKDOWN : CAUSE_DEVICE_RULES);
}

void direct_tell_files(struct reason_told *told, int root_fd, enum op_space space,
	const struct device_files *files, bool is_write)
{
	if (files->error == EACCES || files->error == EPERM)
		tell_denial(told, root_fd, space, files, is_write);
	else /* no right is asked about */
		tell_cause(told, machine_cause_of(files->error, files->opened > 0, NULL));
}

/* Of a bus that this process may not ask whose it is. */
static bool is_hidden(const struct node *node)
{
	for (size_t i = 0; i < node->n_buses; i++)
		if (node->buses[i].doubt == BUS_HIDDEN)
			return true;
	return false;
}

bool direct_tell_no_units(struct reason_told *told, int root_fd, const struct node *node)
{
	struct machine_rights rights;

	for (size_t i = 0; i < node->n_functions; i++)
		if (node->functions[i].package != NODE_NO_PACKAGE)
			return false;
	if (!node->arch) {
		tell_cause(told, CAUSE_MODEL);
	} else if (node->arch->n_functions == 0) {
		return false;
	} else if (is_hidden(node)) {
		/* only the first 64 bytes of its UBOX can be read */
		machine_rights_read(&rights, root_fd);
		tell_capability(told, &rights, OP_PCI);
	} else {
		tell_cause(told, node->n_functions == 0 ? CAUSE_NO_UNCORE : CAUSE_HIDDEN);
	}
	return true;
}

static void tell_fault(struct reason_told *told, const char *text)
{
	told->reason = REASON_FAULT;
	snprintf(told->text, sizeof told->text, "%s", text);
}

void direct_tell_failure(struct reason_told *told, int root_fd, const struct op *op)
{
	const bool has_units = op_space_has_units(op->place.space);
	const enum machine_cause cause =
		op->verb == OP_WRITE ? machine_cause_of_writes(root_fd, has_units) : CAUSE_NONE;
	struct machine_rights rights;

	if (cause != CAUSE_NONE) {
		tell_cause(told, cause);
	} else if (has_units) {
		machine_rights_read(&rights, root_fd);
		if (has_capability(&rights, CAP_SYS_ADMIN))
			tell_fault(told, "the unit's config space may end before this register");
		else
			tell_capability(told, &rights, op->place.space);
	} else if (op->verb == OP_WRITE) {
		tell_fault(told, "this CPU may not have the register, or not these bits");
	} else {
		tell_fault(told, "this CPU may not have the register");
	}
}
