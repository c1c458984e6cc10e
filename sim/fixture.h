/* SPDX-License-Identifier: MIT */
/*
 * A fixture: what a simulated node is, as loaded from its folder
 * (node.yaml, msr.txt, pci.txt, workload.yaml). Plain data, never changed
 * after loading; the machine, the file tree and the tests read it.
 */
#ifndef MSRD_SIM_FIXTURE_H
#define MSRD_SIM_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fixture_cpu {
	uint32_t number;  /* OS CPU number; the array is in ascending order, gaps allowed */
	uint32_t package; /* also the physical package id, below n_packages */
	uint32_t core;	  /* core id within the package */
	uint32_t thread;  /* thread within the core */
	uint32_t apic_id;
	uint32_t numa_node; /* index into numa_nodes */
	bool online;
};

struct fixture_cache {
	uint32_t level;
	char type[12]; /* as sysfs says it: Data, Instruction, Unified */
	uint32_t size_kib;
	uint32_t ways;
	uint32_t line_bytes;
	uint32_t sets;
	enum fixture_scope { FIXTURE_THREAD, FIXTURE_CORE, FIXTURE_PACKAGE } shared_by;
};

struct fixture_numa_node {
	uint32_t number;
	uint64_t memory_kib;
	uint32_t *distances; /* n_numa_nodes of them */
};

/* One value of msr.txt for one CPU; the array is in order of CPU and address. */
struct fixture_msr {
	uint32_t cpu; /* OS CPU number */
	uint32_t address;
	uint64_t value;
	uint32_t line; /* in msr.txt, for messages */
};

/* One PCI function of pci.txt; the array is in order of domain, bus and devfn. */
struct fixture_function {
	uint16_t domain;
	uint8_t bus;
	uint8_t devfn;	   /* device << 3 | function */
	int32_t numa_node; /* as sysfs says it, -1 is none */
	uint32_t size;	   /* of config space: 64, 256 or 4096 bytes */
	uint8_t *config;   /* size bytes; what a dump left out is 0 */
	char *name;	   /* the text behind the address, for messages */
};

/* An event source: the CPU cores of a workload line, or uncore boxes. */
struct fixture_rate {
	uint16_t event; /* bit 8: with the extension bit of a box's event select */
	uint8_t umask;
	double per_second; /* for each CPU or box of the line, while it is active */
	char *name;
};

/* What some CPUs do during a phase; each CPU of the node, offline or not, is in one of them. */
struct fixture_cpu_load {
	uint32_t *cpus; /* OS CPU numbers */
	size_t n_cpus;
	double frequency_mhz; /* core clock while active */
	double active;	      /* share of the time in C0, 0 to 1 */
	double user;	      /* share of the active time at CPL > 0, 0 to 1 */
	double instructions_per_cycle;
	double temperature_c;
	struct fixture_rate *rates;
	size_t n_rates;
};

/* What some uncore boxes of some packages do during a phase. */
struct fixture_box_load {
	char *unit;	 /* imc, ha, qpi, r2pcie, r3qpi, cbox, ubox, pcu */
	uint32_t *boxes; /* which of its kind */
	size_t n_boxes;
	struct fixture_rate *rates;
	size_t n_rates;
};

struct fixture_package_load {
	uint32_t *packages;
	size_t n_packages;
	double package_watts;
	double pp0_watts; /* all cores of the package */
	double dram_watts;
	double temperature_c;
	struct fixture_box_load *boxes;
	size_t n_boxes;
};

struct fixture_phase {
	char *name;
	double seconds; /* 0 in the last phase: it lasts for ever. Otherwise phases repeat. */
	struct fixture_cpu_load *cpu_loads;
	size_t n_cpu_loads;
	struct fixture_package_load *package_loads;
	size_t n_package_loads;
};

struct fixture {
	char *path; /* of the folder */
	char *name;
	char *origin; /* where its facts come from */

	char *vendor;
	char *model_name;
	uint32_t family, model, stepping, microcode;
	char *flags; /* as in /proc/cpuinfo */
	char *bugs;
	uint32_t cpuid_level;
	uint32_t physical_bits, virtual_bits;

	uint32_t n_packages;
	uint32_t cores_per_package;
	uint32_t threads_per_core;
	struct fixture_cpu *cpus;
	size_t n_cpus;
	struct fixture_cache *caches;
	size_t n_caches;
	struct fixture_numa_node *numa_nodes;
	size_t n_numa_nodes;

	/* clocks, MHz */
	double bus_mhz;		 /* BCLK */
	double tsc_mhz;		 /* base clock, also of MPERF and the reference cycles */
	double uclk_mhz;	 /* uncore */
	double dclk_mhz;	 /* memory controller */
	double qclk_mhz;	 /* QPI link layer */
	double min_mhz, max_mhz; /* slowest P-state, highest turbo */

	struct fixture_msr *msrs;
	size_t n_msrs;
	struct fixture_function *functions;
	size_t n_functions;
	struct fixture_phase *phases;
	size_t n_phases;
};

/*
 * Loads the fixture in folder path. NULL when something is wrong with it:
 * each complaint "FILE:LINE: what is wrong and what to do" (or "FILE: …"
 * where no line is to blame) has then been passed to complain (NULL: to
 * nobody), all that could be found in one go, but at most 100. The caller
 * frees the fixture with fixture_free.
 */
struct fixture *fixture_load(
	const char *path, void (*complain)(void *context, const char *message), void *context);

/* NULL is fine; returns NULL. */
struct fixture *fixture_free(struct fixture *fixture);

#endif
