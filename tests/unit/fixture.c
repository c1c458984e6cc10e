/* SPDX-License-Identifier: MIT */
/* What a fixture's files say is what the fixture is; topologies of all kinds. */
#include "fixture_folder.h"

static struct fixture *load_or_fail(struct folder *folder)
{
	struct fixture *fixture = folder_load(folder);

	if (!fixture)
		fail_msg("does not load:\n%s", folder->complaints);
	return fixture;
}

static const struct fixture_cpu *cpu_of(const struct fixture *fixture, uint32_t number)
{
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].number == number)
			return &fixture->cpus[i];
	return NULL;
}

/* Any topology, all of it in one NUMA node and under one idle load. */
static struct fixture *load_topology(
	struct folder *folder, const char *topology, const char *cpus, const char *packages)
{
	char *node = read_text(folder->sysroot.path, "node.yaml"), *text = NULL;
	char *begin = strstr(node, "  packages: 2"), *end = strstr(node, "caches:");
	char *numa = strstr(node, "numa:"), *clocks = strstr(node, "clocks_mhz:");

	assert_true(asprintf(&text,
			    "%.*s%s\n%.*snuma:\n"
			    "  - {number: 0, cpus: \"%s\", memory_kib: 1, distances: [10]}\n%.*s",
			    (int)(begin - node), node, topology, (int)(numa - end), end, cpus,
			    (int)(strstr(clocks, "pci_numa:") - clocks), clocks) > 0);
	folder_write(folder, "node.yaml", text);
	sysroot_remove(&folder->sysroot, "events.txt"); /* of other CPUs */
	free(text);
	free(node);
	assert_true(asprintf(&text,
			    "phases:\n- name: idle\n  seconds: 0\n  cpus:\n"
			    "  - {cpus: \"%s\", frequency_mhz: 1000, active: 0, user: 0, "
			    "instructions_per_cycle: 0, temperature_c: 30}\n  packages:\n"
			    "  - {packages: \"%s\", package_watts: 1, pp0_watts: 1, dram_watts: 1, "
			    "temperature_c: 30}\n",
			    cpus, packages) > 0);
	folder_write(folder, "workload.yaml", text);
	free(text);
	folder_write(folder, "msr.txt", "");
	return load_or_fail(folder);
}

static void identity_and_clocks_are_as_written(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = load_or_fail(folder);
	assert_string_equal(fixture->path, folder->sysroot.path);
	assert_string_equal(fixture->name, "a small node");
	assert_string_equal(fixture->vendor, "GenuineIntel");
	assert_string_equal(fixture->model_name, "Intel(R) Xeon(R) CPU E5-2680 0 @ 2.70GHz");
	assert_string_equal(fixture->flags, "fpu tsc msr");
	assert_string_equal(fixture->bugs, "");
	assert_int_equal(fixture->family, 6);
	assert_int_equal(fixture->model, 45);
	assert_int_equal(fixture->stepping, 7);
	assert_int_equal(fixture->microcode, 0x710);
	assert_int_equal(fixture->cpuid_level, 13);
	assert_int_equal(fixture->physical_bits, 46);
	assert_int_equal(fixture->virtual_bits, 48);
	assert_true(fixture->bus_mhz == 100 && fixture->tsc_mhz == 2700);
	assert_true(fixture->min_mhz == 1200 && fixture->max_mhz == 3500);
	assert_true(fixture->uclk_mhz == 2700 && fixture->dclk_mhz == 800);
	assert_true(fixture->qclk_mhz == 1000);
	fixture_free(fixture);
}

static void absent_cpus_are_gaps_and_offline_cpus_are_there(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_cpus, 3);
	assert_null(cpu_of(fixture, 1));
	assert_true(cpu_of(fixture, 0)->online);
	assert_true(cpu_of(fixture, 2)->online);
	assert_false(cpu_of(fixture, 3)->online);
	assert_int_equal(cpu_of(fixture, 0)->package, 0);
	assert_int_equal(cpu_of(fixture, 2)->package, 1);
	assert_int_equal(cpu_of(fixture, 3)->core, 1);
	assert_int_equal(cpu_of(fixture, 3)->apic_id, 1 << 5 | 1 << 1);
	fixture_free(fixture);
}

