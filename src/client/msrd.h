/* SPDX-License-Identifier: MIT */
/*
 * libmsrd: checked access to model-specific registers (MSRs) and to the PCI
 * config space of the uncore, for programs without privileges.
 *
 *     char text[MSRD_ERROR_SIZE];
 *     struct msrd *msrd;
 *     uint64_t value;
 *
 *     if (msrd_open(&msrd, NULL, text, sizeof text) != 0)
 *         errx(1, "%s", text);
 *     if (msrd_read(msrd, 3, 0x198, &value) != 0)
 *         warnx("%s", msrd_error(msrd, text, sizeof text));
 *     msrd_close(msrd);
 *
 * Compile with `pkg-config --cflags --libs msrd`.
 *
 * RESULTS. Every int returned is one of three:
 *     0         done
 *     negative  -errno: it went wrong on our side, or the daemon is gone
 *     positive  enum msrd_status: the daemon answered, and the answer is no;
 *               the handle is fine and the next access may succeed
 * Once the connection has failed (the daemon died, an answer did not come in
 * time, an answer made no sense) every later access on the handle fails at
 * once with the same negative result and the same text; close it and open
 * another.
 *
 * THREADS. A handle may be used by any thread; accesses on one handle go one
 * after the other. Several handles in one program are several daemons, and
 * independent. A handle does not survive fork(): in the child every access on it
 * fails with -ECHILD, whatever else is wrong with it, and the parent's goes on;
 * let the child open its own, and close its copy.
 *
 * SIGNALS AND PROCESSES. The library installs no signal handler and is never
 * killed by SIGPIPE. It waits for the process it started and for no other; a
 * program that waits for all its children or ignores SIGCHLD does no harm but
 * takes the daemon's exit status out of the error text. The daemon runs in a
 * process group of its own: Ctrl-C does not reach it. All descriptors are
 * close-on-exec. No call waits longer than its deadline (struct msrd_options).
 *
 * DIRECT ACCESS. Who has the rights (root; or the files' group with the capabilities
 * cap_sys_rawio, and cap_sys_admin for config space) can do without a daemon: with direct in struct
 * msrd_options this process opens the device files itself, and every call below does there what
 * it does with a daemon, batches in all modes too. What is the daemon's is missing:
 *     no allowlist, no mask  the kernel alone judges; MSRs of any CPU model are accessible
 *     no restore             a program that dies leaves all registers as it wrote them
 *     no log
 * The lock file of another user is respected (MSRD_LOCKED). An access that this process has
 * not the rights for ends with MSRD_NO_FILE and the right that is missing; who may open the files
 * to read alone can read. Descriptors: one a CPU and one an uncore unit. A CPU that was offline
 * when the handle was opened stays MSRD_ABSENT. What is submitted is done at once.
 */
#ifndef MSRD_H
#define MSRD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MSRD_EXPORT __attribute__((visibility("default")))

/* One daemon and the connection to it, or the device files. Opaque. */
struct msrd;

/* Why the daemon said no. */
enum msrd_status {
	MSRD_OK = 0,
	MSRD_UNKNOWN = 1,     /* unknown request, or a CPU model the daemon does not know */
	MSRD_REFUSED = 2,     /* the allowlist does not have the register, or not these bits */
	MSRD_NO_FILE = 3,     /* the daemon could not open the device file */
	MSRD_FAILED = 4,      /* the read or write failed: no such register on this CPU */
	MSRD_BUSY = 5,	      /* the daemon is busy */
	MSRD_ABSENT = 6,      /* no such CPU, socket or unit, or it is offline */
	MSRD_LOCKED = 7,      /* the lock file says that it is another user's turn */
	MSRD_UNSUPPORTED = 8, /* a daemon of LIKWID 3.1 does not know the CPU model */
	MSRD_SKIPPED = 9,     /* not tried, because another operation of its batch was not done */
};

