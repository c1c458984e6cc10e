/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/ranks/ancestor.h"
#include "cli/ranks/launcher.h"

/* NAME=VALUE, as in an environment, up to NULL. */
static const char *const *variables;

static char *get(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; variables[i]; i++)
		if (strncmp(variables[i], name, length) == 0 && variables[i][length] == '=')
			return (char *)variables[i] + length + 1;
	return NULL;
}

#define FIND(rank, ...)                                                                            \
	(variables = (const char *const[]){__VA_ARGS__, NULL}, rank_find(&(rank), get))

static void assert_rank(const struct rank *rank, const char *launcher, const char *job,
	uint32_t number, uint32_t size, uint32_t local_size)
{
	assert_string_equal(rank->launcher, launcher);
	if (job)
		assert_string_equal(rank->job, job);
	assert_int_equal(rank->number, number);
	assert_int_equal(rank->size, size);
	assert_int_equal(rank->local_size, local_size);
}

#define OPEN_MPI "OMPI_COMM_WORLD_RANK=3", "OMPI_COMM_WORLD_SIZE=8", "OMPI_COMM_WORLD_LOCAL_SIZE=4"
#define SLURM                                                                                      \
	"SLURM_PROCID=5", "SLURM_STEP_NUM_TASKS=7", "SLURM_JOB_ID=12", "SLURM_STEP_ID=0",          \
		"SLURM_NODEID=1"
#define HYDRA "PMI_RANK=1", "PMI_SIZE=4", "MPI_LOCALNRANKS=2"

static void each_launcher_is_known(void **state)
{
	struct rank rank;

	(void)state;
	assert_true(FIND(rank, OPEN_MPI, "PMIX_NAMESPACE=77"));
	assert_rank(&rank, "Open MPI", "ompi-77-", 3, 8, 4);
	assert_true(FIND(rank, OPEN_MPI, "OMPI_MCA_ess_base_jobid=99"));
	assert_rank(&rank, "Open MPI", "ompi-99-", 3, 8, 4);
	assert_true(FIND(rank, HYDRA));
	assert_rank(&rank, "Hydra", NULL, 1, 4, 2);
	assert_true(strncmp(rank.job, "hydra-", 6) == 0);
	assert_true(FIND(rank, SLURM, "SLURM_STEP_TASKS_PER_NODE=3,4"));
	assert_rank(&rank, "Slurm", "slurm-12-0", 5, 7, 4);
}

static void the_inner_launcher_is_taken(void **state)
{
	struct rank rank;

	(void)state;
	assert_true(
		FIND(rank, SLURM, "SLURM_STEP_TASKS_PER_NODE=3,4", OPEN_MPI, "PMIX_NAMESPACE=77"));
	assert_string_equal(rank.launcher, "Open MPI");
	/* of srun --mpi=pmi2 */
	assert_true(FIND(rank, SLURM, "SLURM_STEP_TASKS_PER_NODE=3,4", "PMI_RANK=5", "PMI_SIZE=7"));
	assert_string_equal(rank.launcher, "Slurm");
}

