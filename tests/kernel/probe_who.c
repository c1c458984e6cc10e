/* SPDX-License-Identifier: MIT */
/* Who may do what, by uid, group and capabilities, and what descriptors keep. */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define BIT(capability) (UINT64_C(1) << (capability))
#define ALL		UINT64_MAX

struct identity {
	const char *name;
	uid_t real, effective;
	gid_t gid;
	gid_t group; /* supplementary, or 0 */
	uint64_t capabilities;
	mode_t mode; /* of the msr file, and its owner's numbers, when not 0 */
	uid_t owner;
	gid_t owning_group;
};

static const struct identity identities[] = {
	{"uid1000", 1000, 1000, 1000, 0, 0, 0, 0, 0},
	{"uid1000+RAWIO", 1000, 1000, 1000, 0, BIT(CAP_SYS_RAWIO), 0, 0, 0},
	{"uid1000+DAC", 1000, 1000, 1000, 0, BIT(CAP_DAC_OVERRIDE), 0, 0, 0},
	{"uid1000+DACREAD+RAWIO", 1000, 1000, 1000, 0,
		BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_SYS_RAWIO), 0, 0, 0},
	{"uid1000+RAWIO+DAC", 1000, 1000, 1000, 0, BIT(CAP_DAC_OVERRIDE) | BIT(CAP_SYS_RAWIO), 0, 0,
		0},
	{"uid1000+ADMIN", 1000, 1000, 1000, 0, BIT(CAP_SYS_ADMIN), 0, 0, 0},
	{"uid1000+ADMIN+DAC", 1000, 1000, 1000, 0, BIT(CAP_DAC_OVERRIDE) | BIT(CAP_SYS_ADMIN), 0, 0,
		0},
	{"uid1000+FOWNER+CHOWN", 1000, 1000, 1000, 0, BIT(CAP_FOWNER) | BIT(CAP_CHOWN), 0, 0, 0},
	{"uid0 nocaps", 0, 0, 0, 0, 0, 0, 0, 0},
	{"uid0+RAWIO", 0, 0, 0, 0, BIT(CAP_SYS_RAWIO), 0, 0, 0},
	{"uid0+ADMIN", 0, 0, 0, 0, BIT(CAP_SYS_ADMIN), 0, 0, 0},
	{"gid0 nocaps", 1000, 1000, 0, 0, 0, 0, 0, 0},
	{"root", 0, 0, 0, 0, ALL, 0, 0, 0},
	{"ruid1000 euid0", 1000, 0, 0, 0, ALL, 0, 0, 0},
	{"ruid0 euid1000", 0, 1000, 1000, 0, 0, 0, 0, 0},
	{"mode666 uid1000", 1000, 1000, 1000, 0, 0, 0666, 0, 0},
	{"mode666 uid1000+RAWIO", 1000, 1000, 1000, 0, BIT(CAP_SYS_RAWIO), 0666, 0, 0},
	{"mode640 gid1000+RAWIO", 1001, 1001, 1000, 0, BIT(CAP_SYS_RAWIO), 0640, 0, 1000},
	{"mode640 groups1000+RAWIO", 1001, 1001, 1001, 1000, BIT(CAP_SYS_RAWIO), 0640, 0, 1000},
	{"mode640 no group+RAWIO", 1001, 1001, 1001, 0, BIT(CAP_SYS_RAWIO), 0640, 0, 1000},
	{"mode040 owner+RAWIO", 1000, 1000, 1000, 0, BIT(CAP_SYS_RAWIO), 0040, 1000, 1000},
	{"mode600 owner+RAWIO", 1000, 1000, 1000, 0, BIT(CAP_SYS_RAWIO), 0600, 1000, 1000},
	{"mode600 owner nocaps", 1000, 1000, 1000, 0, 0, 0600, 1000, 1000},
};

/* False, with errno, where this process may not: a user namespace has one uid. */
static bool become(const struct identity *who)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uint32_t low = (uint32_t)who->capabilities, high = (uint32_t)(who->capabilities >> 32);

	if (who->capabilities == ALL)
		return setgroups(who->group != 0, &who->group) == 0 &&
		       setresgid(who->gid, who->gid, who->gid) == 0 &&
		       setresuid(who->real, who->effective, who->effective) == 0;
	if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setgroups(who->group != 0, &who->group) < 0 ||
		setresgid(who->gid, who->gid, who->gid) < 0 ||
		setresuid(who->real, who->effective, who->effective) < 0)
		return false;
	data[0] = (struct __user_cap_data_struct){.effective = low, .permitted = low};
	data[1] = (struct __user_cap_data_struct){.effective = high, .permitted = high};
	return syscall(SYS_capset, &header, data) == 0;
}