/*
 * Finer than that: why. An msrd tells it with each access that was not done, with
 * a text that is part of msrd_error's; a daemon that speaks LIKWID's protocol alone
 * does not, and that is MSRD_REASON_NONE. A later msrd may know more of them. In
 * direct access this program stands where they speak of msrd.
 */
enum msrd_reason {
	MSRD_REASON_NONE = 0,
	/* of this access */
	MSRD_REASON_NOT_LISTED = 1,   /* no allowlist has the register */
	MSRD_REASON_READ_ONLY = 2,    /* the register may only be read */
	MSRD_REASON_TOO_WIDE = 3,     /* the value has bits that the register has not */
	MSRD_REASON_OUTSIDE_MASK = 4, /* the value changes bits that may not be written */
	MSRD_REASON_CLEAR_ONLY = 5,   /* the value leaves bits on that may only be cleared */
	MSRD_REASON_KERNELS = 6,      /* the kernel holds this counter (perf, NMI watchdog) */
	MSRD_REASON_OWNERS = 7,	      /* only the owner of the lock file may */
	MSRD_REASON_OTHERS = 8,	      /* other users may, by the configuration */
	MSRD_REASON_NOT_KEPT = 9,     /* its old value could not be put back after a crash */
	MSRD_REASON_LOCKED = 10,      /* the counters are another user's: the text says whose */
	MSRD_REASON_DELAYED = 11,     /* the daemon was held up between look and write: again */
	MSRD_REASON_FAULT = 12,	      /* the hardware refused: no such register, or bits */
	MSRD_REASON_NO_DEVICE = 13,   /* no such CPU, socket or unit, or it is offline */
	/* of this machine, or of how msrd is installed or started there */
	MSRD_REASON_UNREADABLE = 32,	    /* /proc or /sys can't be read */
	MSRD_REASON_MODEL = 33,		    /* CPU model not supported */
	MSRD_REASON_MODULE = 34,	    /* the kernel module msr is not loaded */
	MSRD_REASON_CPU_FILE = 35,	    /* some CPUs have no MSR file */
	MSRD_REASON_NO_MSRS = 36,	    /* the CPUs have no MSRs */
	MSRD_REASON_INSTALLED = 37,	    /* msrd is installed without privileges */
	MSRD_REASON_FEW_CAPABILITIES = 38,  /* its file lacks a capability */
	MSRD_REASON_NOSUID = 39,	    /* its file system is mounted nosuid */
	MSRD_REASON_NO_NEW_PRIVS = 40,	    /* it was started under no_new_privs */
	MSRD_REASON_USER_NAMESPACE = 41,    /* it runs in a user namespace */
	MSRD_REASON_BOUNDING_SET = 42,	    /* the capability bounding set lacks one */
	MSRD_REASON_LOCKDOWN = 43,	    /* the kernel is locked down */
	MSRD_REASON_ALLOW_WRITES = 44,	    /* the msr module has allow_writes=off */
	MSRD_REASON_DEVICE_RULES = 45,	    /* a container's device rules forbid it */
	MSRD_REASON_MOUNTED_READ_ONLY = 46, /* /proc and /sys are mounted read-only */
	MSRD_REASON_NO_UNCORE = 47,	    /* no uncore functions at all */
	MSRD_REASON_HIDDEN = 48,	    /* firmware hides whose the uncore functions are */
	MSRD_REASON_DESCRIPTORS = 49,	    /* the limit of open files is too low */
	MSRD_REASON_OTHER = 50,		    /* the kernel gives no reason that is known */
};

/* Uncore units that live in PCI config space. Those that are reached through
 * MSRs (CBox, UBox, PCU) are read with msrd_read. */
enum msrd_unit {
	MSRD_UNIT_IMC,	    /* memory controller channel */
	MSRD_UNIT_HA,	    /* home agent */
	MSRD_UNIT_QPI,	    /* QPI port, counters */
	MSRD_UNIT_QPI_MASK, /* QPI port, packet match and mask */
	MSRD_UNIT_QPI_MISC, /* QPI port, rate status */
	MSRD_UNIT_R2PCIE,   /* ring to PCIe */
	MSRD_UNIT_R3QPI,    /* ring to QPI, one per link */
};

