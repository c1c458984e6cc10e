/* SPDX-License-Identifier: MIT */
/*
 * libmsrd against stand-in daemons. This program is also each of them: the
 * library starts it under the name of a role, it binds /tmp/likwid-PID and does
 * what the role says.
 */
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../wire_numbers.h"
#include "client/msrd.h"
#include "node/node.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "wire/likwid.h"
#include "wire/meeting.h"

/* One request as it has to come, and the answer. */
struct message {
	uint32_t type, device, cpu, reg;
	uint64_t data;
	uint32_t errorcode;
	uint64_t reply;
};

static const struct message conversation[] = {
	{READ, 0, 3, 0x198, 0, 0, 0x123456789abcdef0},
	{WRITE, 0, 1, 0x38f, 0x700000000, 0, 0},
	{CHECK, 0, 200, 0, 0, 6, 0},
	{READ, 0, 0, 0x641, 0, 2, 0},
	{READ, 0, 0, 0x1ac, 0, 4, 0},
	{READ, 7, 0, 0xa4, 0, 0, 0xbeef},
	{WRITE, 13, 0, 0xd8, 0x400304, 0, 0},
	{CHECK, 5, 0, 0, 0, 6, 0},
	{EXIT, 0, 0, 0, 0, 0, 0},
};

static int accept_client_of(pid_t daemon)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	int fd;

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)daemon);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
		listen(listener, 1) < 0)
		_exit(errno == EADDRINUSE ? MEETING_TAKEN : 90);
	fd = accept(listener, NULL, NULL);
	unlink(address.sun_path);
	close(listener);
	return fd;
}

static int accept_client(void)
{
	return accept_client_of(getpid());
}

/* False at end of file. */
static bool take(int fd, struct likwid_record *request)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	if (recv(fd, bytes, sizeof bytes, MSG_WAITALL) != (ssize_t)sizeof bytes)
		return false;
	likwid_record_get(bytes, request);
	return true;
}

/* In one piece, or byte by byte. */
static void answer(
	int fd, struct likwid_record reply, uint32_t errorcode, uint64_t data, size_t piece)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	reply.errorcode = errorcode;
	reply.data = data;
	likwid_record_put(&reply, bytes);
	for (size_t i = 0; i < sizeof bytes; i += piece)
		send(fd, bytes + i, piece, MSG_NOSIGNAL);
}

static int role_talks(void)
{
	int fd = accept_client();
	struct likwid_record request;

	for (size_t i = 0; i < N_ELEMENTS(conversation); i++) {
		const struct message *message = &conversation[i];

		if (!take(fd, &request) || request.type != message->type ||
			request.device != message->device || request.cpu != message->cpu ||
			request.reg != message->reg || request.data != message->data)
			return 91;
		if (message->type != EXIT)
			answer(fd, request, message->errorcode, message->reply, 32);
	}
	return 0;
}

static int serve(int fd, size_t piece)
{
	struct likwid_record request;

	while (take(fd, &request) && request.type != EXIT)
		answer(fd, request, 0, (uint64_t)request.cpu << 32 | request.reg, piece);
	return 0;
}

static int role_serves(void)
{
	return serve(accept_client(), 32);
}

static int role_stammers(void)
{
	return serve(accept_client(), 1);
}

/* A child goes on, once its parent has ended well. */
static void step_aside(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child != 0)
		_exit(child > 0 ? 0 : 92);
	/* nobody would miss it when the test fails */
	alarm(10);
	while (getppid() == parent)
		usleep(1000);
}

/* As LIKWID's own daemon does: a child of its own serves, under its name. */
static int role_steps_aside(void)
{
	pid_t name = getpid();

	step_aside();
	return serve(accept_client_of(name), 32);
}

static int role_steps_aside_late(void)
{
	int fd = accept_client();

	step_aside();
	return serve(fd, 32);
}

/* It lives, and who listens under its name is a process of the same user that it has nothing to do
 * with: in another session, without its parent. */
static int role_has_its_name_taken(void)
{
	pid_t name = getpid();
	pid_t child = fork();

	if (child == 0) {
		pid_t parent = setsid();
		if (fork() != 0)
			_exit(0);
		alarm(10);
		/* as long as it has its parent, it descends from the daemon */
		while (getppid() == parent)
			poll(NULL, 0, 1);
		serve(accept_client_of(name), 32);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	pause();
	return 0;
}

/* Killed as soon as it has a socket's name. */
static int role_dies_listening(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	char path[4096];

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)getpid());
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		return 90;
	snprintf(path, sizeof path, "%s.pid", program_invocation_name);
	FILE *file = fopen(path, "w");
	if (!file || fprintf(file, "%d", (int)getpid()) < 0 || fclose(file) != 0)
		return 91;
	raise(SIGKILL);
	return 0;
}

