/* SPDX-License-Identifier: MIT */
/* One question is as many messages as its answer takes. Knows no wire. */
#include "client/ask.h"

#include <errno.h>
#include <stdio.h>

#include "client/batch.h"

static int refuse(struct msrd *msrd, const char *text)
{
	msrd->reason = REASON_NONE;
	snprintf(msrd->text, sizeof msrd->text, "%s %s",
		msrd->conversation->ops->run ? "direct access" : msrd->who, text);
	return -EOPNOTSUPP;
}

/* All messages. */
static int ask_daemon(struct msrd *msrd, struct question question, conversation_learn *learn,
	void *closure, struct conversation_answer *first)
{
	struct conversation *conversation = msrd->conversation;
	struct conversation_answer answer;
	bool is_first = true;

	do {
		int r = conversation->ops->ask(
			conversation, &msrd->connection, &question, learn, closure, &answer);

		if (r < 0)
			return handle_break_off(msrd, r);
		if (answer.status == OP_UNKNOWN)
			return refuse(msrd, "does not know the question: it is an earlier msrd");
		if (is_first)
			*first = answer;
		is_first = false;
		question.first = question.about == QUESTION_RULES
					 ? answer.last + 1
					 : question.first + (uint32_t)answer.n;
		question.most -= question.most < answer.n ? question.most : (uint32_t)answer.n;
	} while (answer.has_more && question.most > 0);
	return 0;
}

/* The handle's lock is held. */
static int ask_anybody(struct msrd *msrd, struct question question, conversation_learn *learn,
	void *closure, struct conversation_answer *answer, bool *is_daemons)
{
	const struct conversation_ops *conversation = msrd->conversation->ops;
	bool is_able = conversation->ask != NULL;

	*answer = (struct conversation_answer){.status = OP_OK};
	if (is_daemons)
		*is_daemons = is_able;
	if (msrd->broken)
		return msrd->broken;
	if (is_able)
		return ask_daemon(msrd, question, learn, closure, answer);
	if (question.about == QUESTION_RULES)
		return refuse(msrd, conversation->run
					    ? "is bound by no allowlist"
					    : "can't say what it allows: it speaks LIKWID's "
					      "protocol alone");
	return local_ask(msrd, "/", question.about, learn, closure);
}

int ask(struct msrd *msrd, struct question question, conversation_learn *learn, void *closure,
	struct conversation_answer *answer, bool *is_daemons)
{
	int r;

	if (handle_is_forked(msrd))
		return -ECHILD;
	pthread_mutex_lock(&msrd->lock);
	batch_land(msrd); /* one after the other */
	r = ask_anybody(msrd, question, learn, closure, answer, is_daemons);
	pthread_mutex_unlock(&msrd->lock);
	return r;
}