/* How to open. All zero means the defaults. */
struct msrd_options {
	/*
	 * The daemon's program: a path, or a name without slash to be looked up
	 * in PATH. NULL: the msrd that was installed with this library; if there
	 * is none, the first likwid-accessD in PATH. One that is called msrd is
	 * handed a connected socket, any other met at /tmp/likwid-PID. A folder
	 * "likwid-5.4" at the end of its path, or of a link on the way to it, says
	 * whose numbers it speaks (LIKWID 3.1 to 5.5); else it is the release that
	 * this library was built for, 5.2 unless that was changed.
	 */
	const char *daemon;
	/*
	 * Use the service at this socket and start no daemon, or NULL. With neither
	 * daemon nor service it is the one at MSRD_SERVICE if somebody listens there,
	 * else a daemon of this process's own.
	 */
	const char *service;
	unsigned start_timeout_ms; /* from its start to the connection; 0: 10 000, of a service 60
				      000 */
	unsigned reply_timeout_ms; /* for each answer; 0: 10 000 */
	unsigned end_timeout_ms;   /* from msrd_close to its end by itself; 0: 2 000 */
	/*
	 * Not 0: no daemon; this process opens the device files itself, see DIRECT ACCESS. Never
	 * chosen by the library.
	 */
	int direct;
};

/* Where the service of a machine is, if it has one; see msrd(8). */
#define MSRD_SERVICE "/run/msrd/socket"

/* Enough for every text of this library. */
#define MSRD_ERROR_SIZE 512

/*
 * Starts a daemon and connects to it, or connects to the service, or opens the device
 * files. 0 and a handle for msrd_close, or a negative result, *msrd NULL and, in error
 * (error_size bytes, may be NULL and 0), one line that names the cause and what to do.
 * options may be NULL.
 *     -ENOENT        no such program; of a service: no such socket
 *     -ECONNREFUSED  nobody listens at the socket of the service
 *     -EACCES        the service does not let this user in
 *     -EINVAL        its path names a release of LIKWID that is not known, or two of
 *                    a daemon, a service and direct access are asked for
 *     -ECHILD        it ended before it could be reached; the text says how
 *     -EUSERS        the service lets this user have no further session at a time
 *     -ETIMEDOUT     it did not let itself be reached in time (it is killed)
 *     -EPROTO        it is no msrd, though it is called so: its answer makes no sense
 *     -EPERM         the socket at its address belongs to somebody else, or to a
 *                    process that is not this daemon nor left by it, and so
 *                    it is with those of the few that were started after it; or
 *                    the socket of the service is neither root's nor yours
 *     -EMFILE        direct access takes more descriptors than the limit leaves
 *     any other      of posix_spawn(3), socket(2), malloc(3); of direct access: this
 *                    machine can't be read
 */
MSRD_EXPORT int msrd_open(
	struct msrd **msrd, const struct msrd_options *options, char *error, size_t error_size);

/*
 * Ends the session and the daemon, waits for it (at most end_timeout_ms and half
 * of that after SIGTERM, it is killed then) and frees the handle. Registers stay as they are: a
 * program that ends without it, or whose connection has failed, has msrd put back what it has
 * programmed. NULL is fine. Returns NULL. No other thread may use the handle any more.
 */
MSRD_EXPORT struct msrd *msrd_close(struct msrd *msrd);

/*
 * Reads or writes one MSR (64 bits) of the CPU that the operating system calls
 * cpu. *value is only set by a read that returns 0.
 *     -ECHILD        the handle was opened before fork(), by another process
 *     -ECONNRESET    the daemon is gone
 *     -ETIMEDOUT     no answer in time
 *     -EPROTO        an answer that makes no sense
 */
MSRD_EXPORT int msrd_read(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t *value);
MSRD_EXPORT int msrd_write(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t value);