static int role_never_accepts(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)getpid());
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
		listen(listener, 1) < 0)
		return 90;
	pause();
	return 0;
}

static int role_exits_3(void)
{
	return 3;
}

static int role_exits_7(void)
{
	return MEETING_SANDBOX;
}

static int role_exits_0(void)
{
	return 0;
}

static int role_is_killed(void)
{
	raise(SIGKILL);
	return 0;
}

static int role_never_listens(void)
{
	pause();
	return 0;
}

static int role_never_answers(void)
{
	int fd = accept_client();

	/* until the client goes away */
	for (char byte; recv(fd, &byte, 1, 0) > 0;)
		;
	return 0;
}

static int role_answers_half(void)
{
	static const uint8_t half[LIKWID_RECORD_SIZE / 2];
	int fd = accept_client();
	struct likwid_record request;

	take(fd, &request);
	send(fd, half, sizeof half, 0);
	return 0;
}

static int role_talks_nonsense(void)
{
	int fd = accept_client();
	struct likwid_record request;

	while (take(fd, &request) && request.type != EXIT)
		answer(fd, request, 99, 0, 32);
	return 0;
}

static int role_dies_after_one(void)
{
	int fd = accept_client();
	struct likwid_record request;

	take(fd, &request);
	answer(fd, request, 0, 1, 32);
	raise(SIGKILL);
	return 0;
}

static int role_answers_and_ends(void)
{
	int fd = accept_client();
	struct likwid_record request;

	take(fd, &request);
	answer(fd, request, 0, 1, 1);
	return 0;
}

/* Ours, which is handed its client; it is told to terminate once it is there. */
static int role_is_terminated(void)
{
	struct likwid_record request;

	take(STDIN_FILENO, &request); /* hello, which an early one does not know */
	answer(STDIN_FILENO, request, 1, request.data, 32);
	return 0;
}

static int role_hangs_up(void)
{
	close(accept_client());
	pause();
	return 0;
}

static int role_never_ends(void)
{
	signal(SIGTERM, SIG_IGN);
	accept_client();
	while (pause() < 0)
		;
	return 0;
}

/* Being told to end it still clears up: the client has connected by then. */
static int role_is_a_stranger(void)
{
	signal(SIGTERM, SIG_IGN);
	if (setresuid(65534, 65534, 65534) < 0)
		return 92;
	accept_client();
	return 0;
}

/* Notes this start beside the program. How many there have been, with this one. */
static unsigned note_start(void)
{
	char path[4096];
	struct stat status;

	snprintf(path, sizeof path, "%s.starts", program_invocation_name);
	cleanup_close int fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1 || fstat(fd, &status) < 0)
		_exit(95);
	return (unsigned)status.st_size;
}

static int role_exits_3_and_counts(void)
{
	note_start();
	return 3;
}

/* As msrd ends when something is at its path, which is left there and not its. */
static int find_path_taken(void)
{
	char path[64];

	snprintf(path, sizeof path, "%s.taken-%d", program_invocation_name, (int)getpid());
	cleanup_close int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	snprintf(path, sizeof path, "/tmp/likwid-%d", (int)getpid());
	if (fd < 0 || symlink("nowhere", path) < 0)
		return 96;
	return 1;
}

static int role_finds_its_path_taken_twice(void)
{
	return note_start() <= 2 ? find_path_taken() : role_serves();
}

/* As before, but by the time that the client looks whatever it was is gone. */
static int role_found_its_path_taken_twice(void)
{
	return note_start() <= 2 ? MEETING_TAKEN : role_serves();
}

static int role_always_finds_its_path_taken(void)
{
	note_start();
	return find_path_taken();
}

static int role_meets_strangers_twice(void)
{
	return note_start() <= 2 ? role_is_a_stranger() : role_serves();
}

