/* SPDX-License-Identifier: MIT */
/* Between what was measured and the layout. Measures nothing, knows no terminal. */
#include "cli/top/show.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/count/find_group.h"
#include "cli/top/causes.h"
#include "util/array.h"

struct walk {
	struct show_names *names;
	const struct arch *arch;
	int r;
};

/* What is wrong with one's own group stands in its place. */
static bool add_group(void *context, const char *name, const char *path)
{
	struct walk *walk = context;
	struct show_names *names = walk->names;
	char error[GROUP_ERROR_SIZE];
	struct layout_group *groups = array_grow(names->groups, names->n_groups, sizeof *groups);
	struct group group;

	(void)path;
	walk->r = -ENOMEM;
	if (!groups)
		return false;
	names->groups = groups;
	groups[names->n_groups] = (struct layout_group){strdup(name),
		strdup(group_load(&group, walk->arch, name, error) ? group.about : error)};
	names->n_groups++;
	if (!groups[names->n_groups - 1].name || !groups[names->n_groups - 1].about)
		return false;
	walk->r = 0;
	return true;
}

static void name_source(struct show_names *names, const struct cli *cli)
{
	const char *slash = cli->daemon ? strrchr(cli->daemon, '/') : NULL;

	if (cli->direct)
		snprintf(names->source, sizeof names->source, "no daemon");
	else if (cli->service)
		snprintf(names->source, sizeof names->source, "service %s", cli->service);
	else
		snprintf(names->source, sizeof names->source, "daemon %s",
			slash	      ? slash + 1
			: cli->daemon ? cli->daemon
				      : "msrd");
}

int show_names_init(struct show_names *names, const struct cli *cli, bool is_ascii)
{
	struct walk walk = {.names = names, .arch = cli->node.arch};
	char host[HOST_NAME_MAX + 1] = "";

	*names = (struct show_names){.is_ascii = is_ascii};
	if (gethostname(host, sizeof host - 1) < 0)
		strcpy(host, "?");
	snprintf(names->host, sizeof names->host, "%.*s", (int)sizeof names->host - 1, host);
	name_source(names, cli);
	group_walk(walk.arch, add_group, &walk);
	return walk.r;
}

void show_names_deinit(struct show_names *names)
{
	for (size_t i = 0; i < names->n_groups; i++) {
		free((char *)names->groups[i].name);
		free((char *)names->groups[i].about);
	}
	free(names->groups);
	*names = (struct show_names){0};
}

static void add_cause(void *context, const char *where, const char *why)
{
	causes_add(context, where, why);
}

static void find_causes(const struct meter *meter, size_t width, struct causes *causes)
{
	const struct board *board = &meter->board;
	char where[32];

	for (size_t i = 0; i < board->n_cpus; i++) {
		snprintf(where, sizeof where, "cpu %u", board->cpus[i].number);
		if (board->cpus[i].cause[0])
			causes_add(causes, where, board->cpus[i].cause);
	}
	for (size_t i = 0; i < board->n_sockets; i++) {
		snprintf(where, sizeof where, "socket %u", board->sockets[i].package);
		if (board->sockets[i].cause[0])
			causes_add(causes,
				board->sockets[i].package == NODE_NO_PACKAGE ? "a socket" : where,
				board->sockets[i].cause);
	}
	tally_explain(&meter->extras, add_cause, causes);
	tally_explain(&meter->group, add_cause, causes);
	causes_wrap(causes, width);
}

static int make_list(const struct meter *meter, const struct state *state, struct grid *list)
{
	if (!meter->group.is_on)
		return board_grid(&meter->board, state->view, list);
	return grid_copy(list, &meter->group.cpus[state->view]);
}

static void name_time(char text[16])
{
	time_t now = time(NULL);
	struct tm tm;

	text[0] = '\0';
	if (localtime_r(&now, &tm))
		strftime(text, 16, "%H:%M:%S", &tm);
}

static int draw(const struct layout *layout, struct state *state, size_t rows, size_t columns,
	struct canvas *canvas)
{
	int r = canvas_init(canvas, rows ? rows : layout_height(layout), columns);

	if (r == 0)
		layout_draw(layout, state, canvas);
	return r;
}

int show_on_canvas(const struct show_names *names, const struct meter *meter, struct state *state,
	size_t rows, size_t columns, struct canvas *canvas)
{
	const struct tally *group = &meter->group;
	struct causes causes = {0};
	struct grid list, others = {0};
	char now[16];
	int r = make_list(meter, state, &list);

	if (r == 0)
		r = grid_copy(&others, &group->others);
	/* the list's, or of the others where there is no list */
	grid_sort(list.n_rows > 0 ? &list : &others, state->sort, state->is_reversed);
	name_time(now);
	find_causes(meter, columns > 8 ? columns - 4 : columns, &causes);
	const struct layout layout = {
		.host = names->host,
		.model = meter->cli->node.model_name,
		.source = names->source,
		.time = now,
		.last_s = meter->last_s,
		.is_ascii = names->is_ascii,
		.has_keys = rows > 0,
		.board = &meter->board,
		.list = &list,
		.others = others.n_rows > 0 ? &others : NULL,
		.group = group->is_on ? group->counting.groups[0].name : NULL,
		.groups = names->groups,
		.n_groups = names->n_groups,
		.causes = (const char *const *)causes.lines,
		.n_causes = causes.n_lines,
		.message = names->message[0]		   ? names->message
			   : meter->board.n_intervals == 0 ? "the first interval is measured"
							   : "",
	};
	if (r == 0)
		r = draw(&layout, state, rows, columns, canvas);
	causes_deinit(&causes);
	grid_deinit(&list);
	grid_deinit(&others);
	return r;
}