/* 0 when the daemon has the MSRs of this CPU, else as above. Touches no register. */
MSRD_EXPORT int msrd_check(struct msrd *msrd, uint32_t cpu);

/*
 * The same for 32-bit registers in the config space of an uncore unit: number
 * index (from 0) of its kind on a socket, at byte offset, a multiple of 4. A
 * socket is called by its physical package id, as in
 * /sys/devices/system/cpu/cpu0/topology/physical_package_id; the ids need not
 * begin at 0 or be without gaps. One that no CPU of this machine says it is in
 * is MSRD_ABSENT. Counters wider than 32 bits are two registers that go on
 * counting between two reads.
 *     -EINVAL        no such unit in enum msrd_unit, or no number for it in the
 *                    daemon's protocol; the handle stays usable
 */
MSRD_EXPORT int msrd_pci_read(struct msrd *msrd, uint32_t socket, enum msrd_unit unit,
	uint32_t index, uint32_t offset, uint32_t *value);
MSRD_EXPORT int msrd_pci_write(struct msrd *msrd, uint32_t socket, enum msrd_unit unit,
	uint32_t index, uint32_t offset, uint32_t value);
MSRD_EXPORT int msrd_pci_check(
	struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index);

/*
 * BATCHES. Many accesses as one, reads and writes of MSRs and of config space
 * mixed, in their order: one message carries up to 1,024 of them to the daemon and
 * one brings their results back, more are sent while the daemon is at work. A daemon
 * judges each message wholly before its first access. One that speaks LIKWID's protocol
 * alone gets them one by one.
 */
enum msrd_verb {
	MSRD_OP_READ,
	MSRD_OP_WRITE,
	MSRD_OP_CHECK, /* is the device there? reg is nothing */
};

enum msrd_space {
	MSRD_SPACE_MSR, /* of a CPU */
	MSRD_SPACE_PCI, /* 32-bit registers in the config space of an uncore unit */
};

/* One access. 32 bytes without a gap, to be shared with other languages as it is. */
struct msrd_op {
	uint8_t verb;	 /* enum msrd_verb */
	uint8_t space;	 /* enum msrd_space */
	uint16_t unit;	 /* enum msrd_unit; of an MSR: 0 */
	uint32_t device; /* number of the CPU, or the socket (see msrd_pci_read) */
	uint32_t index;	 /* which unit of its kind on the socket; of an MSR: 0 */
	uint32_t reg;	 /* address of the MSR, or byte offset, a multiple of 4 */
	uint64_t value;	 /* to write, or as read: set only where the status is MSRD_OK */
	uint16_t status; /* set: enum msrd_status */
	uint16_t reason; /* set: enum msrd_reason */
	uint32_t reserved;
};

/* What becomes of a batch when one of its operations is not done. */
enum msrd_mode {
	MSRD_EACH,	    /* the others are done */
	MSRD_UNTIL_FAILURE, /* those after it are MSRD_SKIPPED */
	MSRD_ALL_OR_NONE,   /* where the policy refuses one or it is not there, all others are
			       MSRD_SKIPPED; at most 1,024 operations */
};

/* CLOCK_MONOTONIC in ns, as the daemon saw it: before the first access and after the last. */
struct msrd_times {
	uint64_t begin_ns, end_ns;
};

/*
 * Carries out n operations and sets status, reason and value of each. 0 when all are done;
 * positive: the status of the first that is not, which msrd_error and msrd_reason are
 * about; negative as msrd_read, and then an operation that is MSRD_SKIPPED may have been done
 * or not. times may be NULL.
 *     -EINVAL        an operation is none, or has no number in the daemon's protocol
 *     -E2BIG         more than can be all or none
 *     -EOPNOTSUPP    all or none, and the daemon has no batches
 */
MSRD_EXPORT int msrd_batch(struct msrd *msrd, struct msrd_op *ops, size_t n, enum msrd_mode mode,
	struct msrd_times *times);