static void caches_and_numa_nodes_are_as_written(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_caches, 2);
	assert_string_equal(fixture->caches[0].type, "Data");
	assert_int_equal(fixture->caches[0].sets, 64);
	assert_int_equal(fixture->caches[0].shared_by, ARCH_CORE);
	assert_int_equal(fixture->caches[1].sets, 16384);
	assert_int_equal(fixture->caches[1].shared_by, ARCH_PACKAGE);
	assert_int_equal(fixture->n_numa_nodes, 2);
	assert_int_equal(fixture->numa_nodes[1].memory_kib, 524288);
	assert_int_equal(fixture->numa_nodes[0].distances[1], 21);
	assert_int_equal(cpu_of(fixture, 0)->numa_node, 0);
	assert_int_equal(cpu_of(fixture, 3)->numa_node, 1);
	fixture_free(fixture);
}

static void registers_are_in_order_of_cpu_and_address(void **state)
{
	static const struct fixture_msr expected[] = {
		{.cpu = 0, .address = 0x1b, .value = 0xfee00900, .line = 4},
		{.cpu = 0, .address = 0xce, .value = 0x1b00, .line = 2},
		{.cpu = 0, .address = 0x606, .value = 0xa1003, .line = 3},
		{.cpu = 2, .address = 0x1b, .value = 0xfee00800, .line = 5},
		{.cpu = 2, .address = 0xce, .value = 0x1b00, .line = 2},
		{.cpu = 2, .address = 0x606, .value = 0xa1003, .line = 3},
		{.cpu = 3, .address = 0x1b, .value = 0xfee00800, .line = 5},
		{.cpu = 3, .address = 0xce, .value = 0x1b00, .line = 2},
		{.cpu = 3, .address = 0x606, .value = 0xa1003, .line = 3},
	};
	struct folder *folder = *state;

	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_msrs, sizeof expected / sizeof *expected);
	for (size_t i = 0; i < fixture->n_msrs; i++) {
		assert_int_equal(fixture->msrs[i].cpu, expected[i].cpu);
		assert_int_equal(fixture->msrs[i].address, expected[i].address);
		assert_int_equal(fixture->msrs[i].value, expected[i].value);
		assert_int_equal(fixture->msrs[i].line, expected[i].line);
	}
	fixture_free(fixture);
}

static void function_has_its_bytes_and_what_is_left_out_is_0(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_functions, 5);
	const struct fixture_function *function = &fixture->functions[0];
	assert_int_equal(function->line, 1);
	assert_int_equal(function->domain, 0);
	assert_int_equal(function->bus, 0);
	assert_int_equal(function->devfn, 5 << 3);
	assert_int_equal(function->numa_node, 1);
	assert_int_equal(function->size, 4096);
	assert_int_equal(function->config[0], 0x86);
	assert_int_equal(function->config[0x0e], 0x80);
	assert_int_equal(function->config[0x109], 0x7f);
	for (size_t i = 16; i < 0x100; i++)
		assert_int_equal(function->config[i], 0);
	assert_int_equal(fixture->functions[1].bus, 0x7f);
	assert_int_equal(fixture->functions[1].devfn, 0xb << 3);
	assert_int_equal(fixture->functions[1].numa_node, -1);
	assert_int_equal(fixture->functions[1].size, 256);
	fixture_free(fixture);
}

static void last_line_decides_the_size_of_config_space(void **state)
{
	static const struct {
		const char *line;
		uint32_t size;
	} cases[] = {{"30: 00", 64}, {"40: 00", 256}, {"f0: 00", 256}, {"ff0: 00", 4096}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct folder folder;
		folder_init(&folder);
		folder_edit(&folder, "pci.txt",
			"50: 00 00 00 00 08 00 00 00 00 00 00 00 00 00 00 00\n", "");
		folder_edit(&folder, "pci.txt", "40: 00", cases[i].line);
		struct fixture *fixture = load_or_fail(&folder);
		assert_int_equal(fixture->functions[1].size, cases[i].size);
		fixture_free(fixture);
		folder_deinit(&folder);
	}
}

