/* SPDX-License-Identifier: MIT */
/*
 * A recorded conversation: text, one request and its reply a line, with the
 * device names and numbers of LIKWID 5.2.
 *
 *      0.002596 WRITE MSR      cpu=0 reg=0xC08 data=0x0 err_in=3 -> data=0x0 err=0
 *      0.001044 CHECK HA0      sock=1 reg=0x0 data=0x0 err_in=3 -> data=0x0 err=0
 *
 *     EXIT  MSR
 *
 * EXIT comes last and has no reply. Lines that begin with # say what was recorded.
 */
#ifndef MSRD_TESTS_NODE_CONVERSATION_H
#define MSRD_TESTS_NODE_CONVERSATION_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct exchange {
	double seconds;
	uint32_t type, device, cpu, reg;
	uint64_t data;
	uint32_t err_in;
	uint64_t reply; /* data of the reply */
	uint32_t error;
};

static const char *const conversation_verbs[] = {"READ", "WRITE", "CHECK"};

static const struct conversation_device {
	uint32_t number;
	const char *name;
} conversation_devices[] = {
	{0, "MSR"},
	{1, "R3QPI0"},
	{2, "R3QPI1"},
	{4, "R2PCIE"},
	{5, "IMC0CH0"},
	{6, "IMC0CH1"},
	{7, "IMC0CH2"},
	{8, "IMC0CH3"},
	{13, "HA0"},
	{17, "QPI0"},
	{18, "QPI1"},
	{20, "QPIMASK0"},
	{21, "QPIMASK1"},
	{23, "QPIMISC0"},
	{24, "QPIMISC1"},
};
#define CONVERSATION_N_DEVICES (sizeof conversation_devices / sizeof *conversation_devices)

static inline bool conversation_is_exit(const char *line)
{
	return strncmp(line, "EXIT ", 5) == 0;
}

static inline bool conversation_parse(const char *line, struct exchange *exchange)
{
	char verb[16], device[16];
	int end = 0;

	*exchange = (struct exchange){.type = UINT32_MAX, .device = UINT32_MAX};
	if (sscanf(line,
		    "%lf %15s %15s %*[a-z]=%" SCNu32 " reg=%" SCNx32 " data=%" SCNx64
		    " err_in=%" SCNu32 " -> data=%" SCNx64 " err=%" SCNu32 " %n",
		    &exchange->seconds, verb, device, &exchange->cpu, &exchange->reg,
		    &exchange->data, &exchange->err_in, &exchange->reply, &exchange->error,
		    &end) != 9 ||
		line[end] != '\0')
		return false;
	for (uint32_t type = 0; type < 3; type++)
		if (strcmp(verb, conversation_verbs[type]) == 0)
			exchange->type = type;
	for (size_t i = 0; i < CONVERSATION_N_DEVICES; i++)
		if (strcmp(device, conversation_devices[i].name) == 0)
			exchange->device = conversation_devices[i].number;
	return exchange->type != UINT32_MAX && exchange->device != UINT32_MAX;
}

static inline void conversation_print(FILE *out, const struct exchange *exchange)
{
	const char *device = "?";

	for (size_t i = 0; i < CONVERSATION_N_DEVICES; i++)
		if (conversation_devices[i].number == exchange->device)
			device = conversation_devices[i].name;
	if (exchange->type >= 3) {
		fprintf(out, "EXIT  %s\n", device);
		return;
	}
	fprintf(out,
		"%9.6f %-5s %-8s %s=%" PRIu32 " reg=0x%" PRIX32 " data=0x%" PRIX64
		" err_in=%" PRIu32 " -> data=0x%" PRIX64 " err=%" PRIu32 "\n",
		exchange->seconds, conversation_verbs[exchange->type], device,
		exchange->device == 0 ? "cpu" : "sock", exchange->cpu, exchange->reg,
		exchange->data, exchange->err_in, exchange->reply, exchange->error);
}

#endif
