/* SPDX-License-Identifier: MIT */
/*
 * Waits, and does what time, keys and signals ask for. Whatever ends it, the
 * registers are put back first, and then the terminal.
 */
#include "cli/top/session.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/top/aside.h"
#include "cli/top/meter.h"
#include "cli/top/screen.h"
#include "cli/top/show.h"
#include "cli/top/wait.h"
#include "util/clock.h"

#define TURN_NS (CLOCK_SECOND_NS / 10)

struct session {
	const struct session_wish *wish;
	struct meter meter;
	struct state state;
	struct show_names names;
	struct wait wait;
	struct aside aside;
	uint64_t end_ns, turn_ns, read_ns; /* when what is due */
	uint64_t n_done;
	const char *gone; /* what is, beside the daemon */
	bool is_over;
};

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t interval_ns(const struct session *session)
{
	return (uint64_t)(session->state.interval_s * (double)CLOCK_SECOND_NS);
}

/* The interval begins now. */
static void set_times(struct session *session)
{
	uint64_t now_ns = clock_now_ns();

	session->end_ns = now_ns + interval_ns(session);
	session->turn_ns = now_ns + TURN_NS;
	session->read_ns = now_ns + meter_keep_up_ns(&session->meter);
}

static void take_news(struct session *session)
{
	char text[sizeof session->names.message];
	const char *news = aside_news(&session->aside, text, sizeof text);

	if (news)
		snprintf(session->names.message, sizeof session->names.message, "%s", news);
}

static int draw(struct session *session)
{
	struct canvas canvas;
	size_t rows, columns;
	int r;

	take_news(session);
	screen_size(&rows, &columns);
	r = show_on_canvas(
		&session->names, &session->meter, &session->state, rows, columns, &canvas);
	if (r == 0)
		screen_draw(&canvas);
	canvas_deinit(&canvas);
	return r;
}

/* As wide as COLUMNS says, as high as it takes. */
static int print(struct session *session)
{
	const char *text = getenv("COLUMNS");
	unsigned long columns = text ? strtoul(text, NULL, 10) : 0;
	struct canvas canvas;
	int r;

	if (columns < LAYOUT_MIN_COLUMNS || columns > 1000)
		columns = 80;
	r = show_on_canvas(&session->names, &session->meter, &session->state, 0, columns, &canvas);
	if (r == 0 && session->n_done > 1)
		putchar('\n');
	if (r == 0)
		r = canvas_write(&canvas, stdout);
	if (r < 0)
		session->gone = "standard output";
	canvas_deinit(&canvas);
	return r;
}

/* What is measured while nobody sees it is forgotten. */
static int end_interval(struct session *session)
{
	bool is_over = false;
	uint64_t end_ns;
	int r = session->state.is_paused ? meter_skip_interval(&session->meter)
					 : meter_end_interval(&session->meter, &is_over);

	/* absolute, so that intervals do not drift */
	end_ns = session->end_ns + interval_ns(session);
	set_times(session);
	if (end_ns > clock_now_ns() && end_ns < session->end_ns)
		session->end_ns = end_ns;
	if (r < 0 || !is_over)
		return r;
	session->n_done++;
	session->is_over =
		session->wish->stint.count && session->n_done == session->wish->stint.count;
	return session->wish->is_batch ? print(session) : 0;
}

static int skip(struct session *session)
{
	int r = meter_skip_interval(&session->meter);

	set_times(session);
	return r;
}

static int on_time(struct session *session)
{
	uint64_t now_ns = clock_now_ns();
	int r = 0;

	if (now_ns >= session->end_ns) {
		r = end_interval(session);
		return r < 0 || session->wish->is_batch ? r : draw(session);
	}
	if (meter_takes_turns(&session->meter) && now_ns >= session->turn_ns) {
		r = meter_turn(&session->meter);
		session->turn_ns = clock_now_ns() + TURN_NS;
	}
	if (r == 0 && now_ns >= session->read_ns) {
		r = meter_read(&session->meter);
		session->read_ns = clock_now_ns() + meter_keep_up_ns(&session->meter);
	}
	return r;
}

static int choose_group(struct session *session)
{
	struct state *state = &session->state;
	const char *name = state->chosen > 0 ? session->names.groups[state->chosen - 1].name : NULL;
	int r = meter_choose(&session->meter, name);

	if (!session->meter.group.is_on)
		state->chosen = 0;
	set_times(session);
	return r;
}

static int act(struct session *session, enum state_action action)
{
	switch (action) {
	case STATE_NOTHING:
	case STATE_CHANGED:
		return 0;
	case STATE_QUIT:
		session->is_over = true;
		return 0;
	case STATE_CLEAR:
		screen_resume();
		return 0;
	case STATE_NOW:
		return end_interval(session);
	case STATE_NEW_INTERVAL:
		set_times(session);
		return 0;
	case STATE_NEW_GROUP:
		return choose_group(session);
	}
	return 0;
}

