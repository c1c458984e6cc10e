/* SPDX-License-Identifier: MIT */
/*
 * Namespaces and mounts. It must not know what the files are that it binds, nor
 * what will run among them.
 *
 * An ordinary user gets two user namespaces, one in the other. In the outer
 * one the caller is root, and makes the mounts and a daemon with privileges.
 * In the inner one everybody is who they were, and the daemon, and nobody
 * else, has privileges: as on a node where an administrator installed it.
 */
#include "fuse-msr/host/namespace.h"

#include <err.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "fuse-msr/host/devdir.h"
#include "fuse-msr/host/pidspace.h"
#include "util/array.h"
#include "util/cleanup.h"

/* Always there, and covered at the end: so no directory has to be made for our own mounts. */
#define STAGE	 "/sys/devices"
#define BOOT_ID	 "/proc/sys/kernel/random/boot_id"
#define WATCHDOG "/proc/sys/kernel/nmi_watchdog"
#define SECURITY "/sys/kernel/security"

/* Behind a socket in it there is the host's daemon, with the host's registers. */
#define SERVICE "/run/msrd"

/* What the host's administrator allows the host's users. */
#define SITE "/etc/msrd"

#define FUSE_CURE                                                                                  \
	"an administrator can open it to everybody with `chmod 666 /dev/fuse` (udev's default), "  \
	"load it with `modprobe fuse`, or hand it to a container with `--device /dev/fuse`"
#define NAMESPACE_CURE                                                                             \
	"an administrator can allow user namespaces (sysctl user.max_user_namespaces, "            \
	"kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0; "     \
	"in a container its seccomp profile), or run this as root (in a container with "           \
	"`--cap-add SYS_ADMIN --cap-add SYS_RAWIO`)"

static int write_text(const char *path, const char *text)
{
	cleanup_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

static int write_map(const char *path, unsigned inside, unsigned outside)
{
	char line[64];

	snprintf(line, sizeof line, "%u %u 1", inside, outside);
	return write_text(path, line);
}

/* Root of the new user namespace, whoever that is outside. */
static int become_root(const struct namespace *namespace)
{
	int r;

	/* a process that can map one group only must first give up setgroups */
	if ((r = write_text("/proc/self/setgroups", "deny")) < 0 ||
		(r = write_map("/proc/self/uid_map", 0, namespace->uid)) < 0 ||
		(r = write_map("/proc/self/gid_map", 0, namespace->gid)) < 0)
		return r;
	return 0;
}

static int make_mounts_private(void)
{
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ? -errno : 0;
}

static int prepare_first(void *context)
{
	const struct namespace *namespace = context;
	int r = namespace->has_user_namespace ? become_root(namespace) : 0;

	if (r == 0)
		r = make_mounts_private();
	return r < 0 ? r : pidspace_settle();
}

static pid_t fork_first(struct namespace *namespace, bool has_user_namespace)
{
	int user = has_user_namespace ? CLONE_NEWUSER : 0;

	namespace->has_user_namespace = has_user_namespace;
	return pidspace_fork(CLONE_NEWNS | CLONE_NEWPID | user, prepare_first, namespace);
}

/* Root, with what the node's daemon needs. In a container root may lack some of it: there it does
 * as everybody does. */
static bool is_full_root(const struct namespace *namespace)
{
	static const int needed[] = {CAP_SYS_ADMIN, CAP_SYS_RAWIO, CAP_DAC_OVERRIDE};

	for (size_t i = 0; i < N_ELEMENTS(needed); i++) {
		if (prctl(PR_CAPBSET_READ, needed[i]) != 1)
			return false;
	}
	return namespace->uid == 0;
}

pid_t namespace_fork(struct namespace *namespace)
{
	pid_t pid = -EPERM;

	*namespace = (struct namespace){.uid = geteuid(), .gid = getegid(), .is_entered = true};
	if (is_full_root(namespace))
		pid = fork_first(namespace, false);
	if (pid < 0)
		pid = fork_first(namespace, true);
	if (pid >= 0)
		return pid;
	namespace->is_entered = false;
	pid = fork();
	return pid < 0 ? -errno : pid;
}

static int enter_user_namespace(const struct namespace *namespace)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? -errno : become_root(namespace);
}