/* Complains about anything the client's process should not have handed on. */
static int role_looks_around(void)
{
	struct sigaction action;
	sigset_t blocked;

	for (int fd = 3; fd < 1000; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return 93;
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	sigaction(SIGPIPE, NULL, &action);
	if (environ[0] || sigismember(&blocked, SIGTERM) || action.sa_handler != SIG_DFL ||
		getpgrp() != getpid())
		return 94;
	return role_serves();
}

static const struct role {
	const char *name;
	int (*play)(void);
} roles[] = {
	{"talks", role_talks},
	{"serves", role_serves},
	{"stammers", role_stammers},
	{"steps_aside", role_steps_aside},
	{"steps_aside_late", role_steps_aside_late},
	{"has_its_name_taken", role_has_its_name_taken},
	{"dies_listening", role_dies_listening},
	{"never_accepts", role_never_accepts},
	{"exits_3", role_exits_3},
	{"exits_7", role_exits_7},
	{"exits_0", role_exits_0},
	{"is_killed", role_is_killed},
	{"never_listens", role_never_listens},
	{"never_answers", role_never_answers},
	{"answers_half", role_answers_half},
	{"talks_nonsense", role_talks_nonsense},
	{"dies_after_one", role_dies_after_one},
	{"answers_and_ends", role_answers_and_ends},
	{"hangs_up", role_hangs_up},
	{"never_ends", role_never_ends},
	{"is_a_stranger", role_is_a_stranger},
	{"looks_around", role_looks_around},
	{"exits_3_and_counts", role_exits_3_and_counts},
	{"finds_its_path_taken_twice", role_finds_its_path_taken_twice},
	{"found_its_path_taken_twice", role_found_its_path_taken_twice},
	{"always_finds_its_path_taken", role_always_finds_its_path_taken},
	{"meets_strangers_twice", role_meets_strangers_twice},
	{"msrd", role_is_terminated},
	{"likwid-accessD", role_serves},
};

struct theatre {
	char folder[64];
	char path[128];
	char text[MSRD_ERROR_SIZE];
};

static int build_theatre(void **state)
{
	struct theatre *theatre = calloc(1, sizeof *theatre);

	strcpy(theatre->folder, "/tmp/test-client-XXXXXX");
	if (!mkdtemp(theatre->folder))
		return -1;
	for (size_t i = 0; i < N_ELEMENTS(roles); i++) {
		char self[4096] = "";

		snprintf(theatre->path, sizeof theatre->path, "%s/%s", theatre->folder,
			roles[i].name);
		if (readlink("/proc/self/exe", self, sizeof self - 1) < 0 ||
			symlink(self, theatre->path) < 0)
			return -1;
	}
	*state = theatre;
	return 0;
}

/* And with what the roles have left, here and at their addresses. */
static int leave_theatre(void **state)
{
	struct theatre *theatre = *state;
	DIR *folder = opendir(theatre->folder);

	for (const struct dirent *entry; folder && (entry = readdir(folder));) {
		const char *taken = strstr(entry->d_name, ".taken-");
		char path[128];

		snprintf(path, sizeof path, "/tmp/likwid-%s", taken ? taken + 7 : "");
		if (taken)
			unlink(path);
		unlinkat(dirfd(folder), entry->d_name, 0);
	}
	if (folder)
		closedir(folder);
	rmdir(theatre->folder);
	free(theatre);
	return 0;
}

/* How often the role has been played. */
static unsigned count_starts(const struct theatre *theatre, const char *role)
{
	char path[128];
	struct stat status;

	snprintf(path, sizeof path, "%s/%s.starts", theatre->folder, role);
	return stat(path, &status) == 0 ? (unsigned)status.st_size : 0;
}

/* Opens with the daemon of that role; the error text is in theatre->text. */
static int open_role(struct theatre *theatre, const char *role, struct msrd **msrd)
{
	struct msrd_options options = {
		.daemon = theatre->path,
		.start_timeout_ms = 5000,
		.reply_timeout_ms = 300,
		.end_timeout_ms = 200,
	};

	snprintf(theatre->path, sizeof theatre->path, "%s/%s", theatre->folder, role);
	return msrd_open(msrd, &options, theatre->text, sizeof theatre->text);
}

static struct msrd *must_open_role(void **state, const char *role)
{
	struct theatre *theatre = *state;
	struct msrd *msrd;
	int r = open_role(theatre, role, &msrd);

	if (r != 0)
		fail_msg("%d: %s", r, theatre->text);
	return msrd;
}

/* The text of the last failure has these words. */
static void assert_error_says(struct msrd *msrd, const char *words)
{
	char text[MSRD_ERROR_SIZE];

	if (!strstr(msrd_error(msrd, text, sizeof text), words))
		fail_msg("\"%s\" does not say \"%s\"", text, words);
}

static void assert_open_fails(void **state, const char *role, int error, const char *words)
{
	struct theatre *theatre = *state;
	struct msrd *msrd;

	assert_int_equal(open_role(theatre, role, &msrd), error);
	assert_null(msrd);
	if (!strstr(theatre->text, words))
		fail_msg("\"%s\" does not say \"%s\"", theatre->text, words);
}

static double seconds(void)
{
	return clock_seconds(clock_now_ns());
}

/* The package of this machine that has rank 0 in a record. */
static uint32_t first_package(void)
{
	int root_fd = open("/", O_PATH | O_CLOEXEC);
	struct node node;

	assert_int_equal(node_init(&node, root_fd), 0);
	close(root_fd);
	assert_true(node.n_packages > 0);
	uint32_t first = node.packages[0];
	node_deinit(&node);
	return first;
}

static void each_access_is_one_record_and_its_answer(void **state)
{
	struct msrd *msrd = must_open_role(state, "talks");
	pid_t pid = msrd_pid(msrd);
	uint32_t first = first_package();
	uint64_t value = 0;
	uint32_t dword = 0;
	char imc0[32];

	assert_int_equal(msrd_read(msrd, 3, 0x198, &value), 0);
	assert_true(value == 0x123456789abcdef0);
	assert_int_equal(msrd_write(msrd, 1, 0x38f, 0x700000000), 0);
	assert_int_equal(msrd_check(msrd, 200), MSRD_ABSENT);
	assert_int_equal(msrd_read(msrd, 0, 0x641, &value), MSRD_REFUSED);
	assert_error_says(msrd, "read of MSR 0x641 on CPU 0: register not allowed");
	assert_true(value == 0x123456789abcdef0);
	assert_int_equal(msrd_read(msrd, 0, 0x1ac, &value), MSRD_FAILED);
	assert_int_equal(msrd_pci_read(msrd, first, MSRD_UNIT_IMC, 2, 0xa4, &dword), 0);
	assert_int_equal(dword, 0xbeef);
	assert_int_equal(msrd_pci_write(msrd, first, MSRD_UNIT_HA, 0, 0xd8, 0x400304), 0);
	assert_int_equal(msrd_pci_check(msrd, first, MSRD_UNIT_IMC, 0), MSRD_ABSENT);
	snprintf(imc0, sizeof imc0, "imc0 of socket %u", (unsigned)first);
	assert_error_says(msrd, imc0);
	/* not even asked for */
	assert_int_equal(msrd_pci_check(msrd, 123456, MSRD_UNIT_IMC, 0), MSRD_ABSENT);
	assert_error_says(msrd, "imc0 of socket 123456");
	msrd_close(msrd);
	/* waited for: the id is nobody's */
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void a_unit_that_does_not_exist_leaves_the_handle_usable(void **state)
{
	struct msrd *msrd = must_open_role(state, "serves");
	uint32_t dword;
	uint64_t value;

	assert_int_equal(msrd_pci_read(msrd, 0, (enum msrd_unit)77, 0, 0, &dword), -EINVAL);
	assert_int_equal(msrd_pci_read(msrd, 0, MSRD_UNIT_HA, 77, 0, &dword), -EINVAL);
	assert_error_says(msrd, "ha77");
	assert_int_equal(msrd_read(msrd, 2, 7, &value), 0);
	assert_true(value == 0x200000007);
	msrd_close(msrd);
}

static void an_answer_in_pieces_is_an_answer(void **state)
{
	struct msrd *msrd = must_open_role(state, "stammers");
	uint64_t value;

	assert_int_equal(msrd_read(msrd, 5, 0x10, &value), 0);
	assert_true(value == 0x500000010);
	msrd_close(msrd);
}

static void a_daemon_that_leaves_the_work_to_its_child_is_met(void **state)
{
	static const char *const names[] = {"steps_aside", "steps_aside_late"};

	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		struct msrd *msrd = must_open_role(state, names[i]);
		uint64_t value;

		assert_int_equal(msrd_read(msrd, 5, 0x10, &value), 0);
		assert_true(value == 0x500000010);
		msrd_close(msrd);
	}
}

static void exit_at_the_start_is_noticed_at_once_with_its_status(void **state)
{
	double start = seconds();

	assert_open_fails(state, "exits_3", -ECHILD, "exit status 3");
	assert_true(seconds() - start < 2);
}

static void exit_status_that_says_why_is_told_in_words(void **state)
{
	assert_open_fails(state, "exits_7", -ECHILD, "it can't give up system calls (seccomp)");
}

/* It might have left a child in its place, but not for long. */
static void end_at_the_start_without_an_heir_is_noticed_within_a_moment(void **state)
{
	double start = seconds();

	assert_open_fails(state, "exits_0", -ECHILD, "exit status 0");
	assert_true(seconds() - start < 3);
}

static void death_at_the_start_is_noticed_at_once_with_its_signal(void **state)
{
	double start = seconds();

	assert_open_fails(state, "is_killed", -ECHILD, "signal 9");
	assert_true(seconds() - start < 2);
}

static void a_daemon_that_never_listens_meets_the_deadline_and_is_ended(void **state)
{
	struct theatre *theatre = *state;
	struct msrd_options options = {.daemon = theatre->path, .start_timeout_ms = 50};
	struct msrd *msrd;

	snprintf(theatre->path, sizeof theatre->path, "%s/never_listens", theatre->folder);
	assert_int_equal(
		msrd_open(&msrd, &options, theatre->text, sizeof theatre->text), -ETIMEDOUT);
	assert_non_null(strstr(theatre->text, "within 50 ms"));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void a_program_that_is_not_there_is_named(void **state)
{
	assert_open_fails(state, "not_there", -ENOENT, "not_there is no program");
}

static void a_failed_open_without_room_for_a_text_is_fine(void **state)
{
	struct msrd_options options = {.daemon = "/not/there"};
	struct msrd *msrd;

	(void)state;
	assert_int_equal(msrd_open(&msrd, &options, NULL, 0), -ENOENT);
	assert_null(msrd);
}

static void a_daemon_without_slash_is_looked_up_in_path(void **state)
{
	struct theatre *theatre = *state;
	struct msrd_options options = {.daemon = "serves"};
	cleanup_free char *before = strdup(getenv("PATH"));
	struct msrd *msrd;
	char path[128];

	snprintf(path, sizeof path, ":/not/there:%s", theatre->folder);
	setenv("PATH", path, 1);
	assert_int_equal(msrd_open(&msrd, &options, theatre->text, sizeof theatre->text), 0);
	msrd_close(msrd);
	/* no daemon is installed for this test: the default name is looked up too */
	assert_int_equal(msrd_open(&msrd, NULL, theatre->text, sizeof theatre->text), 0);
	msrd_close(msrd);
	setenv("PATH", before, 1);
}

static void a_daemon_that_finds_its_path_taken_is_started_again(void **state)
{
	struct msrd *msrd = must_open_role(state, "finds_its_path_taken_twice");
	uint64_t value;

	assert_int_equal(count_starts(*state, "finds_its_path_taken_twice"), 3);
	assert_int_equal(msrd_read(msrd, 5, 0x10, &value), 0);
	assert_true(value == 0x500000010);
	msrd_close(msrd);
	/* nobody is left of the first two */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void what_lay_at_a_daemons_path_may_be_gone_again(void **state)
{
	struct msrd *msrd = must_open_role(state, "found_its_path_taken_twice");

	assert_int_equal(count_starts(*state, "found_its_path_taken_twice"), 3);
	msrd_close(msrd);
}

static void paths_that_are_all_taken_are_an_error_with_the_cure(void **state)
{
	assert_open_fails(state, "always_finds_its_path_taken", -ECHILD,
		"something lies at its address /tmp/likwid-");
	assert_open_fails(state, "always_finds_its_path_taken", -ECHILD,
		", the same with 4 more daemons; let an administrator remove /tmp/likwid-*");
	assert_int_equal(count_starts(*state, "always_finds_its_path_taken"), 2 * 5);
}

static void a_daemon_that_ends_for_another_reason_is_not_started_again(void **state)
{
	assert_open_fails(state, "exits_3_and_counts", -ECHILD, "exit status 3");
	assert_int_equal(count_starts(*state, "exits_3_and_counts"), 1);
}

static void sockets_of_somebody_else_are_passed_over(void **state)
{
	struct msrd *msrd = must_open_role(state, "meets_strangers_twice");
	uint64_t value;

	assert_int_equal(count_starts(*state, "meets_strangers_twice"), 3);
	assert_int_equal(msrd_read(msrd, 5, 0x10, &value), 0);
	msrd_close(msrd);
}

static void a_socket_of_somebody_else_is_refused(void **state)
{
	assert_open_fails(state, "is_a_stranger", -EPERM, "user 65534");
}

static void a_process_of_the_user_that_is_not_the_daemons_is_refused(void **state)
{
	assert_open_fails(
		state, "has_its_name_taken", -EPERM, "is not the daemon that was started");
}

static bool has_socket(pid_t daemon)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof path, "/tmp/likwid-%d", (int)daemon);
	return lstat(path, &status) == 0;
}

static void a_daemon_that_died_leaves_nothing_behind(void **state)
{
	int before = test_count_descriptors();

	for (unsigned i = 0; i < 40; i++) {
		/* connected, and the daemon has not removed its socket */
		struct msrd *msrd = must_open_role(state, "never_accepts");
		pid_t pid = msrd_pid(msrd);

		assert_true(has_socket(pid));
		kill(pid, SIGKILL);
		msrd_close(msrd);
		assert_false(has_socket(pid));
		assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	}
	assert_int_equal(test_count_descriptors(), before);
}

static void a_daemon_that_died_before_it_was_met_leaves_nothing_behind(void **state)
{
	int before = test_count_descriptors();
	const char *role = "dies_listening";
	struct theatre *theatre = *state;
	int pid = 0;

	assert_open_fails(state, role, -ECHILD, "killed by signal 9");
	strcat(theatre->path, ".pid");
	FILE *file = fopen(theatre->path, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &pid), 1);
	fclose(file);
	assert_false(has_socket(pid));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(test_count_descriptors(), before);
}

