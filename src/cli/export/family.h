/* SPDX-License-Identifier: MIT */
/* What msrctl export serves: families of samples, by Prometheus' conventions. */
#ifndef MSRD_CLI_EXPORT_FAMILY_H
#define MSRD_CLI_EXPORT_FAMILY_H

enum family_type {
	FAMILY_COUNTER, /* its samples' name ends with _total */
	FAMILY_GAUGE,
};

/* X(family, type, name without _total, unit it ends with, help) */
#define FAMILIES(X)                                                                                \
	X(FAMILY_CPU_CYCLES, FAMILY_COUNTER, "msrd_cpu_cycles", "",                                \
		"Core clock cycles while the CPU was not idle (APERF).")                           \
	X(FAMILY_CPU_ACTIVE, FAMILY_COUNTER, "msrd_cpu_active_seconds", "seconds",                 \
		"Time that the CPU was not idle (MPERF); cycles by it are the clock in hertz.")    \
	X(FAMILY_CORE_IDLE, FAMILY_COUNTER, "msrd_core_idle_seconds", "seconds",                   \
		"Time that a core was in a C-state; cpu is its first.")                            \
	X(FAMILY_CORE_TEMPERATURE, FAMILY_GAUGE, "msrd_core_temperature_celsius", "celsius",       \
		"Temperature of a core now; cpu is its first.")                                    \
	X(FAMILY_PACKAGE_IDLE, FAMILY_COUNTER, "msrd_package_idle_seconds", "seconds",             \
		"Time that a package was in a C-state.")                                           \
	X(FAMILY_PACKAGE_TEMPERATURE, FAMILY_GAUGE, "msrd_package_temperature_celsius", "celsius", \
		"Temperature of a package now.")                                                   \
	X(FAMILY_PACKAGE_ENERGY, FAMILY_COUNTER, "msrd_package_joules", "joules",                  \
		"Energy of a package (RAPL), its cores with it.")                                  \
	X(FAMILY_CORES_ENERGY, FAMILY_COUNTER, "msrd_cores_joules", "joules",                      \
		"Energy of all cores of a package (RAPL).")                                        \
	X(FAMILY_DRAM_ENERGY, FAMILY_COUNTER, "msrd_dram_joules", "joules",                        \
		"Energy of a socket's memory (RAPL).")                                             \
	X(FAMILY_MEMORY_READ, FAMILY_COUNTER, "msrd_memory_read_bytes", "bytes",                   \
		"Bytes read from a socket's memory.")                                              \
	X(FAMILY_MEMORY_WRITTEN, FAMILY_COUNTER, "msrd_memory_written_bytes", "bytes",             \
		"Bytes written to a socket's memory.")                                             \
	X(FAMILY_INSTRUCTIONS, FAMILY_COUNTER, "msrd_cpu_instructions", "",                        \
		"Instructions of a CPU, of all programs and the kernel.")

enum family_id {
#define X(family, type, name, unit, help) family,
	FAMILIES(X)
#undef X
};
#define N_FAMILIES (FAMILY_INSTRUCTIONS + 1)

struct family {
	enum family_type type;
	const char *name, *unit, *help;
};

const struct family *family_get(enum family_id id);

#endif
