/* SPDX-License-Identifier: MIT */
/*
 * Writes gnuplot's language. Data blocks hold numbers alone, and texts stand in single quotes, in
 * which gnuplot expands nothing. Starts nothing.
 */
#include "cli/plot/script.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/output/text.h"
#include "cli/plot/panel.h"
#include "util/array.h"
#include "util/clock.h"

#define WIDTH	     1000
#define PANEL_HEIGHT 330
#define FONT_SIZE    12
#define LINE_HEIGHT  (3 * FONT_SIZE / 2) /* of a legend */

/* More than a legend can hold; the others are drawn without. */
#define MAX_LABELS 40
#define LABEL_SIZE 56

static const struct {
	const char *extension, *terminal;
} formats[] = {
#define X(format, extension, terminal) [format] = {extension, terminal},
	SCRIPT_FORMATS(X)
#undef X
};

/* Which most people can tell apart; M. Okabe and K. Ito's. */
static const char *const colors[] = {
	"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"};
/* gnuplot's numbers: solid, and patterns */
#define N_DASHES 5

bool script_find_format(const char *path, enum script_format *format)
{
	const char *dot = strrchr(path, '.');

	for (unsigned i = 0; dot && i < N_ELEMENTS(formats); i++) {
		if (strcmp(dot + 1, formats[i].extension) != 0)
			continue;
		*format = (enum script_format)i;
		return true;
	}
	return false;
}

size_t script_panels(const struct series_set *set, size_t *n_lines)
{
	struct panels panels;
	size_t n = 0;

	*n_lines = 0;
	if (panels_set(&panels, set) == 0)
		n = panels.n;
	for (size_t i = 0; i < panels.n; i++)
		*n_lines += panels.list[i].n;
	panels_deinit(&panels);
	return n;
}

/* Exact: of nanoseconds none is lost. */
static void write_time(const struct source *source, uint64_t ns, FILE *out)
{
	uint64_t since_ns = ns - source->spans[0].begin_ns;
	char text[32];
	size_t n = (size_t)snprintf(text, sizeof text, "%" PRIu64 ".%09" PRIu64,
		since_ns / CLOCK_SECOND_NS, since_ns % CLOCK_SECOND_NS);

	while (text[n - 1] == '0')
		n--;
	n -= text[n - 1] == '.';
	fprintf(out, "%.*s", (int)n, text);
}

static void write_point(const struct source *source, uint64_t ns, double value, FILE *out)
{
	char text[TEXT_NUMBER_SIZE];

	write_time(source, ns, out);
	fprintf(out, " %s\n", text_number(value, text));
}

/* An interval is a level from its begin to its end. An empty line is a gap: where there is no
 * value, and where nothing was measured. */
static void write_data(const struct series_set *set, size_t line, FILE *out)
{
	const struct series *series = &set->list[line];
	const struct source *source = &set->sources[series->source];
	bool is_broken = false, is_any = false;

	fprintf(out, "$line%zu << END\n", line + 1);
	for (size_t i = 0; i < series->n; i++) {
		const struct source_span *span = &source->spans[i];

		if (isnan(series->values[i])) {
			is_broken = true;
			continue;
		}
		is_broken = is_broken || (i > 0 && span->begin_ns > source->spans[i - 1].end_ns);
		if (is_broken && is_any)
			fputc('\n', out);
		write_point(source, span->begin_ns, series->values[i], out);
		write_point(source, span->end_ns, series->values[i], out);
		is_any = true;
		is_broken = false;
	}
	fputs("END\n", out);
}

static double last_second(const struct series_set *set)
{
	double last = 0;

	for (size_t i = 0; i < set->n_sources; i++) {
		const struct source *source = &set->sources[i];

		if (source->n > 0)
			last = fmax(last, clock_seconds(source->spans[source->n - 1].end_ns -
							source->spans[0].begin_ns));
	}
	return last;
}

/* As wide as the longest label of all, so that the panels are below each other. */
static size_t legend_width(const struct panels *panels, const struct series_set *set)
{
	char text[PANEL_LABEL_SIZE];
	size_t width = 0;

	for (size_t i = 0; i < panels->n; i++) {
		const struct panel *panel = &panels->list[i];

		for (size_t j = 0; j < panel->n && j < MAX_LABELS; j++) {
			size_t length = strlen(panel_label(panel, set, j, text));

			width = length > width ? length : width;
		}
	}
	return width < LABEL_SIZE ? width : LABEL_SIZE;
}