/* What somebody else put at the address of a daemon that is gone stays. */
static void what_is_not_the_daemons_socket_is_left_alone(void **state)
{
	struct msrd *msrd = must_open_role(state, "serves");
	pid_t pid = msrd_pid(msrd);
	uint64_t value;
	char path[64];

	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), 0);
	assert_false(has_socket(pid));
	snprintf(path, sizeof path, "/tmp/likwid-%d", (int)pid);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	kill(pid, SIGKILL);
	msrd_close(msrd);
	assert_true(has_socket(pid));
	unlink(path);
}

/* The child's part: an exit status. Nothing of it may reach the parent's daemon. */
static int use_in_child(struct theatre *theatre, struct msrd *msrd)
{
	char text[MSRD_ERROR_SIZE];
	uint64_t value;
	uint32_t dword;
	struct msrd *own;

	if (msrd_read(msrd, 1, 0x10, &value) != -ECHILD ||
		msrd_write(msrd, 1, 0x10, 1) != -ECHILD || msrd_check(msrd, 1) != -ECHILD ||
		msrd_pci_read(msrd, 0, MSRD_UNIT_IMC, 0, 0, &dword) != -ECHILD)
		return 1;
	if (!strstr(msrd_error(msrd, text, sizeof text), "fork") || !strstr(text, "msrd_open"))
		return 2;
	if (msrd_close(msrd) != NULL)
		return 3;
	/* a handle of its own is fine */
	if (open_role(theatre, "serves", &own) != 0 || msrd_read(own, 1, 0x10, &value) != 0)
		return 4;
	msrd_close(own);
	return 0;
}

