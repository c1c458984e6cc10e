/* SPDX-License-Identifier: MIT */
/* What the commands of msrctl have in common: one file a command. */
#ifndef MSRD_CLI_CLI_H
#define MSRD_CLI_CLI_H

#include <argp.h>

#include "cli/places.h"
#include "cli/table.h"
#include "client/msrd.h"
#include "node/node.h"

/* Exit status. */
enum cli_status {
	CLI_DONE = 0,
	CLI_FAILED = 1, /* refused or failed: said which register, where and why */
	CLI_USAGE = 2,
	CLI_REFUSED = 3, /* of a dry run: something would be refused */
};

struct cli {
	const char *daemon;  /* --daemon, or NULL */
	const char *service; /* --service, or NULL */
	bool direct;	     /* --direct */
	bool json;
	struct node node; /* read by cli_read_node */
};

/* run returns the exit status: one of the above, or a command's that it ran. */
struct command {
	const char *name;
	const char *summary;
	int (*run)(struct cli *cli, int argc, char **argv);
	const struct argp *argp; /* its options, for completions */
};

extern const struct command cli_commands[];
extern const size_t cli_n_commands;

int info_run(struct cli *cli, int argc, char **argv);
extern const struct argp info_argp;
int list_run(struct cli *cli, int argc, char **argv);
extern const struct argp list_argp;
int read_run(struct cli *cli, int argc, char **argv);
extern const struct argp read_argp;
int watch_run(struct cli *cli, int argc, char **argv);
extern const struct argp watch_argp;
int write_run(struct cli *cli, int argc, char **argv);
extern const struct argp write_argp;
int reset_run(struct cli *cli, int argc, char **argv);
extern const struct argp reset_argp;
int dump_run(struct cli *cli, int argc, char **argv);
extern const struct argp dump_argp;
int restore_run(struct cli *cli, int argc, char **argv);
extern const struct argp restore_argp;
int lock_run(struct cli *cli, int argc, char **argv);
extern const struct argp lock_argp;
int policy_run(struct cli *cli, int argc, char **argv);
extern const struct argp policy_argp;
int groups_run(struct cli *cli, int argc, char **argv);
extern const struct argp groups_argp;
int events_run(struct cli *cli, int argc, char **argv);
extern const struct argp events_argp;
int stat_run(struct cli *cli, int argc, char **argv);
extern const struct argp stat_argp;
int region_run(struct cli *cli, int argc, char **argv);
extern const struct argp region_argp;
int merge_run(struct cli *cli, int argc, char **argv);
extern const struct argp merge_argp;
int plot_run(struct cli *cli, int argc, char **argv);
extern const struct argp plot_argp;
int completions_run(struct cli *cli, int argc, char **argv);
extern const struct argp completions_argp;
int top_run(struct cli *cli, int argc, char **argv);
extern const struct argp top_argp;
int export_run(struct cli *cli, int argc, char **argv);
extern const struct argp export_argp;
int record_run(struct cli *cli, int argc, char **argv);
extern const struct argp record_argp;
int doctor_run(struct cli *cli, int argc, char **argv);
extern const struct argp doctor_argp;

/* The global options, as the one child of a command's argp; its input is the
 * struct cli. Each command takes them too, behind its name. */
extern const struct argp_child cli_options[];

/* What the machine is, its packages ascending. False after a message. */
bool cli_read_node(struct cli *cli);

/* Is it a CPU whose registers are known? False after a message. */
bool cli_has_arch(const struct cli *cli);

/* The model of that name ("06_2d") or text ("Ivy Bridge-EP"); NULL after a message that lists
 * them. */
const struct arch *cli_find_model(const char *name);

/* A daemon, or the device files with --direct; NULL after a message. */
struct msrd *cli_open(const struct cli *cli);
#define cleanup_msrd __attribute__((cleanup(cli_cleanup_msrd)))
void cli_cleanup_msrd(struct msrd **msrd);

/* What to add to the message of an access that ended so: "" where nothing but the
 * register or the place is at fault. */
const char *cli_hint(int r);

/* Says why an access or msrd_open ended with r, as far as looking tells: the errors
 * of doctor. The machine has been read. Nothing with --direct, where the text says all. */
void doctor_explain(const struct cli *cli, int r);

/* Prints; CLI_FAILED after a message if that fails, else status. */
enum cli_status cli_print(struct table *const *tables, size_t n_tables, enum cli_status status);

/* -c, -s and -u of read and write. */
struct cli_where {
	const char *cpus, *sockets, *units;
	bool is_bare; /* they stand without their options: what messages say */
};
#define CLI_UNIT_NAME(unit, name) name ", "
#define CLI_WHERE_OPTIONS                                                                          \
	{"cpus", 'c', "CPUS", 0,                                                                   \
		"CPUs of an MSR, such as 0-3,8, all, S0:0-3 (the first four of socket 0) or N1 "   \
		"(those of NUMA node 1)",                                                          \
		0},                                                                                \
		{"units", 'u', "UNITS", 0,                                                         \
			"Uncore units of a PCI register: " OP_UNITS(                               \
				CLI_UNIT_NAME) "with or without numbers, such as imc0-3 or ha",    \
			0},                                                                        \
	{                                                                                          \
		"sockets", 's', "SOCKETS", 0,                                                      \
			"Sockets of the units, by physical package id, such as 0-1 "               \
			"(default: all)",                                                          \
			0                                                                          \
	}

/* Takes one of these options; false when it is another. */
bool cli_where_parse(struct cli_where *where, int key, char *argument);

/* The devices; no option at all means every CPU that is online. Not CLI_DONE, after
 * a message, when they make no sense. */
enum cli_status cli_where_get(
	const struct cli_where *where, const struct cli *cli, struct places *places);

/* Puts the register of that name or number into every place; units may differ in
 * what they call so. False after a message. */
bool cli_find_register(const struct cli *cli, struct places *places, const char *text);

#endif