int namespace_enter(struct namespace *namespace)
{
	int r = 0;

	if (namespace->is_entered)
		return 0;
	namespace->has_user_namespace = !is_full_root(namespace) || unshare(CLONE_NEWNS) < 0;
	if (namespace->has_user_namespace)
		r = enter_user_namespace(namespace);
	if (r == 0)
		r = make_mounts_private();
	if (r < 0) {
		errno = -r;
		warn("cannot make a namespace");
		warnx(NAMESPACE_CURE);
	}
	return r;
}

static int copy_file(const char *from, int to)
{
	cleanup_close int fd = open(from, O_RDONLY | O_CLOEXEC);
	ssize_t done;

	if (fd < 0)
		return -errno;
	do
		done = sendfile(to, fd, NULL, 1 << 20);
	while (done > 0);
	return done < 0 ? -errno : 0;
}

/* What the installed daemon has: setuid root, or the same as file capabilities. */
static int give_privileges(const struct namespace *namespace, int fd)
{
	struct vfs_cap_data capabilities = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted =
			1u << CAP_SYS_RAWIO | 1u << CAP_SYS_ADMIN | 1u << CAP_DAC_OVERRIDE,
	};

	if (fchmod(fd, namespace->has_user_namespace ? 0755 : 04755) < 0)
		return -errno;
	if (namespace->has_user_namespace &&
		fsetxattr(fd, "security.capability", &capabilities, sizeof capabilities, 0) < 0)
		return -errno;
	return 0;
}

static int make_copy(const struct namespace *namespace, const char *daemon, const char *copy)
{
	cleanup_close int fd = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	int r;

	if (fd < 0)
		return -errno;
	if ((r = copy_file(daemon, fd)) < 0)
		return r;
	/* last: a write takes privileges away */
	return give_privileges(namespace, fd);
}

int namespace_install(const struct namespace *namespace, const char *daemon)
{
	static const char copy[] = STAGE "/daemon";
	int r;

	if (mount("fuse-msr", STAGE, "tmpfs", MS_NODEV, "mode=755") < 0)
		r = -errno;
	else if ((r = make_copy(namespace, daemon, copy)) == 0 &&
		 (mount(copy, daemon, NULL, MS_BIND, NULL) < 0 ||
			 /* the copy lives on where it is bound */
			 umount2(STAGE, MNT_DETACH) < 0))
		r = -errno;
	if (r < 0) {
		errno = -r;
		warn("cannot give %s privileges on the node", daemon);
	}
	return r;
}

int namespace_mount(void)
{
	cleanup_close int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[96];

	if (fd < 0) {
		int r = -errno;
		warn("cannot open /dev/fuse");
		warnx(FUSE_CURE);
		return r;
	}
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		fd);
	/* devices can be made there and opened, as on devtmpfs: by the host's root alone */
	if (mount("fuse-msr", STAGE, "fuse.fuse-msr", MS_NOSUID, options) < 0) {
		int r = -errno;
		warn("cannot mount the node's files");
		warnx(NAMESPACE_CURE);
		return r;
	}
	return steal_fd(&fd);
}

static int bind_file(const char *from, const char *to)
{
	if (mount(from, to, NULL, MS_BIND, NULL) == 0)
		return 0;

	int r = -errno;
	warn("cannot put the node's files at %s", to);
	return r;
}

/* The host's service is not on the node; where there is none there is nothing to hide. */
static int hide_service(void)
{
	if (access(SERVICE, F_OK) < 0 ||
		mount("fuse-msr", SERVICE, "tmpfs", MS_NODEV | MS_NOSUID, "mode=755") == 0)
		return 0;

	int r = -errno;
	warn("cannot hide the host's service in %s", SERVICE);
	return r;
}

