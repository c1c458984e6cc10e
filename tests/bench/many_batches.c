/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <stdlib.h>

#include "client/msrd.h"
#include "complain.h"
#include "many.h"

struct batches {
	struct many many;
	const char *path;
	struct msrd *msrd;
	struct msrd_batch *prepared[MANY_N_SIZES];
};

static int say(const struct batches *batches, int r)
{
	char text[MSRD_ERROR_SIZE];

	warnx("%s: %s", batches->path, msrd_error(batches->msrd, text, sizeof text));
	return r;
}

static int batches_run(struct many *many, size_t size)
{
	struct batches *batches = (struct batches *)many;
	int r = msrd_run(batches->prepared[size]);

	return r < 0 ? say(batches, r) : 0;
}

static void batches_look(
	struct many *many, size_t size, uint64_t expected, struct timed_access *access)
{
	size_t n;
	const struct msrd_op *ops = msrd_batch_ops(((struct batches *)many)->prepared[size], &n);

	access->error = ACCESS_DONE;
	access->value = expected;
	for (size_t i = 0; i < n && access->value == expected && access->error == ACCESS_DONE;
		i++) {
		access->error = ops[i].status;
		access->value = ops[i].value;
	}
}

static void batches_free(struct many *many)
{
	struct batches *batches = (struct batches *)many;

	for (size_t i = 0; i < MANY_N_SIZES; i++)
		msrd_batch_free(batches->prepared[i]);
	msrd_close(batches->msrd);
	free(batches);
}

static int prepare(struct batches *batches, uint32_t reg, size_t most)
{
	const struct msrd_op op = {.verb = MSRD_OP_READ, .space = MSRD_SPACE_MSR, .reg = reg};
	struct msrd_op *ops = calloc(most, sizeof *ops);
	int r = 0;

	if (!ops)
		return complain(-ENOMEM, "room for %zu operations", most);
	for (size_t i = 0; i < most; i++)
		ops[i] = op;
	for (size_t i = 0; i < MANY_N_SIZES && many_sizes[i] <= most && r == 0; i++)
		r = msrd_prepare(
			batches->msrd, &batches->prepared[i], ops, many_sizes[i], MSRD_EACH);
	free(ops);
	return r < 0 ? say(batches, r) : 0;
}

/* The daemon inherits where it runs. */
static int open_on(struct batches *batches, const struct pinning *pinning)
{
	const struct msrd_options options = {.daemon = batches->path};
	char text[MSRD_ERROR_SIZE];
	int r = pinning_set(&pinning->daemon);

	if (r < 0)
		return r;
	r = msrd_open(&batches->msrd, &options, text, sizeof text);
	if (r < 0) {
		warnx("%s: %s", batches->path, text);
		return r;
	}
	return pinning_set(&pinning->client);
}

int many_new_batches(struct many **many, const char *path, const struct pinning *pinning,
	uint32_t reg, size_t most)
{
	static const struct many_ops ops = {batches_run, batches_look, batches_free};
	struct batches *batches = calloc(1, sizeof *batches);

	if (!batches)
		return complain(-ENOMEM, "%s", path);
	batches->many.ops = &ops;
	batches->path = path;
	*many = &batches->many; /* deinit frees it, whatever happens */
	int r = open_on(batches, pinning);
	return r < 0 ? r : prepare(batches, reg, most);
}
