/* SPDX-License-Identifier: MIT */
/* What is saved is what is loaded; a folder is there whole or not at all. */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fixture_folder.h"
#include "sim/fixture/save.h"
#include "util/array.h"

static const struct fixture_note notes[] = {
	{"cpu.stepping", (char *)"recorded: a file"},
	{"clocks_mhz.uncore", (char *)"assumed: as the cores"},
	{"workload", (char *)"assumed: all of it\nin two lines"},
};

static struct fixture *load_or_fail(const char *path)
{
	struct folder folder = {.complaints = ""};
	struct fixture *fixture = fixture_load(path, folder_complain, &folder);

	if (!fixture)
		fail_msg("does not load:\n%s", folder.complaints);
	return fixture;
}

static int save(const struct fixture *fixture, const char *target)
{
	const struct fixture_saving saving = {
		.fixture = fixture,
		.source = "recorded: here",
		.notes = notes,
		.n_notes = N_ELEMENTS(notes),
	};
	struct fixture_draft draft;
	int r = fixture_save(&draft, &saving, target);

	return r < 0 ? r : fixture_draft_publish(&draft);
}

static void remove_saved(const struct folder *folder)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/saved", folder->sysroot.path);
	assert_int_equal(nftw(path, sysroot_remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void assert_same_cpus(const struct fixture *a, const struct fixture *b)
{
	assert_int_equal(a->n_packages, b->n_packages);
	assert_int_equal(a->cores_per_package, b->cores_per_package);
	assert_int_equal(a->threads_per_core, b->threads_per_core);
	assert_int_equal(a->n_cpus, b->n_cpus);
	for (size_t i = 0; i < a->n_cpus; i++) {
		const struct fixture_cpu *x = &a->cpus[i], *y = &b->cpus[i];
		assert_true(x->number == y->number && x->package == y->package &&
			    x->core == y->core && x->thread == y->thread &&
			    x->apic_id == y->apic_id && x->numa_node == y->numa_node &&
			    x->online == y->online);
	}
	assert_int_equal(a->n_caches, b->n_caches);
	for (size_t i = 0; i < a->n_caches; i++)
		assert_memory_equal(&a->caches[i], &b->caches[i], sizeof *a->caches);
	assert_int_equal(a->n_numa_nodes, b->n_numa_nodes);
	for (size_t i = 0; i < a->n_numa_nodes; i++) {
		assert_int_equal(a->numa_nodes[i].memory_kib, b->numa_nodes[i].memory_kib);
		assert_memory_equal(a->numa_nodes[i].distances, b->numa_nodes[i].distances,
			a->n_numa_nodes * sizeof(uint32_t));
	}
}

static void assert_same_registers(const struct fixture *a, const struct fixture *b)
{
	assert_int_equal(a->n_msrs, b->n_msrs);
	for (size_t i = 0; i < a->n_msrs; i++)
		assert_true(a->msrs[i].cpu == b->msrs[i].cpu &&
			    a->msrs[i].address == b->msrs[i].address &&
			    a->msrs[i].value == b->msrs[i].value);
	assert_int_equal(a->n_functions, b->n_functions);
	for (size_t i = 0; i < a->n_functions; i++) {
		const struct fixture_function *x = &a->functions[i], *y = &b->functions[i];
		assert_true(x->domain == y->domain && x->bus == y->bus && x->devfn == y->devfn &&
			    x->vendor == y->vendor && x->device == y->device &&
			    x->class == y->class && x->numa_node == y->numa_node);
		assert_int_equal(x->size, y->size);
		assert_memory_equal(x->config, y->config, x->size);
	}
}

static void assert_same_rates(
	const struct fixture_rate *a, size_t n_a, const struct fixture_rate *b, size_t n_b)
{
	assert_int_equal(n_a, n_b);
	for (size_t i = 0; i < n_a; i++) {
		assert_true(a[i].event == b[i].event && a[i].umask == b[i].umask &&
			    a[i].per_second == b[i].per_second &&
			    strcmp(a[i].name, b[i].name) == 0);
		assert_true(a[i].has_filter == b[i].has_filter && a[i].filter == b[i].filter);
		assert_int_equal(a[i].n_cycles, b[i].n_cycles);
		for (size_t j = 0; j < a[i].n_cycles; j++)
			assert_true(a[i].cycles[j].events == b[i].cycles[j].events &&
				    a[i].cycles[j].share == b[i].cycles[j].share &&
				    a[i].cycles[j].run_cycles == b[i].cycles[j].run_cycles);
	}
}

static void assert_same_workload(const struct fixture *a, const struct fixture *b)
{
	assert_int_equal(a->n_phases, b->n_phases);
	for (size_t i = 0; i < a->n_phases; i++) {
		const struct fixture_phase *x = &a->phases[i], *y = &b->phases[i];
		assert_string_equal(x->name, y->name);
		assert_true(x->seconds == y->seconds);
		assert_int_equal(x->n_cpu_loads, y->n_cpu_loads);
		for (size_t j = 0; j < x->n_cpu_loads; j++) {
			const struct fixture_cpu_load *p = &x->cpu_loads[j], *q = &y->cpu_loads[j];
			assert_int_equal(p->n_cpus, q->n_cpus);
			assert_memory_equal(p->cpus, q->cpus, p->n_cpus * sizeof *p->cpus);
			assert_true(p->frequency_mhz == q->frequency_mhz &&
				    p->active == q->active && p->user == q->user &&
				    p->instructions_per_cycle == q->instructions_per_cycle &&
				    p->temperature_c == q->temperature_c);
			assert_same_rates(p->rates, p->n_rates, q->rates, q->n_rates);
		}
		assert_int_equal(x->n_package_loads, y->n_package_loads);
		for (size_t j = 0; j < x->n_package_loads; j++) {
			const struct fixture_package_load *p = &x->package_loads[j],
							  *q = &y->package_loads[j];
			assert_true(p->package_watts == q->package_watts &&
				    p->pp0_watts == q->pp0_watts && p->dram_watts == q->dram_watts);
			assert_int_equal(p->n_boxes, q->n_boxes);
			for (size_t k = 0; k < p->n_boxes; k++)
				assert_same_rates(p->boxes[k].rates, p->boxes[k].n_rates,
					q->boxes[k].rates, q->boxes[k].n_rates);
		}
	}
}

static void assert_same(const struct fixture *a, const struct fixture *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->origin, b->origin);
	assert_string_equal(a->vendor, b->vendor);
	assert_string_equal(a->model_name, b->model_name);
	assert_string_equal(a->flags, b->flags);
	assert_string_equal(a->bugs, b->bugs);
	assert_true(a->family == b->family && a->model == b->model && a->stepping == b->stepping);
	assert_true(a->microcode == b->microcode && a->cpuid_level == b->cpuid_level);
	assert_true(a->physical_bits == b->physical_bits && a->virtual_bits == b->virtual_bits);
	assert_true(a->bus_mhz == b->bus_mhz && a->tsc_mhz == b->tsc_mhz &&
		    a->min_mhz == b->min_mhz && a->max_mhz == b->max_mhz &&
		    a->uclk_mhz == b->uclk_mhz && a->dclk_mhz == b->dclk_mhz &&
		    a->qclk_mhz == b->qclk_mhz);
	assert_same_cpus(a, b);
	assert_same_registers(a, b);
	assert_same_workload(a, b);
}

static void saved_fixture_loads_as_the_same(void **state)
{
	struct folder *folder = *state;
	static const char *const shipped[] = {"documented/xeon-e5-2680-2s",
		"documented/xeon-e5-2680-2x1", "documented/xeon-e5-2680v2-2s",
		"documented/xeon-e5-4650-4s", "recorded/xeon-e5-2630-2s"};

	for (size_t i = 0; i <= N_ELEMENTS(shipped); i++) {
		char from[PATH_MAX], to[PATH_MAX];
		snprintf(from, sizeof from, "%s", folder->sysroot.path);
		if (i < N_ELEMENTS(shipped))
			snprintf(from, sizeof from, "%s/%s", FIXTURES_DIR, shipped[i]);
		snprintf(to, sizeof to, "%s/saved", folder->sysroot.path);
		struct fixture *original = load_or_fail(from);
		assert_int_equal(save(original, to), 0);
		struct fixture *saved = load_or_fail(to);
		assert_same(original, saved);
		fixture_free(original);
		fixture_free(saved);
		remove_saved(folder);
	}
}

static void values_say_where_they_are_from(void **state)
{
	struct folder *folder = *state;
	char to[PATH_MAX];

	snprintf(to, sizeof to, "%s/saved/", folder->sysroot.path);
	struct fixture *fixture = load_or_fail(folder->sysroot.path);
	assert_int_equal(save(fixture, to), 0);
	char *node = read_text(to, "node.yaml"), *msr = read_text(to, "msr.txt");
	char *workload = read_text(to, "workload.yaml");
	assert_non_null(strstr(node, "stepping: 7  # recorded: a file\n"));
	assert_non_null(strstr(node, "uncore: 2700  # assumed: as the cores\n"));
	assert_non_null(strstr(msr, "0,2-3 0xce 0x1b00  # MSR_PLATFORM_INFO, recorded: here\n"));
	assert_non_null(strstr(workload, "# assumed: all of it\n# in two lines\n"));
	free(node);
	free(msr);
	free(workload);
	fixture_free(fixture);
	remove_saved(folder);
}

static size_t count_entries(const struct folder *folder)
{
	DIR *dir = opendir(folder->sysroot.path);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void folder_that_is_there_is_left_alone(void **state)
{
	struct folder *folder = *state;
	struct fixture *fixture = load_or_fail(folder->sysroot.path);
	size_t before = count_entries(folder);

	assert_int_equal(save(fixture, folder->sysroot.path), -EEXIST);
	assert_int_equal(count_entries(folder), before);
	assert_int_equal(save(fixture, "/nonexistent/folder"), -ENOENT);
	fixture_free(fixture);
}

/* /dev/full is no folder: a limit on the size of files is as good. */
static void full_disk_leaves_nothing_behind(void **state)
{
	struct folder *folder = *state;
	struct fixture *fixture = load_or_fail(folder->sysroot.path);
	size_t before = count_entries(folder);
	char to[PATH_MAX];

	snprintf(to, sizeof to, "%s/saved", folder->sysroot.path);
	pid_t child = fork();
	if (child == 0) {
		const struct rlimit limit = {512, 512};
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(save(fixture, to) == -EFBIG ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(count_entries(folder), before);
	fixture_free(fixture);
}

static void draft_that_is_discarded_leaves_nothing_behind(void **state)
{
	struct folder *folder = *state;
	struct fixture *fixture = load_or_fail(folder->sysroot.path);
	const struct fixture_saving saving = {.fixture = fixture, .source = "assumed: here"};
	size_t before = count_entries(folder);
	struct fixture_draft draft;
	char to[PATH_MAX];

	snprintf(to, sizeof to, "%s/saved", folder->sysroot.path);
	assert_int_equal(fixture_save(&draft, &saving, to), 0);
	assert_int_equal(count_entries(folder), before + 1);
	struct fixture *loaded = load_or_fail(draft.path);
	fixture_free(loaded);
	fixture_draft_discard(&draft);
	fixture_draft_discard(&draft);
	assert_int_equal(count_entries(folder), before);
	fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(saved_fixture_loads_as_the_same),
		FOLDER_TEST(values_say_where_they_are_from),
		FOLDER_TEST(folder_that_is_there_is_left_alone),
		FOLDER_TEST(full_disk_leaves_nothing_behind),
		FOLDER_TEST(draft_that_is_discarded_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