static void what_is_no_rank_is_none(void **state)
{
	struct rank rank;

	(void)state;
	assert_false(FIND(rank, "HOME=/"));
	assert_false(FIND(rank, OPEN_MPI));
	assert_false(FIND(rank, OPEN_MPI, "PMIX_NAMESPACE="));
	assert_false(FIND(rank, "OMPI_COMM_WORLD_RANK=8", "OMPI_COMM_WORLD_SIZE=8",
		"OMPI_COMM_WORLD_LOCAL_SIZE=4", "PMIX_NAMESPACE=77"));
	assert_false(FIND(rank, "OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE=2",
		"OMPI_COMM_WORLD_LOCAL_SIZE=4", "PMIX_NAMESPACE=77"));
	assert_false(FIND(rank, "OMPI_COMM_WORLD_RANK=-1", "OMPI_COMM_WORLD_SIZE=2",
		"OMPI_COMM_WORLD_LOCAL_SIZE=2", "PMIX_NAMESPACE=77"));
	assert_false(FIND(rank, "OMPI_COMM_WORLD_RANK=0", "OMPI_COMM_WORLD_SIZE=1",
		"OMPI_COMM_WORLD_LOCAL_SIZE=0", "PMIX_NAMESPACE=77"));
	assert_false(FIND(rank, "OMPI_COMM_WORLD_RANK=0", "OMPI_COMM_WORLD_SIZE=99999999",
		"OMPI_COMM_WORLD_LOCAL_SIZE=99999999", "PMIX_NAMESPACE=77"));
	/* a batch script is in no step */
	assert_false(FIND(rank, "SLURM_PROCID=0", "SLURM_JOB_ID=12", "SLURM_NODEID=0",
		"SLURM_TASKS_PER_NODE=4"));
	assert_false(FIND(rank, SLURM, "SLURM_STEP_TASKS_PER_NODE=3"));
	assert_false(FIND(rank, SLURM, "SLURM_STEP_TASKS_PER_NODE=many"));
}

static void a_job_of_any_length_is_taken_or_none(void **state)
{
	char text[400] = "PMIX_NAMESPACE=";
	struct rank rank;

	(void)state;
	memset(text + strlen(text), 'x', sizeof text - strlen(text) - 1);
	text[sizeof text - 1] = '\0';
	assert_false(FIND(rank, OPEN_MPI, text));
}

static void lists_of_slurm_are_read(void **state)
{
	(void)state;
	assert_int_equal(rank_tasks_of("4", 0), 4);
	assert_int_equal(rank_tasks_of("2(x3),1", 0), 2);
	assert_int_equal(rank_tasks_of("2(x3),1", 2), 2);
	assert_int_equal(rank_tasks_of("2(x3),1", 3), 1);
	assert_int_equal(rank_tasks_of("2(x3),1", 4), 0);
	assert_int_equal(rank_tasks_of("", 0), 0);
	assert_int_equal(rank_tasks_of("x", 0), 0);
	assert_int_equal(rank_tasks_of("0", 0), 0);
	assert_int_equal(rank_tasks_of("-1", 0), 0);
	assert_int_equal(rank_tasks_of("2(x3", 0), 0);
	assert_int_equal(rank_tasks_of("2(x3)1", 4), 0);
	assert_int_equal(rank_tasks_of("2,", 1), 0);
	assert_int_equal(rank_tasks_of("2(x99999999999999999999),1", 7), 2);
}

static void who_started_us_without_a_variable_is_found(void **state)
{
	char name[ANCESTOR_NAME_SIZE], again[ANCESTOR_NAME_SIZE];

	(void)state;
	assert_true(ancestor_without("MSRD_NOBODY_HAS_THIS", name));
	assert_true(ancestor_without("MSRD_NOR_THIS", again));
	assert_string_equal(name, again);
	assert_true(strtoul(name, NULL, 10) == (unsigned long)getppid());
}

static void whatever_it_is_called(void **state)
{
	char name[ANCESTOR_NAME_SIZE], old[16];
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(prctl(PR_GET_NAME, old), 0);
	assert_int_equal(prctl(PR_SET_NAME, "a) S 1\nb"), 0);
	child = fork();
	if (child == 0)
		_exit(!ancestor_without("MSRD_NOBODY_HAS_THIS", name) ||
			strtol(name, NULL, 10) != getppid());
	assert_int_equal(waitpid(child, &status, 0), child);
	prctl(PR_SET_NAME, old);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_launcher_is_known),
		cmocka_unit_test(the_inner_launcher_is_taken),
		cmocka_unit_test(what_is_no_rank_is_none),
		cmocka_unit_test(a_job_of_any_length_is_taken_or_none),
		cmocka_unit_test(lists_of_slurm_are_read),
		cmocka_unit_test(who_started_us_without_a_variable_is_found),
		cmocka_unit_test(whatever_it_is_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
