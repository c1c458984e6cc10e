/* SPDX-License-Identifier: MIT */
/* One process's way to the counters of a measurement: its daemon, and the reads of each CPU. */
#ifndef MSRD_CLIENT_REGION_SESSION_H
#define MSRD_CLIENT_REGION_SESSION_H

#include "client/region_place.h"

struct region_session {
	struct region_file file;
	struct region_reader reader;
	struct msrd *msrd;
	int clock; /* the file with the time, or -1 */
	pthread_mutex_t lock;
	/* of each CPU and each set of levels, made when it is needed first; NULL: not yet */
	struct msrd_batch **batches;
};

/* Joins the measurement whose memory is at path. 0, or negative: then the measurement knows why, if
 * its memory could be reached. */
int region_session_open(struct region_session *session, const char *path);
void region_session_close(struct region_session *session);

#endif
