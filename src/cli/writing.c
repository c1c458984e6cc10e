/* SPDX-License-Identifier: MIT */
/* Judges writes as a whole, then does them as a whole. Knows no command. */
#include "cli/writing.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ended.h"
#include "cli/judge.h"
#include "cli/refused.h"
#include "util/array.h"
#include "util/cleanup.h"

bool writing_parse(int key, bool *is_dry_run)
{
	*is_dry_run = *is_dry_run || key == WRITING_DRY_RUN;
	return key == WRITING_DRY_RUN;
}

static const struct table_column verdict_columns[] = {
	{"NOW", "now", false},
	{"VALUE", "value", false},
	{"POLICY", "policy", false},
	{"WHY", "why", false},
};

static const struct table_column columns[] = {{"VALUE", "value", false}, ENDED_COLUMNS};

/* NULL: r says why. */
static struct verdict *make_verdicts(
	const struct cli *cli, struct msrd *msrd, const struct accesses *writes, int *r)
{
	struct verdict *verdicts = calloc(writes->n + 1, sizeof *verdicts);

	*r = verdicts ? judge_writes(cli, msrd, writes->list, writes->n, verdicts) : -ENOMEM;
	if (*r == 0)
		return verdicts;
	free(verdicts);
	return NULL;
}

static void put_verdict(struct placed *placed, const struct op *op, const struct verdict *verdict)
{
	unsigned bits = placed_bits(&op->place);

	placed_row(placed, &op->place);
	if (verdict->has_now)
		placed_value(placed, BASE_HEX, bits, verdict->now);
	else
		table_no_cell(placed->table);
	placed_value(placed, BASE_HEX, bits, op->value);
	table_cell(placed->table, "%s", verdict->is_allowed ? "allowed" : "refused");
	if (verdict->is_allowed)
		table_no_cell(placed->table);
	else
		table_cell(placed->table, "%s", verdict->text);
}

enum cli_status writing_dry_run(
	const struct cli *cli, struct msrd *msrd, const struct accesses *writes, const char *key)
{
	int r;
	cleanup_free struct verdict *verdicts = make_verdicts(cli, msrd, writes, &r);
	enum cli_status status = CLI_DONE;
	struct placed placed;

	if (!verdicts) {
		char text[MSRD_ERROR_SIZE];

		warnx("what the policy would say is not known: %s",
			r == -ENOMEM ? strerror(-r) : msrd_error(msrd, text, sizeof text));
		return CLI_FAILED;
	}
	placed = placed_new(key, cli->node.arch, writes->list, writes->n, verdict_columns,
		N_ELEMENTS(verdict_columns), cli->json);
	for (size_t i = 0; i < writes->n; i++) {
		put_verdict(&placed, &writes->list[i], &verdicts[i]);
		if (!verdicts[i].is_allowed)
			status = CLI_REFUSED;
	}
	status = cli_print(&placed.table, 1, status);
	table_free(placed.table);
	return status;
}

static struct placed make_table(
	const struct cli *cli, const struct accesses *writes, const char *key)
{
	return placed_new(key, cli->node.arch, writes->list, writes->n, columns,
		N_ELEMENTS(columns) - (cli->json ? 0 : ENDED_N), cli->json);
}

static struct outcome outcome_of(const struct op *op, const struct verdict *verdict)
{
	struct outcome outcome = {.result = MSRD_SKIPPED};
	char text[OP_TEXT_SIZE];

	if (verdict->is_allowed) {
		snprintf(outcome.text, sizeof outcome.text, "%s: %s", op_describe(op, text),
			msrd_status_text(MSRD_SKIPPED));
		return outcome;
	}
	outcome.result = MSRD_REFUSED;
	outcome.reason = verdict->reason;
	if (verdict->has_now)
		snprintf(outcome.text, sizeof outcome.text, "%s: %s: %s", op_describe(op, text),
			msrd_status_text(MSRD_REFUSED), verdict->text);
	else
		snprintf(outcome.text, sizeof outcome.text, "%s", verdict->text);
	return outcome;
}

/* Nothing is written: as in a table of what was. The first refusal is explained. */
static enum cli_status show_refused(const struct cli *cli, struct msrd *msrd,
	const struct accesses *writes, const struct verdict *verdicts, const char *key)
{
	struct placed placed = make_table(cli, writes, key);
	struct ended ended = {.cli = cli};
	size_t n_refused = 0;

	for (size_t i = 0; i < writes->n; i++) {
		const struct op *op = &writes->list[i];
		const struct outcome outcome = outcome_of(op, &verdicts[i]);

		placed_row(&placed, &op->place);
		ended_badly(&ended, &placed, &outcome);
		if (!verdicts[i].is_allowed && n_refused++ == 0 && verdicts[i].has_now)
			refused_explain(cli->node.arch, msrd, &op->place, op->value);
	}
	warnx("nothing was written, because of %zu of %zu", n_refused, writes->n);
	ended.status = cli_print(&placed.table, 1, CLI_FAILED);
	table_free(placed.table);
	return ended.status;
}

static enum cli_status show_done(
	const struct cli *cli, struct msrd *msrd, const struct accesses *writes, const char *key)
{
	struct placed placed = make_table(cli, writes, key);
	struct ended ended = {.cli = cli};

	for (size_t i = 0; i < writes->n; i++) {
		const struct op *op = &writes->list[i];
		int r = accesses_result(writes, i);

		placed_row(&placed, &op->place);
		if (r == 0) {
			placed_value(&placed, BASE_HEX, placed_bits(&op->place), op->value);
			ended_well(&ended, &placed);
			continue;
		}
		const struct outcome outcome = accesses_outcome(writes, i);

		ended_badly(&ended, &placed, &outcome);
		if (r == MSRD_REFUSED)
			refused_explain(cli->node.arch, msrd, &op->place, op->value);
		if (r < 0) /* there will be no better answer from a lost daemon */
			break;
	}
	ended_explain(&ended);
	ended.status = cli_print(&placed.table, 1, ended.status);
	table_free(placed.table);
	return ended.status;
}

static bool is_refused(const struct verdict *verdicts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!verdicts[i].is_allowed)
			return true;
	return false;
}

/* More than fit one message have been judged, and each is for itself. */
#define MAX_TOGETHER 1024

enum cli_status writing_run(
	const struct cli *cli, struct msrd *msrd, struct accesses *writes, const char *key)
{
	cleanup_free struct verdict *verdicts = NULL;
	enum msrd_mode mode = MSRD_EACH;
	int r = 0;

	/* one is judged as a whole by whoever does it */
	if (writes->n > 1)
		verdicts = make_verdicts(cli, msrd, writes, &r);
	if (r == -ENOMEM)
		errx(CLI_FAILED, "out of memory");
	if (verdicts && is_refused(verdicts, writes->n))
		return show_refused(cli, msrd, writes, verdicts, key);
	if (verdicts && writes->n <= MAX_TOGETHER)
		mode = MSRD_ALL_OR_NONE;
	accesses_run(writes, msrd, mode);
	return show_done(cli, msrd, writes, key);
}