static void verbose_and_short_dumps_of_lspci_are_read(void **state)
{
	struct folder *folder = *state;

	folder_edit(folder, "pci.txt", "0000:00:05.0", "# no domain, -v\n00:05.0");
	folder_edit(folder, "pci.txt", "0000:ff:10.0", "ff:10.0");
	folder_edit(folder, "pci.txt", "(rev 07)\n", "(rev 07)\n\tFlags: fast devsel\n");
	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_functions, 5);
	assert_int_equal(fixture->functions[0].devfn, 5 << 3);
	assert_int_equal(fixture->functions[0].config[0x109], 0x7f);
	assert_int_equal(fixture->functions[4].domain, 0);
	assert_int_equal(fixture->functions[4].bus, 0xff);
	fixture_free(fixture);
}

static void names_of_lspci_nn_give_the_ids(void **state)
{
	struct folder *folder = *state;

	folder_edit(folder, "pci.txt", "0000:7f:0b.0 0880: 8086:3ce0 (rev 07)",
		"0000:7f:0b.0 System peripheral [0880]: Intel [HT] Control [8086:3ce0] (rev 07)");
	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->functions[1].vendor, 0x8086);
	assert_int_equal(fixture->functions[1].device, 0x3ce0);
	assert_int_equal(fixture->functions[1].class, 0x0880);
	fixture_free(fixture);
}

/* As lspci without -n prints it: the bytes say what the device is. */
static void title_without_ids_leaves_them_to_the_bytes(void **state)
{
	struct folder *folder = *state;

	folder_edit(folder, "pci.txt", "0880: 8086:3ce0", "System peripheral: Intel Corporation");
	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->functions[1].device, 0x3ce0);
	assert_int_equal(fixture->functions[1].class, 0x0880);
	fixture_free(fixture);
}

/* A virtual function has no ids in its config space; a sleeping device has nothing. */
static void ids_of_mute_bytes_come_from_the_line(void **state)
{
	static const char *const mute[] = {
		"00: ff ff ff ff 00 00 00 00 07 00 80 08 00 00 80 00",
		"00: ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff",
	};

	(void)state;
	for (size_t i = 0; i < sizeof mute / sizeof *mute; i++) {
		struct folder folder;
		folder_init(&folder);
		folder_edit(&folder, "pci.txt",
			"00: 86 80 e0 3c 00 00 00 00 07 00 80 08 00 00 80 00", mute[i]);
		struct fixture *fixture = load_or_fail(&folder);
		assert_int_equal(fixture->functions[1].vendor, 0x8086);
		assert_int_equal(fixture->functions[1].device, 0x3ce0);
		assert_int_equal(fixture->functions[1].class, 0x0880);
		assert_int_equal(fixture->functions[1].config[0], 0xff);
		fixture_free(fixture);
		folder_deinit(&folder);
	}
}

static void complaints_of_pcilib_and_line_ends_of_dos_are_no_harm(void **state)
{
	struct folder *folder = *state;
	char *text = read_text(folder->sysroot.path, "pci.txt"), *rest = text, *dos = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&dos, &size);

	assert_non_null(out);
	fprintf(out, "pcilib: sysfs_read_vpd: read failed: Input/output error\r\n"
		     "lspci: Unable to load libkmod resources: error -12\r\n");
	for (char *line; (line = strsep(&rest, "\n"));)
		fprintf(out, "%s\r\n", line);
	fclose(out);
	folder_write(folder, "pci.txt", dos);
	folder_edit(folder, "pci.txt", "100: 00", "pcilib: read failed\r\n100: 00");
	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_functions, 5);
	assert_int_equal(fixture->functions[0].line, 3);
	assert_int_equal(fixture->functions[0].config[0x109], 0x7f);
	assert_string_equal(fixture->functions[0].name, "0880: 8086:3c28 (rev 07)");
	fixture_free(fixture);
	free(dos);
	free(text);
}

static void line_ends_of_dos_are_no_harm_to_msr_txt(void **state)
{
	struct folder *folder = *state;

	folder_write(folder, "msr.txt", "# registers\r\n\r\n0 0xce 0x1b00  # NAME, a table\r\n");
	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_msrs, 1);
	fixture_free(fixture);
}

