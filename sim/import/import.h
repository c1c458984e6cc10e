/* SPDX-License-Identifier: MIT */
/*
 * What people already have of a machine becomes a fixture: dumps and outputs of other
 * tools, one parser a file of this room. Each takes a whole file in memory and complains
 * with its line; what no file says is assumed in the end, and marked so.
 *
 *     new -> identity (cpuinfo, cpuid) -> import_identified -> registers, PCI -> finish -> saving
 */
#ifndef MSRD_SIM_IMPORT_IMPORT_H
#define MSRD_SIM_IMPORT_IMPORT_H

#include "sim/fixture/load.h"
#include "sim/fixture/save.h"

struct import;

/* Who hears what is wrong, which makes the import fail, and what is only worth knowing. */
struct import_listener {
	void (*complain)(void *context, const char *message);
	void (*remark)(void *context, const char *message);
	void *context;
};

/* NULL: out of memory. */
struct import *import_new(const struct import_listener *listener);
/* NULL is fine; returns NULL. */
struct import *import_free(struct import *import);

/* Reads a file whole, for one of the parsers; false after a complaint. fixture_file_deinit
 * in any case. is_binary: it may hold NUL bytes. */
bool import_read(
	struct import *import, struct fixture_file *file, const char *path, bool is_binary);

/* For harnesses: a file that is in memory already; text is taken over. */
void import_take(struct import *import, struct fixture_file *file, const char *name, char *text,
	size_t size);

/* /proc/cpuinfo: identity, CPUs and where they are. */
void import_cpuinfo(struct import *import, struct fixture_file *file);

/* `cpuid -r` or `kcpuid -r`: identity and caches; CPUs where no cpuinfo has said them. */
void import_cpuid(struct import *import, struct fixture_file *file);

/* What umockdev-record says of devices: model and CPUs, as far as neither of the two above does;
 * else they have to be the same. Where it has no CPU, nothing. */
void import_umockdev_cpus(struct import *import, struct fixture_file *file);

/* All files that say which CPUs there are have been read. False after a complaint. */
bool import_identified(struct import *import);

/* `numactl -H`: NUMA nodes, their CPUs, memory and distances. */
void import_numactl(struct import *import, struct fixture_file *file);

/* /proc/meminfo: how much memory there is, for nodes of which no numactl says it. */
void import_meminfo(struct import *import, struct fixture_file *file);

/*
 * Registers as text: inteltool, turbostat --debug, libcpuid's cpuid_tool --rdmsr-raw, reports
 * like CPU-Z's, SerialICE logs, emon, what msrsave restores, msr.txt. cpus: of lines that do not
 * say it; NULL: the first CPU, which is marked as assumed.
 */
void import_msr(struct import *import, struct fixture_file *file, const char *cpus);

/* What `rdmsr ADDRESS` printed, for each of cpus one line; NULL: -a, all that were online. */
void import_rdmsr(
	struct import *import, struct fixture_file *file, uint32_t address, const char *cpus);

/* What pcm-raw was asked for ("thread_msr/config=0x10,config1=0,name=TSC"), its CSV, or both;
 * requests hold for the files after it. */
void import_pcm_raw(struct import *import, struct fixture_file *file);

/* A file of msrsave, and the allowlist that it was made with. */
void import_msrsave(
	struct import *import, struct fixture_file *file, struct fixture_file *allowlist);

/* lspci -x, -xxx or -xxxx */
void import_lspci(struct import *import, struct fixture_file *file);

/* Config space as files named by address ("0000:7f:08.0", with or without an ending) or in
 * folders named so, as sysfs has them. */
void import_pci_folder(struct import *import, const char *path);

/* ... and config space of PCI functions; several files may have the same ones. */
void import_umockdev(struct import *import, struct fixture_file *file);

/* What `acpidump` prints, or the table MCFG by itself. */
void import_acpi(struct import *import, struct fixture_file *file);

/*
 * Assumes what is missing and leaves out what the machine can't be; name is the node's.
 * False after a complaint (then, or before): there is no fixture.
 */
bool import_finish(struct import *import, const char *name);

/* What is to be saved; the import has been finished, and keeps it. */
struct fixture_saving import_saving(const struct import *import);

#endif