static void a_handle_used_after_fork_fails_with_its_own_error(void **state)
{
	struct msrd *msrd = must_open_role(state, "serves");
	uint64_t value;
	int status;

	assert_int_equal(msrd_read(msrd, 5, 0x10, &value), 0);
	pid_t child = fork();
	if (child == 0)
		_exit(use_in_child(*state, msrd));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	/* the parent's goes on */
	assert_int_equal(msrd_read(msrd, 5, 0x20, &value), 0);
	assert_true(value == 0x500000020);
	msrd_close(msrd);
}

static void *wait_for_answer(void *context)
{
	msrd_check(context, 0);
	return NULL;
}

/* The other thread holds the handle's lock while this one forks: the child has no such thread. */
static void a_handle_in_use_while_forking_does_not_hang_the_child(void **state)
{
	struct msrd *msrd = must_open_role(state, "never_answers");
	pthread_t thread;
	int status;

	pthread_create(&thread, NULL, wait_for_answer, msrd);
	for (unsigned i = 0; i < 20; i++) {
		pid_t child = fork();

		if (child == 0) {
			alarm(5);
			_exit(msrd_check(msrd, 0) == -ECHILD && !msrd_close(msrd) ? 0 : 1);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
	pthread_join(thread, NULL);
	msrd_close(msrd);
}

static void no_answer_meets_the_deadline_and_breaks_the_handle(void **state)
{
	struct msrd *msrd = must_open_role(state, "never_answers");
	double start = seconds();
	uint64_t value;

	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), -ETIMEDOUT);
	assert_true(seconds() - start >= 0.29);
	start = seconds();
	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), -ETIMEDOUT);
	assert_true(seconds() - start < 0.2);
	assert_error_says(msrd, "did not answer within 300 ms");
	msrd_close(msrd);
}

