/* SPDX-License-Identifier: MIT */
/*
 * The same registers of all CPUs, by one batch that is laid out once: what libmsrd's header says,
 * as a program.
 *
 *     cc -o batch batch.c $(pkg-config --cflags --libs msrd)
 *     ./batch IA32_TIME_STAMP_COUNTER IA32_THERM_STATUS
 */
#include <err.h>
#include <inttypes.h>
#include <msrd.h>
#include <stdio.h>
#include <stdlib.h>

static char text[MSRD_ERROR_SIZE];

static void die(struct msrd *msrd)
{
	errx(1, "%s", msrd_error(msrd, text, sizeof text));
}

/* Reads of each register on each CPU that the daemon reaches. */
static struct msrd_op *make_ops(struct msrd *msrd, char **names, size_t n_names, size_t *n)
{
	size_t n_cpus;

	if (msrd_cpus(msrd, NULL, 0, &n_cpus) != 0)
		die(msrd);
	struct msrd_cpu *cpus = calloc(n_cpus + 1, sizeof *cpus);
	struct msrd_op *ops = calloc(n_cpus * n_names + 1, sizeof *ops);

	if (!cpus || !ops)
		errx(1, "out of memory");
	if (msrd_cpus(msrd, cpus, n_cpus, &n_cpus) != 0)
		die(msrd);
	*n = 0;
	for (size_t i = 0; i < n_names; i++) {
		uint32_t reg;

		if (msrd_register_find(msrd, MSRD_SPACE_MSR, 0, names[i], &reg) != 0)
			die(msrd);
		for (uint32_t cpu = 0; cpu < n_cpus; cpu++)
			if (cpus[cpu].status == MSRD_OK)
				ops[(*n)++] = (struct msrd_op){
					.verb = MSRD_OP_READ, .device = cpu, .reg = reg};
	}
	free(cpus);
	return ops;
}

static void print(struct msrd *msrd, struct msrd_batch *batch)
{
	char name[MSRD_NAME_SIZE];
	size_t n;
	const struct msrd_op *ops = msrd_batch_ops(batch, &n);

	for (size_t i = 0; i < n; i++) {
		printf("CPU %" PRIu32 " %s ", ops[i].device,
			msrd_register_name(msrd, MSRD_SPACE_MSR, 0, ops[i].reg, name, sizeof name));
		if (ops[i].status == MSRD_OK)
			printf("0x%" PRIx64 "\n", ops[i].value);
		else
			printf("%s\n", msrd_status_text((enum msrd_status)ops[i].status));
	}
}

int main(int argc, char **argv)
{
	struct msrd_batch *batch;
	struct msrd *msrd;
	size_t n;

	if (argc < 2)
		errx(2, "usage: batch REGISTER...");
	/* a daemon to start is for trying it out; else it is the service's, or the installed one */
	const struct msrd_options options = {.daemon = getenv("MSRD_DAEMON")};

	if (msrd_open(&msrd, &options, text, sizeof text) != 0)
		errx(1, "%s", text);
	struct msrd_op *ops = make_ops(msrd, argv + 1, (size_t)argc - 1, &n);

	if (msrd_prepare(msrd, &batch, ops, n, MSRD_EACH) != 0)
		die(msrd);
	/* as often as wanted; a positive result is the status of the first that was not done */
	int r = msrd_run(batch);

	if (r < 0)
		die(msrd);
	print(msrd, batch);
	if (r > 0)
		warnx("%s", msrd_error(msrd, text, sizeof text));
	msrd_batch_free(batch);
	free(ops);
	msrd_close(msrd);
	return r != 0;
}