/* A daemon obeys what is root's alone, and where nobody here is the host's root it refuses whatever
 * the host has: the node's has no configuration then. */
static int hide_site(void)
{
	struct stat root;

	if (access(SITE, F_OK) < 0 || stat("/", &root) < 0 || root.st_uid == 0 ||
		mount("fuse-msr", SITE, "tmpfs", MS_NODEV | MS_NOSUID, "mode=755") == 0)
		return 0;

	int r = -errno;
	warn("cannot hide the host's configuration in %s", SITE);
	return r;
}

int namespace_bind(void)
{
	/* /proc/bus, /sys/bus and /sys/class whole: a host without PCI has no directories for the
	 * node's, and what the host has there is not on the node. The stage comes last. */
	static const char *const binds[][2] = {
		{STAGE "/dev/cpu", "/dev/cpu"},
		{STAGE "/proc/cpuinfo", "/proc/cpuinfo"},
		{STAGE "/proc/bus", "/proc/bus"},
		{STAGE "/sys/bus", "/sys/bus"},
		{STAGE "/sys/class", "/sys/class"},
		{STAGE "/sys/module", "/sys/module"},
		{STAGE "/sys/dev", "/sys/dev"},
		{STAGE "/sys/devices", "/sys/devices"},
	};
	/* a container's /proc, or a kernel without modules or ACPI, may not have them */
	static const char *const optional[][2] = {
		{STAGE BOOT_ID, BOOT_ID},
		{STAGE "/proc/devices", "/proc/devices"},
		{STAGE "/proc/stat", "/proc/stat"},
		{STAGE "/proc/interrupts", "/proc/interrupts"},
		{STAGE "/proc/softirqs", "/proc/softirqs"},
		{STAGE "/proc/irq", "/proc/irq"},
		{STAGE "/proc/iomem", "/proc/iomem"},
		{STAGE "/proc/ioports", "/proc/ioports"},
		{STAGE "/proc/mtrr", "/proc/mtrr"},
		{STAGE "/proc/acpi", "/proc/acpi"},
		{STAGE "/proc/meminfo", "/proc/meminfo"},
		{STAGE "/sys/block", "/sys/block"},
		{STAGE "/sys/hypervisor", "/sys/hypervisor"},
		{STAGE "/sys/kernel/iommu_groups", "/sys/kernel/iommu_groups"},
		{STAGE "/sys/kernel/irq", "/sys/kernel/irq"},
		{STAGE "/sys/firmware", "/sys/firmware"},
		{STAGE "/proc/modules", "/proc/modules"},
		{STAGE WATCHDOG, WATCHDOG},
		{STAGE SECURITY, SECURITY},
	};
	int r = devdir_make();

	if (r < 0) {
		errno = -r;
		warn("cannot make the node's /dev");
	}
	for (size_t i = 0; r == 0 && i < N_ELEMENTS(optional); i++)
		if (access(optional[i][1], F_OK) == 0)
			r = bind_file(optional[i][0], optional[i][1]);
	for (size_t i = 0; r == 0 && i < N_ELEMENTS(binds); i++)
		r = bind_file(binds[i][0], binds[i][1]);
	if (r == 0)
		r = hide_service();
	return r == 0 ? hide_site() : r;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

int namespace_drop(const struct namespace *namespace)
{
	int r = unshare(CLONE_NEWUSER) < 0 ? -errno : 0;

	if (r == 0)
		r = write_map("/proc/self/uid_map", namespace->uid, 0);
	if (r == 0)
		r = write_map("/proc/self/gid_map", namespace->gid, 0);
	if (r == 0)
		r = drop_capabilities();
	if (r < 0) {
		errno = -r;
		warn("cannot become uid %u again", namespace->uid);
	}
	return r;
}