static void write_label(
	const struct panel *panel, const struct series_set *set, size_t i, FILE *out)
{
	char text[PANEL_LABEL_SIZE], label[LABEL_SIZE];

	if (i >= MAX_LABELS) {
		fputs("notitle", out);
		return;
	}
	text_clean(panel_label(panel, set, i, text), label, sizeof label);
	fputs("title ", out);
	text_gnuplot(label, out);
}

static void write_line(const struct panel *panel, const struct series_set *set, size_t i,
	const struct axis *axis, FILE *out)
{
	struct look look = panel_look(panel, set, i);

	fprintf(out, "\t$line%zu using 1:($2/%g) with lines lw 2 lc rgb '%s' dt %zu ",
		panel->lines[i] + 1, axis->divisor, colors[look.color % N_ELEMENTS(colors)],
		look.dashes % N_DASHES + 1);
	write_label(panel, set, i, out);
	fputs(i + 1 < panel->n ? ", \\\n" : "\n", out);
}

static void write_panel(const struct panel *panel, const struct series_set *set, FILE *out)
{
	const struct axis_unit unit = axis_unit(panel->unit);
	const struct axis axis = axis_fit(&unit, panel->min, panel->max);
	/* "rate in G per second", or without a prefix "rate per second" */
	const char *in =
		*unit.text && (*axis.prefix || (*unit.shown && *unit.shown != ' ')) ? " in " : "";
	char label[SERIES_UNIT_SIZE + 64];

	snprintf(label, sizeof label, "%s%s%s%s", unit.text, in, axis.prefix, unit.shown);
	fputs("set ylabel ", out);
	text_gnuplot(label, out);
	fprintf(out, "\nset yrange [%g:%g]\nset ytics %g\nplot \\\n", axis.bottom, axis.top,
		axis.step);
	for (size_t i = 0; i < panel->n; i++)
		write_line(panel, set, i, &axis, out);
}

static size_t panel_height(const struct panels *panels)
{
	size_t n = 0;

	for (size_t i = 0; i < panels->n; i++)
		n = panels->list[i].n > n ? panels->list[i].n : n;
	n = 70 + LINE_HEIGHT * (n < MAX_LABELS ? n : MAX_LABELS);
	return n > PANEL_HEIGHT ? n : PANEL_HEIGHT;
}

static void write_terminal(const struct script *script, size_t height, FILE *out)
{
	fprintf(out, "set encoding utf8\nset terminal %s noenhanced ",
		formats[script->format].terminal);
	/* a page is measured in inches */
	if (script->format == SCRIPT_PDF)
		fprintf(out, "size %.2fin,%.2fin font 'sans,10'\n", WIDTH / 100.0,
			(double)height / 100);
	else
		fprintf(out, "size %d,%zu font 'sans%s,%d' background rgb 'white'\n", WIDTH, height,
			script->format == SCRIPT_SVG ? "-serif" : "", FONT_SIZE);
}

static void write_head(const struct script *script, const struct panels *panels,
	const struct series_set *set, FILE *out)
{
	double last = last_second(set);

	fprintf(out, "set multiplot layout %zu,1", panels->n);
	if (script->title && *script->title) {
		char title[SERIES_NAME_SIZE];

		text_clean(script->title, title, sizeof title);
		fputs(" title ", out);
		text_gnuplot(title, out);
	}
	fprintf(out,
		"\nset grid\nset lmargin 11\nset rmargin %zu\n"
		"set key outside right top Left reverse\n"
		"set xlabel 'seconds from the start'\nset xrange [0:%.9g]\n",
		legend_width(panels, set) + 9, last > 0 ? last : 1);
}

int script_write(const struct script *script, const struct series_set *set, FILE *out)
{
	struct panels panels;
	int r = panels_set(&panels, set);

	if (r == 0) {
		fputs("# What msrctl plot has drawn with gnuplot 5.\n", out);
		write_terminal(script, panel_height(&panels) * panels.n, out);
		for (size_t i = 0; i < panels.n; i++)
			for (size_t j = 0; j < panels.list[i].n; j++)
				write_data(set, panels.list[i].lines[j], out);
		write_head(script, &panels, set, out);
		for (size_t i = 0; i < panels.n; i++)
			write_panel(&panels.list[i], set, out);
		fputs("unset multiplot\n", out);
	}
	panels_deinit(&panels);
	return r;
}
