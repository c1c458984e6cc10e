/* SPDX-License-Identifier: MIT */
/* The shipped fixtures are tested like code. */
#include "arch/arch.h"
#include "fixture_folder.h"
#include "util/array.h"
#include "util/bytes.h"

/* What each node has to be, besides well formed. */
static const struct known {
	const char *name; /* folder */
	unsigned family, model;
	uint32_t packages, cores, threads, tdp_w, min_registers;
	uint8_t buses[4], io_buses[4], revision;
	uint8_t qpi_rate; /* QPI_RATE_STATUS */
	bool hides_qpi;	  /* its BIOS: the counters of the ports, and what they match */
} nodes[] = {
	{"documented/xeon-e5-2680-2s", 0x6, 0x2d, 2, 8, 1, 130, 50, {0x7f, 0xff}, {0x00, 0x80},
		0x07, 5, false},
	{"documented/xeon-e5-2680-2x1", 0x6, 0x2d, 2, 1, 1, 130, 50, {0x7f, 0xff}, {0x00, 0x80},
		0x07, 5, false},
	{"documented/xeon-e5-2680v2-2s", 0x6, 0x3e, 2, 10, 2, 115, 40, {0x1f, 0x3f}, {0x00, 0x20},
		0x04, 5, false},
	{"documented/xeon-e5-4650-4s", 0x6, 0x2d, 4, 8, 1, 130, 50, {0x3f, 0x7f, 0xbf, 0xff},
		{0x00, 0x40, 0x80, 0xc0}, 0x07, 5, false},
	{"recorded/xeon-e5-2630-2s", 0x6, 0x2d, 2, 6, 2, 95, 50, {0x1f, 0x3f}, {0x00, 0x20}, 0x07,
		4, true},
};
#define N_NODES N_ELEMENTS(nodes)

static void print(void *context, const char *message)
{
	(void)context;
	fprintf(stderr, "%s\n", message);
}

static struct fixture *load(const char *name)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", FIXTURES_DIR, name);
	struct fixture *fixture = fixture_load(path, print, NULL);
	assert_non_null(fixture);
	return fixture;
}

static char *text_of(const char *name, const char *file)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", FIXTURES_DIR, name);
	return read_text(path, file);
}

static const struct fixture_function *find_function(
	const struct fixture *fixture, uint8_t bus, unsigned slot, unsigned number)
{
	for (size_t i = 0; i < fixture->n_functions; i++)
		if (fixture->functions[i].bus == bus &&
			fixture->functions[i].devfn == (slot << 3 | number))
			return &fixture->functions[i];
	return NULL;
}

static bool has_function(const struct fixture *fixture, uint8_t bus, unsigned slot, unsigned number)
{
	return find_function(fixture, bus, slot, number) != NULL;
}

static const struct fixture_function *function_at(
	const struct fixture *fixture, uint8_t bus, unsigned slot, unsigned number)
{
	const struct fixture_function *function = find_function(fixture, bus, slot, number);

	if (!function)
		fail_msg("no function %02x:%02x.%x", bus, slot, number);
	return function;
}

static uint32_t config32(const struct fixture_function *function, uint32_t offset)
{
	assert_true(offset + 4 <= function->size);
	return get_le32(function->config + offset);
}

static uint64_t msr_of(const struct fixture *fixture, uint32_t cpu, uint32_t address)
{
	for (size_t i = 0; i < fixture->n_msrs; i++)
		if (fixture->msrs[i].cpu == cpu && fixture->msrs[i].address == address)
			return fixture->msrs[i].value;
	fail_msg("no value of 0x%x on CPU %u", address, cpu);
	return 0;
}

static void nodes_are_what_their_names_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_NODES; i++) {
		const struct known *known = &nodes[i];
		struct fixture *fixture = load(known->name);
		uint32_t n_cores = known->packages * known->cores;

		assert_int_equal(fixture->n_packages, known->packages);
		assert_int_equal(fixture->cores_per_package, known->cores);
		assert_int_equal(fixture->threads_per_core, known->threads);
		assert_int_equal(fixture->n_cpus, n_cores * known->threads);
		for (uint32_t cpu = 0; cpu < fixture->n_cpus; cpu++) {
			assert_int_equal(fixture->cpus[cpu].number, cpu);
			assert_int_equal(fixture->cpus[cpu].package, cpu % n_cores / known->cores);
			assert_int_equal(
				fixture->cpus[cpu].numa_node, cpu % n_cores / known->cores);
			assert_true(fixture->cpus[cpu].online);
		}
		assert_int_equal(fixture->cpus[known->cores].apic_id, 32);
		assert_int_equal(fixture->family, known->family);
		assert_int_equal(fixture->model, known->model);
		assert_int_equal(fixture->n_caches, 4);
		fixture_free(fixture);
	}
}

