/* SPDX-License-Identifier: MIT */
/* What the commands of msrctl have in common: one file a command. */
#ifndef MSRD_CLI_CLI_H
#define MSRD_CLI_CLI_H

#include "cli/table.h"
#include "cli/target.h"
#include "client/msrd.h"
#include "node/node.h"

#include <argp.h>

/* Exit status. */
enum cli_status {
	CLI_DONE = 0,
	CLI_FAILED = 1, /* refused or failed: said which register, where and why */
	CLI_USAGE = 2,
};

struct cli {
	const char *daemon; /* --daemon, or NULL */
	bool json;
	struct node node; /* read by cli_read_node */
};

struct command {
	const char *name;
	const char *summary;
	enum cli_status (*run)(struct cli *cli, int argc, char **argv);
};

enum cli_status info_run(struct cli *cli, int argc, char **argv);
enum cli_status list_run(struct cli *cli, int argc, char **argv);
enum cli_status read_run(struct cli *cli, int argc, char **argv);
enum cli_status write_run(struct cli *cli, int argc, char **argv);
enum cli_status stat_run(struct cli *cli, int argc, char **argv);

/* The global options, as the one child of a command's argp; its input is the
 * struct cli. Each command takes them too, behind its name. */
extern const struct argp_child cli_options[];

/* What the machine is. False after a message. */
bool cli_read_node(struct cli *cli);

/* A daemon, or NULL after a message. */
struct msrd *cli_open(const struct cli *cli);
#define cleanup_msrd __attribute__((cleanup(cli_cleanup_msrd)))
void cli_cleanup_msrd(struct msrd **msrd);

/* Prints; CLI_FAILED after a message if that fails, else status. */
enum cli_status cli_print(struct table *const *tables, size_t n_tables, enum cli_status status);

/* -c, -s and -u of read and write. */
struct cli_where {
	const char *cpus, *sockets, *units;
};
#define CLI_WHERE_OPTIONS                                                                          \
	{"cpus", 'c', "CPUS", 0, "CPUs of an MSR, such as 0-3,8", 0},                              \
		{"units", 'u', "UNITS", 0,                                                         \
			"Uncore units of a PCI register: imc, ha, qpi, qpi-mask, qpi-misc, "       \
			"r2pcie, "                                                                 \
			"r3qpi, with or without numbers, such as imc0-3 or ha",                    \
			0},                                                                        \
	{                                                                                          \
		"sockets", 's', "SOCKETS", 0, "Sockets of the units, such as 0-1 (default: all)",  \
			0                                                                          \
	}

/* Takes one of these options; false when it is another. */
bool cli_where_parse(struct cli_where *where, int key, char *argument);

/* The targets; no option at all means every CPU that is online. Ends the
 * program with CLI_USAGE and a message when they make no sense. */
void cli_where_get(const struct cli_where *where, const struct cli *cli, struct target_list *list);

/* The register of that name or number on this target. Ends the program as above. */
uint32_t cli_find_register(const struct cli *cli, const struct target *target, const char *text);

/*
 * A table of accesses, one a row: the target and the register begin the row,
 * the value (in hexadecimal) or the error (msrd_error) of the access ends it.
 * All targets of a table have the same space.
 */
struct table *cli_access_table(const struct cli *cli, const char *key, enum op_space space);
void cli_access_row(
	const struct cli *cli, struct table *table, const struct target *target, uint32_t reg);
void cli_access_value(
	const struct cli *cli, struct table *table, const struct target *target, uint64_t value);
/* Says it on standard error too. */
void cli_access_error(const struct cli *cli, struct table *table, struct msrd *msrd);

/* Writes numbers as a list such as "0-3,8". has(context, i) says which of 0 to n - 1. */
const char *cli_format_list(bool (*has)(const void *context, uint32_t number), const void *context,
	uint32_t n, char *text, size_t size);

#endif