static void half_an_answer_is_a_lost_daemon(void **state)
{
	struct msrd *msrd = must_open_role(state, "answers_half");
	uint64_t value;

	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), -ECONNRESET);
	assert_error_says(msrd, "exit status 0");
	msrd_close(msrd);
}

static void an_unknown_error_code_breaks_the_handle(void **state)
{
	struct msrd *msrd = must_open_role(state, "talks_nonsense");
	uint64_t value;

	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), -EPROTO);
	assert_int_equal(msrd_check(msrd, 0), -EPROTO);
	msrd_close(msrd);
}

static void after_the_daemons_death_every_call_fails_at_once_with_the_reason(void **state)
{
	struct msrd *msrd = must_open_role(state, "dies_after_one");
	uint64_t value;

	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(msrd_write(msrd, 0, 0x10, 1), -ECONNRESET);
		assert_error_says(msrd, "killed by signal 9");
	}
	msrd_close(msrd);
}

/* LIKWID's may have left another one in its place: there it means nothing. */
static void daemon_that_ends_well_although_we_do_not_was_told_to(void **state)
{
	struct msrd *msrd = must_open_role(state, "msrd");
	uint64_t value;

	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), -ECONNRESET);
	assert_error_says(msrd, "somebody has told it to terminate");
	msrd_close(msrd);
}