/* A VMD controller opens domains from 10000 on. */
static void domains_may_have_five_or_six_digits(void **state)
{
	struct folder *folder = *state;
	char *text = read_text(folder->sysroot.path, "pci.txt"), *more = NULL;

	assert_true(asprintf(&more,
			    "%s\n10000:00:02.0 0604: 8086:2030 (rev 04)\n"
			    "00: 86 80 30 20 00 00 00 00 04 00 04 06 00 00 01 00\n\n"
			    "fedcba:e1:1f.7 0880: 8086:2031\n"
			    "00: 86 80 31 20 00 00 00 00 04 00 80 08 00 00 00 00\n",
			    text) > 0);
	folder_write(folder, "pci.txt", more);
	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_functions, 7);
	assert_int_equal(fixture->functions[5].domain, 0x10000);
	assert_int_equal(fixture->functions[6].domain, 0xfedcba);
	assert_int_equal(fixture->functions[6].bus, 0xe1);
	fixture_free(fixture);
	free(more);
	free(text);
}

static void node_without_pci_txt_has_no_functions(void **state)
{
	struct folder *folder = *state;

	sysroot_remove(&folder->sysroot, "pci.txt");
	sysroot_remove(&folder->sysroot, "events.txt"); /* some are about functions */
	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_functions, 0);
	fixture_free(fixture);
}

static void phases_are_as_written(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = load_or_fail(folder);
	assert_int_equal(fixture->n_phases, 2);
	const struct fixture_phase *phase = &fixture->phases[0];
	assert_string_equal(phase->name, "compute");
	assert_true(phase->seconds == 3);
	assert_int_equal(phase->n_cpu_loads, 2);
	assert_int_equal(phase->cpu_loads[1].n_cpus, 2);
	assert_int_equal(phase->cpu_loads[1].cpus[1], 3);
	assert_true(phase->cpu_loads[0].user == 0.9);
	assert_true(phase->cpu_loads[0].temperature_c == 60);
	assert_int_equal(phase->n_package_loads, 1);
	const struct fixture_package_load *load = &phase->package_loads[0];
	assert_int_equal(load->n_packages, 2);
	assert_true(load->package_watts == 80 && load->pp0_watts == 50 && load->dram_watts == 10);
	assert_string_equal(load->boxes[0].unit, "imc");
	assert_int_equal(load->boxes[0].n_boxes, 1);
	assert_int_equal(load->boxes[0].rates[1].umask, 0x0c);
	assert_true(load->boxes[0].rates[1].per_second == 5e5);
	fixture_free(fixture);
}

static void spread_and_filter_of_a_rate_are_loaded(void **state)
{
	struct folder *folder = *state;
	struct fixture *fixture = folder_load(folder);

	assert_non_null(fixture);
	const struct fixture_rate *rates = fixture->phases[0].cpu_loads[0].rates;
	/* beside a rate: of the cycles with events */
	assert_true(rates[1].per_second == 3000e6 * 2.0 * 1.2);
	assert_int_equal(rates[1].n_cycles, 2);
	assert_int_equal(rates[1].cycles[1].events, 4);
	assert_true(rates[1].cycles[1].share == 0.75);
	assert_true(rates[1].cycles[1].run_cycles == 2.5);
	/* alone it says the rate */
	assert_true(rates[2].per_second == 3000e6 * 0.2);
	assert_int_equal(rates[2].n_cycles, 1);
	assert_true(rates[2].cycles[0].run_cycles == 0);
	assert_false(rates[3].has_filter);
	assert_true(rates[4].has_filter);
	assert_int_equal(rates[4].filter, 0x10001);
	fixture_free(fixture);
}

static void rate_of_a_mix_follows_the_instructions_of_the_cpu(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = load_or_fail(folder);
	const struct fixture_cpu_load *load = &fixture->phases[0].cpu_loads[0];
	assert_int_equal(load->n_rates, 5);
	assert_int_equal(load->rates[0].event, 0xc4);
	assert_true(load->rates[0].per_second == 3000e6 * 2.0 * 0.1);
	assert_int_equal(load->rates[3].event, 0x2e);
	assert_true(load->rates[3].per_second == 1e6);
	assert_int_equal(fixture->phases[0].cpu_loads[1].n_rates, 0);
	fixture_free(fixture);
}

