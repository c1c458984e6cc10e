/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/job.h"
#include "util/clock.h"

static uint64_t in_ms(uint64_t ms)
{
	return clock_now_ns() + ms * CLOCK_SECOND_NS / 1000;
}

/* Whoever started this test may have ignored some, as nohup and & in a script do. */
static void take_signals_as_they_are_by_default(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD};

	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		signal(signals[i], SIG_DFL);
}

static int init(void **state)
{
	static struct job job;

	take_signals_as_they_are_by_default();
	*state = &job;
	return job_init(&job);
}

static void time_passes_without_an_event(void **state)
{
	struct job *job = *state;
	uint64_t until = in_ms(20);

	assert_int_equal(job_wait(job, until), JOB_TIME);
	assert_true(in_ms(0) >= until);
	assert_int_equal(job_wait(job, 0), JOB_TIME);
	job_deinit(job);
}

static void a_signal_is_an_event_and_kills_nobody(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	struct job *job = *state;

	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		kill(getpid(), signals[i]);
		assert_int_equal(job_wait(job, in_ms(5000)), JOB_SIGNAL);
		assert_int_equal(job->signal, signals[i]);
	}
	job_deinit(job);
}

static void a_signal_that_is_the_commands_is_none_here(void **state)
{
	struct job *job = *state;
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)"kill -USR2 $$", NULL};

	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR2);
	assert_int_equal(job_wait(job, in_ms(5)), JOB_TIME);
	/* ... and there it is what it always is */
	assert_int_equal(job_start(job, argv), 0);
	assert_int_equal(job_wait(job, in_ms(5000)), JOB_COMMAND_ENDED);
	assert_int_equal(job_exit_status(job), 128 + SIGUSR2);
	job_deinit(job);
}

static void the_end_of_the_command_is_an_event(void **state)
{
	struct job *job = *state;
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)"exit 5", NULL};

	assert_int_equal(job_start(job, argv), 0);
	assert_int_equal(job_wait(job, in_ms(5000)), JOB_COMMAND_ENDED);
	assert_true(WIFEXITED(job->status));
	assert_int_equal(WEXITSTATUS(job->status), 5);
	/* only once */
	assert_int_equal(job_wait(job, in_ms(1)), JOB_TIME);
	job_deinit(job);
}

static void a_signal_is_passed_on_and_the_command_waited_for(void **state)
{
	struct job *job = *state;
	char *argv[] = {(char *)"sleep", (char *)"100", NULL};
	uint64_t deadline = in_ms(5000);

	assert_int_equal(job_start(job, argv), 0);
	kill(getpid(), SIGTERM);
	assert_int_equal(job_wait(job, in_ms(5000)), JOB_SIGNAL);
	assert_false(job->has_ended);
	job_deinit(job);
	assert_true(in_ms(0) < deadline);
	assert_true(job->has_ended);
	assert_true(WIFSIGNALED(job->status));
	assert_int_equal(WTERMSIG(job->status), SIGTERM);
}

static void a_command_that_is_not_there_is_an_error(void **state)
{
	struct job *job = *state;
	char *argv[] = {(char *)"/not/there", NULL};

	int r = job_start(job, argv);

	job_deinit(job);
	/* posix_spawn(3) may say it either way */
	if (r == 0)
		assert_int_equal(WEXITSTATUS(job->status), 127);
	else
		assert_int_equal(r, -ENOENT);
}

static void the_exit_status_is_what_a_shell_would_say(void **state)
{
	static const struct {
		const char *script;
		int status;
	} cases[] = {{"exit 5", 5}, {"true", 0}, {"kill -TERM $$", 128 + SIGTERM}};
	struct job *job = *state;

	job_deinit(job);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *argv[] = {(char *)"sh", (char *)"-c", (char *)cases[i].script, NULL};

		assert_int_equal(job_init(job), 0);
		assert_int_equal(job_start(job, argv), 0);
		job_deinit(job);
		assert_int_equal(job_exit_status(job), cases[i].status);
	}
	assert_int_equal(job_start_status(-ENOENT), 127);
	assert_int_equal(job_start_status(-EACCES), 126);
}

