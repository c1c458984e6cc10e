/* SPDX-License-Identifier: MIT */
/* Knows no command. */
#include "cli/said.h"

#include "util/array.h"

static const struct table_column columns[] = {
	{"SAID BY", "said_by", false},
	{"LOCK FILE", "lock_file", false},
};

struct table *said_table(const struct msrd_machine *machine, bool direct, bool json)
{
	struct table *table = table_new("daemon", columns, N_ELEMENTS(columns), json);

	table_row(table);
	if (!machine) {
		table_cell(table, "msrctl, of what is built in");
		table_no_cell(table);
		return table;
	}
	table_cell(table, "%s",
		machine->is_daemons ? "the daemon"
		: direct	    ? "this machine"
				    : "this machine, and the daemon when asked");
	if (machine->status == MSRD_LOCKED)
		table_cell(table, "another user's");
	else if (machine->is_daemons)
		table_cell(table, "%s", machine->is_owner ? "yours" : "none");
	else
		table_no_cell(table);
	return table;
}
