/* SPDX-License-Identifier: MIT */
/* From what counters read to what people want to know. Pure. */
#ifndef MSRD_CLI_SAMPLE_H
#define MSRD_CLI_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sample_scope {
	SAMPLE_CPU,
	SAMPLE_SOCKET,
};
#define SAMPLE_N_SCOPES 2

/* X(figure, scope, name in files and JSON, heading of the table's column) */
#define SAMPLE_FIGURES(X)                                                                          \
	X(SAMPLE_INSTRUCTIONS, SAMPLE_CPU, "instructions_per_second", "INSTR/S")                   \
	X(SAMPLE_CYCLES, SAMPLE_CPU, "cycles_per_second", "CYCLES/S")                              \
	X(SAMPLE_CPI, SAMPLE_CPU, "cpi", "CPI")                                                    \
	X(SAMPLE_CLOCK, SAMPLE_CPU, "clock_mhz", "MHZ")                                            \
	X(SAMPLE_MEMORY_READ, SAMPLE_SOCKET, "memory_read_bytes_per_second", "MEM READ B/S")       \
	X(SAMPLE_MEMORY_WRITE, SAMPLE_SOCKET, "memory_write_bytes_per_second", "MEM WRITE B/S")    \
	X(SAMPLE_PACKAGE_POWER, SAMPLE_SOCKET, "package_watts", "PACKAGE W")                       \
	X(SAMPLE_DRAM_POWER, SAMPLE_SOCKET, "dram_watts", "DRAM W")

enum sample_figure {
#define X(figure, scope, name, heading) figure,
	SAMPLE_FIGURES(X)
#undef X
};
#define SAMPLE_N_FIGURES (SAMPLE_DRAM_POWER + 1)

const char *sample_scope_name(enum sample_scope scope);
enum sample_scope sample_figure_scope(enum sample_figure figure);
const char *sample_figure_name(enum sample_figure figure);
const char *sample_figure_heading(enum sample_figure figure);
/* False when there is no such figure in this scope. */
bool sample_figure_find(enum sample_scope scope, const char *name, enum sample_figure *figure);

/* A hardware counter that wraps, and what it counted since it was started. */
struct sample_counter {
	unsigned bits; /* width */
	uint64_t raw;  /* as last read */
	uint64_t total;
	uint64_t start_ns, now_ns;
	bool is_started;
};

/* The interval begins with this reading, taken at ns. */
void sample_counter_start(struct sample_counter *counter, uint64_t raw, uint64_t ns);
/* Another reading: at least one within the time the counter needs to wrap. */
void sample_counter_advance(struct sample_counter *counter, uint64_t raw, uint64_t ns);
/* The next interval begins where this one ended. */
void sample_counter_restart(struct sample_counter *counter);
/* Counts a second; NAN when there is no interval, or when the counter was set
 * back by somebody. */
double sample_counter_rate(const struct sample_counter *counter);

/* The figures; NAN where they have no meaning (no instructions, an idle CPU). */
double sample_cpi(double cycles_rate, double instructions_rate);
double sample_clock_mhz(double cycles_rate, double reference_rate, double base_mhz);
double sample_bytes(double cas_rate);
/* unit: MSR 0x606, energy status unit in bits 12:8 as a power of 1/2 J. */
double sample_watts(double energy_rate, uint64_t unit);
/* MSR 0xCE, ratio in bits 15:8, of 100 MHz. */
double sample_base_mhz(uint64_t platform_info);

/* How far measured is from expected, in percent of it; NAN if either is. */
double sample_deviation(double measured, double expected);

/* "2.16 G" for 2160000000: four digits and an SI prefix, "n/a" for NAN. Returns text. */
const char *sample_format(double value, char *text, size_t size);

#endif
