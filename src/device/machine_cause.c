/* SPDX-License-Identifier: MIT */
/*
 * What a failed open means. It knows files of the kernel and an errno, no
 * device and no client. It looks only when something has failed already, but
 * for what refuses writes: that fails when it is too late to say why.
 */
#include "device/machine_cause.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "node/file.h"
#include "util/cleanup.h"

#define CAP(number) (UINT64_C(1) << (number))
/* to open MSR files, to read all of config space, and to get at either */
#define NEEDED (CAP(CAP_SYS_RAWIO) | CAP(CAP_SYS_ADMIN) | CAP(CAP_DAC_OVERRIDE))

static const struct {
	const char *text, *cure;
} causes[N_MACHINE_CAUSES] = {
#define X(cause, reason, text, cure) [cause] = {text, cure},
	MACHINE_CAUSES(X)
#undef X
};

const char *machine_cause_text(enum machine_cause cause)
{
	return causes[cause].text;
}

const char *machine_cause_cure(enum machine_cause cause)
{
	return causes[cause].cure;
}

static uint64_t status_value(const char *status, const char *key, uint64_t none)
{
	const char *line = strstr(status, key);

	return line ? strtoull(line + strlen(key), NULL, 16) : none;
}

static void read_file_rights(struct machine_rights *rights)
{
	/* fixed paths, and nothing of them goes to anybody but as a cause */
	struct statvfs mount;
	struct stat file;

	rights->is_nosuid =
		statvfs("/proc/self/exe", &mount) == 0 && (mount.f_flag & ST_NOSUID) != 0;
	rights->is_installed = (stat("/proc/self/exe", &file) == 0 && file.st_uid == 0 &&
				       (file.st_mode & S_ISUID) != 0) ||
			       getxattr("/proc/self/exe", "security.capability", NULL, 0) > 0;
}

static bool is_locked_down(int root_fd)
{
	char text[64];

	return file_read_text(root_fd, text, sizeof text, "sys/kernel/security/lockdown") >= 0 &&
	       !strstr(text, "[none]");
}

/* One line, all ids as they are: the namespace in which privileges count. */
static bool is_first_user_namespace(const char *map)
{
	char *end;

	return strtoul(map, &end, 10) == 0 && strtoul(end, &end, 10) == 0 &&
	       strtoul(end, &end, 10) == UINT32_MAX;
}

void machine_rights_read(struct machine_rights *rights, int root_fd)
{
	char text[4096];

	*rights = (struct machine_rights){.bounding = UINT64_MAX};
	read_file_rights(rights);
	if (file_read_text(root_fd, text, sizeof text, "proc/self/status") >= 0) {
		rights->effective = status_value(text, "\nCapEff:", 0);
		rights->bounding = status_value(text, "\nCapBnd:", UINT64_MAX);
		rights->no_new_privs = status_value(text, "\nNoNewPrivs:", 0) != 0;
	}
	if (file_read_text(root_fd, text, sizeof text, "proc/self/uid_map") >= 0)
		rights->in_user_namespace = !is_first_user_namespace(text);
	rights->is_locked_down = is_locked_down(root_fd);
}

/* Refused for want of a right: which, and who took it? */
static enum machine_cause cause_of_denial(int error, const struct machine_rights *rights)
{
	if (rights->in_user_namespace)
		return CAUSE_USER_NAMESPACE;
	if ((rights->effective & NEEDED) == NEEDED && error == EPERM)
		return rights->is_locked_down ? CAUSE_LOCKDOWN : CAUSE_DEVICE_RULES;
	if ((rights->bounding & NEEDED) != NEEDED)
		return CAUSE_BOUNDING_SET;
	if (rights->effective & NEEDED)
		return CAUSE_FEW_CAPABILITIES;
	if (!rights->is_installed)
		return CAUSE_INSTALLED;
	if (rights->no_new_privs)
		return CAUSE_NO_NEW_PRIVS;
	return rights->is_nosuid ? CAUSE_NOSUID : CAUSE_INSTALLED;
}

enum machine_cause machine_cause_of(int error, bool others, const struct machine_rights *rights)
{
	switch (error) {
	case 0:
		return CAUSE_NONE;
	case ENOENT:
	case ENXIO:
	case ENODEV:
	case ENOTDIR:
		return others ? CAUSE_CPU_FILE : CAUSE_MODULE;
	case EIO:
		return CAUSE_NO_MSRS;
	case EACCES:
	case EPERM:
		return cause_of_denial(error, rights);
	case EROFS:
		return CAUSE_READ_ONLY;
	case EMFILE:
	case ENFILE:
		return CAUSE_DESCRIPTORS;
	default:
		return CAUSE_OTHER;
	}
}

enum machine_cause machine_cause_of_writes(int root_fd, bool is_pci)
{
	char text[16];

	if (is_locked_down(root_fd))
		return CAUSE_LOCKDOWN;
	if (!is_pci &&
		file_read_text(root_fd, text, sizeof text,
			"sys/module/msr/parameters/allow_writes") >= 0 &&
		strcmp(text, "off\n") == 0)
		return CAUSE_ALLOW_WRITES;
	return CAUSE_NONE;
}