static void cpu_numbers_run_as_the_numbering_says(void **state)
{
	static const struct {
		const char *numbering;
		uint32_t package, core, thread; /* of CPU 7 of 2 x 3 x 2 */
	} cases[] = {
		{"thread-package-core", 0, 1, 1},
		{"thread-core-package", 1, 0, 1},
		{"package-core-thread", 1, 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct folder folder;
		char topology[256];
		snprintf(topology, sizeof topology,
			"  packages: 2\n  cores_per_package: 3\n  threads_per_core: 2\n"
			"  numbering: %s\n  apic_id_bits: {core: 2, thread: 1}",
			cases[i].numbering);
		folder_init(&folder);
		struct fixture *fixture = load_topology(&folder, topology, "0-11", "0-1");
		assert_int_equal(fixture->n_cpus, 12);
		assert_int_equal(cpu_of(fixture, 7)->package, cases[i].package);
		assert_int_equal(cpu_of(fixture, 7)->core, cases[i].core);
		assert_int_equal(cpu_of(fixture, 7)->thread, cases[i].thread);
		/* the first CPUs tell the first two apart */
		assert_int_equal(cpu_of(fixture, 1)->package, i == 1);
		assert_int_equal(cpu_of(fixture, 11)->apic_id, 1 << 3 | 2 << 1 | 1);
		fixture_free(fixture);
		folder_deinit(&folder);
	}
}

static void node_of_1100_cpus_is_a_few_lines(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = load_topology(folder,
		"  packages: 10\n  cores_per_package: 110\n  threads_per_core: 1\n"
		"  numbering: thread-package-core\n  apic_id_bits: {core: 7, thread: 0}",
		"0-1099", "0-9");
	assert_int_equal(fixture->n_cpus, 1100);
	assert_int_equal(fixture->cpus[1099].number, 1099);
	assert_int_equal(fixture->cpus[1099].package, 9);
	assert_int_equal(fixture->cpus[1099].core, 109);
	assert_int_equal(fixture->phases[0].cpu_loads[0].n_cpus, 1100);
	fixture_free(fixture);
}

static void events_are_in_order_of_time_and_of_their_lines(void **state)
{
	struct folder *folder = *state;
	struct fixture *fixture = folder_load(folder);

	assert_non_null(fixture);
	assert_int_equal(fixture->n_events, 9);
	for (size_t i = 1; i < fixture->n_events; i++) {
		const struct fixture_event *a = &fixture->events[i - 1], *b = a + 1;
		assert_true(a->ns < b->ns || (a->ns == b->ns && a->line < b->line));
	}
	assert_int_equal(fixture->events[1].ns, 500000000);
	assert_non_null(strstr(fixture->events[1].text, "0,2 IA32_PERF_STATUS 0x1400"));
	assert_int_equal(fixture->events[6].ns, 2500000000);
	assert_int_equal(fixture->events[6].line, 9);
	fixture_free(fixture);
}

static void lines_of_events_may_end_as_elsewhere_and_be_none(void **state)
{
	struct folder *folder = *state;

	folder_write(folder, "events.txt", "\r\n  # nothing\r\n1s online 2\r\n");
	struct fixture *fixture = folder_load(folder);
	assert_string_equal(folder->complaints, "");
	assert_non_null(fixture);
	assert_int_equal(fixture->n_events, 1);
	fixture_free(fixture);
	sysroot_remove(&folder->sysroot, "events.txt");
	fixture = folder_load(folder);
	assert_non_null(fixture);
	assert_int_equal(fixture->n_events, 0);
	fixture_free(fixture);
}

static void freeing_nothing_is_fine(void **state)
{
	(void)state;
	assert_null(fixture_free(NULL));
}

/* Package 1 of three has no CPU; whether the workload names it is the same. */
static void package_without_cpus_is_none(void **state)
{
	static const char *const packages[] = {"0,2", "0-2"};

	(void)state;
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
		struct folder folder;
		folder_init(&folder);
		struct fixture *fixture = load_topology(&folder,
			"  packages: 3\n  cores_per_package: 2\n  threads_per_core: 1\n"
			"  numbering: thread-package-core\n  apic_id_bits: {core: 4, thread: 1}\n"
			"  absent: 2-3\n  offline: 4-5",
			"0-1,4-5", packages[i]);
		assert_int_equal(fixture->n_packages, 2);
		assert_int_equal(fixture->packages[0], 0);
		assert_int_equal(fixture->packages[1], 2); /* its CPUs are off only */
		assert_int_equal(cpu_of(fixture, 4)->package, 2);
		fixture_free(fixture);
		folder_deinit(&folder);
	}
}