static void a_request_to_a_dead_daemon_raises_no_signal(void **state)
{
	struct msrd *msrd = must_open_role(state, "serves");
	siginfo_t info;
	uint64_t value;

	/* it has removed its socket */
	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), 0);
	kill(msrd_pid(msrd), SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)msrd_pid(msrd), &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(msrd_write(msrd, 0, 0x10, 1), -ECONNRESET);
	assert_error_says(msrd, "killed by signal 9");
	msrd_close(msrd);
}

/* Many times: the daemon's end has to come in time to be mistaken for a loss. */
static void the_last_answer_of_a_daemon_counts(void **state)
{
	for (unsigned i = 0; i < 100; i++) {
		struct msrd *msrd = must_open_role(state, "answers_and_ends");
		uint64_t value;

		assert_int_equal(msrd_read(msrd, 0, 0x10, &value), 0);
		assert_int_equal(msrd_read(msrd, 0, 0x10, &value), -ECONNRESET);
		msrd_close(msrd);
	}
}

static void a_daemon_that_hangs_up_but_lives_is_gone_too(void **state)
{
	struct msrd *msrd = must_open_role(state, "hangs_up");
	uint64_t value;

	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), -ECONNRESET);
	assert_error_says(msrd, "closed the connection");
	msrd_close(msrd);
}

static void a_daemon_that_does_not_end_is_killed(void **state)
{
	struct msrd *msrd = must_open_role(state, "never_ends");
	pid_t pid = msrd_pid(msrd);
	double start = seconds();

	assert_null(msrd_close(msrd));
	/* 200 ms by itself, 100 ms after it was asked to */
	assert_true(seconds() - start >= 0.29);
	assert_true(seconds() - start < 2);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void the_daemon_inherits_nothing(void **state)
{
	sigset_t block, before;
	struct msrd *msrd;
	uint64_t value;
	int stray = dup2(1, 77);

	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &before);
	signal(SIGPIPE, SIG_IGN);
	msrd = must_open_role(state, "looks_around");
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), 0);
	msrd_close(msrd);
	close(stray);
}

static void an_ignored_sigchld_does_no_harm(void **state)
{
	struct msrd *msrd;
	uint64_t value;

	signal(SIGCHLD, SIG_IGN);
	msrd = must_open_role(state, "dies_after_one");
	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), 0);
	assert_int_equal(msrd_read(msrd, 0, 0x10, &value), -ECONNRESET);
	assert_error_says(msrd, "it ended");
	msrd_close(msrd);
	signal(SIGCHLD, SIG_DFL);
}

static void all_descriptors_are_close_on_exec(void **state)
{
	bool before[64];
	struct msrd *msrd;
	unsigned n = 0;

	for (int fd = 0; fd < 64; fd++)
		before[fd] = fcntl(fd, F_GETFD) >= 0;
	msrd = must_open_role(state, "serves");
	for (int fd = 0; fd < 64; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (before[fd] || flags < 0)
			continue;
		assert_int_equal(flags, FD_CLOEXEC);
		n++;
	}
	assert_true(n > 0);
	msrd_close(msrd);
}

