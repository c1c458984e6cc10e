/* SPDX-License-Identifier: MIT */
/* Questions to a daemon, and to this machine where the daemon can't be asked. */
#ifndef MSRD_CLIENT_ASK_H
#define MSRD_CLIENT_ASK_H

#include "client/handle.h"

/*
 * Has learn hear of all facts from question->first on, or of the first question->most. 0 and answer
 * (of the first message), or a negative error with its text. is_daemons, which may be NULL: it is
 * the daemon who says so. -EOPNOTSUPP: nobody can.
 */
int ask(struct msrd *msrd, struct question question, conversation_learn *learn, void *closure,
	struct conversation_answer *answer, bool *is_daemons);

/*
 * The same of what this process sees of the machine below root ("/"), with the daemon's answer to
 * a check of each device: all facts from the first on. The handle's lock is held. Of rules:
 * -EOPNOTSUPP.
 */
int local_ask(struct msrd *msrd, const char *root, enum question_about about,
	conversation_learn *learn, void *closure);

/* The kind of device whose registers are meant. False: there is none. */
bool ask_device(enum msrd_space space, enum msrd_unit unit, struct place *device);

#endif