/* As a recording has them: whatever the kernel and the BIOS made of it. */
static void cpus_may_be_listed_one_by_one(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = load_topology(folder,
		"  packages: 3\n  cores_per_package: 2\n  threads_per_core: 2\n"
		"  cpus:\n"
		"    - {number: 0, package: 2, core: 9, thread: 0, apic_id: 0x52}\n"
		"    - {number: 1, package: 2, core: 9, thread: 1, apic_id: 0x53}\n"
		"    - {number: 5, package: 0, core: 1, thread: 0, apic_id: 2}\n"
		"  offline: 5",
		"0-1,5", "0,2");
	assert_int_equal(fixture->n_cpus, 3);
	assert_int_equal(fixture->n_packages, 2);
	assert_int_equal(fixture->packages[1], 2);
	assert_int_equal(cpu_of(fixture, 1)->core, 9);
	assert_int_equal(cpu_of(fixture, 1)->thread, 1);
	assert_int_equal(cpu_of(fixture, 1)->apic_id, 0x53);
	assert_false(cpu_of(fixture, 5)->online);
	fixture_free(fixture);
}

static void ids_of_cores_may_have_gaps(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = load_topology(folder,
		"  packages: 1\n  cores_per_package: 10\n  threads_per_core: 2\n"
		"  core_ids: 0-4,8-12\n"
		"  numbering: thread-package-core\n  apic_id_bits: {core: 4, thread: 1}",
		"0-19", "0");
	assert_int_equal(cpu_of(fixture, 4)->core, 4);
	assert_int_equal(cpu_of(fixture, 5)->core, 8);
	assert_int_equal(cpu_of(fixture, 19)->core, 12);
	assert_int_equal(cpu_of(fixture, 19)->apic_id, 12 << 1 | 1);
	fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(identity_and_clocks_are_as_written),
		FOLDER_TEST(absent_cpus_are_gaps_and_offline_cpus_are_there),
		FOLDER_TEST(caches_and_numa_nodes_are_as_written),
		FOLDER_TEST(registers_are_in_order_of_cpu_and_address),
		FOLDER_TEST(function_has_its_bytes_and_what_is_left_out_is_0),
		cmocka_unit_test(last_line_decides_the_size_of_config_space),
		FOLDER_TEST(verbose_and_short_dumps_of_lspci_are_read),
		FOLDER_TEST(names_of_lspci_nn_give_the_ids),
		FOLDER_TEST(title_without_ids_leaves_them_to_the_bytes),
		cmocka_unit_test(ids_of_mute_bytes_come_from_the_line),
		FOLDER_TEST(complaints_of_pcilib_and_line_ends_of_dos_are_no_harm),
		FOLDER_TEST(line_ends_of_dos_are_no_harm_to_msr_txt),
		FOLDER_TEST(domains_may_have_five_or_six_digits),
		FOLDER_TEST(node_without_pci_txt_has_no_functions),
		FOLDER_TEST(phases_are_as_written),
		FOLDER_TEST(spread_and_filter_of_a_rate_are_loaded),
		FOLDER_TEST(events_are_in_order_of_time_and_of_their_lines),
		FOLDER_TEST(lines_of_events_may_end_as_elsewhere_and_be_none),
		FOLDER_TEST(rate_of_a_mix_follows_the_instructions_of_the_cpu),
		cmocka_unit_test(cpu_numbers_run_as_the_numbering_says),
		FOLDER_TEST(node_of_1100_cpus_is_a_few_lines),
		cmocka_unit_test(freeing_nothing_is_fine),
		cmocka_unit_test(package_without_cpus_is_none),
		FOLDER_TEST(cpus_may_be_listed_one_by_one),
		FOLDER_TEST(ids_of_cores_may_have_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
