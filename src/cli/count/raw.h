/* SPDX-License-Identifier: MIT */
/* Raw events: "imc0/event=0x04,umask=0x03/", "cpu/event=0xc0,cmask=1,inv/:u". */
#ifndef MSRD_CLI_COUNT_RAW_H
#define MSRD_CLI_COUNT_RAW_H

#include "cli/count/want.h"

/* Is it written so? */
bool raw_is(const char *text);
/* want is empty but for its name. False after error is set. */
bool raw_parse(
	struct want *want, const struct arch *arch, const char *text, char error[WANT_ERROR_SIZE]);

/* Writes the event as it could be asked for, without names. Returns text. */
const char *raw_text(const struct want *want, char text[WANT_NAME_SIZE]);

#endif
