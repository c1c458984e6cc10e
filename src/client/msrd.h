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

/* One daemon and the connection to it. Opaque. */
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
	unsigned start_timeout_ms; /* from its start to the connection; 0: 10 000 */
	unsigned reply_timeout_ms; /* for each answer; 0: 10 000 */
	unsigned end_timeout_ms;   /* from msrd_close to its end by itself; 0: 2 000 */
};

/* Enough for every text of this library. */
#define MSRD_ERROR_SIZE 512

/*
 * Starts a daemon and connects to it. 0 and a handle for msrd_close, or a
 * negative result, *msrd NULL and, in error (error_size bytes, may be NULL and
 * 0), one line that names the cause and what to do. options may be NULL.
 *     -ENOENT        no such program
 *     -EINVAL        its path names a release of LIKWID that is not known
 *     -ECHILD        it ended before it could be reached; the text says how
 *     -ETIMEDOUT     it did not let itself be reached in time (it is killed)
 *     -EPERM         the socket at its address belongs to somebody else, or to a
 *                    process that is not this daemon nor left by it, and so
 *                    it is with those of the few that were started after it
 *     any other      of posix_spawn(3), socket(2), malloc(3)
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
 * What the last access on this handle that did not return 0 met with, as one
 * line copied to buffer (size bytes, at least 1). Returns buffer, "" when
 * nothing failed yet. Threads that share a handle share the text.
 */
MSRD_EXPORT const char *msrd_error(struct msrd *msrd, char *buffer, size_t size);

/* A few words for a status, for ever valid. NULL when there is no such status. */
MSRD_EXPORT const char *msrd_status_text(enum msrd_status status);

/* "imc", "ha", … for a unit, for ever valid. NULL when there is no such unit. */
MSRD_EXPORT const char *msrd_unit_name(enum msrd_unit unit);

/* Process id of the daemon. It is the library's child: do not wait for it. */
MSRD_EXPORT pid_t msrd_pid(const struct msrd *msrd);

#ifdef __cplusplus
}
#endif

#endif
