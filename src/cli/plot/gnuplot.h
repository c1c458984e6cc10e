/* SPDX-License-Identifier: MIT */
/* Runs gnuplot: without a shell, its settings of the user, and a file of its own. */
#ifndef MSRD_CLI_PLOT_GNUPLOT_H
#define MSRD_CLI_PLOT_GNUPLOT_H

#include <limits.h>
#include <stdbool.h>

#define GNUPLOT_HINT                                                                               \
	"gnuplot is not in PATH; it is in the package gnuplot-nox (apt-get install gnuplot-nox)"

/* False: there is none. */
bool gnuplot_find(char path[PATH_MAX]);

/* Runs the program that in holds from its begin, and has it write to out. Its status as of
 * waitpid(2), or -errno. */
int gnuplot_run(const char *path, int in, int out);

#endif