static void a_thousand_sessions_leave_no_descriptor_and_no_child(void **state)
{
	int before = test_count_descriptors();

	for (unsigned i = 0; i < 1000; i++) {
		struct theatre *theatre = *state;
		struct msrd *msrd;

		/* also those that fail */
		if (i % 10 == 0)
			assert_int_equal(open_role(theatre, "exits_3", &msrd), -ECHILD);
		msrd = must_open_role(state, "serves");
		msrd_close(msrd);
	}
	assert_int_equal(test_count_descriptors(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

struct worker {
	pthread_t thread;
	struct msrd *msrd;
	uint32_t number;
	bool good;
};

static void *work(void *context)
{
	struct worker *worker = context;

	worker->good = true;
	for (uint32_t reg = 0; reg < 500; reg++) {
		uint64_t value = 0;

		if (msrd_read(worker->msrd, worker->number, reg, &value) != 0 ||
			value != ((uint64_t)worker->number << 32 | reg))
			worker->good = false;
	}
	return NULL;
}

static void threads_share_a_handle_and_have_handles_of_their_own(void **state)
{
	struct worker workers[8];
	struct msrd *shared = must_open_role(state, "serves");

	for (uint32_t i = 0; i < N_ELEMENTS(workers); i++) {
		workers[i].number = i;
		workers[i].msrd = i % 2 ? shared : must_open_role(state, "serves");
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	for (uint32_t i = 0; i < N_ELEMENTS(workers); i++) {
		pthread_join(workers[i].thread, NULL);
		assert_true(workers[i].good);
		if (workers[i].msrd != shared)
			msrd_close(workers[i].msrd);
	}
	msrd_close(shared);
}

static void names_and_texts_end_where_the_enums_end(void **state)
{
	(void)state;
	assert_string_equal(msrd_unit_name(MSRD_UNIT_R3QPI), "r3qpi");
	assert_null(msrd_unit_name((enum msrd_unit)(MSRD_UNIT_R3QPI + 1)));
	assert_string_equal(msrd_status_text(MSRD_LOCKED), "locked by another user");
	assert_null(msrd_status_text((enum msrd_status)(MSRD_SKIPPED + 1)));
	assert_null(msrd_close(NULL));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_access_is_one_record_and_its_answer),
		cmocka_unit_test(a_unit_that_does_not_exist_leaves_the_handle_usable),
		cmocka_unit_test(an_answer_in_pieces_is_an_answer),
		cmocka_unit_test(a_daemon_that_leaves_the_work_to_its_child_is_met),
		cmocka_unit_test(exit_at_the_start_is_noticed_at_once_with_its_status),
		cmocka_unit_test(exit_status_that_says_why_is_told_in_words),
		cmocka_unit_test(end_at_the_start_without_an_heir_is_noticed_within_a_moment),
		cmocka_unit_test(death_at_the_start_is_noticed_at_once_with_its_signal),
		cmocka_unit_test(a_daemon_that_never_listens_meets_the_deadline_and_is_ended),
		cmocka_unit_test(a_program_that_is_not_there_is_named),
		cmocka_unit_test(a_failed_open_without_room_for_a_text_is_fine),
		cmocka_unit_test(a_daemon_without_slash_is_looked_up_in_path),
		cmocka_unit_test(a_daemon_that_finds_its_path_taken_is_started_again),
		cmocka_unit_test(what_lay_at_a_daemons_path_may_be_gone_again),
		cmocka_unit_test(paths_that_are_all_taken_are_an_error_with_the_cure),
		cmocka_unit_test(a_daemon_that_ends_for_another_reason_is_not_started_again),
		cmocka_unit_test(a_process_of_the_user_that_is_not_the_daemons_is_refused),
		cmocka_unit_test(a_daemon_that_died_leaves_nothing_behind),
		cmocka_unit_test(a_daemon_that_died_before_it_was_met_leaves_nothing_behind),
		cmocka_unit_test(what_is_not_the_daemons_socket_is_left_alone),
		cmocka_unit_test(a_handle_used_after_fork_fails_with_its_own_error),
		cmocka_unit_test(a_handle_in_use_while_forking_does_not_hang_the_child),
		cmocka_unit_test(no_answer_meets_the_deadline_and_breaks_the_handle),
		cmocka_unit_test(half_an_answer_is_a_lost_daemon),
		cmocka_unit_test(an_unknown_error_code_breaks_the_handle),
		cmocka_unit_test(after_the_daemons_death_every_call_fails_at_once_with_the_reason),
		cmocka_unit_test(daemon_that_ends_well_although_we_do_not_was_told_to),
		cmocka_unit_test(a_request_to_a_dead_daemon_raises_no_signal),
		cmocka_unit_test(the_last_answer_of_a_daemon_counts),
		cmocka_unit_test(a_daemon_that_hangs_up_but_lives_is_gone_too),
		cmocka_unit_test(a_daemon_that_does_not_end_is_killed),
		cmocka_unit_test(the_daemon_inherits_nothing),
		cmocka_unit_test(an_ignored_sigchld_does_no_harm),
		cmocka_unit_test(all_descriptors_are_close_on_exec),
		cmocka_unit_test(a_thousand_sessions_leave_no_descriptor_and_no_child),
		cmocka_unit_test(threads_share_a_handle_and_have_handles_of_their_own),
		cmocka_unit_test(names_and_texts_end_where_the_enums_end),
		/* only root can be somebody else: the last two, and left out for others */
		cmocka_unit_test(a_socket_of_somebody_else_is_refused),
		cmocka_unit_test(sockets_of_somebody_else_are_passed_over),
	};
	const char *name = argc > 0 && strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : "";

	for (size_t i = 0; i < N_ELEMENTS(roles); i++)
		if (strcmp(name, roles[i].name) == 0)
			return roles[i].play();
	return _cmocka_run_group_tests("tests", tests, N_ELEMENTS(tests) - (geteuid() != 0 ? 2 : 0),
		build_theatre, leave_theatre);
}
