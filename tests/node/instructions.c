/* SPDX-License-Identifier: MIT */
/*
 * A program on a node with --cpuid and a manual clock: what its instructions say, where it believes
 * to be, and that its signals are still its own. usage: instructions LIBRARY, which executes CPUID
 * too; or, started by itself, instructions bound
 */
#include <cpuid.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#include "../unit/test.h"

static const char *program, *library;

static struct {
	uint32_t eax, ebx, ecx, edx;
} cpuid;

static void ask(uint32_t leaf, uint32_t subleaf)
{
	__cpuid_count(leaf, subleaf, cpuid.eax, cpuid.ebx, cpuid.ecx, cpuid.edx);
}

static void cpuid_is_the_nodes(void **state)
{
	char name[49] = "";

	(void)state;
	ask(0, 0);
	assert_memory_equal(&cpuid.ebx, "Genu", 4);
	assert_int_equal(cpuid.eax, 13);
	ask(1, 0);
	assert_int_equal(cpuid.eax, 0x206d7);
	assert_int_equal(cpuid.ecx >> 31, 0); /* no hypervisor */
	ask(10, 0);
	assert_int_equal(cpuid.eax, 0x07300803);
	for (uint32_t i = 0; i < 3; i++) {
		ask(0x80000002 + i, 0);
		memcpy(name + (size_t)16 * i, &cpuid, 16);
	}
	assert_string_equal(name, "Intel(R) Xeon(R) CPU E5-2680 0 @ 2.70GHz");
}

static void move_clock(const char *by)
{
	int fd = open("/sys/devices/sim/clock", O_WRONLY | O_CLOEXEC);

	assert_int_equal(write(fd, by, strlen(by)), (ssize_t)strlen(by));
	close(fd);
}

static void time_stamp_counter_is_the_nodes(void **state)
{
	unsigned cpu;
	uint64_t before = __rdtsc();

	(void)state;
	assert_int_equal(__rdtsc(), before);
	move_clock("+1s");
	assert_int_equal(__rdtsc() - before, 2700000000);
	assert_int_equal(__rdtscp(&cpu) - before, 2700000000);
	assert_true(cpu < 16);
}

static void bind_to(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	assert_int_equal(sched_setaffinity(0, sizeof cpus, &cpus), 0);
}

static uint32_t apic_id(void)
{
	ask(1, 0);
	return cpuid.ebx >> 24;
}

static void *be_on_nine(void *unused)
{
	(void)unused;
	bind_to(9);
	return (void *)(uintptr_t)apic_id();
}

static void thread_is_on_the_cpu_that_it_wants(void **state)
{
	cpu_set_t cpus;
	pthread_t thread;
	void *other;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof cpus, &cpus), 0);
	assert_int_equal(CPU_COUNT(&cpus), 16);
	bind_to(3);
	assert_int_equal(sched_getcpu(), 3);
	assert_int_equal(apic_id(), 6);
	assert_int_equal(pthread_create(&thread, NULL, be_on_nine, NULL), 0);
	assert_int_equal(pthread_join(thread, &other), 0);
	assert_int_equal((uintptr_t)other, 34);
	assert_int_equal(apic_id(), 6);
	ask(11, 0);
	assert_int_equal(cpuid.edx, 6);
	assert_int_equal(sched_getaffinity(0, sizeof cpus, &cpus), 0);
	assert_true(CPU_COUNT(&cpus) == 1 && CPU_ISSET(3, &cpus));
	CPU_ZERO(&cpus);
	CPU_SET(16, &cpus);
	assert_int_equal(sched_setaffinity(0, sizeof cpus, &cpus), -1);
	assert_int_equal(errno, EINVAL);
}

