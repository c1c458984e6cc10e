/* SPDX-License-Identifier: MIT */
/*
 * A conversation with each release's own numbers, written out here a second
 * time. The daemon is executed as FOLDER/likwid-X.Y/likwid-accessD.
 *
 *     fuse-msr run FIXTURE -- node-releases FOLDER
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire.h"

static const char *folder;

static const struct numbers {
	const char *name;
	uint32_t msr, imc0, ha, qpi0, qpi_misc1, r2pcie, nothing;
	uint32_t exit;
	bool has_check;
	uint32_t absent;
} releases[] = {
	{"3.1", 14, 3, 7, 8, 13, 2, 15, 2, false, 8},
	{"4.0", 14, 5, 9, 11, 18, 4, 3, 2, false, 6},
	{"4.1", 0, 5, 9, 11, 18, 4, 3, 3, true, 6},
	{"4.2", 0, 5, 9, 11, 18, 4, 3, 3, true, 6},
	{"4.3", 0, 5, 9, 11, 18, 4, 3, 3, true, 6},
	{"5.0", 0, 5, 9, 11, 18, 4, 3, 3, true, 6},
	{"5.1", 0, 5, 9, 11, 18, 4, 3, 3, true, 6},
	{"5.2", 0, 5, 13, 17, 24, 4, 3, 3, true, 6},
	{"5.3", 0, 21, 29, 61, 70, 5, 3, 3, true, 6},
	{"5.4", 0, 49, 57, 117, 130, 9, 3, 3, true, 6},
	{"5.5", 0, 49, 57, 117, 130, 9, 3, 3, true, 6},
};

static void converse(const struct numbers *numbers, int fd)
{
	assert_int_equal(wire_read(fd, numbers->msr, 0, 0x606), 0xa1003);
	assert_int_equal(wire_ask(fd, READ, numbers->msr, 0, 0x600, 0).errorcode, 2);
	assert_int_equal(wire_ask(fd, READ, numbers->msr, 0, 0x641, 0).errorcode, 4);
	assert_int_equal(wire_ask(fd, READ, numbers->msr, 9, 0x606, 0).errorcode, numbers->absent);
	assert_int_equal(
		wire_ask(fd, READ, numbers->nothing, 0, 0xd8, 0).errorcode, numbers->absent);
	/* where the MSRs are 14, 0 is nothing, and where they are 0, the mask of a QPI port */
	if (strcmp(numbers->name, "4.0") == 0)
		assert_int_equal(wire_ask(fd, READ, 0, 0, 0x606, 0).errorcode, 6);
	else if (strcmp(numbers->name, "5.2") < 0 && numbers->msr == 0)
		assert_int_equal(wire_ask(fd, READ, 14, 0, 0x228, 0).errorcode, 0);
	assert_int_equal(wire_ask(fd, 4, numbers->msr, 0, 0x606, 0).errorcode, 1);

	/* each unit holds what was written to it, and no other does */
	const uint32_t units[] = {numbers->imc0, numbers->ha, numbers->qpi0, numbers->r2pcie};
	for (uint32_t i = 0; i < 4; i++)
		wire_write(fd, units[i], 1, 0xdc, 0x400001 + i);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(wire_read(fd, units[i], 1, 0xdc), 0x400001 + i);
		assert_int_equal(wire_read(fd, units[i], 0, 0xdc), 0);
		wire_write(fd, units[i], 1, 0xdc, 0);
	}
	assert_int_equal(wire_ask(fd, READ, numbers->qpi_misc1, 0, 0xd4, 0).errorcode, 0);
	assert_int_equal(wire_ask(fd, READ, numbers->qpi_misc1, 0, 0xd8, 0).errorcode, 2);

	if (numbers->has_check) {
		assert_int_equal(wire_ask(fd, 2, numbers->ha, 1, 0, 0).errorcode, 0);
		assert_int_equal(wire_ask(fd, 2, numbers->ha, 2, 0, 0).errorcode, 6);
	} else {
		assert_int_equal(wire_ask(fd, 3, numbers->ha, 1, 0, 0).errorcode, 1);
	}
}

/* A whole session with the daemon at program, which is to speak these numbers. */
static void be_served(const char *program, const struct numbers *numbers)
{
	struct accessd accessd = accessd_start(program, NULL);
	unsigned char bytes[32];
	struct reply reply;

	print_message("%s\n", numbers->name);
	accessd_connect(&accessd);
	converse(numbers, accessd.fd);
	wire_request(bytes, numbers->exit, numbers->msr, 0, 0, 0);
	assert_int_equal(send(accessd.fd, bytes, sizeof bytes, MSG_NOSIGNAL), 32);
	assert_false(wire_receive(accessd.fd, &reply));
	accessd_disconnect(&accessd);
	assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), 0);
}

static void each_release_is_served_with_its_own_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
		char program[512];

		snprintf(program, sizeof program, "%s/likwid-%s/likwid-accessD", folder,
			releases[i].name);
		be_served(program, &releases[i]);
	}
}

static void link_to_the_link_of_a_release_speaks_its_numbers(void **state)
{
	char program[512];

	(void)state;
	snprintf(program, sizeof program, "%s/opt/sbin/likwid-accessD", folder);
	be_served(program, &releases[sizeof releases / sizeof *releases - 1]);
}

static void release_that_nobody_knows_is_not_served(void **state)
{
	char program[512];

	(void)state;
	snprintf(program, sizeof program, "%s/likwid-9.9/likwid-accessD", folder);
	struct accessd accessd = accessd_start(program, NULL);
	assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), 1 << 8);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_release_is_served_with_its_own_numbers),
		cmocka_unit_test(link_to_the_link_of_a_release_speaks_its_numbers),
		cmocka_unit_test(release_that_nobody_knows_is_not_served),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: node-releases FOLDER\n");
		return 2;
	}
	folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