/*
 * These MSRs on these CPUs: values[i * n_regs + j] is that of regs[j] on cpus[i], and statuses,
 * which may be NULL, are in the same order. A value is only set where its status is MSRD_OK.
 * Results are msrd_batch's.
 */
MSRD_EXPORT int msrd_read_cpus(struct msrd *msrd, const uint32_t *cpus, size_t n_cpus,
	const uint32_t *regs, size_t n_regs, uint64_t *values, uint16_t *statuses);

/* The same of units index 0 to n_units - 1 of a kind on these sockets: values[(i * n_units + j) *
 * n_offsets + k] is that at offsets[k] in unit j of sockets[i]. */
MSRD_EXPORT int msrd_pci_read_units(struct msrd *msrd, const uint32_t *sockets, size_t n_sockets,
	enum msrd_unit unit, size_t n_units, const uint32_t *offsets, size_t n_offsets,
	uint32_t *values, uint16_t *statuses);

/* A batch that is checked and laid out once and run many times. Opaque. */
struct msrd_batch;

/* *batch holds a copy of ops. Free it with msrd_batch_free before its handle is closed. Errors are
 * msrd_batch's, and -ENOMEM. */
MSRD_EXPORT int msrd_prepare(struct msrd *msrd, struct msrd_batch **batch,
	const struct msrd_op *ops, size_t n, enum msrd_mode mode);

/* Results are msrd_batch's; they stand in the batch's operations. -EBUSY: it is submitted. */
MSRD_EXPORT int msrd_run(struct msrd_batch *batch);

/* The batch's own operations with their results, until it runs again or is freed; n, unless NULL,
 * is how many. Only msrd_batch_set changes what they do. */
MSRD_EXPORT const struct msrd_op *msrd_batch_ops(const struct msrd_batch *batch, size_t *n);

/* What msrd_error would say of operation i, which its last run did not do: copied to buffer.
 * Returns buffer, "" where there is nothing to say. */
MSRD_EXPORT const char *msrd_batch_error(
	const struct msrd_batch *batch, size_t i, char *buffer, size_t size);

/* Of its last run. */
MSRD_EXPORT struct msrd_times msrd_batch_times(const struct msrd_batch *batch);

/* Another value for operation i, which must be a write (else -EINVAL), of a batch that is not
 * submitted. */
MSRD_EXPORT int msrd_batch_set(struct msrd_batch *batch, size_t i, uint64_t value);

/* NULL is fine; one that is submitted is waited for. Returns NULL. */
MSRD_EXPORT struct msrd_batch *msrd_batch_free(struct msrd_batch *batch);

/*
 * ASYNCHRONOUSLY. msrd_submit sends a batch and returns; msrd_reap returns -EAGAIN until all
 * results are there, and then what msrd_run would have, with *batch the one that was submitted. In
 * between, poll(2) the descriptor of msrd_fd for *events, which may change with each call of
 * msrd_reap. One batch of a handle may be submitted at a time (-EBUSY); other accesses on the
 * handle wait for it. Nothing is submitted: -ENOENT. Without a daemon that knows batches
 * msrd_submit does it all.
 */
MSRD_EXPORT int msrd_submit(struct msrd_batch *batch);
MSRD_EXPORT int msrd_reap(struct msrd *msrd, struct msrd_batch **batch);
/* A descriptor of the handle's own, not to be read or closed, or a negative error. events may be
 * NULL. */
MSRD_EXPORT int msrd_fd(struct msrd *msrd, short *events);

/*
 * WHAT THERE IS AND WHAT IS ALLOWED. A daemon that is an msrd says it of itself: which CPUs,
 * sockets, buses and uncore units it has, which of them it reaches, and which registers its policy
 * lets this client use now. One that speaks LIKWID's protocol alone can't: then machine, CPUs,
 * sockets, buses and units are what this process itself sees in /proc and /sys, with the
 * daemon's answers to checks of them, and of the policy nothing is known (-EOPNOTSUPP).
 * Results are 0 or a negative error as msrd_read's. The functions that fill an array of max
 * elements (NULL where max is 0) set *n to how many there are in all; no more than max are written.
 */