static void a_parent_that_ignores_its_children_keeps_nobody_from_ending(void **state)
{
	struct job *job = *state;
	char *argv[] = {(char *)"true", NULL};
	struct sigaction action;
	sigset_t blocked, before;

	job_deinit(job);
	signal(SIGCHLD, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	assert_int_equal(job_init(job), 0);
	assert_int_equal(job_start(job, argv), 0);
	assert_int_equal(job_wait(job, in_ms(5000)), JOB_COMMAND_ENDED);
	job_deinit(job);
	/* it is as it was */
	sigaction(SIGCHLD, NULL, &action);
	assert_true(action.sa_handler == SIG_IGN);
	sigprocmask(SIG_UNBLOCK, &blocked, &before);
	assert_true(sigismember(&before, SIGCHLD));
	signal(SIGCHLD, SIG_DFL);
}

static void an_ignored_signal_stays_ignored(void **state)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGQUIT};
	struct job *job = *state;

	job_deinit(job);
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		signal(signals[i], SIG_IGN);
		assert_int_equal(job_init(job), 0);
		kill(getpid(), signals[i]);
		assert_int_equal(job_wait(job, in_ms(1)), JOB_TIME);
		job_deinit(job);
		signal(signals[i], SIG_DFL);
	}
}

static void nothing_is_left_behind(void **state)
{
	struct job *job = *state;
	char *argv[] = {(char *)"true", NULL};
	int before;

	job_deinit(job);
	before = test_count_descriptors();
	assert_int_equal(job_init(job), 0);
	assert_int_equal(job_start(job, argv), 0);
	job_deinit(job);
	assert_int_equal(test_count_descriptors(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void an_end_by_sigterm_is_waited_for_and_another_may_follow(void **state)
{
	struct job *job = *state;
	char *argv[] = {(char *)"sleep", (char *)"1000", NULL};

	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(job_start(job, argv), 0);
		job_terminate(job);
		assert_true(job->has_ended);
		assert_int_equal(job_exit_status(job), 128 + SIGTERM);
		job_terminate(job); /* which is none any more */
		job_again(job);
		assert_false(job->has_ended);
	}
	job_deinit(job);
}

static void input_that_never_ends_does_not_keep_a_signal_back(void **state)
{
	struct job *job = *state;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	job->input = fds[0];
	assert_int_equal(job_wait(job, in_ms(5000)), JOB_INPUT);
	/* what a command has written is there before its end */
	kill(getpid(), SIGCHLD);
	assert_int_equal(job_wait(job, in_ms(5000)), JOB_INPUT);
	kill(getpid(), SIGTERM);
	assert_int_equal(job_wait(job, in_ms(5000)), JOB_SIGNAL);
	assert_int_equal(job->signal, SIGTERM);
	assert_int_equal(job_wait(job, in_ms(5000)), JOB_INPUT);
	job->input = -1;
	job_deinit(job);
	close(fds[0]);
	close(fds[1]);
}

static void input_that_nobody_reads_does_not_keep_a_command_from_being_ended(void **state)
{
	char *command[] = {(char *)"sleep", (char *)"60", NULL};
	struct job *job = *state;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	job->input = fds[0];
	assert_int_equal(job_start(job, command), 0);
	job_terminate(job);
	assert_true(job->has_ended);
	assert_int_equal(job_exit_status(job), 128 + SIGTERM);
	assert_int_equal(job->input, fds[0]);
	job->input = -1;
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(time_passes_without_an_event, init),
		cmocka_unit_test_setup(a_signal_is_an_event_and_kills_nobody, init),
		cmocka_unit_test_setup(a_signal_that_is_the_commands_is_none_here, init),
		cmocka_unit_test_setup(the_end_of_the_command_is_an_event, init),
		cmocka_unit_test_setup(a_signal_is_passed_on_and_the_command_waited_for, init),
		cmocka_unit_test_setup(a_command_that_is_not_there_is_an_error, init),
		cmocka_unit_test_setup(the_exit_status_is_what_a_shell_would_say, init),
		cmocka_unit_test_setup(
			a_parent_that_ignores_its_children_keeps_nobody_from_ending, init),
		cmocka_unit_test_setup(an_ignored_signal_stays_ignored, init),
		cmocka_unit_test_setup(nothing_is_left_behind, init),
		cmocka_unit_test_setup(
			input_that_nobody_reads_does_not_keep_a_command_from_being_ended, init),
		cmocka_unit_test_setup(input_that_never_ends_does_not_keep_a_signal_back, init),
		cmocka_unit_test_setup(
			an_end_by_sigterm_is_waited_for_and_another_may_follow, init),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
