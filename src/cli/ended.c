/* SPDX-License-Identifier: MIT */
/* Says what went wrong, once for people and once for scripts. Knows no command. */
#include "cli/ended.h"

#include <err.h>

/* A number that this library has no name for is one of a later daemon. */
static void put_reason(struct table *table, unsigned reason)
{
	const char *name = msrd_reason_name(reason);

	if (reason == MSRD_REASON_NONE)
		table_no_cell(table);
	else if (name)
		table_cell(table, "%s", name);
	else
		table_cell(table, "%u", reason);
}

void ended_well(const struct ended *ended, struct placed *placed)
{
	for (int i = 0; ended->cli->json && i < ENDED_N; i++)
		table_no_cell(placed->table);
}

/* The daemon's own word; where there is none, doctor may know. */
static const char *find_hint(const struct outcome *outcome)
{
	return outcome->reason == MSRD_REASON_NONE ? cli_hint(outcome->result) : "";
}

void ended_badly(struct ended *ended, struct placed *placed, const struct outcome *outcome)
{
	const char *hint = find_hint(outcome);

	/* for what it was left, is said where it is */
	if (outcome->result != MSRD_SKIPPED)
		warnx("%s%s", outcome->text, hint);
	ended->status = CLI_FAILED;
	if (*hint)
		ended->unexplained = outcome->result;
	if (!placed)
		return;
	table_no_cell(placed->table);
	if (ended->cli->json) {
		table_cell(placed->table, "%s", outcome->text);
		put_reason(placed->table, outcome->reason);
	}
}

void ended_explain(const struct ended *ended)
{
	if (ended->unexplained != 0)
		doctor_explain(ended->cli, ended->unexplained);
}