struct msrd_machine {
	uint32_t n_cpus; /* numbers of CPUs lie below this */
	uint32_t n_sockets, n_buses, n_units;
	uint32_t family, model, stepping; /* of the CPUs; stepping UINT32_MAX: not said */
	uint8_t is_supported;		  /* is that a model that msrd knows? */
	uint8_t is_daemons;		  /* 1: the daemon says all this; 0: it can't */
	uint8_t is_owner;		  /* the lock file is this client's */
	uint8_t reserved;
	/* What every access gets now, because of the lock file or because the daemon could
	 * not get ready (enum msrd_status, enum msrd_reason), and a line about it; 0: it depends.
	 */
	uint16_t status, reason;
	/* By enum msrd_space: why devices can't be opened, or not be written; enum msrd_reason. */
	struct {
		uint16_t reads, writes;
	} spaces[2];
	char text[320];
};
MSRD_EXPORT int msrd_info(struct msrd *msrd, struct msrd_machine *machine);

#define MSRD_NO_SOCKET UINT32_MAX /* it is not known, or not proven, which */

/* Element i is CPU number i, whether it is there or not. */
struct msrd_cpu {
	uint32_t socket; /* physical package id, as with all below */
	uint8_t is_present, is_online;
	uint16_t status; /* of its MSRs: what msrd_check would return */
};
MSRD_EXPORT int msrd_cpus(struct msrd *msrd, struct msrd_cpu *cpus, size_t max, size_t *n);

struct msrd_socket {
	uint32_t socket;
	uint32_t n_cpus; /* that are online in it */
};
MSRD_EXPORT int msrd_sockets(struct msrd *msrd, struct msrd_socket *sockets, size_t max, size_t *n);

/* A PCI bus that carries uncore units. */
struct msrd_bus {
	uint32_t socket;
	uint16_t domain;
	uint8_t bus;
	uint8_t source, doubt; /* what proves that, or why nothing does: msrd_bus_text */
	uint8_t reserved[3];
};
MSRD_EXPORT int msrd_buses(struct msrd *msrd, struct msrd_bus *buses, size_t max, size_t *n);
/* "the UBOX's node id", "nothing says which", …; for ever valid. */
MSRD_EXPORT const char *msrd_bus_text(const struct msrd_bus *bus);

/* An uncore unit in config space. */
struct msrd_device {
	uint32_t socket;
	uint32_t index;	 /* which unit of its kind on the socket */
	uint16_t unit;	 /* enum msrd_unit */
	uint16_t status; /* what msrd_pci_check would return */
	uint16_t domain;
	uint8_t bus, devfn; /* device << 3 | function */
	uint16_t device_id; /* vendor 8086; 0: where it is on the bus is not known */
	uint16_t reserved;
};
MSRD_EXPORT int msrd_units(struct msrd *msrd, struct msrd_device *units, size_t max, size_t *n);

/* A register that may be read, and written as far as one of the masks has a 1. */
struct msrd_rule {
	uint32_t reg;
	uint32_t may_be_held; /* 1: not written while the kernel holds it (perf, NMI watchdog) */
	uint64_t write_mask;  /* bits that may be set and cleared */
	uint64_t clear_mask;  /* bits that may only be cleared, and are 0 in what is written */
	uint64_t w1c_mask;    /* bits that clear others when written 1 */
};

/* The registers of MSRs (unit 0), or of a kind of unit, that may be used now, ascending, from first
 * on. -EINVAL: no such space or unit. */
MSRD_EXPORT int msrd_rules(struct msrd *msrd, enum msrd_space space, enum msrd_unit unit,
	uint32_t first, struct msrd_rule *rules, size_t max, size_t *n);

/* The same of one register. MSRD_REFUSED: it is in no list, and rule has no bits. */
MSRD_EXPORT int msrd_allowed(struct msrd *msrd, enum msrd_space space, enum msrd_unit unit,
	uint32_t reg, struct msrd_rule *rule);

