/* SPDX-License-Identifier: MIT */
/* Values of families, and for those that are not known, why. Knows nothing that measures. */
#ifndef MSRD_CLI_EXPORT_SAMPLE_H
#define MSRD_CLI_EXPORT_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "cli/export/family.h"
#include "client/msrd.h"

#define SAMPLE_NO_NUMBER  UINT32_MAX
#define SAMPLE_STATE_SIZE 16

struct sample {
	enum family_id family;
	uint32_t cpu, socket;	       /* SAMPLE_NO_NUMBER: not of one, or it is not known which */
	char state[SAMPLE_STATE_SIZE]; /* "c6"; "" is none */
	double value;		       /* NAN: not known now */
};

struct samples {
	struct sample *list;
	size_t n;
};

/* 0 or -ENOMEM. */
int samples_add(struct samples *samples, const struct sample *sample);
void samples_deinit(struct samples *samples);

/* Why so many samples of a family are not known. */
struct why {
	enum family_id family;
	int result;	 /* as in msrd.h; 0 where reason is a text alone */
	unsigned reason; /* enum msrd_reason */
	unsigned n;
	char text[MSRD_ERROR_SIZE];
};

struct whys {
	struct why *list;
	size_t n;
};

/* The one of that family and cause, counted once more; NULL: it is new, or of a new text. */
struct why *whys_count(struct whys *whys, const struct why *wanted);
/* 0 or -ENOMEM. */
int whys_add(struct whys *whys, const struct why *why);
void whys_clear(struct whys *whys);

#endif