/* "… # NAME, recorded|documented|assumed: …" */
static void each_register_has_a_name_and_a_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_NODES; i++) {
		char *text = text_of(nodes[i].name, "msr.txt"), *rest = text;
		size_t n = 0;
		for (char *line; (line = strsep(&rest, "\n"));) {
			if (*line == '\0' || *line == '#')
				continue;
			const char *name = strstr(line, "  # ");
			assert_non_null(name);
			name += 4;
			size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
			const char *source = name + length;
			if (length < 4 || (strncmp(source, ", recorded: ", 12) != 0 &&
						  strncmp(source, ", documented: ", 14) != 0 &&
						  strncmp(source, ", assumed: ", 11) != 0))
				fail_msg("%s: no name and source: %s", nodes[i].name, line);
			n++;
		}
		assert_true(n >= nodes[i].min_registers);
		free(text);
	}
}

static void yaml_and_pci_text_say_where_their_values_are_from(void **state)
{
	static const char *const files[] = {"node.yaml", "pci.txt"};

	(void)state;
	for (size_t i = 0; i < N_NODES; i++) {
		for (size_t j = 0; j < 2; j++) {
			char *text = text_of(nodes[i].name, files[j]);
			assert_non_null(strstr(text, "recorded"));
			assert_non_null(strstr(text, "documented: "));
			assert_non_null(strstr(text, "assumed: "));
			free(text);
		}
		char *workload = text_of(nodes[i].name, "workload.yaml");
		assert_non_null(strstr(workload, "All figures are assumed"));
		free(workload);
	}
}

static void registers_agree_with_the_node(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_NODES; i++) {
		const struct known *known = &nodes[i];
		struct fixture *fixture = load(known->name);

		for (uint32_t cpu = 0; cpu < fixture->n_cpus; cpu++) {
			uint32_t package = fixture->cpus[cpu].package;
			assert_int_equal(msr_of(fixture, cpu, 0x8b) >> 32, fixture->microcode);
			assert_int_equal(msr_of(fixture, cpu, 0xce) >> 8 & 0xff,
				(int)(fixture->tsc_mhz / fixture->bus_mhz));
			assert_int_equal(msr_of(fixture, cpu, 0xce) >> 40 & 0xff,
				(int)(fixture->min_mhz / fixture->bus_mhz));
			assert_int_equal(msr_of(fixture, cpu, 0x1ad) & 0xff,
				(int)(fixture->max_mhz / fixture->bus_mhz));
			assert_int_equal(msr_of(fixture, cpu, 0x35),
				known->cores << 16 | known->cores * known->threads);
			assert_int_equal(msr_of(fixture, cpu, 0x1b) >> 8 & 1, cpu == 0);
			assert_int_equal(msr_of(fixture, cpu, 0x300),
				0x80000000 | (uint32_t)known->buses[package] << 8 |
					known->io_buses[package]);
			assert_int_equal(msr_of(fixture, cpu, 0x606), 0xa1003);
			assert_int_equal(msr_of(fixture, cpu, 0x1a0), 0x850089);
			/* TDP in units of 1/8 W, also the long-term limit */
			assert_int_equal(msr_of(fixture, cpu, 0x614) & 0x7fff, known->tdp_w * 8);
			assert_int_equal(msr_of(fixture, cpu, 0x610) & 0x7fff, known->tdp_w * 8);
		}
		fixture_free(fixture);
	}
}

/* All units that a package of two links and four channels has: one of each id at its place. */
static void uncore_functions_are_those_of_the_model(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_NODES; i++) {
		const struct known *known = &nodes[i];
		const struct arch *arch = arch_find(known->family, known->model);
		struct fixture *fixture = load(known->name);

		/* node n is group n, three bits each */
		uint32_t map = 0;
		for (uint32_t package = 0; package < known->packages; package++)
			map |= package << 3 * package;
		for (uint32_t package = 0; package < known->packages; package++) {
			for (size_t j = 0; j < arch->n_functions; j++) {
				const struct arch_function *unit = &arch->functions[j];

				/* more of a kind are of larger dies */
				if (unit->index >= (unit->unit == UNIT_IMC ? 4u : 2u) ||
					(unit->unit == UNIT_HA && unit->index > 0))
					continue;
				if (known->hides_qpi &&
					(unit->unit == UNIT_QPI || unit->unit == UNIT_QPI_MASK)) {
					assert_false(has_function(fixture, known->buses[package],
						unit->devfn >> 3, unit->devfn & 7));
					continue;
				}
				const struct fixture_function *function = function_at(fixture,
					known->buses[package], unit->devfn >> 3, unit->devfn & 7);
				assert_int_equal(config32(function, 0),
					(uint32_t)unit->device_id[0] << 16 | 0x8086);
				assert_int_equal(config32(function, 8) & 0xff, known->revision);
				assert_true(function->size >= 256);
				assert_int_equal(function->numa_node, -1);
				/* matches and masks lie behind the first 256 bytes */
				if (unit->unit == UNIT_QPI_MASK)
					assert_int_equal(function->size, 4096);
				if (unit->unit == UNIT_QPI_MISC && unit->index == 0)
					assert_int_equal(config32(function, 0xd4), known->qpi_rate);
			}
			const struct fixture_function *ubox =
				function_at(fixture, known->buses[package],
					arch->buses.ubox.devfn >> 3, arch->buses.ubox.devfn & 7);
			assert_int_equal(config32(ubox, 0) >> 16, arch->buses.ubox.device_id);
			assert_int_equal(config32(ubox, 0x40), package);
			assert_int_equal(config32(ubox, 0x54), map);
			const struct fixture_function *io =
				function_at(fixture, known->io_buses[package],
					arch->buses.iio.devfn >> 3, arch->buses.iio.devfn & 7);
			assert_int_equal(config32(io, 0) >> 16, arch->buses.iio.device_id);
			assert_int_equal(config32(io, 0x108),
				0x10000 | (uint32_t)known->buses[package] << 8 |
					known->io_buses[package]);
			assert_int_equal(io->numa_node, package);
		}
		fixture_free(fixture);
	}
}

