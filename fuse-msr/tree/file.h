/* SPDX-License-Identifier: MIT */
/*
 * A kind of file is a table of operations. A new kind is one file with its
 * table, a line here, and somebody who puts such a file into the tree. It must
 * not know FUSE.
 */
#ifndef MSRD_FUSE_MSR_TREE_FILE_H
#define MSRD_FUSE_MSR_TREE_FILE_H

#include "fuse-msr/tree/caller.h"
#include "fuse-msr/tree/control.h"
#include "fuse-msr/tree/tree.h"
#include "sim/machine/machine.h"
#include "sim/tap/tap.h"

/* The msr module's parameter allow_writes. */
enum module_writes {
	MODULE_WRITES_DEFAULT = WRITES_DEFAULT,
	MODULE_WRITES_ON = WRITES_ON,
	MODULE_WRITES_OFF = WRITES_OFF,
};

/* What is behind all files of a node. */
struct file_node {
	const struct fixture *fixture;
	struct machine *machine;
	struct tap *tap;	 /* where accesses go */
	_Atomic int *writes;	 /* enum module_writes; NULL: default */
	struct control *control; /* NULL: nothing befalls the node */
};

struct file_ioctl {
	uint32_t command;
	uint8_t *argument;
	size_t size; /* as the command says it */
	bool has_answer;
};

/* An access of a device file: what is due comes before it. */
void file_tap(const struct file_node *node, struct tap_access *access);

/* Does the kernel refuse writes of registers, be they MSRs or config space? */
bool file_is_locked_down(const struct file_node *node);

/* What a file of this kind shows: text, from offset on, as much as count. */
ssize_t file_show(const char *text, size_t length, uint8_t *buffer, size_t count, uint64_t offset);

/* An operation that is NULL is one that the kind has not. */
struct file_ops {
	/* What it says changes: nothing of it may be cached, and each read and write arrives as it
	 * was made. */
	bool is_live;

	/* May the caller have R_OK, W_OK, X_OK? NULL: the file's mode decides. */
	bool (*is_allowed)(const struct tree_file *file, int mask, const struct caller *caller);

	/* The driver's own question, after that: 0, or the -errno that open(2) gets. *handle is
	 * given to each read. */
	int (*open)(const struct file_node *node, const struct tree_file *file, int flags,
		const struct caller *caller, uint64_t *handle);

	/* Nobody has it open any more. */
	void (*release)(uint64_t handle);

	/* pread(2) and pwrite(2): the bytes done, or -errno. */
	ssize_t (*read)(const struct file_node *node, const struct tree_file *file, uint64_t handle,
		uint8_t *buffer, size_t count, uint64_t offset);
	ssize_t (*write)(const struct file_node *node, const struct tree_file *file,
		uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset);

	/* What each buffer of a read or write has to be a multiple of, and of which a longer one
	 * is the same thing again; 0: bytes. */
	size_t unit;

	/* ioctl(2), with what the argument holds and shall hold (in and out may be one): 0 or
	 * -errno. */
	int (*ioctl)(const struct file_node *node, const struct tree_file *file, uint64_t handle,
		struct file_ioctl *ioctl);
};

/* /dev/cpu/N/msr, call by call as arch/x86/kernel/msr.c of Linux 6.1 answers. number: the CPU's. */
extern const struct file_ops msrfile_ops;

/*
 * PCI config space, call by call as drivers/pci/pci-sysfs.c (sysfs `config`) and proc.c
 * (/proc/bus/pci/BB/DD.F) of Linux 6.1 answer. number: the function's, in the fixture.
 */
extern const struct file_ops pcifile_sysfs_ops;
extern const struct file_ops pcifile_proc_ops;

/* sim/clock: the node's clock. "+1500000" (ns) or "+1.5s" moves a manual one. */
extern const struct file_ops clockfile_ops;

/* /dev/cpu/N/cpuid, as arch/x86/kernel/cpuid.c answers. number: the CPU's. */
extern const struct file_ops cpuidfile_ops;

/* sys/module/msr/parameters/allow_writes */
extern const struct file_ops writesfile_ops;

/* /proc/cpuinfo and /proc/stat, of the moment when they are opened. */
extern const struct file_ops cpuinfofile_ops;
extern const struct file_ops statfile_ops;

/* cpuN/power/energy_perf_bias. number: the CPU's. */
extern const struct file_ops biasfile_ops;

/* What drivers make of registers. number: N_SENSORS times the CPU's, and the enum sensor. */
extern const struct file_ops sensorfile_ops;

/* sim/log: why counters count 0 although they were made to count. */
extern const struct file_ops logfile_ops;

/* sim/fault and sim/registers: takes directives, a line each, and lists what is in force. number:
 * 1 of registers, 0 of the rest. */
extern const struct file_ops controlfile_ops;

/* What root switches: sys/devices/system/cpu/cpuN/online (number: the CPU's), the kernel's
 * lockdown and its NMI watchdog. */
extern const struct file_ops onlinefile_ops;
extern const struct file_ops lockdownfile_ops;
extern const struct file_ops watchdogfile_ops;

struct caller_file file_owner(const struct tree_file *file);

/* 0, or the -errno that access(2) with R_OK, W_OK, X_OK gets; of any file. */
int file_access(const struct tree_file *file, int mask, const struct caller *caller);

/* 0, or the -errno that open(2) with these flags gets; with a *handle for reads. */
int file_open(const struct file_node *node, const struct tree_file *file, int flags,
	const struct caller *caller, uint64_t *handle);

ssize_t file_read(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	uint8_t *buffer, size_t count, uint64_t offset);
ssize_t file_write(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	const uint8_t *buffer, size_t count, uint64_t offset);
void file_release(const struct tree_file *file, uint64_t handle);
int file_ioctl(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	struct file_ioctl *ioctl);

#endif
