/* SPDX-License-Identifier: MIT */
/* The text of umockdev-record, device by device. */
#ifndef MSRD_SIM_IMPORT_UMOCKDEV_H
#define MSRD_SIM_IMPORT_UMOCKDEV_H

#include "sim/import/internal.h"

#define UMOCKDEV_CPU "/devices/system/cpu/cpu" /* and its number */

struct umockdev_visitor {
	/* A device, by its path in /sys. */
	void (*begin)(void *context, size_t line, const char *path);
	/* What it has: E(nvironment), A(ttribute), H (the same in hexadecimal), L(ink). A text is
	 * escaped as in C: "0x710\n" is six characters more than the number. */
	void (*say)(void *context, size_t line, char kind, const char *name, const char *value);
	void (*end)(void *context);
	void *context;
};

/* False after a complaint, as of what is no description but umockdev's all the same. Cuts the text
 * into pieces. */
bool umockdev_walk(struct fixture_file *file, const struct umockdev_visitor *visitor);

#endif