static int on_keys(struct session *session)
{
	int r = 0;

	session->names.message[0] = '\0';
	for (int key; r == 0 && !session->is_over && (key = screen_key()) >= 0;) {
		bool was_paused = session->state.is_paused;

		r = act(session, state_press(&session->state, key));
		/* what is seen next is no part of the pause */
		if (r == 0 && was_paused && !session->state.is_paused)
			r = skip(session);
	}
	return r < 0 || session->is_over ? r : draw(session);
}

/* Nobody sees what is measured meanwhile. */
static int stop(struct session *session)
{
	int r;

	if (!session->wish->is_batch)
		screen_suspend();
	wait_stop();
	r = skip(session);
	if (r < 0 || session->wish->is_batch)
		return r;
	screen_resume();
	return draw(session);
}

static int on_event(struct session *session, enum wait_event event)
{
	switch (event) {
	case WAIT_TIME:
		return on_time(session);
	case WAIT_KEY:
		return on_keys(session);
	case WAIT_STOP:
		return stop(session);
	case WAIT_CONTINUED:
		/* a shell may have used the terminal */
		screen_suspend();
		screen_resume();
		return session->wish->is_batch ? 0 : draw(session);
	case WAIT_RESIZED:
		return session->wish->is_batch ? 0 : draw(session);
	case WAIT_GONE:
		session->gone = "the terminal";
		session->is_over = true;
		return 0;
	case WAIT_SIGNAL:
		session->is_over = true;
		return 0;
	}
	return 0;
}

static int go_on(struct session *session)
{
	int r = 0;

	while (r == 0 && !session->is_over) {
		uint64_t next_ns = min(session->end_ns, session->read_ns);

		if (meter_takes_turns(&session->meter))
			next_ns = min(next_ns, session->turn_ns);
		r = on_event(session, wait_next(&session->wait, next_ns));
	}
	return r;
}

/* Before there is a screen: what is wrong is said as by any command. */
static int begin(struct session *session, const struct cli *cli, const struct places *cpus)
{
	const struct session_wish *wish = session->wish;
	int r = show_names_init(&session->names, cli, wish->is_ascii);

	if (r == 0)
		r = meter_start(&session->meter, cli, cpus, &wish->stint);
	if (r < 0 || !wish->group)
		return r;
	r = meter_choose(&session->meter, wish->group);
	for (size_t i = 0; i < session->names.n_groups; i++)
		if (strcmp(session->names.groups[i].name, wish->group) == 0)
			session->state.chosen = i + 1;
	return r;
}

static int show_all(struct session *session)
{
	int r = 0;

	set_times(session);
	if (!session->wish->is_batch) {
		aside_begin(&session->aside);
		r = draw(session);
	}
	return r == 0 ? go_on(session) : r;
}

static void name_failure(const struct session *session, int r, char text[MSRD_ERROR_SIZE])
{
	struct msrd *msrd = session->meter.failed ? session->meter.failed->msrd : NULL;

	if (session->gone)
		snprintf(text, MSRD_ERROR_SIZE, "%s: %s", session->gone, strerror(-r));
	else if (r == -ENOMEM || !msrd || !*msrd_error(msrd, text, MSRD_ERROR_SIZE))
		snprintf(text, MSRD_ERROR_SIZE, "%s", strerror(-r));
}

/* Registers first: a terminal whose output is stopped may be waited for without end. */
static bool end(struct session *session)
{
	bool is_good = meter_stop(&session->meter);

	if (!session->wish->is_batch) {
		/* a second signal ends it then */
		if (!screen_is_read())
			wait_deinit(&session->wait);
		screen_close();
		aside_end(&session->aside);
	}
	wait_deinit(&session->wait);
	show_names_deinit(&session->names);
	return is_good;
}

static int run(struct session *session, const struct cli *cli, const struct places *cpus)
{
	char text[MSRD_ERROR_SIZE] = "", error[SCREEN_ERROR_SIZE] = "";
	bool is_usage = false, is_good;
	int r = begin(session, cli, cpus);

	if (r == 0 && session->wish->group && !session->meter.group.is_on)
		is_usage = true; /* it was told why */
	else if (r == 0 && !session->wish->is_batch && screen_open(error) < 0)
		is_usage = true;
	else if (r == 0)
		r = show_all(session);
	if (r < 0 && r != -EBUSY)
		name_failure(session, r, text);
	is_good = end(session);
	if (error[0])
		warnx("%s", error);
	if (text[0])
		warnx("%s", text);
	else if (session->gone)
		warnx("%s is gone", session->gone);
	if (is_usage)
		return CLI_USAGE;
	return is_good && r == 0 && !session->gone ? CLI_DONE : CLI_FAILED;
}

int session_run(const struct session_wish *wish, const struct cli *cli, const struct places *cpus)
{
	struct session session = {
		.wish = wish,
		.state = {.interval_s = wish->stint.length_s},
		.aside = {.said = -1},
	};
	int r = wait_init(&session.wait, wish->is_batch ? -1 : STDIN_FILENO);

	if (r < 0) {
		warnx("cannot wait for signals: %s", strerror(-r));
		return CLI_FAILED;
	}
	return run(&session, cli, cpus);
}