static void system_call_by_number_is_as_the_function(void **state)
{
	cpu_set_t cpus;
	struct sysinfo info;

	(void)state;
	CPU_ZERO(&cpus);
	CPU_SET(9, &cpus);
	assert_int_equal(syscall(SYS_sched_setaffinity, 0, sizeof cpus, &cpus), 0);
	assert_int_equal(apic_id(), 34);
	assert_int_equal(syscall(SYS_sched_getaffinity, 0, sizeof cpus, &cpus), sizeof cpus);
	assert_true(CPU_COUNT(&cpus) == 1 && CPU_ISSET(9, &cpus));
	CPU_ZERO(&cpus);
	assert_int_equal(syscall(SYS_sched_setaffinity, 0, sizeof cpus, &cpus), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(syscall(SYS_sysinfo, &info), 0);
	assert_int_equal(info.totalram * info.mem_unit, UINT64_C(128) << 30);
	errno = EDOM;
	assert_int_equal(syscall(SYS_getpid), getpid());
	assert_int_equal(errno, EDOM);
	assert_int_equal(syscall(SYS_read, -1, NULL, 0), -1);
	assert_int_equal(errno, EBADF);
	/* all six of the arguments */
	void *page = (void *)syscall(
		SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(page, MAP_FAILED);
	assert_int_equal(syscall(SYS_munmap, page, 4096), 0);
}

static void memory_is_the_nodes(void **state)
{
	const uint64_t bytes = UINT64_C(128) << 30;
	struct sysinfo info;

	(void)state;
	assert_int_equal(sysinfo(&info), 0);
	assert_int_equal(info.totalram * info.mem_unit, bytes);
	assert_int_equal(info.freeram * info.mem_unit, bytes);
	assert_int_equal(info.totalswap, 0);
	assert_true(info.procs > 0);
	assert_int_equal(sysconf(_SC_PHYS_PAGES), bytes / 4096);
	assert_int_equal(sysconf(_SC_AVPHYS_PAGES), bytes / 4096);
	assert_int_equal(get_phys_pages(), bytes / 4096);
	assert_int_equal(get_avphys_pages(), bytes / 4096);
	assert_int_equal(sysconf(_SC_PAGESIZE), 4096);
	assert_int_equal(sysconf(_SC_NPROCESSORS_ONLN), 16);
}

static long open_event(uint32_t type)
{
	struct perf_event_attr event = {.type = type, .size = sizeof event, .exclude_kernel = 1};
	long fd = syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);

	if (fd >= 0)
		close((int)fd);
	return fd < 0 ? -errno : 0;
}

static void hosts_counters_are_not_on_the_node(void **state)
{
	(void)state;
	assert_int_equal(open_event(PERF_TYPE_HARDWARE), -ENOENT);
	assert_int_equal(open_event(PERF_TYPE_HW_CACHE), -ENOENT);
	assert_int_equal(open_event(PERF_TYPE_RAW), -ENOENT);
	assert_int_equal(open_event(PERF_TYPE_MAX + 1), -ENOENT);
	/* the kernel's own: what it says */
	assert_int_not_equal(open_event(PERF_TYPE_SOFTWARE), -ENOENT);
}

static void program_that_it_starts_is_bound_as_it_is(void **state)
{
	int status;

	(void)state;
	bind_to(12);
	pid_t pid = fork();
	if (pid == 0)
		execl(program, program, "bound", NULL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 12);
}

static void library_that_is_loaded_later_sees_the_node(void **state)
{
	void *object = dlopen(library, RTLD_NOW);
	uint32_t (*signature)(void);

	(void)state;
	assert_non_null(object);
	void *symbol = dlsym(object, "signature");
	memcpy(&signature, &symbol, sizeof signature);
	assert_int_equal(signature(), 0x206d7);
	dlclose(object);
}

static void instructions_answer_while_all_signals_are_blocked(void **state)
{
	sigset_t all, before;

	(void)state;
	sigfillset(&all);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, &all, &before), 0);
	ask(1, 0);
	(void)__rdtsc();
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	assert_int_equal(cpuid.eax, 0x206d7);
}

static sigjmp_buf back;
static volatile sig_atomic_t caught;

static void jump(int number)
{
	caught = number;
	siglongjmp(back, 1);
}

static void take(int number, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	jump(number);
}

/* Also after an instruction has been answered, and by both ways to set a handler. */
static void programs_own_faults_are_its_own(void **state)
{
	struct sigaction action = {.sa_sigaction = take, .sa_flags = SA_SIGINFO}, before;
	volatile int *volatile nowhere = NULL;

	(void)state;
	assert_int_equal(sigaction(SIGSEGV, &action, &before), 0);
	assert_ptr_not_equal(before.sa_sigaction, take);
	assert_ptr_not_equal(signal(SIGILL, jump), SIG_ERR);
	for (int i = 0; i < 2; i++) {
		ask(1, 0);
		assert_int_equal(cpuid.eax, 0x206d7);
		caught = 0;
		if (sigsetjmp(back, 1) == 0)
			*nowhere = 1;
		assert_int_equal(caught, SIGSEGV);
		if (sigsetjmp(back, 1) == 0)
			__asm__ volatile("ud2");
		assert_int_equal(caught, SIGILL);
	}
	assert_int_equal(sigaction(SIGSEGV, NULL, &before), 0);
	assert_ptr_equal(before.sa_sigaction, take);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGILL, SIG_DFL);
}

static void fault_without_a_handler_is_the_end(void **state)
{
	volatile int *volatile nowhere = NULL;
	int status;

	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		*nowhere = 1;
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpuid_is_the_nodes),
		cmocka_unit_test(time_stamp_counter_is_the_nodes),
		cmocka_unit_test(thread_is_on_the_cpu_that_it_wants),
		cmocka_unit_test(system_call_by_number_is_as_the_function),
		cmocka_unit_test(memory_is_the_nodes),
		cmocka_unit_test(hosts_counters_are_not_on_the_node),
		cmocka_unit_test(program_that_it_starts_is_bound_as_it_is),
		cmocka_unit_test(library_that_is_loaded_later_sees_the_node),
		cmocka_unit_test(instructions_answer_while_all_signals_are_blocked),
		cmocka_unit_test(programs_own_faults_are_its_own),
		cmocka_unit_test(fault_without_a_handler_is_the_end),
	};

	program = argv[0];
	library = argc > 1 ? argv[1] : "";
	if (strcmp(library, "bound") == 0)
		return sched_getcpu();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