static void probe_modes(const char *name, const char *path)
{
	static const char *const modes[] = {"RDONLY", "WRONLY", "RDWR"};

	for (int mode = O_RDONLY; mode <= O_RDWR; mode++) {
		int fd = open(path, mode);
		probe_say(fd < 0 ? -1 : 0, "%s %s", name, modes[mode]);
		if (fd >= 0)
			close(fd);
	}
	for (int mask = F_OK; mask <= (R_OK | W_OK | X_OK); mask++)
		if (mask <= X_OK || mask == R_OK || mask == W_OK || mask == (R_OK | W_OK)) {
			PROBE(access(path, mask), "%s access %d", name, mask);
			PROBE(faccessat(AT_FDCWD, path, mask, AT_EACCESS), "%s eaccess %d", name,
				mask);
		}
}

static void probe_config_file(const char *name, const char *path)
{
	uint8_t bytes[256];
	int fd = open(path, O_RDONLY);
	struct stat status = {0};

	probe_modes(name, path);
	PROBE(pread(fd, bytes, 4, 0x80), "%s pread 4@80", name);
	PROBE(pread(fd, bytes, 64, 0x20), "%s pread 64@20", name);
	PROBE(pread(fd, bytes, 256, 0), "%s pread 256@0", name);
	stat(path, &status);
	PROBE(chmod(path, status.st_mode & 07777), "%s chmod", name);
	PROBE(chown(path, 0, 0), "%s chown 0:0", name);
	PROBE(chown(path, (uid_t)-1, 1000), "%s chown to 1000", name);
	PROBE(chown(path, (uid_t)-1, 0), "%s chown back", name);
	close(fd);
}

static void probe_touch(const struct probe *probe)
{
	PROBE(utimensat(AT_FDCWD, probe->sysfs[0], NULL, 0), "sysfs touch");
	PROBE(utimensat(AT_FDCWD, PROBE_MSR, NULL, 0), "msr touch");
}

static void probe_identity(const struct probe *probe)
{
	probe_modes("msr", PROBE_MSR);
	probe_config_file("sysfs", probe->sysfs[0]);
	probe_config_file("proc", probe->proc[0]);
	probe_modes("possible", "/sys/devices/system/cpu/possible");
	probe_modes("cpuinfo", "/proc/cpuinfo");
	PROBE(access("/dev/cpu/0", X_OK), "directory access X");
	PROBE(chdir("/dev/cpu/0"), "chdir");
}

static void probe_inherited(const struct probe *probe, const int fds[3])
{
	uint64_t value = 0;
	char path[32];

	PROBE(pread(fds[0], &value, 8, probe->stored), "inherited msr pread");
	PROBE(pwrite(fds[0], &value, 8, probe->stored), "inherited msr pwrite");
	PROBE(pread(fds[1], &value, 4, 0x80), "inherited sysfs pread");
	PROBE(pread(fds[2], &value, 4, 0x80), "inherited proc pread");
	snprintf(path, sizeof path, "/proc/self/fd/%d", fds[0]);
	int fd = open(path, O_RDONLY);
	probe_say(fd < 0 ? -1 : 0, "inherited msr opened again");
}

static void run(const struct identity *who, const struct probe *probe, const int fds[3])
{
	bool is_taken = become(who);
	char group[64];

	probe_group("%s", who->name);
	probe_say(is_taken ? 0 : -1, "taken");
	if (!is_taken)
		return;
	probe_identity(probe);
	probe_inherited(probe, fds);
	probe_touch(probe);
	snprintf(group, sizeof group, "%s, sysfs", who->name);
	probe_refused(group, probe->sysfs[0]);
	snprintf(group, sizeof group, "%s, proc", who->name);
	probe_refused(group, probe->proc[0]);
}

static void give(const char *name, uid_t owner, gid_t group, mode_t mode)
{
	probe_group("for %s", name);
	PROBE(chown(PROBE_MSR, owner, group), "msr chown %u:%u", owner, group);
	PROBE(chmod(PROBE_MSR, mode), "msr chmod %o", mode);
}

void probe_who(const struct probe *probe)
{
	int fds[] = {open(PROBE_MSR, O_RDWR), open(probe->sysfs[0], O_RDWR),
		open(probe->proc[0], O_RDONLY)};

	for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) {
		const struct identity *who = &identities[i];
		if (who->mode != 0)
			give(who->name, who->owner, who->owning_group, who->mode);
		pid_t pid = fork();
		if (pid == 0) {
			run(who, probe, fds);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
		give("all", 0, 0, 0600);
	}
}
