/* SPDX-License-Identifier: MIT */
/* By whose word a command says what it says, and whose turn it is. */
#ifndef MSRD_CLI_SAID_H
#define MSRD_CLI_SAID_H

#include "cli/table.h"
#include "client/msrd.h"

/* A table of one row. machine NULL: no daemon was asked, or none that can say it. direct: no
 * daemon answers, but the machine itself. */
struct table *said_table(const struct msrd_machine *machine, bool direct, bool json);

#endif
