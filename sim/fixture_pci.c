/* SPDX-License-Identifier: MIT */
/*
 * pci.txt: what `lspci -Dnxxxx` prints. Our own reader and not libpci's, which
 * skips what it does not understand; this one says the line. Comments (#) and
 * the indented lines of -v may stand between; a node without the file has no
 * functions.
 */
#include "sim/fixture_load.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_MAX 4096

/* A device being read: its bytes are kept only when its last line is known. */
struct device {
	bool valid; /* hex lines that follow belong to it */
	size_t line;
	uint32_t end; /* behind the highest byte */
	uint8_t config[CONFIG_MAX];
};

/* min to max hex digits and then a character of their own; moves *text behind it. */
static bool get_hex(const char **text, size_t min, size_t max, char end, uint32_t *value)
{
	const char *digits = *text;
	size_t n = 0;

	*value = 0;
	for (; n < max && isxdigit((unsigned char)digits[n]); n++) {
		int digit = tolower((unsigned char)digits[n]);
		*value = *value << 4 | (uint32_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
	}
	/* at the end of a line there may be no more character */
	if (n < min || (digits[n] != end && !(end == ' ' && digits[n] == '\0')))
		return false;
	*text = digits + n + (digits[n] != '\0');
	return true;
}

/* "0000:7f:08.0 ", or "7f:08.0 " as lspci prints without -D */
static bool get_address(const char *text, struct fixture_function *function, const char **behind)
{
	const char *rest = text;
	uint32_t domain = 0, bus, slot, number;

	if (!get_hex(&rest, 4, 4, ':', &domain))
		rest = text;
	if (!get_hex(&rest, 2, 2, ':', &bus) || !get_hex(&rest, 2, 2, '.', &slot) ||
		!get_hex(&rest, 1, 1, ' ', &number) || slot > 0x1f || number > 7)
		return false;
	function->domain = (uint16_t)(rest == text ? 0 : domain);
	function->bus = (uint8_t)bus;
	function->devfn = (uint8_t)(slot << 3 | number);
	*behind = rest;
	return true;
}

static uint64_t place(const struct fixture_function *function)
{
	return (uint64_t)function->domain << 16 | (uint64_t)function->bus << 8 | function->devfn;
}

static int32_t numa_node(const struct fixture_load *load, const struct fixture_function *function)
{
	for (size_t i = 0; i < load->n_buses; i++)
		if (load->buses[i].domain == function->domain &&
			load->buses[i].bus == function->bus)
			return load->buses[i].numa_node;
	return -1;
}

/* "CLASS: VENDOR:DEVICE" as -n prints it has to say what the bytes say. */
static void check_ids(struct fixture_file *file, const struct device *device, const char *name)
{
	uint32_t class, vendor, id;
	const uint8_t *config = device->config;

	if (!get_hex(&name, 4, 4, ':', &class) || *name++ != ' ' ||
		!get_hex(&name, 4, 4, ':', &vendor) || !get_hex(&name, 4, 4, ' ', &id))
		fixture_complain(file, device->line, "is not 'ADDRESS CLASS: VENDOR:DEVICE'");
	else if (vendor != (uint32_t)(config[0] | config[1] << 8) ||
		 id != (uint32_t)(config[2] | config[3] << 8) ||
		 class != (uint32_t)(config[10] | config[11] << 8))
		fixture_complain(file, device->line,
			"%04x: %04x:%04x is not what the bytes of the device say", class, vendor,
			id);
}

/* The last function gets its bytes. */
static void device_end(struct fixture_file *file, struct device *device)
{
	struct fixture *fixture = file->load->fixture;

	if (!device->valid)
		return;
	device->valid = false;
	struct fixture_function *function = &fixture->functions[fixture->n_functions - 1];
	if (device->end == 0) {
		fixture_complain(file, device->line, "a device without a byte: use lspci -x");
		return;
	}
	check_ids(file, device, function->name);
	function->size = device->end <= 64 ? 64 : device->end <= 256 ? 256 : CONFIG_MAX;
	function->config = malloc(function->size);
	if (!function->config) {
		fixture_complain(file, device->line, "out of memory");
		return;
	}
	memcpy(function->config, device->config, function->size);
}

static void device_begin(struct fixture_file *file, struct device *device, size_t number,
	const struct fixture_function *found, const char *name)
{
	struct fixture *fixture = file->load->fixture;
	size_t n = fixture->n_functions;

	if (n > 0 && place(found) <= place(&fixture->functions[n - 1]))
		fixture_complain(file, number, "a device twice, or not in ascending order");
	struct fixture_function *functions = NULL;
	if (n < FIXTURE_MAX_FUNCTIONS)
		functions = fixture_grow(fixture->functions, n, sizeof *functions);
	char *copy = strdup(name);
	if (functions)
		fixture->functions = functions;
	if (!functions || !copy) {
		fixture_complain(file, number, "too many devices, or out of memory");
		free(copy);
		return;
	}
	functions[n] = *found;
	functions[n].numa_node = numa_node(file->load, found);
	functions[n].name = copy;
	fixture->n_functions++;
	*device = (struct device){.valid = true, .line = number};
}

/* "a0: " and up to 16 bytes */
static void hex_line(
	struct fixture_file *file, struct device *device, size_t number, const char *text)
{
	uint32_t offset, byte;

	if (!get_hex(&text, 2, 3, ':', &offset) || *text++ != ' ') {
		fixture_complain(
			file, number, "is no device '0000:7f:08.0 …' and no bytes 'a0: 00 …'");
		return;
	}
	if (!device->valid) {
		fixture_complain(file, number, "bytes that belong to no device");
		return;
	}
	if (offset % 16 != 0 || offset < device->end) {
		fixture_complain(file, number, "offset %x is there already, or odd", offset);
		return;
	}
	uint32_t line_end = offset + 16;
	while (*text != '\0') {
		if (offset == line_end || !get_hex(&text, 2, 2, ' ', &byte)) {
			fixture_complain(file, number, "is not up to 16 bytes of two hex digits");
			return;
		}
		device->config[offset++] = (uint8_t)byte;
	}
	device->end = offset;
}

void fixture_load_pci(struct fixture_load *load)
{
	struct fixture_file file;
	struct device device = {0};
	size_t number = 0;
	bool ok = fixture_file_read(&file, load, "pci.txt", true);
	char *rest = file.text;

	for (char *line; ok && (line = strsep(&rest, "\n"));) {
		struct fixture_function found = {0};
		const char *name;
		number++;
		if (*line == '#' || *line == '\t')
			continue;
		if (*line == '\0') {
			device_end(&file, &device);
		} else if (get_address(line, &found, &name)) {
			device_end(&file, &device);
			device_begin(&file, &device, number, &found, name);
		} else {
			hex_line(&file, &device, number, line);
		}
	}
	device_end(&file, &device);
	fixture_file_free(&file);
}