/*
 * Names of registers, as the CPU's manual has them: "IA32_FIXED_CTR0". msrd_register_find also
 * knows the other names in use, whatever their case. -ENOENT: the daemon's CPU model has no
 * register that is called so; -EOPNOTSUPP: the model is not known; -EINVAL: no such space or unit.
 */
MSRD_EXPORT int msrd_register_find(struct msrd *msrd, enum msrd_space space, enum msrd_unit unit,
	const char *name, uint32_t *reg);

/* Enough for each name. */
#define MSRD_NAME_SIZE 64
/* Copied to buffer (size bytes, at least 1). Returns buffer; NULL: it has none that is known. */
MSRD_EXPORT const char *msrd_register_name(struct msrd *msrd, enum msrd_space space,
	enum msrd_unit unit, uint32_t reg, char *buffer, size_t size);

/*
 * What the last access on this handle that did not return 0 met with, as one
 * line copied to buffer (size bytes, at least 1). Returns buffer, "" when
 * nothing failed yet. Threads that share a handle share the text.
 */
MSRD_EXPORT const char *msrd_error(struct msrd *msrd, char *buffer, size_t size);

/* Why, of the same access: enum msrd_reason, or a number that a later msrd has. */
MSRD_EXPORT unsigned msrd_reason(struct msrd *msrd);

/* "module", "nosuid", … for scripts, for ever valid. NULL when this library knows no such reason.
 */
MSRD_EXPORT const char *msrd_reason_name(unsigned reason);

/* A few words for a status, for ever valid. NULL when there is no such status. */
MSRD_EXPORT const char *msrd_status_text(enum msrd_status status);

/* "imc", "ha", … for a unit, for ever valid. NULL when there is no such unit. */
MSRD_EXPORT const char *msrd_unit_name(enum msrd_unit unit);

/* Process id of the daemon, which is the library's child: do not wait for it. 0: it is
 * the service's, or there is none. */
MSRD_EXPORT pid_t msrd_pid(const struct msrd *msrd);

/*
 * REGIONS of a program that `msrctl stat --regions` measures: from begin to end the counters
 * of the CPU that the thread runs on, and of its socket, count for the region of that name too.
 * Started otherwise, both do nothing at once and return 0, so that marks may stay in a program.
 * There is no handle: the first mark joins the measurement, with a daemon or a service of its own.
 *
 * Each thread begins and ends its own regions: as many at a time as it likes, within each other or
 * overlapping, and each counts all that happens in it. A region may begin itself again; the
 * outermost counts. Several threads, and several programs, may be in one region: a CPU or socket
 * counts for it from the first that comes to the last that goes. A mark reads the counters by a
 * batch that is laid out once; one in a region that others hold open at the same place reads
 * nothing. Of what a mark costs, the half of a begin and of an end that lies within the region is
 * counted.
 *
 * Pin the threads: a call that ends on another CPU than it began on is not counted for the two
 * CPUs, and msrctl stat says so. What can't be seen is a thread that goes to another CPU and comes
 * back in between; of those that may, msrctl stat says that they are not pinned.
 *
 * name: 1 to 63 letters, digits and _ - . : / + @
 * The result may be ignored: whatever is wrong, msrctl stat says it in the end.
 *     -EINVAL        it is no name
 *     -ENOENT        this thread has not begun the region that it ends
 *     -ENOSPC        there are too many regions, or threads in regions, in the measurement
 *     -ENOMEM        there is no memory
 *     -EPROTO        the measurement is of another version of this library
 *     -EPERM         the measurement is another user's
 *     any other      the measurement could not be joined: of msrd_open, open(2), mmap(2)
 * After fork() the child is a process of its own, which has begun nothing.
 */
MSRD_EXPORT int msrd_region_begin(const char *name);
MSRD_EXPORT int msrd_region_end(const char *name);

#ifdef __cplusplus
}
#endif

#endif