/* What Linux looks at to give a function 4096 bytes: a PCI Express capability or a host bridge. */
static void capability_lists_agree_with_sizes(void **state)
{
	struct fixture *fixture = load(nodes[0].name);

	(void)state;
	for (size_t i = 0; i < fixture->n_functions; i++) {
		const struct fixture_function *function = &fixture->functions[i];
		bool has_list = config32(function, 4) >> 16 & 0x10;
		uint32_t pointer = config32(function, 0x34) & 0xff;
		assert_int_equal(has_list, pointer != 0);
		assert_int_equal(has_list && (config32(function, pointer) & 0xff) == 0x10,
			function->size == 4096);
	}
	fixture_free(fixture);
}

static void both_nodes_are_the_same_board(void **state)
{
	struct fixture *a = load(nodes[0].name), *b = load(nodes[1].name);

	(void)state;
	assert_int_equal(a->n_functions, b->n_functions);
	for (size_t i = 0; i < a->n_functions; i++) {
		assert_int_equal(a->functions[i].size, b->functions[i].size);
		assert_memory_equal(
			a->functions[i].config, b->functions[i].config, a->functions[i].size);
	}
	fixture_free(a);
	fixture_free(b);
}

static double channel_rate(const struct fixture_package_load *load, uint32_t channel, uint8_t umask)
{
	for (size_t i = 0; i < load->n_boxes; i++) {
		const struct fixture_box_load *box = &load->boxes[i];
		if (strcmp(box->unit, "imc") != 0 || box->boxes[0] != channel)
			continue;
		for (size_t j = 0; j < box->n_rates; j++)
			if (box->rates[j].event == 0x04 && box->rates[j].umask == umask)
				return box->rates[j].per_second;
	}
	return -1;
}

/* Mixed-up CPUs, channels or sockets would go unseen if they did the same. */
static void no_two_cpus_channels_or_sockets_do_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_NODES; i++) {
		const struct known *known = &nodes[i];
		struct fixture *fixture = load(known->name);
		const struct fixture_phase *phase = &fixture->phases[0];
		assert_int_equal(phase->n_cpu_loads, fixture->n_cpus);
		for (size_t a = 0; a < phase->n_cpu_loads; a++) {
			assert_true(phase->cpu_loads[a].active > 0);
			for (size_t b = 0; b < a; b++)
				assert_true(phase->cpu_loads[a].instructions_per_cycle !=
					    phase->cpu_loads[b].instructions_per_cycle);
		}
		assert_int_equal(phase->n_package_loads, known->packages);
		double seen[32];
		size_t n = 0;
		for (size_t package = 0; package < known->packages; package++) {
			const struct fixture_package_load *load = &phase->package_loads[package];
			for (uint32_t channel = 0; channel < 4; channel++) {
				seen[n++] = channel_rate(load, channel, 0x03);
				seen[n++] = channel_rate(load, channel, 0x0c);
			}
			for (size_t other = 0; other < package; other++) {
				assert_true(load->package_watts !=
					    phase->package_loads[other].package_watts);
				assert_true(
					load->dram_watts != phase->package_loads[other].dram_watts);
			}
		}
		for (size_t a = 0; a < n; a++) {
			assert_true(seen[a] > 0);
			for (size_t b = 0; b < a; b++)
				assert_true(seen[a] != seen[b]);
		}
		fixture_free(fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_are_what_their_names_say),
		cmocka_unit_test(each_register_has_a_name_and_a_source),
		cmocka_unit_test(yaml_and_pci_text_say_where_their_values_are_from),
		cmocka_unit_test(registers_agree_with_the_node),
		cmocka_unit_test(uncore_functions_are_those_of_the_model),
		cmocka_unit_test(capability_lists_agree_with_sizes),
		cmocka_unit_test(both_nodes_are_the_same_board),
		cmocka_unit_test(no_two_cpus_channels_or_sockets_do_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
